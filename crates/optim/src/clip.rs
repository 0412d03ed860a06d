//! Gradients cut down to size.

use autograd::Scalar;
use tensor::math::simd::{Arch, Kernel, dispatch};
use tensor::{Real, Tensor};

/// How gradients are clipped. One way at a time, as in Keras.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Clip {
    #[default]
    Not,
    /// Each element to -c..=c.
    Value(f64),
    /// Each parameter's gradient to the Euclidean length c.
    Norm(f64),
    /// The gradient of all parameters, as one long vector, to the Euclidean length c.
    GlobalNorm(f64),
}

impl Clip {
    /// The builders' way to a new one.
    ///
    /// # Panics
    /// If there is one already.
    #[track_caller]
    pub(crate) fn or(self, new: Clip) -> Clip {
        assert!(
            self == Clip::Not,
            "gradients are clipped in one way only: choose one of clip_value, clip_norm and global_clip_norm"
        );
        new
    }
}

/// c / max(|g|, c): what a gradient of this length is multiplied with. A length that is NaN gives NaN.
pub(crate) fn factor(c: f64, norm: f64) -> f64 {
    if norm <= c { 1.0 } else { c / norm }
}

/// Σ x², summed in `f64` and in a fixed order, so that it does not depend on the CPU; nor does it overflow, but from
/// numbers of 1e154 on, which only `f64` has.
pub(crate) fn sum_of_squares<T: Scalar>(x: &Tensor<T>) -> f64 {
    crate::update::with_slice(x, |x| dispatch(SumOfSquares(x)))
}

/// So many sums run side by side, which vectorizes.
const LANES: usize = 16;

struct SumOfSquares<'a, T>(&'a [T]);

impl<T: Real> Kernel for SumOfSquares<'_, T> {
    const SIMD512: bool = false;
    type Output = f64;
    #[inline(always)]
    fn run<A: Arch>(self) -> f64 {
        let mut sums = [0.0_f64; LANES];
        let (blocks, rest) = self.0.as_chunks::<LANES>();
        for block in blocks {
            for (sum, x) in sums.iter_mut().zip(block) {
                let x = x.to_f64();
                *sum += x * x;
            }
        }
        for (sum, x) in sums.iter_mut().zip(rest) {
            let x = x.to_f64();
            *sum += x * x;
        }
        sums.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::tensor;

    #[test]
    fn lengths_of_any_size() {
        for n in [0, 1, 15, 16, 17, 100] {
            let x = Tensor::<f32>::from_fn(n, |i| i[0] as f32 - 3.0);
            let expected: f64 = x.to_vec().iter().map(|&x| f64::from(x) * f64::from(x)).sum();
            assert_eq!(sum_of_squares(&x), expected, "{n}");
        }
        assert_eq!(sum_of_squares(&tensor![1e30_f32, 1e30]).sqrt(), f64::from(1e30_f32) * 2.0_f64.sqrt());
        assert_eq!(sum_of_squares(&tensor![[1.0, 2.0], [3.0, 4.0]].transpose()), 30.0);
    }

    #[test]
    fn only_what_is_too_long_is_cut() {
        assert_eq!((factor(2.0, 1.0), factor(2.0, 2.0), factor(2.0, 8.0), factor(2.0, 0.0)), (1.0, 1.0, 0.25, 1.0));
        assert!(factor(2.0, f64::NAN).is_nan());
    }
}
