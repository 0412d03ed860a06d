//! The steps of a fold: how one more number enters a partial result, and how two partial results become one.

use crate::number::Number;

/// How one more number enters a partial result. `c` is the centre of its row: a mean, a largest element, a scale.
pub(crate) trait Step: Copy + Sync {
    /// The step that joins the results of pieces: another fold's, so that nothing is compiled for it alone.
    type Join: Step;
    const JOIN: Self::Join;
    /// The result of nothing.
    fn start<N: Number>(self, like: N) -> N;
    /// A number that changes nothing.
    fn neutral<N: Number>(self, c: N) -> N {
        self.start(c)
    }
    /// The partial result with `x` taken in.
    fn step<N: Number>(self, partial: N, x: N, c: N) -> N;
    /// Two partial results in one.
    fn join<N: Number>(self, a: N, b: N) -> N {
        a + b
    }
}

macro_rules! sums {
    ($($(#[$doc:meta])* $name:ident |$x:ident, $c:ident| $term:expr, neutral $neutral:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub(crate) struct $name;
        impl Step for $name {
            type Join = Sum;
            const JOIN: Sum = Sum;
            #[inline(always)]
            fn start<N: Number>(self, like: N) -> N { like.lit(0.0) }
            #[inline(always)]
            fn neutral<N: Number>(self, $c: N) -> N { $neutral }
            #[inline(always)]
            fn step<N: Number>(self, partial: N, $x: N, $c: N) -> N { partial + $term }
        }
    )*};
}
sums! {
    /// Σ x
    Sum |x, c| { let _ = c; x }, neutral c.lit(0.0);
    /// Σ |x|
    SumAbs |x, c| { let _ = c; x.abs() }, neutral c.lit(0.0);
    /// Σ (x - c)²
    SumSquares |x, c| (x - c) * (x - c), neutral c;
    /// Σ (x / c)²
    SumScaled |x, c| (x / c) * (x / c), neutral c.lit(0.0);
    /// Σ e^(x - c)
    SumExp |x, c| (x - c).exp(), neutral c.lit(f64::NEG_INFINITY);
    /// Σ e^(x - c) without the terms that are 1
    SumExpBelow |x, c| below_one((x - c).exp()), neutral c.lit(f64::NEG_INFINITY);
    /// Σ x without the terms that are 1
    SumBelow |x, c| { let _ = c; below_one(x) }, neutral c.lit(0.0);
}

#[inline(always)]
fn below_one<N: Number>(x: N) -> N {
    N::select(x.is_eq(x.lit(1.0)), x.lit(0.0), x)
}

/// Π x
#[derive(Clone, Copy)]
pub(crate) struct Prod;
impl Step for Prod {
    type Join = Prod;
    const JOIN: Prod = Prod;
    #[inline(always)]
    fn start<N: Number>(self, like: N) -> N {
        like.lit(1.0)
    }
    #[inline(always)]
    fn step<N: Number>(self, partial: N, x: N, _: N) -> N {
        partial * x
    }
    #[inline(always)]
    fn join<N: Number>(self, a: N, b: N) -> N {
        a * b
    }
}

/// The largest, NaN above all.
#[derive(Clone, Copy)]
pub(crate) struct Max;
impl Step for Max {
    type Join = Max;
    const JOIN: Max = Max;
    #[inline(always)]
    fn start<N: Number>(self, like: N) -> N {
        like.lit(f64::NEG_INFINITY)
    }
    #[inline(always)]
    fn step<N: Number>(self, partial: N, x: N, _: N) -> N {
        partial.maximum(x)
    }
    #[inline(always)]
    fn join<N: Number>(self, a: N, b: N) -> N {
        a.maximum(b)
    }
}

/// The smallest, NaN below all.
#[derive(Clone, Copy)]
pub(crate) struct Min;
impl Step for Min {
    type Join = Min;
    const JOIN: Min = Min;
    #[inline(always)]
    fn start<N: Number>(self, like: N) -> N {
        like.lit(f64::INFINITY)
    }
    #[inline(always)]
    fn step<N: Number>(self, partial: N, x: N, _: N) -> N {
        partial.minimum(x)
    }
    #[inline(always)]
    fn join<N: Number>(self, a: N, b: N) -> N {
        a.minimum(b)
    }
}

/// The largest absolute value.
#[derive(Clone, Copy)]
pub(crate) struct MaxAbs;
impl Step for MaxAbs {
    type Join = Max;
    const JOIN: Max = Max;
    #[inline(always)]
    fn start<N: Number>(self, like: N) -> N {
        like.lit(0.0)
    }
    #[inline(always)]
    fn step<N: Number>(self, partial: N, x: N, _: N) -> N {
        partial.maximum(x.abs())
    }
    #[inline(always)]
    fn join<N: Number>(self, a: N, b: N) -> N {
        a.maximum(b)
    }
}
