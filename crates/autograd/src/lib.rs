//! One tape of scalars and tensors, a ledger of derivatives, and the transforms that read them.

mod algebra;
pub mod check;
mod code;
mod custom;
mod eager;
mod float;
mod forward;
mod gradients;
pub mod ledger;
mod methods;
mod nodes;
mod operators;
mod params;
mod record;
mod reverse;
#[cfg(feature = "proptest")]
pub mod strategies;
mod tape;
mod transform;
mod value;
mod var;

pub use check::{Checked, GradCheck, GradCheckError, gradcheck};
pub use code::Nary;
pub use custom::CustomOp;
pub use forward::Tangents;
pub use gradients::Gradients;
pub use methods::{
    Operand, bce_with_logits, concat, einsum, huber, mae, mse, softmax_cross_entropy, softmax_cross_entropy_smoothed,
    softmax_cross_entropy_soft, stack,
};
pub use params::{GradientSum, Lent, Param, ParamGradients, Params};
pub use tape::Tape;
pub use transform::{
    Function, Input, Objective, grad, hessian, hvp, jacobian, jacobian_forward, jacobian_reverse, jvp, value_and_grad,
    vjp,
};
pub use value::{Scalar, Value};
pub use var::Var;
