//! The command line of the `workloads` program.

use crate::clock::Clock;
use std::fmt;
use std::path::{Path, PathBuf};

/// How to call the program.
pub const USAGE: &str = "\
usage: workloads --workload W1|W2|W3|W4|W5|W6|W7|W8|W9|S1|S2|S2small|S4|S5|S6|DET|X1|all
                 [--threads 1|2] [--repeats N] [--clock wall|cpu] [--data DIR] [--scalar-data DIR] [--json] [--quick]

  --workload     what to measure; may be given more than once, or as a list with commas
  --threads      how many threads the tensor workloads may use (1)
  --repeats      how many samples of each case (11)
  --clock        wall, or cpu: what one thread spends on a processor, for busy machines (wall)
  --data         the folder of Fashion-MNIST's four files (where Debian's package puts them)
  --scalar-data  the folder of gmm_*.txt, lstm_*.txt and moons100.txt (../shared/bench/scalar/data)
  --json         one JSON object per line and case
  --quick        everything small and short: whether it runs, not how fast";

/// One of the things to measure; the benches' README defines each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // named by their README
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
    /// All of them, in the order in which `all` runs them.
    pub const ALL: [Workload; 17] = {
        use Workload::*;
        [W1, W2, W3, W4, W5, W6, W7, W8, W9, S1, S2, S2Small, S4, S5, S6, Det, X1]
    };

    /// The name on the command line and in the output.
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

/// What the command line asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Args {
    /// What to measure, in this order.
    pub workloads: Vec<Workload>,
    /// How many threads the tensor workloads may use.
    pub threads: usize,
    /// How many samples of each case; none given means as many as the program thinks right.
    pub repeats: Option<usize>,
    /// What times are the times of.
    pub clock: Clock,
    /// The folder of Fashion-MNIST.
    pub data: PathBuf,
    /// The folder of the scalar workloads' files.
    pub scalar_data: PathBuf,
    /// JSON instead of text.
    pub json: bool,
    /// Small and short.
    pub quick: bool,
}

/// What is wrong with a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong(String);

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n\n{USAGE}", self.0)
    }
}

impl Args {
    /// Reads the words after the program's name.
    ///
    /// # Errors
    /// If one is not known, or its value is missing or makes no sense.
    pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Args, Wrong> {
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
            let mut value = || words.next().ok_or_else(|| Wrong(format!("`{word}` needs a value after it")));
            match word.as_str() {
                "--workload" => args.add(&value()?)?,
                "--threads" => args.threads = count(&word, &value()?)?,
                "--repeats" => args.repeats = Some(count(&word, &value()?)?),
                "--clock" => args.clock = clock(&value()?)?,
                "--data" => args.data = value()?.into(),
                "--scalar-data" => args.scalar_data = value()?.into(),
                "--json" => args.json = true,
                "--quick" => args.quick = true,
                _ => return Err(Wrong(format!("`{word}` is not known"))),
            }
        }
        if args.clock == Clock::Cpu && args.threads > 1 {
            return Err(Wrong("`--clock cpu` counts one thread; with more, only `wall` tells the time".into()));
        }
        if args.workloads.is_empty() {
            return Err(Wrong("nothing to do: name a `--workload`".into()));
        }
        Ok(args)
    }

    fn add(&mut self, list: &str) -> Result<(), Wrong> {
        for name in list.split(',') {
            if name.eq_ignore_ascii_case("all") {
                self.workloads.extend(Workload::ALL);
                continue;
            }
            let found = Workload::ALL.into_iter().find(|w| w.name().eq_ignore_ascii_case(name));
            self.workloads.push(found.ok_or_else(|| Wrong(format!("there is no workload `{name}`")))?);
        }
        Ok(())
    }
}

fn clock(name: &str) -> Result<Clock, Wrong> {
    match name {
        "wall" => Ok(Clock::Wall),
        "cpu" => Ok(Clock::Cpu),
        _ => Err(Wrong(format!("there is no clock `{name}`: it is `wall` or `cpu`"))),
    }
}

fn count(word: &str, value: &str) -> Result<usize, Wrong> {
    match value.parse() {
        Ok(n) if n > 0 => Ok(n),
        _ => Err(Wrong(format!("`{word}` needs a number from 1 on, not `{value}`"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Args, Wrong> {
        Args::parse(line.split_whitespace().map(String::from))
    }

    #[test]
    fn words_in_any_order() {
        let args = parse("--json --workload w1,S2small --threads 2 --repeats 7 --data here").unwrap();
        assert_eq!(args.workloads, [Workload::W1, Workload::S2Small]);
        assert_eq!((args.threads, args.repeats, args.json, args.quick), (2, Some(7), true, false));
        assert_eq!(args.data, Path::new("here"));
        assert_eq!(parse("--workload all").unwrap().workloads, Workload::ALL);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (line, said) in [
            ("", "nothing to do"),
            ("--workload", "`--workload` needs a value"),
            ("--workload W99", "no workload `W99`"),
            ("--workload W1 --threads 0", "`--threads` needs a number from 1 on, not `0`"),
            ("--fast", "`--fast` is not known"),
            ("--workload W1 --clock sun", "no clock `sun`"),
            ("--workload W1 --clock cpu --threads 2", "`--clock cpu` counts one thread"),
        ] {
            let e = parse(line).unwrap_err().to_string();
            assert!(e.contains(said) && e.contains("usage:"), "{line}: {e}");
        }
    }
}
