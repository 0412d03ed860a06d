//! Cumulative sums and products, and linear recurrences.

use crate::axes::Axes;
use crate::elementwise::joint;
use crate::math::simd::{Arch, Kernel, dispatch};
use crate::number::Number;
use crate::real::Real;
use crate::tensor::Tensor;

impl<T: Real> Tensor<T> {
    /// Computes the cumulative sum along an axis: y_i = x_0 + ... + x_i. A 0-d tensor counts as a vector.
    ///
    /// ```
    /// # use tensor::tensor;
    /// assert_eq!(tensor![[1.0, 2.0, 3.0]].cumsum(-1), tensor![[1.0, 3.0, 6.0]]);
    /// ```
    ///
    /// # Panics
    /// If the axis does not exist.
    #[track_caller]
    pub fn cumsum(&self, axis: isize) -> Tensor<T> {
        let axis = Axes::resolve_one(axis, self.rank(), "cumsum");
        scan(CumSum, [self], axis, false)
    }

    /// Computes the cumulative product along an axis: y_i = x_0 · ... · x_i. A 0-d tensor counts as a vector.
    ///
    /// ```
    /// # use tensor::tensor;
    /// assert_eq!(tensor![2.0, 3.0, 4.0].cumprod(0), tensor![2.0, 6.0, 24.0]);
    /// ```
    ///
    /// # Panics
    /// If the axis does not exist.
    #[track_caller]
    pub fn cumprod(&self, axis: isize) -> Tensor<T> {
        let axis = Axes::resolve_one(axis, self.rank(), "cumprod");
        scan(CumProd, [self], axis, false)
    }

    /// Computes the linear recurrence y_i = a_i y_(i-1) + b_i along an axis, starting with y_0 = b_0, where `self` is
    /// a. With `reverse`, it runs from the end: y_i = a_i y_(i+1) + b_i. The a of the first step is not used. a and b
    /// broadcast.
    ///
    /// With a = 1 this is a cumulative sum. The gradient of a linear recurrence is another one in the opposite
    /// direction.
    ///
    /// ```
    /// # use tensor::tensor;
    /// let (a, b) = (tensor![0.0, 0.5, 0.5], tensor![8.0, 0.0, 1.0]);
    /// assert_eq!(a.linear_scan(&b, 0, false), tensor![8.0, 4.0, 3.0]);
    /// ```
    ///
    /// # Panics
    /// If the axis does not exist or the shapes do not broadcast.
    #[track_caller]
    pub fn linear_scan(&self, b: &Tensor<T>, axis: isize, reverse: bool) -> Tensor<T> {
        let shape = joint("linear_scan", self.shape(), b.shape());
        let axis = Axes::resolve_one(axis, shape.rank(), "linear_scan");
        scan(Linear, [&self.broadcast_to(&shape), &b.broadcast_to(&shape)], axis, reverse)
    }
}

/// One step of a scan: computes the next result from the previous one and the inputs `x`.
trait Next<const N: usize>: Copy {
    fn first<L: Number>(self, x: [L; N]) -> L;
    fn next<L: Number>(self, y: L, x: [L; N]) -> L;
}

#[derive(Clone, Copy)]
struct CumSum;
impl Next<1> for CumSum {
    #[inline(always)]
    fn first<L: Number>(self, [x]: [L; 1]) -> L {
        x
    }
    #[inline(always)]
    fn next<L: Number>(self, y: L, [x]: [L; 1]) -> L {
        y + x
    }
}

#[derive(Clone, Copy)]
struct CumProd;
impl Next<1> for CumProd {
    #[inline(always)]
    fn first<L: Number>(self, [x]: [L; 1]) -> L {
        x
    }
    #[inline(always)]
    fn next<L: Number>(self, y: L, [x]: [L; 1]) -> L {
        y * x
    }
}

#[derive(Clone, Copy)]
struct Linear;
impl Next<2> for Linear {
    #[inline(always)]
    fn first<L: Number>(self, [_, b]: [L; 2]) -> L {
        b
    }
    #[inline(always)]
    fn next<L: Number>(self, y: L, [a, b]: [L; 2]) -> L {
        a * y + b
    }
}

#[track_caller]
fn scan<T: Real, S: Next<N>, const N: usize>(step: S, xs: [&Tensor<T>; N], axis: usize, reverse: bool) -> Tensor<T> {
    let shape = xs[0].shape();
    let (n, inner) = shape.rows_along(axis);
    let mut packed = xs.map(Tensor::clone);
    for x in &mut packed {
        *x = x.packed(); // not in a closure, so that `#[track_caller]` reports the caller's line
    }
    let inputs = std::array::from_fn(|k| packed[k].as_slice().unwrap_or(&[]));
    Tensor::build(shape, |out| dispatch(Scan { step, inputs, out, n, inner, reverse }))
}

/// A scan over blocks of `n` rows of `inner` elements, each row computed from the previous one.
struct Scan<'a, T, S, const N: usize> {
    step: S,
    inputs: [&'a [T]; N],
    out: &'a mut [T],
    n: usize,
    inner: usize,
    reverse: bool,
}

