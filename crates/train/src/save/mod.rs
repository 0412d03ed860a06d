//! Models and training runs in files.
//!
//! Whatever is written is written beside its target, brought to the disk, and renamed: a crash at any moment leaves the
//! old file or the new one, never half of one. Whatever is read is checked as a whole before anything is changed.
//!
//! | file | idea |
//! |---|---|
//! | `replace.rs` | a new file in place of an old one, at once |
//! | `error.rs` | what can go wrong, all of it at once |
//! | `json.rs` | numbers that JSON cannot write |

mod error;
pub(crate) mod json;
mod replace;

pub use error::{Difference, SaveError};
pub(crate) use replace::replace;
