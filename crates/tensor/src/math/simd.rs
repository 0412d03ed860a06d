//! Loops that are compiled for several instruction sets, one of which is chosen at run time.
//!
//! A kernel is a plain loop over slices. [`dispatch`] compiles it for every instruction set in [`Isa`] and runs the
//! widest version that the CPU supports, so a program uses AVX2 or AVX-512 without `-C target-cpu`.
//!
//! The versions differ in one visible respect: a multiply-add rounds once or twice ([`Arch`]). So results differ in the
//! last bit between instruction sets with and without fused multiply-add.

use std::sync::atomic::{AtomicU8, Ordering};

/// The multiply-add operation of an instruction set: [`Plain`] or [`Fused`].
///
/// The functions of [`Math`](super::Math) take it as a type parameter, so that the same code compiles for both.
pub trait Arch: Copy + 'static {
    /// `a * b + c`.
    fn fma32(a: f32, b: f32, c: f32) -> f32;
    /// `a * b + c`.
    fn fma64(a: f64, b: f64, c: f64) -> f64;
}

/// A product and a sum with two roundings. Without hardware support, `mul_add` would call a slow C library function.
#[derive(Clone, Copy, Debug)]
pub struct Plain;

/// The fused multiply-add instruction, with one rounding. Use it only in kernels run by [`dispatch`].
#[derive(Clone, Copy, Debug)]
pub struct Fused;

impl Arch for Plain {
    #[inline(always)]
    fn fma32(a: f32, b: f32, c: f32) -> f32 {
        a * b + c
    }
    #[inline(always)]
    fn fma64(a: f64, b: f64, c: f64) -> f64 {
        a * b + c
    }
}

impl Arch for Fused {
    #[inline(always)]
    fn fma32(a: f32, b: f32, c: f32) -> f32 {
        a.mul_add(b, c)
    }
    #[inline(always)]
    fn fma64(a: f64, b: f64, c: f64) -> f64 {
        a.mul_add(b, c)
    }
}

/// A loop over slices, written once and compiled for each instruction set.
///
/// Mark `run` and every function that it calls in the loop `#[inline(always)]`: code that is not inlined is compiled
/// for the baseline CPU.
pub trait Kernel {
    /// Whether the loop is also compiled for AVX-512. Default: true. Set it to false for loops that are limited by
    /// memory, such as sums and products, which gain nothing over AVX2; this shortens the build.
    const SIMD512: bool = true;
    /// The result of the loop: often `()`, or the sum for a reduction.
    type Output;
    /// Runs the loop.
    fn run<A: Arch>(self) -> Self::Output;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))]
enum Level {
    Plain = 1,
    Avx2 = 2,
    Avx512 = 3,
    Neon = 4,
}

/// An instruction set that this CPU supports.
///
/// Values come only from [`Isa::PLAIN`], which every CPU supports, and from [`Isa::best`] and [`Isa::available`], which
/// detect the CPU's features. So a value of this type is a proof that its instructions may be executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Isa(Level);

/// The level found by the first call of [`Isa::best`], or 0 before it. Concurrent first calls store the same value.
static BEST: AtomicU8 = AtomicU8::new(0);

impl Isa {
    /// The baseline of the target, without fused multiply-add on x86-64.
    pub const PLAIN: Isa = Isa(Level::Plain);

    /// Returns the widest instruction set of this CPU. After the first call this costs one relaxed load.
    #[inline]
    pub fn best() -> Isa {
        match BEST.load(Ordering::Relaxed) {
            1 => Isa(Level::Plain),
            2 => Isa(Level::Avx2),
            3 => Isa(Level::Avx512),
            4 => Isa(Level::Neon),
            _ => Isa::detect(),
        }
    }

    /// Returns every instruction set of this CPU that kernels are compiled for, starting with [`Isa::PLAIN`].
    ///
    /// Tests that run on all of them cover code that `dispatch` runs on other machines.
    pub fn available() -> Vec<Isa> {
        let best = Isa::best();
        let mut all = vec![Isa::PLAIN];
        if best.0 == Level::Avx512 {
            all.push(Isa(Level::Avx2)); // detected along with it
        }
        if best != Isa::PLAIN {
            all.push(best);
        }
        all
    }

