//! Rejects JSON with duplicate keys, because parsers differ in which value they use.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::collections::HashSet;
use std::fmt;

/// Checks that no object in a JSON text has duplicate keys.
///
/// # Errors
/// If an object has duplicate keys, or the text is not JSON.
pub(super) fn check_keys(text: &[u8]) -> Result<(), serde_json::Error> {
    serde_json::from_slice::<Checked>(text).map(|Checked| ())
}

struct Checked;

impl<'de> Deserialize<'de> for Checked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Checked)
    }
}

impl<'de> Visitor<'de> for Checked {
    type Value = Checked;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Checked, A::Error> {
        let mut keys = HashSet::new();
        while let Some((key, Checked)) = map.next_entry::<String, Checked>()? {
            if let Some(key) = keys.replace(key) {
                return Err(A::Error::custom(format!("duplicate key `{key}`")));
            }
        }
        Ok(Checked)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Checked, A::Error> {
        while seq.next_element::<Checked>()?.is_some() {}
        Ok(Checked)
    }

    fn visit_unit<E>(self) -> Result<Checked, E> {
        Ok(Checked)
    }
    fn visit_bool<E>(self, _: bool) -> Result<Checked, E> {
        Ok(Checked)
    }
    fn visit_i64<E>(self, _: i64) -> Result<Checked, E> {
        Ok(Checked)
    }
    fn visit_u64<E>(self, _: u64) -> Result<Checked, E> {
        Ok(Checked)
    }
    fn visit_f64<E>(self, _: f64) -> Result<Checked, E> {
        Ok(Checked)
    }
    fn visit_str<E>(self, _: &str) -> Result<Checked, E> {
        Ok(Checked)
    }
}

#[cfg(test)]
mod tests {
    use super::check_keys;

    #[test]
    fn duplicate_keys_are_found_at_any_depth() {
        let says = |text: &str| check_keys(text.as_bytes()).map_err(|e| e.to_string());
        assert_eq!(says(r#"{"a": [1, -2, 0.5, null, true, "x", {"b": {}}], "b": {"a": {}}}"#), Ok(()));
        for twice in [r#"{"a": 1, "a": 1}"#, r#"[{"x": [{"a": 1, "b": 2, "\u0061": 3}]}]"#] {
            assert!(says(twice).is_err_and(|e| e.contains("duplicate key `a`")), "{twice}");
        }
        assert!(says("{").is_err() && says("{} {}").is_err());
    }
}
