//! One tape of scalars and tensors, a ledger of derivatives, and the transforms that read them.
//!
//! ```
//! use autograd::{Tape, hessian, value_and_grad};
//! use tensor::tensor;
//!
//! // record, then sweep backwards
//! let tape = Tape::new();
//! let x = tape.var(2.0_f64);
//! let w = tape.var(tensor![[0.1, -0.2], [0.4, 0.3]]);
//! let y = w.matmul(tape.constant(tensor![1.0, 2.0])).tanh().sum() * x;
//! let g = y.backward();
//! assert_eq!(g.wrt(w).shape().to_string(), "(2, 2)"); // typed by its argument: a tensor here,
//! let slope: f64 = g.wrt(x);                          // a number there
//! assert_eq!(slope, y.value() / 2.0);
//!
//! // or transform a function
//! let (value, slope) = value_and_grad(|x| x.sin() * x, 2.0_f64);
//! let h = hessian(|x| x.at([0]) * x.at([0]) * x.at([1]), &tensor![3.0, 5.0]);
//! assert_eq!(h, tensor![[10.0, 6.0], [6.0, 0.0]]);
//! # let _ = (value, slope);
//! ```
//!
//! If the compiler reports E0282, "type annotations needed", give one literal its type, as in `tape.var(2.0_f64)`.
//!
//! | to read, in this order | idea |
//! |---|---|
//! | `nodes.rs`, `code.rs`, `tape.rs`, `recording.rs` | what is recorded, and how: 17 bytes for a scalar operation |
//! | `var.rs`, `operators.rs`, `methods/` | handles, and what can be done with them |
//! | [`ledger`] | each primitive with its value and its derivative, once |
//! | `eager.rs`, `record.rs`, `forward.rs` | who reads the ledger: numbers, variables, tangents |
//! | `reverse/`, `gradients.rs` | the sweep, and what it leaves |
//! | `transform/` | gradients, Jacobians, Hessians of functions |
//! | `params.rs`, `lent.rs`, `gradient_sum.rs` | parameters as data: a store and keys |
//! | [`view`] | a tape as data, for those who explain it |
//! | [`check`] | gradients held against differences |

mod algebra;
pub mod check;
mod code;
mod custom;
mod eager;
mod float;
mod forward;
mod gradient_sum;
mod gradients;
pub mod ledger;
mod lent;
mod methods;
mod node;
mod nodes;
mod operands;
mod operators;
mod params;
mod record;
mod recording;
mod reverse;
#[cfg(feature = "proptest")]
pub mod strategies;
mod tape;
mod transform;
mod value;
mod var;
pub mod view;

pub use check::{Checked, GradCheck, GradCheckError, gradcheck};
pub use code::Nary;
pub use custom::CustomOp;
pub use forward::Tangents;
pub use gradient_sum::{GradientSum, ParamGradients};
pub use gradients::Gradients;
pub use lent::Lent;
pub use methods::{
    Operand, bce_with_logits, concat, einsum, huber, mae, mse, softmax_cross_entropy, softmax_cross_entropy_rows,
    softmax_cross_entropy_smoothed, softmax_cross_entropy_soft, softmax_cross_entropy_soft_rows, stack,
};
pub use params::{Param, Params};
pub use tape::Tape;
pub use transform::{
    Function, Input, Objective, checkpoint, grad, hessian, hvp, jacobian, jacobian_forward, jacobian_reverse, jvp,
    value_and_grad, vjp,
};
pub use value::{Scalar, Value};
pub use var::Var;
