//! The diagnosis of an explanation: non-finite values, then non-finite derivatives, then lost gradients.

use super::suggestion;
use super::{Finding, Problem};
use crate::explanation::{Edge, Explanation, Operand, Step};
use crate::notation::{Notation, Text};
use tensor::Tensor;

/// The smallest fraction of dead or saturated units that is reported.
const FRACTION: f64 = 0.5;
/// A unit is saturated if its derivative is at most this fraction of the largest derivative of its activation.
const TAIL: f64 = 1e-2;
/// The ratio of gradient to cotangent below which a gradient has vanished; above the inverse it has exploded.
const VANISHED: f64 = 1e-6;

pub(crate) fn examine(e: &Explanation) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(non_finite_value(e));
    findings.extend(non_finite_derivative(e));
    let lost = lost(e);
    let is_lost = !lost.is_empty();
    findings.extend(lost);
    let diagnosed = findings.iter().filter_map(|f| f.step).collect::<Vec<_>>();
    findings.extend(units(e).into_iter().filter(|f| !diagnosed.contains(&f.step.unwrap_or(usize::MAX))));
    if findings.iter().all(|f| !matches!(f.problem, Problem::NonFiniteValue | Problem::NonFiniteDerivative)) && !is_lost
    {
        findings.extend(size(e));
    }
    findings
}

/// Returns the first operation with finite operands and a non-finite value.
fn non_finite_value(e: &Explanation) -> Option<Finding> {
    let (at, step) = e.steps.iter().enumerate().rev().find(|(_, s)| !s.value.is_finite())?;
    let text = format!("The value of {} is not finite", formula(e, step));
    Some(finding(Problem::NonFiniteValue, at, step, text, suggestion::for_value(&step.operation)))
}

/// Returns the first operation with a finite adjoint and a non-finite contribution.
fn non_finite_derivative(e: &Explanation) -> Option<Finding> {
    let is_not_finite = |edge: &Edge| !edge.contribution.is_finite();
    let finite = |s: &Step| s.adjoint.as_ref().is_some_and(Tensor::is_finite);
    let (at, step) = e.steps.iter().enumerate().find(|(_, s)| finite(s) && s.edges.iter().any(is_not_finite))?;
    // A non-finite value implies a non-finite derivative; `non_finite_value` reports it.
    if !step.value.is_finite() {
        return None;
    }
    let behind_where = e.steps[..at].iter().any(|s| s.operation == "where_");
    let text = format!("The derivative of {} is not finite", formula(e, step));
    let (problem, suggestion) = match behind_where {
        true => (Problem::Where, suggestion::WHERE),
        false => (Problem::NonFiniteDerivative, suggestion::for_derivative(&step.operation)),
    };
    Some(finding(problem, at, step, text, suggestion))
}

/// Returns the operations in which all of the adjoint is lost, if a requested gradient is 0.
fn lost(e: &Explanation) -> Vec<Finding> {
    // An empty tensor is not zero.
    let is_zero = |x: &Tensor<f64>| x.size() > 0 && x.to_vec().iter().all(|&x| x == 0.0);
    let zero = |&at: &usize| e.steps[at].adjoint.as_ref().is_some_and(is_zero);
    if !e.wanted.iter().any(zero) {
        return vec![];
    }
    let mut leads: Vec<bool> = vec![false; e.steps.len()];
    e.wanted.iter().filter(|at| zero(at)).for_each(|&at| leads[at] = true);
    for at in (0..e.steps.len()).rev() {
        leads[at] |= e.steps[at].edges.iter().any(|edge| leads[edge.to]);
    }
    let mut findings = Vec::new();
    for (at, step) in e.steps.iter().enumerate() {
        let arrives = step.adjoint.as_ref().is_some_and(|g| !is_zero(g));
        let losing = |edge: &&Edge| leads[edge.to] && is_zero(&edge.contribution);
        if !arrives || step.edges.iter().find(losing).is_none() {
            continue;
        }
        findings.push(if let Some(largest) = largest_derivative(&step.operation) {
            unit_finding(e, at, largest, 1.0)
        } else {
            let is_flat =
                matches!(step.operation.as_str(), "heaviside" | "sign" | "floor" | "ceil" | "round" | "trunc");
            let (problem, suggestion) =
                if is_flat { (Problem::Flat, suggestion::FLAT) } else { (Problem::Lost, suggestion::LOST) };
            finding(problem, at, step, format!("The gradient is lost in {}", formula(e, step)), suggestion)
        });
    }
    findings
}

/// Returns the activations with mostly dead or saturated units.
fn units(e: &Explanation) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, step) in e.steps.iter().enumerate() {
        let [edge] = &step.edges[..] else { continue };
        let Some(derivatives) = &edge.factor.values else { continue };
        let derivatives = derivatives.to_vec();
        let Some(largest) = largest_derivative(&step.operation) else { continue };
        let fraction =
            derivatives.iter().filter(|&&d| d <= TAIL * largest).count() as f64 / derivatives.len().max(1) as f64;
        if fraction >= FRACTION {
            findings.push(unit_finding(e, at, largest, fraction));
        }
    }
    findings
}

/// The largest derivative of a saturating activation, 0 for a rectifier, whose units are dead instead of saturated.
/// `None` for other operations.
fn largest_derivative(operation: &str) -> Option<f64> {
    match operation {
        "sigmoid" => Some(0.25),
        "tanh" | "softsign" | "hard_tanh" => Some(1.0),
        "relu" | "relu6" => Some(0.0),
        _ => None,
    }
}

