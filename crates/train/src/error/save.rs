//! Errors of saving and loading models.

use nn::ConfigError;
use std::path::PathBuf;
use std::{fmt, io};
use tensor::Shape;

/// Why a model was not saved or loaded. After an error, the model and the file are unchanged.
#[non_exhaustive]
pub enum SaveError {
    /// A file cannot be written, because of missing permissions, a missing folder, or a full disk.
    Write {
        /// The path of the file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// A file cannot be read.
    Read {
        /// The path of the file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// A file is damaged or has another format.
    Format {
        /// The path of the file.
        path: PathBuf,
        /// The reason.
        what: String,
    },
    /// A file was written by a later version of this library.
    Version {
        /// The path of the file.
        path: PathBuf,
        /// The format version of the file.
        found: u64,
        /// The latest supported format version.
        known: u64,
    },
    /// The model configuration in a file is invalid or incomplete.
    Config {
        /// The path of the file.
        path: PathBuf,
        /// The reason.
        source: Box<ConfigError>,
    },
    /// A layer has no serialized configuration, so the model could not be restored from a file.
    /// [`save_weights`](crate::Saving::save_weights) writes the weights without the configuration.
    NoConfig {
        /// The path of the file.
        path: PathBuf,
        /// Which layer, and what to do.
        source: Box<ConfigError>,
    },
    /// The contents of a file do not match the model.
    Mismatch {
        /// The path of the file.
        path: PathBuf,
        /// All mismatches, at least one.
        mismatches: Vec<Mismatch>,
    },
}

/// A single mismatch between a file and a model.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Mismatch {
    /// A tensor of the model is missing in the file.
    Missing(String),
    /// The model has no tensor of this name.
    Unknown(String),
    /// The shapes differ.
    Shape {
        /// The name of the tensor.
        name: String,
        /// The shape in the file.
        found: Shape,
        /// The shape in the model.
        expected: Shape,
    },
    /// The model's element type does not represent every value exactly.
    Element {
        /// The name of the tensor.
        name: String,
        /// The element type in the file.
        found: String,
        /// The element type of the model.
        expected: &'static str,
    },
    /// Another mismatch, described in words.
    Other(String),
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mismatch::Missing(name) => write!(f, "`{name}` is missing in the file"),
            Mismatch::Unknown(name) => write!(f, "`{name}` is in the file, but not in the model"),
            Mismatch::Shape { name, found, expected } => {
                write!(f, "`{name}` has shape {found} in the file and {expected} in the model")
            }
            Mismatch::Element { name, found, expected } => {
                write!(
                    f,
                    "`{name}` has {found} values in the file, some of which are not exact in the model's {expected}"
                )
            }
            Mismatch::Other(what) => write!(f, "{what}"),
        }
    }
}

impl fmt::Display for SaveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SaveError::Write { path, source } => write!(
                f,
                "{} cannot be written ({source}); check the folder, its permissions and the free disk space",
                path.display()
            ),
            SaveError::Read { path, source } => {
                write!(f, "{} cannot be read ({source}); check the path and its permissions", path.display())
            }
            SaveError::Format { path, what } => {
                write!(f, "{}: {what}; the file is damaged or not a chainrule file", path.display())
            }
            SaveError::Version { path, found, known } => write!(
                f,
                "{}: expected a format version of at most {known}, found {found}; update chainrule",
                path.display()
            ),
            SaveError::Config { path, source } => write!(f, "{}: {source}", path.display()),
            SaveError::NoConfig { path, source } => write!(
                f,
                "{} was not written, because the model could not be restored from it: {source}; or save only the \
                 weights, with `save_weights`",
                path.display()
            ),
            SaveError::Mismatch { path, mismatches } => {
                write!(f, "{} does not match the model, and nothing was loaded:", path.display())?;
                mismatches.iter().try_for_each(|m| write!(f, "\n  {m}"))
            }
        }
    }
}

tensor::debug_as_display!(SaveError);

impl std::error::Error for SaveError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            SaveError::Write { source, .. } | SaveError::Read { source, .. } => Some(source),
            SaveError::Config { source, .. } | SaveError::NoConfig { source, .. } => Some(&**source),
            _ => None,
        }
    }
}
