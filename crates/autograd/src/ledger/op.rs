//! The tensor primitives as one closed enum, and the three questions put to it: value, vjp, jvp.

use super::{Arrange, Binary, Bounds, Targets, Unary};
use super::{determinant, join, loss, normalise, normalise_rows, product, reduce, scan, select};
use crate::algebra::{Array, Product};
use crate::custom::CustomOp;
use crate::value::Scalar;
use smallvec::SmallVec;
use std::rc::Rc;
use tensor::{EinsumSpec, Reduction, Tensor};

/// A tensor primitive.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Op<T: Scalar> {
    /// An independent variable.
    Leaf,
    /// A constant, or anything computed from constants alone.
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
    /// A reduction over axes, kept as extents of 1 or dropped.
    Reduce(Reduction, SmallVec<[usize; 4]>, bool),
    /// The elements over their length along axes: the derivative of `norm`.
    Direction(SmallVec<[usize; 4]>),
    /// A linear rearrangement of the elements.
    Arrange(Arrange),
    /// The operands one after the other along an axis.
    Concat(usize),
    /// Scalars as the elements of a vector, or one scalar as a 0-d tensor.
    Stack {
        /// Whether the result is 0-d.
        lift: bool,
    },
    /// y_i = a_i y_(i-1) + b_i along an axis, or backwards.
    Scan {
        /// The axis the recurrence runs along.
        axis: usize,
        /// Whether it runs from the end.
        reverse: bool,
    },
    /// Cumulative products along an axis.
    CumProd(usize),
    /// The matrix product, batched, broadcasting.
    MatMul,
    /// x W + b.
    Affine,
    /// Einstein's summation of two operands.
    Einsum(EinsumSpec),
    /// The determinant of a regular matrix.
    Det {
        /// Whether it is the logarithm of the absolute value.
        log: bool,
    },
    /// The solution of a linear system: a⁻¹ b.
    Solve,
    /// Softmax along an axis.
    Softmax(usize),
    /// The logarithm of softmax along an axis.
    LogSoftmax(usize),
    /// Layer normalisation over the last axis, with gain and bias.
    LayerNorm {
        /// Added to the variance.
        eps: f64,
    },
    /// Softmax cross-entropy of each row of logits against a class.
    CrossEntropy(Targets),
    /// Softmax cross-entropy of each row of logits against a distribution.
    CrossEntropySoft,
    /// softmax(z) Σt - t along the last axis: the derivative of the cross-entropy of logits z for a distribution t.
    SoftmaxMinus,
    /// A user's own operation.
    Custom(Rc<dyn CustomOp<T>>),
    /// The first-order rule of a user's own operation, recorded: operand `k`'s share of the gradient.
    CustomVjp(Rc<dyn CustomOp<T>>, usize),
}

