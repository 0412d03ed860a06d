//! The elementwise primitives of three arguments: where, clamp, multiply-add.

use super::binary::selected;
use crate::rules::Element;
use crate::rules::Nary;
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
pub(crate) fn where_value<T: Element>(mask: &Tensor<T>, a: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
    map3("where_", &Where, mask, a, b)
}

/// y = min(max(x, lo), hi). At x = lo or x = hi, x and a variable bound each get a derivative of 1/2, as for `maximum`
/// and `minimum`; if the bound is a plain number, x gets 0, as for `relu`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// Whether lo is a plain number.
    pub lo_is_plain: bool,
    /// Whether hi is a plain number.
    pub hi_is_plain: bool,
}

impl Bounds {
    /// The same primitive on scalars.
    pub fn scalars(self) -> Nary {
        match (self.lo_is_plain, self.hi_is_plain) {
            (false, false) => Nary::Clamp,
            (true, false) => Nary::ClampAbove,
            (false, true) => Nary::ClampBelow,
            (true, true) => Nary::ClampWithin,
        }
    }

    /// The partial derivative with respect to operand k of x, lo, hi.
    #[inline(always)]
    pub(crate) fn derivative<N: Number>(self, k: usize, x: N, lo: N, hi: N) -> N {
        let below_hi = |z: N| wrt_x(self.hi_is_plain, z, hi, hi.is_gt(z));
        match k {
            0 => wrt_x(self.lo_is_plain, x, lo, x.is_gt(lo)) * below_hi(x) + x.flat(),
            1 => selected(lo, x, lo.is_gt(x)) * below_hi(lo),
            _ => selected(hi, x.maximum(lo), x.maximum(lo).is_gt(hi)),
        }
    }
}

/// The derivative with respect to x of the maximum or minimum of x and a bound: 1 where x wins.
#[inline(always)]
fn wrt_x<N: Number>(bound_is_plain: bool, x: N, bound: N, wins: N::Mask) -> N {
    if bound_is_plain { N::select(wins, x.lit(1.0), x.lit(0.0)) + bound.flat() } else { selected(x, bound, wins) }
}

#[derive(Clone, Copy)]
struct Clamp;
impl Map3 for Clamp {
    #[inline(always)]
    fn call<N: Number>(&self, x: N, lo: N, hi: N) -> N {
        x.maximum(lo).minimum(hi)
    }
}

#[track_caller]
pub(crate) fn clamp_value<T: Element>(x: &Tensor<T>, lo: &Tensor<T>, hi: &Tensor<T>) -> Tensor<T> {
    map3("clamp", &Clamp, x, lo, hi)
}

#[derive(Clone, Copy)]
struct ClampDerivative(Bounds, usize);
impl Map3 for ClampDerivative {
    #[inline(always)]
    fn call<N: Number>(&self, x: N, lo: N, hi: N) -> N {
        self.0.derivative(self.1, x, lo, hi)
    }
}

/// The partial derivative of a clamp of tensors with respect to operand k of x, lo, hi.
pub(crate) fn clamp_derivative<T: Element>(bounds: Bounds, k: usize, xs: [&Tensor<T>; 3]) -> Tensor<T> {
    map3("clamp", &ClampDerivative(bounds, k), xs[0], xs[1], xs[2])
}

/// y = a b + c; the partial derivatives are b, a and 1.
#[derive(Clone, Copy)]
struct MulAdd;
impl Map3 for MulAdd {
    #[inline(always)]
    fn call<N: Number>(&self, a: N, b: N, c: N) -> N {
        a.mul_add(b, c)
    }
}

#[track_caller]
pub(crate) fn mul_add_value<T: Element>(a: &Tensor<T>, b: &Tensor<T>, c: &Tensor<T>) -> Tensor<T> {
    map3("mul_add", &MulAdd, a, b, c)
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
