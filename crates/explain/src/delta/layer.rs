//! The equations of one layer.

use super::recognize::{Layer, is_softmax, is_softmax_loss};
use super::{DeltaEquation, DeltaLayer};
use crate::explanation::{Convention, Explanation, Operand};
use crate::formula::{Expr, Infix};
use crate::notation::{Latex, Notation, Text, is_small};
use crate::symbol::Symbol;
use tensor::Tensor;

/// Writes layer `k` in the convention of the explanation.
pub(crate) fn write(e: &Explanation, layers: &[Layer], k: usize) -> DeltaLayer {
    let layer = &layers[k];
    let w = Writer { e, layers, flips: layer.convention != e.convention };
    let delta = w.delta(k);
    let input = w.name(layer.input);
    let mut equations = vec![delta];
    let d = Expr::from(symbol(k));
    let column = e.convention == Convention::Column;
    if let Some(value) = w.adjoint(layer.weight) {
        let right = match column {
            true => d.clone().infix(Infix::Product, input.transpose()),
            false => input.transpose().infix(Infix::Product, d.clone()),
        };
        equations.push(w.equation(w.partial(layer.weight), right, value, &[]));
    }
    if let Some((bias, value)) = layer.bias.and_then(|b| Some((b, w.adjoint(b)?))) {
        let is_batch = e.steps[layer.z].value.rank() > e.steps[bias].value.rank();
        let right = match is_batch {
            true => Expr::call(if column { "sum_columns" } else { "sum_rows" }, [d]),
            false => d,
        };
        equations.push(w.equation(w.partial(bias), right, value, &[]));
    }
    let within_loss = |loss: usize| if is_softmax_loss(&e.steps[loss]) { "softmax" } else { "sigmoid" };
    let own = (layer.a != layer.z).then(|| e.steps[layer.a].operation.clone());
    let activation = layer.fused.map(|loss| within_loss(loss).to_string()).or(own);
    DeltaLayer {
        number: k + 1,
        z: layer.z,
        a: layer.a,
        weight: layer.weight,
        bias: layer.bias,
        activation,
        equations,
        unfused: layer.fused.map_or_else(Vec::new, |loss| w.unfused(k, loss)),
    }
}

fn symbol(k: usize) -> Symbol {
    Symbol::new(format!("δ{}", k + 1))
}

struct Writer<'a> {
    e: &'a Explanation,
    layers: &'a [Layer],
    /// Whether the tape computes in the other convention.
    flips: bool,
}

