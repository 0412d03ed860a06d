//! The table of checks: each derivative by the rules and by differences.

use super::excerpt::worst_first;
use crate::check::{Check, Verdict};
use crate::explanation::{Explanation, Step};
use crate::notation::number;

/// A row of the table.
#[derive(Clone, Debug)]
pub(crate) struct Row<'a> {
    /// The derivative, ∂z/∂x.
    pub(crate) factor: String,
    pub(crate) latex: String,
    pub(crate) operation: &'a str,
    pub(crate) check: &'a Check,
}

/// Returns the rows, worst first if there are many, and how many are omitted.
pub(crate) fn rows(e: &Explanation) -> (Vec<Row<'_>>, usize) {
    let mut rows = Vec::new();
    for step in &e.steps {
        for edge in &step.edges {
            let Some(check) = &edge.check else { continue };
            let to = &e.steps[edge.to];
            let (y, x) = (&step.symbol, &to.symbol);
            let element = element(to, check);
            let (top, latex) = match is_summed(step) {
                true => (format!("⟨u, {y}⟩"), format!(r"\langle u, {}\rangle", y.latex())),
                false => (y.text().to_string(), y.latex()),
            };
            rows.push(Row {
                factor: format!("∂{top}/∂{x}{element}"),
                latex: format!(r"\partial {latex}/\partial {}{element}", x.latex()),
                operation: &step.operation,
                check,
            });
        }
    }
    for (&at, check) in e.wanted.iter().zip(&e.checks) {
        let Some(check) = check else { continue };
        let (of, x) = (&e.differentiated, &e.steps[at].symbol);
        let element = element(&e.steps[at], check);
        rows.push(Row {
            factor: format!("∂{of}/∂{x}{element}"),
            latex: format!(r"\partial {}/\partial {}{element}", of.latex(), x.latex()),
            operation: "total",
            check,
        });
    }
    worst_first(rows, |row| row.check.severity())
}

/// Whether a step is checked by a weighted sum of its elements.
fn is_summed(step: &Step) -> bool {
    step.value.size() != 1
}

fn element(of: &Step, check: &Check) -> String {
    if of.value.size() == 1 { String::new() } else { format!("[{}]", check.element) }
}

/// Returns the explanation of the symbols in the rows, if it is needed.
pub(crate) fn key(e: &Explanation) -> Option<&'static str> {
    let mut checked = e.steps.iter().filter(|s| s.edges.iter().any(|edge| edge.check.is_some()));
    checked.any(is_summed).then_some("⟨u, y⟩: weighted sum of the elements of y. [0]: the first element.")
}

impl Row<'_> {
    /// Returns the derivative by the rules and by differences, the relative error, and a remark.
    pub(crate) fn cells(&self, digits: usize) -> [String; 4] {
        let c = self.check;
        let remark = match c.verdict {
            Verdict::Kink { left, right } => {
                let [left, right] = [left, right].map(|x| number(x, 3));
                format!("{} kink: derivative {left} on the left, {right} on the right", c.mark())
            }
            Verdict::Unresolved => format!("{} not resolved by differences", c.mark()),
            _ => c.mark().to_string(),
        };
        let error = match c.relative_error {
            0.0 => "0".into(),
            error if error.is_finite() => format!("{error:.0e}"),
            _ => "-".into(),
        };
        [number(c.analytic, digits), number(c.numeric, digits), error, remark]
    }
}

/// Summarizes the checks in one line.
pub(crate) fn verdict(e: &Explanation) -> String {
    let edges = || e.steps.iter().flat_map(|s| &s.edges);
    let all = || edges().filter_map(|x| x.check.as_ref()).chain(e.checks.iter().flatten());
    let count = |is: fn(&Verdict) -> bool| all().filter(|c| is(&c.verdict)).count();
    let total = all().count();
    let mut text = format!("{} of {total} derivatives agree with differences", count(|v| *v == Verdict::Agrees));
    for (n, what) in [
        (count(|v| *v == Verdict::Differs), "DIFFER"),
        (count(|v| matches!(v, Verdict::Kink { .. })), "are at a kink"),
        (count(|v| *v == Verdict::Unresolved), "are not resolved by differences"),
        (edges().count() + e.checks.len() - total, "were not checked"),
    ] {
        if n > 0 {
            text += &format!("; {n} {what}");
        }
    }
    text
}
