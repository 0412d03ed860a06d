//! Normalizations of plain tensors: the rules of `rules/normalize.rs` in one pass per row instead of one per operation.
//!
//! Each has a test against the rule it fuses. What the fused forms do not cover (other axes, gains of unusual shapes)
//! takes the rule itself.

use crate::rules::Element;
use crate::rules::array::Product;
use crate::rules::array::weigh;
use tensor::math::simd::{Arch, Kernel, dispatch};
use tensor::rowwise::{RowMap, map_rows, total, totals};
use tensor::{Real, Tensor};

/// g · w: as IEEE 754 has it, or, if `CAREFUL`, with a factor equal to `absent` making the product 0.
///
/// The two differ only where the product is NaN. Each row below is therefore computed the quick way, and a second time
/// only if one of its sums is not finite: tests for zeros in each product would take longer than all the rest.
#[inline(always)]
fn product<T: Element, const CAREFUL: bool>(absent: f64, g: T, w: T) -> T {
    if CAREFUL { weigh(absent, g, w) } else { g * w }
}

/// y (g - <y, g>) for each row.
#[derive(Clone, Copy)]
struct SoftmaxDerivative {
    absent: f64,
}
impl SoftmaxDerivative {
    /// Whether all is finite.
    #[inline(always)]
    fn fill<T: Element, const CAREFUL: bool>(self, [g, y]: [&[T]; 2], out: &mut [T]) -> bool {
        let along = total([g, y], |[g, y]| product::<T, CAREFUL>(self.absent, g, y));
        for (o, (&g, &y)) in out.iter_mut().zip(g.iter().zip(y)) {
            *o = product::<T, CAREFUL>(self.absent, g - along, y);
        }
        along.is_finite()
    }
}
impl<T: Element> RowMap<T, 2> for SoftmaxDerivative {
    #[inline(always)]
    fn row<A: Arch>(self, rows: [&[T]; 2], out: &mut [T]) {
        if !self.fill::<T, false>(rows, out) {
            self.fill::<T, true>(rows, out);
        }
    }
}

pub(crate) fn softmax<T: Element>(p: Product, axis: usize, g: &Tensor<T>, y: &Tensor<T>) -> Option<Tensor<T>> {
    let fits = axis + 1 == y.rank() && g.shape() == y.shape();
    fits.then(|| map_rows(SoftmaxDerivative { absent: p.absent() }, [g, y]))
}

/// The mean of a row, and 1 / √(var + eps).
#[inline(always)]
fn mean_and_scale<T: Real>(x: &[T], eps: T) -> (T, T) {
    let n = T::from_usize(x.len());
    let mean = total([x], |[x]| x) / n;
    let variance = total([x], |[x]| (x - mean) * (x - mean)) / n;
    (mean, (variance + eps).sqrt().recip())
}

/// gain (x - mean) / √(var + eps) + bias for each row.
#[derive(Clone, Copy)]
struct LayerNorm<'a, T> {
    gain: &'a [T],
    bias: &'a [T],
    eps: T,
}
impl<T: Element> RowMap<T, 1> for LayerNorm<'_, T> {
    #[inline(always)]
    fn row<A: Arch>(self, [x]: [&[T]; 1], out: &mut [T]) {
        let (mean, scale) = mean_and_scale(x, self.eps);
        let n = x.len();
        let (gain, bias, out) = (&self.gain[..n], &self.bias[..n], &mut out[..n]);
        for i in 0..n {
            out[i] = (x[i] - mean) * scale * gain[i] + bias[i];
        }
    }
}

/// The value of a layer normalization, if gain and bias have one element for each element of a row.
pub(crate) fn layer_norm<T: Element>(x: &Tensor<T>, gain: &Tensor<T>, bias: &Tensor<T>, eps: f64) -> Option<Tensor<T>> {
    let (gain, bias) = (one_row(gain, x)?, one_row(bias, x)?);
    Some(map_rows(LayerNorm { gain, bias, eps: T::from_f64(eps) }, [x]))
}

