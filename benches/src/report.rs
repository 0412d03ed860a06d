//! The output of the workloads.

use crate::args::Args;
use crate::clock::Clock;
use crate::json::Line;
use crate::timing::Plan;
use std::time::Duration;

/// The command line, and the output: each line is printed as soon as it is measured.
#[derive(Debug)]
pub struct Report<'a> {
    /// The command line.
    pub args: &'a Args,
    errors: usize,
}

impl<'a> Report<'a> {
    /// Creates a report for a command line.
    pub fn new(args: &'a Args) -> Self {
        Report { args, errors: 0 }
    }

    /// Returns how samples are taken.
    pub fn plan(&self) -> Plan {
        let (repeats, sample) = if self.args.quick { (1, Duration::ZERO) } else { (11, Duration::from_millis(25)) };
        Plan { repeats: self.args.repeats.unwrap_or(repeats), sample, clock: self.args.clock }
    }

    /// Prints a case.
    pub fn emit(&mut self, line: Line) {
        let line = if self.args.clock == Clock::Cpu { line.with("clock", "cpu") } else { line };
        println!("{}", if self.args.json { line.json() } else { line.text() });
    }

    /// Prints an error to the error stream. The program continues, and fails at the end.
    pub fn error(&mut self, message: &str) {
        eprintln!("error: {message}");
        self.errors += 1;
    }

    /// Returns the number of errors.
    pub fn error_count(&self) -> usize {
        self.errors
    }
}
