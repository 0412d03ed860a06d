//! Operations on rows: softmax, log-softmax and layer normalization.
//!
//! Each makes several passes over a row while it is in the first-level cache. Short rows are grouped into bands, so
//! that the exponentials of several rows are computed in one loop.

use crate::axes::{Axes, resolve_axis};
use crate::math::simd::{Arch, Kernel, dispatch};
use crate::number::Number;
use crate::parallel;
use crate::real::Real;
use crate::reduce::fold::row;
use crate::reduce::step;
use crate::tensor::Tensor;

impl<T: Real> Tensor<T> {
    /// Computes softmax along an axis: e^(x - m) / Σ e^(x - m), where m is the largest element. The results are at
    /// least 0 and sum to 1.
    ///
    /// The result is finite for finite elements and exactly 0 at -inf. It is NaN if all elements of a row are -inf.
    ///
    /// ```
    /// # use tensor::tensor;
    /// assert_eq!(tensor![1e4, 0.0, -1e4].softmax(0), tensor![1.0, 0.0, 0.0]);
    /// assert_eq!(tensor![2.0, 2.0, f64::NEG_INFINITY].softmax(0), tensor![0.5, 0.5, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If the axis does not exist.
    #[track_caller]
    pub fn softmax(&self, axis: isize) -> Tensor<T> {
        along(self, Axes::resolve_one(axis, self.rank(), "softmax"), Softmax)
    }

    /// Computes ln softmax(x) = x - logsumexp(x) along an axis, to full precision even where a probability rounds to 0
    /// or 1.
    ///
    /// ```
    /// # use tensor::tensor;
    /// assert_eq!(tensor![1e4, 0.0].log_softmax(0), tensor![0.0, -1e4]);
    /// ```
    ///
    /// # Panics
    /// If the axis does not exist.
    #[track_caller]
    pub fn log_softmax(&self, axis: isize) -> Tensor<T> {
        along(self, Axes::resolve_one(axis, self.rank(), "log_softmax"), LogSoftmax)
    }

    /// Normalizes along the last axis: (x - mean) / √(variance + `eps`), with divisor n in the variance.
    ///
    /// ```
    /// # use tensor::tensor;
    /// assert_eq!(tensor![[1.0, 3.0], [9.0, 5.0]].layer_norm(0.0), tensor![[-1.0, 1.0], [1.0, -1.0]]);
    /// ```
    ///
    /// # Panics
    /// If the tensor is 0-d.
    #[track_caller]
    pub fn layer_norm(&self, eps: f64) -> Tensor<T> {
        let axis = resolve_axis(-1, self.rank(), "layer_norm");
        along(self, axis, LayerNorm(T::from_f64(eps)))
    }
}

/// An operation on rows.
trait RowMap<T: Real>: Copy + Sync {
    /// Applies the operation to the rows of `x`, of `n` elements each, and writes the results to `out`.
    fn band<A: Arch>(self, x: &[T], out: &mut [T], n: usize);
}

/// The number of elements of a band, which fits into the first-level cache together with its results.
const BAND: usize = 1 << 11;

/// Applies an operation to the rows along an axis. If the axis is not the last one, it is moved to the end and back.
#[track_caller]
fn along<T: Real>(x: &Tensor<T>, axis: usize, map: impl RowMap<T>) -> Tensor<T> {
    let last = x.rank().max(1) - 1;
    if axis != last {
        let moved = along(&x.with_axis_last(axis), last, map);
        let mut strides: Vec<isize> = moved.strides().to_vec();
        strides[axis..].rotate_right(1);
        return moved.view(x.shape().clone(), strides.into_iter().collect(), moved.offset()).packed();
    }
    let (source, (n, _)) = (x.packed(), x.shape().rows_along(axis));
    let data = source.as_slice().unwrap_or(&[]);
    Tensor::build(x.shape(), |out| {
        parallel::rows(out, n, n, &|first, out| dispatch(Rows { map, x: &data[first * n..][..out.len()], out, n }));
    })
}

struct Rows<'a, T, M> {
    map: M,
    x: &'a [T],
    out: &'a mut [T],
    n: usize,
}

