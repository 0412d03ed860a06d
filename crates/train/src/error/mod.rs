//! Error types. Every message says what was expected, what was found, where, and what to do.

#[cfg(feature = "csv")]
mod csv;
mod fit;
mod idx;
mod npy;
mod save;

#[cfg(feature = "csv")]
pub use csv::CsvError;
pub use fit::{FitError, NonFinite};
pub use idx::IdxError;
pub(crate) use idx::MAX_RANK;
pub use npy::NpyError;
pub use save::{Mismatch, SaveError};

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use tensor::Shape;

/// Why a data set could not be built, read or split.
///
/// ```
/// use train::{DataError, Dataset};
/// use tensor::tensor;
///
/// let e = Dataset::classification(tensor![[0.5], [f64::NAN]], [0, 1], 2).unwrap_err();
/// assert!(matches!(e, DataError::NotFinite { example: 1, column: 0, .. }));
/// let e = Dataset::classification(tensor![[0.5], [0.7]], [0, 2], 2).unwrap_err();
/// assert_eq!(
///     e.to_string(),
///     "example 1: expected a label below 2, found 2; correct the label or increase the number of classes"
/// );
/// ```
#[non_exhaustive]
pub enum DataError {
    /// There are no examples.
    Empty,
    /// The numbers of features and labels differ.
    Counts {
        /// The number of examples with features.
        features: usize,
        /// The number of examples with labels.
        labels: usize,
    },
    /// A label is not below the number of classes.
    Label {
        /// The example, counted from 0.
        example: usize,
        /// Its label.
        label: usize,
        /// The number of classes.
        classes: usize,
    },
    /// The number of weights differs from the number of examples or classes.
    WeightCount {
        /// The number of weights.
        weights: usize,
        /// What they belong to: `"examples"` or `"classes"`.
        what: &'static str,
        /// The number of examples or classes.
        count: usize,
    },
    /// A weight is negative.
    Weight {
        /// The example, counted from 0.
        example: usize,
        /// Its weight.
        weight: f64,
    },
    /// The labels are regression targets where classes are required.
    NoClasses,
    /// Class weights for examples that already have sample weights.
    WeightedTwice,
    /// A value is NaN or infinite.
    NotFinite {
        /// `"features"`, `"targets"` or `"weights"`.
        what: &'static str,
        /// The example, counted from 0.
        example: usize,
        /// The element of the example, counted from 0 in row-major order.
        column: usize,
        /// The value.
        value: f64,
    },
    /// The shape of a tensor or an IDX array is wrong.
    Axes {
        /// `"features"`, `"targets"` or `"labels"`.
        what: &'static str,
        /// The shape found.
        shape: Shape,
        /// The shapes allowed.
        expected: &'static str,
    },
    /// The number of bytes is not a multiple of the example size.
    Bytes {
        /// The number of bytes.
        bytes: usize,
        /// The shape of one example.
        shape: Shape,
    },
    /// Reshaping an example to another number of elements.
    Reshape {
        /// The shape of an example.
        from: Shape,
        /// The requested shape.
        to: Shape,
    },
    /// The scale of byte features is zero, NaN or infinite as an `f32`.
    Scale(f64),
    /// A fraction is not between 0 and 1.
    Fraction(f64),
    /// A split leaves a part without examples.
    EmptyPart {
        /// The fraction of the split.
        fraction: f64,
        /// The number of examples.
        len: usize,
    },
    /// A range is empty or ends beyond the last example.
    Part {
        /// The requested range of positions.
        range: Range<usize>,
        /// The number of examples.
        len: usize,
    },
    /// A position is not below the number of examples.
    Position {
        /// The position.
        position: usize,
        /// The number of examples.
        len: usize,
    },
    /// The noise is negative, NaN or infinite.
    Noise(f64),
    /// The batch size is 0.
    BatchSize,
    /// A stream cannot be split.
    Stream,
    /// A file does not exist.
    Missing {
        /// The path of the file.
        path: PathBuf,
        /// How to get the file.
        suggestion: &'static str,
    },
    /// A file cannot be opened.
    Io {
        /// The path of the file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// An IDX file is invalid.
    Idx {
        /// The path of the file, if the data were read from a file.
        path: Option<PathBuf>,
        /// The reason.
        source: IdxError,
    },
    /// A CSV file is invalid.
    #[cfg(feature = "csv")]
    Csv {
        /// The path of the file, if the data were read from a file.
        path: Option<PathBuf>,
        /// The reason.
        source: CsvError,
    },
    /// A NumPy file is invalid.
    Npy {
        /// The path of the file, if the data were read from a file.
        path: Option<PathBuf>,
        /// The reason.
        source: NpyError,
    },
    /// A valid file contains an array of another shape.
    Contents {
        /// The path of the file.
        path: PathBuf,
        /// The shape found.
        found: Shape,
        /// The shape expected.
        expected: Shape,
    },
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use DataError::*;
        match self {
            Empty => write!(f, "expected at least one example, got none"),
            Counts { features, labels } => write!(
                f,
                "expected one label, or one row of targets, for each of the {features} examples, got {labels}"
            ),
            Label { example, label, classes: 0 } => write!(
                f,
                "example {example}: found label {label}, but the number of classes is 0; pass the number of classes"
            ),
            Label { example, label, classes } => write!(
                f,
                "example {example}: expected a label below {classes}, found {label}; \
                 correct the label or increase the number of classes"
            ),
            WeightCount { weights, what, count } => {
                write!(f, "expected one weight for each of the {count} {what}, got {weights}")
            }
            Weight { example, weight } => {
                write!(
                    f,
                    "example {example}: expected a weight of at least 0, got {weight}; use 0 to ignore the example"
                )
            }
            NoClasses => write!(
                f,
                "expected class labels, found regression targets; use `targets`, or build the set with \
                 `Dataset::classification`"
            ),
            WeightedTwice => write!(
                f,
                "the examples already have weights; multiply sample and class weights, and pass the products to \
                 `with_weights`"
            ),
            NotFinite { what, example, column, value } => write!(
                f,
                "{what} of example {example}, column {column}: expected a finite number, found {value}; \
                 remove the example or fill in a value"
            ),
            Axes { what, shape, expected } => write!(f, "{what}: expected {expected}, found shape {shape}"),
            Bytes { bytes, shape } => {
                write!(f, "expected a multiple of the size of shape {shape}, got {bytes} bytes; check shape and length")
            }
            Reshape { from, to } => write!(
                f,
                "cannot reshape examples of shape {from} to {to}; choose a shape with {} elements",
                from.iter().product::<usize>()
            ),
            Scale(scale) => write!(
                f,
                "scale of bytes: expected a number other than 0 in the range of f32, such as 1.0 / 255.0, got {scale}"
            ),
            Fraction(fraction) => {
                write!(f, "expected a fraction between 0 and 1, such as 0.8, got {fraction}")
            }
            EmptyPart { fraction, len } => write!(
                f,
                "splitting {len} examples at the fraction {fraction} leaves one part empty; \
                 choose another fraction or use more examples"
            ),
            Part { range, len } if range.start >= range.end => {
                write!(f, "expected a non-empty range within the {len} examples, got {range:?}")
            }
            Part { range, len } => {
                write!(f, "expected a range within the {len} examples, got {range:?}; choose an end of at most {len}")
            }
            Position { position, len } => {
                write!(f, "expected a position below {len}, the number of examples, got {position}")
            }
            Noise(noise) => write!(f, "noise: expected a finite number of at least 0, got {noise}"),
            BatchSize => write!(f, "expected a batch size of at least 1, got 0"),
            Stream => write!(f, "a stream cannot be split; pass a separate validation set"),
            Missing { path, suggestion } => write!(f, "{} does not exist; {suggestion}", path.display()),
            Io { path, source } => {
                write!(f, "{} cannot be read ({source}); check the path and its permissions", path.display())
            }
            Idx { path: Some(path), source } => write!(f, "{}: {source}", path.display()),
            Idx { path: None, source } => write!(f, "{source}"),
            #[cfg(feature = "csv")]
            Csv { path: Some(path), source } => write!(f, "{}: {source}", path.display()),
            #[cfg(feature = "csv")]
            Csv { path: None, source } => write!(f, "{source}"),
            Npy { path: Some(path), source } => write!(f, "{}: {source}", path.display()),
            Npy { path: None, source } => write!(f, "{source}"),
            Contents { path, found, expected } => write!(
                f,
                "{}: expected an array of shape {expected}, found {found}; check that this is the right file",
                path.display()
            ),
        }
    }
}

tensor::debug_as_display!(DataError);

impl std::error::Error for DataError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            DataError::Io { source, .. } => Some(source),
            DataError::Idx { source, .. } => Some(source),
            #[cfg(feature = "csv")]
            DataError::Csv { source, .. } => Some(source),
            DataError::Npy { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl From<IdxError> for DataError {
    fn from(source: IdxError) -> Self {
        DataError::Idx { path: None, source }
    }
}

#[cfg(feature = "csv")]
impl From<CsvError> for DataError {
    fn from(source: CsvError) -> Self {
        DataError::Csv { path: None, source }
    }
}

impl From<NpyError> for DataError {
    fn from(source: NpyError) -> Self {
        DataError::Npy { path: None, source }
    }
}

#[cfg(test)]
mod tests;
