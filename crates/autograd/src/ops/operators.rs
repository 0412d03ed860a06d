//! `+ - * / %` and negation, for all pairs of scalar and tensor variables, by value and by reference, and for plain numbers
//! and plain tensors on either side, which are constants.

use crate::core::record;
use crate::core::value::{Scalar, Value};
use crate::core::var::{TensorVar, Var};
use crate::ops::Operand;
use crate::rules::binary::{BinaryRule, rule};
use crate::rules::{Binary, Unary};
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Rem, RemAssign, Sub, SubAssign};
use tensor::Tensor;

/// A number on the right is generic in its type, so that a literal there takes the type of the variable. On the left it cannot
/// be: a type parameter may not stand for the type that an operator of another crate is implemented for.
///
/// An `i32` is not an [`Operand`], so its implementations never apply. Because of them the compiler's message about
/// `x * 2` is that of `Operand`, with what to write instead, and not a list of all types that can be multiplied.
macro_rules! operator {
    ($($trait:ident $method:ident $assign_trait:ident $assign:ident),*) => {$(
        operator!(@right [T: Scalar] $trait $method, Var<'t, T>, Var<'t, T>, T);
        operator!(@right [T: Scalar] $trait $method, Var<'t, T>, TensorVar<'t, T>, Tensor<T>);
        operator!(@right [T: Scalar] $trait $method, TensorVar<'t, T>, Var<'t, T>, Tensor<T>);
        operator!(@right [T: Scalar] $trait $method, TensorVar<'t, T>, TensorVar<'t, T>, Tensor<T>);
        operator!(@right [T: Scalar] $trait $method, Var<'t, T>, T, T);
        operator!(@right [T: Scalar] $trait $method, TensorVar<'t, T>, T, Tensor<T>);
        operator!(@numbers f32 $trait $method);
        operator!(@numbers f64 $trait $method);
        operator!(@right #[doc(hidden)] [V: Value] $trait $method, Var<'t, V>, i32, V where i32);
        operator!(@left #[doc(hidden)] [V: Value] $trait $method, i32, Var<'t, V>, V where i32);
        operator!(@tensors Tensor<T>, $trait $method);
        operator!(@tensors &Tensor<T>, $trait $method);
        impl<'t, V: Value, R> $trait<R> for &Var<'t, V>
        where
            Var<'t, V>: $trait<R>,
        {
            type Output = <Var<'t, V> as $trait<R>>::Output;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: R) -> Self::Output {
                (*self).$method(other)
            }
        }
        impl<'t, V: Value, W: Value> $trait<&Var<'t, W>> for Var<'t, V>
        where
            Var<'t, V>: $trait<Var<'t, W>>,
        {
            type Output = <Var<'t, V> as $trait<Var<'t, W>>>::Output;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: &Var<'t, W>) -> Self::Output {
                self.$method(*other)
            }
        }
        impl<'t, V: Value, R> $assign_trait<R> for Var<'t, V>
        where
            Self: $trait<R, Output = Self>,
        {
            #[inline(always)]
            #[track_caller]
            fn $assign(&mut self, other: R) {
                *self = (*self).$method(other);
            }
        }
    )*};
    (@numbers $t:ident $trait:ident $method:ident) => {
        operator!(@left [] $trait $method, $t, Var<'t, $t>, $t);
        operator!(@left [] $trait $method, $t, TensorVar<'t, $t>, Tensor<$t>);
    };
    (@tensors $tensor:ty, $trait:ident $method:ident) => {
        operator!(@right [T: Scalar] $trait $method, Var<'t, T>, $tensor, Tensor<T>);
        operator!(@right [T: Scalar] $trait $method, TensorVar<'t, T>, $tensor, Tensor<T>);
        operator!(@left [T: Scalar] $trait $method, $tensor, Var<'t, T>, Tensor<T>);
        operator!(@left [T: Scalar] $trait $method, $tensor, TensorVar<'t, T>, Tensor<T>);
    };
    (@right $(#[$attribute:meta])? [$($bound:tt)*] $trait:ident $method:ident, $left:ty, $right:ty, $value:ty
     $(where $plain:ty)?) => {
        $(#[$attribute])?
        impl<'t, $($bound)*> $trait<$right> for $left $(where $plain: Operand<'t, $value>)? {
            type Output = Var<'t, $value>;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: $right) -> Var<'t, $value> {
                let b = Operand::<$value>::operand(other, self.tape);
                record::binary(Binary::$trait, self.erase(), b, rule::$trait::value)
            }
        }
    };
    (@left $(#[$attribute:meta])? [$($bound:tt)*] $trait:ident $method:ident, $left:ty, $right:ty, $value:ty
     $(where $plain:ty)?) => {
        $(#[$attribute])?
        impl<'t, $($bound)*> $trait<$right> for $left $(where $plain: Operand<'t, $value>)? {
            type Output = Var<'t, $value>;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: $right) -> Var<'t, $value> {
                let a = Operand::<$value>::operand(self, other.tape);
                record::binary(Binary::$trait, a, other.erase(), rule::$trait::value)
            }
        }
        $(#[$attribute])?
        impl<'t, $($bound)*> $trait<&$right> for $left $(where $plain: Operand<'t, $value>)? {
            type Output = Var<'t, $value>;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: &$right) -> Var<'t, $value> {
                self.$method(*other)
            }
        }
    };
}
operator!(
    Add add AddAssign add_assign,
    Sub sub SubAssign sub_assign,
    Mul mul MulAssign mul_assign,
    Div div DivAssign div_assign,
    Rem rem RemAssign rem_assign
);

impl<'t, V: Value> Neg for &Var<'t, V> {
    type Output = Var<'t, V>;
    #[inline(always)]
    #[track_caller]
    fn neg(self) -> Var<'t, V> {
        -*self
    }
}

impl<V: Value> Neg for Var<'_, V> {
    type Output = Self;
    #[inline(always)]
    #[track_caller]
    fn neg(self) -> Self {
        record::unary(Unary::Neg, self, |x| -x)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tape, Var};
    use tensor::tensor;

    #[test]
    fn every_pair() {
        let tape = Tape::new();
        let (x, y) = (tape.var(3.0), tape.var(2.0));
        let (u, v) = (tape.var(tensor![1.0, 2.0]), tape.var(tensor![4.0, 5.0]));
        assert_eq!((x + y, x - 1.0, 1.0 - x).map(), [5.0, 2.0, -2.0]);
        assert_eq!((x / y, 6.0 / x, x % y).map(), [1.5, 2.0, 1.0]);
        assert_eq!((u + v).value(), tensor![5.0, 7.0]);
        assert_eq!((u * x).value(), tensor![3.0, 6.0]);
        assert_eq!((x - u).value(), tensor![2.0, 1.0]);
        assert_eq!((10.0 / v).value(), tensor![2.5, 2.0]);
        assert_eq!((-(v % 3.0)).value(), tensor![-1.0, -2.0]);
        let mut z = u;
        z *= x;
        z += 1.0;
        assert_eq!(z.value(), tensor![4.0, 7.0]);
        assert_eq!(z.sum().backward().wrt(x), 3.0);
    }

    /// A plain tensor or number is a constant on either side; a variable may be passed by reference on either side.
    #[test]
    fn plain_tensors_and_references() {
        let tape = Tape::new();
        let (x, w) = (tape.var(2.0), tape.var(tensor![1.0, 4.0]));
        let a = tensor![3.0, 5.0];
        let (x, w) = (&x, &w);
        assert_eq!((w + &a).value(), tensor![4.0, 9.0]);
        assert_eq!((&a - w).value(), tensor![2.0, 1.0]);
        assert_eq!((a.clone() * *w).value(), tensor![3.0, 20.0]);
        assert_eq!((x * a.clone()).value(), tensor![6.0, 10.0]);
        assert_eq!((&a / *x).value(), tensor![1.5, 2.5]);
        assert_eq!((w * w + x * x).value(), tensor![5.0, 20.0]);
        assert_eq!((-w * 2.0 + 2.0 / x).value(), tensor![-1.0, -7.0]);
        let y = (&a * w).sum() + (x * &a).sum();
        let g = y.backward();
        assert_eq!((g.wrt(*w), g.wrt(*x)), (a, 8.0));
    }

    #[test]
    fn sums_and_products_of_references() {
        let tape = Tape::new();
        let x = [tape.var(2.0), tape.var(3.0), tape.var(4.0)];
        let (sum, product): (Var<'_, f64>, Var<'_, f64>) = (x.iter().sum(), x.iter().product());
        assert_eq!((sum.value(), product.value()), (9.0, 24.0));
        assert_eq!(x.map(|x| product.backward().wrt(x)), [12.0, 8.0, 6.0]);
        let none: Var<'_, f64> = x[..0].iter().product();
        assert_eq!(none.value(), 1.0);
    }

    #[test]
    fn plain_tensors_beside_other_operands() {
        let tape = Tape::new();
        let w = tape.var(tensor![1.0, 4.0]);
        let a = tensor![3.0, 5.0];
        assert_eq!(w.maximum(&a).value(), a);
        assert_eq!(w.clamp(&a, 10.0).value(), a);
        assert_eq!(w.dot(&a).value(), 23.0);
        assert_eq!(w.outer(&a).value(), tensor![[3.0, 5.0], [12.0, 20.0]]);
        assert_eq!(w.where_(&w.gt(&a), &a).value(), a);
        assert_eq!(w.unsqueeze(0).linear(tensor![[1.0], [2.0]], tensor![0.5]).value(), tensor![[9.5]]);
    }

    #[test]
    #[should_panic(expected = "expected a variable on a tape beside a plain tensor")]
    fn a_plain_tensor_beside_a_constant_without_a_tape() {
        let one: Var<'_, f64> = num_traits::One::one();
        let _ = one * tensor![1.0, 2.0];
    }

    trait Map {
        fn map(self) -> [f64; 3];
    }
    impl Map for (crate::Var<'_, f64>, crate::Var<'_, f64>, crate::Var<'_, f64>) {
        fn map(self) -> [f64; 3] {
            [self.0.value(), self.1.value(), self.2.value()]
        }
    }

    #[test]
    #[should_panic(expected = "add: one operand is on the tape at")]
    fn two_tapes_in_one_expression() {
        let (a, b) = (Tape::new(), Tape::new());
        let _ = a.var(1.0) + b.var(2.0);
    }

    #[test]
    #[should_panic(expected = "mul: shapes (2,) and (3,) do not broadcast")]
    fn shapes_that_do_not_fit() {
        let tape = Tape::new();
        let _ = tape.var(tensor![1.0, 2.0]) * tape.var(tensor![1.0, 2.0, 3.0]);
    }
}