impl<T: Real, M: RowMap<T>> Kernel for Rows<'_, T, M> {
    type Output = ();
    #[inline(always)]
    fn run<A: Arch>(self) {
        let band = (BAND / self.n.max(1)).max(1) * self.n.max(1);
        for (x, out) in self.x.chunks(band).zip(self.out.chunks_mut(band)) {
            self.map.band::<A>(x, out, self.n);
        }
    }
}

/// Computes out = x - (max of the row); NaN for a row of -inf.
#[inline(always)]
fn shift<T: Real, A: Arch>(x: &[T], out: &mut [T], n: usize) {
    for (x, out) in x.chunks_exact(n).zip(out.chunks_exact_mut(n)) {
        let m = row::<T, A, _>(step::Max, x, T::ZERO);
        for (o, &x) in out.iter_mut().zip(x) {
            *o = x - m;
        }
    }
}

/// Computes out = e^x.
#[inline(always)]
fn exp_to<T: Real, A: Arch>(x: &[T], out: &mut [T]) {
    for (o, x) in out.iter_mut().zip(x) {
        *o = T::unlane::<A>(x.lane::<A>().exp());
    }
}

#[derive(Clone, Copy)]
struct Softmax;
impl<T: Real> RowMap<T> for Softmax {
    #[inline(always)]
    fn band<A: Arch>(self, x: &[T], out: &mut [T], n: usize) {
        shift::<T, A>(x, out, n);
        for o in out.iter_mut() {
            *o = T::unlane::<A>(o.lane::<A>().exp());
        }
        for out in out.chunks_exact_mut(n) {
            let sum = row::<T, A, _>(step::Sum, out, T::ZERO);
            let scale = T::ONE / sum;
            for o in out {
                *o *= scale;
            }
        }
    }
}

#[derive(Clone, Copy)]
struct LogSoftmax;
impl<T: Real> RowMap<T> for LogSoftmax {
    #[inline(always)]
    fn band<A: Arch>(self, x: &[T], out: &mut [T], n: usize) {
        shift::<T, A>(x, out, n);
        let mut e = [T::ZERO; BAND];
        let short = out.len() <= BAND;
        if short {
            exp_to::<T, A>(out, &mut e[..out.len()]);
        }
        for (i, out) in out.chunks_exact_mut(n).enumerate() {
            let (sum, rest) = if short {
                let e = &e[i * n..][..n];
                (row::<T, A, _>(step::Sum, e, T::ZERO), row::<T, A, _>(step::SumBelow, e, T::ZERO))
            } else {
                (row::<T, A, _>(step::SumExp, out, T::ZERO), row::<T, A, _>(step::SumExpBelow, out, T::ZERO))
            };
            let log = match sum {
                s if s < T::from_f64(2.0) => rest.ln_1p(),
                s => s.ln(),
            };
            for o in out {
                *o -= log;
            }
        }
    }
}

