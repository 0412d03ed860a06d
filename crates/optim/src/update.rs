//! The fused loop over a parameter, its gradient and its state, for any update rule.
//!
//! During a step, the tape may still share the buffer of the old values. Then the new values are written to another
//! buffer, recycled from an earlier step; otherwise they are written in place. Both loops compute the same formula
//! element by element, without fused multiply-add, so the results have the same bits on any CPU.

use autograd::{Param, Params, Scalar};
use tensor::math::simd::{Arch, Kernel, dispatch};
use tensor::{Real, Tensor};

/// The part of an update that comes before the rule: scaling and clipping of the gradient, and weight decay.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prepare<T> {
    /// The factor on the gradient, from the mean over batches and from clipping by norm.
    pub(crate) scale: T,
    /// The bound on the absolute value of a gradient element; infinite without clipping by value.
    pub(crate) bound: T,
    /// The decay of an element, η λ.
    pub(crate) decay: T,
}

impl<T: Real> Prepare<T> {
    /// A gradient that is NaN stays NaN, because clipping must not hide it.
    #[inline(always)]
    fn apply(self, w: T, g: T) -> (T, T) {
        let g = g * self.scale;
        let g = T::select(g.is_gt(self.bound), self.bound, g);
        let g = T::select((-self.bound).is_gt(g), -self.bound, g);
        (w - self.decay * w, g)
    }
}

/// The update of one parameter in one step, passed to [`UpdateRule::update`](crate::UpdateRule::update).
#[derive(Debug)]
pub struct ParamUpdate<'a, T: Scalar> {
    pub(crate) prepare: Prepare<T>,
    pub(crate) params: &'a mut Params<T>,
    pub(crate) param: Param,
    pub(crate) gradient: &'a Tensor<T>,
    pub(crate) slots: &'a mut [Tensor<T>],
}

impl<T: Scalar> ParamUpdate<'_, T> {
    /// Calls `rule` for every element w of the parameter with its gradient g and its slots, and writes the element and
    /// the slots that it returns.
    ///
    /// Clipping and weight decay come before: g is already clipped and w already decayed. The loop is compiled for each
    /// instruction set, and it vectorizes if the rule has no branches (see [`Number::select`](tensor::Number::select)).
    /// Functions that the rule calls must be marked `#[inline(always)]` and must not be closures; a call that is not
    /// inlined prevents vectorization.
    ///
    /// # Panics
    /// If `N` is not the number of the rule's [slots](crate::UpdateRule::slots).
    #[track_caller]
    pub fn elementwise<const N: usize>(self, rule: impl Fn(T, T, [T; N]) -> (T, [T; N]) + Copy) {
        let ParamUpdate { prepare, params, param, gradient, slots } = self;
        let named = slots.len();
        let Ok(slots) = <&mut [Tensor<T>; N]>::try_from(slots) else {
            panic!("elementwise: expected a closure over the {named} slots of the rule, got one over {N}");
        };
        if let Some(slot) = slots.iter().find(|s| s.size() != gradient.size()) {
            let (name, shape) = (params.name(param), gradient.shape());
            panic!("step: parameter `{name}` has shape {shape}, but had {} elements in the step before", slot.size());
        }
        let state = slots.each_mut().map(|s| s.data_mut());
        let w = params.get_mut(param);
        with_slice(gradient, |g| {
            if let Some(w) = w.unique_mut() {
                return dispatch(InPlace { prepare, rule, w, g, state });
            }
            *w = with_slice(w, |old| {
                Tensor::build(w.shape(), |out| dispatch(Fresh { prepare, rule, w: old, g, state, out }))
            });
        });
    }
}

/// Calls `f` with the elements in row-major order, copied first if they are not contiguous.
pub(crate) fn with_slice<T: Real, R>(x: &Tensor<T>, f: impl FnOnce(&[T]) -> R) -> R {
    match x.as_slice() {
        Some(x) => f(x),
        None => f(x.copy().as_slice().unwrap_or(&[])),
    }
}

struct InPlace<'a, T, R, const N: usize> {
    prepare: Prepare<T>,
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
            let (w, g) = self.prepare.apply(self.w[i], g[i]);
            let (w, s) = (self.rule)(w, g, std::array::from_fn(|k| state[k][i]));
            self.w[i] = w;
            for k in 0..N {
                state[k][i] = s[k];
            }
        }
    }
}

struct Fresh<'a, T, R, const N: usize> {
    prepare: Prepare<T>,
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
            let (w, g) = self.prepare.apply(old[i], g[i]);
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

    /// w := w - g, with the number of updates in the slot.
    fn count_updates(params: &mut Params<f64>, param: Param, gradient: &Tensor<f64>, slot: &mut Tensor<f64>) {
        let prepare = Prepare { scale: 1.0, bound: f64::INFINITY, decay: 0.0 };
        let slots = std::slice::from_mut(slot);
        ParamUpdate { prepare, params, param, gradient, slots }.elementwise(|w, g, [n]| (w - g, [n + 1.0]));
    }

    #[test]
    fn shared_values_are_not_overwritten() {
        let mut params = Params::<f64>::new();
        let p = params.add("w", tensor![1.0, 2.0]);
        let mut n = tensor![0.0, 10.0];
        let at = params.get(p).as_slice().unwrap().as_ptr();
        count_updates(&mut params, p, &tensor![0.5, 0.25], &mut n);
        assert_eq!(params.get(p).as_slice().unwrap().as_ptr(), at, "written in place");
        let held = params.get(p).clone();
        count_updates(&mut params, p, &tensor![0.5, 0.25], &mut n);
        assert_eq!((held, params.get(p), n), (tensor![0.5, 1.75], &tensor![0.0, 1.5], tensor![2.0, 12.0]));
    }

    #[test]
    fn views_can_be_parameters_and_gradients() {
        let mut params = Params::<f64>::new();
        let p = params.add("w", tensor![[1.0, 2.0], [3.0, 4.0]].transpose());
        let g = Tensor::scalar(1.0).broadcast_to([2, 2]);
        count_updates(&mut params, p, &g, &mut Tensor::zeros([2, 2]));
        assert_eq!(params.get(p), &tensor![[0.0, 2.0], [1.0, 3.0]]);
    }

    #[test]
    fn nan_is_not_clipped_away() {
        let prepare = Prepare { scale: 2.0, bound: 0.5, decay: 0.25 };
        assert_eq!(prepare.apply(4.0, 3.0), (3.0, 0.5));
        assert_eq!(prepare.apply(4.0, -3.0), (3.0, -0.5));
        assert_eq!(prepare.apply(4.0, 0.125), (3.0, 0.25));
        assert!(prepare.apply(4.0, f64::NAN).1.is_nan());
    }

    #[test]
    #[should_panic(expected = "step: parameter `w` has shape (2,), but had 3 elements in the step before")]
    fn a_parameter_must_keep_its_size() {
        let mut params = Params::<f64>::new();
        let p = params.add("w", tensor![1.0, 2.0]);
        count_updates(&mut params, p, &tensor![1.0, 1.0], &mut Tensor::zeros(3));
    }
}
