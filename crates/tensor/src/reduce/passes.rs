//! The passes of each reduction: one fold or several.

use super::fold::fold;
use super::step::{self, Step};
use crate::buffer::Buffer;
use crate::parallel;
use crate::real::Real;
use crate::reduction::{Reduce, Reduction};
use crate::shape::Shape;

/// Panics if `Max` or `Min` reduces `n` = 0 elements of a tensor of this shape to each of `out` results.
#[track_caller]
pub(super) fn check(reduction: Reduction, n: usize, shape: &Shape, out: usize) {
    if n == 0 && out > 0 && matches!(reduction, Reduction::Max | Reduction::Min) {
        let name = reduction.name();
        panic!("{name}: shape {shape} has no elements along the reduced axes; expected at least one");
    }
}

macro_rules! reduce {
    ($($t:ty),*) => {$(
        impl Reduce for $t {
            fn reduce(reduction: Reduction, data: &[$t], n: usize, inner: usize, out: &mut [$t]) {
                run(reduction, data, n, inner, out);
            }
        }
    )*};
}
reduce!(f32, f64);

/// Implements [`Reduce::reduce`].
fn run<T: Real>(reduction: Reduction, data: &[T], n: usize, inner: usize, out: &mut [T]) {
    if out.is_empty() {
        return;
    }
    let block = n * inner;
    parallel::rows(out, inner, block, &|first, out| {
        compute(reduction, &data[first * block..][..out.len() / inner * block], n, inner, out);
    });
}

/// The number of elements per band: few enough that later passes find them in the cache.
const BAND: usize = 1 << 13;

fn compute<T: Real>(reduction: Reduction, data: &[T], n: usize, inner: usize, out: &mut [T]) {
    match reduction {
        Reduction::Sum => return fold(step::Sum, data, n, inner, None, out),
        Reduction::Prod => return fold(step::Prod, data, n, inner, None, out),
        Reduction::Max => return fold(step::Max, data, n, inner, None, out),
        Reduction::Min => return fold(step::Min, data, n, inner, None, out),
        Reduction::Norm1 => return fold(step::SumAbs, data, n, inner, None, out),
        Reduction::NormInf => return fold(step::MaxAbs, data, n, inner, None, out),
        _ => {}
    }
    let block = n * inner;
    let blocks = (BAND / block.max(1)).max(1);
    for (i, out) in out.chunks_mut(blocks * inner).enumerate() {
        let band = Band { data: &data[i * blocks * block..][..out.len() / inner * block], n, inner };
        match reduction {
            Reduction::Mean => band.mean(out),
            Reduction::Var(ddof) => band.var(ddof, out),
            Reduction::Std(ddof) => {
                band.var(ddof, out);
                out.iter_mut().for_each(|x| *x = x.sqrt());
            }
            Reduction::Norm2 => band.norm(out),
            _ => band.logsumexp(out),
        }
    }
}

/// A part of the data that is reduced in several passes.
struct Band<'a, T> {
    data: &'a [T],
    n: usize,
    inner: usize,
}

impl<T: Real> Band<'_, T> {
    fn fold<S: Step>(&self, step: S, center: Option<&[T]>, out: &mut [T]) {
        fold(step, self.data, self.n, self.inner, center, out);
    }

    /// Σ x / n
    fn mean(&self, out: &mut [T]) {
        self.fold(step::Sum, None, out);
        let n = T::from_usize(self.n);
        out.iter_mut().for_each(|x| *x /= n);
    }

    /// Σ (x - mean)² / (n - ddof)
    fn var(&self, ddof: usize, out: &mut [T]) {
        scratch(out.len(), |mean| {
            self.mean(mean);
            self.fold(step::SumSquares, Some(mean), out);
        });
        let divisor = T::from_usize(self.n.saturating_sub(ddof));
        out.iter_mut().for_each(|x| *x /= divisor);
    }

    /// √(Σ x²) if the squares neither overflow nor underflow, otherwise m √(Σ (x/m)²) with m = max |x|.
    fn norm(&self, out: &mut [T]) {
        self.fold(step::SumSquares, None, out);
        let least = T::MIN_POSITIVE / (T::EPSILON * T::EPSILON);
        if out.iter().all(|&s| s >= least && s.is_finite()) {
            return out.iter_mut().for_each(|s| *s = s.sqrt());
        }
        scratch(out.len(), |largest| {
            self.fold(step::MaxAbs, None, largest);
            scratch(out.len(), |scaled| {
                self.fold(step::SumScaled, Some(largest), scaled);
                for ((s, &m), &t) in out.iter_mut().zip(&*largest).zip(&*scaled) {
                    if !(*s >= least && s.is_finite()) {
                        *s = if m == T::ZERO || !m.is_finite() { m } else { m * t.sqrt() };
                    } else {
                        *s = s.sqrt();
                    }
                }
            });
        });
    }

    /// m + ln Σ e^(x - m) with m = max x. If one term dominates, ln(1 + the others) is used, which is more accurate.
    fn logsumexp(&self, out: &mut [T]) {
        scratch(out.len(), |largest| {
            self.fold(step::Max, None, largest);
            self.fold(step::SumExp, Some(largest), out);
            let two = T::from_f64(2.0);
            if out.iter().all(|&s| s >= two) {
                out.iter_mut().zip(&*largest).for_each(|(s, &m)| *s = m + s.ln());
                return;
            }
            scratch(out.len(), |others| {
                self.fold(step::SumExpBelow, Some(largest), others);
                for ((s, &m), &t) in out.iter_mut().zip(&*largest).zip(&*others) {
                    *s = match m.is_finite() {
                        true if *s < two => m + t.ln_1p(),
                        true => m + s.ln(),
                        false => m,
                    };
                }
            });
        });
    }
}

/// Calls `f` with `n` temporary elements: on the stack if there are few, otherwise in a recycled buffer.
fn scratch<T: Real, R>(n: usize, f: impl FnOnce(&mut [T]) -> R) -> R {
    if n <= 16 {
        return f(&mut [T::ZERO; 16][..n]);
    }
    let mut buffer = Buffer::<T>::scratch(n);
    match buffer.unique() {
        Some(data) => f(&mut data[..n]),
        None => unreachable!("a new buffer has one owner"),
    }
}
