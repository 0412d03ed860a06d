//! What can go wrong in a search.

use std::path::PathBuf;
use std::{fmt, io};

/// Why a search ended early.
#[non_exhaustive]
pub enum SearchError {
    /// The journal cannot be read or written.
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A line of the journal that is none.
    Journal {
        /// Which line, counted from 1.
        line: usize,
    },
    /// Several trials in a row failed.
    Failed {
        /// How many.
        trials: usize,
        /// What the last one said.
        last: String,
    },
    /// A setting of the search itself makes no sense.
    Setting {
        /// Which one.
        name: &'static str,
        /// What would fit.
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
                write!(f, "line {line} of the journal holds no trial; remove the file to begin anew")
            }
            SearchError::Failed { trials, last } => {
                write!(f, "{trials} trials in a row failed, the last with: {last}; check what a trial does")
            }
            SearchError::Setting { name, expected } => write!(f, "{name} makes no sense; choose {expected}"),
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
