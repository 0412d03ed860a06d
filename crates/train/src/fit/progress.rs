//! What is seen of a training run while it goes on.

use crate::logs::Logs;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// How much is shown while a model is trained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbosity {
    /// [`Bar`](Verbosity::Bar) on a terminal, [`Lines`](Verbosity::Lines) elsewhere.
    #[default]
    Auto,
    /// A bar that grows with the steps of an epoch, in Keras's form; with the feature `progress`.
    Bar,
    /// A line for each epoch.
    Lines,
    /// Nothing.
    Quiet,
}

/// How often a bar is drawn at most.
const REDRAW: Duration = Duration::from_millis(50);

/// The display of a run.
pub(super) struct Progress {
    verbosity: Verbosity,
    epochs: usize,
    steps: Option<usize>,
    start: Instant,
    drawn: Instant,
    #[cfg(feature = "progress")]
    bar: Option<indicatif::ProgressBar>,
}

impl Progress {
    pub(super) fn new(verbosity: Verbosity, epochs: usize) -> Self {
        let verbosity = match verbosity {
            Verbosity::Auto if std::io::stdout().is_terminal() => Verbosity::Bar,
            Verbosity::Auto => Verbosity::Lines,
            chosen => chosen,
        };
        let now = Instant::now();
        Progress {
            verbosity,
            epochs,
            steps: None,
            start: now,
            drawn: now,
            #[cfg(feature = "progress")]
            bar: None,
        }
    }

    pub(super) fn epoch_begins(&mut self, epoch: usize, steps: Option<usize>) {
        self.start = Instant::now();
        self.drawn = self.start;
        self.steps = steps;
        if self.verbosity == Verbosity::Bar {
            say(&format!("Epoch {}/{}", epoch + 1, self.epochs));
            #[cfg(feature = "progress")]
            {
                self.bar = Some(bar(steps));
            }
        }
    }

    /// After a step; `logs` is asked for the figures only when the bar is drawn.
    pub(super) fn step_ends(&mut self, done: usize, logs: impl FnOnce() -> Logs) {
        #[cfg(feature = "progress")]
        if let Some(bar) = &self.bar
            && self.drawn.elapsed() >= REDRAW
        {
            self.drawn = Instant::now();
            bar.set_message(format!("{} - {}", pace(self.start.elapsed(), done), logs()));
            bar.set_position(done as u64);
        }
        #[cfg(not(feature = "progress"))]
        let _ = (done, logs, REDRAW, self.drawn);
    }

    pub(super) fn epoch_ends(&mut self, epoch: usize, done: usize, logs: &Logs) {
        #[cfg(feature = "progress")]
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        let took = self.start.elapsed();
        let total = self.steps.unwrap_or(done);
        let full = "━".repeat(20);
        match self.verbosity {
            Verbosity::Bar => {
                say(&format!("{done}/{total} {full} {}s {} - {logs}", took.as_secs_f64().round(), pace(took, done)))
            }
            Verbosity::Lines => {
                say(&format!("Epoch {}/{} - {:.1}s - {logs}", epoch + 1, self.epochs, took.as_secs_f64()))
            }
            Verbosity::Auto | Verbosity::Quiet => {}
        }
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

/// A line on the standard output; that it may be closed is no reason to end a training run.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

#[cfg(feature = "progress")]
fn bar(steps: Option<usize>) -> indicatif::ProgressBar {
    use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
    let bar = match steps {
        Some(steps) => ProgressBar::new(steps as u64),
        None => ProgressBar::no_length(),
    };
    bar.set_draw_target(ProgressDrawTarget::stdout_with_hz(20));
    let template = "{pos:.bold}/{len:.bold} {bar:20.green/white} {eta} {msg}";
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style.progress_chars("━╸─")),
        Err(_) => bar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_of_a_step() {
        assert_eq!(pace(Duration::from_millis(1719), 1719), "1ms/step");
        assert_eq!(pace(Duration::from_millis(500), 1719), "290us/step");
        assert_eq!(pace(Duration::from_secs(7), 2), "3s/step");
        assert_eq!(pace(Duration::ZERO, 0), "0us/step");
    }
}
