//! Training in one call.
//!
//! | file | idea |
//! |---|---|
//! | `settings.rs`, `held.rs`, `check.rs` | how a model is to be trained; by what; settings that make no sense |
//! | `training.rs` | `fit`, `evaluate`, `predictions` on a model, and the same for a batch alone |
//! | `run.rs` | the loop: epochs, steps, callbacks |
//! | `step.rs`, `evaluate.rs`, `pass.rs` | one batch in it: to learn from, to be judged by, and what both share |
//! | `checkpoint.rs`, `resume.rs` | a whole run in a file, and a run resumed from it |
//! | `averages.rs` | averaged weights in the place of the weights, and out again |
//! | `scores.rs` | the loss and the metrics of a pass |
//! | `blame.rs` | where a non-finite value came from |

mod averages;
mod blame;
mod check;
mod checkpoint;
mod evaluate;
mod held;
#[cfg(test)]
mod keras;
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