impl<T: Real, S: Next<N>, const N: usize> Kernel for Scan<'_, T, S, N> {
    type Output = ();
    #[inline(always)]
    fn run<A: Arch>(self) {
        let Scan { step, inputs, out, n, inner, reverse } = self;
        let block = n * inner;
        if block == 0 {
            return;
        }
        for start in (0..out.len()).step_by(block) {
            let first = if reverse { start + block - inner } else { start };
            if inner == 1 {
                let mut y = step.first(inputs.map(|x| x[first].lane::<A>()));
                out[first] = T::unlane::<A>(y);
                for r in 1..n {
                    let i = if reverse { first - r } else { first + r };
                    y = step.next(y, inputs.map(|x| x[i].lane::<A>()));
                    out[i] = T::unlane::<A>(y);
                }
                continue;
            }
            for i in first..first + inner {
                out[i] = T::unlane::<A>(step.first(inputs.map(|x| x[i].lane::<A>())));
            }
            for r in 1..n {
                // Split into the previous row and this one, so that the loop over them vectorizes.
                let at = if reverse { first - r * inner } else { first + r * inner };
                let (head, tail) = out.split_at_mut(if reverse { at + inner } else { at });
                let (row, last) = match reverse {
                    true => (&mut head[at..], &tail[..inner]),
                    false => (&mut tail[..inner], &head[at - inner..]),
                };
                let inputs = inputs.map(|x| &x[at..at + inner]);
                for j in 0..inner {
                    row[j] = T::unlane::<A>(step.next(last[j].lane::<A>(), inputs.map(|x| x[j].lane::<A>())));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, tensor};
    use proptest::prelude::*;

    proptest! {
        /// Every axis, both directions, packed tensors and views.
        #[test]
        fn scans_match_the_recurrence(shape in [1_isize..5, 1_isize..5, 1_isize..5], axis in 0_usize..3, reverse in any::<bool>(), permuted in any::<bool>()) {
            let dims = shape.map(|n| n as usize);
            let made = |phase: f64| {
                let mut i = phase;
                let mut next = |_: &[usize]| { i += 1.0; f64::sin(i * i) };
                if permuted {
                    Tensor::from_fn([dims[2], dims[1], dims[0]], &mut next).permute([2, 1, 0])
                } else {
                    Tensor::from_fn(dims, &mut next)
                }
            };
            let (a, b) = (made(0.0), made(0.3));
            let y = a.linear_scan(&b, axis as isize, reverse);
            let (sums, products) = (b.cumsum(axis as isize), b.cumprod(axis as isize));
            for i in 0..shape[0] { for j in 0..shape[1] { for k in 0..shape[2] {
                let at = [i, j, k];
                let near = |step: isize| { let mut n = at; n[axis] += step; n };
                let (first, before) = if reverse { (shape[axis] - 1, 1) } else { (0, -1) };
                let last = if at[axis] == first { 0.0 } else { y.at(near(before)) };
                prop_assert!((y.at(at) - (a.at(at) * last + b.at(at))).abs() < 1e-15);
                let (sum, product) = if at[axis] == 0 { (0.0, 1.0) } else { (sums.at(near(-1)), products.at(near(-1))) };
                prop_assert_eq!(sums.at(at), sum + b.at(at));
                prop_assert_eq!(products.at(at), product * b.at(at));
            } } }
        }
    }

    #[test]
    fn linear_scan_ignores_the_first_factor() {
        let y = tensor![f64::NAN, 2.0].linear_scan(&tensor![1.0, 1.0], 0, false);
        assert_eq!(y, tensor![1.0, 3.0]);
        let y = tensor![2.0, f64::NAN].linear_scan(&tensor![1.0, 1.0], 0, true);
        assert_eq!(y, tensor![3.0, 1.0]);
    }

    #[test]
    fn broadcast_and_empty_operands() {
        assert_eq!(Tensor::scalar(1.0).linear_scan(&tensor![1.0, 2.0], 0, true), tensor![3.0, 2.0]);
        assert_eq!(Tensor::<f64>::zeros([3, 0]).cumsum(0).shape(), &[3, 0]);
        assert_eq!(Tensor::<f64>::zeros([0, 3]).cumprod(0).shape(), &[0, 3]);
    }

    #[test]
    fn a_0d_tensor_counts_as_a_vector() {
        let x = Tensor::scalar(3.0);
        for axis in [0, -1] {
            assert_eq!([x.cumsum(axis), x.cumprod(axis)], [x.clone(), x.clone()]);
            assert_eq!(Tensor::scalar(2.0).linear_scan(&x, axis, true), x);
        }
    }

    #[test]
    #[should_panic(expected = "linear_scan: shapes (2,) and (3,) do not broadcast")]
    fn shape_mismatch_panics() {
        tensor![1.0, 2.0].linear_scan(&tensor![1.0, 2.0, 3.0], 0, false);
    }

    #[test]
    #[should_panic(expected = "cumsum: axis 1 does not exist")]
    fn out_of_range_axis_panics() {
        tensor![1.0, 2.0].cumsum(1);
    }
}
