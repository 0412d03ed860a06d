//! The progress display of a training run: a bar, lines or a table.
//!
//! | file | idea |
//! |---|---|
//! | `line.rs`, `table.rs` | the line of an epoch, fitted to the terminal; the table of all epochs |
//! | `screen.rs` | the output: a terminal, a file or a writer |

mod line;
mod screen;
mod table;

pub(crate) use screen::Screen;

use crate::host::Stopwatch;
use crate::logs::Logs;
use crate::metrics::Direction;
use line::Line;
use std::time::Duration;
use table::Table;

/// How the progress of training is displayed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbosity {
    /// [`Bar`](Verbosity::Bar) on a terminal, [`Lines`](Verbosity::Lines) elsewhere.
    #[default]
    Auto,
    /// A progress bar for each epoch, in Keras's format; requires the feature `progress`. On a narrow terminal, the bar
    /// is shortened first, then the names of the metrics.
    Bar,
    /// A line for each epoch, shortened in the same way on a narrow terminal.
    Lines,
    /// A table with a row for each epoch, in which the best value of each metric so far is highlighted, as in skorch's
    /// `PrintLog`.
    Table,
    /// No output.
    Quiet,
}

/// The minimum time between two drawings of the bar.
const REDRAW: Duration = Duration::from_millis(50);

/// The progress display of a run.
pub(crate) struct Progress {
    verbosity: Verbosity,
    screen: Screen,
    table: Table,
    epochs: usize,
    steps: Option<usize>,
    epoch: Stopwatch,
    drawn: Stopwatch,
    #[cfg(feature = "progress")]
    bar: Option<indicatif::ProgressBar>,
}

impl Progress {
    pub(crate) fn new(verbosity: Verbosity, screen: Screen, epochs: usize) -> Self {
        let verbosity = match verbosity {
            Verbosity::Auto if screen.is_terminal() => Verbosity::Bar,
            Verbosity::Auto => Verbosity::Lines,
            chosen => chosen,
        };
        let (now, table) = (Stopwatch::start(), Table::new(screen.is_terminal()));
        Progress {
            verbosity,
            screen,
            table,
            epochs,
            steps: None,
            epoch: now,
            drawn: now,
            #[cfg(feature = "progress")]
            bar: None,
        }
    }

    pub(crate) fn epoch_begins(&mut self, epoch: usize, steps: Option<usize>) {
        self.epoch = Stopwatch::start();
        self.drawn = self.epoch;
        self.steps = steps;
        if self.verbosity == Verbosity::Bar {
            self.screen.print(&format!("Epoch {}/{}", epoch + 1, self.epochs));
            #[cfg(feature = "progress")]
            {
                self.bar = Some(bar(&self.screen));
            }
        }
    }

    /// Call this after each step. `logs` is called only when the bar is drawn.
    pub(crate) fn step_ends(&mut self, done: usize, logs: impl FnOnce() -> Logs) {
        #[cfg(feature = "progress")]
        if let Some(bar) = &self.bar
            && self.drawn.elapsed().is_some_and(|since| since >= REDRAW)
        {
            self.drawn = Stopwatch::start();
            let (elapsed, logs) = (self.epoch.elapsed(), logs());
            let fraction = self.steps.map(|total| done as f64 / total.max(1) as f64);
            let remaining = |elapsed: Duration| match fraction {
                Some(fraction) => format!("{:.0}s ", elapsed.as_secs_f64() * (1.0 / fraction - 1.0).max(0.0)),
                None => String::new(),
            };
            let line = Line {
                position: format!("{done}/{}", self.steps.map_or("?".to_string(), |total| total.to_string())),
                done: fraction,
                colored: true,
                time: elapsed.map(|elapsed| remaining(elapsed) + &time_per_step(elapsed, done)),
                logs: &logs,
            };
            bar.set_message(line.fitted(Some(self.screen.width().unwrap_or(screen::WRITER_WIDTH))));
        }
        #[cfg(not(feature = "progress"))]
        let _ = (done, logs, REDRAW, self.drawn);
    }

    pub(crate) fn epoch_ends(&mut self, epoch: usize, done: usize, logs: &Logs, directions: &[(String, Direction)]) {
        #[cfg(feature = "progress")]
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        if let Some(text) = self.summary(epoch, done, logs, directions, self.epoch.elapsed()) {
            self.screen.print(&text);
        }
    }

    /// The output for a completed epoch, without times if there is no clock.
    fn summary(
        &mut self,
        epoch: usize,
        done: usize,
        logs: &Logs,
        directions: &[(String, Direction)],
        elapsed: Option<Duration>,
    ) -> Option<String> {
        let total = self.steps.unwrap_or(done);
        let width = self.screen.width();
        let line = |position, done, time| Line { position, done, colored: false, time, logs }.fitted(width);
        Some(match self.verbosity {
            Verbosity::Bar => {
                let time = elapsed.map(|t| format!("{}s {}", t.as_secs_f64().round(), time_per_step(t, done)));
                line(format!("{done}/{total}"), Some(1.0), time)
            }
            Verbosity::Lines => line(format!("Epoch {}/{}", epoch + 1, self.epochs), None, elapsed.map(duration)),
            Verbosity::Table => {
                self.table.row(epoch, logs, &elapsed.map(duration).unwrap_or_default(), directions, width)
            }
            Verbosity::Auto | Verbosity::Quiet => return None,
        })
    }
}

