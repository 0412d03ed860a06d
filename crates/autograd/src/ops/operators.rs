//! `+ - * / %` and negation, for all pairs of scalar and tensor variables, and for plain numbers on either side.

use crate::core::record;
use crate::core::value::{Scalar, Value};
use crate::core::var::{TensorVar, Var};
use crate::ops::Operand;
use crate::rules::binary::{BinaryRule, rule};
use crate::rules::{Binary, Unary};
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Rem, RemAssign, Sub, SubAssign};
use tensor::Tensor;

macro_rules! operator {
    ($($trait:ident $method:ident $assign_trait:ident $assign:ident),*) => {$(
        operator!(@pair [T: Scalar] $trait $method, Var<'t, T>, Var<'t, T>, T);
        operator!(@pair [T: Scalar] $trait $method, TensorVar<'t, T>, TensorVar<'t, T>, Tensor<T>);
        operator!(@pair [T: Scalar] $trait $method, TensorVar<'t, T>, Var<'t, T>, Tensor<T>);
        operator!(@pair [T: Scalar] $trait $method, Var<'t, T>, TensorVar<'t, T>, Tensor<T>);
        operator!(@numbers f32 $trait $method);
        operator!(@numbers f64 $trait $method);
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
        operator!(@pair [] $trait $method, Var<'t, $t>, $t, $t);
        operator!(@pair [] $trait $method, $t, Var<'t, $t>, $t);
        operator!(@pair [] $trait $method, TensorVar<'t, $t>, $t, Tensor<$t>);
        operator!(@pair [] $trait $method, $t, TensorVar<'t, $t>, Tensor<$t>);
    };
    (@pair [$($bound:tt)*] $trait:ident $method:ident, $left:ty, $right:ty, $value:ty) => {
        impl<'t, $($bound)*> $trait<$right> for $left {
            type Output = Var<'t, $value>;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: $right) -> Var<'t, $value> {
                let (a, b) = (Operand::<$value>::operand(self), Operand::<$value>::operand(other));
                record::binary(Binary::$trait, a, b, rule::$trait::value)
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
    use crate::Tape;
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
