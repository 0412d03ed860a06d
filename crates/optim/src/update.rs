//! One fused pass over a parameter, its gradient and what is remembered of it, for any rule.
//!
//! While a step runs, the tape may still hold the old numbers, which it recorded: then they cannot be overwritten, and
//! the new ones go to a fresh buffer, recycled from the step before. If nobody else holds them they are written in
//! place. Both ways run the same formula element by element, without fused multiply-add: the same bits, on any CPU.

use autograd::{Param, Params, Scalar};
use tensor::math::simd::{Arch, Kernel, dispatch};
use tensor::{Real, Tensor};

/// What every rule has in common: done to a number and its gradient on the way to the rule.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Common<T> {
    /// Multiplies the gradient: a mean over batches, a clipped norm.
    pub(crate) scale: T,
    /// The largest size of a gradient's element; infinite for none.
    pub(crate) limit: T,
    /// The share of the number that is taken off: η λ.
    pub(crate) decay: T,
}

impl<T: Real> Common<T> {
    /// A gradient that is NaN stays NaN: a limit must not hide it.
    #[inline(always)]
    fn apply(self, w: T, g: T) -> (T, T) {
        let g = g * self.scale;
        let g = T::select(g.is_gt(self.limit), self.limit, g);
        let g = T::select((-self.limit).is_gt(g), -self.limit, g);
        (w - self.decay * w, g)
    }
}

/// One parameter in one step, to be gone through once: see [`Rule`](crate::Rule).
#[derive(Debug)]
pub struct Pass<'a, T: Scalar> {
    pub(crate) common: Common<T>,
    pub(crate) params: &'a mut Params<T>,
    pub(crate) param: Param,
    pub(crate) gradient: &'a Tensor<T>,
    pub(crate) slots: &'a mut [Tensor<T>],
}

impl<T: Scalar> Pass<'_, T> {
    /// Calls `rule` for every number w with its gradient g and its slots; writes the new number and the new slots.
    ///
    /// Clipping and weight decay are done before: g is the gradient as clipped, w the number as decayed. The loop is
    /// compiled for each instruction set; a rule without branches (see [`Number::select`](tensor::Number::select))
    /// vectorizes. Functions that it calls must be marked `#[inline(always)]`, and must not be closures: what is not
    /// inlined is called for each number.
    ///
    /// # Panics
    /// If `N` is not the number of the rule's slots.
    #[track_caller]
    pub fn each<const N: usize>(self, rule: impl Fn(T, T, [T; N]) -> (T, [T; N]) + Copy) {
        let Pass { common, params, param, gradient, slots } = self;
        let named = slots.len();
        let Ok(slots) = <&mut [Tensor<T>; N]>::try_from(slots) else {
            panic!("a pass over {N} slots, but the rule names {named}");
        };
        if let Some(slot) = slots.iter().find(|s| s.size() != gradient.size()) {
            let (name, shape) = (params.name(param), gradient.shape());
            panic!("step: parameter `{name}` has shape {shape}, but had {} numbers in the step before", slot.size());
        }
        let state = slots.each_mut().map(|s| s.data_mut());
        let w = params.get_mut(param);
        with_slice(gradient, |g| {
            if let Some(w) = w.unique_mut() {
                return dispatch(InPlace { common, rule, w, g, state });
            }
            *w = with_slice(w, |old| {
                Tensor::build(w.shape(), |out| dispatch(Fresh { common, rule, w: old, g, state, out }))
            });
        });
    }
}

/// The elements in row-major order, packed first if they are not.
pub(crate) fn with_slice<T: Real, R>(x: &Tensor<T>, f: impl FnOnce(&[T]) -> R) -> R {
    match x.as_slice() {
        Some(x) => f(x),
        None => f(x.copy().as_slice().unwrap_or(&[])),
    }
}

struct InPlace<'a, T, R, const N: usize> {
    common: Common<T>,
    rule: R,
    w: &'a mut [T],
    g: &'a [T],
    state: [&'a mut [T]; N],
}

