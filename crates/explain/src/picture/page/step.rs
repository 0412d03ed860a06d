//! A step of the sweep in HTML: a line with the adjoint, and details about where it comes from and its contributions.

use super::tensor;
use crate::check::{Check, Verdict};
use crate::escape::escaped;
use crate::explanation::{Edge, Explanation, Step};
use crate::form::Form;
use crate::formula::Expr;
use crate::notation::{MathMl, number};
use crate::paths::Path;
use crate::picture::contents::{adjoint_line, id};
use crate::trace::Visit;

/// Writes the n-th step of the sweep.
pub(super) fn swept(explanation: &Explanation, visit: &Visit<'_>, n: usize) -> String {
    let (at, step) = (visit.at, visit.step);
    let adjoint = step.adjoint.as_ref().map_or(String::new(), tensor);
    let partial = math(&[&partial(explanation, step), "<mo>=</mo>", &adjoint]);
    let mut body = about(step);
    body += &arrived(explanation, at);
    body += &contributions(explanation, visit);
    body += &paths(explanation, at);
    let whole = explanation.wanted.iter().position(|&w| w == at).and_then(|w| explanation.checks.get(w)?.as_ref());
    if let Some(check) = whole {
        body += &format!("<p>Compared with differences of the whole computation: {}</p>\n", checked(check));
    }
    details(step, &format!("<span class=\"n\">{n}</span> {partial}"), &body)
}

/// Writes a node without an adjoint.
pub(super) fn given(explanation: &Explanation, at: usize) -> String {
    let step = &explanation.steps[at];
    let line = math(&[&symbol(step), "<mo>=</mo>", &tensor(&step.value)]);
    details(step, &line, &about(step))
}

fn details(step: &Step, summary: &str, body: &str) -> String {
    let (id, name) = (id(step), escaped(step.symbol.text()));
    let swept = if step.adjoint.is_some() { " swept" } else { "" };
    format!(
        "<details class=\"step{swept}\" id=\"step-{id}\" data-node=\"{id}\" data-name=\"{name}\">\n\
         <summary>{summary}</summary>\n{body}</details>\n"
    )
}

/// Writes formula, value and source line of a node.
fn about(step: &Step) -> String {
    let formula = match &step.formula {
        Some(formula) => format!("{}<mo>=</mo>", formula.write(&MathMl)),
        None => String::new(),
    };
    let definition = math(&[&symbol(step), "<mo>=</mo>", &formula, &tensor(&step.value)]);
    let line = step.line.as_ref().map_or(String::new(), |l| format!(", at <code>{}</code>", escaped(&l.to_string())));
    format!("<p>{definition} <span class=\"note\">({}{line})</span></p>\n", escaped(&step.operation))
}

/// Longer lists are shortened to their beginning and their last entry.
const LONG: usize = 24;
/// The number of entries at the beginning of a shortened list.
const BEGINNING: usize = 8;

/// Returns the indices of `n` entries that are shown, and how many are omitted before the last.
fn ends(n: usize) -> (Vec<usize>, usize) {
    if n <= LONG { ((0..n).collect(), 0) } else { ((0..BEGINNING).chain([n - 1]).collect(), n - 1 - BEGINNING) }
}

/// Writes the contributions that the adjoint is the sum of.
fn arrived(explanation: &Explanation, at: usize) -> String {
    let step = &explanation.steps[at];
    match &step.incoming[..] {
        [] => "<p>The sweep begins here.</p>\n".into(),
        [(from, _)] => format!("<p>Its adjoint comes from {}.</p>\n", link(&explanation.steps[*from])),
        many => {
            let share = |&(from, edge): &(usize, usize)| {
                let from = &explanation.steps[from];
                let tensor_text = math(&[&tensor(&from.edges[edge].contribution)]);
                format!("{tensor_text} from {}", link(from))
            };
            let (shown, left_out) = ends(many.len());
            let mut count: Vec<String> = shown.iter().map(|&i| share(&many[i])).collect();
            if left_out > 0 {
                count.insert(BEGINNING, format!("{left_out} more"));
            }
            format!("<p>Its adjoint is the sum of {}.</p>\n", count.join(" and "))
        }
    }
}

/// Writes a row for each operand that leads to a requested node.
fn contributions(explanation: &Explanation, visit: &Visit<'_>) -> String {
    let step = visit.step;
    if step.edges.is_empty() {
        return String::new();
    }
    let (shown, left_out) = ends(step.edges.len());
    let mut rows: Vec<String> = shown.iter().map(|&edge| row(explanation, visit, edge)).collect();
    if left_out > 0 {
        rows.insert(BEGINNING, format!("<tr><td colspan=\"4\">… {left_out} more</td></tr>\n"));
    }
    let rows = rows.concat();
    format!(
        "<table>\n<thead><tr><th scope=\"col\">operand</th><th scope=\"col\">local derivative</th>\
         <th scope=\"col\">contribution</th><th scope=\"col\">check</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n"
    )
}

