//! Random weights from a seed, so that a check gives the same result each time.

use tensor::{Shape, Tensor};

/// The random number generator SplitMix64 (Steele, Lea and Flood 2014).
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Random(seed)
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A weight of random sign with an absolute value in 0.5..1.5, so that no product is hidden by a small weight.
    pub(crate) fn weight(&mut self) -> f64 {
        let bits = self.bits();
        let size = 0.5 + (bits >> 11) as f64 / (1u64 << 53) as f64;
        if bits & 1 == 0 { size } else { -size }
    }

    /// A tensor of weights.
    pub(crate) fn weights(&mut self, shape: &Shape) -> Tensor<f64> {
        Tensor::build(shape, |out| out.fill_with(|| self.weight()))
    }

    /// Chooses `n` of the integers below `of`, in increasing order; all of them if there are no more than `n`.
    pub(crate) fn sample(&mut self, of: usize, n: usize) -> Vec<usize> {
        let mut all: Vec<usize> = (0..of).collect();
        if n < of {
            for i in 0..n {
                let j = i + (self.bits() % (of - i) as u64) as usize;
                all.swap(i, j);
            }
            all.truncate(n);
            all.sort_unstable();
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_have_both_signs_and_are_not_small() {
        let mut random = Random::new(1);
        let w: Vec<f64> = (0..1000).map(|_| random.weight()).collect();
        assert!(w.iter().all(|w| (0.5..1.5).contains(&w.abs())));
        let positive = w.iter().filter(|&&w| w > 0.0).count();
        assert!((400..600).contains(&positive), "{positive}");
        assert_ne!(w[0], Random::new(2).weight());
    }

    #[test]
    fn a_sample_has_no_repetitions() {
        let s = Random::new(3).sample(50, 20);
        assert_eq!(s.len(), 20);
        assert!(s.windows(2).all(|w| w[0] < w[1]) && s[19] < 50);
        assert_eq!(Random::new(3).sample(4, 9), [0, 1, 2, 3]);
    }
}
