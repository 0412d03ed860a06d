//! IDX files, the format of MNIST and related data sets: a big-endian header, then the elements in row-major order.
//!
//! ```text
//! 0, 0, type, rank | dim 0 (u32) | ... | dim rank-1 (u32) | elements (big-endian)
//! ```
//!
//! | type | 08 | 09 | 0b | 0c | 0d | 0e |
//! |---|---|---|---|---|---|---|
//! | | `ubyte` | `byte` | `short` | `int` | `float` | `double` |
//!
//! The header is not trusted: memory is allocated in proportion to the bytes that have been read.

#[cfg(test)]
mod fuzz;

use crate::bytes::{open, read_at_most};
use crate::element::{Element, Kind, index};
use crate::error::DataError;
use crate::error::{IdxError, MAX_RANK};
use flate2::read::MultiGzDecoder;
use std::fmt;
use std::io::Read;
use std::path::Path;
use tensor::{Real, Shape, Tensor};

/// An array from an IDX file, of any of the format's six element types.
///
/// ```
/// use train::Idx;
/// let bytes = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6];
/// let idx = Idx::read(&bytes[..])?;
/// assert_eq!((idx.shape(), idx.bytes()), (&[2, 3][..], &[1, 2, 3, 4, 5, 6][..]));
/// assert_eq!(
///     Idx::read(&bytes[..17]).unwrap_err().to_string(),
///     "expected 6 bytes for an IDX array of shape (2, 3), found 5; the file is truncated, download it again"
/// );
/// let shorts = Idx::read(&[0, 0, 0x0b, 1, 0, 0, 0, 2, 1, 0, 0xff, 0xfe][..])?;
/// assert_eq!((shorts.element(), shorts.tensor::<f32>()), ("short", tensor::tensor![256.0, -2.0]));
/// # Ok::<(), train::IdxError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Idx {
    shape: Vec<usize>,
    element: Type,
    data: Vec<u8>,
}

/// An element type: its name in file names, and its encoding.
type Type = (&'static str, Element);

const UBYTE: &str = "ubyte";

/// The element type with this type code.
fn type_of(code: u8) -> Option<Type> {
    Some(match code {
        0x08 => (UBYTE, Element::big(Kind::Unsigned, 1)),
        0x09 => ("byte", Element::big(Kind::Signed, 1)),
        0x0b => ("short", Element::big(Kind::Signed, 2)),
        0x0c => ("int", Element::big(Kind::Signed, 4)),
        0x0d => ("float", Element::big(Kind::Float, 4)),
        0x0e => ("double", Element::big(Kind::Float, 8)),
        _ => return None,
    })
}

impl Idx {
    /// The maximum size of an array in bytes for [`read`](Idx::read) and [`open`](Idx::open): 2 GiB, three times the
    /// largest data set of the MNIST family.
    pub const LIMIT: usize = 1 << 31;

    /// Reads a file, plain or gzipped.
    ///
    /// # Errors
    /// If the file does not exist, cannot be read, or is not exactly one IDX array.
    pub fn open(path: impl AsRef<Path>) -> Result<Idx, DataError> {
        let path = path.as_ref();
        let file = open(path)?;
        Idx::read(file).map_err(|source| DataError::Idx { path: Some(path.into()), source })
    }

    /// Reads an array to the end of the data. Gzip compression is detected from the first two bytes.
    ///
    /// # Errors
    /// If the data are not exactly one IDX array, or the array is larger than [`LIMIT`](Idx::LIMIT).
    pub fn read(reader: impl Read) -> Result<Idx, IdxError> {
        Idx::read_limited(reader, Idx::LIMIT)
    }

    /// Like [`read`](Idx::read), with another limit in bytes. A larger array is an error before its elements are read.
    ///
    /// # Errors
    /// The errors of [`read`](Idx::read).
    pub fn read_limited(mut reader: impl Read, limit: usize) -> Result<Idx, IdxError> {
        let start = read_at_most(&mut reader, 2).map_err(IdxError::Io)?;
        if start == [0x1f, 0x8b] {
            let plain = MultiGzDecoder::new(start.chain(reader));
            read_plain(plain, limit).map_err(|e| match e {
                IdxError::Io(source) => IdxError::Gzip(source),
                other => other,
            })
        } else {
            read_plain(start.chain(reader), limit)
        }
    }

    /// The dimensions, outermost axis first.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The element type as in file names: `ubyte`, `byte`, `short`, `int`, `float` or `double`.
    pub fn element(&self) -> &'static str {
        self.element.0
    }

    /// The elements in row-major order, rounded to the nearest `T`.
    pub fn tensor<T: Real>(&self) -> Tensor<T> {
        Tensor::from_vec(&self.shape[..], self.element.1.values(&self.data).map(T::from_f64).collect::<Vec<_>>())
    }

    /// The elements in row-major order, as class ids.
    ///
    /// # Errors
    /// If an element is negative or not an integer.
    pub fn indices(&self) -> Result<Vec<usize>, IdxError> {
        let id = |(at, value)| index(value).ok_or(IdxError::NotAnIndex { at, value });
        self.element.1.values(&self.data).enumerate().map(id).collect()
    }

    /// The bytes of the elements in row-major order, big-endian as in the file.
    pub fn bytes(&self) -> &[u8] {
        &self.data
    }

    /// Like [`bytes`](Idx::bytes), by value.
    pub fn into_bytes(self) -> Vec<u8> {
        self.data
    }

    /// The elements of an array of unsigned bytes.
    pub(crate) fn into_unsigned_bytes(self) -> Result<Vec<u8>, IdxError> {
        if self.element() == UBYTE { Ok(self.data) } else { Err(IdxError::Element(self.element())) }
    }
}

