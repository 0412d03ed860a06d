//! Automatic differentiation of scalars and tensors: a tape, a table of derivative rules, and transforms of functions.
//!
//! ```
//! use autograd::{Tape, hessian, value_and_grad};
//! use tensor::tensor;
//!
//! // record operations, then compute gradients in a reverse sweep
//! let tape = Tape::new();
//! let x = tape.var(2.0);
//! let w = tape.var(tensor![[0.1, -0.2], [0.4, 0.3]]);
//! let y = w.matmul(tape.constant(tensor![1.0, 2.0])).tanh().sum() * x;
//! let g = y.backward();
//! assert_eq!(g.wrt(w).shape().to_string(), "(2, 2)"); // the gradient of a tensor is a tensor,
//! let derivative: f64 = g.wrt(x);                      // that of a scalar is a scalar
//! assert_eq!(derivative, y.value() / 2.0);
//!
//! // or transform a function
//! let (value, derivative) = value_and_grad(|x| x.sin() * x, 2.0);
//! let h = hessian(|x| x.at([0]) * x.at([0]) * x.at([1]), &tensor![3.0, 5.0]);
//! assert_eq!(h, tensor![[10.0, 6.0], [6.0, 0.0]]);
//! # let _ = (value, derivative);
//! ```
//!
//! [`Tape::new`] makes a tape of `f64`, [`Tape::single`] one of `f32`.
//!
//! | folder, in reading order | contents |
//! |---|---|
//! | `core/` | the tape, its reader, and the forward and reverse sweeps |
//! | [`rules`] | the value and the derivative of each primitive |
//! | `ops/` | the methods and operators of variables, and gradients |
//! | `params/` | a store of parameters, keys to them, and gradients by key |
//! | `transform/` | gradients, Jacobians, Hessians of functions |
//! | `real/` | a scalar variable without a lifetime, for foreign generic code |
//! | [`check`], `strategies/` | gradient checks by finite differences, and random inputs and programs for them |
//! | [`inspect`] | a read-only view of a tape, for explanations |
//! | `fast/` | storage and kernels: unsafe and SIMD code; skip it on a first reading |
//!
//! A folder uses only the folders before it in this order: `rules`, `fast`, `core`, `ops`, `params`, `transform`,
//! `real`, `check`, `strategies`, `inspect`.

pub mod check;
mod core;
mod fast;
pub mod inspect;
mod ops;
mod params;
mod real;
pub mod rules;
#[cfg(feature = "proptest")]
pub mod strategies;
mod transform;

pub use crate::core::forward::Tangents;
pub use crate::core::tape::Tape;
pub use crate::core::value::{Scalar, Value, ValueOf};
pub use crate::core::var::{TensorVar, Var};
pub use check::{Checked, GradCheck, GradCheckError, gradcheck};
pub use ops::{
    CustomOp, Gradients, Operand, TensorOperand, bce_with_logits, concat, einsum, huber, mae, mse,
    softmax_cross_entropy, softmax_cross_entropy_rows, softmax_cross_entropy_smoothed, softmax_cross_entropy_soft,
    softmax_cross_entropy_soft_rows, stack,
};
pub use params::{BoundParams, GradientSum, Param, ParamGradients, Params};
pub use real::{Real, Scope};
pub use rules::Nary;
pub use transform::{
    ByParam, Evaluate, Function, Input, Level, Nested, Objective, Out, Part, Plain, Single, Vars, checkpoint, flatten,
    function_at, grad, hessian, hessian_matrix, hvp, jacobian, jacobian_forward, jacobian_matrix, jacobian_reverse,
    jvp, objective, objective_at, objective_of_params, unflatten, value_and_grad, vjp,
};