impl<T: Scalar> Op<T> {
    /// The name of the method that records it.
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
            Op::Stack { .. } => "stack",
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

/// The value of a primitive.
#[track_caller]
pub(crate) fn value<T: Scalar>(op: &Op<T>, xs: &[&Tensor<T>]) -> Tensor<T> {
    match op {
        Op::Leaf | Op::Const => xs[0].clone(),
        Op::Unary(op) => T::apply_unary(*op, xs[0]),
        Op::Binary(op) => T::apply_binary(*op, xs[0], xs[1]),
        Op::Where(mask) => select::where_value(mask, xs[0], xs[1]),
        Op::Clamp(_) => select::clamp_value(xs[0], xs[1], xs[2]),
        Op::MulAdd => select::mul_add_value(xs[0], xs[1], xs[2]),
        Op::Reduce(r, axes, keep) => xs[0].reduce(*r, axes, *keep),
        Op::Direction(axes) => reduce::direction_value(xs[0], &xs[0].reduce(Reduction::Norm2, axes, true), axes),
        Op::Arrange(a) => a.value(xs[0]),
        Op::Concat(axis) => Tensor::concat(xs, *axis as isize),
        Op::Stack { lift } => join::stack_value(xs, *lift),
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
        Op::LayerNorm { eps } => normalise_rows::layer_norm_value(xs[0], xs[1], xs[2], *eps),
        Op::CrossEntropy(targets) => loss::cross_entropy_value(targets, xs[0]),
        Op::CrossEntropySoft => loss::cross_entropy_soft_value(xs[0], xs[1]),
        Op::SoftmaxMinus => loss::softmax_minus_value(xs[0], xs[1]),
        Op::Custom(op) => op.forward(xs),
        Op::CustomVjp(op, k) => op.vjp(xs[0], &xs[2..], xs[1]).swap_remove(*k),
    }
}

/// Operand `k`'s share of the gradient: g · ∂y/∂x_k, in the shape that broadcasting gave the operand. The caller sums it
/// back to the operand's own shape: broadcasting is undone in one place, on the edge.
#[track_caller]
pub(crate) fn vjp<A: Array>(p: Product, op: &Op<A::T>, k: usize, g: &A, xs: &[&A], y: &A) -> A {
    match op {
        Op::Leaf | Op::Const => unreachable!("a leaf has no operands"),
        Op::Unary(op) => A::unary_slope(p, *op, g, xs[0], y),
        Op::Binary(op) => A::binary_slope(p, *op, k, g, xs[0], xs[1]),
        Op::Where(mask) => select::where_vjp(mask, k, g),
        Op::Clamp(bounds) => g.weigh(p, &A::clamp_slope(*bounds, k, [xs[0], xs[1], xs[2]])),
        Op::MulAdd => select::mul_add_slope(p, k, g, xs),
        Op::Reduce(r, axes, keep) => reduce::vjp(p, *r, axes, *keep, g, xs[0], y),
        Op::Direction(axes) => reduce::direction_slope(p, axes, g, xs[0], y),
        Op::Arrange(a) => g.arrange(a.transpose(&xs[0].shape())),
        Op::Concat(axis) => join::concat_vjp(*axis, k, g, xs),
        Op::Stack { lift } => join::stack_vjp(*lift, k, g),
        Op::Scan { axis, reverse } => scan::vjp(p, *axis, *reverse, k, g, xs, y),
        Op::CumProd(axis) => scan::cumprod_vjp(p, *axis, g, xs[0], y),
        Op::MatMul => product::matmul_vjp(k, g, xs[0], xs[1]),
        Op::Affine => product::affine_vjp(k, g, xs),
        Op::Einsum(spec) => product::einsum_vjp(spec, k, g, xs[0], xs[1]),
        Op::Det { log } => determinant::vjp(p, *log, g, xs[0], y),
        Op::Solve => determinant::solve_vjp(k, g, xs[0], y),
        Op::Softmax(axis) => A::softmax_slope(p, *axis, g, y),
        Op::LogSoftmax(axis) => normalise::log_softmax_vjp(p, *axis, g, y),
        Op::LayerNorm { eps } => A::layer_norm_vjp(p, *eps, k, g, xs),
        Op::CrossEntropy(targets) => loss::cross_entropy_vjp(p, targets, g, xs[0]),
        Op::CrossEntropySoft => loss::cross_entropy_soft_vjp(p, k, g, xs[0], xs[1]),
        Op::SoftmaxMinus => loss::softmax_minus_vjp(p, k, g, xs[0], xs[1]),
        Op::Custom(_) => unreachable!("the sweeps call a custom operation once, for all its operands"),
        Op::CustomVjp(op, _) => panic!(
            "the derivative of `{}` was asked for twice, but its vjp is a rule on plain tensors; \
             give it `vjp_recorded`, written on variables, and any order follows",
            op.name()
        ),
    }
}

/// The tangent of the value: the sum of ∂y/∂x_k · dx_k over the operands that have one.
#[track_caller]
pub(crate) fn jvp<A: Array>(p: Product, op: &Op<A::T>, xs: &[&A], dxs: &[Option<&A>], y: &A) -> Option<A> {
    let each = |slope: &dyn Fn(usize, &A) -> A| -> Option<A> {
        dxs.iter().enumerate().filter_map(|(k, dx)| dx.map(|dx| slope(k, dx))).reduce(|a, b| a.add(&b))
    };
    let full = |a: A| if a.shape() == y.shape() { a } else { a.broadcast_to(&y.shape()) };
    let first = dxs.first().copied().flatten();
    match op {
        Op::Leaf | Op::Const => None,
        Op::Unary(op) => Some(A::unary_slope(p, *op, first?, xs[0], y)),
        Op::Binary(op) => each(&|k, dx| full(A::binary_slope(p, *op, k, dx, xs[0], xs[1]))),
        Op::Where(mask) => each(&|k, dx| full(select::where_vjp(mask, k, dx))),
        Op::Clamp(bounds) => each(&|k, dx| full(dx.weigh(p, &A::clamp_slope(*bounds, k, [xs[0], xs[1], xs[2]])))),
        Op::MulAdd => each(&|k, dx| full(select::mul_add_slope(p, k, dx, xs))),
        Op::Reduce(r, axes, keep) => Some(reduce::jvp(p, *r, axes, *keep, first?, xs[0], y)),
        Op::Direction(axes) => Some(reduce::direction_slope(p, axes, first?, xs[0], y)),
        Op::Arrange(a) => Some(first?.arrange(a.clone())),
        Op::Concat(_) | Op::Stack { .. } => join::jvp(op, xs, dxs),
        Op::Scan { axis, reverse } => scan::jvp(p, *axis, *reverse, xs, dxs, y),
        Op::CumProd(axis) => Some(scan::cumprod_jvp(p, *axis, first?, xs[0], y)),
        Op::MatMul | Op::Einsum(_) => each(&|k, dx| product::bilinear_jvp(op, k, dx, xs)),
        Op::Affine => each(&|k, dx| full(product::affine_jvp(k, dx, xs))),
        Op::Det { log } => Some(determinant::jvp(p, *log, first?, xs[0], y)),
        Op::Solve => each(&|k, dx| determinant::solve_jvp(k, dx, xs[0], y)),
        Op::Softmax(axis) => Some(A::softmax_slope(p, *axis, first?, y)),
        Op::LogSoftmax(axis) => Some(normalise::log_softmax_jvp(p, *axis, first?, y)),
        Op::LayerNorm { eps } => each(&|k, dx| full(normalise::layer_norm_jvp(p, *eps, k, dx, xs))),
        Op::CrossEntropy(targets) => Some(loss::cross_entropy_jvp(p, targets, first?, xs[0])),
        Op::CrossEntropySoft => each(&|k, dx| loss::cross_entropy_soft_jvp(p, k, dx, xs[0], xs[1])),
        Op::SoftmaxMinus => each(&|k, dx| loss::softmax_minus_jvp(p, k, dx, xs[0], xs[1])),
        Op::Custom(_) => unreachable!("the forward sweep calls a custom operation itself"),
        Op::CustomVjp(op, _) => panic!(
            "forward mode through the gradient of `{}` needs its `vjp_recorded`, written on variables",
            op.name()
        ),
    }
}
