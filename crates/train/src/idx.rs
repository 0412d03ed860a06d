//! IDX files, the form of MNIST and its kin: a header of big-endian numbers, then the elements, row-major.
//!
//! ```text
//! 0, 0, type, rank | extent of axis 0 (u32) | ... | extent of axis rank-1 (u32) | elements
//! ```
//!
//! A header is a claim, not a fact: memory is asked for as bytes arrive, never because a header promises them.

use crate::error::DataError;
use flate2::read::MultiGzDecoder;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
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
/// Bytes asked for at a time until that many have arrived; from then on the buffer doubles.
const CHUNK: usize = 1 << 16;

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
        let file = File::open(path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => {
                DataError::Missing { path: path.into(), remedy: "check the path, or get the file first" }
            }
            _ => DataError::Io { path: path.into(), source },
        })?;
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

/// Reads up to `most` bytes, fewer only if the data end. The buffer never holds room for more than twice the bytes
/// that have arrived (and a first chunk), nor for more than `most`.
fn read_at_most(mut reader: impl Read, most: usize) -> io::Result<Vec<u8>> {
    let mut data = Vec::new();
    while data.len() < most {
        let chunk = data.len().max(CHUNK).min(most - data.len());
        data.try_reserve_exact(chunk).map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
        if reader.by_ref().take(chunk as u64).read_to_end(&mut data)? < chunk {
            break;
        }
    }
    Ok(data)
}

/// Why data are not an IDX array of bytes.
#[derive(Debug)]
#[non_exhaustive]
pub enum IdxError {
    /// The reader failed.
    Io(io::Error),
    /// Compressed data that do not expand: damaged, cut off, or followed by something else.
    Gzip(io::Error),
    /// The data do not begin as an IDX file does.
    Magic(Vec<u8>),
    /// An element type other than unsigned bytes, by its code.
    Element(u8),
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
        /// Bytes there are.
        found: usize,
    },
    /// Something follows the array.
    Trailing {
        /// The shape in the header.
        shape: Shape,
    },
}

impl fmt::Display for IdxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use IdxError::*;
        let size = |shape: &Shape| shape.iter().product::<usize>();
        match self {
            Io(source) => write!(f, "reading failed ({source}); check the disk, or get the file again"),
            Gzip(source) => write!(f, "the gzip data do not expand ({source}); get the file again, it is damaged"),
            Magic(found) => write!(
                f,
                "not an IDX file: it begins with the bytes {found:02x?} where 00, 00, 08 and the number of axes are \
                 expected; choose a file named like images-idx3-ubyte"
            ),
            Element(code) => write!(
                f,
                "an IDX file of {} (type 0x{code:02x}); only unsigned bytes (type 0x08) are read: convert it",
                match code {
                    0x09 => "signed bytes",
                    0x0b => "16-bit integers",
                    0x0c => "32-bit integers",
                    0x0d => "32-bit floats",
                    0x0e => "64-bit floats",
                    _ => "an unknown type",
                }
            ),
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
            Body { shape, found } => write!(
                f,
                "an IDX array of shape {shape} has {} bytes, but the data end after {found}; \
                 get the file again, it is cut off",
                size(shape)
            ),
            Trailing { shape } => write!(
                f,
                "an IDX array of shape {shape} has {} bytes, but more follow; \
                 get the file again: its header or its length is wrong",
                size(shape)
            ),
        }
    }
}

impl std::error::Error for IdxError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            IdxError::Io(source) | IdxError::Gzip(source) => Some(source),
            _ => None,
        }
    }
}

impl fmt::Debug for Idx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Idx({} bytes of shape {})", self.data.len(), Shape::from(&self.shape[..]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use proptest::prelude::*;
    use std::io::Write;

    /// A header of these extents, and these elements.
    fn file(shape: &[u32], data: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 0, 8, shape.len() as u8];
        bytes.extend(shape.iter().flat_map(|d| d.to_be_bytes()));
        bytes.extend(data);
        bytes
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
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
    fn memory_follows_the_bytes_that_arrive() {
        for n in [0, 10, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK] {
            let data = read_at_most(io::repeat(1).take(n as u64), Idx::LIMIT).unwrap();
            assert_eq!(data.len(), n);
            assert!(data.capacity() <= CHUNK + 2 * n + 64, "{n}: {}", data.capacity());
            let data = read_at_most(io::repeat(1), n).unwrap();
            assert_eq!((data.len(), data.capacity()), (n, n));
        }
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

    #[derive(Clone, Debug)]
    enum Damage {
        Cut(prop::sample::Index),
        Flip(prop::sample::Index, u8),
        Extend(Vec<u8>),
        Drop(prop::sample::Index),
    }

    fn damage() -> impl Strategy<Value = Damage> {
        prop_oneof![
            any::<prop::sample::Index>().prop_map(Damage::Cut),
            (any::<prop::sample::Index>(), 1u8..).prop_map(|(i, bits)| Damage::Flip(i, bits)),
            prop::collection::vec(any::<u8>(), 1..20).prop_map(Damage::Extend),
            any::<prop::sample::Index>().prop_map(Damage::Drop),
        ]
    }

    fn damaged(mut bytes: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
        for damage in damages {
            match damage {
                Damage::Extend(more) => bytes.extend(more),
                _ if bytes.is_empty() => {}
                Damage::Cut(i) => bytes.truncate(i.index(bytes.len())),
                Damage::Flip(i, bits) => {
                    let i = i.index(bytes.len());
                    bytes[i] ^= bits;
                }
                Damage::Drop(i) => {
                    bytes.remove(i.index(bytes.len()));
                }
            }
        }
        bytes
    }

    /// Whatever is read has the shape it claims; whatever is refused says why.
    fn is_sane(bytes: &[u8]) -> Result<(), TestCaseError> {
        match Idx::read(bytes) {
            Ok(idx) => prop_assert_eq!(idx.shape().iter().product::<usize>(), idx.bytes().len()),
            Err(e) => prop_assert!(e.to_string().len() > 20),
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            is_sane(&bytes)?;
            is_sane(&gzip(&bytes))?;
        }

        #[test]
        fn any_header(shape in prop::collection::vec(any::<u32>(), 0..10), data in prop::collection::vec(any::<u8>(), 0..20)) {
            is_sane(&file(&shape, &data))?;
        }

        #[test]
        fn damaged_files(
            shape in prop::collection::vec(0u32..5, 1..4),
            damages in prop::collection::vec(damage(), 1..4),
        ) {
            let size: u32 = shape.iter().product();
            let bytes = file(&shape, &vec![3; size as usize]);
            is_sane(&damaged(bytes.clone(), &damages))?;
            is_sane(&damaged(gzip(&bytes), &damages))?;
            is_sane(&gzip(&damaged(bytes, &damages)))?;
        }
    }
}