/// The elements of a gain or bias that has one for each element of a row of `x`.
fn one_row<'a, T: Element>(a: &'a Tensor<T>, x: &Tensor<T>) -> Option<&'a [T]> {
    let row = &x.shape()[x.rank() - 1..];
    if a.shape()[..] == *row { a.as_slice() } else { None }
}

/// r (u - mean(u) - x̂ mean(x̂ u)) with u = g gain, for each row.
#[derive(Clone, Copy)]
struct LayerNormDerivative<'a, T> {
    gain: &'a [T],
    eps: T,
    absent: f64,
}
impl<T: Element> LayerNormDerivative<'_, T> {
    /// Whether all is finite.
    #[inline(always)]
    fn fill<const CAREFUL: bool>(self, [g, x]: [&[T]; 2], out: &mut [T]) -> bool {
        let times = |a, b| product::<T, CAREFUL>(self.absent, a, b);
        let n = x.len();
        let (g, gain, out) = (&g[..n], &self.gain[..n], &mut out[..n]);
        let count = T::from_usize(n);
        let [x_sum, u_sum] = totals([x, g, gain], |[x, g, gain]| [x, times(g, gain)]);
        let (mean, level) = (x_sum / count, u_sum / count);
        let [squares, along] = totals([x, g, gain], |[x, g, gain]| {
            let centered = x - mean;
            [centered * centered, times(times(g, gain), centered)]
        });
        let scale = (squares / count + self.eps).sqrt().recip();
        let along = along * scale / count;
        for i in 0..n {
            out[i] = times(times(g[i], gain[i]) - level - times(along, (x[i] - mean) * scale), scale);
        }
        level.is_finite() && along.is_finite() && scale.is_finite()
    }
}
impl<T: Element> RowMap<T, 2> for LayerNormDerivative<'_, T> {
    #[inline(always)]
    fn row<A: Arch>(self, rows: [&[T]; 2], out: &mut [T]) {
        if !self.fill::<false>(rows, out) {
            self.fill::<true>(rows, out);
        }
    }
}

/// Σ g x̂ over the rows: the contribution to the gain, already summed to its shape.
struct GainShare<'a, T> {
    g: &'a [T],
    x: &'a [T],
    eps: T,
    absent: f64,
    out: &'a mut [T],
    /// Room for a row.
    block: &'a mut [T],
}

/// Rows summed before they are added to the result: short sums lose less to rounding.
const BLOCK: usize = 32;

impl<T: Element> GainShare<'_, T> {
    #[inline(always)]
    fn fill<const CAREFUL: bool>(&mut self) {
        let n = self.out.len();
        self.out.fill(T::ZERO);
        for (g, x) in self.g.chunks(n * BLOCK).zip(self.x.chunks(n * BLOCK)) {
            self.block.fill(T::ZERO);
            for (g, x) in g.chunks_exact(n).zip(x.chunks_exact(n)) {
                let (mean, scale) = mean_and_scale(x, self.eps);
                for (b, (&g, &x)) in self.block.iter_mut().zip(g.iter().zip(x)) {
                    *b += product::<T, CAREFUL>(self.absent, g, (x - mean) * scale);
                }
            }
            for (o, &b) in self.out.iter_mut().zip(&*self.block) {
                *o += b;
            }
        }
    }
}
impl<T: Element> Kernel for GainShare<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<A: Arch>(mut self) {
        self.fill::<false>();
        if self.out.iter().any(|x| !x.is_finite()) {
            self.fill::<true>();
        }
    }
}

/// The pull of a layer normalization along its input.
pub(crate) fn layer_norm_pull<T: Element>(
    p: Product,
    eps: f64,
    g: &Tensor<T>,
    x: &Tensor<T>,
    gain: &Tensor<T>,
) -> Option<Tensor<T>> {
    let gain = one_row(gain, x).filter(|_| g.shape() == x.shape())?;
    Some(map_rows(LayerNormDerivative { gain, eps: T::from_f64(eps), absent: p.absent() }, [g, x]))
}

