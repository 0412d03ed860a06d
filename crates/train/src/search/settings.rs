//! The settings of a trial.

use super::error::SearchError;
use std::fmt;

/// A value of a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// A choice.
    Text(String),
}

/// The settings of a trial: a value for each setting whose condition is met.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    pub(super) values: Vec<(String, Value)>,
}

impl Settings {
    /// The value of a setting; `None` if it does not exist or its condition is not met.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.iter().find(|(n, _)| n == name).map(|(_, value)| value)
    }

    /// The names and values of all settings.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The value of a numeric setting.
    ///
    /// # Panics
    /// If the setting has no value (see [`get`](Settings::get)), or is not numeric.
    #[track_caller]
    pub fn float(&self, name: &str) -> f64 {
        match self.get(name) {
            Some(Value::Int(i)) => *i as f64,
            Some(Value::Float(x)) => *x,
            _ => self.mismatch(name, "a number"),
        }
    }

    /// The value of a non-negative integer setting.
    ///
    /// # Panics
    /// If the setting has no value (see [`get`](Settings::get)), or is not a non-negative integer.
    #[track_caller]
    pub fn int(&self, name: &str) -> usize {
        match self.get(name) {
            Some(Value::Int(i)) if *i >= 0 => *i as usize,
            _ => self.mismatch(name, "a non-negative integer"),
        }
    }

    /// The value of a choice.
    ///
    /// # Panics
    /// If the setting has no value (see [`get`](Settings::get)), or is not a choice.
    #[track_caller]
    pub fn choice(&self, name: &str) -> &str {
        match self.get(name) {
            Some(Value::Text(text)) => text,
            _ => self.mismatch(name, "a choice"),
        }
    }

    #[track_caller]
    fn mismatch(&self, name: &str, expected: &str) -> ! {
        panic!("Settings: expected {expected} for `{name}` in the settings {self}")
    }

    pub(super) fn to_json(&self) -> serde_json::Value {
        let value = |value: &Value| match value {
            Value::Int(i) => serde_json::json!({ "int": i }),
            Value::Float(x) => serde_json::json!({ "float": x.to_string() }),
            Value::Text(text) => serde_json::json!({ "text": text }),
        };
        self.iter().map(|(name, v)| serde_json::json!([name, value(v)])).collect()
    }

    pub(super) fn from_json(json: &serde_json::Value) -> Result<Settings, SearchError> {
        let parse = |pair: &serde_json::Value| {
            let (name, value) = (pair[0].as_str()?, &pair[1]);
            let value = match (value["int"].as_i64(), value["float"].as_str(), value["text"].as_str()) {
                (Some(i), _, _) => Value::Int(i),
                (_, Some(x), _) => Value::Float(x.parse().ok()?),
                (_, _, Some(text)) => Value::Text(text.to_string()),
                _ => return None,
            };
            Some((name.to_string(), value))
        };
        let values = json.as_array().and_then(|pairs| pairs.iter().map(parse).collect());
        values.map(|values| Settings { values }).ok_or(SearchError::Journal { line: 0 })
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Int(i) => write!(f, "{i}"),
            Value::Float(x) if x.abs() >= 1e-3 && x.abs() < 1e4 => write!(f, "{x:.4}"),
            Value::Float(x) => write!(f, "{x:.3e}"),
            Value::Text(text) => f.write_str(text),
        }
    }
}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list: Vec<String> = self.iter().map(|(name, value)| format!("{name} {value}")).collect();
        f.write_str(&list.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "Settings: expected a number for `e` in the settings d y")]
    fn a_setting_without_a_value() {
        let settings = Settings { values: vec![("d".into(), Value::Text("y".into()))] };
        settings.float("e");
    }
}
