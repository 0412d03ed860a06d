//! Settings and results of training a perceptron.

/// The condition for an update of the weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rule {
    /// The output of the neuron, 1 if w x + b ≥ 0, is wrong: the textbook rule.
    #[default]
    Heaviside,
    /// y (w x + b) ≤ 0 for y = ±1: positive examples cause an update at 0, too. Each update is then a step of stochastic
    /// gradient descent on [`Loss::Perceptron`](crate::Loss::Perceptron), as in scikit-learn.
    Margin,
}

/// The order of the examples in an epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The order in which they are passed.
    #[default]
    Given,
    /// The positive examples, then the negative ones.
    PositivesFirst,
    /// A new random order for each epoch, from a seed.
    Shuffled(u64),
}

/// The weights that training returns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// The last weights.
    #[default]
    Last,
    /// The weights with the fewest misclassified examples, or the earliest of them (the pocket algorithm with ratchet,
    /// Gallant 1990). They are a good solution if no hyperplane separates the examples. Each update is evaluated on all
    /// examples. With a fixed order, training may run in a cycle that does not contain the best weights;
    /// [`Order::Shuffled`] finds them eventually.
    Pocket,
    /// The mean of the weights over all steps (Freund and Schapire 1999), which generalizes better.
    Averaged,
}

/// The reason why training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// An epoch had no update.
    Converged,
    /// The weights are the same as `length` epochs earlier, so they are periodic: no hyperplane (without a bias: no
    /// hyperplane through the origin) separates the examples.
    CycleDetected {
        /// The length of the cycle, in epochs.
        length: usize,
    },
    /// The maximum number of epochs was reached.
    MaxEpochs,
}

/// The result of [`Perceptron::fit`](super::Perceptron::fit).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FitReport {
    /// The number of epochs, including the last one without an update.
    pub epochs: usize,
    /// The number of updates.
    pub updates: usize,
    /// The reason why training ended.
    pub status: Status,
    /// The bound on the number of updates by the theorem of Novikoff (1962); see
    /// [`novikoff_bound`](super::novikoff_bound). `None` unless training converged from initial weights of 0.
    pub bound: Option<f64>,
    /// The number of examples that the returned weights misclassify.
    pub mistakes: usize,
}

/// One update of the weights, passed to the callback of [`Perceptron::fit_with`](super::Perceptron::fit_with).
#[derive(Clone, Debug, PartialEq)]
pub struct Update<'a> {
    /// The epoch, counted from 1.
    pub epoch: usize,
    /// The index of the example.
    pub example: usize,
    /// The inputs of the example.
    pub x: &'a [f64],
    /// The label of the example.
    pub y: bool,
    /// w x + b before the update.
    pub z: f64,
    /// The weights and the bias before the update.
    pub before: (&'a [f64], f64),
    /// The weights and the bias after the update.
    pub after: (&'a [f64], f64),
}
