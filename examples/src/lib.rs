//! The README and the chapters of the book, as documentation: so their programs are compiled and run by the tests.
//!
//! The examples themselves are the files beside this folder, in the order in which their README lists them.

#![doc = include_str!("../README.md")]

#[doc = include_str!("../../README.md")]
pub mod readme {}

#[doc = include_str!("../../docs/src/introduction.md")]
pub mod introduction {}

#[doc = include_str!("../../docs/src/chain_rule.md")]
pub mod chain_rule {}

#[doc = include_str!("../../docs/src/custom_op.md")]
pub mod custom_op {}

#[doc = include_str!("../../docs/src/gradcheck.md")]
pub mod gradcheck {}

#[doc = include_str!("../../docs/src/conventions.md")]
pub mod conventions {}

#[doc = include_str!("../../docs/src/architecture.md")]
pub mod architecture {}

#[doc = include_str!("../../docs/src/speed.md")]
pub mod speed {}
