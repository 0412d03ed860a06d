//! Floats in JSON, as strings: JSON has neither NaN nor infinity, and a parser may round the last digit.

use serde_json::Value;

/// A float as its shortest exact decimal representation.
pub(crate) fn number(x: f64) -> Value {
    Value::String(x.to_string())
}

/// Parses a float written by [`number`].
pub(crate) fn to_number(value: &Value) -> Option<f64> {
    value.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_round_trip() {
        for x in [0.1, -0.0, f64::MIN_POSITIVE / 3.0, f64::MAX, f64::INFINITY, f64::NEG_INFINITY, 1.0 / 3.0] {
            assert_eq!(to_number(&number(x)).map(f64::to_bits), Some(x.to_bits()), "{x}");
        }
        assert!(to_number(&number(f64::NAN)).is_some_and(f64::is_nan));
        assert_eq!(to_number(&Value::Null), None);
    }
}
