//! `+ - * / %` and the minus sign, by value and by reference, broadcasting, and with numbers on either side.
//!
//! An operand that is passed by value lends its buffer to the result if it is packed, has no other owner, and has the
//! shape of the result. The assigning operators write in place on the same conditions, and never change the shape of
//! their left side.
//!
//! ```
//! use tensor::tensor;
//! let (a, b) = (tensor![[1.0, 2.0], [3.0, 4.0]], tensor![10.0, 20.0]);
//! assert_eq!(&a + &b, tensor![[11.0, 22.0], [13.0, 24.0]]);
//! assert_eq!(1.0 - &a * 2.0, tensor![[-1.0, -3.0], [-5.0, -7.0]]);
//! let mut c = -a;
//! c /= b;
//! assert_eq!(c, tensor![[-0.1, -0.1], [-0.3, -0.2]]);
//! ```

use crate::elementwise::joint;
use crate::functions::{Function1, Function2, apply_number, apply_to_number, apply1, apply2};
use crate::in_place::{Side, broadcasts_to, overwrite, overwrite_with_number, overwrite1};
use crate::real::Real;
use crate::tensor::Tensor;
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Rem, RemAssign, Sub, SubAssign};

/// f(a, b), written over one of the operands if it has the shape of the result and no other owner.
#[track_caller]
fn reuse<T: Real>(f: Function2, mut a: Tensor<T>, mut b: Tensor<T>) -> Tensor<T> {
    joint(f.name(), a.shape(), b.shape());
    let run = &|x: [&[T]; 2], out: &mut [T]| T::run2(f, x, out);
    if overwrite(run, Side::Left, &mut a, &b) {
        return a;
    }
    if overwrite(run, Side::Right, &mut b, &a) {
        return b;
    }
    apply2(f, &a, &b)
}

/// f(x, number) or f(number, x), written over x if it has no other owner.
#[track_caller]
fn reuse_with_number<T: Real>(f: Function2, side: Side, mut x: Tensor<T>, number: T) -> Tensor<T> {
    if overwrite_with_number(&|x, out| T::run2(f, x, out), side, &mut x, number) {
        return x;
    }
    match side {
        Side::Left => apply_number(f, &x, number),
        Side::Right => apply_to_number(f, number, &x),
    }
}

/// Writes f(a, b) to `a`; `op` names the operator in messages.
#[track_caller]
fn assign<T: Real>(op: &str, f: Function2, a: &mut Tensor<T>, b: &Tensor<T>) {
    joint(op, a.shape(), b.shape());
    if !broadcasts_to(b.shape(), a.shape()) {
        panic!(
            "{op}: expected a right side that broadcasts to the shape {} of the left side, got shape {}; for a result \
             of another shape, assign the result of the operator without `=`",
            a.shape(),
            b.shape(),
        );
    }
    if !overwrite(&|x, out| T::run2(f, x, out), Side::Left, a, b) {
        *a = apply2(f, a, b);
    }
}

/// Writes f(a, number) to `a`.
#[track_caller]
fn assign_number<T: Real>(f: Function2, a: &mut Tensor<T>, number: T) {
    if !overwrite_with_number(&|x, out| T::run2(f, x, out), Side::Left, a, number) {
        *a = apply_number(f, a, number);
    }
}

macro_rules! operator {
    ($($trait:ident $method:ident $assign_trait:ident $assign:ident;)*) => {$(
        operator! { @impl [T: Real] $trait $method (a: &Tensor<T>, b: &Tensor<T>) -> T
            { apply2(Function2::$trait, a, b) } }
        operator! { @impl [T: Real] $trait $method (a: &Tensor<T>, b: Tensor<T>) -> T
            { reuse(Function2::$trait, a.clone(), b) } }
        operator! { @impl [T: Real] $trait $method (a: Tensor<T>, b: &Tensor<T>) -> T
            { reuse(Function2::$trait, a, b.clone()) } }
        operator! { @impl [T: Real] $trait $method (a: Tensor<T>, b: Tensor<T>) -> T
            { reuse(Function2::$trait, a, b) } }
        operator! { @impl [T: Real] $trait $method (a: &Tensor<T>, b: T) -> T
            { apply_number(Function2::$trait, a, b) } }
        operator! { @impl [T: Real] $trait $method (a: Tensor<T>, b: T) -> T
            { reuse_with_number(Function2::$trait, Side::Left, a, b) } }
        operator! { @number_left f32 $trait $method }
        operator! { @number_left f64 $trait $method }

        impl<T: Real> $assign_trait<&Tensor<T>> for Tensor<T> {
            #[track_caller]
            fn $assign(&mut self, other: &Tensor<T>) {
                assign(stringify!($assign), Function2::$trait, self, other);
            }
        }
        impl<T: Real> $assign_trait<Tensor<T>> for Tensor<T> {
            #[track_caller]
            fn $assign(&mut self, other: Tensor<T>) {
                assign(stringify!($assign), Function2::$trait, self, &other);
            }
        }
        impl<T: Real> $assign_trait<T> for Tensor<T> {
            #[track_caller]
            fn $assign(&mut self, other: T) {
                assign_number(Function2::$trait, self, other);
            }
        }
    )*};
    // The number on the left cannot be generic: `T` would be any type.
    (@number_left $t:ident $trait:ident $method:ident) => {
        operator! { @impl [] $trait $method (a: $t, b: &Tensor<$t>) -> $t
            { apply_to_number(Function2::$trait, a, b) } }
        operator! { @impl [] $trait $method (a: $t, b: Tensor<$t>) -> $t
            { reuse_with_number(Function2::$trait, Side::Right, b, a) } }
    };
    (@impl [$($generic:tt)*] $trait:ident $method:ident ($a:ident: $left:ty, $b:ident: $right:ty) -> $t:ty
     $body:block) => {
        impl<$($generic)*> $trait<$right> for $left {
            type Output = Tensor<$t>;
            #[track_caller]
            fn $method(self, $b: $right) -> Tensor<$t> {
                let $a = self;
                $body
            }
        }
    };
}
operator! {
    Add add AddAssign add_assign;
    Sub sub SubAssign sub_assign;
    Mul mul MulAssign mul_assign;
    Div div DivAssign div_assign;
    Rem rem RemAssign rem_assign;
}

impl<T: Real> Neg for &Tensor<T> {
    type Output = Tensor<T>;
    #[track_caller]
    fn neg(self) -> Tensor<T> {
        apply1(Function1::Neg, self)
    }
}

impl<T: Real> Neg for Tensor<T> {
    type Output = Tensor<T>;
    #[track_caller]
    fn neg(mut self) -> Tensor<T> {
        if overwrite1(&|x, out| T::run1(Function1::Neg, x, out), &mut self) {
            return self;
        }
        apply1(Function1::Neg, &self)
    }
}
