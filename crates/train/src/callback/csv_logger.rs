//! Writes the metrics of every epoch to a CSV file.

use super::{Callback, TrainingState};
use crate::csv_header::{header, names};
use crate::error::FitError;
use crate::error::SaveError;
use crate::logs::Logs;
use crate::save::{check_writable, replace};
use autograd::Scalar;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes the metrics to a CSV file at the end of each epoch: `epoch,loss,val_loss`.
///
/// There is a column for every metric. The field is empty in an epoch without the metric, such as one without
/// validation under [`validation_freq`](crate::Fit::validation_freq). A metric that first appears in a later epoch gets
/// a new last column, and the file is atomically replaced by a wider one. (A device or a pipe cannot be replaced: there
/// a new header line follows.) Metrics that later callbacks add are not included. A
/// [`resumable`](crate::Fit::resumable) run continues its file.
///
/// Missing folders are created. A file that cannot be written is an error before the first epoch.
///
/// ```
/// use train::{CsvLogger, Fit};
/// let fit = Fit::<f32>::new(optim::Sgd::new(0.01)).callback(CsvLogger::new("run.csv"));
/// ```
#[derive(Debug)]
pub struct CsvLogger {
    path: PathBuf,
    append: bool,
    log: Option<Log>,
}

impl CsvLogger {
    /// Writes to this file, and replaces its contents.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        CsvLogger { path: path.into(), append: false, log: None }
    }

    /// Whether to keep the contents of the file, and append to them under the same columns. Default: false.
    pub fn append(mut self, append: bool) -> Self {
        self.append = append;
        self
    }

    fn write(&mut self, append: bool, epoch: usize, logs: &Logs) -> Result<(), SaveError> {
        let failed = |source| SaveError::Write { path: self.path.clone(), source };
        let log = match &mut self.log {
            Some(log) => log,
            none => none.insert(Log::open(&self.path, append).map_err(failed)?),
        };
        let new = || logs.names().filter(|name| !log.names.iter().any(|known| known == name));
        if new().next().is_some() {
            let all = log.names.iter().cloned().chain(new().map(str::to_string)).collect();
            log.widen(&self.path, all)?;
        }
        log.row(epoch, logs).map_err(failed)
    }
}

impl<T: Scalar> Callback<T> for CsvLogger {
    fn train_begin(&mut self, _: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        self.log = None;
        Ok(check_writable(&self.path)?)
    }

    fn epoch_end(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        let append = self.append || !cx.history().is_empty();
        Ok(self.write(append, cx.epoch(), cx.logs)?)
    }
}

/// An open file, and its columns after the first one, `epoch`.
#[derive(Debug)]
struct Log {
    file: File,
    names: Vec<String>,
}

impl Log {
    /// Opens or creates the file. Without `append`, the file is truncated and has no columns yet.
    fn open(path: &Path, append: bool) -> io::Result<Log> {
        let mut file = OpenOptions::new().create(true).write(true).append(append).truncate(!append).open(path)?;
        let mut known = Vec::new();
        if append && file.metadata()?.is_file() {
            let text = fs::read_to_string(path)?;
            known = text.lines().next().map_or(Vec::new(), names);
            // The last line is incomplete if the process that wrote it was killed.
            if !text.is_empty() && !text.ends_with('\n') {
                file.write_all(b"\n")?;
            }
        }
        Ok(Log { file, names: known })
    }

    /// Extends the columns of the file to `names`, which start with the existing ones.
    fn widen(&mut self, path: &Path, names: Vec<String>) -> Result<(), SaveError> {
        let failed = |source| SaveError::Write { path: path.into(), source };
        let head = header(names.iter().map(String::as_str));
        let metadata = self.file.metadata().map_err(failed)?;
        if metadata.is_file() && metadata.len() > 0 {
            let text = fs::read_to_string(path).map_err(failed)?;
            let text = widened(&text, &head, names.len() - self.names.len());
            replace(path, |file| file.write_all(text.as_bytes()))?;
            self.file = OpenOptions::new().append(true).open(path).map_err(failed)?;
        } else {
            self.file.write_all((head + "\n").as_bytes()).map_err(failed)?;
        }
        self.names = names;
        Ok(())
    }

    /// Writes a line with a single system call, so that it is not interleaved with others.
    fn row(&mut self, epoch: usize, logs: &Logs) -> io::Result<()> {
        let mut line = epoch.to_string();
        for name in &self.names {
            line.push(',');
            line.extend(logs.get(name).map(|value| value.to_string()));
        }
        self.file.write_all((line + "\n").as_bytes())
    }
}

/// The text of a file with another header, and `fields` empty fields appended to each row.
fn widened(text: &str, head: &str, fields: usize) -> String {
    let (commas, mut quoted) = (",".repeat(fields), false);
    let mut wide = String::new();
    for (i, line) in text.split_inclusive('\n').enumerate() {
        let row = line.trim_end_matches(['\r', '\n']);
        wide.push_str(if i == 0 { head } else { row });
        // A row written by another program may contain line breaks inside quotes.
        quoted ^= i > 0 && row.matches('"').count() % 2 == 1;
        if i > 0 && !row.is_empty() && !quoted {
            wide.push_str(&commas);
        }
        wide.push_str(&line[row.len()..]);
    }
    wide
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_other_programs_are_widened() {
        assert_eq!(widened("epoch,a\n", "epoch,a,b", 1), "epoch,a,b\n");
        let text = "epoch,a\r\n0,1\r\n1,\"x, \n\"\"y\"\"\"\r\n\r\n2,";
        let wide = "epoch,a,b,c\r\n0,1,,\r\n1,\"x, \n\"\"y\"\"\",,\r\n\r\n2,,,";
        assert_eq!(widened(text, "epoch,a,b,c", 2), wide);
    }
}
