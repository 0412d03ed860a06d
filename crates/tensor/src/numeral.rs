//! One way of writing for all the numbers of a tensor, so that they stand in columns.
//!
//! The rules are NumPy's. A number is written with the fewest digits that tell it from its neighbors, at most 8
//! after the point; if the numbers are large, small, or far apart, all are written in powers of ten. With a
//! precision, as in `{:.3}`, each has exactly that many digits after the point.

use crate::real::Real;

/// Digits after the point, unless the caller asks for others.
const DIGITS: usize = 8;

/// How the numbers of a column are written.
#[derive(Debug, PartialEq)]
pub(crate) struct Column {
    style: Style,
    /// Characters before the point.
    left: usize,
    /// Characters of the whole.
    width: usize,
}

#[derive(Debug, PartialEq)]
enum Style {
    /// The fewest digits that tell, at most [`DIGITS`].
    Short,
    /// So many digits after the point.
    Fixed(usize),
    /// A power of ten: so many digits after the point, and in the exponent.
    Power { digits: usize, exponent: usize },
}

impl Column {
    /// The style that suits all of these numbers.
    pub(crate) fn fit<T: Real>(values: &[T], precision: Option<usize>) -> Column {
        let finite: Vec<T> = values.iter().copied().filter(|x| x.is_finite()).collect();
        let power = needs_powers(&finite, precision.is_some());
        let texts = finite.iter().map(|&x| match (power, precision) {
            (false, None) => short(x),
            (false, Some(digits)) => fixed(x, digits),
            (true, None) => short_power(x),
            (true, Some(digits)) => format!("{x:.digits$e}"),
        });
        let (mut left, mut right, mut exponent) = (0, 0, 2);
        for text in texts {
            let power = text.split_once('e').map_or("", |(_, power)| power);
            left = left.max(text.find(['.', 'e']).unwrap_or(text.len()));
            right = right.max(fraction(&text).len());
            exponent = exponent.max(power.trim_start_matches('-').len());
        }
        let (style, after) = match (power, precision) {
            (true, _) => (Style::Power { digits: right, exponent }, ".e+".len() + right + exponent),
            (false, None) => (Style::Short, ".".len() + right),
            (false, Some(digits)) => (Style::Fixed(digits), ".".len() + right),
        };
        let words = values.iter().filter(|x| !x.is_finite()).map(|&x| not_finite(x).len());
        let width = words.fold(left + after, usize::max);
        Column { style, left: width - after, width }
    }

    /// A number in this style, filled with spaces to the width of the column.
    pub(crate) fn write<T: Real>(&self, x: T) -> String {
        let width = self.width;
        if !x.is_finite() {
            return format!("{:>width$}", not_finite(x));
        }
        let text = match self.style {
            Style::Short => short(x),
            Style::Fixed(digits) => fixed(x, digits),
            Style::Power { digits, exponent } => power(&format!("{x:.digits$e}"), exponent),
        };
        // The points stand below one another.
        let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
        format!("{whole:>left$}{rest:<after$}", left = self.left, after = width - self.left)
    }
}

/// A single number with all the digits that tell it from its neighbors: how a 0-d tensor is written.
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
        return power(&format!("{x:.digits$e}"), 2).replacen(".e", "e", 1);
    }
    let digits = fraction(&x.to_string()).len().max(1);
    format!("{x:.digits$}")
}

