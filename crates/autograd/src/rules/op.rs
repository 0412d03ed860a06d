//! The tensor primitives as one closed enum, with the value of each and its derivative with respect to each operand as
//! a linear map. Forward mode applies the map, reverse mode its transpose.

use super::linear::{Linear, Weights};
use super::{Arrange, Binary, Bounds, CustomRule, Targets, Unary};
use super::{determinant, join, loss, normalize, reduce, scan};
use crate::rules::Element;
use crate::rules::array::{Array, Product};
use smallvec::SmallVec;
use std::borrow::Cow;
use std::sync::Arc;
use tensor::functions::{Function3, apply3};
use tensor::{EinsumSpec, Reduction, Tensor};

/// A tensor primitive.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Op<T: Element> {
    /// An independent variable.
    Leaf,
    /// A constant, or a value computed from constants only.
    Const,
    /// An elementwise primitive of one argument.
    Unary(Unary),
    /// An elementwise primitive of two arguments, broadcasting.
    Binary(Binary),
    /// The first operand where the mask is not 0, the second elsewhere.
    Where(Tensor<T>),
    /// min(max(x, lo), hi), broadcasting.
    Clamp(Bounds),
    /// a b + c, broadcasting.
    MulAdd,
    /// A reduction over axes, kept with size 1 or dropped.
    Reduce(Reduction, SmallVec<[usize; 4]>, bool),
    /// The elements divided by their Euclidean norm over axes: the derivative of `norm`.
    Direction(SmallVec<[usize; 4]>),
    /// A linear rearrangement of the elements.
    Arrange(Arrange),
    /// The operands joined along an existing axis.
    Concat(usize),
    /// Scalars stacked to a vector.
    Stack,
    /// A scalar as a 0-d tensor.
    ToTensor,
    /// The recurrence y_i = a_i y_(i-1) + b_i along an axis.
    Scan {
        /// The axis that the recurrence runs along.
        axis: usize,
        /// Whether it runs from the end of the axis.
        reverse: bool,
    },
    /// Cumulative products along an axis.
    CumProd(usize),
    /// The matrix product, batched, broadcasting.
    MatMul,
    /// x W + b.
    Affine,
    /// Einstein summation of two operands.
    Einsum(EinsumSpec),
    /// The determinant of a nonsingular matrix.
    Det {
        /// Whether the value is the logarithm of the absolute determinant.
        log: bool,
    },
    /// The solution of a linear system: a⁻¹ b.
    Solve,
    /// Softmax along an axis.
    Softmax(usize),
    /// The logarithm of softmax along an axis.
    LogSoftmax(usize),
    /// Layer normalization over the last axis, with gain and bias.
    LayerNorm {
        /// The number added to the variance.
        eps: f64,
    },
    /// Softmax cross-entropy of each row of logits against a class.
    CrossEntropy(Targets),
    /// Softmax cross-entropy of each row of logits against a distribution.
    CrossEntropySoft,
    /// softmax(z) Σt - t along the last axis: the derivative of the cross-entropy of logits z for a distribution t.
    SoftmaxMinus,
    /// A custom operation.
    Custom(Arc<dyn CustomRule<T>>),
    /// The vjp of a custom operation, recorded as one operation: the contribution to operand `k`.
    CustomVjp(Arc<dyn CustomRule<T>>, usize),
}

impl<T: Element> Op<T> {
    /// The name of the method that records this primitive.
    pub fn name(&self) -> &str {
        match self {
            Op::Leaf => "var",
            Op::Const => "constant",
            Op::Unary(op) => op.name(),
            Op::Binary(op) => op.name(),
            Op::Where(_) => "where_",
            Op::Clamp(_) => "clamp",
            Op::MulAdd => "mul_add",
            Op::Reduce(r, ..) => r.name(),
            Op::Direction(_) => "direction",
            Op::Arrange(a) => a.name(),
            Op::Concat(_) => "concat",
            Op::Stack => "stack",
            Op::ToTensor => "to_tensor",
            Op::Scan { .. } => "linear_scan",
            Op::CumProd(_) => "cumprod",
            Op::MatMul => "matmul",
            Op::Affine => "linear",
            Op::Einsum(_) => "einsum",
            Op::Det { log: false } => "det",
            Op::Det { log: true } => "slogdet",
            Op::Solve => "solve",
            Op::Softmax(_) => "softmax",
            Op::LogSoftmax(_) => "log_softmax",
            Op::LayerNorm { .. } => "layer_norm",
            Op::CrossEntropy(_) | Op::CrossEntropySoft => "softmax_cross_entropy",
            Op::SoftmaxMinus => "softmax_minus",
            Op::Custom(op) | Op::CustomVjp(op, _) => op.name(),
        }
    }
}

