//! Methods of plain tensors with a variable as the argument, such as `x.matmul(w)`: the tensor becomes a constant on
//! the tape of the variable, and the method of variables is recorded.

use super::{Operand, TensorOperand};
use crate::core::value::{Scalar, Value};
use crate::core::var::{TensorVar, Var};
use tensor::{Indices, RightOperand, RightTensor, Tensor, Weight};

impl<'t, V: Value> Var<'t, V> {
    /// A plain tensor as a constant on the tape of this variable.
    #[track_caller]
    fn constant_beside(self, x: &Tensor<V::Elem>) -> TensorVar<'t, V::Elem> {
        self.on_tape().constant(x)
    }
}

// The functions of each trait, for variables by value and by reference. The headers of the implementations are written
// out, because the compiler's messages would show a macro instead.
macro_rules! operand_functions {
    () => { operand_functions! { pow atan2 hypot maximum minimum log_add_exp xlogy leaky_relu elu } };
    ($($name:ident)*) => {
        type Output = TensorVar<'t, V::Elem>;
        fn to_plain(self) -> Tensor<V::Elem> {
            self.value().into_tensor()
        }
        #[track_caller]
        fn where_(left: &Tensor<V::Elem>, mask: &Tensor<V::Elem>, right: Self) -> Self::Output {
            right.constant_beside(left).where_(mask, right)
        }
        $(
            #[track_caller]
            fn $name(left: &Tensor<V::Elem>, right: Self) -> Self::Output {
                right.constant_beside(left).$name(right)
            }
        )*
    };
}

impl<'t, V: Value> RightOperand<V::Elem> for Var<'t, V>
where
    Var<'t, V>: Operand<'t, Tensor<V::Elem>>,
{
    operand_functions! {}
}

impl<'t, V: Value> RightOperand<V::Elem> for &Var<'t, V>
where
    Var<'t, V>: Operand<'t, Tensor<V::Elem>>,
{
    operand_functions! {}
}

macro_rules! tensor_functions {
    () => {
        type Scalar = Var<'t, T>;
        #[track_caller]
        fn matmul(left: &Tensor<T>, right: Self) -> TensorVar<'t, T> {
            right.constant_beside(left).matmul(right)
        }
        #[track_caller]
        fn dot(left: &Tensor<T>, right: Self) -> Var<'t, T> {
            right.constant_beside(left).dot(right)
        }
        #[track_caller]
        fn outer(left: &Tensor<T>, right: Self) -> TensorVar<'t, T> {
            right.constant_beside(left).outer(right)
        }
        #[track_caller]
        fn solve(left: &Tensor<T>, right: Self) -> TensorVar<'t, T> {
            right.constant_beside(left).solve(right)
        }
        #[track_caller]
        fn scatter_add(left: &Tensor<T>, axis: isize, index: Indices, right: Self) -> TensorVar<'t, T> {
            right.constant_beside(left).scatter_add(axis, index, right)
        }
    };
}

impl<'t, T: Scalar> RightTensor<T> for TensorVar<'t, T> {
    tensor_functions! {}
}

impl<'t, T: Scalar> RightTensor<T> for &TensorVar<'t, T> {
    tensor_functions! {}
}

#[diagnostic::do_not_recommend]
impl<'t, T: Scalar, B: TensorOperand<'t, T>> Weight<B, T> for TensorVar<'t, T> {
    type Output = TensorVar<'t, T>;
    #[track_caller]
    fn linear(x: &Tensor<T>, w: Self, bias: B) -> TensorVar<'t, T> {
        w.constant_beside(x).linear(w, bias)
    }
}

#[diagnostic::do_not_recommend]
impl<'t, T: Scalar, B: TensorOperand<'t, T>> Weight<B, T> for &TensorVar<'t, T> {
    type Output = TensorVar<'t, T>;
    #[track_caller]
    fn linear(x: &Tensor<T>, w: Self, bias: B) -> TensorVar<'t, T> {
        x.linear(*w, bias)
    }
}

impl<'t, T: Scalar> Weight<TensorVar<'t, T>, T> for &Tensor<T> {
    type Output = TensorVar<'t, T>;
    #[track_caller]
    fn linear(x: &Tensor<T>, w: Self, bias: TensorVar<'t, T>) -> TensorVar<'t, T> {
        bias.constant_beside(x).linear(w, bias)
    }
}

impl<'t, T: Scalar> Weight<&TensorVar<'t, T>, T> for &Tensor<T> {
    type Output = TensorVar<'t, T>;
    #[track_caller]
    fn linear(x: &Tensor<T>, w: Self, bias: &TensorVar<'t, T>) -> TensorVar<'t, T> {
        x.linear(w, *bias)
    }
}
