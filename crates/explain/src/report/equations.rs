//! The equations of a derivation: each value, and each adjoint as formula, values and sum.

use crate::check::Check;
use crate::explanation::{Edge, Explanation, Step};
use crate::form::Form;
use crate::formula::{Expr, Infix};
use crate::notation::{Notation, is_small};
use crate::symbol::Symbol;
use tensor::Tensor;

/// An equation in stages, such as formula, formula with values, and result.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Equation {
    pub(crate) left: String,
    pub(crate) stages: Vec<String>,
    /// The definitions of names in the stages, each as an equation.
    pub(crate) definitions: Vec<String>,
}

/// Sums with more contributions than this are shortened.
const FEW: usize = 5;

impl Edge {
    /// Returns the formula of the contribution, with the textbook form of the local derivative if there is one.
    fn textbook_product(&self) -> Option<Expr> {
        let product = self.product.as_ref()?;
        let (Some(textbook), Some(formula)) = (&self.factor.textbook, &self.factor.formula) else {
            return Some(product.clone());
        };
        Some(match product {
            product if product == formula => textbook.clone(),
            Expr::Infix(op, adjoint, derivative) if **derivative == *formula => {
                Expr::Infix(*op, adjoint.clone(), Box::new(textbook.clone()))
            }
            product => product.clone(),
        })
    }
}

/// Whether a linear map is neither a matrix product nor a rearrangement of elements.
fn is_matrix(product: &Expr) -> bool {
    product.has(|x| matches!(x, Expr::Symbol(_))) && !product.has(|x| matches!(x, Expr::Infix(Infix::Product, ..)))
}

/// Writes equations in a notation.
pub(crate) struct Equations<'a> {
    pub(crate) explanation: &'a Explanation,
    pub(crate) notation: &'a dyn Notation,
    pub(crate) digits: usize,
}

impl<'a> Equations<'a> {
    /// Writes z = formula = value.
    pub(crate) fn forward(&self, step: &Step) -> Equation {
        let formula = step.formula.as_ref().map(|f| f.write(self.notation));
        let value = self.tensor(&step.value);
        let stages = formula.into_iter().chain([value]).collect();
        Equation { left: self.notation.symbol(&step.symbol), stages, definitions: vec![] }
    }

    /// Writes ∂L/∂z = sum of contributions = values = result; `None` if no gradient was computed.
    pub(crate) fn backward(&self, step: &Step) -> Option<Equation> {
        let adjoint = step.adjoint.as_ref()?;
        let left = self.notation.partial(&self.explanation.differentiated, &step.symbol);
        let edges: Vec<(&Step, &Edge)> = self.incoming(step).collect();
        let (mut stages, mut definitions) = (Vec::new(), Vec::new());
        if !edges.is_empty() {
            let products: Vec<Option<Expr>> = edges.iter().map(|(_, edge)| edge.textbook_product()).collect();
            // The definitions of a single term are written after the sum; several terms keep their own.
            let lifts = products.iter().flatten().filter(|p| matches!(p, Expr::With(..))).count() == 1;
            stages.push(self.sum(edges.len(), |k| match &products[k] {
                Some(Expr::With(body, _)) if lifts => body.write(self.notation),
                Some(product @ Expr::With(..)) => self.notation.brackets(product.write(self.notation)),
                Some(product) => product.write(self.notation),
                None => self.unknown(edges[k].0, edges[k].1),
            }));
            if let Some(Expr::With(_, all)) =
                products.into_iter().flatten().find(|p| lifts && matches!(p, Expr::With(..)))
            {
                let written =
                    |(name, x): &(Symbol, Expr)| format!("{} = {}", self.notation.symbol(name), x.write(self.notation));
                definitions = all.iter().map(written).collect();
            }
            let numbers = match &edges[..] {
                [(from, edge)] => self.numbers(from, edge),
                several => several
                    .iter()
                    .all(|(_, edge)| is_small(&edge.contribution))
                    .then(|| self.sum(several.len(), |k| self.tensor(&several[k].1.contribution))),
            };
            stages.extend(numbers);
        }
        stages.push(self.tensor(adjoint));
        stages.dedup();
        Some(Equation { left, stages, definitions })
    }

