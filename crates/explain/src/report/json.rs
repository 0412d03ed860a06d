//! The derivation as JSON.

use super::variant_name;
use crate::check::{Check, Verdict};
use crate::explanation::{Explanation, Operand, Step};
use crate::formula::Expr;
use serde_json::{Value, json};
use tensor::Tensor;

impl Explanation {
    /// Returns the derivation as JSON: every step with its formula, value, adjoint and edges. Numbers are written with
    /// all digits. NaN and infinities, which JSON does not support, are the strings `"NaN"`, `"Infinity"` and
    /// `"-Infinity"`. Tensors are objects with `shape` and `data` in row-major order. Formulas are given as plain text
    /// and as LaTeX.
    ///
    /// ```
    /// use autograd::Tape;
    /// use explain::Explainable;
    /// let tape = Tape::new();
    /// let x = tape.var(0.5_f64).named("x");
    /// let json = x.exp().named("L").explain().to_json();
    /// assert!(json.contains(r#""formula":{"latex":"e^{x}","text":"exp(x)"}"#));
    /// assert!(json.contains("1.6487212707001282"));
    /// ```
    pub fn to_json(&self) -> String {
        let checks: Vec<Value> = self.checks.iter().map(|c| c.as_ref().map_or(Value::Null, check)).collect();
        let gradients = self.gradients().zip(checks).map(
            |((name, gradient), check)| json!({ "name": name.text(), "gradient": tensor(gradient), "check": check }),
        );
        json!({
            "differentiated": self.differentiated.text(),
            "cotangent": tensor(&self.cotangent),
            "precision": variant_name(self.precision),
            "wanted": self.wanted,
            "gradients": gradients.collect::<Vec<_>>(),
            "steps": self.steps.iter().map(step).collect::<Vec<_>>(),
        })
        .to_string()
    }
}

fn step(s: &Step) -> Value {
    let operands = s.operands.iter().map(|x| match x {
        Operand::Step(at) => json!({ "step": at }),
        Operand::Constant(x) => json!({ "constant": number(*x) }),
    });
    let edges = s.edges.iter().map(|edge| {
        json!({
            "operand": edge.operand,
            "to": edge.to,
            "form": variant_name(edge.factor.form),
            "formula": expr(edge.factor.formula.as_ref()),
            "factor": edge.factor.values.as_ref().map(tensor),
            "product": expr(edge.product.as_ref()),
            "contribution": tensor(&edge.contribution),
            "check": edge.check.as_ref().map(check),
        })
    });
    json!({
        "node": s.node,
        "symbol": { "text": s.symbol.text(), "latex": s.symbol.latex() },
        "named": s.is_named,
        "line": s.line.as_ref().map(|l| json!({ "file": l.file, "line": l.line, "column": l.column })),
        "kind": variant_name(s.kind),
        "operation": s.operation,
        "operands": operands.collect::<Vec<_>>(),
        "formula": expr(s.formula.as_ref()),
        "value": tensor(&s.value),
        "adjoint": s.adjoint.as_ref().map(tensor),
        "incoming": s.incoming.iter().map(|(from, edge)| json!([from, edge])).collect::<Vec<_>>(),
        "edges": edges.collect::<Vec<_>>(),
    })
}

fn expr(e: Option<&Expr>) -> Value {
    e.map_or(Value::Null, |e| json!({ "text": e.to_string(), "latex": e.to_latex() }))
}

fn check(c: &Check) -> Value {
    let verdict = match c.verdict {
        Verdict::Agrees => "agrees",
        Verdict::Differs => "differs",
        Verdict::Kink { .. } => "kink",
        Verdict::Unresolved => "unresolved",
    };
    json!({
        "element": c.element,
        "analytic": number(c.analytic),
        "numeric": number(c.numeric),
        "relative_error": number(c.relative_error),
        "verdict": verdict,
    })
}

fn tensor(x: &Tensor<f64>) -> Value {
    match x.rank() {
        0 => number(x.item()),
        _ => json!({ "shape": x.shape().to_vec(), "data": x.to_vec().into_iter().map(number).collect::<Vec<_>>() }),
    }
}

fn number(x: f64) -> Value {
    match x {
        x if x.is_nan() => "NaN".into(),
        x if x.is_infinite() => (if x > 0.0 { "Infinity" } else { "-Infinity" }).into(),
        x => x.into(),
    }
}