/// Whether numbers are best written in powers of ten: one is large or small, or two are far apart. Where the digits
/// after the point are fixed, only large ones count.
fn needs_powers<T: Real>(finite: &[T], fixed: bool) -> bool {
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

/// The fewest digits that tell a number from its neighbors, but at most [`DIGITS`] after the point, which is
/// always written.
fn short<T: Real>(x: T) -> String {
    let digits = fraction(&x.to_string()).len();
    // Formatted again, because `to_string` breaks a tie between two shortest texts upwards, and this to the even one.
    let text = fixed(x, digits.min(DIGITS));
    text[..trimmed(&text)].to_string()
}

/// The length of a decimal without the zeros at its end.
fn trimmed(text: &str) -> usize {
    text.trim_end_matches('0').len()
}

/// The digits after the point.
fn fraction(text: &str) -> &str {
    let mantissa = text.split('e').next().unwrap_or(text);
    mantissa.split_once('.').map_or("", |(_, fraction)| fraction)
}

fn fixed<T: Real>(x: T, digits: usize) -> String {
    format!("{x:.digits$}{}", if digits == 0 { "." } else { "" })
}

/// As [`short`], times a power of ten: `1.25e-5`.
fn short_power<T: Real>(x: T) -> String {
    let digits = fraction(&format!("{x:e}")).len();
    if digits <= DIGITS {
        return format!("{x:.digits$e}");
    }
    let text = format!("{x:.DIGITS$e}");
    let kept = trimmed(fraction(&text));
    format!("{x:.kept$e}")
}

/// `1e-5` as `1.e-05`: with a point, and a sign and at least so many digits in the exponent.
fn power(text: &str, digits: usize) -> String {
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
    fn points_stand_below_one_another() {
        assert_eq!(column(&[1.0, -0.5, 100.25], None), ["  1.  ", " -0.5 ", "100.25"]);
        assert_eq!(column(&[1.0 / 3.0, 1.0], None), ["0.33333333", "1.        "]);
        assert_eq!(column(&[-0.0, 0.0], None), ["-0.", " 0."]);
    }

    #[test]
    fn powers_of_ten_for_the_large_the_small_and_the_far_apart() {
        assert_eq!(column(&[1e-5, 1.0], None), ["1.e-05", "1.e+00"]);
        assert_eq!(column(&[1e8, 1.0], None), ["1.e+08", "1.e+00"]);
        assert_eq!(column(&[1.0, 1000.0], None), ["   1.", "1000."]);
        assert_eq!(column(&[1.0, 1001.0], None), ["1.000e+00", "1.001e+03"]);
        assert_eq!(column(&[1e-100, 1e5], None), ["1.e-100", "1.e+005"]);
    }

    #[test]
    fn words_for_what_is_not_finite() {
        assert_eq!(column(&[f64::NAN, f64::NEG_INFINITY, 1.5], None), [" nan", "-inf", " 1.5"]);
        assert_eq!(column(&[f64::NAN], None), ["nan"]);
        assert_eq!(column(&[f64::INFINITY, 123.456], None), ["    inf", "123.456"]);
    }

    #[test]
    fn single_precision_at_its_own() {
        assert_eq!(column(&[0.1f32, 1.0 / 3.0], None), ["0.1       ", "0.33333334"]);
        assert_eq!(column(&[1e-5f32, 1.2345678e-5], None), ["9.9999997e-06", "1.2345678e-05"]);
        assert_eq!(column(&[1e6f32], None), ["1.e+06"]);
        assert_eq!(column(&[1e6f64], None), ["1000000."]);
        assert_eq!(column(&[149.0f32 / 512.0], None), ["0.29101562"], "a tie goes to the even digit");
    }

    #[test]
    fn a_precision_fixes_the_digits() {
        assert_eq!(column(&[1.0, 2000.0, 1e-6], Some(2)), ["   1.00", "2000.00", "   0.00"]);
        assert_eq!(column(&[1.25, 1e9], Some(1)), ["1.2e+00", "1.0e+09"]);
        assert_eq!(column(&[1.0, 12.0], Some(0)), [" 1.", "12."]);
    }

    #[test]
    fn a_single_number_in_full() {
        let alone = |x: f64| single(x, None);
        assert_eq!([alone(1.0), alone(-0.5), alone(1.0 / 3.0)], ["1.0", "-0.5", "0.3333333333333333"]);
        assert_eq!([alone(1e15), alone(1e16), alone(1e-5)], ["1000000000000000.0", "1e+16", "1e-05"]);
        assert_eq!([alone(f64::NAN), alone(2f64.powi(-100))], ["nan", "7.888609052210118e-31"]);
        assert_eq!([single(0.1f32, None), single(1e6f32, None)], ["0.1", "1e+06"]);
        assert_eq!(single(1.0, Some(2)), "1.00");
    }
}
