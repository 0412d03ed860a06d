//! Averages of the weights over the steps.

use crate::state::StateMap;
use crate::update::with_slice;
use autograd::{Param, Params, Scalar};
use tensor::math::simd::{Arch, Kernel, dispatch};
use tensor::{Real, Tensor};

/// The exponential moving average of each parameter: a := m a + (1 - m) w after each step, from the first w on (Polyak
/// and Juditsky 1992 for the plain mean).
#[derive(Clone)]
pub(crate) struct Average<T: Scalar> {
    pub(crate) momentum: f64,
    pub(crate) averages: StateMap<Tensor<T>>,
    /// Whether the averages stand in the store, and the weights here.
    pub(crate) swapped: bool,
}

impl<T: Scalar> Average<T> {
    pub(crate) fn new(momentum: f64) -> Self {
        Average { momentum, averages: StateMap::new(), swapped: false }
    }

    /// Takes in the new numbers of a parameter.
    pub(crate) fn update(&mut self, place: usize, param: Param, w: &Tensor<T>) {
        let m = T::from_f64(self.momentum);
        // Of the first numbers the average is these numbers, whatever the momentum: no cold start.
        let average = self.averages.entry(place, param, || w.clone());
        if !average.same(w) {
            with_slice(w, |w| dispatch(Blend { a: average.data_mut(), w, m }));
        }
    }

    /// Puts the averages into the store and the weights here, or the other way round.
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
    fn averages_follow_and_change_places() {
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
        assert!(!Sgd::new(1.0).swap_averages(&mut params), "there are none");
    }

    #[test]
    #[should_panic(expected = "the averages stand in the place of the weights; call swap_averages again first")]
    fn a_step_from_the_averages() {
        let mut params = Params::<f64>::new();
        let p = params.add("w", tensor![10.0]);
        let mut sgd = Sgd::new(1.0).ema(0.75);
        sgd.swap_averages(&mut params);
        sgd.step(&mut params, &Given(vec![(p, tensor![4.0])]));
    }
}
