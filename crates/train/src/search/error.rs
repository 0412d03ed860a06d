//! Errors of a search.

use std::path::PathBuf;
use std::{fmt, io};

/// Why a search failed.
#[non_exhaustive]
pub enum SearchError {
    /// The journal cannot be read or written.
    Io {
        /// The path of the journal.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// A line of the journal is invalid.
    Journal {
        /// The line, counted from 1.
        line: usize,
    },
    /// Too many consecutive trials failed.
    Failed {
        /// The number of consecutive failures.
        trials: usize,
        /// The error of the last trial.
        last: String,
    },
    /// An argument of the search is invalid.
    Setting {
        /// The name of the argument.
        name: &'static str,
        /// The values allowed.
        expected: &'static str,
    },
}

impl fmt::Display for SearchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SearchError::Io { path, source } => {
                write!(f, "{} cannot be read or written ({source}); check the path", path.display())
            }
            SearchError::Journal { line } => {
                write!(f, "line {line} of the journal is not a trial; remove the file to start a new search")
            }
            SearchError::Failed { trials, last } => {
                write!(f, "{trials} consecutive trials failed, the last one with: {last}; check the trial function")
            }
            SearchError::Setting { name, expected } => write!(f, "{name}: expected {expected}"),
        }
    }
}

tensor::debug_as_display!(SearchError);

impl std::error::Error for SearchError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            SearchError::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
