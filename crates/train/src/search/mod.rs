//! Hyperparameter search: a space of settings, search algorithms, and a table of the results.
//!
//! ```
//! use train::search::{Search, Space};
//! use train::Direction;
//!
//! let space = Space::new()
//!     .int("layers", 0, 8)
//!     .log("rate", 1e-4, 1e-2)
//!     .choice("optimizer", ["sgd", "adam"])
//!     .float("momentum", 0.0, 0.99)
//!     .when("optimizer", "sgd"); // only SGD has a momentum
//! let results = Search::new(space, Direction::Max).seed(42).random(20, |trial| {
//!     let rate = trial.float("rate");
//!     Ok::<f64, std::convert::Infallible>(-(rate.log10() + 3.0).powi(2)) // train here, and return the score
//! })?;
//! let best = results.best().unwrap();
//! assert!(best.settings.float("rate") > 3e-4 && best.settings.float("rate") < 3e-3);
//! println!("{results}");
//! # Ok::<(), train::search::SearchError>(())
//! ```
//!
//! | file | idea |
//! |---|---|
//! | `space.rs`, `settings.rs` | the search space; the settings of a trial |
//! | `run.rs` | random and grid search; the evaluation of trials |
//! | `hyperband.rs` | Hyperband: early stopping of bad trials |
//! | `results.rs` | the results, as a table |
//! | `journal.rs` | trials in a file, from which a search continues |
//! | `error.rs` | errors |

mod error;
mod hyperband;
mod journal;
mod results;
mod run;
mod settings;
mod space;

pub use error::SearchError;
pub use results::{Results, Trial};
pub use run::Search;
pub use settings::{Settings, Value};
pub use space::Space;
