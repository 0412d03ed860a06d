//! Saving and loading models and training runs.
//!
//! Files are replaced atomically: a file is written to a temporary file, flushed to the disk, and renamed, so a crash
//! at any moment leaves either the old or the new file. Files are validated completely before a model is changed.
//!
//! | file | idea |
//! |---|---|
//! | `replace.rs` | atomic replacement of a file |
//! | `temporary.rs` | temporary files, and the removal of those that killed processes leave |
//! | `weights.rs` | the methods of a model to save and load it |
//! | `model.rs` | the configuration of a model in a file |
//! | `torch.rs`, `archive.rs` | weights in the formats of PyTorch and NumPy |
//! | `file.rs` | the safetensors format: tensors and metadata |
//! | `keys.rs` | rejects JSON with duplicate keys |
//! | `json.rs` | floats in JSON |

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
pub(crate) use model::config_metadata;
pub(crate) use replace::{check_writable, create_folder_of, replace};
pub use weights::Saving;
