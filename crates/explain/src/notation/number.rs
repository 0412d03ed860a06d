//! Numbers with a given number of significant digits.

/// Formats a number with this many significant digits, without trailing zeros.
pub(crate) fn number(x: f64, digits: usize) -> String {
    if x.is_nan() {
        return "NaN".into();
    }
    if x.is_infinite() {
        return if x > 0.0 { "∞".into() } else { "-∞".into() };
    }
    if x == 0.0 {
        return "0".into();
    }
    let scientific = format!("{:.*e}", digits - 1, x);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..digits as i32).contains(&exponent) {
        let after = (digits as i32 - 1 - exponent).max(0) as usize;
        return trimmed(&format!("{x:.after$}")).to_string();
    }
    format!("{}e{exponent}", trimmed(mantissa))
}

fn trimmed(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn significant_digits() {
        let cases = [
            (0.5, "0.5"),
            (-2.0, "-2"),
            (1.0 / 3.0, "0.333333"),
            (1e-9, "1e-9"),
            (123456789.0, "1.23457e8"),
            (100.0, "100"),
            (999999.9, "1e6"),
        ];
        for (x, text) in cases {
            assert_eq!(number(x, 6), text);
        }
        assert_eq!((number(f64::NAN, 6), number(f64::NEG_INFINITY, 6)), ("NaN".into(), "-∞".into()));
    }
}