/// Computes the value of a primitive.
#[track_caller]
pub(crate) fn value<T: Element>(op: &Op<T>, xs: &[&Tensor<T>]) -> Tensor<T> {
    match op {
        Op::Leaf | Op::Const | Op::ToTensor => xs[0].clone(),
        Op::Unary(op) => T::apply_unary(*op, xs[0]),
        Op::Binary(op) => T::apply_binary(*op, xs[0], xs[1]),
        Op::Where(mask) => apply3(Function3::Where, mask, xs[0], xs[1]),
        Op::Clamp(_) => apply3(Function3::Clamp, xs[0], xs[1], xs[2]),
        Op::MulAdd => apply3(Function3::MulAdd, xs[0], xs[1], xs[2]),
        Op::Reduce(r, axes, keep) => xs[0].reduce(*r, axes, *keep),
        Op::Direction(axes) => reduce::direction_value(xs[0], &xs[0].reduce(Reduction::Norm2, axes, true), axes),
        Op::Arrange(a) => a.value(xs[0]),
        Op::Concat(axis) => Tensor::concat(xs, *axis as isize),
        Op::Stack => join::stack_value(xs),
        Op::Scan { axis, reverse } => xs[0].linear_scan(xs[1], *axis as isize, *reverse),
        Op::CumProd(axis) => xs[0].cumprod(*axis as isize),
        Op::MatMul => xs[0].matmul(xs[1]),
        Op::Affine => xs[0].linear(xs[1], xs.get(2).copied()),
        Op::Einsum(spec) => spec.apply(xs[0], xs[1]),
        Op::Det { log: false } => Tensor::scalar(xs[0].det()),
        Op::Det { log: true } => Tensor::scalar(xs[0].slogdet().1),
        Op::Solve => xs[0].solve(xs[1]),
        Op::Softmax(axis) => xs[0].softmax(*axis as isize),
        Op::LogSoftmax(axis) => xs[0].log_softmax(*axis as isize),
        Op::LayerNorm { eps } => normalize::layer_norm(xs[0], xs[1], xs[2], *eps),
        Op::CrossEntropy(targets) => loss::cross_entropy_value(targets, xs[0]),
        Op::CrossEntropySoft => loss::cross_entropy_soft_value(xs[0], xs[1]),
        Op::SoftmaxMinus => loss::softmax_minus_value(xs[0], xs[1]),
        Op::Custom(op) => op.forward(xs),
        Op::CustomVjp(op, k) => op.vjp(xs[0], &xs[2..], xs[1]).swap_remove(*k),
    }
}

