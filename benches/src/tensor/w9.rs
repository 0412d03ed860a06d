//! W9: the training of W1 with `fit`, including its metric and its progress bar, relative to the loop of W1.

use super::w1::{BATCH, SIZES, Training, data};
use crate::alloc;
use crate::json::{Line, Unit};
use crate::report::Report;
use crate::timing::{interleave, lap};
use nn::{Mlp, Model};
use optim::Sgd;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use train::{Dataset, Fit, FitError, History, Training as _, Verbosity};

/// A writer that counts the bytes drawn and is a terminal to `fit`.
#[derive(Clone, Default)]
struct Drawn(Arc<AtomicU64>);

impl Write for Drawn {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Trains one epoch with the high-level interface.
fn epoch(model: &mut Model, sgd: &mut Sgd<f32>, train: &Dataset, drawn: &Drawn) -> Result<History, FitError> {
    let fit = Fit::with(sgd).batch_size(BATCH).verbosity(Verbosity::Bar).output(drawn.clone());
    model.fit(train, fit)
}

/// Measures whole epochs of `fit` and of the loop alternately.
pub(super) fn run(report: &mut Report) {
    let (train, valid, from) = data(report);
    let steps = train.len().div_ceil(BATCH);
    let mut bare = Training::new(SIZES[0], &SIZES[1..3], SIZES[3]);
    bare.epoch(&train);
    let (mut model, mut sgd) = (Mlp::classifier(SIZES[0], &SIZES[1..3], SIZES[3]).model::<f32>(42), Sgd::new(0.01));
    let drawn = Drawn::default();
    if let Err(e) = epoch(&mut model, &mut sgd, &train, &drawn) {
        return report.error(&format!("W9: {e}"));
    }
    let figures = model.evaluate(&valid);
    let val_acc = figures.ok().and_then(|figures| figures.get("accuracy")).unwrap_or(f64::NAN);
    let (allocations, bytes) = (alloc::count(), drawn.0.load(Ordering::Relaxed));
    let history = epoch(&mut model, &mut sgd, &train, &drawn);
    let (allocations, bytes) = (alloc::count() - allocations, drawn.0.load(Ordering::Relaxed) - bytes);
    if history.is_ok_and(|history| history.last("accuracy").is_none()) || bytes == 0 {
        report.error("W9: the metric or the progress bar is missing");
    }

    let mut plan = report.plan();
    plan.repeats = report.args.repeats.unwrap_or(7);
    let fitted = lap(|| epoch(&mut model, &mut sgd, &train, &drawn).is_ok());
    let [fitted, bare] = interleave(plan, [fitted, lap(|| bare.epoch(&train))]);
    let per_step = |seconds: f64| seconds / steps as f64;
    let (fitted, bare) = (fitted.map(per_step), bare.map(per_step));
    report.emit(
        Line::new("W9", "fit", report.args.threads)
            .time(Unit::Us, &fitted)
            .against("the loop of W1", Unit::Us, &fitted, &bare)
            .with("steps", steps)
            .with("val_acc", val_acc)
            .with("allocations", allocations)
            .with("bytes_drawn", bytes)
            .with("data", from),
    );
}
