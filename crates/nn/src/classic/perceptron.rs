//! The perceptron.

use super::report::{FitReport, Keep, Order, Rule, Status, Update};
use super::{ClassicError, dot, novikoff_bound, rows};
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};
use tensor::Tensor;

/// The perceptron (Rosenblatt 1958): a neuron ŷ = 1 if w x + b ≥ 0, else 0, that learns from misclassified examples.
///
/// The update for a misclassified positive example is w ← w + η x; for a negative one it is w ← w - η x. The bias is the
/// weight of an additional input that is always 1. Without a bias, the decision boundary contains the origin, so that a
/// negative example of zeros is always misclassified. If the initial weights are 0, the learning rate η only scales them.
///
/// If a hyperplane separates the examples, training converges after at most (R/γ)² updates
/// ([`novikoff_bound`](super::novikoff_bound)). Otherwise the weights stay bounded (Minsky and Papert 1969). With integer
/// inputs in a fixed order they are then periodic, and [`fit`](Perceptron::fit) detects the cycle. [`Keep::Pocket`] keeps
/// the best weights found in training.
///
/// ```
/// use nn::classic::{Keep, Order, Perceptron, Status, boolean_inputs};
///
/// let (x, xor) = (boolean_inputs(2), [false, true, true, false]);
/// let mut neuron = Perceptron::new(2).order(Order::PositivesFirst).keep(Keep::Pocket);
/// let report = neuron.fit(&x, &xor)?;
/// assert!(matches!(report.status, Status::CycleDetected { .. }));
/// assert_eq!(report.mistakes, 1); // three of four are right: no line does better
/// # Ok::<(), nn::classic::ClassicError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Perceptron {
    weights: Vec<f64>,
    bias: f64,
    use_bias: bool,
    learning_rate: f64,
    max_epochs: usize,
    rule: Rule,
    order: Order,
    keep: Keep,
}

impl Perceptron {
    /// A neuron with `inputs` inputs, and weights and bias 0.
    pub fn new(inputs: usize) -> Self {
        Perceptron {
            weights: vec![0.0; inputs],
            bias: 0.0,
            use_bias: true,
            learning_rate: 1.0,
            max_epochs: 1000,
            rule: Rule::default(),
            order: Order::default(),
            keep: Keep::default(),
        }
    }

    /// Sets whether the bias is trained. If not, it keeps its [initial value](Perceptron::initial_weights). Default: true.
    #[must_use]
    pub fn use_bias(mut self, bias: bool) -> Self {
        self.use_bias = bias;
        self
    }

    /// Sets the learning rate η. Default: 1.
    ///
    /// # Panics
    /// If it is not positive and finite.
    #[must_use]
    #[track_caller]
    pub fn learning_rate(mut self, rate: f64) -> Self {
        assert!(rate > 0.0 && rate.is_finite(), "Perceptron: expected a positive finite learning rate, got {rate}");
        self.learning_rate = rate;
        self
    }

    /// Sets the maximum number of epochs. Default: 1000.
    #[must_use]
    pub fn max_epochs(mut self, epochs: usize) -> Self {
        self.max_epochs = epochs;
        self
    }