fn row(explanation: &Explanation, visit: &Visit<'_>, edge: usize) -> String {
    let step = visit.step;
    let Edge { to, factor, product, contribution, operand, .. } = &step.edges[edge];
    let operand_step = &explanation.steps[*to];
    let local = local_derivative(step, operand_step, &step.edges[edge]);
    let formula = product.as_ref().map_or(String::new(), |p| format!("{}<br>", math(&[&p.write(&MathMl)])));
    let contribution_cell = format!("{formula}{}", math(&["<mo>=</mo>", &tensor(contribution)]));
    let sum = adjoint_line(explanation, operand_step, &visit.contributions[edge].after);
    let kind = match factor.form {
        Form::Elementwise | Form::Weights => "",
        Form::Linear => "<br><span class=\"note\">a linear map</span>",
    };
    format!(
        "<tr data-to=\"{}\" data-position=\"{operand}\" data-sum=\"{}\"><th scope=\"row\">{}</th><td>{local}{kind}</td>\
         <td>{contribution_cell}</td><td>{}</td></tr>\n",
        id(operand_step),
        escaped(&sum),
        link(operand_step),
        step.edges[edge].check.as_ref().map_or("not checked".into(), checked),
    )
}

/// Writes the paths from the output to this node, if there is more than one.
fn paths(explanation: &Explanation, at: usize) -> String {
    const MOST: usize = 6;
    let paths = explanation.paths(at, MOST);
    if paths.count < 2.0 {
        return String::new();
    }
    let listed = match (paths.is_complete(), paths.paths.is_empty()) {
        (true, _) => ":",
        (false, false) => ", of which these contribute most:",
        (false, true) if paths.count > MOST as f64 => ", too many to list.",
        (false, true) => ". They are not listed: a Jacobian is too large.",
    };
    let sum = if explanation.steps[at].is_scalar { "" } else { " (summed over the elements)" };
    let item = |path: &Path| {
        let names = path.steps.iter().map(|&s| escaped(explanation.steps[s].symbol.text()));
        format!(
            "<li>{} contributes {}{sum}, {} %</li>\n",
            names.collect::<Vec<_>>().join(" → "),
            number(path.contribution, 6),
            number(paths.percent(path), 3)
        )
    };
    let list: String = paths.paths.iter().map(item).collect();
    format!("<p>{} paths lead here{listed}</p>\n<ul>\n{list}</ul>\n", number(paths.count, 6))
}

/// Writes the result of a check.
fn checked(check: &Check) -> String {
    let word = match check.verdict {
        Verdict::Agrees => "by differences".into(),
        Verdict::Differs => "differences disagree:".into(),
        Verdict::Kink { left, right } => {
            format!(
                "a kink: derivative {} on the left, {} on the right; by differences",
                number(left, 4),
                number(right, 4)
            )
        }
        Verdict::Unresolved => "not resolved by differences:".into(),
    };
    let class = if check.verdict == Verdict::Differs { "mark wrong" } else { "mark" };
    let found = match check.tested {
        1 => number(check.numeric, 6),
        many => format!("on {many} elements"),
    };
    format!(
        "<span class=\"{class}\" aria-hidden=\"true\">{}</span> <span class=\"note\">{word} {found}, relative error {}</span>",
        check.mark(),
        number(check.relative_error, 1)
    )
}

/// Writes ∂z/∂x = formula = value, as far as they exist.
fn local_derivative(step: &Step, operand: &Step, edge: &Edge) -> String {
    let factor = &edge.factor;
    let name = Expr::Partial { of: step.symbol.clone(), wrt: operand.symbol.clone() }.write(&MathMl);
    let mut parts = vec![name];
    if factor.form != Form::Linear
        && let Some(formula) = factor.textbook.as_ref().or(factor.formula.as_ref())
    {
        parts.push(formula.write(&MathMl));
    }
    let mut lines = math(&[&parts.join("<mo>=</mo>")]);
    if let Some(values) = &factor.values
        && values.rank() <= 2
        && !matches!(factor.formula, Some(Expr::Number(_)))
        && parts.last() != Some(&tensor(values))
    {
        lines += &format!("<br>{}", math(&["<mo>=</mo>", &tensor(values)]));
    }
    lines
}

fn partial(explanation: &Explanation, step: &Step) -> String {
    Expr::Partial { of: explanation.differentiated.clone(), wrt: step.symbol.clone() }.write(&MathMl)
}

fn symbol(step: &Step) -> String {
    Expr::from(step.symbol.clone()).write(&MathMl)
}

/// Writes the name of a step as a link to it.
fn link(step: &Step) -> String {
    format!("<a href=\"#step-{}\">{}</a>", id(step), math(&[&symbol(step)]))
}

fn math(parts: &[&str]) -> String {
    format!("<math><mrow>{}</mrow></math>", parts.concat())
}
