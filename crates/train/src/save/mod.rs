//! Models and training runs in files.
//!
//! Whatever is written is written beside its target, brought to the disk, and renamed: a crash at any moment leaves the
//! old file or the new one, never half of one. Whatever is read is checked as a whole before anything is changed.
//!
//! | file | idea |
//! |---|---|
//! | `replace.rs` | a new file in place of an old one, at once |
//! | `temporary.rs` | the file beside it while it is written, and what a killed writer leaves |
//! | `weights.rs` | what a model can be asked: to be saved, opened, loaded |
//! | `model.rs` | what a model is, beside its numbers |
//! | `torch.rs`, `archive.rs` | its numbers, as PyTorch and NumPy have them |
//! | `file.rs` | tensors and text in one file |
//! | `keys.rs` | JSON that says one thing twice |
//! | `json.rs` | numbers that JSON cannot write |

#[cfg(feature = "npz")]
mod archive;
pub(crate) mod file;
pub(crate) mod json;
mod keys;
pub(crate) mod model;
mod replace;
mod temporary;
#[cfg(test)]
mod tests;
mod torch;
mod weights;

pub use crate::error::{Mismatch, SaveError};
pub(crate) use model::openable;
pub(crate) use replace::{check_writable, create_folder_of, replace};
pub use weights::Saving;