impl Writer<'_> {
    fn name(&self, at: usize) -> Expr {
        self.e.steps[at].symbol.clone().into()
    }

    fn partial(&self, at: usize) -> Expr {
        Expr::Partial { of: self.e.differentiated.clone(), wrt: self.e.steps[at].symbol.clone() }
    }

    /// Converts a tensor to the convention of the explanation.
    fn shown(&self, x: &Tensor<f64>) -> Tensor<f64> {
        if self.flips && x.rank() == 2 { x.transpose() } else { x.clone() }
    }

    fn adjoint(&self, at: usize) -> Option<Tensor<f64>> {
        self.e.steps[at].adjoint.as_ref().map(|g| self.shown(g))
    }

    /// Writes δ of layer k.
    fn delta(&self, k: usize) -> DeltaEquation {
        let layer = &self.layers[k];
        let value = self.adjoint(layer.z).unwrap_or_else(|| Tensor::scalar(f64::NAN));
        let left = Expr::from(symbol(k));
        if let Some(loss) = layer.fused {
            let (p, t, n) = self.targets(layer, loss);
            let right = Expr::from(Symbol::new("p")).infix(Infix::Minus, Symbol::new("t").into());
            let right = right.infix(Infix::Over, n.into());
            return self.equation(left, right, value, &[("p", self.shown(&p)), ("t", self.shown(&t))]);
        }
        // The adjoint of a: from the next layer through its weights, or from the rest of the computation.
        let arriving = match layer.next {
            Some(next) => {
                let weight = self.name(self.layers[next].weight).transpose();
                let d = Expr::from(symbol(next));
                match self.e.convention {
                    Convention::Column => weight.infix(Infix::Product, d),
                    Convention::Row => d.infix(Infix::Product, weight),
                }
            }
            None => self.partial(layer.a),
        };
        if layer.a == layer.z {
            return self.equation(left, arriving, value, &[]);
        }
        let step = &self.e.steps[layer.a];
        let z = self.name(layer.z);
        if is_softmax(step) {
            // The Jacobian of softmax is not diagonal. A batch has one for each example.
            let p = self.name(layer.a);
            let jacobian = Expr::call("diag", [p.clone()])
                .infix(Infix::Minus, p.clone().infix(Infix::Product, p.clone().transpose()));
            let right = jacobian.infix(Infix::Product, arriving);
            return self.equation(left, right, value, &[]);
        }
        let derivative = Expr::call(format!("{}'", step.operation), [z]);
        let op = if step.value.rank() == 0 { Infix::Times } else { Infix::Hadamard };
        let right = Expr::Infix(op, Box::new(arriving), Box::new(derivative));
        self.equation(left, right, value, &[])
    }

    /// Returns probabilities, targets and divisor of a loss that is computed from z.
    fn targets(&self, layer: &Layer, loss: usize) -> (Tensor<f64>, Tensor<f64>, f64) {
        let (z, loss) = (&self.e.steps[layer.z].value, &self.e.steps[loss]);
        let softmax = is_softmax_loss(loss);
        let p = if softmax { z.softmax(-1) } else { map(z, tensor::Number::sigmoid) };
        let given = loss.operands.get(1).map(|t| match t {
            Operand::Step(at) => self.e.steps[*at].value.broadcast_to(z.shape().clone()),
            Operand::Constant(t) => Tensor::full(z.shape().clone(), *t),
        });
        // The local derivative of the loss is p - t, which gives the targets.
        let weights = loss.edges.iter().find(|edge| edge.to == layer.z).and_then(|edge| edge.factor.values.clone());
        let t = given.or_else(|| Some(zip(&p, &weights?, |p, w| p - w))).unwrap_or_else(|| p.clone());
        // The mean multiplies the adjoint of each example by 1/n.
        let per_example = loss.adjoint.as_ref().and_then(|g| g.to_vec().first().copied()).unwrap_or(1.0);
        (p, map(&t, |t| if t.abs() < 1e-15 { 0.0 } else { t }), 1.0 / per_example)
    }

    /// δ of a fused loss in two steps: the derivative of the loss, then that of the activation.
    fn unfused(&self, k: usize, loss: usize) -> Vec<DeltaEquation> {
        let layer = &self.layers[k];
        let (p, t, n) = self.targets(layer, loss);
        let (name_p, name_t) = (Expr::from(Symbol::new("p")), Expr::from(Symbol::new("t")));
        let softmax = is_softmax_loss(&self.e.steps[loss]);
        let z = self.name(layer.z);
        let left = Expr::Partial { of: self.e.differentiated.clone(), wrt: Symbol::new("p") };
        let activation = if softmax { "softmax" } else { "sigmoid" };
        let probabilities = self.equation(name_p.clone(), Expr::call(activation, [z.clone()]), self.shown(&p), &[]);
        let one = || Expr::Number(1.0);
        let (derivative, g) = if softmax {
            let ratio = name_t.clone().infix(Infix::Over, name_p.clone()).negated();
            (ratio, zip(&t, &p, |t, p| if t == 0.0 { 0.0 } else { -t / p / n }))
        } else {
            let spread = name_p.clone().infix(Infix::Times, one().infix(Infix::Minus, name_p.clone()));
            let ratio = name_p.clone().infix(Infix::Minus, name_t.clone()).infix(Infix::Over, spread);
            (ratio, zip(&p, &t, |p, t| (p - t) / (p * (1.0 - p)) / n))
        };
        let of_loss = self.equation(left.clone(), derivative.infix(Infix::Over, n.into()), self.shown(&g), &[]);
        let (right, delta) = if softmax {
            let outer = name_p.clone().infix(Infix::Product, name_p.clone().transpose());
            let jacobian = Expr::call("diag", [name_p]).infix(Infix::Minus, outer);
            let columns = p.shape().last().copied().unwrap_or(1).max(1);
            let along: Vec<f64> = p
                .to_vec()
                .chunks(columns)
                .zip(g.to_vec().chunks(columns))
                .flat_map(|(p, g)| {
                    let inner: f64 = p.iter().zip(g).map(|(p, g)| p * g).sum();
                    p.iter().zip(g).map(move |(p, g)| p * (g - inner)).collect::<Vec<_>>()
                })
                .collect();
            (jacobian.infix(Infix::Product, left), Tensor::from_vec(p.shape().clone(), along))
        } else {
            let derivative = Expr::call("sigmoid'", [z]);
            let right = Expr::Infix(Infix::Hadamard, Box::new(left), Box::new(derivative));
            (right, zip(&g, &p, |g, p| g * (p * (1.0 - p))))
        };
        let from_loss = self.equation(symbol(k).into(), right, self.shown(&delta), &[]);
        vec![probabilities, of_loss, from_loss]
    }

    fn equation(&self, left: Expr, right: Expr, value: Tensor<f64>, extra: &[(&str, Tensor<f64>)]) -> DeltaEquation {
        let text = self.numbers(&right, &Text, extra);
        let latex = self.numbers(&right, &Latex, extra);
        DeltaEquation { left, right, numbers: text.zip(latex), value }
    }

    /// Writes the formula with values instead of names, if all of them are small.
    fn numbers(&self, formula: &Expr, notation: &dyn Notation, extra: &[(&str, Tensor<f64>)]) -> Option<String> {
        let is_complete = std::cell::Cell::new(true);
        let text = formula.write_with(notation, &|x| {
            let value = match x {
                Expr::Symbol(s) => self.value(s, extra),
                Expr::Partial { wrt, .. } => {
                    self.e.step(wrt.text()).and_then(|s| s.adjoint.as_ref()).map(|g| self.shown(g))
                }
                Expr::Call(name, _) if name.ends_with('\'') => self.derivative(name, formula),
                _ => return None,
            };
            let value = value.filter(is_small);
            is_complete.set(is_complete.get() && value.is_some());
            value.map(|x| notation.tensor(&x, 6))
        });
        is_complete.get().then_some(text)
    }

    /// Returns the value of a name: one of `extra`, δ of a layer, or a step.
    fn value(&self, s: &Symbol, extra: &[(&str, Tensor<f64>)]) -> Option<Tensor<f64>> {
        let extra = extra.iter().find(|(name, _)| *name == s.text()).map(|(_, x)| x.clone());
        let delta = (0..self.layers.len()).find(|&k| symbol(k) == *s).and_then(|k| self.adjoint(self.layers[k].z));
        extra.or(delta).or_else(|| self.e.step(s.text()).map(|step| self.shown(&step.value)))
    }

    /// Returns the derivative of the activation with this name, such as `tanh'`, in a formula.
    fn derivative(&self, name: &str, formula: &Expr) -> Option<Tensor<f64>> {
        let layer = self.layers.iter().find(|l| {
            let step = &self.e.steps[l.a];
            name.strip_suffix('\'') == Some(&step.operation) && formula.has(|x| *x == self.name(l.z))
        })?;
        self.e.steps[layer.a].edges.first()?.factor.values.as_ref().map(|d| self.shown(d))
    }
}

fn map(x: &Tensor<f64>, f: impl Fn(f64) -> f64) -> Tensor<f64> {
    Tensor::from_vec(x.shape().clone(), x.to_vec().into_iter().map(f).collect::<Vec<_>>())
}

fn zip(a: &Tensor<f64>, b: &Tensor<f64>, f: impl Fn(f64, f64) -> f64) -> Tensor<f64> {
    let values: Vec<f64> = a.to_vec().into_iter().zip(b.to_vec()).map(|(a, b)| f(a, b)).collect();
    Tensor::from_vec(a.shape().clone(), values)
}
