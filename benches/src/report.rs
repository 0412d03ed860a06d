//! Where the workloads put what they measured.

use crate::args::Args;
use crate::clock::Clock;
use crate::json::Line;
use crate::timing::Plan;
use std::time::Duration;

/// What was asked for, and where the answers go: each line is printed as soon as it is known.
#[derive(Debug)]
pub struct Report<'a> {
    /// The command line.
    pub args: &'a Args,
    wrong: usize,
}

impl<'a> Report<'a> {
    /// For a command line.
    pub fn new(args: &'a Args) -> Self {
        Report { args, wrong: 0 }
    }

    /// How samples are taken.
    pub fn plan(&self) -> Plan {
        let (repeats, sample) = if self.args.quick { (1, Duration::ZERO) } else { (11, Duration::from_millis(25)) };
        Plan { repeats: self.args.repeats.unwrap_or(repeats), sample, clock: self.args.clock }
    }

    /// Prints a case.
    pub fn emit(&mut self, line: Line) {
        let line = if self.args.clock == Clock::Cpu { line.with("clock", "cpu") } else { line };
        println!("{}", if self.args.json { line.json() } else { line.text() });
    }

    /// Says on the error stream what came out wrong; the program goes on, and fails in the end.
    pub fn wrong(&mut self, what: &str) {
        eprintln!("wrong: {what}");
        self.wrong += 1;
    }

    /// How many things came out wrong.
    pub fn count_wrong(&self) -> usize {
        self.wrong
    }
}
