//! The neuron that learns.

use super::report::{FitReport, Keep, Order, Rule, Status, Update};
use super::{ClassicError, dot, novikoff_bound, rows};
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};
use tensor::Tensor;

/// A neuron that learns from its mistakes (Rosenblatt 1958): ŷ = 1 if w x + b ≥ 0, else 0.
///
/// A positive example it calls negative is added to the weights, w ← w + η x; a negative one it calls positive is
/// subtracted, w ← w - η x. The bias is the weight of a further input that is always 1. It is not a luxury: without it
/// every plane goes through the origin, and an example of zeros labeled negative stays wrong for ever. From weights of
/// 0 the learning rate η only scales them.
///
/// If a plane separates the examples, mistakes end, after (R/γ)² of them at most
/// ([`novikoff_bound`](super::novikoff_bound)). If none does, the weights stay bounded (Minsky and Papert 1969), so in a
/// fixed order examples with integer inputs make them run in a cycle, which is noticed. [`Keep::Pocket`] then keeps the
/// best weights met on the way.
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
    /// A neuron of so many inputs, its weights 0, with a bias; η = 1, 1000 epochs at most.
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

    /// Whether there is a bias that learns; without one it stays where it [starts](Perceptron::start).
    #[must_use]
    pub fn use_bias(mut self, bias: bool) -> Self {
        self.use_bias = bias;
        self
    }

    /// The learning rate η.
    ///
    /// # Panics
    /// If it is not a positive number.
    #[must_use]
    #[track_caller]
    pub fn learning_rate(mut self, rate: f64) -> Self {
        assert!(rate > 0.0 && rate.is_finite(), "Perceptron: the learning rate must be positive, but is {rate}");
        self.learning_rate = rate;
        self
    }

    /// How many epochs to go through at most.
    #[must_use]
    pub fn max_epochs(mut self, epochs: usize) -> Self {
        self.max_epochs = epochs;
        self
    }

    /// When the weights change.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rule = rule;
        self
    }

    /// In which order an epoch shows the examples.
    #[must_use]
    pub fn order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }

    /// Which weights remain in the end.
    #[must_use]
    pub fn keep(mut self, keep: Keep) -> Self {
        self.keep = keep;
        self
    }

    /// Where learning starts from.
    ///
    /// # Panics
    /// If there are more or fewer weights than inputs.
    #[must_use]
    #[track_caller]
    pub fn start(mut self, weights: impl AsRef<[f64]>, bias: f64) -> Self {
        let (found, inputs) = (weights.as_ref().len(), self.weights.len());
        assert!(found == inputs, "Perceptron: {found} weights were given for {inputs} inputs");
        self.weights.copy_from_slice(weights.as_ref());
        self.bias = bias;
        self
    }

    /// The weights w.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The bias b, which is the threshold with its sign changed.
    pub fn bias(&self) -> f64 {
        self.bias
    }

    /// w x + b for each row.
    ///
    /// # Errors
    /// If the rows do not have the neuron's inputs, or hold a number that is not finite.
    pub fn decision(&self, x: &Tensor<f64>) -> Result<Vec<f64>, ClassicError> {
        Ok(rows(x, self.weights.len(), None)?.iter().map(|x| self.z(x)).collect())
    }

    /// Whether the neuron fires, for each row.
    ///
    /// # Errors
    /// As [`decision`](Perceptron::decision).
    pub fn predict(&self, x: &Tensor<f64>) -> Result<Vec<bool>, ClassicError> {
        Ok(self.decision(x)?.into_iter().map(|z| z >= 0.0).collect())
    }

    /// Learns until an epoch has no mistake, the weights run in a cycle, or the epochs run out.
    ///
    /// # Errors
    /// If the examples are no rows of the neuron's inputs, one per label, or hold a number that is not finite.
    pub fn fit(&mut self, x: &Tensor<f64>, y: &[bool]) -> Result<FitReport, ClassicError> {
        self.fit_with(x, y, |_| ())
    }

    /// [`fit`](Perceptron::fit), showing every update.
    ///
    /// ```
    /// use nn::classic::{Perceptron, boolean_inputs};
    /// let mut biases = Vec::new();
    /// Perceptron::new(1).fit_with(&boolean_inputs(1), &[true, false], |u| biases.push(u.after.1))?;
    /// assert_eq!(biases, [-1.0, 0.0]); // the one example is subtracted, the other added
    /// # Ok::<(), nn::classic::ClassicError>(())
    /// ```
    ///
    /// # Errors
    /// As [`fit`](Perceptron::fit).
    pub fn fit_with(
        &mut self,
        x: &Tensor<f64>,
        y: &[bool],
        mut show: impl FnMut(&Update<'_>),
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
                    self.learn(x, y_true);
                    show(&Update {
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
        let shown = (epochs * rows.len()) as f64;
        match self.keep {
            Keep::Pocket => (_, self.weights, self.bias) = pocket,
            Keep::Averaged if shown > 0.0 => {
                self.weights = sum.0.iter().map(|s| s / shown).collect();
                self.bias = sum.1 / shown;
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

    /// w ± η x, and the same for the input that is always 1.
    fn learn(&mut self, x: &[f64], y: bool) {
        let step = if y { self.learning_rate } else { -self.learning_rate };
        self.weights.iter_mut().zip(x).for_each(|(w, x)| *w += step * x);
        if self.use_bias {
            self.bias += step;
        }
    }

    fn mistakes(&self, rows: &[Vec<f64>], y: &[bool]) -> usize {
        rows.iter().zip(y).filter(|(x, y)| (self.z(x) >= 0.0) != **y).count()
    }

    /// The order of the first epoch, and the generator of the others if they differ.
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

/// Notices that weights come back (Brent 1980): they are compared with those of the last epoch whose number is a power
/// of two, so one copy is kept, however long the cycle.
struct Cycle {
    mark: (Vec<f64>, f64),
    since: usize,
    next: usize,
}

impl Cycle {
    fn new(start: &Perceptron) -> Self {
        Cycle { mark: (start.weights.clone(), start.bias), since: 0, next: 1 }
    }

    /// The length of the cycle, if these weights close one.
    fn closes(&mut self, now: &Perceptron) -> Option<usize> {
        self.since += 1;
        if self.mark.0 == now.weights && self.mark.1 == now.bias {
            return Some(self.since);
        }
        if self.since == self.next {
            self.mark = (now.weights.clone(), now.bias);
            (self.since, self.next) = (0, self.next * 2);
        }
        None
    }
}

#[cfg(test)]
mod tests;
