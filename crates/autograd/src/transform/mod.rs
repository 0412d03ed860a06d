//! Transforms: gradients, Jacobians, Hessians and products with them, for functions.
//!
//! A transform takes a closure on variables and a point, which is a scalar, a tensor, a variable, or a structure of
//! them ([`Input`]). The closure may call functions written for [`Var`](crate::Var) as well as generic functions.
//!
//! | file | idea |
//! |---|---|
//! | `grad.rs`, `vjp.rs`, `jacobian.rs`, `hessian.rs` | the transforms, each written once for both levels of points |
//! | `input.rs`, `bound.rs`, `function.rs` | points, parameters as points, and functions of points |
//! | `level.rs`, `plain.rs`, `nested.rs` | where a point lies: outside all tapes, or on the tape of an outer function |
//! | `vars.rs` | recorded gradients and tangents of a variable on a tape |
//! | `by_param.rs`, `flatten.rs` | results by parameter, and points as vectors |
//! | `lease.rs` | the tape that each thread keeps for its next transform |
//! | `checkpoint.rs` | operations that are computed again instead of stored |

/// Calls a macro for the tuples that serve as structures: those of one to six elements.
macro_rules! tuples {
    ($callback:ident!) => {
        $callback!(A 0);
        $callback!(A 0, B 1);
        $callback!(A 0, B 1, C 2);
        $callback!(A 0, B 1, C 2, D 3);
        $callback!(A 0, B 1, C 2, D 3, E 4);
        $callback!(A 0, B 1, C 2, D 3, E 4, F 5);
    };
}

mod bound;
mod by_param;
mod checkpoint;
mod flatten;
mod function;
mod grad;
mod hessian;
mod input;
mod jacobian;
mod lease;
pub(crate) mod level;
mod nested;
mod plain;
mod vars;
mod vjp;

pub use by_param::ByParam;
pub use checkpoint::checkpoint;
pub use flatten::{flatten, unflatten};
pub use function::{Evaluate, Function, Objective, function_at, objective, objective_at, objective_of_params};
pub use grad::{grad, value_and_grad};
pub use hessian::{hessian, hessian_matrix, hvp};
pub use input::{Input, Part, Single};
pub use jacobian::{jacobian, jacobian_forward, jacobian_matrix, jacobian_reverse};
pub use level::{Level, Out};
pub use nested::Nested;
pub use plain::Plain;
pub(crate) use plain::PlainPart;
pub use vars::Vars;
pub use vjp::{jvp, vjp};
