//! What tensor rules compute on: plain tensors, or recorded variables.

use crate::rules::Element;
use crate::rules::linear::{Direction, Linear, Weights};
use crate::rules::{Arrange, Binary, Bounds, CustomRule, Op, Unary};
use std::rc::Rc;
use tensor::{Axes, Number, Real, Reduction, Shape, Tensor};

/// How an adjoint meets a partial derivative.
///
/// By default a factor of exactly zero is absent (`0 * inf` is 0): what does not contribute to the output never turns
/// into NaN. A strict tape multiplies as IEEE 754 does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Product {
    pub(crate) strict: bool,
}

impl Product {
    /// The primitive that multiplies so.
    pub(crate) fn op(self) -> Binary {
        if self.strict { Binary::Mul } else { Binary::AbsentMul }
    }

    /// The number that counts as absent; NaN equals nothing, so it switches the test off.
    #[inline]
    pub(crate) fn absent(self) -> f64 {
        if self.strict { f64::NAN } else { 0.0 }
    }
}

/// g · d, where a factor equal to `absent` makes the product 0.
#[inline(always)]
pub(crate) fn weigh<N: Number>(absent: f64, g: N, d: N) -> N {
    let (zero, absent) = (g.lit(0.0), g.lit(absent));
    let product = N::select(d.is_eq(absent), zero, g * d);
    N::select(g.is_eq(absent), zero, product)
}

/// An array of numbers as the rules see it: a tensor, or a variable that stands for one.
///
/// [`apply`](Array::apply) is the one way to compute; everything else is spelled in terms of it. The methods with a
/// fused kernel for plain tensors are written out here once, in primitives, for the others.
pub(crate) trait Array: Clone {
    type T: Element;

    fn shape(&self) -> Shape;
    fn rank(&self) -> usize {
        self.shape().rank()
    }
    /// The value of a primitive on these operands.
    fn apply(op: Op<Self::T>, xs: &[&Self]) -> Self;
    /// A constant, living where `self` lives.
    fn constant(&self, value: Tensor<Self::T>) -> Self;
    /// The numbers themselves.
    fn primal(&self) -> Tensor<Self::T>;

    /// The weights that a rule of an elementwise primitive stands for.
    fn weights(weights: &Weights<Self>) -> Self;
    /// A linear map applied to an array. Arrays with kernels that do it in one pass override this.
    #[track_caller]
    fn apply_map(map: &Linear<Self>, direction: Direction, p: Product, a: &Self) -> Self {
        map.apply_generic(direction, p, a)
    }
    /// The contributions of a custom operation to the adjoints of all its operands.
    fn custom_vjp(op: &Rc<dyn CustomRule<Self::T>>, g: &Self, xs: &[&Self], y: &Self) -> Vec<Self>;
    /// The tangent of a custom operation's value; `None` without a rule that computes it on such arrays.
    fn custom_jvp(_: &Rc<dyn CustomRule<Self::T>>, _: &[&Self], _: &[Option<&Self>], _: &Self) -> Option<Self> {
        None
    }
    /// The partial derivative of a clamp along operand k of x, lo, hi.
    fn clamp_derivative(bounds: Bounds, k: usize, xs: [&Self; 3]) -> Self;
    /// The elements of `x` over their length `y` along axes kept with size 1, and 0 where that is 0.
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
    /// c x.
    fn scale(&self, c: f64) -> Self {
        self.mul(&self.constant(Tensor::scalar(Self::T::from_f64(c))))
    }
    /// An adjoint times a weight.
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
    /// Broadcast to the shape of `other`.
    fn broadcast_like(self, other: &Self) -> Self {
        self.broadcast_to(&other.shape())
    }
    /// Undoes a broadcast: sums over the axes that were broadcast.
    fn sum_to(&self, shape: &Shape) -> Self {
        if self.shape() == *shape { self.clone() } else { self.arrange(Arrange::SumTo(shape.clone())) }
    }
    /// A contribution in the shape of its operand: summed over what was broadcast, or broadcast over what the rule left
    /// out.
    fn fit(&self, shape: &Shape) -> Self {
        let own = self.shape();
        if Shape::broadcast(&own, shape).as_ref() == Some(shape) {
            self.broadcast_to(shape)
        } else {
            self.sum_to(shape)
        }
    }
    /// This times a factor, broadcast to a shape.
    fn spread(&self, shape: &Shape, factor: f64) -> Self {
        if factor == 1.0 { self.broadcast_to(shape) } else { self.scale(factor).broadcast_to(shape) }
    }
    /// The last two axes swapped.
    fn swap(&self) -> Self {
        let rank = self.rank();
        let mut axes: smallvec::SmallVec<[usize; 4]> = (0..rank).collect();
        axes.swap(rank - 1, rank - 2);
        self.arrange(Arrange::Permute(axes))
    }
    fn matmul(&self, other: &Self) -> Self {
        Self::apply(Op::MatMul, &[self, other])
    }
    /// The sum over axes, kept with size 1.
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

/// The shape of a reduction that keeps its axes.
pub(crate) fn kept_shape(shape: &Shape, axes: &[usize]) -> Shape {
    shape.iter().enumerate().map(|(i, &n)| if axes.contains(&i) { 1 } else { n }).collect()
}

/// Axes that a user named, resolved against a rank.
#[track_caller]
pub(crate) fn resolve(axes: impl Into<Axes>, rank: usize, op: &str) -> (smallvec::SmallVec<[usize; 4]>, bool) {
    let axes = axes.into();
    (axes.resolve(rank, op), axes.keeps())
}

/// One axis that a user named, resolved against a rank. Of a 0-d tensor it is 0.
#[track_caller]
pub(crate) fn resolve_axis(axis: isize, rank: usize, op: &str) -> usize {
    Axes::resolve_one(axis, rank, op)
}