/// The duration of an epoch: in milliseconds below a second.
fn duration(elapsed: Duration) -> String {
    if elapsed < Duration::from_secs(1) {
        format!("{}ms", elapsed.as_millis())
    } else {
        format!("{:.1}s", elapsed.as_secs_f64())
    }
}

/// The mean duration of a step, in Keras's format.
fn time_per_step(elapsed: Duration, steps: usize) -> String {
    let micros = elapsed.as_micros() as usize / steps.max(1);
    match micros {
        0..1_000 => format!("{micros}us/step"),
        1_000..1_000_000 => format!("{}ms/step", micros / 1_000),
        _ => format!("{}s/step", micros / 1_000_000),
    }
}

/// A line that is redrawn in place.
#[cfg(feature = "progress")]
fn bar(screen: &Screen) -> indicatif::ProgressBar {
    use indicatif::{ProgressBar, ProgressStyle};
    let bar = ProgressBar::no_length();
    bar.set_draw_target(screen.target(20));
    match ProgressStyle::with_template("{msg}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fit, Training};
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    #[test]
    fn durations_of_steps_and_epochs() {
        assert_eq!(time_per_step(Duration::from_millis(1719), 1719), "1ms/step");
        assert_eq!(time_per_step(Duration::from_millis(500), 1719), "290us/step");
        assert_eq!(time_per_step(Duration::from_secs(7), 2), "3s/step");
        assert_eq!(time_per_step(Duration::ZERO, 0), "0us/step");
        assert_eq!([44, 2060].map(|ms| duration(Duration::from_millis(ms))), ["44ms", "2.1s"]);
    }

    #[test]
    fn without_a_clock_there_are_no_times() {
        let (mut logs, screen) = (Logs::default(), Screen::of(io::sink()));
        logs.set("loss", 0.5);
        let summary = |verbosity| {
            let mut progress = Progress::new(verbosity, screen.clone(), 3);
            progress.steps = Some(45);
            progress.summary(0, 45, &logs, &[], None)
        };
        assert_eq!(summary(Verbosity::Lines).unwrap(), "Epoch 1/3 - loss: 0.5000");
        assert_eq!(summary(Verbosity::Bar).unwrap(), "45/45 ━━━━━━━━━━━━━━━━━━━━ - loss: 0.5000");
        let table = summary(Verbosity::Table).unwrap();
        assert!(table.contains("0.5000") && !table.contains("0ms"), "{table}");
        assert_eq!(summary(Verbosity::Quiet), None);
    }

    /// A writer whose output the test can read.
    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The output of a run of two epochs.
    fn output(verbosity: Verbosity) -> String {
        let (out, set) = (Shared::default(), crate::digits());
        let mut model = nn::Mlp::classifier(64, [8], 10).model::<f32>(1);
        let fit = Fit::new(optim::Sgd::new(0.1)).epochs(2).validation_split(0.2).verbosity(verbosity);
        model.fit(&set, fit.output(out.clone())).unwrap();
        let bytes = out.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_line_for_each_epoch() {
        let text = output(Verbosity::Lines);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{text}");
        assert!(lines[1].starts_with("Epoch 2/2 - "), "{text}");
        let names = [" - loss: ", " - accuracy: ", " - val_loss: ", " - val_accuracy: "];
        assert!(names.iter().all(|name| lines[0].contains(name)), "{text}");
        assert_eq!(output(Verbosity::Quiet), "");
        let table = output(Verbosity::Table);
        assert!(table.starts_with("epoch       loss   accuracy   val_loss  val_accuracy     time\n-----"), "{table}");
        assert_eq!(table.lines().count(), 4, "{table}");
    }

    /// 1437 images are 45 batches of 32; the writer is treated as a terminal.
    #[test]
    fn bars_have_the_format_of_keras() {
        for verbosity in [Verbosity::Bar, Verbosity::Auto] {
            let text = output(verbosity);
            assert!(text.starts_with("Epoch 1/2\n") && text.contains("Epoch 2/2\n"), "{text}");
            let done = "45/45 ━━━━━━━━━━━━━━━━━━━━ ";
            let line = text.lines().rev().find_map(|line| line.split_once(done)).map(|(_, rest)| rest).unwrap();
            let (time, metrics) = line.split_once(" - ").unwrap();
            assert!(time.contains("s ") && time.ends_with("s/step"), "{time}");
            assert!(metrics.starts_with("loss: ") && metrics.contains(" - val_accuracy: "), "{metrics}");
        }
    }
}