fn read_plain(mut reader: impl Read, limit: usize) -> Result<Idx, IdxError> {
    let magic = read_at_most(&mut reader, 4).map_err(IdxError::Io)?;
    let known = match magic[..] {
        [0, 0, code, rank] => type_of(code).map(|element| (element, usize::from(rank))),
        [0, 0, ..] | [0] | [] => return Err(IdxError::Header { found: magic.len(), expected: 4 }),
        _ => None,
    };
    let Some((element, rank)) = known else { return Err(IdxError::Magic(magic)) };
    if rank == 0 || rank > MAX_RANK {
        return Err(IdxError::Rank(rank));
    }
    let dims = read_at_most(&mut reader, 4 * rank).map_err(IdxError::Io)?;
    if dims.len() < 4 * rank {
        return Err(IdxError::Header { found: 4 + dims.len(), expected: 4 + 4 * rank });
    }
    let shape: Vec<usize> = dims.as_chunks().0.iter().map(|&be| u32::from_be_bytes(be) as usize).collect();
    let size = shape.iter().try_fold(element.1.width, |n, &d| n.checked_mul(d)).filter(|&n| n <= limit);
    let Some(expected) = size else {
        return Err(IdxError::TooLarge { shape: Shape::from(shape), limit });
    };
    let data = read_at_most(&mut reader, expected).map_err(IdxError::Io)?;
    if data.len() < expected {
        return Err(IdxError::Body { shape: Shape::from(shape), expected, found: data.len() });
    }
    // Reading to the end also verifies the checksum of a gzip stream.
    if !read_at_most(&mut reader, 1).map_err(IdxError::Io)?.is_empty() {
        return Err(IdxError::Trailing { shape: Shape::from(shape), expected });
    }
    Ok(Idx { shape, element, data })
}

