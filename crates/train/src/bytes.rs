//! Reading files whose headers may claim any length, with memory bounded by the bytes that exist.

use crate::error::DataError;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Size of the first reads in bytes. After this many bytes, the buffer doubles.
const CHUNK: usize = 1 << 16;
/// Once 1 / `TRUST` of the claimed bytes have been read, the rest is allocated at once.
const TRUST: usize = 16;

/// Opens a file at a path given by the user.
pub(crate) fn open(path: &Path) -> Result<File, DataError> {
    File::open(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => {
            DataError::Missing { path: path.into(), suggestion: "check the path, or download the file first" }
        }
        _ => DataError::Io { path: path.into(), source },
    })
}

/// Reads up to `limit` bytes; fewer only if the data end.
///
/// The capacity of the buffer is at most sixteen times the number of bytes read so far (plus one chunk), and at most
/// `limit`. The buffer grows for the last time when a sixteenth has been read: if growing copies, the old and the new
/// allocation together are at most 9/8 of `limit`.
pub(crate) fn read_at_most(mut reader: impl Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut data = Vec::new();
    while data.len() < limit {
        let rest = limit - data.len();
        let chunk = if data.len() >= limit / TRUST { rest } else { data.len().max(CHUNK).min(rest) };
        data.try_reserve_exact(chunk).map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
        if reader.by_ref().take(chunk as u64).read_to_end(&mut data)? < chunk {
            break;
        }
    }
    Ok(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_proportional_to_the_bytes_read() {
        for n in [0, 10, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK] {
            let data = read_at_most(io::repeat(1).take(n as u64), 1 << 31).unwrap();
            assert_eq!(data.len(), n);
            assert!(data.capacity() <= CHUNK + 2 * n + 64, "{n}: {}", data.capacity());
            let data = read_at_most(io::repeat(1), n).unwrap();
            assert_eq!((data.len(), data.capacity()), (n, n));
        }
    }

    /// Sizes just above those at which a doubling buffer would be copied completely.
    #[test]
    fn the_buffer_grows_to_its_limit_early() {
        for limit in [40 * CHUNK, 64 * CHUNK + 1, 128 * CHUNK + 1, 257 * CHUNK] {
            let read = limit / 8;
            let data = read_at_most(io::repeat(1).take(read as u64), limit).unwrap();
            assert_eq!((data.len(), data.capacity()), (read, limit), "full capacity after an eighth has been read");
        }
    }
}
