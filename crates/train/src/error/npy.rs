//! What can be wrong with an array file of NumPy.

use std::sync::Arc;
use std::{fmt, io};
use tensor::Shape;

/// Why data are not an array, or an archive of arrays, that is read here.
#[non_exhaustive]
pub enum NpyError {
    /// Reading or writing failed.
    Io(io::Error),
    /// The data do not begin as a `.npy` file does.
    Magic(Vec<u8>),
    /// The data end within the header.
    CutHeader,
    /// A header that is none, or of something else than an array of numbers; its beginning.
    Header(String),
    /// An element type that is not read, as NumPy spells it.
    Element(String),
    /// An array of more bytes than memory can address.
    TooLarge {
        /// The shape in the header.
        shape: Shape,
    },
    /// An array of an archive that would take more bytes than the limit.
    Limit {
        /// The shape in the header.
        shape: Shape,
        /// Bytes allowed for the whole archive.
        limit: u64,
    },
    /// Another number of bytes than the header promises.
    Body {
        /// The shape in the header.
        shape: Shape,
        /// Bytes it needs.
        expected: usize,
        /// Bytes there are; one more than expected stands for all that follows.
        found: usize,
    },
    /// An archive that cannot be opened.
    Archive(String),
    /// No array of this name in the archive.
    NoArray {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// An array in an archive that cannot be read.
    Entry {
        /// Its name.
        name: String,
        /// Why.
        source: Arc<NpyError>,
    },
    /// A number that is no class id: negative, or not whole.
    NotAnIndex {
        /// Where, counted from 0 in row-major order.
        at: usize,
        /// The number.
        value: f64,
    },
}

impl fmt::Display for NpyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use NpyError::*;
        match self {
            Io(source) => write!(f, "reading or writing failed ({source}); check the disk and the permissions"),
            Magic(found) => write!(
                f,
                "not a .npy file: it begins with the bytes {found:02x?} where 93, `NUMPY` and a version are expected"
            ),
            CutHeader => write!(f, "the data end within the header; get the file again, it is cut off"),
            Header(text) => write!(f, "not the header of an array of numbers: `{text}`"),
            Element(descr) => write!(
                f,
                "elements of type `{descr}`; floats of 16, 32 and 64 bits, whole numbers and bools are read: convert \
                 the array with astype"
            ),
            TooLarge { shape } => write!(f, "the header promises an array of shape {shape}, more than memory holds"),
            Limit { shape, limit } => write!(
                f,
                "an array of shape {shape} takes the archive beyond the limit of {limit} bytes; if you trust the file, \
                 read it with Npz::read_limited"
            ),
            Body { shape, expected, found } => {
                let what = if found < expected { "end too early" } else { "go on after it" };
                write!(f, "an array of shape {shape} has {expected} bytes, but the data {what}; get the file again")
            }
            Archive(what) => write!(f, "not a .npz archive that can be read ({what}); get the file again"),
            NoArray { name, known } => write!(f, "there is no array `{name}`; there are {}", known.join(", ")),
            Entry { name, source } => write!(f, "array `{name}`: {source}"),
            NotAnIndex { at, value } => {
                write!(f, "element {at} is {value}, which is no class id; ids are whole numbers from 0 on")
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
