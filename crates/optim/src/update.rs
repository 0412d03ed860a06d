//! One fused pass over a parameter, its gradient and its state, for any formula.
//!
//! While a step runs, the tape may still hold the old numbers, which it recorded: then they cannot be overwritten, and
//! the new ones go to a fresh buffer, recycled from the step before. If nobody else holds them they are written in
//! place. Both ways run the same formula element by element, without fused multiply-add: the same bits, on any CPU.

use autograd::{Param, Params, Scalar};
use tensor::math::simd::{Arch, Kernel, dispatch};
use tensor::{Real, Tensor};

/// The update of one element, which has `N` numbers of state.
pub(crate) trait Rule<T, const N: usize>: Copy {
    /// The new number and the new state, from the number w, its gradient g and the state. Mark it `#[inline(always)]`.
    fn next(self, w: T, g: T, state: [T; N]) -> (T, [T; N]);
}

/// Updates a parameter whose gradient has its shape.
///
/// # Panics
/// If the state was made for a parameter of another size.
#[track_caller]
pub(crate) fn update<T: Scalar, R: Rule<T, N>, const N: usize>(
    rule: R,
    params: &mut Params<T>,
    p: Param,
    g: &Tensor<T>,
    state: [&mut [T]; N],
) {
    let n = g.size();
    if let Some(s) = state.iter().find(|s| s.len() != n) {
        let (name, shape) = (params.name(p), g.shape());
        panic!("step: parameter `{name}` has shape {shape}, but had {} numbers in the step before", s.len());
    }
    let w = params.get_mut(p);
    with_slice(g, |g| {
        if let Some(w) = w.unique_mut() {
            return dispatch(InPlace { rule, w, g, state });
        }
        *w = with_slice(w, |old| Tensor::build(w.shape(), |out| dispatch(Fresh { rule, w: old, g, state, out })));
    });
}

/// The elements in row-major order, packed first if they are not.
fn with_slice<T: Real, R>(x: &Tensor<T>, f: impl FnOnce(&[T]) -> R) -> R {
    match x.as_slice() {
        Some(x) => f(x),
        None => f(x.copy().as_slice().unwrap_or(&[])),
    }
}

struct InPlace<'a, T, R, const N: usize> {
    rule: R,
    w: &'a mut [T],
    g: &'a [T],
    state: [&'a mut [T]; N],
}

impl<T: Real, R: Rule<T, N>, const N: usize> Kernel for InPlace<'_, T, R, N> {
    type Output = ();
    #[inline(always)]
    fn run<A: Arch>(self) {
        let n = self.w.len();
        let (g, state) = (&self.g[..n], self.state.map(|s| &mut s[..n]));
        for i in 0..n {
            let (w, s) = self.rule.next(self.w[i], g[i], std::array::from_fn(|k| state[k][i]));
            self.w[i] = w;
            for k in 0..N {
                state[k][i] = s[k];
            }
        }
    }
}

struct Fresh<'a, T, R, const N: usize> {
    rule: R,
    w: &'a [T],
    g: &'a [T],
    state: [&'a mut [T]; N],
    out: &'a mut [T],
}

impl<T: Real, R: Rule<T, N>, const N: usize> Kernel for Fresh<'_, T, R, N> {
    type Output = ();
    #[inline(always)]
    fn run<A: Arch>(self) {
        let n = self.out.len();
        let (old, g, state) = (&self.w[..n], &self.g[..n], self.state.map(|s| &mut s[..n]));
        for i in 0..n {
            let (w, s) = self.rule.next(old[i], g[i], std::array::from_fn(|k| state[k][i]));
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
    #[derive(Clone, Copy)]
    struct Count;
    impl<T: Real> Rule<T, 1> for Count {
        fn next(self, w: T, g: T, [n]: [T; 1]) -> (T, [T; 1]) {
            (w - g, [n + T::ONE])
        }
    }

    #[test]
    fn numbers_that_someone_else_holds_stay() {
        let mut params = Params::<f64>::new();
        let p = params.add("w", tensor![1.0, 2.0]);
        let mut n = [0.0, 10.0];
        let at = params.get(p).as_slice().unwrap().as_ptr();
        update(Count, &mut params, p, &tensor![0.5, 0.25], [&mut n]);
        assert_eq!(params.get(p).as_slice().unwrap().as_ptr(), at, "in place");
        let held = params.get(p).clone();
        update(Count, &mut params, p, &tensor![0.5, 0.25], [&mut n]);
        assert_eq!((held, params.get(p), n), (tensor![0.5, 1.75], &tensor![0.0, 1.5], [2.0, 12.0]));
    }

    #[test]
    fn views_are_parameters_and_gradients_too() {
        let mut params = Params::<f64>::new();
        let p = params.add("w", tensor![[1.0, 2.0], [3.0, 4.0]].transpose());
        let g = Tensor::scalar(1.0).broadcast_to([2, 2]);
        let mut n = [0.0; 4];
        update(Count, &mut params, p, &g, [&mut n]);
        assert_eq!(params.get(p), &tensor![[0.0, 2.0], [1.0, 3.0]]);
    }

    #[test]
    #[should_panic(expected = "step: parameter `w` has shape (2,), but had 3 numbers in the step before")]
    fn a_parameter_of_another_size() {
        let mut params = Params::<f64>::new();
        let p = params.add("w", tensor![1.0, 2.0]);
        update(Count, &mut params, p, &tensor![1.0, 1.0], [&mut [0.0; 3]]);
    }
}
