//! The arrays that tensor rules compute on: plain tensors, or recorded variables.

use crate::rules::Element;
use crate::rules::linear::{Direction, Linear, Weights};
use crate::rules::{Arrange, Binary, Bounds, CustomRule, Op, Unary};
use std::sync::Arc;
use tensor::{Axes, Number, Real, Reduction, Shape, Tensor};

/// How an adjoint is multiplied by a partial derivative.
///
/// By default the product is 0 if a factor is exactly 0, even for `0 * inf`, so values that do not contribute to the
/// output never produce NaN. A strict tape multiplies as IEEE 754 does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Product {
    pub(crate) strict: bool,
}

impl Product {
    /// The primitive that multiplies this way.
    pub(crate) fn op(self) -> Binary {
        if self.strict { Binary::Mul } else { Binary::AbsentMul }
    }

    /// The factor that makes a product 0. NaN equals nothing, so for a strict tape it turns the test off.
    #[inline]
    pub(crate) fn absent(self) -> f64 {
        if self.strict { f64::NAN } else { 0.0 }
    }
}

/// Returns g · d, or 0 if a factor equals `absent`.
#[inline(always)]
pub(crate) fn weigh<N: Number>(absent: f64, g: N, d: N) -> N {
    let (zero, absent) = (g.lit(0.0), g.lit(absent));
    let product = N::select(d.is_eq(absent), zero, g * d);
    N::select(g.is_eq(absent), zero, product)
}

/// An array that rules compute on: a plain tensor, or a tensor variable.
///
/// All computation goes through [`apply`](Array::apply); the other methods are written in terms of it. The default
/// implementations compose primitives; plain tensors override those that have a fused kernel.
pub(crate) trait Array: Clone {
    type T: Element;

    fn shape(&self) -> Shape;
    fn rank(&self) -> usize {
        self.shape().rank()
    }
    /// The value of a primitive on these operands.
    fn apply(op: Op<Self::T>, xs: &[&Self]) -> Self;
    /// A constant of the same kind: a tensor, or a constant on the tape of `self`.
    fn constant(&self, value: Tensor<Self::T>) -> Self;
    /// The value as a plain tensor.
    fn primal(&self) -> Tensor<Self::T>;

    /// Evaluates the weights of an elementwise primitive.
    fn weights(weights: &Weights<Self>) -> Self;
    /// Applies a linear map to an array. Arrays with one-pass kernels override this.
    #[track_caller]
    fn apply_map(map: &Linear<Self>, direction: Direction, p: Product, a: &Self) -> Self {
        map.apply_generic(direction, p, a)
    }
    /// The contributions of a custom operation to the adjoints of all its operands.
    fn custom_vjp(op: &Arc<dyn CustomRule<Self::T>>, g: &Self, xs: &[&Self], y: &Self) -> Vec<Self>;
    /// The tangent of a custom operation's value; `None` if the operation has no rule for arrays of this kind.
    fn custom_jvp(_: &Arc<dyn CustomRule<Self::T>>, _: &[&Self], _: &[Option<&Self>], _: &Self) -> Option<Self> {
        None
    }
    /// The partial derivative of a clamp along operand k of x, lo, hi.
    fn clamp_derivative(bounds: Bounds, k: usize, xs: [&Self; 3]) -> Self;
    /// `x / y`, and 0 where y is 0, with y the norm of x over `axes`, which it keeps with size 1.
    fn direction(x: &Self, y: &Self, axes: &[usize]) -> Self;

