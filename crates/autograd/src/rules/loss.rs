//! Softmax cross-entropy from logits: one row of logits per example, classes along the last axis.
//!
//! With p = softmax(z) and target distribution t, the loss of a row is -Σ t_i ln p_i, and its derivative is p Σt - t,
//! which is bounded for all logits. A class with t_i = 0 contributes 0, even if ln p_i is -inf. Label smoothing s
//! mixes the target with the uniform distribution over c classes: t = (1 - s) onehot + s/c (Szegedy et al. 2016;
//! PyTorch's convention).

use super::linear::Linear;
use super::{Op, Unary};
use crate::rules::Element;
use crate::rules::array::Array;
use tensor::{Indices, Shape, Tensor};

/// The classes of the examples, and the label smoothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Targets {
    /// The class of each row.
    pub classes: Indices,
    /// Label smoothing s, with 0 <= s < 1.
    pub smoothing: f64,
}

impl Targets {
    /// Returns the target distribution of each row.
    pub(crate) fn distribution<T: Element>(&self, shape: &Shape) -> Tensor<T> {
        let c = shape[shape.rank() - 1];
        let uniform = T::from_f64(self.smoothing / c as f64);
        let hit = T::from_f64(1.0 - self.smoothing) + uniform;
        Tensor::build(shape, |out| {
            out.fill(uniform);
            for (row, &class) in out.chunks_exact_mut(c.max(1)).zip(self.classes.as_slice()) {
                row[class] = hit;
            }
        })
    }
}

/// The axis of the classes and the shape of the losses.
fn rows(shape: &Shape) -> (usize, Shape) {
    let last = shape.rank() - 1;
    (last, Shape::from(&shape[..last]))
}

/// (1 - s)(lse(z) - z_class) + s (lse(z) - mean(z)).
pub(crate) fn cross_entropy_value<T: Element>(t: &Targets, z: &Tensor<T>) -> Tensor<T> {
    let (last, shape) = rows(z.shape());
    let log_p = z.log_softmax(last as isize);
    let c = z.shape()[last];
    let (hit, uniform) = (T::from_f64(1.0 - t.smoothing), T::from_f64(t.smoothing / c as f64));
    let data = log_p.as_slice().unwrap_or(&[]);
    Tensor::build(shape, |out| {
        for ((o, row), &class) in out.iter_mut().zip(data.chunks_exact(c.max(1))).zip(t.classes.as_slice()) {
            *o = -(hit * row[class]);
            if t.smoothing != 0.0 {
                *o -= uniform * row.iter().copied().sum::<T>();
            }
        }
    })
}

/// softmax(z) - t.
fn weight<A: Array>(t: &Targets, z: &A) -> A {
    A::apply(Op::SoftmaxMinus, &[z, &z.constant(t.distribution(&z.shape()))])
}

pub(crate) fn cross_entropy_rule<'a, A: Array>(t: &Targets, z: &A) -> Linear<'a, A> {
    over_classes(weight(t, z))
}

/// The weighted sum over the classes of each row.
fn over_classes<'a, A: Array>(weights: A) -> Linear<'a, A> {
    let last = weights.shape().rank() - 1;
    Linear::Dot { weights, axes: [last].as_slice().into(), keep: false }
}

pub(crate) fn cross_entropy_soft_value<T: Element>(z: &Tensor<T>, t: &Tensor<T>) -> Tensor<T> {
    let last = z.rank() - 1;
    // A class with target 0 contributes 0, even if its logit is -inf.
    let terms = T::apply_binary(super::Binary::AbsentMul, t, &z.log_softmax(last as isize));
    T::apply_unary(Unary::Neg, &terms.sum_over(last as isize))
}

/// softmax(z) Σt - t for the logits, -ln softmax(z) for the targets.
pub(crate) fn cross_entropy_soft_rule<'a, A: Array>(k: usize, z: &A, t: &A) -> Linear<'a, A> {
    over_classes(if k == 0 {
        A::apply(Op::SoftmaxMinus, &[z, t])
    } else {
        A::apply(Op::LogSoftmax(z.shape().rank() - 1), &[z]).neg()
    })
}

/// softmax(z) Σt - t along the last axis. Each element is computed as p (Σt - t) - t (1 - p), with 1 - p the sum of the
/// other probabilities, since the plain difference cancels where p rounds to 1.
pub(crate) fn softmax_minus_value<T: Element>(z: &Tensor<T>, t: &Tensor<T>) -> Tensor<T> {
    let c = z.shape()[z.rank() - 1].max(1);
    let (y, t) = (z.softmax(-1), t.packed());
    let (y, t) = (y.as_slice().unwrap_or(&[]), t.as_slice().unwrap_or(&[]));
    Tensor::build(z.shape(), |out| {
        for ((out, y), t) in out.chunks_exact_mut(c).zip(y.chunks_exact(c)).zip(t.chunks_exact(c)) {
            let mut after = T::ZERO;
            for (out, &y) in out.iter_mut().zip(y).rev() {
                *out = after;
                after += y;
            }
            let total: T = t.iter().copied().sum();
            let mut before = T::ZERO;
            for ((out, &y), &t) in out.iter_mut().zip(y).zip(t) {
                *out = y * (total - t) - t * (before + *out);
                before += y;
            }
        }
    })
}

/// The derivative of [`softmax_minus_value`], with y = softmax(z): Σt (diag(y) - y yᵀ) with respect to the logits,
/// which is symmetric, and y 1ᵀ - 1 with respect to the targets.
pub(crate) fn softmax_minus_rule<'a, A: Array>(k: usize, z: &A, t: &A) -> Linear<'a, A> {
    let last = z.shape().rank() - 1;
    let y = A::apply(Op::Softmax(last), &[z]);
    let total = (k == 0).then(|| t.sum_kept(&[last]));
    Linear::SoftmaxMinus { axis: last, y, total }
}