impl fmt::Debug for Idx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Idx({} of shape {})", self.element(), Shape::from(&self.shape[..]))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::{self, Write};
    use tensor::tensor;

    /// A file with these dimensions and these unsigned bytes.
    pub(crate) fn file(shape: &[u32], data: &[u8]) -> Vec<u8> {
        file_of(8, shape, data)
    }

    pub(crate) fn file_of(code: u8, shape: &[u32], data: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 0, code, shape.len() as u8];
        bytes.extend(shape.iter().flat_map(|d| d.to_be_bytes()));
        bytes.extend(data);
        bytes
    }

    pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn error(bytes: &[u8]) -> IdxError {
        Idx::read(bytes).unwrap_err()
    }

    #[test]
    fn plain_gzipped_and_gzipped_in_two_members() {
        let bytes = file(&[2, 3], &[1, 2, 3, 4, 5, 6]);
        let plain = Idx::read(&bytes[..]).unwrap();
        assert_eq!((plain.shape(), plain.bytes()), (&[2, 3][..], &[1, 2, 3, 4, 5, 6][..]));
        assert_eq!(Idx::read(&gzip(&bytes)[..]).unwrap(), plain);
        let members = [gzip(&bytes[..7]), gzip(&bytes[7..])].concat();
        assert_eq!(Idx::read(&members[..]).unwrap(), plain);
        let empty = Idx::read(&file(&[0, 28, 28], &[])[..]).unwrap();
        assert_eq!((empty.shape(), empty.bytes()), (&[0, 28, 28][..], &[][..]));
    }

    #[test]
    fn invalid_headers_are_errors() {
        assert!(matches!(error(b""), IdxError::Header { found: 0, expected: 4 }));
        assert!(matches!(error(&[0, 0, 8]), IdxError::Header { found: 3, expected: 4 }));
        assert!(matches!(error(&file(&[2, 3], &[])[..11]), IdxError::Header { found: 11, expected: 12 }));
        assert!(matches!(error(b"PK\x03\x04..."), IdxError::Magic(_)));
        assert!(matches!(error(b"x"), IdxError::Magic(_)));
        assert!(matches!(error(&[0, 0, 7, 1, 0]), IdxError::Magic(_)));
        assert!(matches!(error(&[0, 0, 8, 0, 0, 0, 0, 0]), IdxError::Rank(0)));
        assert!(matches!(error(&[0, 0, 8, 9]), IdxError::Rank(9)));
        assert!(matches!(error(&[0, 0, 0x0a, 1, 0, 0, 0, 0]), IdxError::Magic(_)));
        assert!(matches!(error(&[0, 0, 0x0f, 1, 0, 0, 0, 0]), IdxError::Magic(_)));
    }

    #[test]
    fn every_element_type_of_the_format() {
        let three_and_minus_two = |code, bytes: &[u8]| Idx::read(&file_of(code, &[2], bytes)[..]).unwrap();
        for (code, name, bytes) in [
            (0x09, "byte", &[3, 0xfe][..]),
            (0x0b, "short", &[0, 3, 0xff, 0xfe]),
            (0x0c, "int", &[0, 0, 0, 3, 0xff, 0xff, 0xff, 0xfe]),
            (0x0d, "float", &[0x40, 0x40, 0, 0, 0xc0, 0, 0, 0]),
            (0x0e, "double", &[0x40, 0x08, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0]),
        ] {
            let idx = three_and_minus_two(code, bytes);
            assert_eq!((idx.element(), idx.tensor::<f32>()), (name, tensor![3.0, -2.0]));
            assert_eq!(idx.bytes(), bytes);
            let e = idx.indices().unwrap_err();
            assert!(matches!(e, IdxError::NotAnIndex { at: 1, value: -2.0 }), "{e}");
            let short = &file_of(code, &[2], &bytes[1..]);
            assert!(matches!(error(short), IdxError::Body { expected, found, .. } if expected == found + 1));
        }
        let ubyte = three_and_minus_two(0x08, &[3, 254]);
        assert_eq!((ubyte.element(), ubyte.indices().unwrap()), ("ubyte", vec![3, 254]));
        // The limit counts bytes, not elements.
        let doubles = file_of(0x0e, &[2], &[0; 16]);
        assert!(matches!(Idx::read_limited(&doubles[..], 15), Err(IdxError::TooLarge { limit: 15, .. })));
        Idx::read_limited(&doubles[..], 16).unwrap();
    }

    #[test]
    fn arrays_of_the_wrong_length_are_errors() {
        assert!(matches!(error(&file(&[2, 3], &[1; 5])), IdxError::Body { found: 5, .. }));
        assert!(matches!(error(&file(&[2, 3], &[1; 7])), IdxError::Trailing { .. }));
        assert!(matches!(error(&gzip(&file(&[6], &[1; 5]))), IdxError::Body { found: 5, .. }));
        assert!(matches!(error(&gzip(&file(&[6], &[1; 7]))), IdxError::Trailing { .. }));
    }

    #[test]
    fn arrays_beyond_the_limit_are_not_read() {
        let huge = file(&[u32::MAX; 8], &[]);
        assert!(matches!(error(&huge), IdxError::TooLarge { .. }));
        assert!(error(&huge).to_string().contains("Idx::read_limited"));
        let e = Idx::read_limited(file(&[11], &[]).chain(io::repeat(0)), 10).unwrap_err();
        assert!(matches!(e, IdxError::TooLarge { limit: 10, .. }));
        // An endless reader is read only to one byte after the array.
        let e = Idx::read(file(&[10], &[]).chain(io::repeat(0))).unwrap_err();
        assert!(matches!(e, IdxError::Trailing { .. }));
    }

    #[test]
    fn a_gzip_bomb_is_not_decompressed() {
        // 64 MiB of zeros after a header that claims 10 bytes.
        let bomb = gzip(&file(&[10], &vec![0; 64 << 20]));
        assert!(bomb.len() < 1 << 20);
        assert!(matches!(error(&bomb), IdxError::Trailing { .. }));
    }

    #[test]
    fn damaged_gzip() {
        let bytes = gzip(&file(&[600], &[7; 600]));
        for end in [2, 9, 20, bytes.len() - 1] {
            assert!(matches!(error(&bytes[..end]), IdxError::Gzip(_)), "cut off at {end}");
        }
        let mut wrong_sum = bytes.clone();
        let at = wrong_sum.len() - 6;
        wrong_sum[at] ^= 1;
        assert!(matches!(error(&wrong_sum), IdxError::Gzip(_)));
        assert!(matches!(error(&[&bytes[..], b"junk"].concat()), IdxError::Gzip(_)));
    }

    #[test]
    fn errors_name_the_file() {
        let e = Idx::open("no-such-file").unwrap_err();
        assert_eq!(e.to_string(), "no-such-file does not exist; check the path, or download the file first");
        assert!(Idx::open(".").is_err());
    }

    #[test]
    fn a_reader_that_fails() {
        struct Fails;
        impl Read for Fails {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::ConnectionReset.into())
            }
        }
        assert!(matches!(Idx::read(Fails), Err(IdxError::Io(_))));
        assert!(matches!(Idx::read(file(&[3], &[1]).chain(Fails)), Err(IdxError::Io(_))));
    }
}
