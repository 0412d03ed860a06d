//! [proptest] strategies for property tests: shapes that broadcast, tensors and views of them, values away from kinks,
//! axes, cotangents, and random programs.
//!
//! ```
//! use autograd::{gradcheck, strategies};
//! use proptest::prelude::*;
//!
//! proptest! {
//!     # #![proptest_config(ProptestConfig::with_cases(4))]
//!     fn gradients_are_right(x in strategies::tensor(1..4, -2.0..2.0)) {
//!         gradcheck(|x| x.sin() * x, x).run()?;
//!     }
//! }
//! # gradients_are_right();
//! ```
//!
//! All strategies shrink: shapes to few axes and small sizes, values to 0, programs to few steps.

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
