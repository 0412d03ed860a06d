//! Errors of reading and writing NumPy files.

use std::sync::Arc;
use std::{fmt, io};
use tensor::Shape;

/// Why a NumPy array or archive could not be read or written.
#[non_exhaustive]
pub enum NpyError {
    /// Reading or writing failed.
    Io(io::Error),
    /// The data do not start with the magic bytes of a `.npy` file; the bytes found.
    Magic(Vec<u8>),
    /// The data end within the header.
    TruncatedHeader,
    /// The header is invalid, or does not describe an array of numbers; the start of the header.
    Header(String),
    /// The element type is not supported; its NumPy `descr`.
    Element(String),
    /// The array is larger than the address space.
    TooLarge {
        /// The shape in the header.
        shape: Shape,
    },
    /// The arrays of an archive exceed the size limit.
    Limit {
        /// The shape in the header of the array that exceeds it.
        shape: Shape,
        /// The maximum number of bytes of all arrays.
        limit: u64,
    },
    /// The number of bytes does not match the header.
    Body {
        /// The shape in the header.
        shape: Shape,
        /// The number of bytes of the array.
        expected: usize,
        /// The number of bytes found; `expected + 1` if the data continue after the array.
        found: usize,
    },
    /// An archive cannot be opened; the reason.
    Archive(String),
    /// The archive contains no array of this name.
    NoArray {
        /// The requested name.
        name: String,
        /// The names in the archive.
        known: Vec<String>,
    },
    /// An array in an archive cannot be read.
    Entry {
        /// The name of the array.
        name: String,
        /// The reason.
        source: Arc<NpyError>,
    },
    /// An element is not a class id, because it is negative or not an integer.
    NotAnIndex {
        /// Its position, counted from 0 in row-major order.
        at: usize,
        /// The element.
        value: f64,
    },
}

impl fmt::Display for NpyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use NpyError::*;
        match self {
            Io(source) => write!(f, "reading or writing failed ({source}); check the disk and the permissions"),
            Magic(found) => {
                write!(f, "not a .npy file: expected the bytes 93, `NUMPY` and a version, found {found:02x?}")
            }
            TruncatedHeader => write!(f, "the data end within the header; the file is truncated, get it again"),
            Header(text) => write!(f, "expected the header of an array of numbers, found `{text}`"),
            Element(descr) => write!(
                f,
                "expected elements of type float16, float32, float64, integer or bool, found `{descr}`; convert the \
                 array with astype"
            ),
            TooLarge { shape } => {
                write!(f, "the array of shape {shape} in the header is larger than the address space")
            }
            Limit { shape, limit } => write!(
                f,
                "expected at most {limit} bytes in the archive, exceeded by an array of shape {shape}; if you trust \
                 the file, read it with Npz::read_limited"
            ),
            Body { shape, expected, found } => {
                let found = if found < expected { "less" } else { "more" };
                write!(f, "expected {expected} bytes for an array of shape {shape}, found {found}; get the file again")
            }
            Archive(what) => write!(f, "not a valid .npz archive ({what}); get the file again"),
            NoArray { name, known } => {
                write!(f, "the archive has no array `{name}`; expected one of {}", known.join(", "))
            }
            Entry { name, source } => write!(f, "array `{name}`: {source}"),
            NotAnIndex { at, value } => {
                write!(f, "element {at}: expected a class id, which is an integer from 0 on, found {value}")
            }
        }
    }
}

tensor::debug_as_display!(NpyError);

impl std::error::Error for NpyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            NpyError::Io(source) => Some(source),
            NpyError::Entry { source, .. } => Some(&**source),
            _ => None,
        }
    }
}

impl From<io::Error> for NpyError {
    fn from(source: io::Error) -> Self {
        NpyError::Io(source)
    }
}
