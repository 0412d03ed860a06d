//! Gradient clipping.

use autograd::Scalar;
use tensor::math::simd::{Arch, Kernel, dispatch};
use tensor::{Real, Tensor};

/// How gradients are clipped. At most one way at a time, as in Keras.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Clip {
    #[default]
    None,
    /// Clips each element to [-c, c].
    Value(f64),
    /// Clips the gradient of each parameter to the Euclidean norm c.
    Norm(f64),
    /// Clips the gradient of all parameters, as one vector, to the Euclidean norm c.
    GlobalNorm(f64),
}

impl Clip {
    /// Returns `new`, for the builder methods.
    ///
    /// # Panics
    /// If gradients are already clipped.
    #[track_caller]
    pub(crate) fn or(self, new: Clip) -> Clip {
        assert!(
            self == Clip::None,
            "gradients can be clipped in only one way: use one of clip_value, clip_norm and global_clip_norm"
        );
        new
    }
}

/// Returns c / max(|g|, c), the factor on a gradient of this norm. NaN for a norm that is NaN.
pub(crate) fn factor(c: f64, norm: f64) -> f64 {
    if norm <= c { 1.0 } else { c / norm }
}

/// Returns Σ x², summed in `f64` and in a fixed order, so that the result does not depend on the CPU. It overflows only
/// for elements beyond 1e154.
pub(crate) fn sum_of_squares<T: Scalar>(x: &Tensor<T>) -> f64 {
    crate::update::with_slice(x, |x| dispatch(SumOfSquares(x)))
}

/// The number of partial sums, which lets the loop vectorize.
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
    fn sums_of_squares_of_any_length() {
        for n in [0, 1, 15, 16, 17, 100] {
            let x = Tensor::<f32>::from_fn(n, |i| i[0] as f32 - 3.0);
            let expected: f64 = x.to_vec().iter().map(|&x| f64::from(x) * f64::from(x)).sum();
            assert_eq!(sum_of_squares(&x), expected, "{n}");
        }
        assert_eq!(sum_of_squares(&tensor![1e30_f32, 1e30]).sqrt(), f64::from(1e30_f32) * 2.0_f64.sqrt());
        assert_eq!(sum_of_squares(&tensor![[1.0, 2.0], [3.0, 4.0]].transpose()), 30.0);
    }

    #[test]
    fn only_norms_above_the_bound_are_reduced() {
        assert_eq!((factor(2.0, 1.0), factor(2.0, 2.0), factor(2.0, 8.0), factor(2.0, 0.0)), (1.0, 1.0, 0.25, 1.0));
        assert!(factor(2.0, f64::NAN).is_nan());
    }
}
