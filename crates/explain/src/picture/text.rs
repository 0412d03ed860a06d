//! The size of text in pictures, and escaping.

use super::graph::Line;
use unicode_width::UnicodeWidthStr;

/// The font size in pixels.
pub(crate) const FONT_SIZE: f64 = 12.0;
/// The distance between lines in pixels.
pub(crate) const LINE_HEIGHT: f64 = 15.0;
/// The width of a character relative to the font size. Most monospaced fonts have 0.60, DejaVu Sans Mono 0.602.
const ADVANCE: f64 = 0.605;

/// Returns width and height of lines of text, without padding.
pub(crate) fn block_size(lines: &[Line]) -> (f64, f64) {
    let longest = lines.iter().map(|line| line.text.width()).max().unwrap_or(0);
    (longest as f64 * ADVANCE * FONT_SIZE, lines.len() as f64 * LINE_HEIGHT)
}

/// Shortens text to `most` characters; the last is `…` if a part was omitted.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_string();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::graph::Part;

    #[test]
    fn size_and_shortening() {
        let lines = |texts: &[&str]| texts.iter().map(|&t| Line::new(Part::Value, t)).collect::<Vec<_>>();
        let (width, height) = block_size(&lines(&["ab", "abcd"]));
        assert_eq!((width, height), (4.0 * ADVANCE * FONT_SIZE, 30.0));
        assert_eq!(block_size(&lines(&["神経"])).0, width);
        assert_eq!((shortened("abcdef", 4), shortened("abcd", 4)), ("abc…".into(), "abcd".into()));
    }
}
