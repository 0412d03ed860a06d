//! Operations on rows: softmax, its logarithm, and layer normalization.
//!
//! Each takes a few passes over a row, made while the row is in the first-level cache. Short rows go in bands, whose
//! exponentials are taken in one run.

use crate::axes::{Axes, resolve_axis};
use crate::math::simd::{Arch, Kernel, dispatch};
use crate::number::Number;
use crate::parallel;
use crate::real::Real;
use crate::reduce::fold::row;
use crate::reduce::step;
use crate::tensor::Tensor;

impl<T: Real> Tensor<T> {
    /// e^(x - m) / Σ e^(x - m) along an axis, m being the largest element: positive numbers that sum to 1.
    ///
    /// Finite for any finite elements; exactly 0 at -inf. NaN where all elements of a row are -inf: they have no
    /// largest to be compared with.
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

    /// ln softmax(x) = x - logsumexp(x) along an axis, with full precision where a probability rounds to 0 or to 1.
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

    /// (x - mean) / √(variance + `eps`) along the last axis, the variance with divisor n.
    ///
    /// ```
    /// # use tensor::tensor;
    /// assert_eq!(tensor![[1.0, 3.0], [9.0, 5.0]].layer_norm(0.0), tensor![[-1.0, 1.0], [1.0, -1.0]]);
    /// ```
    ///
    /// # Panics
    /// If the tensor has no axes.
    #[track_caller]
    pub fn layer_norm(&self, eps: f64) -> Tensor<T> {
        let axis = resolve_axis(-1, self.rank(), "layer_norm");
        along(self, axis, LayerNorm(T::from_f64(eps)))
    }
}

/// What is done to a band of rows, `x` to `out`.
trait RowMap<T: Real>: Copy + Sync {
    fn band<A: Arch>(self, x: &[T], out: &mut [T], n: usize);
}

/// Elements of a band: they and their results fit the first-level cache.
const BAND: usize = 1 << 11;

/// Rows along an axis: moved last if it is not, and moved back.
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

/// out = x - max of its row; NaN for a row of -inf.
#[inline(always)]
fn shift<T: Real, A: Arch>(x: &[T], out: &mut [T], n: usize) {
    for (x, out) in x.chunks_exact(n).zip(out.chunks_exact_mut(n)) {
        let m = row::<T, A, _>(step::Max, x, T::ZERO);
        for (o, &x) in out.iter_mut().zip(x) {
            *o = x - m;
        }
    }
}

/// out = e^x
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
            assert!((x - y).abs() <= tolerance * y.abs().max(1e-3), "{x} is not {y}");
        }
    }

    proptest! {
        /// Against the definition, on short rows and on long ones, along each of three axes, on views too.
        #[test]
        fn rows_match_their_definition(m in 1_usize..7, n in 1_usize..40, k in 1_usize..5, wide in any::<bool>(), turned in any::<bool>()) {
            let n = if wide { n * 97 } else { n };
            let x = if turned { wave(&[k, n, m], 3.0).transpose() } else { wave(&[k, m, n], 3.0) };
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
    fn softmax_at_the_edges() {
        let inf = f64::INFINITY;
        assert_eq!(tensor![1e4, 0.0, -1e4].softmax(0), tensor![1.0, 0.0, 0.0]);
        assert_eq!(tensor![[-inf, 1.0, -inf, 1.0]].softmax(1), tensor![[0.0, 0.5, 0.0, 0.5]]);
        for nothing in [tensor![-inf, -inf].softmax(0), tensor![-inf, -inf].log_softmax(0)] {
            assert!(nothing.to_vec().iter().all(|p: &f64| p.is_nan()), "{nothing}");
        }
        assert_eq!(tensor![1e4, 0.0].log_softmax(-1).at([1]), -1e4);
        assert_eq!(tensor![-inf, 3.0].log_softmax(0), tensor![-inf, 0.0]);
        assert!(tensor![f64::NAN, 3.0].softmax(0).to_vec().iter().all(|p| p.is_nan()));
        assert_eq!(tensor![1e38_f32, -1e38, 0.0].softmax(0), tensor![1.0_f32, 0.0, 0.0]);
    }

    /// A probability near 1 keeps the digits of its complement: ln(1/(1 + e^-40)) as in log_sigmoid(40).
    #[test]
    fn log_softmax_of_a_certain_class() {
        let tail = tensor![40.0, 0.0].log_softmax(0).at([0]);
        assert!((tail / -4.248354255291589e-18 - 1.0_f64).abs() < 1e-14, "{tail}");
    }

    #[test]
    fn a_0d_tensor_is_a_row_of_one_element() {
        for axis in [0, -1] {
            assert_eq!(Tensor::scalar(3.0).softmax(axis), Tensor::scalar(1.0));
            assert_eq!(Tensor::scalar(3.0).log_softmax(axis), Tensor::scalar(0.0));
        }
    }

    #[test]
    fn empty_rows_and_no_rows() {
        for shape in [[0, 3], [3, 0], [0, 0]] {
            let x = Tensor::<f64>::zeros(shape);
            assert_eq!(x.softmax(0).shape(), x.shape());
            assert_eq!(x.log_softmax(1).shape(), x.shape());
            assert_eq!(x.layer_norm(1e-5).shape(), x.shape());
        }
    }

    #[test]
    #[should_panic(expected = "softmax: axis 2 does not exist in a tensor of rank 2")]
    fn an_axis_too_far() {
        tensor![[1.0]].softmax(2);
    }

    #[cfg(feature = "parallel")]
    #[test]
    fn one_thread_and_two_give_the_same_bits() {
        let x = wave(&[700, 999], 5.0);
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| (x.softmax(1), x.log_softmax(1), x.layer_norm(1e-5)))
        };
        assert_eq!(on(1), on(2));
    }
}
