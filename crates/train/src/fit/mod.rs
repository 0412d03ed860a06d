//! Training in one call.
//!
//! | file | idea |
//! |---|---|
//! | `settings.rs`, `check.rs` | the options of `fit`, and their validation |
//! | `training.rs` | `fit`, `evaluate` and `predictions` on a model, and single steps on a batch |
//! | `run.rs` | the training loop: epochs, steps, callbacks |
//! | `step.rs`, `evaluate.rs`, `pass.rs` | a training step; an evaluation; the forward pass of both |
//! | `checkpoint.rs`, `resume.rs` | the state of a run in a file; resuming a run |
//! | `scores.rs` | the loss and the metrics of a pass over the data |
//! | `diagnose.rs` | the origin of a non-finite value |

mod check;
mod checkpoint;
mod diagnose;
mod evaluate;
mod pass;
mod resume;
mod run;
mod scores;
mod settings;
mod step;
#[cfg(test)]
mod tests;
mod training;

pub use crate::error::{FitError, NonFinite};
pub use crate::progress::Verbosity;
pub use settings::Fit;
pub use training::Training;
