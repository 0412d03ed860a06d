//! The right operand of a method of [`Tensor`], and the elementwise methods that have one.
//!
//! The `autograd` crate implements the traits for its variables: the tensor on the left is then a constant, and the
//! result is a variable. Their functions take both operands in order, so `O::pow(a, b)` is `a.pow(b)`.

use crate::elementwise::each2;
use crate::formulas;
use crate::functions::{Function2, Function3, apply2, apply3};
use crate::indices::Indices;
use crate::real::Real;
use crate::tensor::Tensor;
use std::borrow::Borrow;

/// A right operand that must be a tensor: a tensor, by value or by reference, or a tensor variable of the `autograd`
/// crate, for which the tensor on the left is a constant.
#[diagnostic::on_unimplemented(
    message = "expected a tensor of `{T}` or a tensor variable, got `{Self}`",
    note = "for a product with a number or a scalar variable, write `a * x`",
    note = "a `Vec`, an array or a slice becomes a tensor by `Tensor::from(list)`; `cast` converts a tensor of another \
            element type"
)]
pub trait RightTensor<T: Real>: RightOperand<T> {
    /// The type of a scalar result: `T`, or a scalar variable.
    type Scalar;
    #[doc(hidden)]
    #[track_caller]
    fn matmul(left: &Tensor<T>, right: Self) -> Self::Output;
    #[doc(hidden)]
    #[track_caller]
    fn dot(left: &Tensor<T>, right: Self) -> Self::Scalar;
    #[doc(hidden)]
    #[track_caller]
    fn outer(left: &Tensor<T>, right: Self) -> Self::Output;
    #[doc(hidden)]
    #[track_caller]
    fn solve(left: &Tensor<T>, right: Self) -> Self::Output;
    #[doc(hidden)]
    #[track_caller]
    fn scatter_add(left: &Tensor<T>, axis: isize, index: Indices, right: Self) -> Self::Output;
}

#[diagnostic::do_not_recommend]
impl<T: Real, X: Borrow<Tensor<T>> + Into<Tensor<T>>> RightTensor<T> for X {
    type Scalar = T;
    #[inline]
    #[track_caller]
    fn matmul(left: &Tensor<T>, right: X) -> Tensor<T> {
        left.matrix_product(right.borrow())
    }
    #[inline]
    #[track_caller]
    fn dot(left: &Tensor<T>, right: X) -> T {
        left.inner_product(right.borrow())
    }
    #[track_caller]
    fn outer(left: &Tensor<T>, right: X) -> Tensor<T> {
        left.outer_product(right.borrow())
    }
    #[track_caller]
    fn solve(left: &Tensor<T>, right: X) -> Tensor<T> {
        left.solution(right.borrow())
    }
    #[track_caller]
    fn scatter_add(left: &Tensor<T>, axis: isize, index: Indices, right: X) -> Tensor<T> {
        left.add_at(axis, &index, right.borrow())
    }
}

/// Each row is a method, the value of it for two tensors, its description, and an example.
macro_rules! functions {
    ($($name:ident |$a:ident, $b:ident| $value:expr, $doc:literal $example:literal;)*) => {
        /// The right operand of an operation with a tensor on the left: a tensor, by value or by reference; a number,
        /// an array, or anything else that converts to a tensor; or a variable of the `autograd` crate, for which the
        /// tensor on the left is a constant. It broadcasts.
        #[diagnostic::on_unimplemented(
            message = "`{Self}` cannot be combined with a tensor of `{T}`",
            note = "an operand is a tensor, a number of the element type, or a variable",
            note = "write `2.0` for an integer; `cast` converts a tensor of another element type"
        )]
        pub trait RightOperand<T: Real>: Sized {
            /// The type of the result: `Tensor<T>`, or a tensor variable.
            type Output;
            /// The operand as a plain tensor.
            #[doc(hidden)]
            #[track_caller]
            fn to_plain(self) -> Tensor<T>;
            #[doc(hidden)]
            #[track_caller]
            fn where_(left: &Tensor<T>, mask: &Tensor<T>, right: Self) -> Self::Output;
            $(
                #[doc(hidden)]
                #[track_caller]
                fn $name(left: &Tensor<T>, right: Self) -> Self::Output;
            )*
        }

        #[diagnostic::do_not_recommend]
        impl<T: Real, X: Into<Tensor<T>>> RightOperand<T> for X {
            type Output = Tensor<T>;
            #[inline]
            fn to_plain(self) -> Tensor<T> {
                self.into()
            }
            #[track_caller]
            fn where_(left: &Tensor<T>, mask: &Tensor<T>, right: X) -> Tensor<T> {
                apply3(Function3::Where, mask, left, &right.into())
            }
            $(
                #[track_caller]
                fn $name($a: &Tensor<T>, $b: X) -> Tensor<T> {
                    let $b = &$b.into();
                    $value
                }
            )*
        }

        impl<T: Real> Tensor<T> {
            $( functions! { @method $name |x, other| { O::$name(x, other) } -> O::Output, $doc $example } )*
        }
    };
    (comparisons: $($name:ident $op:ident $doc:literal $example:literal;)*) => {
        /// Comparisons, whose results are 1 where they hold and 0 elsewhere. No gradient flows through them.
        impl<T: Real> Tensor<T> {
            $( functions! {
                @method $name |x, other| { apply2(Function2::$op, x, &other.to_plain()) } -> Tensor<T>, $doc $example
            } )*
        }
    };
    (@method $name:ident |$x:ident, $other:ident| $body:block -> $output:ty, $doc:literal $example:literal) => {
        #[doc = $doc]
        ///
        /// ```
        /// # use tensor::tensor;
        #[doc = concat!("assert_eq!(", $example, ");")]
        /// ```
        /// # Panics
        /// If the shapes do not broadcast.
        #[track_caller]
        pub fn $name<O: RightOperand<T>>(&self, $other: O) -> $output {
            let $x = self;
            $body
        }
    };
}

