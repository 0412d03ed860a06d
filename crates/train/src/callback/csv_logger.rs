//! The figures of every epoch in a CSV file, while they come.

use super::{Callback, Context};
use crate::fit::FitError;
use crate::save::SaveError;
use autograd::Scalar;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;

/// Writes the figures of each epoch into a CSV file as soon as they are there: `epoch,loss,val_loss`.
///
/// The columns are those of the first epoch; what is missing later is left empty. Figures of callbacks that come after
/// this one are not yet there.
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

impl CsvLogger {
    /// Into this file, anew.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        CsvLogger { path: path.into(), append: false, file: None }
    }

    /// Behind what is in the file already, for a run that is taken up again.
    pub fn append(mut self) -> Self {
        self.append = true;
        self
    }

    fn failed(&self, source: std::io::Error) -> FitError {
        SaveError::Write { path: self.path.clone(), source }.into()
    }
}

impl<T: Scalar> Callback<T> for CsvLogger {
    fn epoch_end(&mut self, cx: &mut Context<'_, T>) -> Result<(), FitError> {
        let mut text = String::new();
        if self.file.is_none() {
            let (append, path) = (self.append, &self.path);
            let file = OpenOptions::new().create(true).write(true).append(append).truncate(!append).open(path);
            let file = file.map_err(|e| self.failed(e))?;
            let names: Vec<String> = cx.logs.names().map(str::to_string).collect();
            if file.metadata().map_err(|e| self.failed(e))?.len() == 0 {
                text = format!("epoch,{}\n", names.join(","));
            }
            self.file = Some((file, names));
        }
        let Some((file, names)) = &mut self.file else { return Ok(()) };
        text.push_str(&cx.epoch().to_string());
        for name in names.iter() {
            text.push(',');
            text.extend(cx.logs.get(name).map(|value| value.to_string()));
        }
        text.push('\n');
        let written = file.write_all(text.as_bytes());
        written.map_err(|e| self.failed(e))
    }
}
