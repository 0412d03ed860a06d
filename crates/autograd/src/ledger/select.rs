//! Elementwise primitives of three arguments: choosing, clamping, multiply-add.

use crate::algebra::{Array, Product};
use crate::value::Scalar;
use tensor::elementwise::map3;
use tensor::{Map2, Map3, Number, Tensor};

/// `a` where the mask is not 0, `b` elsewhere.
#[derive(Clone, Copy)]
struct Where;
impl Map3 for Where {
    #[inline(always)]
    fn call<N: Number>(&self, mask: N, a: N, b: N) -> N {
        N::select(mask.is_eq(mask.lit(0.0)), b, a)
    }
}

#[track_caller]
pub(crate) fn where_value<T: Scalar>(mask: &Tensor<T>, a: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
    map3("where_", &Where, mask, a, b)
}

/// Each side receives the adjoint where it was taken, and exactly 0 elsewhere. Linear, so also the tangent's rule.
pub(crate) fn where_vjp<A: Array>(mask: &Tensor<A::T>, k: usize, g: &A) -> A {
    if k == 0 { g.where_(mask.clone(), &g.zero()) } else { g.zero().where_(mask.clone(), g) }
}

/// y = min(max(x, lo), hi): the slope is 1 for the one of the three that y equals (x at a tie), 0 for the others.
#[derive(Clone, Copy)]
struct Clamp;
impl Map3 for Clamp {
    #[inline(always)]
    fn call<N: Number>(&self, x: N, lo: N, hi: N) -> N {
        x.maximum(lo).minimum(hi)
    }
}

#[track_caller]
pub(crate) fn clamp_value<T: Scalar>(x: &Tensor<T>, lo: &Tensor<T>, hi: &Tensor<T>) -> Tensor<T> {
    map3("clamp", &Clamp, x, lo, hi)
}

/// 1 where y comes from operand k of a clamp, 0 elsewhere.
pub(crate) fn clamp_slope_at<N: Number>(k: usize, x: N, lo: N, hi: N) -> N {
    let (zero, one) = (x.lit(0.0), x.lit(1.0));
    let above_hi = x.maximum(lo).is_gt(hi);
    match k {
        0 => {
            let inside = N::select(lo.is_gt(x), zero, one);
            let slope = N::select(x.is_gt(hi), zero, inside);
            N::select(x.is_eq(x), slope, x)
        }
        1 => N::select(above_hi, zero, N::select(lo.is_gt(x), one, zero)),
        _ => N::select(above_hi, one, zero),
    }
}

#[derive(Clone, Copy)]
struct ClampSlope(usize);
impl Map3 for ClampSlope {
    #[inline(always)]
    fn call<N: Number>(&self, x: N, lo: N, hi: N) -> N {
        clamp_slope_at(self.0, x, lo, hi)
    }
}

/// The slope is piecewise constant: a mask computed from the values, whose own derivative is 0.
pub(crate) fn clamp_slope<A: Array>(p: Product, k: usize, g: &A, xs: &[&A]) -> A {
    let mask = map3("clamp", &ClampSlope(k), &xs[0].primal(), &xs[1].primal(), &xs[2].primal());
    g.weigh(p, &g.constant(mask))
}

/// y = a b + c: the slopes are b, a and 1.
#[derive(Clone, Copy)]
struct MulAdd;
impl Map3 for MulAdd {
    #[inline(always)]
    fn call<N: Number>(&self, a: N, b: N, c: N) -> N {
        a.mul_add(b, c)
    }
}

#[track_caller]
pub(crate) fn mul_add_value<T: Scalar>(a: &Tensor<T>, b: &Tensor<T>, c: &Tensor<T>) -> Tensor<T> {
    map3("mul_add", &MulAdd, a, b, c)
}

pub(crate) fn mul_add_slope<A: Array>(p: Product, k: usize, g: &A, xs: &[&A]) -> A {
    match k {
        0 => g.weigh(p, xs[1]),
        1 => g.weigh(p, xs[0]),
        _ => g.clone(),
    }
}

/// 1 where the comparison holds, 0 elsewhere.
#[derive(Clone, Copy)]
pub(crate) enum Compare {
    Gt,
    Ge,
    Lt,
    Le,
    Eq,
}
impl Map2 for Compare {
    #[inline(always)]
    fn call<N: Number>(&self, a: N, b: N) -> N {
        let mask = match self {
            Compare::Gt => a.is_gt(b),
            Compare::Ge => a.is_ge(b),
            Compare::Lt => b.is_gt(a),
            Compare::Le => b.is_ge(a),
            Compare::Eq => a.is_eq(b),
        };
        N::select(mask, a.lit(1.0), a.lit(0.0))
    }
}
