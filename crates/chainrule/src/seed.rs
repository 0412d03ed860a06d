//! The random number generator.

use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;

/// Returns a random number generator with this seed: xoshiro256++ (Blackman and Vigna 2019), which gives the same
/// values on every machine.
///
/// Every function of this library that uses random numbers takes a generator as an argument, so a seed determines a
/// whole run. Other generators of the `rand` crate work as well.
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
