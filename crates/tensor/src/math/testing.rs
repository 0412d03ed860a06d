//! Test utilities for this folder: errors in units in the last place, and sweeps over all `f32` inputs.

use super::simd::{Arch, Isa, Kernel, dispatch_on};
use std::hint::black_box;

/// Returns the distance from `got` to the true value `want`, in units in the last place of the `f32` nearest to `want`.
///
/// It is 0 if both are NaN, and infinite if only one is or if the signs of zeros differ.
pub(super) fn ulps(got: f32, want: f64) -> f64 {
    let rounded = want as f32;
    if got.is_nan() || want.is_nan() {
        return if got.is_nan() && want.is_nan() { 0.0 } else { f64::INFINITY };
    }
    if got.to_bits() == rounded.to_bits() {
        // Correctly rounded, including infinities and zeros.
        return if rounded.is_finite() { (f64::from(got) - want).abs() / spacing(rounded) } else { 0.0 };
    }
    if rounded == 0.0 && got == 0.0 {
        return f64::INFINITY;
    }
    // Treat an overflow as one unit away from `f32::MAX`.
    let widen = |y: f32| {
        if y.is_infinite() { 2f64.powi(128).copysign(y.into()) } else { y.into() }
    };
    let want = if rounded.is_infinite() { widen(rounded) } else { want };
    (widen(got) - want).abs() / spacing(rounded)
}

/// Returns the distance from `y` to the next `f32` of larger magnitude.
fn spacing(y: f32) -> f64 {
    let exponent = if y.is_infinite() { 127 } else { ((y.to_bits() >> 23) & 0xff).max(1) as i32 - 127 };
    2f64.powi(exponent - 23)
}

/// Returns the relative error of `got`; 0 if both are equal or both are NaN.
pub(super) fn relative(got: f64, want: f64) -> f64 {
    if got == want || (got.is_nan() && want.is_nan()) {
        return 0.0;
    }
    ((got - want) / want).abs()
}

/// A function of one argument, compiled for each instruction set.
pub(super) trait Unary<T>: Copy {
    fn apply<A: Arch>(self, x: T) -> T;
}

/// Declares a local type `Function` that calls the function of `Math` of that name, for both element types.
macro_rules! function {
    ($name:ident) => {
        #[derive(Clone, Copy)]
        struct Function;
        impl<T: $crate::math::Math> $crate::math::testing::Unary<T> for Function {
            #[inline(always)]
            fn apply<A: $crate::math::simd::Arch>(self, x: T) -> T {
                $crate::math::Math::$name::<A>(x)
            }
        }
    };
}
pub(super) use function;

/// Declares a test that compares an `f32` function with an `f64` function at all inputs or a sample of them: the error
/// must be at most 2 units in the last place.
macro_rules! sweep {
    ($name:ident, $truth:expr) => {
        #[test]
        fn $name() {
            $crate::math::testing::function!($name);
            $crate::math::testing::check_all(stringify!($name), Function, $truth);
        }
    };
}
pub(super) use sweep;

/// Declares a test of an `f64` function at points `(x, y)`, with y from arbitrary-precision arithmetic: the relative
/// error must be at most 4e-16.
macro_rules! known {
    ($test:ident, $name:ident, [$($point:expr),* $(,)?]) => {
        #[test]
        #[allow(clippy::excessive_precision, clippy::approx_constant)] // all digits of the reference values are kept
        fn $test() {
            $crate::math::testing::function!($name);
            $crate::math::testing::check_known(Function, &[$($point),*]);
        }
    };
}
pub(super) use known;

/// Declares a test that both types return exactly y at points `(x, y)`: signed zeros, infinities, NaN.
macro_rules! edges {
    ($test:ident, $name:ident, [$($point:expr),* $(,)?]) => {
        #[test]
        fn $test() {
            $crate::math::testing::function!($name);
            $crate::math::testing::check_edges(Function, &[$($point),*]);
        }
    };
}
pub(super) use edges;

/// Applies the function to a block of inputs, in a loop that vectorizes.
struct Block<'a, F, T> {
    function: F,
    from: &'a [T],
    to: &'a mut [T],
}

impl<F: Unary<T>, T: Copy> Kernel for Block<'_, F, T> {
    type Output = ();
    #[inline(always)]
    fn run<A: Arch>(self) {
        for (y, &x) in self.to.iter_mut().zip(self.from) {
            *y = self.function.apply::<A>(x);
        }
    }
}

