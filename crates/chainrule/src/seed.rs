//! Random numbers from a seed.

use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;

/// The random number generator of a seed: xoshiro256++ (Blackman and Vigna 2019), the same on every machine.
///
/// Whatever is random here takes a generator as an argument, so a seed fixes a whole run. Any other generator of the
/// `rand` crate does as well.
///
/// ```
/// use chainrule::prelude::*;
/// let draw = |seed| Tensor::<f64>::random_normal([2, 3], 0.0, 1.0, &mut seeded(seed));
/// assert_eq!(draw(42), draw(42));
/// assert_ne!(draw(42), draw(43));
/// ```
pub fn seeded(seed: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed)
}
