//! What can be wrong with a CSV file.

use std::{fmt, io};

/// Why a CSV file is not the table it should be. A record of several lines, by quotes, is at the first of them.
#[non_exhaustive]
pub enum CsvError {
    /// The reader failed.
    Io(io::Error),
    /// A line that is not UTF-8.
    NotText {
        /// Which line, counted from 1.
        line: u64,
    },
    /// A line with more or fewer fields than the first.
    Ragged {
        /// Which line, counted from 1.
        line: u64,
        /// Its fields.
        found: u64,
        /// Those of the first line.
        expected: u64,
    },
    /// An entry that is not there.
    Missing {
        /// Which line, counted from 1.
        line: u64,
        /// Which column.
        column: String,
    },
    /// An entry that is no finite number.
    NotANumber {
        /// Which line, counted from 1.
        line: u64,
        /// Which column.
        column: String,
        /// What stands there.
        found: String,
    },
    /// An entry that is none of the names given for its column.
    UnknownName {
        /// Which line, counted from 1.
        line: u64,
        /// Which column.
        column: String,
        /// What stands there.
        found: String,
        /// The names given.
        known: Vec<String>,
    },
    /// Two columns of one name.
    SameName {
        /// The name.
        name: String,
    },
    /// A column that is not there.
    UnknownColumn {
        /// The name asked for.
        name: String,
        /// The columns there are.
        known: Vec<String>,
    },
    /// A column of numbers where one of names is asked for.
    NotCategorical {
        /// Which column.
        name: String,
    },
    /// No line holds data.
    Empty,
    /// Anything else.
    Other(String),
}

impl CsvError {
    /// What crate `csv` says of the record that starts in this line.
    pub(crate) fn of(e: ::csv::Error, line: u64) -> Self {
        use ::csv::ErrorKind::{Io, UnequalLengths, Utf8};
        let other = e.to_string();
        match e.into_kind() {
            Io(source) => CsvError::Io(source),
            Utf8 { .. } => CsvError::NotText { line },
            UnequalLengths { expected_len, len, .. } => CsvError::Ragged { line, found: len, expected: expected_len },
            _ => CsvError::Other(other),
        }
    }
}

impl fmt::Display for CsvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use CsvError::*;
        match self {
            Io(source) => write!(f, "reading failed ({source}); check the disk, or get the file again"),
            NotText { line } => write!(f, "line {line} is not UTF-8; convert the file, or get it again"),
            Ragged { line, found, expected } => write!(
                f,
                "line {line} has {found} fields where the first has {expected}; correct it, or choose the delimiter"
            ),
            Missing { line, column } => write!(
                f,
                "line {line} has nothing in column `{column}`; fill it in, or leave such lines out with \
                 Csv::skip_missing"
            ),
            NotANumber { line, column, found } => write!(
                f,
                "line {line} has `{found}` in column `{column}`, which is no finite number; correct it, or announce a \
                 column of names with Csv::categorical"
            ),
            UnknownName { line, column, found, known } => {
                write!(f, "line {line} has `{found}` in column `{column}`, where {} are expected", known.join(", "))
            }
            SameName { name } => write!(f, "two columns are named `{name}`; give each its own name"),
            UnknownColumn { name, known } => {
                write!(f, "there is no column `{name}`; there are {}", known.join(", "))
            }
            NotCategorical { name } => {
                write!(f, "column `{name}` holds numbers, not classes; announce it with Csv::categorical")
            }
            Empty => write!(f, "the table has no lines; check that the file is what its name says"),
            Other(what) => write!(f, "{what}"),
        }
    }
}

tensor::debug_as_display!(CsvError);

impl std::error::Error for CsvError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            CsvError::Io(source) => Some(source),
            _ => None,
        }
    }
}
