//! What can go wrong between a model and a file: all of it at once.

use nn::ConfigError;
use std::path::PathBuf;
use std::{fmt, io};
use tensor::Shape;

/// Why something was not saved or not loaded. In both cases nothing has changed: neither the model nor the file.
#[non_exhaustive]
pub enum SaveError {
    /// A file that cannot be written: no permission, no such folder, no room.
    Write {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file that cannot be read.
    Read {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file that is damaged, or is something else.
    Format {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// A file of a later version of this library.
    Version {
        /// Which file.
        path: PathBuf,
        /// Its version.
        found: u64,
        /// The latest version that is read.
        known: u64,
    },
    /// What the file says of its model is wrong, or not enough.
    Config {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        source: Box<ConfigError>,
    },
    /// A model that could not be opened again from its file: a layer does not describe itself.
    /// [`save_weights`](crate::Saving::save_weights) writes the weights alone.
    Undescribed {
        /// Which file.
        path: PathBuf,
        /// Which layer, and what to do.
        source: Box<ConfigError>,
    },
    /// What is in the file does not fit the model: everything that differs.
    Differences {
        /// Which file.
        path: PathBuf,
        /// At least one.
        differences: Vec<Difference>,
    },
}

/// One thing in a file that does not fit the model.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Difference {
    /// The model has it, the file has not.
    Missing(String),
    /// The file has it, the model has not.
    Unknown(String),
    /// It has another shape.
    Shape {
        /// Its name.
        name: String,
        /// In the file.
        found: Shape,
        /// In the model.
        expected: Shape,
    },
    /// The model's element type does not hold each of its elements exactly.
    Element {
        /// Its name.
        name: String,
        /// In the file.
        found: String,
        /// In the model.
        expected: &'static str,
    },
    /// Something else, in words.
    Other(String),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Difference::Missing(name) => write!(f, "`{name}` is not in the file"),
            Difference::Unknown(name) => write!(f, "`{name}` is in the file, but not in the model"),
            Difference::Shape { name, found, expected } => {
                write!(f, "`{name}` has shape {found} in the file and {expected} in the model")
            }
            Difference::Element { name, found, expected } => {
                write!(
                    f,
                    "`{name}` holds {found} in the file, and not every value of it is exact in the model's {expected}"
                )
            }
            Difference::Other(what) => write!(f, "{what}"),
        }
    }
}

impl fmt::Display for SaveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SaveError::Write { path, source } => write!(
                f,
                "{} cannot be written ({source}); check the folder, its permissions and the room on the disk",
                path.display()
            ),
            SaveError::Read { path, source } => {
                write!(f, "{} cannot be read ({source}); check the path and its permissions", path.display())
            }
            SaveError::Format { path, what } => {
                write!(f, "{}: {what}; the file is damaged, or something else", path.display())
            }
            SaveError::Version { path, found, known } => write!(
                f,
                "{} is of version {found} of the format, but up to {known} is read; use a later chainrule",
                path.display()
            ),
            SaveError::Config { path, source } => write!(f, "{}: {source}", path.display()),
            SaveError::Undescribed { path, source } => write!(
                f,
                "{} was not written, since the model could not be opened from it: {source}; `save_weights` writes the \
                 weights alone",
                path.display()
            ),
            SaveError::Differences { path, differences } => {
                write!(f, "{} does not fit the model, and nothing was loaded:", path.display())?;
                differences.iter().try_for_each(|d| write!(f, "\n  {d}"))
            }
        }
    }
}

tensor::debug_as_display!(SaveError);

impl std::error::Error for SaveError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            SaveError::Write { source, .. } | SaveError::Read { source, .. } => Some(source),
            SaveError::Config { source, .. } | SaveError::Undescribed { source, .. } => Some(&**source),
            _ => None,
        }
    }
}
