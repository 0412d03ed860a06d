//! The rules of softmax, log-softmax and layer normalization. Each derivative is a projection per row.

use super::Unary;
use crate::rules::Element;
use crate::rules::array::{Array, Product};
use tensor::elementwise::joint;
use tensor::{Real, Reduction, Tensor};

/// Applies the Jacobian of softmax, diag(y) - y yᵀ, which is symmetric: y (g - <y, g>).
pub(crate) fn softmax<A: Array>(p: Product, axis: usize, g: &A, y: &A) -> A {
    let along = g.weigh(p, y).sum_kept(&[axis]);
    g.sub(&along).weigh(p, y)
}

/// gain (x - mean) / √(var + eps) + bias over the last axis (Ba, Kiros, Hinton 2016).
#[track_caller]
pub(crate) fn layer_norm<T: Element>(x: &Tensor<T>, gain: &Tensor<T>, bias: &Tensor<T>, eps: f64) -> Tensor<T> {
    joint("layer_norm", x.shape(), gain.shape());
    joint("layer_norm", x.shape(), bias.shape());
    x.layer_norm(eps) * gain + bias
}

/// The normalized rows x̂ and their scale r = 1 / √(var + eps).
pub(crate) fn hat_and_scale<A: Array>(x: &A, eps: f64) -> (A, A) {
    let last = [x.shape().rank() - 1];
    let centered = x.sub(&finite_or_nan(&x.reduce(Reduction::Mean, &last, true)));
    let variance = centered.unary(Unary::Square).reduce(Reduction::Mean, &last, true);
    let eps = x.constant(Tensor::scalar(tensor::Real::from_f64(eps)));
    let r = variance.add(&eps).unary(Unary::Rsqrt);
    (centered.mul(&r), r)
}

/// The means, replaced by NaN with NaN tangents where they are not finite. Without this, a tangent that shifts a whole
/// row would come out as 0: it changes the mean alone, and 0 times the NaNs of the row counts as 0.
fn finite_or_nan<A: Array>(mean: &A) -> A {
    let at = mean.primal();
    if at.is_finite() {
        return mean.clone();
    }
    let finite = (&at * A::T::ZERO).equals(A::T::ZERO);
    let nan = mean.add(&mean.constant(Tensor::scalar(A::T::NAN)));
    mean.add(&mean.zero().where_(finite, &nan).unary(Unary::Flat))
}

/// Applies the Jacobian of the normalization, which is symmetric: r (u - mean(u) - x̂ mean(x̂ u)).
pub(crate) fn project<A: Array>(p: Product, u: &A, hat: &A, r: &A) -> A {
    let last = [hat.shape().rank() - 1];
    let mean = |a: &A| a.reduce(Reduction::Mean, &last, true);
    let inner = u.sub(&mean(u)).sub(&mean(&u.weigh(p, hat)).weigh(p, hat));
    inner.weigh(p, r)
}
