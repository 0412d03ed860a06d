//! The search for good settings: a space of them, ways through it, and a table of what came of each.
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
//!     .when("optimizer", "sgd"); // only there does momentum mean something
//! let found = Search::new(space, Direction::Max).seed(42).random(20, |trial| {
//!     let rate = trial.number("rate");
//!     Ok::<f64, std::convert::Infallible>(-(rate.log10() + 3.0).powi(2)) // train here, and say how well it went
//! })?;
//! let best = found.best().unwrap();
//! assert!(best.settings.number("rate") > 3e-4 && best.settings.number("rate") < 3e-3);
//! println!("{found}");
//! # Ok::<(), train::search::SearchError>(())
//! ```
//!
//! | file | idea |
//! |---|---|
//! | `space.rs`, `settings.rs` | what may be chosen, and a choice |
//! | `run.rs` | random and grid search; trials that failed, trials that are known |
//! | `hyperband.rs` | many for a short time, few for a long one |
//! | `results.rs` | what came of it, as a table |
//! | `journal.rs` | trials in a file, line by line |
//! | `error.rs` | what can go wrong |

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