#[derive(Clone, Copy)]
struct LayerNorm<T>(T);
impl<T: Real> RowMap<T> for LayerNorm<T> {
    #[inline(always)]
    fn band<A: Arch>(self, x: &[T], out: &mut [T], n: usize) {
        let count = T::from_usize(n);
        for (x, out) in x.chunks_exact(n).zip(out.chunks_exact_mut(n)) {
            let mean = row::<T, A, _>(step::Sum, x, T::ZERO) / count;
            let variance = row::<T, A, _>(step::SumSquares, x, mean) / count;
            let scale = T::ONE / (variance + self.0).sqrt();
            for (o, &x) in out.iter_mut().zip(x) {
                *o = (x - mean) * scale;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, tensor};
    use proptest::prelude::*;

    fn wave(shape: &[usize], scale: f64) -> Tensor<f64> {
        let mut i = 0.0;
        Tensor::from_fn(shape, |_| {
            i += 1.0;
            scale * f64::sin(i * i * 0.37)
        })
    }

    fn assert_close(a: &Tensor<f64>, b: &Tensor<f64>, tolerance: f64) {
        assert_eq!(a.shape(), b.shape());
        for (x, y) in a.to_vec().into_iter().zip(b.to_vec()) {
            assert!((x - y).abs() <= tolerance * y.abs().max(1e-3), "got {x}, expected {y}");
        }
    }

    proptest! {
        /// Short and long rows, along each of three axes, of packed tensors and views.
        #[test]
        fn results_match_the_definitions(m in 1_usize..7, n in 1_usize..40, k in 1_usize..5, wide in any::<bool>(), transposed in any::<bool>()) {
            let n = if wide { n * 97 } else { n };
            let x = if transposed { wave(&[k, n, m], 3.0).transpose() } else { wave(&[k, m, n], 3.0) };
            for axis in 0..3 {
                let e = x.packed().to_vec().into_iter().map(f64::exp).collect::<Tensor<f64>>().reshape(x.shape());
                let sum = e.sum_over(crate::keep(axis)).broadcast_to(x.shape()).to_vec();
                let p: Tensor<f64> = e.to_vec().iter().zip(&sum).map(|(e, s)| e / s).collect();
                let logs: Tensor<f64> = p.to_vec().into_iter().map(f64::ln).collect();
                assert_close(&x.softmax(axis), &p.reshape(x.shape()), 1e-13);
                assert_close(&x.log_softmax(axis), &logs.reshape(x.shape()), 1e-12);
            }
            let mean = x.mean_over(crate::keep(-1)).broadcast_to(x.shape()).to_vec();
            let var = x.var_over(crate::keep(-1), 0).broadcast_to(x.shape()).to_vec();
            let normed: Tensor<f64> =
                x.to_vec().iter().zip(mean.iter().zip(&var)).map(|(x, (m, v))| (x - m) / (v + 1e-5).sqrt()).collect();
            assert_close(&x.layer_norm(1e-5), &normed.reshape(x.shape()), 1e-12);
        }
    }

    #[test]
    fn softmax_of_special_values() {
        let inf = f64::INFINITY;
        assert_eq!(tensor![1e4, 0.0, -1e4].softmax(0), tensor![1.0, 0.0, 0.0]);
        assert_eq!(tensor![[-inf, 1.0, -inf, 1.0]].softmax(1), tensor![[0.0, 0.5, 0.0, 0.5]]);
        for undefined in [tensor![-inf, -inf].softmax(0), tensor![-inf, -inf].log_softmax(0)] {
            assert!(undefined.to_vec().iter().all(|p: &f64| p.is_nan()), "{undefined}");
        }
        assert_eq!(tensor![1e4, 0.0].log_softmax(-1).at([1]), -1e4);
        assert_eq!(tensor![-inf, 3.0].log_softmax(0), tensor![-inf, 0.0]);
        assert!(tensor![f64::NAN, 3.0].softmax(0).to_vec().iter().all(|p| p.is_nan()));
        assert_eq!(tensor![1e38_f32, -1e38, 0.0].softmax(0), tensor![1.0_f32, 0.0, 0.0]);
    }

    /// ln(1 / (1 + e^-40)) is accurate although the probability rounds to 1.
    #[test]
    fn log_softmax_near_probability_1() {
        let tail = tensor![40.0, 0.0].log_softmax(0).at([0]);
        assert!((tail / -4.248354255291589e-18 - 1.0_f64).abs() < 1e-14, "{tail}");
    }

    #[test]
    fn a_0d_tensor_counts_as_a_vector() {
        for axis in [0, -1] {
            assert_eq!(Tensor::scalar(3.0).softmax(axis), Tensor::scalar(1.0));
            assert_eq!(Tensor::scalar(3.0).log_softmax(axis), Tensor::scalar(0.0));
        }
    }

    #[test]
    fn empty_tensors() {
        for shape in [[0, 3], [3, 0], [0, 0]] {
            let x = Tensor::<f64>::zeros(shape);
            assert_eq!(x.softmax(0).shape(), x.shape());
            assert_eq!(x.log_softmax(1).shape(), x.shape());
            assert_eq!(x.layer_norm(1e-5).shape(), x.shape());
        }
    }

    #[test]
    #[should_panic(expected = "softmax: axis 2 does not exist in a tensor of rank 2")]
    fn out_of_range_axis_panics() {
        tensor![[1.0]].softmax(2);
    }

    #[cfg(feature = "parallel")]
    #[test]
    fn results_do_not_depend_on_the_number_of_threads() {
        let x = wave(&[700, 999], 5.0);
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| (x.softmax(1), x.log_softmax(1), x.layer_norm(1e-5)))
        };
        assert_eq!(on(1), on(2));
    }
}
