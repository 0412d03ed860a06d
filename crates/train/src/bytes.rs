//! Bytes from outside, whose length is a claim until they have arrived.

use crate::error::DataError;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Bytes asked for at a time until that many have arrived; from then on the buffer doubles.
const CHUNK: usize = 1 << 16;

/// Opens a file that a user named.
pub(crate) fn open(path: &Path) -> Result<File, DataError> {
    File::open(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => {
            DataError::Missing { path: path.into(), remedy: "check the path, or get the file first" }
        }
        _ => DataError::Io { path: path.into(), source },
    })
}

/// Reads up to `most` bytes, fewer only if the data end. The buffer never holds room for more than twice the bytes
/// that have arrived (and a first chunk), nor for more than `most`.
pub(crate) fn read_at_most(mut reader: impl Read, most: usize) -> io::Result<Vec<u8>> {
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
}