impl<T: Real, R: Fn(T, T, [T; N]) -> (T, [T; N]) + Copy, const N: usize> Kernel for InPlace<'_, T, R, N> {
    const SIMD512: bool = false;
    type Output = ();
    #[inline(always)]
    fn run<A: Arch>(self) {
        let n = self.w.len();
        let (g, state) = (&self.g[..n], self.state.map(|s| &mut s[..n]));
        for i in 0..n {
            let (w, g) = self.common.apply(self.w[i], g[i]);
            let (w, s) = (self.rule)(w, g, std::array::from_fn(|k| state[k][i]));
            self.w[i] = w;
            for k in 0..N {
                state[k][i] = s[k];
            }
        }
    }
}

struct Fresh<'a, T, R, const N: usize> {
    common: Common<T>,
    rule: R,
    w: &'a [T],
    g: &'a [T],
    state: [&'a mut [T]; N],
    out: &'a mut [T],
}

impl<T: Real, R: Fn(T, T, [T; N]) -> (T, [T; N]) + Copy, const N: usize> Kernel for Fresh<'_, T, R, N> {
    const SIMD512: bool = false;
    type Output = ();
    #[inline(always)]
    fn run<A: Arch>(self) {
        let n = self.out.len();
        let (old, g, state) = (&self.w[..n], &self.g[..n], self.state.map(|s| &mut s[..n]));
        for i in 0..n {
            let (w, g) = self.common.apply(old[i], g[i]);
            let (w, s) = (self.rule)(w, g, std::array::from_fn(|k| state[k][i]));
            self.out[i] = w;
            for k in 0..N {
                state[k][i] = s[k];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::tensor;

    /// w := w - g, counting in its state.
    fn count(params: &mut Params<f64>, param: Param, gradient: &Tensor<f64>, slot: &mut Tensor<f64>) {
        let common = Common { scale: 1.0, limit: f64::INFINITY, decay: 0.0 };
        let slots = std::slice::from_mut(slot);
        Pass { common, params, param, gradient, slots }.each(|w, g, [n]| (w - g, [n + 1.0]));
    }

    #[test]
    fn numbers_that_someone_else_holds_stay() {
        let mut params = Params::<f64>::new();
        let p = params.add("w", tensor![1.0, 2.0]);
        let mut n = tensor![0.0, 10.0];
        let at = params.get(p).as_slice().unwrap().as_ptr();
        count(&mut params, p, &tensor![0.5, 0.25], &mut n);
        assert_eq!(params.get(p).as_slice().unwrap().as_ptr(), at, "in place");
        let held = params.get(p).clone();
        count(&mut params, p, &tensor![0.5, 0.25], &mut n);
        assert_eq!((held, params.get(p), n), (tensor![0.5, 1.75], &tensor![0.0, 1.5], tensor![2.0, 12.0]));
    }

    #[test]
    fn views_are_parameters_and_gradients_too() {
        let mut params = Params::<f64>::new();
        let p = params.add("w", tensor![[1.0, 2.0], [3.0, 4.0]].transpose());
        let g = Tensor::scalar(1.0).broadcast_to([2, 2]);
        count(&mut params, p, &g, &mut Tensor::zeros([2, 2]));
        assert_eq!(params.get(p), &tensor![[0.0, 2.0], [1.0, 3.0]]);
    }

    #[test]
    fn nan_is_not_clipped_away() {
        let common = Common { scale: 2.0, limit: 0.5, decay: 0.25 };
        assert_eq!(common.apply(4.0, 3.0), (3.0, 0.5));
        assert_eq!(common.apply(4.0, -3.0), (3.0, -0.5));
        assert_eq!(common.apply(4.0, 0.125), (3.0, 0.25));
        assert!(common.apply(4.0, f64::NAN).1.is_nan());
    }

    #[test]
    #[should_panic(expected = "step: parameter `w` has shape (2,), but had 3 numbers in the step before")]
    fn a_parameter_of_another_size() {
        let mut params = Params::<f64>::new();
        let p = params.add("w", tensor![1.0, 2.0]);
        count(&mut params, p, &tensor![1.0, 1.0], &mut Tensor::zeros(3));
    }
}
