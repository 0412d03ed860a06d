//! The rules applied to plain tensors: one fused, vectorized kernel per primitive and direction.
//!
//! [`Element`] is where generic code becomes machine code: it is implemented for `f32` and for `f64`, so the kernels and
//! sweeps are compiled once, in this crate, and not again in every program that uses them.

use crate::fast::normalize_rows;
use crate::rules::Element;
use crate::rules::array::{Array, Product, weigh};
use crate::rules::binary::{BinaryRule, BinaryVisitor};
use crate::rules::linear::{Direction, Linear, Weights};
use crate::rules::unary::{UnaryRule, UnaryVisitor};
use crate::rules::{self, Binary, Bounds, CustomRule, Op, Unary};
use std::sync::Arc;
use tensor::elementwise::{each1, each2, each3, map3};
use tensor::functions::{apply1, apply2};
use tensor::{Map3, Number, Shape, Tensor};

/// g · f'(x): dead inputs (x where the rule needs only y, or the reverse) cost nothing once compiled.
#[derive(Clone, Copy)]
struct WeighedDerivative<R> {
    rule: R,
    absent: f64,
}
impl<R: UnaryRule> Map3 for WeighedDerivative<R> {
    const SIMD512: bool = R::SIMD512;
    #[inline(always)]
    fn call<N: Number>(&self, g: N, x: N, y: N) -> N {
        weigh(self.absent, g, self.rule.derivative(x, y))
    }
}

/// g · ∂f/∂a or g · ∂f/∂b.
#[derive(Clone, Copy)]
struct Partial<R, const K: usize> {
    #[allow(dead_code)]
    rule: R,
    absent: f64,
}
impl<R: BinaryRule, const K: usize> Map3 for Partial<R, K> {
    #[inline(always)]
    fn call<N: Number>(&self, g: N, a: N, b: N) -> N {
        weigh(self.absent, g, if K == 0 { R::wrt_a(a, b) } else { R::wrt_b(a, b) })
    }
}

/// f(x) for each element.
#[track_caller]
fn unary_kernel<T: Element>(op: Unary, x: &Tensor<T>) -> Tensor<T> {
    match op.vectorized() {
        Some(f) => apply1(f, x),
        None => each1(&|x| op.value(x), x),
    }
}

/// f(a, b) for each pair of elements, broadcasting.
#[track_caller]
fn binary_kernel<T: Element>(op: Binary, a: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
    match op.vectorized() {
        Some(f) => apply2(f, a, b),
        None => each2(op.name(), &|a, b| op.value(a, b), a, b),
    }
}

/// g · f'(x) for each element.
fn unary_derivative_kernel<T: Element>(
    p: Product,
    op: Unary,
    g: &Tensor<T>,
    x: &Tensor<T>,
    y: &Tensor<T>,
) -> Tensor<T> {
    struct Run<'a, T: Element>(Product, [&'a Tensor<T>; 3]);
    impl<T: Element> UnaryVisitor for Run<'_, T> {
        type Output = Tensor<T>;
        fn visit<R: UnaryRule>(self, rule: R) -> Tensor<T> {
            let [g, x, y] = self.1;
            map3("derivative", &WeighedDerivative { rule, absent: self.0.absent() }, g, x, y)
        }
    }
    op.visit(Run(p, [g, x, y]))
        .unwrap_or_else(|| each3("derivative", &|g, x, y| weigh(p.absent(), g, op.derivative(x, y)), g, x, y))
}

/// g · ∂f/∂(operand k) for each pair of elements.
fn binary_derivative_kernel<T: Element>(
    p: Product,
    op: Binary,
    k: usize,
    g: &Tensor<T>,
    a: &Tensor<T>,
    b: &Tensor<T>,
) -> Tensor<T> {
    struct Run<'a, T: Element>(Product, usize, [&'a Tensor<T>; 3]);
    impl<T: Element> BinaryVisitor for Run<'_, T> {
        type Output = Tensor<T>;
        fn visit<R: BinaryRule>(self, rule: R) -> Tensor<T> {
            let (absent, [g, a, b]) = (self.0.absent(), self.2);
            match self.1 {
                0 => map3("derivative", &Partial::<R, 0> { rule, absent }, g, a, b),
                _ => map3("derivative", &Partial::<R, 1> { rule, absent }, g, a, b),
            }
        }
    }
    op.visit(Run(p, k, [g, a, b]))
        .unwrap_or_else(|| each3("derivative", &|g, a, b| weigh(p.absent(), g, op.wrt(k, a, b)), g, a, b))
}

/// The value of a primitive: in one pass per row, where there is a kernel for it.
#[track_caller]
fn value<T: Element>(op: &Op<T>, xs: &[&Tensor<T>]) -> Tensor<T> {
    let in_one_pass = match op {
        Op::LayerNorm { eps } => normalize_rows::layer_norm(xs[0], xs[1], xs[2], *eps),
        _ => None,
    };
    match in_one_pass {
        Some(y) => y,
        None => rules::value(op, xs),
    }
}

