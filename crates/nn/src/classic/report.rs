//! How a perceptron is taught, and what came of it.

/// When the weights change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rule {
    /// When the neuron's answer, 1 if w x + b ≥ 0, is wrong: the rule of the textbooks.
    #[default]
    Heaviside,
    /// When y (w x + b) ≤ 0 for y = ±1: at 0 positive examples change the weights, too. Then each change is a step of
    /// gradient descent on [`Loss::Perceptron`](crate::Loss::Perceptron), and scikit-learn's.
    Margin,
}

/// In which order an epoch shows the examples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// As they are given.
    #[default]
    Given,
    /// The positive ones, then the negative ones.
    PositivesFirst,
    /// Drawn anew for each epoch, from a seed.
    Shuffled(u64),
}

/// Which weights remain in the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// The last ones.
    #[default]
    Last,
    /// Those of the fewest mistakes on all examples, the earliest of several (the pocket algorithm with ratchet, Gallant
    /// 1990): where no line separates the
    /// examples, nearly the best that can be had. Every update is tried on all of them. A fixed order may run in a cycle
    /// that never meets the best weights; [`Order::Shuffled`] meets them sooner or later.
    Pocket,
    /// The mean over all examples shown (Freund and Schapire 1999), which generalizes better.
    Averaged,
}

/// How learning ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// An epoch went by without a mistake.
    Converged,
    /// The weights came back to where they were so many epochs before: they will do so for ever, and no line through
    /// the inputs (and, without a bias, the origin) separates the examples.
    CycleDetected {
        /// The length of the cycle, in epochs.
        length: usize,
    },
    /// The epochs ran out.
    MaxEpochs,
}

/// What came of [`Perceptron::fit`](super::Perceptron::fit).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FitReport {
    /// Epochs gone through, the last one, without a mistake, included.
    pub epochs: usize,
    /// How often the weights were changed.
    pub updates: usize,
    /// How it ended.
    pub status: Status,
    /// How many updates there can be at most, by the theorem of Novikoff (1962): (R/γ)², see
    /// [`novikoff_bound`](super::novikoff_bound). Known when learning converged from weights of 0.
    pub bound: Option<f64>,
    /// How many examples the weights that were kept get wrong.
    pub mistakes: usize,
}

/// One change of the weights, as [`Perceptron::fit_with`](super::Perceptron::fit_with) shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Update<'a> {
    /// The epoch, counted from 1.
    pub epoch: usize,
    /// Which example it was, counted from 0.
    pub example: usize,
    /// Its inputs.
    pub x: &'a [f64],
    /// What the neuron should have said.
    pub y: bool,
    /// w x + b before the change.
    pub z: f64,
    /// The weights before.
    pub before: (&'a [f64], f64),
    /// The weights after: with the bias, as before.
    pub after: (&'a [f64], f64),
}
