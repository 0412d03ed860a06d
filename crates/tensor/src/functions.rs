//! Elementwise functions by name, applied to tensors of any layout.
//!
//! The methods and operators of [`Tensor`] call these. Their kernels are compiled once for each element type.

use crate::elementwise::{By, CHUNK, FEW, Map1, Map2, Map3, compiled, drive, drive1};
use crate::formulas;
use crate::number::Number;
use crate::real::Real;
use crate::tensor::Tensor;
use crate::vectorized::{Vectorized, table};

pub use crate::vectorized::{Function1, Function2, Function3};

macro_rules! kernels {
    ($function:ident $run:ident $map:ident $n:literal
     $($op:ident $name:literal $simd:ident |$($x:ident),+| $formula:expr;)*) => {
        fn $run<T: Real>(f: $function, x: [&[T]; $n], out: &mut [T]) {
            match f {
                $( $function::$op => {
                    #[derive(Clone, Copy)]
                    struct $op;
                    impl $map for $op {
                        const SIMD512: bool = kernels!(@simd512 $simd);
                        #[inline(always)]
                        fn call<N: Number>(&self, $($x: N),+) -> N { $formula }
                    }
                    compiled(By($op))(x, out)
                } )*
            }
        }
    };
    (@simd512 simd512) => { true };
    (@simd512 simd) => { false };
}
table!(kernels!);

macro_rules! vectorized {
    ($($t:ty),*) => {$(
        impl Vectorized for $t {
            fn run1(f: Function1, x: [&[$t]; 1], out: &mut [$t]) {
                run1(f, x, out)
            }
            fn run2(f: Function2, x: [&[$t]; 2], out: &mut [$t]) {
                run2(f, x, out)
            }
            fn run3(f: Function3, x: [&[$t]; 3], out: &mut [$t]) {
                run3(f, x, out)
            }
        }
    )*};
}
vectorized!(f32, f64);

/// f(x) for each element.
///
/// ```
/// use tensor::functions::{Function1, apply1};
/// use tensor::tensor;
/// assert_eq!(apply1(Function1::Sqrt, &tensor![4.0, 9.0]), tensor![2.0, 3.0]);
/// ```
#[inline]
#[track_caller]
pub fn apply1<T: Real>(f: Function1, x: &Tensor<T>) -> Tensor<T> {
    drive1(&|x, out| T::run1(f, x, out), x)
}

/// f(a, b) for each pair of elements, broadcasting.
///
/// ```
/// use tensor::functions::{Function2, apply2};
/// use tensor::tensor;
/// assert_eq!(apply2(Function2::Sub, &tensor![4.0, 9.0], &tensor![1.0]), tensor![3.0, 8.0]);
/// ```
///
/// # Panics
/// If the shapes do not broadcast.
#[inline]
#[track_caller]
pub fn apply2<T: Real>(f: Function2, a: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
    if b.size() == 1 && b.rank() <= a.rank() && a.shape() != b.shape() {
        return apply_number(f, a, b.item());
    }
    if a.size() == 1 && a.rank() <= b.rank() && a.shape() != b.shape() {
        return apply_to_number(f, a.item(), b);
    }
    drive(f.name(), &|x, out| T::run2(f, x, out), [a, b])
}

/// f(x, number) for each element x.
#[track_caller]
pub fn apply_number<T: Real>(f: Function2, x: &Tensor<T>, number: T) -> Tensor<T> {
    drive1(&|[x], out| with_number(x, number, out, |x, b, out| T::run2(f, [x, b], out)), x)
}

/// f(number, x) for each element x.
#[track_caller]
pub fn apply_to_number<T: Real>(f: Function2, number: T, x: &Tensor<T>) -> Tensor<T> {
    drive1(&|[x], out| with_number(x, number, out, |x, a, out| T::run2(f, [a, x], out)), x)
}

/// f(a, b, c) for each triple of elements, broadcasting.
///
/// ```
/// use tensor::functions::{Function3, apply3};
/// use tensor::tensor;
/// assert_eq!(apply3(Function3::Clamp, &tensor![-4.0, 9.0], &tensor![0.0], &tensor![2.0]), tensor![0.0, 2.0]);
/// ```
///
/// # Panics
/// If the shapes do not broadcast.
#[inline]
#[track_caller]
pub fn apply3<T: Real>(f: Function3, a: &Tensor<T>, b: &Tensor<T>, c: &Tensor<T>) -> Tensor<T> {
    drive(f.name(), &|x, out| T::run3(f, x, out), [a, b, c])
}

/// Calls `run` with pieces of `x` and `out`, and with as many copies of the number.
#[inline]
fn with_number<T: Real>(x: &[T], number: T, out: &mut [T], run: impl Fn(&[T], &[T], &mut [T])) {
    if x.len() <= FEW {
        return run(x, &[number; FEW][..x.len()], out);
    }
    let copies = [number; CHUNK];
    for (x, out) in x.chunks(CHUNK).zip(out.chunks_mut(CHUNK)) {
        run(x, &copies[..out.len()], out);
    }
}
