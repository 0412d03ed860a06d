//! The command line of the `workloads` program.

use crate::clock::Clock;
use std::fmt;
use std::path::{Path, PathBuf};

/// The usage message of the program.
pub const USAGE: &str = "\
usage: workloads --workload W1|W2|W3|W4|W5|W6|W7|W8|W9|S1|S2|S2small|S4|S5|S6|DET|X1|all
                 [--threads 1|2] [--repeats N] [--clock wall|cpu] [--data DIR] [--scalar-data DIR] [--json] [--quick]

  --workload     what to measure; may be repeated, and may be a list separated by commas
  --threads      number of threads for the tensor workloads (default: 1)
  --repeats      number of samples of each case (default: 11; 5 for W1, 7 for W9)
  --clock        wall, or cpu: the CPU time of one thread, for busy machines (default: wall)
  --data         folder of the four files of Fashion-MNIST (default: that of Debian's package)
  --scalar-data  folder of gmm_*.txt, lstm_*.txt and moons100.txt (default: ../shared/bench/scalar/data)
  --json         prints one JSON object per case
  --quick        runs small cases once, as a smoke test";

/// A workload; the README of this crate defines each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the README documents them
pub enum Workload {
    W1,
    W2,
    W3,
    W4,
    W5,
    W6,
    W7,
    W8,
    W9,
    S1,
    S2,
    S2Small,
    S4,
    S5,
    S6,
    Det,
    X1,
}

impl Workload {
    /// All workloads, in the order in which `all` runs them.
    pub const ALL: [Workload; 17] = {
        use Workload::*;
        [W1, W2, W3, W4, W5, W6, W7, W8, W9, S1, S2, S2Small, S4, S5, S6, Det, X1]
    };

    /// Returns the name on the command line and in the output.
    pub fn name(self) -> &'static str {
        use Workload::*;
        match self {
            W1 => "W1",
            W2 => "W2",
            W3 => "W3",
            W4 => "W4",
            W5 => "W5",
            W6 => "W6",
            W7 => "W7",
            W8 => "W8",
            W9 => "W9",
            S1 => "S1",
            S2 => "S2",
            S2Small => "S2small",
            S4 => "S4",
            S5 => "S5",
            S6 => "S6",
            Det => "DET",
            X1 => "X1",
        }
    }
}

/// The parsed command line.
#[derive(Clone, Debug, PartialEq)]
pub struct Args {
    /// The workloads to measure, in this order.
    pub workloads: Vec<Workload>,
    /// The number of threads for the tensor workloads.
    pub threads: usize,
    /// The number of samples of each case; none for the default of the workload.
    pub repeats: Option<usize>,
    /// The clock.
    pub clock: Clock,
    /// The folder of Fashion-MNIST.
    pub data: PathBuf,
    /// The folder of the files for the scalar workloads.
    pub scalar_data: PathBuf,
    /// Whether to print JSON instead of text.
    pub json: bool,
    /// Whether to run small cases once.
    pub quick: bool,
}

/// An invalid command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidArgs(String);

impl fmt::Display for InvalidArgs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n\n{USAGE}", self.0)
    }
}

impl Args {
    /// Parses the arguments after the name of the program.
    ///
    /// # Errors
    /// If a flag is unknown, or if its value is missing or invalid.
    pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Args, InvalidArgs> {
        let mut args = Args {
            workloads: Vec::new(),
            threads: 1,
            repeats: None,
            clock: Clock::Wall,
            data: PathBuf::from(train::FASHION_DIR),
            scalar_data: Path::new("../shared/bench/scalar/data").into(),
            json: false,
            quick: false,
        };
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| InvalidArgs(format!("`{word}` needs a value")));
            match word.as_str() {
                "--workload" => args.add(&value()?)?,
                "--threads" => args.threads = count(&word, &value()?)?,
                "--repeats" => args.repeats = Some(count(&word, &value()?)?),
                "--clock" => args.clock = clock(&value()?)?,
                "--data" => args.data = value()?.into(),
                "--scalar-data" => args.scalar_data = value()?.into(),
                "--json" => args.json = true,
                "--quick" => args.quick = true,
                _ => return Err(InvalidArgs(format!("unknown flag `{word}`"))),
            }
        }
        if args.clock == Clock::Cpu && args.threads > 1 {
            return Err(InvalidArgs(
                "`--clock cpu` measures one thread; use `--clock wall` for several threads".into(),
            ));
        }
        if args.workloads.is_empty() {
            return Err(InvalidArgs("no workload given; use `--workload NAME`, or `--workload all`".into()));
        }
        Ok(args)
    }

    fn add(&mut self, list: &str) -> Result<(), InvalidArgs> {
        for name in list.split(',') {
            if name.eq_ignore_ascii_case("all") {
                self.workloads.extend(Workload::ALL);
                continue;
            }
            let found = Workload::ALL.into_iter().find(|w| w.name().eq_ignore_ascii_case(name));
            self.workloads.push(found.ok_or_else(|| InvalidArgs(format!("unknown workload `{name}`")))?);
        }
        Ok(())
    }
}

fn clock(name: &str) -> Result<Clock, InvalidArgs> {
    match name {
        "wall" => Ok(Clock::Wall),
        "cpu" => Ok(Clock::Cpu),
        _ => Err(InvalidArgs(format!("unknown clock `{name}`; use `wall` or `cpu`"))),
    }
}

fn count(word: &str, value: &str) -> Result<usize, InvalidArgs> {
    match value.parse() {
        Ok(n) if n > 0 => Ok(n),
        _ => Err(InvalidArgs(format!("`{word}` must be at least 1, got `{value}`"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Args, InvalidArgs> {
        Args::parse(line.split_whitespace().map(String::from))
    }

    #[test]
    fn flags_in_any_order() {
        let args = parse("--json --workload w1,S2small --threads 2 --repeats 7 --data here").unwrap();
        assert_eq!(args.workloads, [Workload::W1, Workload::S2Small]);
        assert_eq!((args.threads, args.repeats, args.json, args.quick), (2, Some(7), true, false));
        assert_eq!(args.data, Path::new("here"));
        assert_eq!(parse("--workload all").unwrap().workloads, Workload::ALL);
    }

    #[test]
    fn invalid_arguments_are_reported() {
        for (line, expected) in [
            ("", "no workload given"),
            ("--workload", "`--workload` needs a value"),
            ("--workload W99", "unknown workload `W99`"),
            ("--workload W1 --threads 0", "`--threads` must be at least 1, got `0`"),
            ("--fast", "unknown flag `--fast`"),
            ("--workload W1 --clock sun", "unknown clock `sun`"),
            ("--workload W1 --clock cpu --threads 2", "`--clock cpu` measures one thread"),
        ] {
            let e = parse(line).unwrap_err().to_string();
            assert!(e.contains(expected) && e.contains("usage:"), "{line}: {e}");
        }
    }
}
