//! Rowwise operations: a formula of corresponding rows of several tensors, compiled for each instruction set.
//!
//! Such formulas need sums over a row besides its elements: normalizations and their gradients, for example. They make
//! several passes over each row while it is in the first-level cache.

use crate::math::simd::{Arch, Kernel, dispatch};
use crate::parallel;
use crate::real::Real;
use crate::tensor::Tensor;

/// A formula of `K` rows of one length.
pub trait RowMap<T: Real, const K: usize>: Copy + Sync {
    /// Computes the output row from the rows `x`, all of the same length. Mark it `#[inline(always)]`.
    fn row<A: Arch>(self, x: [&[T]; K], out: &mut [T]);
}

struct Rows<'a, T, M, const K: usize> {
    map: M,
    x: [&'a [T]; K],
    out: &'a mut [T],
    n: usize,
}

impl<T: Real, M: RowMap<T, K>, const K: usize> Kernel for Rows<'_, T, M, K> {
    type Output = ();
    #[inline(always)]
    #[allow(clippy::needless_range_loop)] // `array::map` may not be inlined, and is then compiled for the baseline CPU
    fn run<A: Arch>(self) {
        for (i, out) in self.out.chunks_exact_mut(self.n).enumerate() {
            let mut rows: [&[T]; K] = [&[]; K];
            for k in 0..K {
                rows[k] = &self.x[k][i * self.n..][..self.n];
            }
            self.map.row::<A>(rows, out);
        }
    }
}

/// Applies a formula to the rows (along the last axis) of tensors of one shape. The result has the same shape.
///
/// ```
/// use tensor::math::simd::Arch;
/// use tensor::rowwise::{RowMap, map_rows, total};
/// use tensor::{Real, tensor};
///
/// /// Subtracts the mean of each row.
/// #[derive(Clone, Copy)]
/// struct Center;
/// impl<T: Real> RowMap<T, 1> for Center {
///     #[inline(always)]
///     fn row<A: Arch>(self, [x]: [&[T]; 1], out: &mut [T]) {
///         let mean = total([x], |[x]| x) / T::from_usize(x.len());
///         out.iter_mut().zip(x).for_each(|(o, &x)| *o = x - mean);
///     }
/// }
/// assert_eq!(map_rows(Center, [&tensor![[1.0, 3.0], [5.0, 5.0]]]), tensor![[-1.0, 1.0], [0.0, 0.0]]);
/// ```
///
/// # Panics
/// If the shapes differ, or the tensors are 0-d.
#[track_caller]
pub fn map_rows<T: Real, M: RowMap<T, K>, const K: usize>(map: M, xs: [&Tensor<T>; K]) -> Tensor<T> {
    let shape = xs[0].shape();
    if let Some(x) = xs.iter().find(|x| x.shape() != shape) {
        panic!("map_rows: expected tensors of one shape, got {shape} and {}", x.shape());
    }
    let Some(&n) = shape.last() else { panic!("map_rows: expected at least one axis, got a 0-d tensor") };
    let mut packed = xs.map(Tensor::clone);
    for x in &mut packed {
        *x = x.packed(); // not in a closure, so that `#[track_caller]` reports the caller's line
    }
    let x: [&[T]; K] = std::array::from_fn(|k| packed[k].as_slice().unwrap_or(&[]));
    Tensor::build(shape, |out| {
        parallel::rows(out, n, n, &|first, out| {
            let x = x.map(|x| &x[first * n..][..out.len()]);
            dispatch(Rows { map, x, out, n: n.max(1) });
        });
    })
}

/// The number of partial sums in [`totals`]: enough for vectorized additions to overlap.
const LANES: usize = 16;

/// Sums a term over corresponding elements of `K` slices of one length. The order of summation depends only on the
/// length.
#[inline(always)]
pub fn total<T: Real, const K: usize>(xs: [&[T]; K], term: impl Fn([T; K]) -> T) -> T {
    totals(xs, |x| [term(x)])[0]
}

/// Like [`total`], for `M` sums in one pass.
#[inline(always)]
#[allow(clippy::needless_range_loop)] // the index runs over K slices at once
pub fn totals<T: Real, const K: usize, const M: usize>(xs: [&[T]; K], terms: impl Fn([T; K]) -> [T; M]) -> [T; M] {
    let n = xs[0].len();
    let whole = n - n % LANES;
    let mut sums = [[T::ZERO; LANES]; M];
    let mut at = 0;
    while at < whole {
        let mut parts: [&[T]; K] = [&[]; K];
        for k in 0..K {
            parts[k] = &xs[k][at..at + LANES];
        }
        for i in 0..LANES {
            let mut x = [T::ZERO; K];
            for k in 0..K {
                x[k] = parts[k][i];
            }
            let t = terms(x);
            for m in 0..M {
                sums[m][i] += t[m];
            }
        }
        at += LANES;
    }
    let mut rest = [T::ZERO; M];
    for i in whole..n {
        let mut x = [T::ZERO; K];
        for k in 0..K {
            x[k] = xs[k][i];
        }
        let t = terms(x);
        for m in 0..M {
            rest[m] += t[m];
        }
    }
    for m in 0..M {
        let mut width = LANES / 2;
        while width > 0 {
            for i in 0..width {
                let other = sums[m][i + width];
                sums[m][i] += other;
            }
            width /= 2;
        }
        rest[m] += sums[m][0];
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor;

    /// a b / Σ a b for two rows a and b.
    #[derive(Clone, Copy)]
    struct NormalizedProduct;
    impl<T: Real> RowMap<T, 2> for NormalizedProduct {
        #[inline(always)]
        fn row<A: Arch>(self, [a, b]: [&[T]; 2], out: &mut [T]) {
            let sum = total([a, b], |[a, b]| a * b);
            for (o, (&a, &b)) in out.iter_mut().zip(a.iter().zip(b)) {
                *o = a * b / sum;
            }
        }
    }

    #[test]
    fn totals_of_any_length() {
        for n in [0_usize, 1, 15, 16, 17, 100] {
            let x: Vec<f64> = (0..n).map(|i| i as f64).collect();
            assert_eq!(total([&x[..]], |[x]| x), (n * n.saturating_sub(1) / 2) as f64);
        }
    }

    #[test]
    fn rows_of_any_layout() {
        let a = tensor![[1.0, 2.0], [3.0, 4.0]].transpose();
        let b = tensor![[1.0, 1.0], [0.5, 0.75]];
        assert_eq!(map_rows(NormalizedProduct, [&a, &b]), tensor![[0.25, 0.75], [0.25, 0.75]]);
        for shape in [[0, 3], [3, 0]] {
            let empty = Tensor::<f32>::zeros(shape);
            assert_eq!(map_rows(NormalizedProduct, [&empty, &empty]).shape(), empty.shape());
        }
    }

    #[test]
    #[should_panic(expected = "map_rows: expected tensors of one shape, got (1, 2) and (2,)")]
    fn different_shapes_panic() {
        map_rows(NormalizedProduct, [&tensor![[1.0, 2.0]], &tensor![1.0, 2.0]]);
    }
}
