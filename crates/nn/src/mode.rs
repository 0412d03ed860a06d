//! Training or use: said at each call.

use rand::Rng;
use std::fmt;

/// What a network is run for: to be trained, or to be used.
///
/// Layers that draw random numbers while training, such as [`Dropout`](crate::Dropout), take them from the generator
/// given here and nowhere else: a seed fixes everything.
///
/// ```
/// use nn::Mode;
/// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
/// let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
/// assert!(Mode::train(&mut rng).is_training());
/// assert!(Mode::eval().rng().is_none());
/// ```
pub struct Mode<'r> {
    rng: Option<&'r mut dyn Rng>,
}

impl<'r> Mode<'r> {
    /// The network is used: nothing is random.
    pub fn eval() -> Self {
        Mode { rng: None }
    }

    /// The network is trained, with this generator.
    pub fn train(rng: &'r mut dyn Rng) -> Self {
        Mode { rng: Some(rng) }
    }

    /// Whether the network is trained.
    pub fn is_training(&self) -> bool {
        self.rng.is_some()
    }

    /// The generator, in training.
    pub fn rng(&mut self) -> Option<&mut (dyn Rng + 'r)> {
        self.rng.as_deref_mut()
    }
}

impl fmt::Debug for Mode<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_training() { "Mode::train" } else { "Mode::eval" })
    }
}
