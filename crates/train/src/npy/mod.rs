//! NumPy's array files: `.npy` contains one array, `.npz` several named arrays.
//!
//! ```text
//! \x93NUMPY | version 1.0, 2.0 or 3.0 | length of the header (u16, later u32) | header | elements
//! ```
//!
//! The header is a Python literal: `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`. The shape is not
//! trusted: memory is allocated in proportion to the bytes that have been read.

mod array;
mod header;
#[cfg(feature = "npz")]
mod npz;

pub use array::Npy;
#[cfg(feature = "npz")]
pub use npz::Npz;
#[cfg(feature = "npz")]
pub(crate) use npz::members;
