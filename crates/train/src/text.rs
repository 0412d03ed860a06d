//! The width of text in a terminal.

use unicode_width::UnicodeWidthStr;

/// The number of terminal columns that a text occupies: 2 for each CJK character, for example.
pub(crate) fn columns(text: &str) -> usize {
    text.width()
}

/// The text in at most `width` columns; `…` marks a truncated text.
pub(crate) fn shortened(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_string();
    }
    // Some characters have zero width, so more than `width` characters may fit.
    let mut start: Vec<char> = text.chars().take(4 * width).collect();
    loop {
        let cut: String = start.iter().chain(&['…']).collect();
        if columns(&cut) <= width {
            return cut;
        }
        if start.pop().is_none() {
            return String::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_truncated_at_character_boundaries() {
        assert_eq!(["abcdef", "abcd"].map(|text| shortened(text, 4)), ["abc…", "abcd"]);
        assert_eq!(
            (columns("精度"), shortened("精度精度", 6), shortened("精度精度", 2)),
            (4, "精度…".into(), "…".into())
        );
        assert_eq!(shortened("a", 0), "");
    }
}