    /// Returns whether kernels run with [`Fused`].
    pub fn is_fused(self) -> bool {
        self != Isa::PLAIN
    }

    #[cold]
    fn detect() -> Isa {
        let level = detect_level();
        BEST.store(level as u8, Ordering::Relaxed);
        Isa(level)
    }
}

#[cfg(target_arch = "x86_64")]
fn detect_level() -> Level {
    let avx2 = is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("fma")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2");
    let avx512 = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512bw");
    match (avx2, avx512) {
        (true, true) => Level::Avx512,
        (true, false) => Level::Avx2,
        _ => Level::Plain,
    }
}

#[cfg(target_arch = "aarch64")]
fn detect_level() -> Level {
    Level::Neon // part of the architecture's baseline
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn detect_level() -> Level {
    Level::Plain
}

/// Runs a kernel with the widest instruction set of the CPU, which is detected at run time and cached.
#[inline]
pub fn dispatch<K: Kernel>(kernel: K) -> K::Output {
    dispatch_on(Isa::best(), kernel)
}

/// Runs a kernel with a given instruction set.
///
/// This is for tests and benchmarks: [`dispatch`] would not run the plain version on a modern CPU.
#[inline]
pub fn dispatch_on<K: Kernel>(isa: Isa, kernel: K) -> K::Output {
    match isa.0 {
        // SAFETY: an `Isa` of this level exists only after `detect_level` found every feature that `run_avx512`
        // enables.
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 if K::SIMD512 => unsafe { run_avx512(kernel) },
        // SAFETY: an `Isa` of this level or of the level above exists only after `detect_level` found every feature
        // that `run_avx2` enables.
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 | Level::Avx2 => unsafe { run_avx2(kernel) },
        #[cfg(target_arch = "aarch64")]
        Level::Neon => kernel.run::<Fused>(),
        _ => kernel.run::<Plain>(),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw,avx2,fma,bmi1,bmi2")]
fn run_avx512<K: Kernel>(kernel: K) -> K::Output {
    kernel.run::<Fused>()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,bmi1,bmi2")]
fn run_avx2<K: Kernel>(kernel: K) -> K::Output {
    kernel.run::<Fused>()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Dot<'a>(&'a [f32], &'a [f32]);

    impl Kernel for Dot<'_> {
        type Output = f32;
        #[inline(always)]
        fn run<A: Arch>(self) -> f32 {
            self.0.iter().zip(self.1).fold(0.0, |sum, (&a, &b)| A::fma32(a, b, sum))
        }
    }

    #[test]
    fn instruction_sets_agree() {
        let a: Vec<f32> = (0..37).map(|i| i as f32).collect();
        let expected: f32 = a.iter().map(|a| a * a).sum();
        for isa in Isa::available() {
            assert_eq!(dispatch_on(isa, Dot(&a, &a)), expected, "{isa:?}");
        }
        assert_eq!(dispatch(Dot(&a, &a)), expected);
    }

    #[test]
    fn fused_rounds_once_and_plain_twice() {
        struct RoundingError;
        impl Kernel for RoundingError {
            type Output = f64;
            #[inline(always)]
            fn run<A: Arch>(self) -> f64 {
                let x = std::hint::black_box(1.0 + f64::EPSILON);
                A::fma64(x, x, -x * x) // the rounding error of x * x if the product is fused, otherwise 0
            }
        }
        for isa in Isa::available() {
            let expected = if isa.is_fused() { f64::EPSILON * f64::EPSILON } else { 0.0 };
            assert_eq!(dispatch_on(isa, RoundingError), expected, "{isa:?}");
        }
    }

    #[test]
    fn plain_comes_first_and_the_best_last() {
        let all = Isa::available();
        assert_eq!(all.first(), Some(&Isa::PLAIN));
        assert_eq!(all.last(), Some(&Isa::best()));
    }
}
