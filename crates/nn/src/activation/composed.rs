//! Activations that the engine has no primitive for: their formulas, on those it has.

use autograd::{Scalar, TensorVar};
use tensor::{Tensor, keep};

/// An activation of several primitives.
#[derive(Clone, Copy)]
pub(super) enum Composed {
    GeneralRelu { slope: f64, max: f64, threshold: f64 },
    Threshold { threshold: f64, value: f64 },
    StraightThrough,
    HardSigmoid,
    HardSilu,
    Celu(f64),
    HardShrink(f64),
    SoftShrink(f64),
    TanhShrink,
    Squareplus(f64),
    SparsePlus,
    SparseSigmoid,
    Sparsemax,
}

impl Composed {
    #[track_caller]
    pub(super) fn apply<'t, T: Scalar>(self, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        let Some(tape) = x.tape() else { unreachable!("a tensor is on a tape") };
        let number = |c: f64| tape.constant(T::from_f64(c));
        let hard_sigmoid = || (x + number(3.0)).relu6() / number(6.0);
        match self {
            Composed::GeneralRelu { slope, max, threshold } => {
                let from = x - number(threshold);
                // 0 times an infinity would be none; a ReLU is 0 down there, and keeps a NaN.
                let below = if slope == 0.0 { from.relu() } else { from * number(slope) };
                let above = if max.is_finite() { x.where_(&x.lt(number(max)), number(max)) } else { x };
                // At a threshold of 0 both sides meet, and the slope is the lower one, as that of every ReLU here.
                let is_above = if threshold == 0.0 { x.gt(number(0.0)) } else { x.ge(number(threshold)) };
                above.where_(&is_above, below)
            }
            Composed::Threshold { threshold, value } => x.masked_fill(&x.le(number(threshold)), T::from_f64(value)),
            Composed::StraightThrough => {
                let slope = x.clamp(number(-1.0), number(1.0));
                // The difference is exactly 0, so the value is that of the step.
                x.heaviside().detach() + (slope - slope.detach())
            }
            Composed::HardSigmoid => hard_sigmoid(),
            Composed::HardSilu => x * hard_sigmoid(),
            Composed::Celu(alpha) => (x / number(alpha)).elu(number(1.0)) * number(alpha),
            Composed::HardShrink(lambda) => x.where_(&x.abs().gt(number(lambda)), number(0.0)),
            Composed::SoftShrink(lambda) => (x - number(lambda)).relu() - (number(-lambda) - x).relu(),
            Composed::TanhShrink => x - x.tanh(),
            Composed::Squareplus(b) => {
                let root = x.hypot(number(b.sqrt()));
                // Below 0 the sum would cancel: its product with √(x² + b) - x is b.
                let (above, below) = ((root + x) * number(0.5), number(0.5 * b) / (root - x));
                above.where_(&x.ge(number(0.0)), below)
            }
            Composed::SparsePlus => {
                let inner = x.clamp(number(-1.0), number(1.0)) + number(1.0);
                inner.square() * number(0.25) + (x - number(1.0)).relu()
            }
            Composed::SparseSigmoid => ((x + number(1.0)) * number(0.5)).clamp(number(0.0), number(1.0)),
            Composed::Sparsemax => sparsemax(x),
        }
    }
}

/// max(x - τ, 0) with τ such that the sum is 1. Of the elements above τ, the support, it is a straight line:
/// τ = (Σ x - 1) / n over the n of them.
#[track_caller]
fn sparsemax<'t, T: Scalar>(x: TensorVar<'t, T>) -> TensorVar<'t, T> {
    let Some(tape) = x.tape() else { unreachable!("a tensor is on a tape") };
    let shape = x.shape();
    let n = shape.last().copied().unwrap_or(1); // a 0-d tensor counts as a vector of one element, as for softmax
    if n == 0 {
        return x;
    }
    // A shift changes nothing, but with the largest at 0 nothing that counts is rounded away.
    let x = x - tape.constant(x.value().max_over(keep(-1)));
    let mut support = x.value().to_vec();
    for row in support.chunks_mut(n) {
        let mut sorted: Vec<T> = row.to_vec();
        sorted.sort_by(|a, b| b.total_cmp(a));
        let (mut sum, mut tau) = (T::ZERO, T::ZERO);
        for (k, &z) in sorted.iter().enumerate() {
            // As long as z lies above the τ of those before it and itself.
            sum += z;
            let next = (sum - T::ONE) / T::from_usize(k + 1);
            if z > next {
                tau = next;
            }
        }
        row.iter_mut().for_each(|z| *z = if *z > tau { T::ONE } else { T::ZERO });
    }
    let support = Tensor::from_vec(shape, support);
    let ones = tape.constant(support.clone());
    let tau = ((x * ones).sum_over(keep(-1)) - tape.constant(T::ONE)) / ones.sum_over(keep(-1));
    (x - tau).where_(&support, tape.constant(T::ZERO))
}

#[cfg(test)]
mod tests {
    use super::super::Activation::*;
    use autograd::{Tape, gradcheck};
    use tensor::{Tensor, tensor};

