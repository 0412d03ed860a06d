//! Dense n-dimensional arrays and the kernels that compute on them.
//!
//! [`Tensor<T>`] is a shared, immutable buffer (copied only when written while shared) seen through a
//! shape and strides: transposing, slicing, broadcasting and most reshapes cost no copy. `T` is `f32`
//! (the default) or `f64`. This crate knows nothing of derivatives; the `autograd` crate builds them
//! from the operations found here.
//!
//! ```
//! use tensor::{Tensor, tensor};
//!
//! let a = tensor![[1.0, 2.0], [3.0, 4.0]];
//! let b = a.matmul(&a.transpose());
//! assert_eq!(b, tensor![[5.0, 11.0], [11.0, 25.0]]);
//! assert_eq!(b.sum(), 52.0);
//! ```
//!
//! | file | idea |
//! |---|---|
//! | `real.rs`, `number.rs` | the element types, and the arithmetic that a formula may use |
//! | `buffer.rs` | shared buffers, recycled when the last owner goes |
//! | `shape.rs`, `axes.rs`, `layout.rs` | shapes, axes, and walking strided memory |
//! | `tensor.rs`, `construct.rs` | the type itself |
//! | `display.rs`, `numeral.rs` | tensors as text |
//! | `reshape.rs`, `view.rs`, `slice.rs`, `slicing.rs` | the same numbers, seen differently |
//! | `indices.rs`, `select.rs`, `gather.rs` | numbers read, and added to, at computed positions |
//! | `arrange.rs`, `matrix.rs` | tensors put together and taken apart; diagonals, triangles |
//! | `elementwise.rs`, `reduce.rs`, `rows.rs`, `scan.rs` | the kernels |
//! | `matmul.rs`, `einsum.rs` | products |
//! | `lu.rs` | determinants and linear systems |
//! | `error.rs` | how error types of all crates print |
//! | `math/` | elementary functions that vectorize |

mod arrange;
mod axes;
mod buffer;
mod construct;
mod display;
mod einsum;
pub mod elementwise;
mod error;
mod gather;
mod indices;
mod layout;
mod lu;
pub mod math;
mod matmul;
mod matrix;
mod number;
mod numeral;
mod parallel;
mod real;
mod reduce;
mod reshape;
mod rows;
pub mod rowwise;
mod scan;
mod select;
mod shape;
mod slice;
mod slicing;
mod tensor;
mod view;

pub use axes::{Axes, keep};
pub use buffer::{Buffer, recycle};
pub use einsum::{EinsumSpec, einsum};
pub use elementwise::{Map1, Map2, Map3};
pub use indices::Indices;
pub use lu::Lu;
pub use number::Number;
pub use real::{Lane, Real};
pub use reduce::Reduction;
pub use shape::Shape;
pub use slice::Slice;
pub use tensor::Tensor;
