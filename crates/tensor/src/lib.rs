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
//! | `number.rs`, `lane.rs`, `real.rs` | the arithmetic that a formula may use, and the element types |
//! | `buffer.rs` | shared buffers, recycled when the last owner goes |
//! | `shape.rs`, `axes.rs`, `layout.rs` | shapes, axes, and walking strided memory |
//! | `tensor.rs`, `construct.rs` | the type itself |
//! | `display.rs`, `numeral.rs` | tensors as text |
//! | `reshape.rs`, `view.rs`, `slice.rs`, `slicing.rs` | views of the same elements |
//! | `indices.rs`, `select.rs`, `gather.rs` | reading and adding to elements at computed positions |
//! | `arrange.rs`, `matrix.rs` | joining and splitting tensors; diagonals, triangles |
//! | `elementwise.rs`, `reduction.rs`, `reduce/`, `rows.rs`, `rowwise.rs`, `scan.rs`, `parallel.rs` | the kernels |
//! | `gemm.rs`, `matmul/`, `einsum.rs` | products |
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
mod gemm;
mod indices;
mod lane;
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
mod reduction;
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
pub use lane::Lane;
pub use lu::Lu;
pub use number::Number;
pub use real::Real;
pub use reduction::Reduction;
pub use shape::Shape;
pub use slice::Slice;
pub use tensor::Tensor;
