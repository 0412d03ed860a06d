//! A shuffle that gives the same order for the same seed on every machine.

use rand::Rng;

/// Shuffles a slice; all orders are equally likely (Fisher-Yates).
///
/// The draws have 64 bits for every width of `usize`, and no code outside this file takes part: the order depends only
/// on the output of the generator.
pub(crate) fn shuffle<X>(items: &mut [X], rng: &mut (impl Rng + ?Sized)) {
    for i in (1..items.len()).rev() {
        items.swap(i, below(i as u64 + 1, rng) as usize);
    }
}

/// A uniform draw from 0 to n - 1, for n > 0: the upper half of a 128-bit product (Lemire 2019).
///
/// Since n does not divide 2^64 in general, 2^64 mod n of the draws are rejected and drawn again.
fn below(n: u64, rng: &mut (impl Rng + ?Sized)) -> u64 {
    loop {
        let product = u128::from(rng.next_u64()) * u128::from(n);
        let low = product as u64;
        if low >= n || low >= n.wrapping_neg() % n {
            return (product >> 64) as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};

    #[test]
    fn a_seed_determines_the_order() {
        // Reference order from an independent implementation of the generator and the shuffle.
        let mut order: Vec<usize> = (0..10).collect();
        shuffle(&mut order, &mut Xoshiro256PlusPlus::seed_from_u64(42));
        assert_eq!(order, [5, 3, 1, 0, 9, 6, 4, 7, 2, 8]);
    }

    #[test]
    fn all_orders_are_equally_likely() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..24_000 {
            let mut order = [0, 1, 2, 3];
            shuffle(&mut order, &mut rng);
            *counts.entry(order).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 24);
        // 1000 expected of each; the standard deviation is 31.
        assert!(counts.values().all(|&c: &i32| (c - 1000).abs() < 150), "{counts:?}");
    }

    #[test]
    fn draws_are_below_their_bound() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        for n in [1, 2, 3, u64::MAX / 2 + 2, u64::MAX] {
            assert!((0..1000).all(|_| below(n, &mut rng) < n));
        }
    }

    proptest! {
        #[test]
        fn a_shuffle_is_a_permutation(n in 0usize..200, seed: u64) {
            let mut order: Vec<usize> = (0..n).collect();
            shuffle(&mut order, &mut Xoshiro256PlusPlus::seed_from_u64(seed));
            order.sort();
            prop_assert!(order.into_iter().eq(0..n));
        }
    }
}
