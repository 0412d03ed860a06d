//! Training in one call.
//!
//! | file | idea |
//! |---|---|
//! | `settings.rs` | how a model is to be trained |
//! | `training.rs` | `fit`, `evaluate`, `predictions` on a model |
//! | `run.rs`, `pass.rs` | the loop, and one batch in it |
//! | `source.rs`, `stream.rs` | where batches come from |
//! | `scores.rs` | the loss and the metrics of a pass |
//! | `blame.rs`, `error.rs` | what went wrong, and where |
//! | `progress.rs` | what is seen meanwhile |

mod blame;
mod error;
mod pass;
mod progress;
mod run;
mod scores;
mod settings;
mod source;
mod stream;
#[cfg(test)]
mod tests;
mod training;

pub use error::{FitError, NonFinite};
pub use progress::Verbosity;
pub use settings::Fit;
pub use source::{IntoTargets, Minibatch, Minibatches, Source};
pub use stream::Stream;
pub use training::Training;