    fn unary(&self, op: Unary) -> Self {
        Self::apply(Op::Unary(op), &[self])
    }
    fn binary(&self, op: Binary, other: &Self) -> Self {
        Self::apply(Op::Binary(op), &[self, other])
    }
    fn add(&self, other: &Self) -> Self {
        self.binary(Binary::Add, other)
    }
    fn sub(&self, other: &Self) -> Self {
        self.binary(Binary::Sub, other)
    }
    fn mul(&self, other: &Self) -> Self {
        self.binary(Binary::Mul, other)
    }
    fn div(&self, other: &Self) -> Self {
        self.binary(Binary::Div, other)
    }
    fn neg(&self) -> Self {
        self.unary(Unary::Neg)
    }
    /// Multiplies by a constant: c x.
    fn scale(&self, c: f64) -> Self {
        self.mul(&self.constant(Tensor::scalar(Self::T::from_f64(c))))
    }
    /// Multiplies an adjoint by a weight.
    fn weigh(&self, p: Product, weight: &Self) -> Self {
        self.binary(p.op(), weight)
    }
    fn arrange(&self, a: Arrange) -> Self {
        Self::apply(Op::Arrange(a), &[self])
    }
    fn reshape(&self, shape: &Shape) -> Self {
        if self.shape() == *shape { self.clone() } else { self.arrange(Arrange::Reshape(shape.clone())) }
    }
    fn broadcast_to(&self, shape: &Shape) -> Self {
        if self.shape() == *shape { self.clone() } else { self.arrange(Arrange::BroadcastTo(shape.clone())) }
    }
    /// Broadcasts to the shape of `other`.
    fn broadcast_like(self, other: &Self) -> Self {
        self.broadcast_to(&other.shape())
    }
    /// Sums over the axes that were broadcast: the transpose of `broadcast_to`.
    fn sum_to(&self, shape: &Shape) -> Self {
        if self.shape() == *shape { self.clone() } else { self.arrange(Arrange::SumTo(shape.clone())) }
    }
    /// Brings a contribution to the shape of its operand: sums over axes that were broadcast, or broadcasts over axes
    /// that the rule omitted.
    fn fit(&self, shape: &Shape) -> Self {
        let own = self.shape();
        if Shape::broadcast(&own, shape).as_ref() == Some(shape) {
            self.broadcast_to(shape)
        } else {
            self.sum_to(shape)
        }
    }
    /// Multiplies by a factor and broadcasts to a shape.
    fn spread(&self, shape: &Shape, factor: f64) -> Self {
        if factor == 1.0 { self.broadcast_to(shape) } else { self.scale(factor).broadcast_to(shape) }
    }
    /// Swaps the last two axes.
    fn swap(&self) -> Self {
        let rank = self.rank();
        let mut axes: smallvec::SmallVec<[usize; 4]> = (0..rank).collect();
        axes.swap(rank - 1, rank - 2);
        self.arrange(Arrange::Permute(axes))
    }
    fn matmul(&self, other: &Self) -> Self {
        Self::apply(Op::MatMul, &[self, other])
    }
    /// Sums over axes, keeping them with size 1.
    fn sum_kept(&self, axes: &[usize]) -> Self {
        self.reduce(Reduction::Sum, axes, true)
    }
    fn reduce(&self, r: Reduction, axes: &[usize], keep: bool) -> Self {
        Self::apply(Op::Reduce(r, axes.into(), keep), &[self])
    }
    /// `self` where the mask is not 0, `other` elsewhere.
    fn where_(&self, mask: Tensor<Self::T>, other: &Self) -> Self {
        Self::apply(Op::Where(mask), &[self, other])
    }
    /// The constant 0.
    fn zero(&self) -> Self {
        self.constant(Tensor::scalar(Self::T::ZERO))
    }
}

/// The shape of a reduction that keeps the reduced axes with size 1.
pub(crate) fn kept_shape(shape: &Shape, axes: &[usize]) -> Shape {
    shape.iter().enumerate().map(|(i, &n)| if axes.contains(&i) { 1 } else { n }).collect()
}

/// Resolves a user's axes against a rank; also returns whether the reduced axes are kept.
#[track_caller]
pub(crate) fn resolve(axes: impl Into<Axes>, rank: usize, op: &str) -> (smallvec::SmallVec<[usize; 4]>, bool) {
    let axes = axes.into();
    (axes.resolve(rank, op), axes.keeps())
}

/// Resolves one axis of the user's against a rank. For a 0-d tensor the result is 0.
#[track_caller]
pub(crate) fn resolve_axis(axis: isize, rank: usize, op: &str) -> usize {
    Axes::resolve_one(axis, rank, op)
}
