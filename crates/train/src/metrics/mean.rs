//! A running weighted mean.

/// The running weighted mean Σ w x / Σ w.
///
/// ```
/// use train::metrics::Mean;
/// let mut mean = Mean::new();
/// assert!(mean.value().is_nan());
/// mean.add(1.0, 3.0);
/// mean.add(5.0, 1.0);
/// assert_eq!(mean.value(), 2.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mean {
    sum: f64,
    weight: f64,
}

impl Mean {
    /// The mean of no values.
    pub const fn new() -> Self {
        Mean { sum: 0.0, weight: 0.0 }
    }

    /// Adds a value with a weight. A value of weight 0 is ignored, even if it is NaN.
    #[inline]
    pub fn add(&mut self, value: f64, weight: f64) {
        if weight != 0.0 {
            self.sum += weight * value;
            self.weight += weight;
        }
    }

    /// The mean of the values so far; NaN without values.
    pub fn value(&self) -> f64 {
        self.sum / self.weight
    }

    /// The sum of the weights, Σ w.
    pub fn weight(&self) -> f64 {
        self.weight
    }

    /// Removes all values.
    pub fn reset(&mut self) {
        *self = Mean::new();
    }
}
