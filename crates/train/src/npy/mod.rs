//! NumPy's array files: `.npy` holds one array, `.npz` several under names.
//!
//! ```text
//! \x93NUMPY | version 1.0, 2.0 or 3.0 | length of the header (u16, later u32) | header | elements
//! ```
//!
//! The header is a Python literal: `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`. It is a claim, not a
//! fact: memory is asked for as bytes arrive.

mod array;
mod header;
#[cfg(feature = "npz")]
mod npz;

pub use array::Npy;
#[cfg(feature = "npz")]
pub use npz::Npz;
#[cfg(feature = "npz")]
pub(crate) use npz::members;
