//! Bytes from outside, whose length is a claim until they have arrived.

use crate::error::DataError;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Bytes asked for at a time until that many have arrived; from then on the buffer doubles.
const CHUNK: usize = 1 << 16;
/// One byte in so many arrived makes the rest credible.
const SURE: usize = 16;

/// Opens a file that a user named.
pub(crate) fn open(path: &Path) -> Result<File, DataError> {
    File::open(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => {
            DataError::Missing { path: path.into(), remedy: "check the path, or get the file first" }
        }
        _ => DataError::Io { path: path.into(), source },
    })
}

/// Reads up to `most` bytes, fewer only if the data end.
///
/// The buffer never has room for more than sixteen times the bytes that have arrived (and a first chunk), nor for more
/// than `most`. It grows for the last time when a sixteenth has arrived: if growing copies, old and new room together are
/// at most 9/8 of `most`.
pub(crate) fn read_at_most(mut reader: impl Read, most: usize) -> io::Result<Vec<u8>> {
    let mut data = Vec::new();
    while data.len() < most {
        let rest = most - data.len();
        let chunk = if data.len() >= most / SURE { rest } else { data.len().max(CHUNK).min(rest) };
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
    fn memory_follows_the_bytes_that_arrive() {
        for n in [0, 10, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK] {
            let data = read_at_most(io::repeat(1).take(n as u64), 1 << 31).unwrap();
            assert_eq!(data.len(), n);
            assert!(data.capacity() <= CHUNK + 2 * n + 64, "{n}: {}", data.capacity());
            let data = read_at_most(io::repeat(1), n).unwrap();
            assert_eq!((data.len(), data.capacity()), (n, n));
        }
    }

    /// Sizes just above those at which a buffer that doubles would be copied whole.
    #[test]
    fn the_last_growth_of_the_buffer_is_early() {
        for most in [40 * CHUNK, 64 * CHUNK + 1, 128 * CHUNK + 1, 257 * CHUNK] {
            let arrived = most / 8;
            let data = read_at_most(io::repeat(1).take(arrived as u64), most).unwrap();
            assert_eq!((data.len(), data.capacity()), (arrived, most), "all room is there once an eighth has arrived");
        }
    }
}
