//! Training in one call.
//!
//! | file | idea |
//! |---|---|
//! | `settings.rs`, `held.rs`, `check.rs` | how a model is to be trained; by what; settings that make no sense |
//! | `training.rs` | `fit`, `evaluate`, `predictions` on a model, and the same for a batch alone |
//! | `run.rs` | the loop: epochs, steps, callbacks |
//! | `step.rs`, `evaluate.rs`, `pass.rs` | one batch in it: to learn from, to be judged by, and what both share |
//! | `resume.rs` | a run in a file, and taken up from it |
//! | `averages.rs` | averaged weights in the place of the weights, and out again |
//! | `scores.rs` | the loss and the metrics of a pass |
//! | `blame.rs`, `error.rs` | what went wrong, and where |
//! | `progress.rs`, `line.rs`, `table.rs`, `screen.rs` | what is seen meanwhile, and where |

mod averages;
mod blame;
mod check;
mod error;
mod evaluate;
mod held;
#[cfg(test)]
mod keras;
mod line;
mod pass;
mod progress;
mod resume;
mod run;
mod scores;
mod screen;
mod settings;
mod step;
mod table;
#[cfg(test)]
mod tests;
mod training;

pub use error::{FitError, NonFinite};
pub use progress::Verbosity;
pub use settings::Fit;
pub use training::Training;