/// A linear map applied to a tensor: in one pass over memory, where there is a kernel for it.
#[inline]
#[track_caller]
fn apply_map<T: Element>(map: &Linear<Tensor<T>>, direction: Direction, p: Product, a: &Tensor<T>) -> Tensor<T> {
    let in_one_pass = match (map, direction) {
        (Linear::Scale(Weights::Unary(op, x, y)), _) => return unary_derivative_kernel(p, *op, a, x, y),
        (Linear::Scale(Weights::Binary(op, k, l, r)), _) => return binary_derivative_kernel(p, *op, *k, a, l, r),
        (Linear::Softmax(axis, y), _) => normalize_rows::softmax(p, *axis, a, y),
        (Linear::LayerNorm { eps, x, gain }, Direction::Pull) => normalize_rows::layer_norm_pull(p, *eps, a, x, gain),
        (Linear::Normalized { eps, x, gain }, Direction::Pull) => normalize_rows::gain_pull(p, *eps, a, x, gain),
        _ => return map.apply_generic(direction, p, a),
    };
    in_one_pass.unwrap_or_else(|| map.apply_generic(direction, p, a))
}

macro_rules! engine {
    ($($t:ty),*) => {$(
        #[allow(private_interfaces)]
        impl Element for $t {
            #[track_caller]
            fn apply_unary(op: Unary, x: &Tensor<$t>) -> Tensor<$t> {
                unary_kernel(op, x)
            }
            #[track_caller]
            fn apply_binary(op: Binary, a: &Tensor<$t>, b: &Tensor<$t>) -> Tensor<$t> {
                binary_kernel(op, a, b)
            }
            #[track_caller]
            fn apply_map(map: &Linear<Tensor<$t>>, direction: Direction, p: Product, a: &Tensor<$t>) -> Tensor<$t> {
                apply_map(map, direction, p, a)
            }
            #[track_caller]
            fn apply(op: &Op<$t>, xs: &[&Tensor<$t>]) -> Tensor<$t> {
                value(op, xs)
            }
        }
    )*};
}
engine!(f32, f64);

/// Up to this size a filled tensor is cheaper than a broadcast view, which the next kernel would have to copy in pieces.
const SMALL: usize = 4096;

impl<T: Element> Array for Tensor<T> {
    type T = T;

    fn shape(&self) -> Shape {
        self.shape().clone()
    }
    fn rank(&self) -> usize {
        self.shape().rank()
    }
    fn apply(op: Op<T>, xs: &[&Self]) -> Self {
        T::apply(&op, xs)
    }
    fn constant(&self, value: Tensor<T>) -> Self {
        value
    }
    fn primal(&self) -> Tensor<T> {
        self.clone()
    }

    // Straight to the tensor's own methods: small problems feel every detour.
    fn reshape(&self, shape: &Shape) -> Self {
        if self.shape() == shape { self.clone() } else { Tensor::reshape(self, shape) }
    }
    fn broadcast_to(&self, shape: &Shape) -> Self {
        if self.shape() == shape { self.clone() } else { Tensor::broadcast_to(self, shape) }
    }
    fn broadcast_like(self, other: &Self) -> Self {
        if self.shape() == other.shape() { self } else { Tensor::broadcast_to(&self, other.shape()) }
    }
    fn sum_to(&self, shape: &Shape) -> Self {
        Tensor::sum_to(self, shape)
    }
    fn swap(&self) -> Self {
        self.transpose()
    }
    fn matmul(&self, other: &Self) -> Self {
        Tensor::matmul(self, other)
    }
    fn spread(&self, shape: &Shape, factor: f64) -> Self {
        if self.size() == 1 && shape.size() <= SMALL {
            return Tensor::full(shape, self.item() * T::from_f64(factor));
        }
        let scaled = if factor == 1.0 { self.clone() } else { self.scale(factor) };
        Tensor::broadcast_to(&scaled, shape)
    }

    fn weights(derivative: &Weights<Self>) -> Self {
        let (one, strict) = (Tensor::scalar(T::ONE), Product { strict: true });
        match derivative {
            Weights::Given(w) => w.clone(),
            Weights::Unary(op, x, y) => unary_derivative_kernel(strict, *op, &one, x, y),
            Weights::Binary(op, k, a, b) => binary_derivative_kernel(strict, *op, *k, &one, a, b),
        }
    }
    fn custom_vjp(op: &Arc<dyn CustomRule<T>>, g: &Self, xs: &[&Self], y: &Self) -> Vec<Self> {
        op.vjp(g, xs, y)
    }
    fn custom_jvp(op: &Arc<dyn CustomRule<T>>, xs: &[&Self], dxs: &[Option<&Self>], y: &Self) -> Option<Self> {
        op.jvp(xs, dxs, y)
    }
    fn clamp_derivative(bounds: Bounds, k: usize, xs: [&Self; 3]) -> Self {
        rules::clamp::clamp_derivative(bounds, k, xs)
    }
    fn direction(x: &Self, y: &Self, axes: &[usize]) -> Self {
        rules::reduce::direction_value(x, y, axes)
    }
    #[track_caller]
    fn apply_map(map: &Linear<Self>, direction: Direction, p: Product, a: &Self) -> Self {
        T::apply_map(map, direction, p, a)
    }
}
