//! The element types of a tensor: `f32` and `f64`.

use crate::buffer::Pooled;
use crate::gemm::Gemm;
use crate::lane::Lane;
use crate::math::simd::Arch;
use crate::number::Number;
use crate::reduction::Reduce;
use crate::vectorized::Vectorized;
use std::fmt;
use std::iter::Sum;
use std::ops::{AddAssign, DivAssign, MulAssign, SubAssign};

/// The element type of a tensor: `f32` or `f64`. The trait is sealed.
pub trait Real:
    Number<Mask = bool>
    + Pooled
    + Gemm
    + Reduce
    + Vectorized
    + PartialEq
    + PartialOrd
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + Sum
    + fmt::Debug
    + fmt::Display
    + fmt::LowerExp
    + sealed::Sealed
{
    /// The type of this element inside a kernel compiled for the instruction set `A`.
    type Lane<A: Arch>: Number<Mask = bool>;

    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// Not a number.
    const NAN: Self;
    /// Positive infinity.
    const INFINITY: Self;
    /// The distance from 1 to the next larger number.
    const EPSILON: Self;
    /// The smallest positive normal number.
    const MIN_POSITIVE: Self;

    #[doc(hidden)]
    fn lane<A: Arch>(self) -> Self::Lane<A>;
    #[doc(hidden)]
    fn unlane<A: Arch>(lane: Self::Lane<A>) -> Self;

    /// Converts from `f64`, rounding to the nearest value.
    fn from_f64(x: f64) -> Self;
    /// Converts to `f64`, exactly.
    fn to_f64(self) -> f64;
    /// Converts from `usize`, rounding to the nearest value.
    #[inline(always)]
    fn from_usize(n: usize) -> Self {
        Self::from_f64(n as f64)
    }
    /// Returns whether this is NaN.
    #[inline(always)]
    fn is_nan(self) -> bool {
        !self.is_eq(self)
    }
    /// Returns whether this is neither NaN nor infinite.
    #[inline(always)]
    fn is_finite(self) -> bool {
        Self::INFINITY.is_gt(self.abs())
    }
    /// Compares by the total order of IEEE 754, which includes NaN.
    fn total_cmp(&self, other: &Self) -> std::cmp::Ordering;

    #[doc(hidden)]
    const NAME: &'static str;
    /// The number of elements in a cache line of 64 bytes.
    #[doc(hidden)]
    const ALIGNED: usize = 64 / size_of::<Self>();
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

macro_rules! real {
    ($($t:ident),*) => {$(
        impl Real for $t {
            type Lane<A: Arch> = Lane<$t, A>;
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const NAN: Self = $t::NAN;
            const INFINITY: Self = $t::INFINITY;
            const EPSILON: Self = $t::EPSILON;
            const MIN_POSITIVE: Self = $t::MIN_POSITIVE;
            const NAME: &'static str = stringify!($t);
            #[inline(always)]
            fn lane<A: Arch>(self) -> Lane<$t, A> { Lane::new(self) }
            #[inline(always)]
            fn unlane<A: Arch>(lane: Lane<$t, A>) -> $t { lane.get() }
            #[inline(always)]
            fn from_f64(x: f64) -> Self { x as $t }
            #[inline(always)]
            fn to_f64(self) -> f64 { self as f64 }
            #[inline(always)]
            fn total_cmp(&self, other: &Self) -> std::cmp::Ordering { $t::total_cmp(self, other) }
        }
    )*};
}
real!(f32, f64);