/// Returns the function values at the inputs `from`, on one instruction set.
fn values<F: Unary<T>, T: Copy>(isa: Isa, function: F, from: &[T]) -> Vec<T> {
    let mut to = from.to_vec();
    dispatch_on(isa, Block { function, from: black_box(from), to: black_box(&mut to) });
    to
}

pub(super) fn check_known(function: impl Unary<f64>, points: &[(f64, f64)]) {
    let from: Vec<f64> = points.iter().map(|p| p.0).collect();
    for isa in Isa::available() {
        for (&(x, want), got) in points.iter().zip(values(isa, function, &from)) {
            let error = ((got - want) / want).abs();
            assert!(
                got == want || error <= 4e-16,
                "{isa:?} at {x:e}: got {got:e}, expected {want:e} (relative error {error:e})"
            );
        }
    }
}

pub(super) fn check_edges(function: impl Unary<f32> + Unary<f64>, points: &[(f64, f64)]) {
    let same = |got: f64, want: f64| got.to_bits() == want.to_bits() || (got.is_nan() && want.is_nan());
    let wide: Vec<f64> = points.iter().map(|p| p.0).collect();
    let narrow: Vec<f32> = wide.iter().map(|&x| x as f32).collect();
    for isa in Isa::available() {
        let both = values(isa, function, &wide).into_iter().zip(values(isa, function, &narrow));
        for (&(x, want), (got64, got32)) in points.iter().zip(both) {
            assert!(same(got64, want), "f64 on {isa:?} at {x:?}: got {got64:?}, expected {want:?}");
            assert!(same(f64::from(got32), want), "f32 on {isa:?} at {x:?}: got {got32:?}, expected {want:?}");
        }
    }
}

/// The largest error over the inputs, and the input where it occurs.
#[derive(Clone, Copy, Debug, Default)]
struct Worst {
    ulps: f64,
    at: f32,
}

/// Compares a function with the true values on every instruction set, at the inputs with bit patterns 0, stride,
/// 2 stride, ...
///
/// The stride is a prime, so that the inputs sample all mantissas and exponents. `CHAINRULE_EXHAUSTIVE=1` sets it to 1.
pub(super) fn check_all(name: &str, function: impl Unary<f32>, truth: impl Fn(f64) -> f64) {
    check_within(2.0, name, function, truth);
}

/// Like [`check_all`], with a given bound in units in the last place.
pub(super) fn check_within(bound: f64, name: &str, function: impl Unary<f32>, truth: impl Fn(f64) -> f64) {
    let exhaustive = std::env::var_os("CHAINRULE_EXHAUSTIVE").is_some_and(|v| v == "1");
    let stride = if exhaustive { 1 } else { 4_099 };
    let mut worst = vec![Worst::default(); Isa::available().len()];
    let (mut from, mut want) = (Vec::new(), Vec::new());
    for start in (0..1_u64 << 32).step_by(4096 * stride) {
        let bits = (start..1 << 32).step_by(stride).take(4096);
        from.clear();
        from.extend(bits.map(|bits| f32::from_bits(bits as u32)));
        want.clear();
        want.extend(from.iter().map(|&x| truth(x.into())));
        for (isa, worst) in Isa::available().into_iter().zip(&mut worst) {
            for ((&x, y), &want) in from.iter().zip(values(isa, function, &from)).zip(&want) {
                let error = ulps(y, want);
                if error > worst.ulps {
                    *worst = Worst { ulps: error, at: x };
                }
            }
        }
    }
    for (isa, worst) in Isa::available().into_iter().zip(worst) {
        println!("{name:12} {isa:?} {:.3} ulp at {:e} ({:#x})", worst.ulps, worst.at, worst.at.to_bits());
        assert!(worst.ulps <= bound, "{name} on {isa:?}: {worst:?}");
    }
}

#[test]
fn ulps_of_special_values() {
    assert_eq!(ulps(1.0, 1.0), 0.0);
    assert_eq!(ulps(1.0 + f32::EPSILON, 1.0), 1.0);
    assert_eq!(ulps(f32::INFINITY, f32::MAX.into()), 1.0);
    assert_eq!(ulps(f32::INFINITY, 1e300), 0.0);
    assert_eq!(ulps(0.0, -0.0), f64::INFINITY);
    assert_eq!(ulps(0.0, f64::from(f32::from_bits(1))), 1.0);
    assert_eq!(ulps(f32::NAN, f64::NAN), 0.0);
    assert_eq!(ulps(1.0, f64::NAN), f64::INFINITY);
}
