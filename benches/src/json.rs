//! The output line of a case: a JSON object or text.

use crate::timing::Samples;
use std::fmt::Write;

/// The value of a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    /// A string.
    Text(String),
    /// A float; a value that is not finite is written as `null`.
    Number(f64),
    /// An integer.
    Count(u64),
    /// A boolean.
    Flag(bool),
}

macro_rules! field_from {
    ($($t:ty, $x:ident => $field:expr;)*) => {
        $(impl From<$t> for Field { fn from($x: $t) -> Field { $field } })*
    };
}
field_from! {
    &str, x => Field::Text(x.into());
    String, x => Field::Text(x);
    f64, x => Field::Number(x);
    u64, x => Field::Count(x);
    usize, x => Field::Count(x as u64);
    bool, x => Field::Flag(x);
}

/// The line of a case: keys and values, in the order of insertion.
#[derive(Clone, Debug)]
pub struct Line {
    fields: Vec<(&'static str, Field)>,
}

/// The keys that every line may have, in front of those of the case.
const COMMON: [&str; 13] = [
    "peer",
    "workload",
    "case",
    "threads",
    "unit",
    "median",
    "min",
    "max",
    "repeats",
    "yardstick",
    "yardstick_median",
    "ratio",
    "ratio_of_min",
];

impl Line {
    /// Creates the line of a case of a workload.
    pub fn new(workload: &str, case: impl Into<String>, threads: usize) -> Line {
        Line { fields: Vec::new() }
            .with("peer", "chainrule")
            .with("workload", workload)
            .with("case", case.into())
            .with("threads", threads)
    }

    /// Adds times, in a unit.
    pub fn time(self, unit: Unit, ours: &Samples) -> Line {
        self.values(unit.name(), &ours.map(|seconds| seconds * unit.per_second()), ours.repeats())
    }

    /// Adds measured values, in any unit.
    pub fn values(self, unit: &str, ours: &Samples, repeats: usize) -> Line {
        self.with("unit", unit)
            .with("median", ours.median())
            .with("min", ours.min())
            .with("max", ours.max())
            .with("repeats", repeats)
    }

    /// Adds the times of the reference, in the same unit and from the same run, and the ratio of the medians.
    pub fn against(self, name: &str, unit: Unit, ours: &Samples, yardstick: &Samples) -> Line {
        self.with("yardstick", name)
            .with("yardstick_median", yardstick.median() * unit.per_second())
            .with("ratio", ours.median() / yardstick.median())
            .with("ratio_of_min", ours.min() / yardstick.min())
    }

    /// Adds another key.
    pub fn with(mut self, key: &'static str, value: impl Into<Field>) -> Line {
        self.fields.push((key, value.into()));
        self
    }

    /// Formats the line as a JSON object.
    pub fn json(&self) -> String {
        let mut out = String::from("{");
        for (i, (key, field)) in self.fields.iter().enumerate() {
            let comma = if i > 0 { "," } else { "" };
            let _ = write!(out, "{comma}\"{key}\":");
            match field {
                Field::Text(text) => quote(text, &mut out),
                Field::Number(x) if !x.is_finite() => out.push_str("null"),
                Field::Number(x) => out.push_str(&short(*x)),
                Field::Count(n) => {
                    let _ = write!(out, "{n}");
                }
                Field::Flag(b) => {
                    let _ = write!(out, "{b}");
                }
            }
        }
        out + "}"
    }

    /// Formats the line as text.
    pub fn text(&self) -> String {
        let at = |key: &str| match self.fields.iter().find(|(k, _)| *k == key) {
            None => String::new(),
            Some((_, Field::Text(text))) => text.clone(),
            Some((_, Field::Number(x))) => short(*x),
            Some((_, Field::Count(n))) => n.to_string(),
            Some((_, Field::Flag(b))) => b.to_string(),
        };
        let unit = at("unit");
        let mut out = format!("{:8}{:28}{:>10} {unit:8}", at("workload"), at("case"), at("median"));
        let _ = write!(out, "({} .. {}, {} times)", at("min"), at("max"), at("repeats"));
        if !at("ratio").is_empty() {
            let _ = write!(out, "  {} x {} ({})", at("ratio"), at("yardstick"), at("yardstick_median"));
        }
        for (key, _) in self.fields.iter().filter(|(key, _)| !COMMON.contains(key)) {
            let _ = write!(out, "  {key} {}", at(key));
        }
        out
    }
}

/// Formats five digits, which is more than a measurement has.
fn short(x: f64) -> String {
    if x == 0.0 || (1e-4..1e9).contains(&x.abs()) {
        let digits = (4 - x.abs().max(1e-9).log10().floor() as i32).clamp(0, 9) as usize;
        let text = format!("{x:.digits$}");
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
    } else {
        format!("{x:.4e}")
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Nanoseconds.
    Ns,
    /// Microseconds.
    Us,
    /// Milliseconds.
    Ms,
}

impl Unit {
    /// Returns its name in the output.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Ns => "ns",
            Unit::Us => "us",
            Unit::Ms => "ms",
        }
    }

    /// Returns the number of units in a second.
    pub fn per_second(self) -> f64 {
        match self {
            Unit::Ns => 1e9,
            Unit::Us => 1e6,
            Unit::Ms => 1e3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_as_the_peers_write_it() {
        let (ours, yardstick) = (Samples::new(vec![3e-6, 2e-6, 4e-6]), Samples::new(vec![2e-6; 3]));
        let line = Line::new("W3", "train_step", 1)
            .time(Unit::Us, &ours)
            .against("bare \"gemms\"", Unit::Us, &ours, &yardstick)
            .with("allocations", 0u64)
            .with("nothing", f64::NAN);
        assert_eq!(
            line.json(),
            r#"{"peer":"chainrule","workload":"W3","case":"train_step","threads":1,"unit":"us","median":3,"min":2,"#
                .to_owned()
                + r#""max":4,"repeats":3,"yardstick":"bare \"gemms\"","yardstick_median":2,"ratio":1.5,"#
                + r#""ratio_of_min":1,"allocations":0,"nothing":null}"#
        );
        let text = line.text();
        assert!(text.contains("train_step") && text.contains("1.5 x bare") && text.contains("allocations 0"), "{text}");
    }

    #[test]
    fn numbers_keep_five_digits() {
        for (x, said) in
            [(0.0, "0"), (1.0, "1"), (123456.7, "123457"), (0.00123456, "0.0012346"), (3e-12, "3.0000e-12")]
        {
            assert_eq!(short(x), said);
        }
    }
}
