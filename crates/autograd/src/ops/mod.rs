//! The methods and operators of variables and tapes, by family. An operation records one primitive, or several where its
//! documentation says so.

pub(crate) mod custom;
mod determinant;
mod elementwise;
mod float;
pub(crate) mod gradients;
mod loss;
mod nary;
mod normalize;
mod operand;
mod operators;
mod plain_left;
mod product;
mod reduce;
mod rule_numbers;
mod shape;
mod tangents;
mod tape;
mod var;

pub use custom::CustomOp;
pub use gradients::Gradients;
pub use loss::{
    bce_with_logits, softmax_cross_entropy_rows, softmax_cross_entropy_smoothed, softmax_cross_entropy_soft_rows,
};
pub use loss::{huber, mae, mse, softmax_cross_entropy, softmax_cross_entropy_soft};
pub use operand::{Operand, TensorOperand};
pub use product::einsum;
pub use shape::{concat, stack};
