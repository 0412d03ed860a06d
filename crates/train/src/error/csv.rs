//! Errors of reading CSV files.

use std::{fmt, io};

/// Why a CSV file could not be read. Records with quoted line breaks are reported at their first line.
#[non_exhaustive]
pub enum CsvError {
    /// Reading failed.
    Io(io::Error),
    /// A line is not UTF-8.
    NotText {
        /// The line, counted from 1.
        line: u64,
    },
    /// The number of fields differs from the first line.
    Ragged {
        /// The line, counted from 1.
        line: u64,
        /// The number of fields in this line.
        found: u64,
        /// The number of fields in the first line.
        expected: u64,
    },
    /// A value is missing.
    Missing {
        /// The line, counted from 1.
        line: u64,
        /// The name of the column.
        column: String,
    },
    /// A value is not a finite number.
    NotANumber {
        /// The line, counted from 1.
        line: u64,
        /// The name of the column.
        column: String,
        /// The text found.
        found: String,
    },
    /// A value is not one of the category names given for its column.
    UnknownName {
        /// The line, counted from 1.
        line: u64,
        /// The name of the column.
        column: String,
        /// The text found.
        found: String,
        /// The category names given.
        known: Vec<String>,
    },
    /// Two columns have the same name.
    DuplicateName {
        /// The name.
        name: String,
    },
    /// The table has no column of this name.
    UnknownColumn {
        /// The requested name.
        name: String,
        /// The names of all columns.
        known: Vec<String>,
    },
    /// A numeric column where a categorical one is expected.
    NotCategorical {
        /// The name of the column.
        name: String,
    },
    /// There are no lines of data.
    Empty,
    /// Another error, described in words.
    Other(String),
}

impl CsvError {
    /// Converts an error of crate `csv` about the record that starts in `line`.
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
            Io(source) => write!(f, "reading failed ({source}); check the disk, or download the file again"),
            NotText { line } => {
                write!(f, "line {line}: expected UTF-8; convert the file, or download it again")
            }
            Ragged { line, found, expected } => write!(
                f,
                "line {line}: expected {expected} fields as in the first line, found {found}; correct the line, or set \
                 the delimiter with Csv::delimiter"
            ),
            Missing { line, column } => write!(
                f,
                "line {line}: the value in column `{column}` is missing; fill it in, or skip such lines with \
                 Csv::skip_missing"
            ),
            NotANumber { line, column, found } => write!(
                f,
                "line {line}: expected a finite number in column `{column}`, found `{found}`; correct it, or declare \
                 the column with Csv::categorical"
            ),
            UnknownName { line, column, found, known } => {
                write!(f, "line {line}: expected one of {} in column `{column}`, found `{found}`", known.join(", "))
            }
            DuplicateName { name } => write!(f, "two columns are named `{name}`; rename one of them"),
            UnknownColumn { name, known } => {
                write!(f, "unknown column `{name}`; expected one of {}", known.join(", "))
            }
            NotCategorical { name } => {
                write!(f, "column `{name}`: expected categories, found numbers; declare it with Csv::categorical")
            }
            Empty => write!(f, "the table has no lines of data; check that this is the right file"),
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
