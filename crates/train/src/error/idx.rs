//! What can be wrong with an IDX file.

use std::fmt;
use std::io;
use tensor::Shape;

/// The largest number of axes that an IDX file may have.
pub(crate) const MAX_RANK: usize = 8;

/// Why data are not an IDX array, or not one for the purpose.
#[non_exhaustive]
pub enum IdxError {
    /// The reader failed.
    Io(io::Error),
    /// Compressed data that do not expand: damaged, cut off, or followed by something else.
    Gzip(io::Error),
    /// The data do not begin as an IDX file does.
    Magic(Vec<u8>),
    /// An array of this element type where unsigned bytes are expected.
    Element(&'static str),
    /// An element that is not a class id: negative, or not a whole number.
    NotAnIndex {
        /// Where, counted from 0 in row-major order.
        at: usize,
        /// The element.
        value: f64,
    },
    /// No axes, or more than 8.
    Rank(usize),
    /// The data end within the header.
    Header {
        /// Bytes there are.
        found: usize,
        /// Bytes of the header.
        expected: usize,
    },
    /// An array of more bytes than the limit, or than memory can address.
    TooLarge {
        /// The shape in the header.
        shape: Shape,
        /// Bytes allowed.
        limit: usize,
    },
    /// The data end before the array does.
    Body {
        /// The shape in the header.
        shape: Shape,
        /// Bytes it needs.
        expected: usize,
        /// Bytes there are.
        found: usize,
    },
    /// Something follows the array.
    Trailing {
        /// The shape in the header.
        shape: Shape,
        /// Bytes it needs.
        expected: usize,
    },
}

impl fmt::Display for IdxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use IdxError::*;
        match self {
            Io(source) => write!(f, "reading failed ({source}); check the disk, or get the file again"),
            Gzip(source) => write!(f, "the gzip data do not expand ({source}); get the file again, it is damaged"),
            Magic(found) => write!(
                f,
                "not an IDX file: it begins with the bytes {found:02x?} where 00, 00, a type (08, 09 or 0b to 0e) and the \
                 number of axes are expected; choose a file named like images-idx3-ubyte"
            ),
            Element(found) => write!(
                f,
                "an IDX file of type {found}, but images are expected as ubyte; make a data set of its `tensor()` with \
                 Dataset::classification"
            ),
            NotAnIndex { at, value } => {
                write!(f, "element {at} is {value}, which is not a class id; ids are whole numbers from 0 on")
            }
            Rank(rank) => write!(
                f,
                "an IDX array of {rank} axes; 1 to {MAX_RANK} are read: check that the file is what its name says"
            ),
            Header { found, expected } => write!(
                f,
                "an IDX header has {expected} bytes here, but the data end after {found}; \
                 get the file again, it is cut off"
            ),
            TooLarge { shape, limit } => write!(
                f,
                "the IDX header promises an array of shape {shape}, more than {limit} bytes; \
                 if the file is no fake, read it with Idx::read_limited"
            ),
            Body { shape, expected, found } => write!(
                f,
                "an IDX array of shape {shape} has {expected} bytes, but the data end after {found}; \
                 get the file again, it is cut off"
            ),
            Trailing { shape, expected } => write!(
                f,
                "an IDX array of shape {shape} has {expected} bytes, but more follow; \
                 get the file again: its header or its length is wrong"
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
