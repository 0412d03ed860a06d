//! Dense n-dimensional arrays and their operations.
//!
//! [`Tensor<T>`] is a view of a shared buffer with a shape and strides. Transposing, slicing, broadcasting and most
//! reshapes do not copy elements, and a buffer is copied only if it is written to while shared. `T` is `f32` (the
//! default) or `f64`. This crate does not compute derivatives; the `autograd` crate does, with the operations defined
//! here.
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
//! | file | contents |
//! |---|---|
//! | `real.rs`, `lane.rs`, `number.rs` | element types, scalars in kernels, and the arithmetic available to formulas |
//! | `buffer.rs` | reference-counted, recycled buffers |
//! | `shape.rs`, `axes.rs`, `layout.rs` | shapes, axes, and iteration over strided memory |
//! | `tensor.rs`, `construct.rs` | the tensor type and its constructors |
//! | `display.rs`, `numeral.rs` | formatting |
//! | `reshape.rs`, `view.rs`, `slice.rs`, `slicing.rs` | views: reshapes, transposes, slices |
//! | `indices.rs`, `select.rs`, `gather.rs` | indexing: selecting, gathering and scattering elements |
//! | `arrange.rs`, `matrix.rs` | concatenating, splitting, padding, repeating; diagonals, triangles |
//! | `operators.rs`, `methods.rs`, `operand.rs`, `map.rs` | elementwise methods, and their operands |
//! | `index.rs`, `iter.rs` | reading and writing elements |
//! | `formulas.rs`, `vectorized.rs`, `functions.rs`, `in_place.rs` | elementwise functions and their kernels |
//! | `elementwise.rs`, `rowwise.rs` | elementwise and rowwise formulas |
//! | `reduction.rs`, `reduce/`, `rows.rs`, `scan.rs` | reductions, softmax and normalization, cumulative sums |
//! | `gemm.rs`, `matmul/`, `einsum.rs` | products |
//! | `lu.rs` | determinants and linear systems |
//! | `parallel.rs` | distribution of work over threads |
//! | `ndarray.rs` | conversions to and from the arrays of the crate ndarray (feature `ndarray`) |
//! | `error.rs` | the `Debug` format of error types in all crates |
//! | `math/` | elementary functions that vectorize |

mod arrange;
mod axes;
mod buffer;
mod construct;
mod display;
mod einsum;
pub mod elementwise;
mod error;
pub mod formulas;
pub mod functions;
mod gather;
mod gemm;
mod in_place;
mod index;
mod indices;
mod iter;
mod lane;
mod layout;
mod lu;
mod map;
pub mod math;
mod matmul;
mod matrix;
mod methods;
#[cfg(feature = "ndarray")]
mod ndarray;
mod number;
mod numeral;
mod operand;
mod operators;
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
mod vectorized;
mod view;

pub use axes::{Axes, keep};
pub use buffer::{Buffer, recycle};
pub use einsum::{EinsumSpec, einsum};
pub use elementwise::{Map1, Map2, Map3};
pub use indices::Indices;
pub use iter::Iter;
pub use lane::Lane;
pub use lu::Lu;
pub use matmul::Weight;
pub use number::Number;
pub use operand::{RightOperand, RightTensor};
pub use real::Real;
pub use reduction::Reduction;
pub use shape::Shape;
pub use slice::Slice;
pub use tensor::Tensor;