/// The pull of a layer normalization along its gain, summed to the gain's shape.
pub(crate) fn gain_pull<T: Element>(
    p: Product,
    eps: f64,
    g: &Tensor<T>,
    x: &Tensor<T>,
    gain: &Tensor<T>,
) -> Option<Tensor<T>> {
    one_row(gain, x).filter(|_| g.shape() == x.shape() && x.size() > 0)?;
    let (g, x) = (g.packed(), x.packed());
    let (g, x) = (g.as_slice().unwrap_or(&[]), x.as_slice().unwrap_or(&[]));
    let mut room = Tensor::zeros(gain.shape());
    let block = room.data_mut();
    let (eps, absent) = (T::from_f64(eps), p.absent());
    Some(Tensor::build(gain.shape(), |out| dispatch(GainShare { g, x, eps, absent, out, block })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::array::Array;
    use crate::rules::normalize;
    use tensor::Tensor;

    fn wave(shape: &[usize], step: f64) -> Tensor<f64> {
        let mut i = 0.0;
        Tensor::from_fn(shape, |_| {
            i += 1.0;
            f64::sin(i * i * step)
        })
    }

    #[track_caller]
    fn assert_near(a: &Tensor<f64>, b: &Tensor<f64>) {
        assert_eq!(a.shape(), b.shape());
        for (a, b) in a.to_vec().into_iter().zip(b.to_vec()) {
            assert!((a - b).abs() <= 1e-12, "{a} is not {b}");
        }
    }

    /// Fused against unfused, on short rows, long ones and many.
    #[test]
    fn the_fused_forms_are_their_rules() {
        for (m, n) in [(1, 1), (3, 5), (2, 40), (70, 17)] {
            let (x, g, gain, bias) = (wave(&[m, n], 0.37), wave(&[m, n], 0.11), wave(&[n], 0.7), wave(&[n], 0.3));
            for p in [Product { strict: false }, Product { strict: true }] {
                let y = x.softmax(1);
                assert_near(&softmax(p, 1, &g, &y).unwrap(), &normalize::softmax(p, 1, &g, &y));
                assert_near(
                    &layer_norm(&x, &gain, &bias, 1e-3).unwrap(),
                    &normalize::layer_norm(&x, &gain, &bias, 1e-3),
                );
                let (hat, r) = normalize::hat_and_scale(&x, 1e-3);
                let plain = normalize::project(p, &g.weigh(p, &gain), &hat, &r);
                assert_near(&layer_norm_pull(p, 1e-3, &g, &x, &gain).unwrap(), &plain);
                let plain = g.weigh(p, &hat).sum_to(gain.shape());
                assert_near(&gain_pull(p, 1e-3, &g, &x, &gain).unwrap(), &plain);
            }
        }
    }

    /// A probability of 0 silences an infinite adjoint, unless the tape is strict.
    #[test]
    fn a_factor_of_zero_is_absent() {
        let (g, y) = (tensor::tensor![f64::INFINITY, 1.0], tensor::tensor![0.0, 1.0]);
        assert_eq!(softmax(Product { strict: false }, 0, &g, &y), Some(tensor::tensor![0.0, 0.0]));
        assert!(softmax(Product { strict: true }, 0, &g, &y).unwrap().at([0]).is_nan());
        // an infinite adjoint under a gain of 0, and under normalized inputs of 0
        let (x, gain) = (tensor::tensor![[1.0, 2.0, 3.0]], tensor::tensor![1.0, 0.0, 1.0]);
        let g = tensor::tensor![[1.0, f64::INFINITY, 2.0]];
        let p = Product { strict: false };
        for fused in [layer_norm_pull(p, 1e-3, &g, &x, &gain), gain_pull(p, 1e-3, &g, &x, &gain)] {
            assert!(fused.unwrap().is_finite());
        }
    }
}
