//! IDX files, the format of MNIST and related data sets: a header of big-endian numbers, then the elements, row-major.
//!
//! ```text
//! 0, 0, type, rank | dim 0 (u32) | ... | dim rank-1 (u32) | elements (big-endian)
//! ```
//!
//! | type | 08 | 09 | 0b | 0c | 0d | 0e |
//! |---|---|---|---|---|---|---|
//! | | `ubyte` | `byte` | `short` | `int` | `float` | `double` |
//!
//! A header is a claim, not a fact: memory is asked for as bytes arrive, never because a header promises them.

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

/// An array out of an IDX file, of any of the format's six element types.
///
/// ```
/// use train::Idx;
/// let bytes = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6];
/// let idx = Idx::read(&bytes[..])?;
/// assert_eq!((idx.shape(), idx.bytes()), (&[2, 3][..], &[1, 2, 3, 4, 5, 6][..]));
/// assert_eq!(
///     Idx::read(&bytes[..17]).unwrap_err().to_string(),
///     "an IDX array of shape (2, 3) has 6 bytes, but the data end after 5; get the file again, it is cut off"
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

/// An element type: its name in the names of files, and its bytes.
type Type = (&'static str, Element);

const UBYTE: &str = "ubyte";

/// The element type of this code.
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
    /// The largest array that [`read`](Idx::read) and [`open`](Idx::open) accept, in bytes: 2 GiB, three times the
    /// largest set of the family.
    pub const LIMIT: usize = 1 << 31;

    /// Reads a file, plain or gzipped.
    ///
    /// # Errors
    /// If it is not there, cannot be read, or is not exactly one IDX array.
    pub fn open(path: impl AsRef<Path>) -> Result<Idx, DataError> {
        let path = path.as_ref();
        let file = open(path)?;
        Idx::read(file).map_err(|source| DataError::Idx { path: Some(path.into()), source })
    }

    /// Reads an array to the end of the data, which may be gzipped: the first two bytes tell.
    ///
    /// # Errors
    /// If the data are not exactly one IDX array, or hold more than [`LIMIT`](Idx::LIMIT).
    pub fn read(reader: impl Read) -> Result<Idx, IdxError> {
        Idx::read_limited(reader, Idx::LIMIT)
    }

    /// [`read`](Idx::read) with another limit: arrays of more bytes are refused before any of them is read.
    ///
    /// # Errors
    /// As [`read`](Idx::read).
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

    /// The extents, outermost axis first.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The element type as the names of files have it: `ubyte`, `byte`, `short`, `int`, `float` or `double`.
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
    /// If one is negative or not a whole number.
    pub fn indices(&self) -> Result<Vec<usize>, IdxError> {
        let whole = |(at, value)| index(value).ok_or(IdxError::NotAnIndex { at, value });
        self.element.1.values(&self.data).enumerate().map(whole).collect()
    }

    /// The bytes of the elements in row-major order: of type `ubyte` the elements themselves, otherwise big-endian as in
    /// the file.
    pub fn bytes(&self) -> &[u8] {
        &self.data
    }

    /// [`bytes`](Idx::bytes), by value.
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
    let extents = read_at_most(&mut reader, 4 * rank).map_err(IdxError::Io)?;
    if extents.len() < 4 * rank {
        return Err(IdxError::Header { found: 4 + extents.len(), expected: 4 + 4 * rank });
    }
    let extents = extents.as_chunks().0.iter().map(|&be| u32::from_be_bytes(be) as usize);
    let shape: Vec<usize> = extents.collect();
    let size = shape.iter().try_fold(element.1.width, |n, &d| n.checked_mul(d)).filter(|&n| n <= limit);
    let Some(expected) = size else {
        return Err(IdxError::TooLarge { shape: Shape::from(shape), limit });
    };
    let data = read_at_most(&mut reader, expected).map_err(IdxError::Io)?;
    if data.len() < expected {
        return Err(IdxError::Body { shape: Shape::from(shape), expected, found: data.len() });
    }
    // To see that nothing follows; the checksum of a gzip stream is verified on the way.
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

    /// A header of these dims, and these unsigned bytes.
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

    fn refused(bytes: &[u8]) -> IdxError {
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
    fn headers_that_are_none() {
        assert!(matches!(refused(b""), IdxError::Header { found: 0, expected: 4 }));
        assert!(matches!(refused(&[0, 0, 8]), IdxError::Header { found: 3, expected: 4 }));
        assert!(matches!(refused(&file(&[2, 3], &[])[..11]), IdxError::Header { found: 11, expected: 12 }));
        assert!(matches!(refused(b"PK\x03\x04..."), IdxError::Magic(_)));
        assert!(matches!(refused(b"x"), IdxError::Magic(_)));
        assert!(matches!(refused(&[0, 0, 7, 1, 0]), IdxError::Magic(_)));
        assert!(matches!(refused(&[0, 0, 8, 0, 0, 0, 0, 0]), IdxError::Rank(0)));
        assert!(matches!(refused(&[0, 0, 8, 9]), IdxError::Rank(9)));
        assert!(matches!(refused(&[0, 0, 0x0a, 1, 0, 0, 0, 0]), IdxError::Magic(_)));
        assert!(matches!(refused(&[0, 0, 0x0f, 1, 0, 0, 0, 0]), IdxError::Magic(_)));
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
            assert!(matches!(refused(short), IdxError::Body { expected, found, .. } if expected == found + 1));
        }
        let ubyte = three_and_minus_two(0x08, &[3, 254]);
        assert_eq!((ubyte.element(), ubyte.indices().unwrap()), ("ubyte", vec![3, 254]));
        // The limit counts bytes, not elements.
        let doubles = file_of(0x0e, &[2], &[0; 16]);
        assert!(matches!(Idx::read_limited(&doubles[..], 15), Err(IdxError::TooLarge { limit: 15, .. })));
        Idx::read_limited(&doubles[..], 16).unwrap();
    }

    #[test]
    fn bodies_that_do_not_fit() {
        assert!(matches!(refused(&file(&[2, 3], &[1; 5])), IdxError::Body { found: 5, .. }));
        assert!(matches!(refused(&file(&[2, 3], &[1; 7])), IdxError::Trailing { .. }));
        assert!(matches!(refused(&gzip(&file(&[6], &[1; 5]))), IdxError::Body { found: 5, .. }));
        assert!(matches!(refused(&gzip(&file(&[6], &[1; 7]))), IdxError::Trailing { .. }));
    }

    #[test]
    fn claims_beyond_the_limit_are_refused_unread() {
        let huge = file(&[u32::MAX; 8], &[]);
        assert!(matches!(refused(&huge), IdxError::TooLarge { .. }));
        assert!(refused(&huge).to_string().contains("Idx::read_limited"));
        let e = Idx::read_limited(file(&[11], &[]).chain(io::repeat(0)), 10).unwrap_err();
        assert!(matches!(e, IdxError::TooLarge { limit: 10, .. }));
        // An endless reader is left one byte after the array.
        let e = Idx::read(file(&[10], &[]).chain(io::repeat(0))).unwrap_err();
        assert!(matches!(e, IdxError::Trailing { .. }));
    }

    #[test]
    fn a_gzip_bomb_is_not_unpacked() {
        // 64 MiB of zeros behind a header that speaks of 10 bytes.
        let bomb = gzip(&file(&[10], &vec![0; 64 << 20]));
        assert!(bomb.len() < 1 << 20);
        assert!(matches!(refused(&bomb), IdxError::Trailing { .. }));
    }

    #[test]
    fn damaged_gzip() {
        let bytes = gzip(&file(&[600], &[7; 600]));
        for end in [2, 9, 20, bytes.len() - 1] {
            assert!(matches!(refused(&bytes[..end]), IdxError::Gzip(_)), "cut off at {end}");
        }
        let mut wrong_sum = bytes.clone();
        let at = wrong_sum.len() - 6;
        wrong_sum[at] ^= 1;
        assert!(matches!(refused(&wrong_sum), IdxError::Gzip(_)));
        assert!(matches!(refused(&[&bytes[..], b"junk"].concat()), IdxError::Gzip(_)));
    }

    #[test]
    fn a_file_is_named() {
        let e = Idx::open("no-such-file").unwrap_err();
        assert_eq!(e.to_string(), "no-such-file is not there; check the path, or get the file first");
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
