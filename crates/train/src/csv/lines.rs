//! Counts lines, to report the line in which a record starts.
//!
//! The position reported by crate `csv` is wrong after `\r\n` line ends and blank lines, so this reader counts lines
//! itself: it returns one line per read, and `csv` asks for the next line only if the record continues.

use std::io::{self, BufRead, BufReader, Read};

/// A reader that returns one line per read.
#[derive(Debug)]
pub(super) struct Lines<R> {
    inner: BufReader<R>,
    /// The line of the next byte, counted from 1.
    line: u64,
    /// Whether the last byte was `\r`: a following `\n` belongs to the same line end.
    after_return: bool,
    /// The line in which the current record starts; `None` before its first byte.
    start: Option<u64>,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(inner: R) -> Self {
        Lines { inner: BufReader::new(inner), line: 1, after_return: false, start: None }
    }

    /// Call this before reading a record.
    pub(super) fn next_record(&mut self) {
        self.start = None;
    }

    /// The line in which the current record starts.
    pub(super) fn line(&self) -> u64 {
        self.start.unwrap_or(self.line)
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let is_end = |b: &u8| matches!(b, b'\r' | b'\n');
        let bytes = self.inner.fill_buf()?;
        let n = bytes.iter().position(is_end).map_or(bytes.len(), |at| at + 1).min(out.len());
        out[..n].copy_from_slice(&bytes[..n]);
        self.inner.consume(n);
        if let (Some(first), Some(last)) = (out[..n].first(), out[..n].last()) {
            let rest_of_end = self.after_return && *first == b'\n';
            if !is_end(first) {
                self.start.get_or_insert(self.line);
            }
            self.line += u64::from(is_end(last) && !rest_of_end);
            self.after_return = *last == b'\r';
        }
        Ok(n)
    }
}