    #[test]
    fn corners_and_tails() {
        let of = |a: super::super::Activation, x: [f64; 4]| a.of(tensor!(x)).to_vec();
        assert_eq!(of(HardSigmoid, [-3.0, 0.0, 1.5, 4.0]), [0.0, 0.5, 0.75, 1.0]);
        assert_eq!(of(HardSilu, [-4.0, -1.5, 0.0, 4.0]), [0.0, -0.375, 0.0, 4.0]);
        assert_eq!(of(HardShrink(0.5), [-0.6, -0.5, 0.5, 0.6]), [-0.6, 0.0, 0.0, 0.6]);
        assert_eq!(of(SoftShrink(0.5), [-1.5, -0.25, 0.5, 2.0]), [-1.0, 0.0, 0.0, 1.5]);
        assert_eq!(of(SparsePlus, [-1.5, -1.0, 0.0, 3.0]), [0.0, 0.0, 0.25, 3.0]);
        assert_eq!(of(SparseSigmoid, [-1.5, 0.0, 0.5, 3.0]), [0.0, 0.5, 0.75, 1.0]);
        // (x + √(x² + 4)) / 2 is 1/|x| far below zero.
        assert_eq!(of(Squareplus(4.0), [-1e12, 0.0, 1.5, 1e12]), [1e-12, 1.0, 2.0, 1e12]);
        let inf = f64::INFINITY;
        assert_eq!(of(GeneralRelu(0.0, inf, 0.0), [-inf, -1.0, 2.0, inf]), [0.0, 0.0, 2.0, inf]);
        assert_eq!(of(GeneralRelu(0.5, 6.0, 0.0), [-inf, -1.0, 2.0, 7.0]), [-inf, -0.5, 2.0, 6.0]);
        assert_eq!(of(GeneralRelu(0.25, 3.0, 1.0), [-1.0, 0.5, 1.0, 3.0]), [-0.5, -0.125, 1.0, 3.0]);
        assert_eq!(of(Threshold(1.0, -2.0), [-inf, 1.0, 1.5, inf]), [-2.0, -2.0, 1.5, inf]);
        for a in [GeneralRelu(0.0, 6.0, 0.0), GeneralRelu(0.1, 6.0, 1.0), Threshold(0.0, 0.0)] {
            assert!(a.of(tensor![f64::NAN]).item().is_nan(), "{a}");
        }
        assert_eq!(of(Celu(2.0), [f64::NEG_INFINITY, 0.0, 1.0, 2.0]), [-2.0, 0.0, 1.0, 2.0]);
    }

    #[test]
    fn the_only_class_of_a_0d_tensor_is_certain() {
        for activation in [Softmax, Sparsemax] {
            assert_eq!(activation.of(Tensor::scalar(3.0)), Tensor::scalar(1.0));
        }
    }

    #[test]
    fn sparsemax_is_the_nearest_point_of_the_simplex() {
        let y = Sparsemax.of(tensor![[0.5, 0.25, -1.0], [3.0, 0.0, 1.0], [2.0, 2.0, 1.5]]);
        assert_eq!(y, tensor![[0.625, 0.375, 0.0], [1.0, 0.0, 0.0], [0.5, 0.5, 0.0]]);
    }

    #[test]
    fn slopes_agree_with_differences() {
        let x = tensor![[0.7, -0.2, 0.4, -2.5], [1.3, 1.1, -4.0, 0.9]];
        let weights = tensor![[1.0, -2.0, 0.5, 3.0], [0.25, 1.0, 2.0, -1.0]];
        for a in [
            GeneralRelu(0.3, 1.2, 0.5),
            GeneralRelu(0.0, 1.0, 0.0),
            Threshold(0.5, 7.0),
            HardSigmoid,
            HardSilu,
            Celu(0.7),
            HardShrink(0.5),
            SoftShrink(0.3),
            TanhShrink,
            Squareplus(2.0),
            SparsePlus,
            SparseSigmoid,
            Sparsemax,
        ] {
            let checked = gradcheck(
                |x| (a.apply(x) * x.tape().expect("a tensor is on a tape").constant(weights.clone())).sum(),
                &x,
            );
            let result = checked.run();
            assert!(result.is_ok(), "{a}: {}", result.unwrap_err());
        }
        let tape = Tape::new();
        let slope = |a: super::super::Activation, x: [f64; 4]| {
            let x = tape.var(tensor!(x));
            a.apply(x).sum().backward().wrt(x).to_vec()
        };
        // The corners of a ReLU: the lower side at 0, and 0 at the bound.
        assert_eq!(slope(GeneralRelu(0.25, 6.0, 0.0), [-1.0, 0.0, 1.0, 6.0]), [0.25, 0.25, 1.0, 0.0]);
        // A step's value with a slope that is not its own.
        let at = [-1.5, -0.1, 0.3, 2.0];
        assert_eq!(StraightThrough.of(tensor!(at)).to_vec(), [0.0, 0.0, 1.0, 1.0]);
        assert_eq!(slope(StraightThrough, at), [0.0, 1.0, 1.0, 0.0]);
        let x = tape.var(tensor![0.0]);
        assert_eq!(Squareplus(4.0).apply(x).sum().backward().wrt(x), tensor![0.5]);
    }
}
