//! Which line a record starts in.
//!
//! The position that crate `csv` gives is taken before the rest of the last line end and the blank lines in front of a
//! record are skipped, so lines are counted here: its reader gets one at a time, and asks for the next only if the record
//! goes on.

use std::io::{self, BufRead, BufReader, Read};

/// A reader that gives a line at a time.
#[derive(Debug)]
pub(super) struct Lines<R> {
    inner: BufReader<R>,
    /// The line of the next byte, counted from 1.
    line: u64,
    /// Whether the last byte was `\r`: a `\n` that follows belongs to the same line end.
    after_return: bool,
    /// Where the record starts; nothing as long as only blank lines came.
    start: Option<u64>,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(inner: R) -> Self {
        Lines { inner: BufReader::new(inner), line: 1, after_return: false, start: None }
    }

    /// A record is to be read.
    pub(super) fn next_record(&mut self) {
        self.start = None;
    }

    /// The line in which it starts.
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
