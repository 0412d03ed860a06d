//! What the `workloads` program and the criterion benches are made of; see the README beside this crate.
//!
//! | file | idea |
//! |---|---|
//! | `args.rs`, `json.rs`, `report.rs` | the command line, and a line per measured case |
//! | `timing.rs`, `clock.rs` | times taken side by side |
//! | `alloc.rs` | an allocator that counts |
//! | `scalar/` | S1 to S6 and DET: functions written once, run on numbers, on our variables and on another tape's |
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