functions! {
    maximum |a, b| apply2(Function2::Maximum, a, b), "The larger of x and `other`; NaN if either is NaN."
        "tensor![1.0, 5.0].maximum(3.0), tensor![3.0, 5.0]";
    minimum |a, b| apply2(Function2::Minimum, a, b), "The smaller of x and `other`; NaN if either is NaN."
        "tensor![1.0, 5.0].minimum(3.0), tensor![1.0, 3.0]";
    leaky_relu |a, b| apply2(Function2::LeakyRelu, a, b), "x for x > 0, `other`·x otherwise."
        "tensor![-2.0, 3.0].leaky_relu(0.5), tensor![-1.0, 3.0]";
    elu |a, b| apply2(Function2::Elu, a, b), "x for x > 0, `other`·(eˣ - 1) otherwise."
        "tensor![-1e4, 3.0].elu(0.5), tensor![-0.5, 3.0]";
    pow |a, b| each2("pow", &|a: T, b| a.powf(b), a, b), "x to the power of `other`, element by element."
        "tensor![2.0, 3.0].pow(tensor![3.0, 2.0]), tensor![8.0, 9.0]";
    atan2 |a, b| each2("atan2", &|a: T, b| a.atan2(b), a, b), "The angle of the point (`other`, x), in -π..=π."
        "tensor![0.0].atan2(tensor![1.0]), tensor![0.0]";
    hypot |a, b| each2("hypot", &|a: T, b| a.hypot(b), a, b),
        "√(x² + `other`²), without intermediate overflow or underflow."
        "tensor![3.0].hypot(4.0), tensor![5.0]";
    log_add_exp |a, b| each2("log_add_exp", &|a: T, b| a.log_add_exp(b), a, b),
        "ln(eˣ + e^`other`), without intermediate overflow."
        "tensor![1e4].log_add_exp(-1e4), tensor![1e4]";
    xlogy |a, b| each2("xlogy", &|a: T, b| formulas::xlogy(a, b), a, b), "x ln(`other`), and 0 where x is 0."
        "tensor![0.0, 2.0].xlogy(tensor![0.0, 1.0]), tensor![0.0, 0.0]";
}

functions! { comparisons:
    gt Gt "1 where x > `other`, 0 elsewhere."
        "tensor![1.0, 2.0, 3.0].gt(2.0), tensor![0.0, 0.0, 1.0]";
    ge Ge "1 where x >= `other`, 0 elsewhere."
        "tensor![1.0, 2.0, 3.0].ge(2.0), tensor![0.0, 1.0, 1.0]";
    lt Lt "1 where x < `other`, 0 elsewhere."
        "tensor![1.0, 2.0, 3.0].lt(2.0), tensor![1.0, 0.0, 0.0]";
    le Le "1 where x <= `other`, 0 elsewhere."
        "tensor![1.0, 2.0, 3.0].le(2.0), tensor![1.0, 1.0, 0.0]";
    equals Equals "1 where x equals `other`, 0 elsewhere; unlike `==`, which compares whole tensors."
        "tensor![1.0, 2.0, 3.0].equals(2.0), tensor![0.0, 1.0, 0.0]";
}

impl<T: Real> Tensor<T> {
    /// x where the mask is not 0, `other` elsewhere. Comparisons such as [`gt`](Tensor::gt) make masks.
    ///
    /// ```
    /// # use tensor::tensor;
    /// let x = tensor![-1.0, 4.0];
    /// assert_eq!(x.sqrt().where_(&x.ge(0.0), 0.0), tensor![0.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// If the three shapes do not broadcast.
    #[track_caller]
    pub fn where_<O: RightOperand<T>>(&self, mask: &Tensor<T>, other: O) -> O::Output {
        O::where_(self, mask, other)
    }
}
