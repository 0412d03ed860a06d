//! Reading the values of a data file in sequence.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The values of a file.
#[derive(Debug)]
pub(super) struct Data {
    path: PathBuf,
    numbers: std::vec::IntoIter<f64>,
}

impl Data {
    /// Reads a file; none if it does not exist.
    ///
    /// # Errors
    /// If the file cannot be read, or contains something other than numbers.
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

    /// Returns the next value.
    ///
    /// # Errors
    /// If the file has no more values.
    pub(super) fn next(&mut self) -> Result<f64, String> {
        self.numbers.next().ok_or_else(|| format!("{}: expected more values", self.path.display()))
    }

    /// Returns the next value as an integer.
    ///
    /// # Errors
    /// If the file has no more values.
    pub(super) fn count(&mut self) -> Result<usize, String> {
        Ok(self.next()? as usize)
    }

    /// Returns the next n values.
    ///
    /// # Errors
    /// If the file has fewer values left.
    pub(super) fn take(&mut self, n: usize) -> Result<Vec<f64>, String> {
        (0..n).map(|_| self.next()).collect()
    }
}