/// Reports dead or saturated units.
fn unit_finding(e: &Explanation, at: usize, largest: f64, fraction: f64) -> Finding {
    let (problem, state, suggestion) = match largest {
        0.0 => (Problem::Dead(fraction), "dead", suggestion::DEAD),
        _ => (Problem::Saturated(fraction), "saturated", suggestion::SATURATED),
    };
    let amount = if fraction == 1.0 { "All".into() } else { format!("{} % of the", (100.0 * fraction).round()) };
    let step = &e.steps[at];
    finding(problem, at, step, format!("{amount} units are {state} in {}", formula(e, step)), suggestion)
}

/// Returns the variable with the smallest gradient relative to the cotangent if it has vanished, or the largest if it
/// has exploded.
fn size(e: &Explanation) -> Option<Finding> {
    let largest = |x: &Tensor<f64>| x.to_vec().iter().fold(0.0_f64, |m, x| m.max(x.abs()));
    let start = largest(&e.cotangent);
    let ratio = |at: usize| e.steps[at].adjoint.as_ref().map(|g| (at, largest(g) / start));
    let ratios: Vec<(usize, f64)> = e.wanted.iter().filter_map(|&at| ratio(at)).filter(|r| r.1 > 0.0).collect();
    let (at, least) = ratios.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1))?;
    if least < VANISHED {
        let text =
            format!("The gradient of {} has vanished: it is {least:.1e} times the cotangent", e.steps[at].symbol);
        return Some(finding(Problem::Vanishing(least), at, &e.steps[at], text, suggestion::VANISHING));
    }
    let (at, most) = ratios.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1))?;
    (most > 1.0 / VANISHED).then(|| {
        let text = format!("The gradient of {} has exploded: it is {most:.1e} times the cotangent", e.steps[at].symbol);
        finding(Problem::Exploding(most), at, &e.steps[at], text, suggestion::EXPLODING)
    })
}

fn finding(problem: Problem, at: usize, step: &Step, description: String, suggestion: &str) -> Finding {
    Finding { problem, step: Some(at), description, line: step.line.clone(), suggestion: suggestion.to_string() }
}

/// Writes the formula and the values of its operands: `v1 = ln(x) with x = [0, 1]`.
fn formula(e: &Explanation, step: &Step) -> String {
    let formula = step.formula.as_ref().map(|f| format!(" = {f}")).unwrap_or_default();
    let mut operands: Vec<String> = Vec::new();
    for x in &step.operands {
        if let Operand::Step(at) = x {
            let text = format!("{} = {}", e.steps[*at].symbol, Text.tensor(&e.steps[*at].value, 6));
            if !operands.contains(&text) && operands.len() < 4 {
                operands.push(text);
            }
        }
    }
    let with = if operands.is_empty() { String::new() } else { format!(" with {}", operands.join(", ")) };
    format!("{}{formula}{with}", step.symbol)
}

#[cfg(test)]
mod tests {
    use crate::{Explainable, Problem, diagnose};
    use autograd::{Tape, Var};
    use tensor::tensor;

    #[test]
    fn non_finite_values_and_derivatives() {
        let tape = Tape::new().traced();
        let x = tape.var(tensor![1.0, 0.0]).named("x");
        let y = x.ln();
        let at = line!() - 1;
        let found = (y * y).sum().explain().diagnose();
        let first = &found.findings[0];
        assert_eq!((first.problem, first.line.as_ref().map(|l| l.line)), (Problem::NonFiniteValue, Some(at)));
        assert!(first.description.contains("ln(x) with x = [1, 0]") && first.suggestion.contains("logits"), "{found}");
        let root = tape.var(0.0_f64).sqrt().explain().diagnose();
        assert_eq!(root.findings[0].problem, Problem::NonFiniteDerivative);
    }

    #[test]
    fn gradients_that_are_zero() {
        let tape = Tape::new();
        let x = tape.var(tensor![-1.0, -2.0, -3.0, 1.0]);
        let problems =
            |y: Var<f64>| -> Vec<Problem> { y.explain().diagnose().findings.iter().map(|f| f.problem).collect() };
        assert_eq!(problems(x.heaviside().sum()), [Problem::Flat]);
        assert_eq!(problems((x - 5.0).relu().sum()), [Problem::Dead(1.0)]);
        assert_eq!(problems(x.relu().sum()), [Problem::Dead(0.75)]);
        // The cause comes before the consequence.
        let tails = problems((x * 20.0).sigmoid().sum());
        assert!(matches!(tails[..], [Problem::Saturated(1.0), Problem::Vanishing(_)]), "{tails:?}");
        assert_eq!(problems((x * 0.0).sum()), [Problem::Lost]);
        assert_eq!(problems(x.tanh().sum()), []);
        let unused = tape.var(1.0_f64);
        assert_eq!(diagnose(x.sum(), unused).unwrap().findings[0].problem, Problem::Unused);
    }

    #[test]
    fn a_non_finite_branch_of_where() {
        let tape = Tape::new().strict();
        let x = tape.var(tensor![0.0, 4.0]);
        let mask = tensor![0.0, 1.0];
        let found = x.sqrt().where_(&mask, tape.constant(tensor![0.0, 0.0])).sum().explain().diagnose();
        assert_eq!(found.findings[0].problem, Problem::Where, "{found}");
    }

    #[test]
    fn vanishing_and_exploding() {
        let tape = Tape::new();
        let mut x: Var<f64> = tape.var(0.3);
        for _ in 0..12 {
            x = x.sigmoid();
        }
        assert!(matches!(x.explain().diagnose().findings[..], [ref f] if matches!(f.problem, Problem::Vanishing(_))));
        let mut y: Var<f64> = tape.var(0.3);
        for _ in 0..10 {
            y *= 10.0;
        }
        assert!(matches!(y.explain().diagnose().findings[..], [ref f] if matches!(f.problem, Problem::Exploding(_))));
    }
}
