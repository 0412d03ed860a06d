//! IDX files, the form of MNIST and its kin: a header of big-endian numbers, then the elements, row-major.
//!
//! ```text
//! 0, 0, type, rank | extent of axis 0 (u32) | ... | extent of axis rank-1 (u32) | elements
//! ```
//!
//! A header is a claim, not a fact: memory is asked for as bytes arrive, never because a header promises them.

mod error;
#[cfg(test)]
mod fuzz;

pub use error::IdxError;

use crate::bytes::{open, read_at_most};
use crate::error::DataError;
use flate2::read::MultiGzDecoder;
use std::fmt;
use std::io::Read;
use std::path::Path;
use tensor::Shape;

/// An array of bytes out of an IDX file.
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
/// # Ok::<(), train::IdxError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Idx {
    shape: Vec<usize>,
    data: Vec<u8>,
}

/// The axes an array may have.
const MAX_RANK: usize = 8;

impl Idx {
    /// The largest array that [`read`](Idx::read) and [`open`](Idx::open) accept, in bytes: 2 GiB, three times the
    /// largest set of the family.
    pub const LIMIT: usize = 1 << 31;

    /// Reads a file, plain or gzipped.
    ///
    /// # Errors
    /// If it is not there, cannot be read, or is not exactly one IDX array of bytes.
    pub fn open(path: impl AsRef<Path>) -> Result<Idx, DataError> {
        let path = path.as_ref();
        let file = open(path)?;
        Idx::read(file).map_err(|source| DataError::Idx { path: Some(path.into()), source })
    }

    /// Reads an array to the end of the data, which may be gzipped: the first two bytes tell.
    ///
    /// # Errors
    /// If the data are not exactly one IDX array of bytes, or hold more than [`LIMIT`](Idx::LIMIT).
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

    /// The elements in row-major order.
    pub fn bytes(&self) -> &[u8] {
        &self.data
    }

    /// The elements in row-major order.
    pub fn into_bytes(self) -> Vec<u8> {
        self.data
    }
}

fn read_plain(mut reader: impl Read, limit: usize) -> Result<Idx, IdxError> {
    let magic = read_at_most(&mut reader, 4).map_err(IdxError::Io)?;
    let rank = match magic[..] {
        [0, 0, 0x08, rank] => usize::from(rank),
        [0, 0, element @ (0x09 | 0x0b..=0x0e), _] => return Err(IdxError::Element(element)),
        [0, 0, ..] | [0] | [] if magic.len() < 4 => return Err(IdxError::Header { found: magic.len(), expected: 4 }),
        _ => return Err(IdxError::Magic(magic)),
    };
    if rank == 0 || rank > MAX_RANK {
        return Err(IdxError::Rank(rank));
    }
    let extents = read_at_most(&mut reader, 4 * rank).map_err(IdxError::Io)?;
    if extents.len() < 4 * rank {
        return Err(IdxError::Header { found: 4 + extents.len(), expected: 4 + 4 * rank });
    }
    let extents = extents.as_chunks().0.iter().map(|&be| u32::from_be_bytes(be) as usize);
    let shape: Vec<usize> = extents.collect();
    let size = shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d)).filter(|&n| n <= limit);
    let Some(expected) = size else {
        return Err(IdxError::TooLarge { shape: Shape::from(shape), limit });
    };
    // One byte more than expected, to see that nothing follows; of a gzip stream its checksum is read on the way.
    let mut data = read_at_most(&mut reader, expected.saturating_add(1)).map_err(IdxError::Io)?;
    if data.len() < expected {
        return Err(IdxError::Body { shape: Shape::from(shape), found: data.len() });
    }
    if data.len() > expected {
        return Err(IdxError::Trailing { shape: Shape::from(shape) });
    }
    data.shrink_to_fit();
    Ok(Idx { shape, data })
}

impl fmt::Debug for Idx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Idx({} bytes of shape {})", self.data.len(), Shape::from(&self.shape[..]))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::{self, Write};

    /// A header of these extents, and these elements.
    pub(crate) fn file(shape: &[u32], data: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 0, 8, shape.len() as u8];
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
        for (code, name) in
            [(0x09, "signed bytes"), (0x0b, "16-bit"), (0x0c, "32-bit i"), (0x0d, "32-bit f"), (0x0e, "64-bit")]
        {
            let e = refused(&[0, 0, code, 1, 0, 0, 0, 0]);
            assert!(matches!(e, IdxError::Element(c) if c == code) && e.to_string().contains(name), "{e}");
        }
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
