//! The numbers of a data file, read one after the other.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A file's numbers.
#[derive(Debug)]
pub(super) struct Data {
    path: PathBuf,
    numbers: std::vec::IntoIter<f64>,
}

impl Data {
    /// Reads a file of a folder; none if it is not there.
    ///
    /// # Errors
    /// If it cannot be read, or holds something else than numbers.
    pub(super) fn open(dir: &Path, name: &str) -> Result<Option<Data>, String> {
        let path = dir.join(name);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(format!("{}: {e}", path.display())),
        };
        let numbers: Result<Vec<f64>, _> = text.split_ascii_whitespace().map(str::parse).collect();
        match numbers {
            Ok(numbers) => Ok(Some(Data { path, numbers: numbers.into_iter() })),
            Err(e) => Err(format!("{}: {e}", path.display())),
        }
    }

    /// The next number.
    ///
    /// # Errors
    /// If there is none.
    pub(super) fn next(&mut self) -> Result<f64, String> {
        self.numbers.next().ok_or_else(|| format!("{}: there should be more numbers", self.path.display()))
    }

    /// The next number, a count.
    ///
    /// # Errors
    /// If there is none.
    pub(super) fn count(&mut self) -> Result<usize, String> {
        Ok(self.next()? as usize)
    }

    /// The next n numbers.
    ///
    /// # Errors
    /// If there are not as many.
    pub(super) fn take(&mut self, n: usize) -> Result<Vec<f64>, String> {
        (0..n).map(|_| self.next()).collect()
    }
}
