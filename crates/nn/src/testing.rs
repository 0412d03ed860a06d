//! What several tests share.

use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};

pub(crate) fn rng(seed: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed)
}
