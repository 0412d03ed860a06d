//! The figures of one epoch, by name.

/// Figures with names, in the order in which they came: `loss`, `accuracy`, `val_loss`, `val_accuracy`.
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
    /// No figures.
    pub fn new() -> Self {
        Logs::default()
    }

    /// The figure of this name.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| *value)
    }

    /// Adds a figure, in place of one of the same name.
    pub fn set(&mut self, name: &str, value: f64) {
        match self.0.iter_mut().find(|(n, _)| n == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name.to_string(), value)),
        }
    }

    /// All names and figures.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.0.iter().map(|(name, value)| (name.as_str(), *value))
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(name, _)| name)
    }

    /// Forgets the figures and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

/// A value with four decimals, or with an exponent if they would all be zero, or if it would be very long.
pub(crate) fn figure(value: f64) -> String {
    let size = value.abs();
    if size <= 1e-3 || (1e8..f64::INFINITY).contains(&size) { format!("{value:.4e}") } else { format!("{value:.4}") }
}

/// The metric that a value in the logs belongs to: its name without the `val_` or `eval_` in front.
pub(crate) fn metric_of(name: &str) -> &str {
    name.strip_prefix("val_").or(name.strip_prefix("eval_")).unwrap_or(name)
}

impl std::fmt::Display for Logs {
    /// `name: figure`, each as Keras shows it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, (name, value)) in self.iter().enumerate() {
            let gap = if i == 0 { "" } else { " - " };
            write!(f, "{gap}{name}: {}", figure(value))?;
        }
        Ok(())
    }
}
