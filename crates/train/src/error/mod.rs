//! What can be wrong with data: each error says what was found, where, and what to do.

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
pub use save::{Difference, SaveError};

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use tensor::Shape;

/// Why a data set could not be made, read, or divided.
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
///     "example 1 has label 2, but the classes are 0 to 1; correct the label or raise the number of classes"
/// );
/// ```
#[non_exhaustive]
pub enum DataError {
    /// There are no examples.
    Empty,
    /// As many features as labels were expected.
    Counts {
        /// Examples that have features.
        features: usize,
        /// Examples that have a label or a target.
        labels: usize,
    },
    /// A label that is no class.
    Label {
        /// Which example, counted from 0.
        example: usize,
        /// Its label.
        label: usize,
        /// How many classes there are.
        classes: usize,
    },
    /// Another number of weights than of examples (or of classes).
    WeightCount {
        /// Weights there are.
        weights: usize,
        /// What they are for: `"examples"` or `"classes"`.
        what: &'static str,
        /// How many of these there are.
        count: usize,
    },
    /// A weight below 0.
    Weight {
        /// Which example, counted from 0.
        example: usize,
        /// Its weight.
        weight: f64,
    },
    /// Class labels were needed, but the set has values to predict.
    NoClasses,
    /// Class weights for examples that have weights of their own.
    WeightedTwice,
    /// A NaN or an infinity.
    NotFinite {
        /// `"features"`, `"targets"` or `"weights"`.
        what: &'static str,
        /// Which example, counted from 0.
        example: usize,
        /// Which number of that example, counted from 0 in row-major order.
        column: usize,
        /// The number.
        value: f64,
    },
    /// A tensor, or an IDX file, whose axes do not fit.
    Axes {
        /// `"features"`, `"targets"` or `"labels"`.
        what: &'static str,
        /// The shape found.
        shape: Shape,
        /// What would fit.
        expected: &'static str,
    },
    /// Bytes that do not divide into examples of the shape.
    Bytes {
        /// How many bytes there are.
        bytes: usize,
        /// The shape of one example.
        shape: Shape,
    },
    /// An example seen in a shape of another size.
    Reshape {
        /// The shape of an example.
        from: Shape,
        /// The shape asked for.
        to: Shape,
    },
    /// A scale for bytes that is zero, NaN or infinite as an `f32`.
    Scale(f64),
    /// A fraction that is not between 0 and 1.
    Fraction(f64),
    /// A fraction that leaves one of the two parts without examples.
    EmptyPart {
        /// The fraction.
        fraction: f64,
        /// Examples there are to divide.
        len: usize,
    },
    /// A part that is empty or reaches beyond the set.
    Part {
        /// The part asked for, by positions in the set.
        asked: Range<usize>,
        /// Examples in the set.
        len: usize,
    },
    /// A position beyond the last example.
    Position {
        /// The position.
        position: usize,
        /// Examples in the set.
        len: usize,
    },
    /// Noise below 0, or not a finite number.
    Noise(f64),
    /// A batch size of 0.
    BatchSize,
    /// A stream is to be divided.
    Stream,
    /// A file that is not there.
    Missing {
        /// Where it was looked for.
        path: PathBuf,
        /// How to get it.
        remedy: &'static str,
    },
    /// A file that cannot be opened.
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Something that is not an IDX file, or not one for the purpose.
    Idx {
        /// Which file, if it was one.
        path: Option<PathBuf>,
        /// What is wrong with it.
        source: IdxError,
    },
    /// Something that is no table.
    #[cfg(feature = "csv")]
    Csv {
        /// Which file, if it was one.
        path: Option<PathBuf>,
        /// What is wrong with it.
        source: CsvError,
    },
    /// Something that is no array file of NumPy.
    Npy {
        /// Which file, if it was one.
        path: Option<PathBuf>,
        /// What is wrong with it.
        source: NpyError,
    },
    /// A well-formed file that holds something else than its name promises.
    Contents {
        /// Which file.
        path: PathBuf,
        /// The shape of what it holds.
        found: Shape,
        /// The shape it should hold.
        expected: Shape,
    },
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use DataError::*;
        match self {
            Empty => write!(f, "there are no examples; a data set needs at least one"),
            Counts { features, labels } => write!(
                f,
                "there are features for {features} examples but labels for {labels}; \
                 give one label, or one row of targets, to each example"
            ),
            Label { example, label, classes: 0 } => {
                write!(f, "example {example} has label {label}, but there are 0 classes; give the number of classes")
            }
            Label { example, label, classes } => write!(
                f,
                "example {example} has label {label}, but the classes are 0 to {}; \
                 correct the label or raise the number of classes",
                classes - 1
            ),
            WeightCount { weights, what, count } => {
                write!(f, "there are {weights} weights for {count} {what}; give each its own")
            }
            Weight { example, weight } => {
                write!(f, "example {example} has the weight {weight}; choose 0 to leave it out, or a number above")
            }
            NoClasses => write!(
                f,
                "expected class labels, but the set has values to predict; use `targets`, or make it with \
                 `Dataset::classification`"
            ),
            WeightedTwice => write!(
                f,
                "the examples have weights already; multiply them by those of their classes before they are given"
            ),
            NotFinite { what, example, column, value } => write!(
                f,
                "the {what} of example {example} hold {value} in column {column}; \
                 leave the example out or fill in a number"
            ),
            Axes { what, shape, expected } => write!(f, "the {what} have shape {shape}; expected {expected}"),
            Bytes { bytes, shape } => {
                write!(f, "{bytes} bytes do not divide into examples of shape {shape}; check the shape, or the length")
            }
            Reshape { from, to } => write!(
                f,
                "examples of shape {from} cannot be seen in shape {to}; choose a shape with as many elements ({})",
                from.iter().product::<usize>()
            ),
            Scale(scale) => write!(
                f,
                "bytes cannot be scaled by {scale}; \
                 choose a number that an f32 can hold, other than 0, as 1.0 / 255.0"
            ),
            Fraction(fraction) => {
                write!(f, "{fraction} is no fraction of a data set; choose a number between 0 and 1, as 0.8")
            }
            EmptyPart { fraction, len } => write!(
                f,
                "the fraction {fraction} of {len} examples leaves one part empty; \
                 choose another fraction or get more examples"
            ),
            Part { asked, len } if asked.start >= asked.end => {
                write!(f, "the part {asked:?} of {len} examples is empty; choose a start below the end")
            }
            Part { asked, len } => {
                write!(f, "the part {asked:?} reaches beyond the {len} examples there are; end it at {len}")
            }
            Position { position, len } => {
                write!(f, "there is no example {position}; positions run from 0 to {}", len.saturating_sub(1))
            }
            Noise(noise) => {
                write!(f, "{noise} is no amount of noise; choose 0 for none, or a finite number above")
            }
            BatchSize => write!(f, "a batch of 0 examples never ends an epoch; choose a batch size of at least 1"),
            Stream => write!(f, "a stream cannot be divided; give a validation set of its own"),
            Missing { path, remedy } => write!(f, "{} is not there; {remedy}", path.display()),
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
                "{} holds an array of shape {found}, but {expected} is expected; \
                 check that it has not been mixed up with another file",
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
