//! Derivatives as linear maps: what a rule returns for one operand.
//!
//! The derivative of y = f(x₁, ..., xₙ) with respect to xₖ is a linear map. `push` applies it (the jvp): it maps a
//! tangent of xₖ to a tangent of y. `pull` applies its transpose (the vjp): it maps the adjoint of y to a contribution
//! to the adjoint of xₖ. Forward mode, reverse mode, recorded gradients and printed derivations therefore follow from
//! one rule per operand, with `<v, push(u)> = <pull(v), u>` for all u and v.
//!
//! The caller handles broadcasting: a pulled contribution has the shape that the operand was broadcast to, and a pushed
//! tangent may have to be broadcast.

use super::determinant::solve;
use super::scan::{next, scan};
use super::{Arrange, Binary, CustomRule, Op, Unary, custom, normalize, product, reduce};
use crate::rules::array::{Array, Product, kept_shape};
use smallvec::SmallVec;
use std::borrow::Cow;
use std::sync::Arc;
use tensor::{EinsumSpec, Reduction, Shape, Tensor};

/// The derivative of a primitive with respect to one operand. It borrows the operands that it depends on.
#[derive(Clone)]
pub(crate) enum Linear<'a, A: Array> {
    /// dx.
    Identity,
    /// -dx.
    Minus,
    /// w dx, element by element.
    Scale(Weights<'a, A>),
    /// dx where the mask is nonzero (if `true`) or zero (if `false`), 0 elsewhere.
    Mask(&'a Tensor<A::T>, bool),
    /// c Σ dx over axes of an operand of this shape, kept or dropped.
    Sum { axes: &'a [usize], keep: bool, shape: Shape, factor: f64 },
    /// Σ w dx over axes, kept or dropped.
    Dot { weights: A, axes: SmallVec<[usize; 4]>, keep: bool },
    /// A dx, with the rank of dx.
    Left(&'a A, usize),
    /// dx B, with the rank of dx.
    Right(&'a A, usize),
    /// einsum(dx, other) if `place` is 0, einsum(other, dx) if it is 1; with the shape of dx.
    Einsum { spec: &'a EinsumSpec, place: usize, other: &'a A, shape: Shape },
    /// A rearrangement of the elements of dx, with the shape of dx.
    Arrange(Cow<'a, Arrange>, Shape),
    /// The recurrence y_i = a_i y_(i-1) + w_i dx_i along an axis; `None` for weights of 1.
    Scan { axis: usize, reverse: bool, a: &'a A, weights: Option<A> },
    /// A⁻¹ dx.
    Solve(&'a A),
    /// -A⁻¹ dx y: the derivative of y = A⁻¹ b with respect to A.
    Inverse { a: &'a A, y: &'a A },
    /// diag(y) - y yᵀ along an axis; symmetric.
    Softmax(usize, &'a A),
    /// 1 - 1 softmaxᵀ along an axis, given the logarithm of softmax.
    LogSoftmax(usize, &'a A),
    /// Σt (diag(y) - y yᵀ) along an axis, symmetric, if `total` (Σt) is given; y 1ᵀ - 1 otherwise.
    SoftmaxMinus { axis: usize, y: A, total: Option<A> },
    /// (1 - u uᵀ) / |x| over axes, with u = x / |x|; symmetric.
    Direction { axes: &'a [usize], x: &'a A, u: &'a A },
    /// The Jacobian of the normalized rows of x, times the gain.
    LayerNorm { eps: f64, x: &'a A, gain: &'a A },
    /// Elementwise multiplication by the normalized rows of x: the derivative with respect to the gain.
    Normalized { eps: f64, x: &'a A, gain: &'a A },
    /// The derivative of a custom operation with respect to operand `place`.
    Custom { op: &'a Arc<dyn CustomRule<A::T>>, place: usize, xs: SmallVec<[&'a A; 3]>, y: &'a A },
    /// The derivative of the vjp of a custom operation without `vjp_recorded`: not available.
    Unknown(&'a str),
}

/// The weights of an elementwise primitive: computed already, or as the rule that computes them, so that a kernel can
/// compute the weight and the product in one pass.
#[derive(Clone)]
pub(crate) enum Weights<'a, A> {
    Given(A),
    /// f'(x), with y = f(x).
    Unary(Unary, &'a A, &'a A),
    /// The partial derivative of f with respect to operand k, at (a, b).
    Binary(Binary, usize, &'a A, &'a A),
}

/// The direction in which a map is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Push,
    Pull,
}

impl<A: Array> Linear<'_, A> {
    /// Applies the map to a tangent.
    #[track_caller]
    pub(crate) fn push(&self, p: Product, dx: &A) -> A {
        A::apply_map(self, Direction::Push, p, dx)
    }

    /// Applies the transpose of the map to an adjoint.
    #[track_caller]
    pub(crate) fn pull(&self, p: Product, g: &A) -> A {
        A::apply_map(self, Direction::Pull, p, g)
    }

    /// Applies the map as a composition of primitives.
    #[track_caller]
    pub(crate) fn apply_generic(&self, direction: Direction, p: Product, a: &A) -> A {
        match direction {
            Direction::Push => self.push_generic(p, a),
            Direction::Pull => self.pull_generic(p, a),
        }
    }

    #[track_caller]
    fn push_generic(&self, p: Product, dx: &A) -> A {
        match self {
            Linear::Sum { axes, keep, factor, .. } => dx.reduce(Reduction::Sum, axes, *keep).scale(*factor),
            Linear::Dot { weights, axes, keep } => dx.weigh(p, weights).reduce(Reduction::Sum, axes, *keep),
            Linear::Left(a, _) => a.matmul(dx),
            Linear::Right(b, _) => dx.matmul(b),
            Linear::Einsum { spec, place, other, .. } => {
                A::apply(Op::Einsum((*spec).clone()), &if *place == 0 { [dx, other] } else { [other, dx] })
            }
            Linear::Arrange(a, _) => dx.arrange((**a).clone()),
            Linear::Scan { axis, reverse, a, weights: None } => scan(a, dx, *axis, *reverse),
            Linear::Scan { axis, reverse, a, weights: Some(w) } => scan(a, &dx.weigh(p, w), *axis, *reverse),
            Linear::Solve(a) => solve(a, dx),
            Linear::Inverse { a, y } => solve(a, &dx.matmul(y).neg()),
            Linear::LogSoftmax(axis, y) => dx.sub(&dx.weigh(p, &y.unary(Unary::Exp)).sum_kept(&[*axis])),
            Linear::SoftmaxMinus { axis, y, total: None } => dx.sum_kept(&[*axis]).weigh(p, y).sub(dx),
            Linear::LayerNorm { eps, x, gain } => {
                let (hat, r) = normalize::hat_and_scale(*x, *eps);
                normalize::project(p, dx, &hat, &r).weigh(p, gain)
            }
            Linear::Custom { op, place, xs, y } => {
                let mut dxs: SmallVec<[Option<&A>; 3]> = SmallVec::from_elem(None, xs.len());
                dxs[*place] = Some(dx);
                A::custom_jvp(op, xs, &dxs, y).unwrap_or_else(|| custom::no_forward_mode(op.name()))
            }
            Linear::Unknown(op) => {
                panic!("forward mode through the gradient of `{op}` needs its vjp on variables, `vjp_recorded`")
            }
            symmetric => symmetric.both(p, dx),
        }
    }

    #[track_caller]
    fn pull_generic(&self, p: Product, g: &A) -> A {
        match self {
            Linear::Sum { keep: true, shape, factor, .. } => g.spread(shape, *factor),
            Linear::Sum { axes, shape, factor, .. } => g.reshape(&kept_shape(shape, axes)).spread(shape, *factor),
            Linear::Dot { weights, keep: true, .. } => g.weigh(p, weights),
            Linear::Dot { weights, axes, .. } => g.reshape(&kept_shape(&weights.shape(), axes)).weigh(p, weights),
            Linear::Left(a, rank) => product::pull_left(g, a, *rank),
            Linear::Right(b, rank) => product::pull_right(g, b, *rank),
            Linear::Einsum { spec, place, other, shape } => product::pull_einsum(spec, *place, g, other, shape),
            Linear::Arrange(a, shape) => g.arrange(a.transpose(shape)),
            Linear::Scan { axis, reverse, a, weights } => {
                let s = scan(&next(*a, *axis, *reverse), g, *axis, !reverse);
                if let Some(w) = weights { s.weigh(p, w) } else { s }
            }
            Linear::Solve(a) => solve(&a.swap(), g),
            Linear::Inverse { a, y } => solve(&a.swap(), g).neg().matmul(&y.swap()),
            Linear::LogSoftmax(axis, y) => g.sub(&g.sum_kept(&[*axis]).weigh(p, &y.unary(Unary::Exp))),
            Linear::SoftmaxMinus { axis, y, total: None } => g.weigh(p, y).sum_kept(&[*axis]).sub(g),
            Linear::LayerNorm { eps, x, gain } => {
                let (hat, r) = normalize::hat_and_scale(*x, *eps);
                normalize::project(p, &g.weigh(p, gain), &hat, &r)
            }
            Linear::Custom { op, place, xs, y } => A::custom_vjp(op, g, xs, y).swap_remove(*place),
            Linear::Unknown(op) => panic!(
                "`{op}` is differentiated twice, but its vjp takes plain tensors only; implement `vjp_recorded`, \
                 the vjp on variables, for derivatives of any order"
            ),
            symmetric => symmetric.both(p, g),
        }
    }

    /// Applies a symmetric map, whose two directions are the same.
    fn both(&self, p: Product, a: &A) -> A {
        match self {
            Linear::Identity => a.clone(),
            Linear::Minus => a.neg(),
            Linear::Scale(Weights::Given(w)) => a.weigh(p, w),
            Linear::Scale(rule) => a.weigh(p, &A::weights(rule)),
            Linear::Mask(mask, true) => a.where_((*mask).clone(), &a.zero()),
            Linear::Mask(mask, false) => a.zero().where_((*mask).clone(), a),
            Linear::Softmax(axis, y) => normalize::softmax(p, *axis, a, y),
            Linear::SoftmaxMinus { axis, y, total: Some(total) } => {
                Linear::Softmax(*axis, y).pull(p, &a.weigh(p, total))
            }
            Linear::Direction { axes, x, u } => reduce::direction_map(p, axes, a, *x, *u),
            Linear::Normalized { eps, x, .. } => a.weigh(p, &normalize::hat_and_scale(*x, *eps).0),
            _ => unreachable!("the other maps are not symmetric"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::Slice;

    fn wave(shape: &[usize], step: f64) -> Tensor<f64> {
        let mut i = 0.0;
        Tensor::from_fn(shape, |_| {
            i += 1.0;
            f64::sin(i * step)
        })
    }

    fn dot(a: &Tensor<f64>, b: &Tensor<f64>) -> f64 {
        assert_eq!(a.shape(), b.shape());
        a.mul(b).sum()
    }

    /// a b, element by element.
    #[derive(Debug)]
    struct Times;

    impl CustomRule<f64> for Times {
        fn name(&self) -> &str {
            "times"
        }
        fn forward(&self, x: &[&Tensor<f64>]) -> Tensor<f64> {
            x[0] * x[1]
        }
        fn vjp(&self, g: &Tensor<f64>, x: &[&Tensor<f64>], _: &Tensor<f64>) -> Vec<Tensor<f64>> {
            vec![g * x[1], g * x[0]]
        }
        fn jvp(&self, x: &[&Tensor<f64>], dx: &[Option<&Tensor<f64>>], _: &Tensor<f64>) -> Option<Tensor<f64>> {
            let terms = [dx[0].map(|da| da * x[1]), dx[1].map(|db| x[0] * db)];
            terms.into_iter().flatten().reduce(|a, b| a + b)
        }
        fn as_any(&self) -> &dyn std::any::Any {
            self
        }
    }

    /// <v, push(u)> = <pull(v), u> for every variant, in the kernels and in the generic code.
    #[test]
    fn pull_is_the_transpose_of_push() {
        let (x, y, row) = (wave(&[3, 4], 0.7), wave(&[3, 4], 1.3).softmax(1), wave(&[4], 0.4));
        let (log, mask) = (y.log_softmax(1), wave(&[3, 4], 2.0).unary(Unary::Relu));
        let (tall, vector) = (wave(&[3, 4], 0.2), wave(&[4], 1.9));
        // A matrix of waves alone has rank 2.
        let square = Array::add(&wave(&[4, 4], 0.9), &Tensor::eye(4).scale(3.0));
        let norm = x.reduce(Reduction::Norm2, &[1], true);
        let unit = x.div(&norm);
        let solution = square.solve(&tall.transpose());
        let times: Arc<dyn CustomRule<f64>> = Arc::new(Times);
        let custom = |place| Linear::Custom { op: &times, place, xs: SmallVec::from_slice(&[&x, &tall]), y: &y };
        let spec = EinsumSpec::parse("ij,jk->ki");
        let slices = SmallVec::from_slice(&[Slice::from(1..3)]);
        let arrange = |a: Arrange| Linear::Arrange(Cow::Owned(a), x.shape().clone());
        // Each map with the shape of its operand.
        let maps: Vec<(Linear<Tensor<f64>>, &[usize])> = vec![
            (Linear::Identity, &[3, 4]),
            (Linear::Minus, &[3, 4]),
            (Linear::Scale(Weights::Unary(Unary::Sin, &x, &y)), &[3, 4]),
            (Linear::Scale(Weights::Unary(Unary::Erf, &x, &y)), &[3, 4]),
            (Linear::Scale(Weights::Binary(Binary::Mul, 0, &x, &y)), &[3, 4]),
            (Linear::Scale(Weights::Binary(Binary::Hypot, 1, &x, &y)), &[3, 4]),
            (Linear::Scale(Weights::Given(y.clone())), &[3, 4]),
            (Linear::Mask(&mask, true), &[3, 4]),
            (Linear::Mask(&mask, false), &[3, 4]),
            (Linear::Sum { axes: &[1], keep: false, shape: x.shape().clone(), factor: 0.25 }, &[3, 4]),
            (Linear::Sum { axes: &[0], keep: true, shape: x.shape().clone(), factor: 1.0 }, &[3, 4]),
            (Linear::Dot { weights: y.clone(), axes: SmallVec::from_slice(&[0]), keep: true }, &[3, 4]),
            (Linear::Dot { weights: y.clone(), axes: SmallVec::from_slice(&[0, 1]), keep: false }, &[3, 4]),
            (Linear::Right(&square, 2), &[3, 4]),
            (Linear::Right(&square, 1), &[4]),
            (Linear::Right(&vector, 2), &[3, 4]),
            (Linear::Left(&square, 2), &[4, 3]),
            (Linear::Left(&square, 1), &[4]),
            (Linear::Left(&vector, 2), &[4, 3]),
            (Linear::Einsum { spec: &spec, place: 0, other: &square, shape: x.shape().clone() }, &[3, 4]),
            (Linear::Einsum { spec: &spec, place: 1, other: &x, shape: square.shape().clone() }, &[4, 4]),
            (arrange(Arrange::Flip(SmallVec::from_slice(&[1]))), &[3, 4]),
            (arrange(Arrange::Slice(slices)), &[3, 4]),
            (arrange(Arrange::CumSum(1, false)), &[3, 4]),
            (Linear::Scan { axis: 1, reverse: false, a: &x, weights: Some(y.clone()) }, &[3, 4]),
            (Linear::Scan { axis: 0, reverse: true, a: &x, weights: None }, &[3, 4]),
            (Linear::Solve(&square), &[4, 3]),
            (Linear::Inverse { a: &square, y: &solution }, &[4, 4]),
            (Linear::Softmax(1, &y), &[3, 4]),
            (Linear::Softmax(0, &y), &[3, 4]),
            (Linear::LogSoftmax(1, &log), &[3, 4]),
            (Linear::SoftmaxMinus { axis: 1, y: y.clone(), total: None }, &[3, 4]),
            (Linear::SoftmaxMinus { axis: 1, y: y.clone(), total: Some(wave(&[3, 1], 0.8)) }, &[3, 4]),
            (Linear::Direction { axes: &[1], x: &x, u: &unit }, &[3, 4]),
            (Linear::LayerNorm { eps: 1e-3, x: &x, gain: &row }, &[3, 4]),
            (custom(0), &[3, 4]),
            (custom(1), &[3, 4]),
        ];
        for (i, (map, shape)) in maps.iter().enumerate() {
            for p in [Product { strict: false }, Product { strict: true }] {
                let u = wave(shape, 0.31);
                let dy = map.push(p, &u);
                let v = wave(dy.shape(), 0.57);
                let identity = dot(&v, &dy);
                for (path, got) in [
                    ("push, generic", dot(&v, &map.push_generic(p, &u))),
                    ("pull", dot(&map.pull(p, &v), &u)),
                    ("pull, generic", dot(&map.pull_generic(p, &v), &u)),
                ] {
                    assert!(
                        (got - identity).abs() < 1e-13 * (1.0 + identity.abs()),
                        "map {i}, {path}: {got} {identity}"
                    );
                }
            }
        }
    }

    /// The gain of a layer normalization has one element per column: the kernel sums the contribution over the rows,
    /// the generic rule leaves that to the caller.
    #[test]
    fn the_gain_of_a_layer_normalization() {
        let (x, gain, u, v) = (wave(&[3, 4], 0.7), wave(&[4], 0.4), wave(&[4], 0.31), wave(&[3, 4], 0.57));
        let map = Linear::Normalized { eps: 1e-3, x: &x, gain: &gain };
        for p in [Product { strict: false }, Product { strict: true }] {
            let identity = dot(&v, &map.push(p, &u));
            let pulled = [map.pull(p, &v), map.pull_generic(p, &v)].map(|g| dot(&g.sum_to(gain.shape()), &u));
            assert!(pulled.iter().all(|got| (got - identity).abs() < 1e-13), "{pulled:?} {identity}");
        }
    }

    #[test]
    #[should_panic(expected = "`cube` is differentiated twice")]
    fn second_order_without_a_rule_on_variables() {
        Linear::Unknown("cube").pull(Product { strict: false }, &wave(&[2], 1.0));
    }
}