    /// Returns the checks of the factors of the contributions.
    pub(crate) fn checks(&self, step: &Step) -> impl Iterator<Item = &'a Check> {
        self.incoming(step).filter_map(|(_, edge)| edge.check.as_ref())
    }

    /// Writes a formula with values instead of names.
    fn substituted(&self, formula: &Expr) -> String {
        let e = self.explanation;
        formula.write_with(self.notation, &|x| {
            let value = match x {
                Expr::Symbol(s) => {
                    let cotangent = (*s == e.cotangent_name && e.cotangent.rank() > 0).then_some(&e.cotangent);
                    e.step(s.text()).map(|step| &step.value).or(cotangent)
                }
                Expr::Partial { wrt, .. } => e.step(wrt.text())?.adjoint.as_ref(),
                _ => None,
            };
            value.map(|x| self.tensor(x))
        })
    }

    fn tensor(&self, x: &Tensor<f64>) -> String {
        self.notation.tensor(x, self.digits)
    }

    fn incoming(&self, step: &Step) -> impl Iterator<Item = (&'a Step, &'a Edge)> {
        let steps = &self.explanation.steps;
        step.incoming
            .iter()
            .map(|&(from, edge)| (&steps[from], &steps[from].edges[edge]))
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// Joins the terms by signs; many terms are shortened to the first two and the last.
    fn sum(&self, n: usize, term: impl Fn(usize) -> String) -> String {
        let terms: Vec<String> = if n <= FEW {
            (0..n).map(term).collect()
        } else {
            vec![term(0), term(1), self.notation.ellipsis(), term(n - 1)]
        };
        let mut sum = String::new();
        for (i, term) in terms.iter().enumerate() {
            match term.strip_prefix('-') {
                Some(rest) if i > 0 => sum += &format!(" - {rest}"),
                _ if i > 0 => sum += &format!(" + {term}"),
                _ => sum += term,
            }
        }
        sum
    }

    /// Writes a contribution without a formula by the chain rule: ∂L/∂y · ∂y/∂x.
    fn unknown(&self, from: &Step, edge: &Edge) -> String {
        let adjoint = self.notation.partial(&self.explanation.differentiated, &from.symbol);
        let to = &self.explanation.steps[edge.to].symbol;
        let jacobian = self.notation.partial(&from.symbol, to);
        self.notation.infix(Infix::Times, adjoint, jacobian)
    }

    /// Writes a contribution with values: adjoint and factor, or the operands of a matrix product.
    fn numbers(&self, from: &Step, edge: &Edge) -> Option<String> {
        let adjoint = from.adjoint.as_ref()?;
        match (edge.factor.form, &edge.factor.values, &edge.product) {
            (Form::Elementwise | Form::Weights, Some(values), _) => {
                let is_one = |x: &Tensor<f64>| x.rank() == 0 && x.item() == 1.0;
                let is_sign = matches!(edge.factor.formula, Some(Expr::Number(d)) if d.abs() == 1.0);
                if is_sign || is_one(adjoint) || is_one(values) {
                    return None; // nothing is multiplied
                }
                if !is_small(values) || !is_small(adjoint) {
                    return None;
                }
                let op = if adjoint.rank() == 0 || values.rank() == 0 { Infix::Times } else { Infix::Hadamard };
                let write = |x: &Tensor<f64>, first: bool| {
                    let text = self.tensor(x);
                    if !first && text.starts_with('-') { self.notation.brackets(text) } else { text }
                };
                let product = self.notation.infix(op, write(adjoint, true), write(values, false));
                // A contribution is summed over broadcast axes.
                let sums =
                    matches!(&edge.product, Some(Expr::Call(..))) && edge.contribution.shape() != from.value.shape();
                Some(match &edge.product {
                    Some(Expr::Call(name, _)) if sums => self.notation.call(name, vec![product]),
                    _ => product,
                })
            }
            // If the formula is not a matrix product, the Jacobian itself is shown.
            (Form::Linear, Some(jacobian), Some(product)) if is_small(adjoint) && is_matrix(product) => {
                let [rows, columns] = [adjoint.size(), edge.contribution.size()];
                let jacobian = jacobian.reshape([rows, columns]);
                let written = self.notation.transpose(self.tensor(&jacobian));
                let adjoint = self.tensor(&adjoint.reshape(rows));
                is_small(&jacobian).then(|| self.notation.infix(Infix::Product, written, adjoint))
            }
            (Form::Linear, _, Some(product)) => {
                let all_small = from.operands.iter().all(|x| match x {
                    crate::Operand::Step(at) => is_small(&self.explanation.steps[*at].value),
                    crate::Operand::Constant(_) => true,
                });
                (all_small && is_small(adjoint)).then(|| self.substituted(product))
            }
            _ => None,
        }
    }
}
