//! The derivatives of `clamp`. Its value is that of [`Tensor::clamp`].

use super::binary::selected;
use crate::rules::Element;
use crate::rules::Nary;
use tensor::elementwise::map3;
use tensor::{Map3, Number, Tensor};

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
