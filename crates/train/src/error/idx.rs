//! Errors of reading IDX files.

use std::fmt;
use std::io;
use tensor::Shape;

/// The maximum number of axes of an IDX array.
pub(crate) const MAX_RANK: usize = 8;

/// Why an IDX file could not be read.
#[non_exhaustive]
pub enum IdxError {
    /// Reading failed.
    Io(io::Error),
    /// Decompression failed: the data are damaged, truncated, or followed by other data.
    Gzip(io::Error),
    /// The data do not start with the magic bytes of an IDX file; the bytes found.
    Magic(Vec<u8>),
    /// The element type is not `ubyte`; the type found.
    Element(&'static str),
    /// An element is not a class id, because it is negative or not an integer.
    NotAnIndex {
        /// Its position, counted from 0 in row-major order.
        at: usize,
        /// The element.
        value: f64,
    },
    /// The array has 0 axes or more than 8.
    Rank(usize),
    /// The data end within the header.
    Header {
        /// The number of bytes found.
        found: usize,
        /// The number of bytes of the header.
        expected: usize,
    },
    /// The array is larger than the limit or the address space.
    TooLarge {
        /// The shape in the header.
        shape: Shape,
        /// The maximum number of bytes.
        limit: usize,
    },
    /// The data end before the array.
    Body {
        /// The shape in the header.
        shape: Shape,
        /// The number of bytes of the array.
        expected: usize,
        /// The number of bytes found.
        found: usize,
    },
    /// The data continue after the array.
    Trailing {
        /// The shape in the header.
        shape: Shape,
        /// The number of bytes of the array.
        expected: usize,
    },
}

impl fmt::Display for IdxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use IdxError::*;
        match self {
            Io(source) => write!(f, "reading failed ({source}); check the disk, or download the file again"),
            Gzip(source) => write!(f, "decompression failed ({source}); the file is damaged, download it again"),
            Magic(found) => write!(
                f,
                "not an IDX file: expected the bytes 00, 00, a type (08, 09 or 0b to 0e) and the number of axes, found \
                 {found:02x?}; pass a file named like images-idx3-ubyte"
            ),
            Element(found) => write!(
                f,
                "expected an IDX file of type ubyte for images, found {found}; build the data set from its `tensor()` \
                 with Dataset::classification"
            ),
            NotAnIndex { at, value } => {
                write!(f, "element {at}: expected a class id, which is an integer from 0 on, found {value}")
            }
            Rank(rank) => write!(
                f,
                "expected an IDX array with 1 to {MAX_RANK} axes, found {rank}; check that this is the right file"
            ),
            Header { found, expected } => write!(
                f,
                "expected an IDX header of {expected} bytes, found {found}; the file is truncated, download it again"
            ),
            TooLarge { shape, limit } => write!(
                f,
                "expected an IDX array of at most {limit} bytes, found shape {shape} in the header; if you trust the \
                 file, read it with Idx::read_limited"
            ),
            Body { shape, expected, found } => write!(
                f,
                "expected {expected} bytes for an IDX array of shape {shape}, found {found}; the file is truncated, \
                 download it again"
            ),
            Trailing { shape, expected } => write!(
                f,
                "expected {expected} bytes for an IDX array of shape {shape}, found more; the header or the length of \
                 the file is wrong, download it again"
            ),
        }
    }
}

tensor::debug_as_display!(IdxError);

impl std::error::Error for IdxError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            IdxError::Io(source) | IdxError::Gzip(source) => Some(source),
            _ => None,
        }
    }
}