    /// Sets the condition for an update. Default: [`Rule::Heaviside`].
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rule = rule;
        self
    }

    /// Sets the order of the examples in an epoch. Default: [`Order::Given`].
    #[must_use]
    pub fn order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }

    /// Sets which weights training returns. Default: [`Keep::Last`].
    #[must_use]
    pub fn keep(mut self, keep: Keep) -> Self {
        self.keep = keep;
        self
    }

    /// Sets the initial weights and bias. Default: 0.
    ///
    /// # Panics
    /// If the number of weights is not the number of inputs.
    #[must_use]
    #[track_caller]
    pub fn initial_weights(mut self, weights: impl AsRef<[f64]>, bias: f64) -> Self {
        let (found, inputs) = (weights.as_ref().len(), self.weights.len());
        assert!(found == inputs, "Perceptron: expected {inputs} weights, one per input, got {found}");
        self.weights.copy_from_slice(weights.as_ref());
        self.bias = bias;
        self
    }

    /// The weights w.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The bias b, which is minus the threshold.
    pub fn bias(&self) -> f64 {
        self.bias
    }

    /// Computes w x + b for each row.
    ///
    /// # Errors
    /// If the number of columns is not the number of inputs, or a value is not finite.
    pub fn decision(&self, x: &Tensor<f64>) -> Result<Vec<f64>, ClassicError> {
        Ok(rows(x, self.weights.len(), None)?.iter().map(|x| self.z(x)).collect())
    }

    /// Predicts for each row whether the neuron fires: w x + b ≥ 0.
    ///
    /// # Errors
    /// As for [`decision`](Perceptron::decision).
    pub fn predict(&self, x: &Tensor<f64>) -> Result<Vec<bool>, ClassicError> {
        Ok(self.decision(x)?.into_iter().map(|z| z >= 0.0).collect())
    }

    /// Trains until an epoch has no update, a cycle of the weights is detected, or the maximum number of epochs is reached.
    ///
    /// # Errors
    /// If the number of columns is not the number of inputs, the number of labels is not the number of rows, or a value is
    /// not finite.
    pub fn fit(&mut self, x: &Tensor<f64>, y: &[bool]) -> Result<FitReport, ClassicError> {
        self.fit_with(x, y, |_| ())
    }

    /// Trains as [`fit`](Perceptron::fit) does, and calls `on_update` after each update.
    ///
    /// ```
    /// use nn::classic::{Perceptron, boolean_inputs};
    /// let mut biases = Vec::new();
    /// Perceptron::new(1).fit_with(&boolean_inputs(1), &[true, false], |u| biases.push(u.after.1))?;
    /// assert_eq!(biases, [-1.0, 0.0]); // one example is subtracted, the other added
    /// # Ok::<(), nn::classic::ClassicError>(())
    /// ```
    ///
    /// # Errors
    /// As for [`fit`](Perceptron::fit).
    pub fn fit_with(
        &mut self,
        x: &Tensor<f64>,
        y: &[bool],
        mut on_update: impl FnMut(&Update<'_>),
    ) -> Result<FitReport, ClassicError> {
        let rows = rows(x, self.weights.len(), Some(y.len()))?;
        let from_zero = self.bias == 0.0 && self.weights.iter().all(|&w| w == 0.0);
        let mut pocket = (self.mistakes(&rows, y), self.weights.clone(), self.bias);
        let mut sum = (vec![0.0; self.weights.len()], 0.0);
        let mut cycle = Cycle::new(self);
        let (mut order, mut shuffle) = self.first_order(y);
        let (mut epochs, mut updates, mut status) = (0, 0, Status::MaxEpochs);
        while epochs < self.max_epochs {
            epochs += 1;
            let before = updates;
            if let Some(rng) = &mut shuffle {
                for i in (1..order.len()).rev() {
                    order.swap(i, rng.random_range(0..=i));
                }
            }
            for &example in &order {
                let (x, y_true) = (&rows[example], y[example]);
                let z = self.z(x);
                if self.is_mistaken(z, y_true) {
                    updates += 1;
                    let old = (self.weights.clone(), self.bias);
                    self.update(x, y_true);
                    on_update(&Update {
                        epoch: epochs,
                        example,
                        x,
                        y: y_true,
                        z,
                        before: (&old.0, old.1),
                        after: (&self.weights, self.bias),
                    });
                    if self.keep == Keep::Pocket {
                        let mistakes = self.mistakes(&rows, y);
                        if mistakes < pocket.0 {
                            pocket = (mistakes, self.weights.clone(), self.bias);
                        }
                    }
                }
                sum.0.iter_mut().zip(&self.weights).for_each(|(s, w)| *s += w);
                sum.1 += self.bias;
            }
            if updates == before {
                status = Status::Converged;
                break;
            }
            if let (None, Some(length)) = (&shuffle, cycle.closes(self)) {
                status = Status::CycleDetected { length };
                break;
            }
        }
        let steps = (epochs * rows.len()) as f64;
        match self.keep {
            Keep::Pocket => (_, self.weights, self.bias) = pocket,
            Keep::Averaged if steps > 0.0 => {
                self.weights = sum.0.iter().map(|s| s / steps).collect();
                self.bias = sum.1 / steps;
            }
            Keep::Averaged | Keep::Last => (),
        }
        let bound = if from_zero && status == Status::Converged { novikoff_bound(x, y, self.use_bias)? } else { None };
        Ok(FitReport { epochs, updates, status, bound, mistakes: self.mistakes(&rows, y) })
    }

    fn z(&self, x: &[f64]) -> f64 {
        dot(&self.weights, x) + self.bias
    }

    fn is_mistaken(&self, z: f64, y: bool) -> bool {
        match self.rule {
            Rule::Heaviside => (z >= 0.0) != y,
            Rule::Margin => z == 0.0 || (z > 0.0) != y,
        }
    }

    /// Updates the weights: w ← w ± η x, b ← b ± η.
    fn update(&mut self, x: &[f64], y: bool) {
        let step = if y { self.learning_rate } else { -self.learning_rate };
        self.weights.iter_mut().zip(x).for_each(|(w, x)| *w += step * x);
        if self.use_bias {
            self.bias += step;
        }
    }

    fn mistakes(&self, rows: &[Vec<f64>], y: &[bool]) -> usize {
        rows.iter().zip(y).filter(|(x, y)| (self.z(x) >= 0.0) != **y).count()
    }

    /// The order of the examples, and the generator that shuffles it in each epoch, if any.
    fn first_order(&self, y: &[bool]) -> (Vec<usize>, Option<Xoshiro256PlusPlus>) {
        let mut order: Vec<usize> = (0..y.len()).collect();
        let mut shuffle = None;
        match self.order {
            Order::Given => (),
            Order::PositivesFirst => order.sort_by_key(|&i| !y[i]),
            Order::Shuffled(seed) => shuffle = Some(Xoshiro256PlusPlus::seed_from_u64(seed)),
        }
        (order, shuffle)
    }
}

/// Brent's cycle detection (1980): compares the weights with those of the last epoch whose number is a power of two, so
/// that one copy of the weights is enough.
struct Cycle {
    saved: (Vec<f64>, f64),
    since: usize,
    next: usize,
}

impl Cycle {
    fn new(start: &Perceptron) -> Self {
        Cycle { saved: (start.weights.clone(), start.bias), since: 0, next: 1 }
    }

    /// The length of the cycle, if these weights complete one.
    fn closes(&mut self, now: &Perceptron) -> Option<usize> {
        self.since += 1;
        if self.saved.0 == now.weights && self.saved.1 == now.bias {
            return Some(self.since);
        }
        if self.since == self.next {
            self.saved = (now.weights.clone(), now.bias);
            (self.since, self.next) = (0, self.next * 2);
        }
        None
    }
}

#[cfg(test)]
mod tests;
