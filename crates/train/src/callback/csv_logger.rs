//! The figures of every epoch in a CSV file, while they come.

use super::{Callback, Context};
use crate::fit::FitError;
use crate::logs::Logs;
use crate::save::SaveError;
use autograd::Scalar;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

/// Writes the figures of each epoch into a CSV file as soon as they are there: `epoch,loss,val_loss`.
///
/// The columns are those of the first epoch; what is missing later is left empty. Figures of callbacks that come after
/// this one are not yet there. A [`resumable`](crate::Fit::resumable) run goes on where its file ends.
///
/// ```
/// use train::{CsvLogger, Fit};
/// let fit = Fit::<f32>::new(optim::Sgd::new(0.01)).callback(CsvLogger::new("run.csv"));
/// ```
#[derive(Debug)]
pub struct CsvLogger {
    path: PathBuf,
    append: bool,
    file: Option<(File, Vec<String>)>,
}

/// The longest line of names that is read, in bytes.
const LONGEST: u64 = 1 << 16;

impl CsvLogger {
    /// Into this file, anew.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        CsvLogger { path: path.into(), append: false, file: None }
    }

    /// Behind what is in the file already, under its columns.
    pub fn append(mut self) -> Self {
        self.append = true;
        self
    }

    /// The file and its columns: those it has, or else those of these figures.
    fn open(path: &Path, append: bool, logs: &Logs) -> io::Result<(File, Vec<String>)> {
        let mut options = OpenOptions::new();
        let mut file = options.create(true).read(append).write(true).append(append).truncate(!append).open(path)?;
        let mut head = String::new();
        if file.metadata()?.len() > 0 {
            BufReader::new(&file).take(LONGEST).read_line(&mut head)?;
        }
        if head.is_empty() {
            head = logs.names().fold(String::from("epoch"), |head, name| head + "," + name);
            writeln!(file, "{head}")?;
        }
        Ok((file, head.trim_end().split(',').skip(1).map(str::to_string).collect()))
    }

    fn write(&mut self, append: bool, epoch: usize, logs: &Logs) -> io::Result<()> {
        let (file, names) = match &mut self.file {
            Some(open) => open,
            none => none.insert(CsvLogger::open(&self.path, append, logs)?),
        };
        let mut line = epoch.to_string();
        for name in names.iter() {
            line.push(',');
            line.extend(logs.get(name).map(|value| value.to_string()));
        }
        writeln!(file, "{line}")
    }
}

impl<T: Scalar> Callback<T> for CsvLogger {
    fn train_begin(&mut self, _: &mut Context<'_, T>) -> Result<(), FitError> {
        self.file = None;
        Ok(())
    }

    fn epoch_end(&mut self, cx: &mut Context<'_, T>) -> Result<(), FitError> {
        let append = self.append || !cx.history().is_empty();
        let written = self.write(append, cx.epoch(), cx.logs);
        written.map_err(|source| SaveError::Write { path: self.path.clone(), source }.into())
    }
}
