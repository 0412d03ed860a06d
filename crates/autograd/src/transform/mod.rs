//! Transforms: functions of variables become functions that give derivatives.
//!
//! A transform takes a closure over variables and a point: a number, a tensor, or any structure of them
//! ([`Input`]). The closure may be any that records on the variables it is given, so a generic body works as well as
//! one written for [`Var`](crate::Var).

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
