//! The progress of a training run: a bar, lines or a table.
//!
//! | file | idea |
//! |---|---|
//! | `line.rs`, `table.rs` | the line of an epoch, fitted to the terminal; the table of all epochs |
//! | `screen.rs` | where it is shown |

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

/// How much is shown while a model is trained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbosity {
    /// [`Bar`](Verbosity::Bar) on a terminal, [`Lines`](Verbosity::Lines) elsewhere.
    #[default]
    Auto,
    /// A bar that grows with the steps of an epoch, in Keras's form; needs the feature `progress`. On a terminal that is too
    /// narrow for the whole line, the bar is shortened first, then the names of the metrics.
    Bar,
    /// A line for each epoch, shortened in the same way on a narrow terminal.
    Lines,
    /// A row for each epoch under a line of names, in which a figure that is better than all before stands out, as
    /// skorch's `PrintLog` has it.
    Table,
    /// Nothing.
    Quiet,
}

/// How often a bar is drawn at most.
const REDRAW: Duration = Duration::from_millis(50);

/// The display of a run.
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
            self.screen.say(&format!("Epoch {}/{}", epoch + 1, self.epochs));
            #[cfg(feature = "progress")]
            {
                self.bar = Some(bar(&self.screen));
            }
        }
    }

    /// After a step; `logs` is asked for the figures only when the bar is drawn.
    pub(crate) fn step_ends(&mut self, done: usize, logs: impl FnOnce() -> Logs) {
        #[cfg(feature = "progress")]
        if let Some(bar) = &self.bar
            && self.drawn.elapsed().is_some_and(|since| since >= REDRAW)
        {
            self.drawn = Stopwatch::start();
            let (took, logs) = (self.epoch.elapsed(), logs());
            let part = self.steps.map(|total| done as f64 / total.max(1) as f64);
            let left = |took: Duration| {
                part.map(|part| format!("{:.0}s ", took.as_secs_f64() * (1.0 / part - 1.0).max(0.0)))
                    .unwrap_or_default()
            };
            let line = Line {
                position: format!("{done}/{}", self.steps.map_or("?".to_string(), |total| total.to_string())),
                done: part,
                colored: true,
                time: took.map(|took| left(took) + &pace(took, done)),
                logs: &logs,
            };
            bar.set_message(line.fitted(Some(self.screen.width().unwrap_or(screen::WRITER))));
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
            self.screen.say(&text);
        }
    }

    /// What is said of an epoch, without times if there is no clock.
    fn summary(
        &mut self,
        epoch: usize,
        done: usize,
        logs: &Logs,
        directions: &[(String, Direction)],
        took: Option<Duration>,
    ) -> Option<String> {
        let total = self.steps.unwrap_or(done);
        let width = self.screen.width();
        let line = |position, done, time| Line { position, done, colored: false, time, logs }.fitted(width);
        Some(match self.verbosity {
            Verbosity::Bar => {
                let time = took.map(|took| format!("{}s {}", took.as_secs_f64().round(), pace(took, done)));
                line(format!("{done}/{total}"), Some(1.0), time)
            }
            Verbosity::Lines => line(format!("Epoch {}/{}", epoch + 1, self.epochs), None, took.map(lasted)),
            Verbosity::Table => self.table.row(epoch, logs, &took.map(lasted).unwrap_or_default(), directions, width),
            Verbosity::Auto | Verbosity::Quiet => return None,
        })
    }
}

/// The time of an epoch: in milliseconds below a second.
fn lasted(took: Duration) -> String {
    if took < Duration::from_secs(1) {
        format!("{}ms", took.as_millis())
    } else {
        format!("{:.1}s", took.as_secs_f64())
    }
}

/// The time of a step, as Keras shows it.
fn pace(took: Duration, steps: usize) -> String {
    let micros = took.as_micros() as usize / steps.max(1);
    match micros {
        0..1_000 => format!("{micros}us/step"),
        1_000..1_000_000 => format!("{}ms/step", micros / 1_000),
        _ => format!("{}s/step", micros / 1_000_000),
    }
}

/// A line that is drawn again and again.
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
    fn the_pace_of_steps_and_epochs() {
        assert_eq!(pace(Duration::from_millis(1719), 1719), "1ms/step");
        assert_eq!(pace(Duration::from_millis(500), 1719), "290us/step");
        assert_eq!(pace(Duration::from_secs(7), 2), "3s/step");
        assert_eq!(pace(Duration::ZERO, 0), "0us/step");
        assert_eq!([44, 2060].map(|ms| lasted(Duration::from_millis(ms))), ["44ms", "2.1s"]);
    }

    #[test]
    fn without_a_clock_no_times_are_shown() {
        let (mut logs, screen) = (Logs::default(), Screen::of(io::sink()));
        logs.set("loss", 0.5);
        let said = |verbosity| {
            let mut progress = Progress::new(verbosity, screen.clone(), 3);
            progress.steps = Some(45);
            progress.summary(0, 45, &logs, &[], None)
        };
        assert_eq!(said(Verbosity::Lines).unwrap(), "Epoch 1/3 - loss: 0.5000");
        assert_eq!(said(Verbosity::Bar).unwrap(), "45/45 ━━━━━━━━━━━━━━━━━━━━ - loss: 0.5000");
        let table = said(Verbosity::Table).unwrap();
        assert!(table.contains("0.5000") && !table.contains("0ms"), "{table}");
        assert_eq!(said(Verbosity::Quiet), None);
    }

    /// What is written, for whoever else holds it.
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

    /// What a run of two epochs writes.
    fn shown(verbosity: Verbosity) -> String {
        let (out, set) = (Shared::default(), crate::digits());
        let mut model = nn::Mlp::classifier(64, [8], 10).model::<f32>(1);
        let fit = Fit::new(optim::Sgd::new(0.1)).epochs(2).validation_split(0.2).verbosity(verbosity);
        model.fit(&set, fit.output(out.clone())).unwrap();
        let bytes = out.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_line_for_each_epoch() {
        let text = shown(Verbosity::Lines);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{text}");
        assert!(lines[1].starts_with("Epoch 2/2 - "), "{text}");
        let names = [" - loss: ", " - accuracy: ", " - val_loss: ", " - val_accuracy: "];
        assert!(names.iter().all(|name| lines[0].contains(name)), "{text}");
        assert_eq!(shown(Verbosity::Quiet), "");
        let table = shown(Verbosity::Table);
        assert!(table.starts_with("epoch       loss   accuracy   val_loss  val_accuracy     took\n-----"), "{table}");
        assert_eq!(table.lines().count(), 4, "{table}");
    }

    /// 45 batches of 32 make 1437 images; the writer counts as a terminal.
    #[test]
    fn the_form_of_keras() {
        for verbosity in [Verbosity::Bar, Verbosity::Auto] {
            let text = shown(verbosity);
            assert!(text.starts_with("Epoch 1/2\n") && text.contains("Epoch 2/2\n"), "{text}");
            let done = "45/45 ━━━━━━━━━━━━━━━━━━━━ ";
            let line = text.lines().rev().find_map(|line| line.split_once(done)).map(|(_, rest)| rest).unwrap();
            let (time, figures) = line.split_once(" - ").unwrap();
            assert!(time.contains("s ") && time.ends_with("s/step"), "{time}");
            assert!(figures.starts_with("loss: ") && figures.contains(" - val_accuracy: "), "{figures}");
        }
    }
}
