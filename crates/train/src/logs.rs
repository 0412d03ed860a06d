//! The metrics of one epoch, by name.

/// Named metrics, in the order in which they were added: `loss`, `accuracy`, `val_loss`, `val_accuracy`.
///
/// ```
/// use train::Logs;
/// let mut logs = Logs::new();
/// logs.set("loss", 0.7220);
/// logs.set("accuracy", 0.7649);
/// assert_eq!((logs.get("loss"), logs.get("val_loss")), (Some(0.7220), None));
/// assert_eq!(logs.to_string(), "loss: 0.7220 - accuracy: 0.7649");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Logs(Vec<(String, f64)>);

impl Logs {
    /// Empty logs.
    pub fn new() -> Self {
        Logs::default()
    }

    /// The value of a metric.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| *value)
    }

    /// Sets the value of a metric.
    pub fn set(&mut self, name: &str, value: f64) {
        match self.0.iter_mut().find(|(n, _)| n == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name.to_string(), value)),
        }
    }

    /// The names and values of all metrics.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.0.iter().map(|(name, value)| (name.as_str(), *value))
    }

    /// The names of all metrics.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(name, _)| name)
    }

    /// Removes all metrics, and keeps the allocated memory.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Formats a value with four decimals, or with an exponent if it is very small or very large.
pub(crate) fn format_value(value: f64) -> String {
    let size = value.abs();
    if size <= 1e-3 || (1e8..f64::INFINITY).contains(&size) { format!("{value:.4e}") } else { format!("{value:.4}") }
}

/// The name of a metric without the prefix `val_` or `eval_`.
pub(crate) fn metric_of(name: &str) -> &str {
    name.strip_prefix("val_").or(name.strip_prefix("eval_")).unwrap_or(name)
}

impl std::fmt::Display for Logs {
    /// `name: value - name: value`, in Keras's format.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, (name, value)) in self.iter().enumerate() {
            let gap = if i == 0 { "" } else { " - " };
            write!(f, "{gap}{name}: {}", format_value(value))?;
        }
        Ok(())
    }
}
