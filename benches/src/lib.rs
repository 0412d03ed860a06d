//! The library behind the `workloads` program and the criterion benchmarks; see the README of this crate.
//!
//! | file | contents |
//! |---|---|
//! | `args.rs`, `json.rs`, `report.rs` | the command line; the output of each case |
//! | `timing.rs`, `clock.rs` | measuring cases alternately |
//! | `alloc.rs` | a counting allocator |
//! | `scalar/` | S1 to S6 and DET: generic functions, run on `f64`, on variables of chainrule and of another crate |
//! | `explain.rs` | X1: derivations of long computations |
//! | `tensor/` | W1 to W9: training, inference, kernels, second order, optimizers, `fit` |

pub mod alloc;
pub mod args;
pub mod clock;
pub mod explain;
pub mod json;
pub mod report;
pub mod scalar;
pub mod tensor;
pub mod timing;
