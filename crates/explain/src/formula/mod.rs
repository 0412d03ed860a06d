//! Formulas for the value of a node and its local derivatives.

mod expr;
mod local;
mod recorded;
mod simplify;
mod symbolic;
mod value;

pub use expr::{Comparison, Condition, Expr, Infix};
pub(crate) use local::{Setting, form, kept_shape, locals, summed_to_operand, textbook, times_adjoint};
pub(crate) use value::{Argument, value};