/// The derivative of a primitive with respect to operand `k`, as a linear map.
#[inline]
pub(crate) fn rule<'a, A: Array>(op: &'a Op<A::T>, k: usize, xs: &[&'a A], y: &'a A) -> Linear<'a, A> {
    let x = xs[0];
    match op {
        Op::Unary(Unary::Neg) => Linear::Minus,
        Op::Unary(op) => Linear::Scale(Weights::Unary(*op, x, y)),
        Op::Binary(op) => match (op, k) {
            (Binary::Add, _) | (Binary::Sub, 0) => Linear::Identity,
            (Binary::Sub, _) => Linear::Minus,
            _ => Linear::Scale(Weights::Binary(*op, k, x, xs[1])),
        },
        Op::Where(mask) => Linear::Mask(mask, k == 0),
        Op::Clamp(bounds) => Linear::Scale(Weights::Given(A::clamp_derivative(*bounds, k, [x, xs[1], xs[2]]))),
        Op::MulAdd if k < 2 => Linear::Scale(Weights::Given(xs[1 - k].clone())),
        Op::MulAdd => Linear::Identity,
        Op::Reduce(r, axes, keep) => reduce::rule(*r, axes, *keep, x, y),
        Op::Direction(axes) => Linear::Direction { axes, x, u: y },
        Op::Arrange(a) => Linear::Arrange(Cow::Borrowed(a), x.shape()),
        Op::Concat(axis) => Linear::Arrange(Cow::Owned(join::place(*axis, k, xs, y)), xs[k].shape()),
        Op::ToTensor => Linear::Identity,
        Op::Stack => Linear::Arrange(Cow::Owned(join::place_in_stack(k, y)), xs[k].shape()),
        Op::Scan { axis, reverse } => scan::rule(*axis, *reverse, k, x, y),
        Op::CumProd(axis) => scan::cumprod_rule(*axis, x, y),
        Op::MatMul | Op::Affine if k == 0 => Linear::Right(xs[1], x.rank()),
        Op::MatMul | Op::Affine if k == 1 => Linear::Left(x, xs[1].rank()),
        Op::MatMul | Op::Affine => Linear::Identity,
        Op::Einsum(spec) => Linear::Einsum { spec, place: k, other: xs[1 - k], shape: xs[k].shape() },
        Op::Det { log } => determinant::rule(*log, x, y),
        Op::Solve if k == 0 => Linear::Inverse { a: x, y },
        Op::Solve => Linear::Solve(x),
        Op::Softmax(axis) => Linear::Softmax(*axis, y),
        Op::LogSoftmax(axis) => Linear::LogSoftmax(*axis, y),
        Op::LayerNorm { eps } => match k {
            0 => Linear::LayerNorm { eps: *eps, x, gain: xs[1] },
            1 => Linear::Normalized { eps: *eps, x, gain: xs[1] },
            _ => Linear::Identity,
        },
        Op::CrossEntropy(targets) => loss::cross_entropy_rule(targets, x),
        Op::CrossEntropySoft => loss::cross_entropy_soft_rule(k, x, xs[1]),
        Op::SoftmaxMinus => loss::softmax_minus_rule(k, x, xs[1]),
        Op::Custom(op) => Linear::Custom { op, place: k, xs: SmallVec::from_slice(xs), y },
        Op::CustomVjp(op, _) => Linear::Unknown(op.name()),
        Op::Leaf | Op::Const => unreachable!("`{}` has no operand {k}", op.name()),
    }
}

/// Calls `give` with the contribution to the adjoint of each operand for which `wanted` returns `true`. A contribution
/// has the shape that the operand was broadcast to; [`Array::fit`] brings it to the operand's shape. `wanted` is
/// called right before each contribution is computed.
#[track_caller]
pub(crate) fn vjps<A: Array>(
    p: Product,
    op: &Op<A::T>,
    g: &A,
    xs: &[&A],
    y: &A,
    mut wanted: impl FnMut(usize) -> bool,
    mut give: impl FnMut(usize, A),
) {
    if let Op::Custom(op) = op {
        // The user's rule computes all contributions at once: called for one operand at a time, it would repeat that.
        for (k, contribution) in A::custom_vjp(op, g, xs, y).into_iter().enumerate() {
            if wanted(k) {
                give(k, contribution);
            }
        }
        return;
    }
    for k in 0..xs.len() {
        if wanted(k) {
            give(k, rule(op, k, xs, y).pull(p, g));
        }
    }
}

/// Computes the tangent of the value: the sum over the operands that have a tangent. `None` if no operand has one, or
/// if a custom operation has no rule for forward mode.
#[track_caller]
pub(crate) fn jvp<A: Array>(p: Product, op: &Op<A::T>, xs: &[&A], dxs: &[Option<&A>], y: &A) -> Option<A> {
    match op {
        Op::Leaf | Op::Const => None,
        Op::Custom(op) => A::custom_jvp(op, xs, dxs, y),
        // All tangents are joined at once; one at a time, each would be padded to the size of the result.
        Op::Concat(_) | Op::Stack => join::jvp(op, xs, dxs),
        // One recurrence for all operands, over the sum of their terms.
        Op::Scan { axis, reverse } => scan::jvp(p, *axis, *reverse, xs, dxs, y),
        _ => {
            let mut sum: Option<A> = None;
            for (k, dx) in dxs.iter().enumerate() {
                let Some(dx) = dx else { continue };
                let dy = rule(op, k, xs, y).push(p, dx).broadcast_like(y);
                sum = Some(match sum {
                    None => dy,
                    Some(sum) => sum.add(&dy),
                });
            }
            sum
        }
    }
}
