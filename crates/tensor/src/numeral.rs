//! Number formatting: one format for all elements of a tensor, so that they align in columns.
//!
//! The rules are NumPy's. Each number has the fewest digits that identify it uniquely, but at most 8 after the decimal
//! point. If the numbers are very large, very small, or differ much in magnitude, all are in scientific notation. With
//! a precision, as in `{:.3}`, each has exactly that many digits after the point.

use crate::real::Real;

/// The maximum number of digits after the decimal point if no precision is given.
const DIGITS: usize = 8;

/// The format of the numbers in a column.
#[derive(Debug, PartialEq)]
pub(crate) struct Column {
    style: Style,
    /// The number of characters before the decimal point.
    left: usize,
    /// The total number of characters.
    width: usize,
}

#[derive(Debug, PartialEq)]
enum Style {
    /// The fewest digits that identify the number, at most [`DIGITS`].
    Short,
    /// A fixed number of digits after the point.
    Fixed(usize),
    /// Scientific notation, with the number of digits after the point and in the exponent.
    Scientific { digits: usize, exponent: usize },
}

impl Column {
    /// Chooses the format for these values.
    pub(crate) fn fit<T: Real>(values: &[T], precision: Option<usize>) -> Column {
        let finite: Vec<T> = values.iter().copied().filter(|x| x.is_finite()).collect();
        let scientific = needs_scientific(&finite, precision.is_some());
        let texts = finite.iter().map(|&x| match (scientific, precision) {
            (false, None) => short(x),
            (false, Some(digits)) => fixed(x, digits),
            (true, None) => short_scientific(x),
            (true, Some(digits)) => format!("{x:.digits$e}"),
        });
        let (mut left, mut right, mut exponent) = (0, 0, 2);
        for text in texts {
            let power = text.split_once('e').map_or("", |(_, power)| power);
            left = left.max(text.find(['.', 'e']).unwrap_or(text.len()));
            right = right.max(fraction(&text).len());
            exponent = exponent.max(power.trim_start_matches('-').len());
        }
        let (style, after) = match (scientific, precision) {
            (true, _) => (Style::Scientific { digits: right, exponent }, ".e+".len() + right + exponent),
            (false, None) => (Style::Short, ".".len() + right),
            (false, Some(digits)) => (Style::Fixed(digits), ".".len() + right),
        };
        let words = values.iter().filter(|x| !x.is_finite()).map(|&x| not_finite(x).len());
        let width = words.fold(left + after, usize::max);
        Column { style, left: width - after, width }
    }

    /// Formats a number, padded with spaces to the width of the column.
    pub(crate) fn write<T: Real>(&self, x: T) -> String {
        let width = self.width;
        if !x.is_finite() {
            return format!("{:>width$}", not_finite(x));
        }
        let text = match self.style {
            Style::Short => short(x),
            Style::Fixed(digits) => fixed(x, digits),
            Style::Scientific { digits, exponent } => scientific(&format!("{x:.digits$e}"), exponent),
        };
        // Align the decimal points.
        let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
        format!("{whole:>left$}{rest:<after$}", left = self.left, after = width - self.left)
    }
}

/// Formats the element of a 0-d tensor, with all the digits that identify it.
pub(crate) fn single<T: Real>(x: T, precision: Option<usize>) -> String {
    if !x.is_finite() {
        return not_finite(x).to_string();
    }
    if let Some(digits) = precision {
        return format!("{x:.digits$}");
    }
    let size = x.abs().to_f64();
    if size != 0.0 && (size < 1e-4 || size >= if single_precision::<T>() { 1e6 } else { 1e16 }) {
        let digits = fraction(&format!("{x:e}")).len();
        return scientific(&format!("{x:.digits$e}"), 2).replacen(".e", "e", 1);
    }
    let digits = fraction(&x.to_string()).len().max(1);
    format!("{x:.digits$}")
}

/// Returns whether numbers are formatted in scientific notation: if one is very large or small, or if the largest
/// exceeds the smallest by a factor of 1000. If the digits after the point are `fixed`, only large numbers matter.
fn needs_scientific<T: Real>(finite: &[T], fixed: bool) -> bool {
    let sizes = || finite.iter().map(|x| x.abs()).filter(|&x| x > T::ZERO);
    let Some(largest) = sizes().reduce(|a, b| if b > a { b } else { a }) else { return false };
    let Some(smallest) = sizes().reduce(|a, b| if b < a { b } else { a }) else { return false };
    let large = T::from_f64(if single_precision::<T>() { 1e6 } else { 1e8 });
    largest >= large || (!fixed && (smallest < T::from_f64(1e-4) || largest / smallest > T::from_f64(1e3)))
}

fn single_precision<T: Real>() -> bool {
    size_of::<T>() == size_of::<f32>()
}

fn not_finite<T: Real>(x: T) -> &'static str {
    match x {
        x if x.is_nan() => "nan",
        x if x > T::ZERO => "inf",
        _ => "-inf",
    }
}

