//! `+ - * / %` and negation of `Real`s, with `f64` on either side, by value and by reference.

use super::Real;
use super::apply::apply;
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Rem, RemAssign, Sub, SubAssign};

macro_rules! operator {
    ($($trait:ident $method:ident $assign_trait:ident $assign:ident),*) => {$(
        operator!(@references $trait $method: Real, Real);
        operator!(@references $trait $method: Real, f64);
        operator!(@references $trait $method: f64, Real);
        impl<R> $assign_trait<R> for Real
        where
            Real: $trait<R, Output = Real>,
        {
            #[inline(always)]
            #[track_caller]
            fn $assign(&mut self, other: R) {
                *self = (*self).$method(other);
            }
        }
    )*};
    // Each operand stands after the `*` that makes a value of it.
    (@references $trait:ident $method:ident: $left:ty, $right:ty) => {
        operator!(@pairs $trait $method:
            [] $left, [] $right; [] $left, [*] &$right; [*] &$left, [] $right; [*] &$left, [*] &$right);
    };
    (@pairs $trait:ident $method:ident: $([$($a:tt)?] $left:ty, [$($b:tt)?] $right:ty);*) => {$(
        impl $trait<$right> for $left {
            type Output = Real;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: $right) -> Real {
                apply!(a = Real::from($($a)? self), b = Real::from($($b)? other) => a.$method(b))
            }
        }
    )*};
}
operator!(
    Add add AddAssign add_assign,
    Sub sub SubAssign sub_assign,
    Mul mul MulAssign mul_assign,
    Div div DivAssign div_assign,
    Rem rem RemAssign rem_assign
);

macro_rules! negation {
    ($($t:ty),*) => { $(
        impl Neg for $t {
            type Output = Real;
            #[inline(always)]
            #[track_caller]
            fn neg(self) -> Real {
                apply!(x = Real::clone(&self) => -x)
            }
        }
    )* };
}
negation!(Real, &Real);
