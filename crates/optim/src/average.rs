//! Moving averages of the weights.

use crate::state::StateMap;
use crate::update::with_slice;
use autograd::{Param, Params, Scalar};
use tensor::math::simd::{Arch, Kernel, dispatch};
use tensor::{Real, Tensor};

/// The exponential moving average of each parameter: a := m a + (1 - m) w after each step, starting at the first w
/// (Polyak and Juditsky 1992 for the plain mean).
#[derive(Clone)]
pub(crate) struct Average<T: Scalar> {
    pub(crate) momentum: f64,
    pub(crate) averages: StateMap<Tensor<T>>,
    /// Whether the averages are in the store, and the weights in `averages`.
    pub(crate) swapped: bool,
}

impl<T: Scalar> Average<T> {
    pub(crate) fn new(momentum: f64) -> Self {
        Average { momentum, averages: StateMap::new(), swapped: false }
    }

    /// Adds the new value of a parameter to its average.
    pub(crate) fn update(&mut self, hint: usize, param: Param, w: &Tensor<T>) {
        let m = T::from_f64(self.momentum);
        // The average starts at the first value, so it needs no bias correction.
        let average = self.averages.entry(hint, param, || w.clone());
        if !average.same(w) {
            with_slice(w, |w| dispatch(Blend { a: average.data_mut(), w, m }));
        }
    }

    /// Swaps the averages with the weights in the store.
    pub(crate) fn swap(&mut self, params: &mut Params<T>) {
        for (p, average) in self.averages.iter_mut() {
            if params.contains(p) {
                std::mem::swap(params.get_mut(p), average);
            }
        }
        self.swapped = !self.swapped;
    }
}

struct Blend<'a, T> {
    a: &'a mut [T],
    w: &'a [T],
    m: T,
}

impl<T: Real> Kernel for Blend<'_, T> {
    const SIMD512: bool = false;
    type Output = ();
    #[inline(always)]
    fn run<A: Arch>(self) {
        let rest = T::ONE - self.m;
        for (a, &w) in self.a.iter_mut().zip(self.w) {
            *a = self.m * *a + rest * w;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Given;
    use crate::{Optimizer, Sgd};
    use autograd::Params;
    use tensor::tensor;

    #[test]
    fn averages_follow_the_weights_and_swap_with_them() {
        let mut params = Params::<f64>::new();
        let p = params.add("w", tensor![10.0]);
        let mut sgd = Sgd::new(1.0).ema(0.75);
        for _ in 0..3 {
            sgd.step(&mut params, &Given(vec![(p, tensor![4.0])]));
        }
        // 6, then 0.75 · 6 + 0.25 · 2 = 5, then 0.75 · 5 + 0.25 · -2
        assert!(sgd.swap_averages(&mut params));
        assert_eq!(params.get(p), &tensor![3.25]);
        assert!(sgd.swap_averages(&mut params));
        assert_eq!(params.get(p), &tensor![-2.0]);
        assert!(!Sgd::new(1.0).swap_averages(&mut params), "no averages without `ema`");
    }

    #[test]
    #[should_panic(
        expected = "step: the store holds the averages; call swap_averages to restore the weights before training"
    )]
    fn a_step_with_swapped_averages_is_rejected() {
        let mut params = Params::<f64>::new();
        let p = params.add("w", tensor![10.0]);
        let mut sgd = Sgd::new(1.0).ema(0.75);
        sgd.swap_averages(&mut params);
        sgd.step(&mut params, &Given(vec![(p, tensor![4.0])]));
    }
}
