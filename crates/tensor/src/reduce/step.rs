//! The steps of a fold: how an element is added to a partial result, and how two partial results are joined.

use crate::number::Number;

/// The step of a fold. `c` is a parameter of the row: its mean, its largest element, or a scale.
pub(crate) trait Step: Copy + Sync {
    /// The step that folds the results of pieces. It is the step of an existing reduction, so that no additional code
    /// is compiled for it.
    type Join: Step;
    const JOIN: Self::Join;
    /// Returns the result for no elements.
    fn start<N: Number>(self, like: N) -> N;
    /// Returns an element that does not change a partial result.
    fn neutral<N: Number>(self, c: N) -> N {
        self.start(c)
    }
    /// Adds the element `x` to a partial result.
    fn step<N: Number>(self, partial: N, x: N, c: N) -> N;
    /// Joins two partial results.
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
    /// Σ e^(x - c) without the terms equal to 1
    SumExpBelow |x, c| below_one((x - c).exp()), neutral c.lit(f64::NEG_INFINITY);
    /// Σ x without the terms equal to 1
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

/// The largest element; NaN counts as the largest.
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

/// The smallest element; NaN counts as the smallest.
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
