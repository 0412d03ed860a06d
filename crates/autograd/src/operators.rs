//! `+ - * / %` and negation, for every pair: variables, plain numbers on either side, a tensor with a scalar variable.

use crate::ledger::binary::rule;
use crate::ledger::unary::rule as unary;
use crate::ledger::{Binary, Op, Unary};
use crate::operands::common;
use crate::value::{self, Scalar, Value};
use crate::var::Var;
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Rem, RemAssign, Sub, SubAssign};
use tensor::Tensor;

macro_rules! operator {
    ($($trait:ident $method:ident $assign_trait:ident $assign:ident),*) => {$(
        impl<'t, T: Scalar> $trait for Var<'t, Tensor<T>> {
            type Output = Self;
            #[track_caller]
            fn $method(self, other: Self) -> Self {
                Value::binary(self, other, Binary::$trait)
            }
        }
        impl<'t, T: Scalar> $trait<Var<'t, T>> for Var<'t, Tensor<T>> {
            type Output = Self;
            #[track_caller]
            fn $method(self, other: Var<'t, T>) -> Self {
                common(self.tape, other.tape, stringify!($method));
                let tape = self.on_tape();
                tape.record(Op::Binary(Binary::$trait), &[self.id, other.node_on(tape)])
            }
        }
        impl<'t, T: Scalar> $trait<Var<'t, Tensor<T>>> for Var<'t, T> {
            type Output = Var<'t, Tensor<T>>;
            #[track_caller]
            fn $method(self, other: Var<'t, Tensor<T>>) -> Var<'t, Tensor<T>> {
                common(self.tape, other.tape, stringify!($method));
                let tape = other.on_tape();
                tape.record(Op::Binary(Binary::$trait), &[self.node_on(tape), other.id])
            }
        }
        impl<'t, V: Value, R> $assign_trait<R> for Var<'t, V>
        where
            Self: $trait<R, Output = Self>,
        {
            #[track_caller]
            fn $assign(&mut self, other: R) {
                *self = (*self).$method(other);
            }
        }
        impl<'t, T: Scalar> $trait for Var<'t, T> {
            type Output = Self;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: Self) -> Self {
                value::scalar_binary(self, other, rule::$trait)
            }
        }
        operator!(@numbers f32 $trait $method);
        operator!(@numbers f64 $trait $method);
    )*};
    (@numbers $t:ident $trait:ident $method:ident) => {
        impl<'t> $trait<$t> for Var<'t, $t> {
            type Output = Self;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: $t) -> Self {
                value::scalar_with_number(self, other, rule::$trait)
            }
        }
        impl<'t> $trait<Var<'t, $t>> for $t {
            type Output = Var<'t, $t>;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: Var<'t, $t>) -> Var<'t, $t> {
                value::scalar_number_with(self, other, rule::$trait)
            }
        }
        impl<'t> $trait<$t> for Var<'t, Tensor<$t>> {
            type Output = Self;
            #[track_caller]
            fn $method(self, other: $t) -> Self {
                Value::with_number(self, other, Binary::$trait)
            }
        }
        impl<'t> $trait<Var<'t, Tensor<$t>>> for $t {
            type Output = Var<'t, Tensor<$t>>;
            #[track_caller]
            fn $method(self, other: Var<'t, Tensor<$t>>) -> Var<'t, Tensor<$t>> {
                Value::number_with(self, other, Binary::$trait)
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

impl<T: Scalar> Neg for Var<'_, T> {
    type Output = Self;
    #[inline(always)]
    #[track_caller]
    fn neg(self) -> Self {
        value::scalar_unary(self, unary::Neg)
    }
}

impl<T: Scalar> Neg for Var<'_, Tensor<T>> {
    type Output = Self;
    #[track_caller]
    fn neg(self) -> Self {
        Value::unary(self, Unary::Neg)
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
