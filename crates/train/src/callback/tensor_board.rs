//! Writes metrics to TensorBoard event files.
//!
//! An event file is a sequence of records. A record is a length and its checksum, and an event and its checksum:
//!
//! ```text
//! u64 length | u32 masked crc32c(length) | event | u32 masked crc32c(event)          (little-endian)
//! masked(c) = rotate_right(c, 15) + 0xa282ead8
//! ```
//!
//! An event is a protocol buffer, of which these fields are written (number, then type):
//!
//! ```text
//! Event   { 1: double wall_time   2: int64 step   3: string file_version   5: Summary summary }
//! Summary { 1: Value value }      Value { 1: string tag   2: float simple_value }
//! ```

use super::{Callback, TrainingState};
use crate::error::FitError;
use crate::error::SaveError;
use crate::host;
use autograd::Scalar;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes the metrics of each epoch to TensorBoard event files, as Keras does: training metrics to the subfolder
/// `train`, validation metrics to `validation`, with tags such as `epoch_loss`.
///
/// ```
/// use train::{Fit, TensorBoard};
/// let fit = Fit::<f32>::new(optim::Sgd::new(0.01)).callback(TensorBoard::new("runs/first"));
/// ```
///
/// View them with `tensorboard --logdir runs`.
#[derive(Debug)]
pub struct TensorBoard {
    folder: PathBuf,
    train: Option<File>,
    validation: Option<File>,
}

impl TensorBoard {
    /// Writes to this folder, which is created if it does not exist. Each run needs its own folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        TensorBoard { folder: folder.into(), train: None, validation: None }
    }

    fn write(&mut self, validation: bool, epoch: usize, metrics: &[(String, f64)]) -> Result<(), FitError> {
        let folder = self.folder.join(if validation { "validation" } else { "train" });
        let file = if validation { &mut self.validation } else { &mut self.train };
        let now = host::unix_time().as_secs_f64();
        let mut write = || -> io::Result<()> {
            let file = match file {
                Some(file) => file,
                None => {
                    fs::create_dir_all(&folder)?;
                    let mut new = create_new(&folder)?;
                    new.write_all(&record(&version(now)))?;
                    file.insert(new)
                }
            };
            let records =
                metrics.iter().flat_map(|(tag, value)| record(&scalar(now, epoch as u64, tag, *value as f32)));
            file.write_all(&records.collect::<Vec<u8>>())
        };
        write().map_err(|source| SaveError::Write { path: folder, source }.into())
    }
}

impl<T: Scalar> Callback<T> for TensorBoard {
    fn train_begin(&mut self, _: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        (self.train, self.validation) = (None, None);
        let created = fs::create_dir_all(&self.folder);
        created.map_err(|source| SaveError::Write { path: self.folder.clone(), source }.into())
    }

    fn epoch_end(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        let tag = |name: &str| format!("epoch_{}", name.strip_prefix("val_").unwrap_or(name));
        for validation in [false, true] {
            let metrics = cx.logs.iter().filter(|(name, _)| name.starts_with("val_") == validation);
            let metrics: Vec<(String, f64)> = metrics.map(|(name, value)| (tag(name), value)).collect();
            if !metrics.is_empty() {
                self.write(validation, cx.epoch(), &metrics)?;
            }
        }
        Ok(())
    }
}

/// Creates a new event file. TensorBoard reads files in the order of the seconds in their names; process and
/// nanoseconds make the name unique.
fn create_new(folder: &Path) -> io::Result<File> {
    loop {
        let (time, process) = (host::unix_time(), host::process_id());
        let name = format!("events.out.tfevents.{:010}.chainrule.{process}.{:09}", time.as_secs(), time.subsec_nanos());
        match File::create_new(folder.join(name)) {
            // Another thread created a file at the same nanosecond.
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            file => return file,
        }
    }
}

/// A record with this event.
fn record(event: &[u8]) -> Vec<u8> {
    let masked = |bytes: &[u8]| crc32c::crc32c(bytes).rotate_right(15).wrapping_add(0xa282_ead8).to_le_bytes();
    let length = (event.len() as u64).to_le_bytes();
    [&length[..], &masked(&length), event, &masked(event)].concat()
}

/// The first event of a file.
fn version(now: f64) -> Vec<u8> {
    [double(1, now), bytes(3, b"brain.Event:2")].concat()
}

/// The event of one metric.
fn scalar(now: f64, step: u64, tag: &str, value: f32) -> Vec<u8> {
    let value = [bytes(1, tag.as_bytes()), [&[2 << 3 | 5][..], &value.to_le_bytes()].concat()].concat();
    [double(1, now), [vec![2 << 3], varint(step)].concat(), bytes(5, &bytes(1, &value))].concat()
}

/// A field of type double.
fn double(field: u8, x: f64) -> Vec<u8> {
    [&[field << 3 | 1][..], &x.to_le_bytes()].concat()
}

/// A length-delimited field.
fn bytes(field: u8, data: &[u8]) -> Vec<u8> {
    [vec![field << 3 | 2], varint(data.len() as u64), data.to_vec()].concat()
}

/// Encodes an integer with seven bits per byte, least significant first; the eighth bit is set if more bytes follow.
fn varint(mut x: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while x >= 0x80 {
        out.push(x as u8 | 0x80);
        x >>= 7;
    }
    out.push(x as u8);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }

    /// Reference bytes from an independent implementation of records, checksums and protocol buffers.
    #[test]
    fn records_match_reference_bytes() {
        let first = "1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c";
        assert_eq!(hex(&record(&version(1.5))), first);
        let second = "200000000000000029eda95009000000000000004010032a130a110a0a65706f63685f6c6f7373150000803e6e8dc17b";
        assert_eq!(hex(&record(&scalar(2.0, 3, "epoch_loss", 0.25))), second);
    }

    #[test]
    fn varints_of_one_and_two_bytes() {
        assert_eq!((varint(0), varint(127), varint(300)), (vec![0], vec![127], vec![0xac, 2]));
    }
}
