//! The derivation as text.

use super::equations::{Equation, Equations};
use super::excerpt::{Item, excerpt};
use super::table;
use crate::explanation::{Explanation, Kind, Step};
use crate::notation::{Notation, Text};
use std::fmt::{self, Write};
use unicode_width::UnicodeWidthStr;

/// The default width in columns.
const WIDTH: usize = 100;
/// The default number of significant digits.
const DIGITS: usize = 6;

impl fmt::Display for Explanation {
    /// Writes the derivation: the values, then the adjoints in the order of backpropagation, then the checks.
    /// `{:80.12}` sets the width in columns and the number of significant digits. Default: 100 and 6.
    ///
    /// ```
    /// use autograd::Tape;
    /// use explain::Explainable;
    /// let tape = Tape::new();
    /// let x = tape.var(3.0_f64).named("x");
    /// let text = (x * x).named("L").explain().to_string();
    /// assert!(text.contains("∂L/∂x = x + x = 3 + 3 = 6"));
    /// ```
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = f.width().unwrap_or(WIDTH);
        let digits = f.precision().unwrap_or(DIGITS).clamp(1, 17);
        let equations = Equations { explanation: self, notation: &Text, digits };
        let mut out = String::new();
        heading(&mut out, self, digits);
        out.push_str("\nForward\n");
        for item in excerpt(self, |_| true, true) {
            forward(&mut out, &equations, item, width);
        }
        out.push_str("\nBackward\n");
        for item in excerpt(self, |s| s.adjoint.is_some(), false) {
            backward(&mut out, &equations, item, width);
        }
        checks(&mut out, self, digits);
        f.write_str(out.trim_end())
    }
}

fn heading(out: &mut String, e: &Explanation, digits: usize) {
    let names: Vec<&str> = e.wanted.iter().take(8).map(|&at| e.steps[at].symbol.text()).collect();
    let more = if e.wanted.len() > 8 { format!(", … ({} in all)", e.wanted.len()) } else { String::new() };
    let of = &e.differentiated;
    match names.is_empty() {
        true => push(out, format_args!("{of} depends on no variable: it is a constant.\n")),
        false => push(out, format_args!("The gradient of {of} with respect to {}{more}\n", names.join(", "))),
    }
    if e.cotangent.size() > 1 {
        let (v, y) = (&e.cotangent_name, &e.output().symbol);
        push(out, format_args!("where {of} = ⟨{v}, {y}⟩, {v} = {}\n", Text.tensor(&e.cotangent, digits)));
    }
}

fn forward(out: &mut String, equations: &Equations<'_>, item: Item<'_>, width: usize) {
    match item {
        Item::Omitted(text) => push(out, format_args!("  {text}\n")),
        Item::Step(step) => write_equation(out, &equations.forward(step), width, &remark(step)),
    }
}

/// The kind of a step that is not an operation, and its source line.
fn remark(step: &Step) -> String {
    let kind = match step.kind {
        Kind::Variable => "variable",
        Kind::Constant => "constant",
        Kind::Operation => "",
    };
    let line = step.line.as_ref().map(|l| l.to_string()).unwrap_or_default();
    [kind, &line].into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join(", ")
}

fn backward(out: &mut String, equations: &Equations<'_>, item: Item<'_>, width: usize) {
    match item {
        Item::Omitted(text) => push(out, format_args!("  {text}\n")),
        Item::Step(step) => {
            if let Some(equation) = equations.backward(step) {
                let marks: String = equations.checks(step).take(8).map(|c| c.mark()).collect();
                write_equation(out, &equation, width, &marks);
            }
        }
    }
}

fn checks(out: &mut String, e: &Explanation, digits: usize) {
    let (rows, omitted) = table::rows(e);
    if rows.is_empty() {
        return;
    }
    push(out, format_args!("\nChecks: {}\n", table::verdict(e)));
    let cells: Vec<[String; 6]> = rows
        .iter()
        .map(|row| {
            let [analytic, numeric, error, mark] = row.cells(digits);
            [row.factor.clone(), row.operation.to_string(), analytic, numeric, error, mark]
        })
        .collect();
    let header = ["", "", "by the rules", "by differences", "error", ""].map(String::from);
    let all: Vec<&[String; 6]> = std::iter::once(&header).chain(&cells).collect();
    let width = |k: usize| all.iter().map(|row| row[k].width()).max().unwrap_or(0);
    let widths: [usize; 6] = std::array::from_fn(width);
    for row in &all {
        let cell = |k: usize| {
            let gap = " ".repeat(widths[k] - row[k].width());
            if (2..5).contains(&k) { gap + &row[k] } else { row[k].clone() + &gap }
        };
        let line = (0..6).map(cell).collect::<Vec<_>>().join("  ");
        push(out, format_args!("  {}\n", line.trim_end()));
    }
    if omitted > 0 {
        push(out, format_args!("  … {omitted} more, none with a larger error\n"));
    }
    if let Some(key) = table::key(e) {
        push(out, format_args!("  {key}\n"));
    }
}

/// Writes an equation on one line if it fits, otherwise one stage per line.
pub(crate) fn write_equation(out: &mut String, equation: &Equation, width: usize, remark: &str) {
    let line = format!("  {} = {}", equation.left, equation.stages.join(" = "));
    let lines: Vec<String> = if line.width() + remark.width() + 3 <= width || equation.stages.len() < 2 {
        vec![line]
    } else {
        let indent = " ".repeat(equation.left.width() + 2);
        let first = format!("  {} = {}", equation.left, equation.stages[0]);
        let rest = equation.stages[1..].iter().map(|stage| format!("{indent} = {stage}"));
        let result = equation.stages.len() - 2;
        // Intermediate stages that do not fit are omitted.
        let fits = |(i, line): &(usize, String)| *i == result || line.width() <= width;
        std::iter::once(first).chain(rest.enumerate().filter(fits).map(|(_, line)| line)).collect()
    };
    let last = lines.len() - 1;
    for (i, line) in lines.iter().enumerate() {
        push(out, format_args!("{line}"));
        if i == last && !remark.is_empty() {
            // The remark is aligned to the right, on a separate line if necessary.
            let used = line.width() + remark.width();
            match used + 3 <= width {
                true => push(out, format_args!("{}{remark}", " ".repeat(width - used))),
                false => push(out, format_args!("\n{}{remark}", " ".repeat(width.saturating_sub(remark.width())))),
            }
        }
        push(out, format_args!("\n"));
    }
    for definition in &equation.definitions {
        push(out, format_args!("      with {definition}\n"));
    }
}

/// Appends text. Writing to a string does not fail.
fn push(out: &mut String, text: fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}
