//! A store of named parameter tensors, keys to them, and gradients by key.

mod bound;
mod gradient_sum;
mod store;

pub use bound::BoundParams;
pub use gradient_sum::{GradientSum, ParamGradients};
pub use store::{Param, Params};
