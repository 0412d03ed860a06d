//! Strategies for property tests with [proptest]: shapes that broadcast, tensors and views of them, values away from
//! kinks, axes, cotangents, and whole random programs.
//!
//! ```
//! use autograd::{gradcheck, strategies};
//! use proptest::prelude::*;
//!
//! proptest! {
//!     # #![proptest_config(ProptestConfig::with_cases(4))]
//!     fn my_op_is_right(x in strategies::tensor(1..4, -2.0..2.0)) {
//!         gradcheck(|x| x.sin() * x, x).run()?;
//!     }
//! }
//! # my_op_is_right();
//! ```
//!
//! All shrink: shapes towards few axes and small dimensions, numbers towards 0, programs towards few steps.

mod program;
mod shape;
mod tensor;
mod values;
mod views;

pub use program::{Program, program};
pub use shape::{IntoShapes, Shapes, axes, axis, broadcasting, shape};
pub use tensor::{Tensors, cotangent, tensor};
pub use values::{away_from, scales};
pub use views::{view, viewed};
