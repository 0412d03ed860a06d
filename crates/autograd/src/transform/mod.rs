//! Transforms: gradients, Jacobians, Hessians and products with them, for functions.
//!
//! A transform takes a closure on variables and a point, which is a scalar, a tensor, or a structure of them
//! ([`Input`]). The closure may call functions written for [`Var`](crate::Var) as well as generic functions.

mod checkpoint;
mod grad;
mod hessian;
mod input;
mod jacobian;
mod vjp;

pub use checkpoint::checkpoint;
pub use grad::{grad, value_and_grad};
pub use hessian::{hessian, hvp};
pub use input::{Function, Input, Objective};
pub use jacobian::{jacobian, jacobian_forward, jacobian_reverse};
pub use vjp::{jvp, vjp};