/// Formats a number with the fewest digits that identify it, but at most [`DIGITS`] after the point. The point is
/// always present.
fn short<T: Real>(x: T) -> String {
    let digits = fraction(&x.to_string()).len();
    // Formatted again, because `to_string` rounds a tie between two shortest texts up, and this rounds it to even.
    let text = fixed(x, digits.min(DIGITS));
    text[..trimmed(&text)].to_string()
}

/// Returns the length of a decimal without its trailing zeros.
fn trimmed(text: &str) -> usize {
    text.trim_end_matches('0').len()
}

/// Returns the digits after the decimal point.
fn fraction(text: &str) -> &str {
    let mantissa = text.split('e').next().unwrap_or(text);
    mantissa.split_once('.').map_or("", |(_, fraction)| fraction)
}

fn fixed<T: Real>(x: T, digits: usize) -> String {
    format!("{x:.digits$}{}", if digits == 0 { "." } else { "" })
}

/// Like [`short`], in scientific notation: `1.25e-5`.
fn short_scientific<T: Real>(x: T) -> String {
    let digits = fraction(&format!("{x:e}")).len();
    if digits <= DIGITS {
        return format!("{x:.digits$e}");
    }
    let text = format!("{x:.DIGITS$e}");
    let digits = trimmed(fraction(&text));
    format!("{x:.digits$e}")
}

/// Rewrites `1e-5` as `1.e-05`: with a decimal point, and a sign and at least `digits` digits in the exponent.
fn scientific(text: &str, digits: usize) -> String {
    let (mantissa, power) = text.split_once('e').unwrap_or((text, "0"));
    let point = if mantissa.contains('.') { "" } else { "." };
    let (sign, power) = power.strip_prefix('-').map_or(('+', power), |p| ('-', p));
    format!("{mantissa}{point}e{sign}{power:0>digits$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column<T: Real>(values: &[T], precision: Option<usize>) -> Vec<String> {
        let column = Column::fit(values, precision);
        values.iter().map(|&x| column.write(x)).collect()
    }

    #[test]
    fn decimal_points_align() {
        assert_eq!(column(&[1.0, -0.5, 100.25], None), ["  1.  ", " -0.5 ", "100.25"]);
        assert_eq!(column(&[1.0 / 3.0, 1.0], None), ["0.33333333", "1.        "]);
        assert_eq!(column(&[-0.0, 0.0], None), ["-0.", " 0."]);
    }

    #[test]
    fn scientific_notation_for_a_wide_range() {
        assert_eq!(column(&[1e-5, 1.0], None), ["1.e-05", "1.e+00"]);
        assert_eq!(column(&[1e8, 1.0], None), ["1.e+08", "1.e+00"]);
        assert_eq!(column(&[1.0, 1000.0], None), ["   1.", "1000."]);
        assert_eq!(column(&[1.0, 1001.0], None), ["1.000e+00", "1.001e+03"]);
        assert_eq!(column(&[1e-100, 1e5], None), ["1.e-100", "1.e+005"]);
    }

    #[test]
    fn nan_and_infinities() {
        assert_eq!(column(&[f64::NAN, f64::NEG_INFINITY, 1.5], None), [" nan", "-inf", " 1.5"]);
        assert_eq!(column(&[f64::NAN], None), ["nan"]);
        assert_eq!(column(&[f64::INFINITY, 123.456], None), ["    inf", "123.456"]);
    }

    #[test]
    fn single_precision_digits() {
        assert_eq!(column(&[0.1f32, 1.0 / 3.0], None), ["0.1       ", "0.33333334"]);
        assert_eq!(column(&[1e-5f32, 1.2345678e-5], None), ["9.9999997e-06", "1.2345678e-05"]);
        assert_eq!(column(&[1e6f32], None), ["1.e+06"]);
        assert_eq!(column(&[1e6f64], None), ["1000000."]);
        assert_eq!(column(&[149.0f32 / 512.0], None), ["0.29101562"], "a tie rounds to the even digit");
    }

    #[test]
    fn precision_sets_the_decimals() {
        assert_eq!(column(&[1.0, 2000.0, 1e-6], Some(2)), ["   1.00", "2000.00", "   0.00"]);
        assert_eq!(column(&[1.25, 1e9], Some(1)), ["1.2e+00", "1.0e+09"]);
        assert_eq!(column(&[1.0, 12.0], Some(0)), [" 1.", "12."]);
    }

    #[test]
    fn single_numbers_have_all_digits() {
        let alone = |x: f64| single(x, None);
        assert_eq!([alone(1.0), alone(-0.5), alone(1.0 / 3.0)], ["1.0", "-0.5", "0.3333333333333333"]);
        assert_eq!([alone(1e15), alone(1e16), alone(1e-5)], ["1000000000000000.0", "1e+16", "1e-05"]);
        assert_eq!([alone(f64::NAN), alone(2f64.powi(-100))], ["nan", "7.888609052210118e-31"]);
        assert_eq!([single(0.1f32, None), single(1e6f32, None)], ["0.1", "1e+06"]);
        assert_eq!(single(1.0, Some(2)), "1.00");
    }
}
