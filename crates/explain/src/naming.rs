//! Generated names for nodes without a name.
//!
//! The output is L, or y if it is a tensor. Variables are x1, x2, ... for scalars and vectors, W1, ... for matrices.
//! Constants are c1, ...; sums, also weighted ones, z1, ...; results of activations a1, ...; all others v1, .... The
//! numbers follow the order of recording, so that the names are the same in each run.

use crate::symbol::Symbol;
use autograd::Scalar;
use autograd::inspect::{Node, Operation};
use autograd::rules::{Binary, Op, Unary};
use std::collections::{HashMap, HashSet};

/// Returns the names of nodes in the order of recording, each with whether the program gave it.
pub(crate) fn names<'t, T: Scalar>(nodes: &[Node<'t, T>], output: Node<'t, T>) -> Vec<(Symbol, bool)> {
    // Names are compared as printed: different names may print alike, or be empty.
    let given = nodes.iter().map(|n| n.name().map(Symbol::new).filter(|name| !name.text().is_empty()));
    let mut taken = Taken::default();
    let symbols: Vec<Option<Symbol>> = given.map(|name| name.map(|name| taken.unused(name))).collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let invent = |node: &Node<'t, T>, taken: &mut Taken, counts: &mut HashMap<&'static str, usize>| {
        if *node == output && matches!(kind(node), "z" | "a" | "v") {
            return taken.unused(Symbol::new(if node.is_scalar() { "L" } else { "y" }));
        }
        let letter = kind(node);
        loop {
            let count = counts.entry(letter).or_insert(0);
            *count += 1;
            let name = Symbol::new(format!("{letter}{count}"));
            if taken.names.insert(name.clone()) {
                return name;
            }
        }
    };
    nodes
        .iter()
        .zip(symbols)
        .map(|(node, symbol)| match symbol {
            Some(symbol) => (symbol, true),
            None => (invent(node, &mut taken, &mut counts), false),
        })
        .collect()
}

/// Returns a name that is not among `names`.
pub(crate) fn beside(names: &[(Symbol, bool)], name: &str) -> Symbol {
    let mut taken = Taken { names: names.iter().map(|(symbol, _)| symbol.clone()).collect(), ..Taken::default() };
    taken.unused(Symbol::new(name))
}

/// The names in use, and the last index added to each.
#[derive(Default)]
struct Taken {
    names: HashSet<Symbol>,
    indices: HashMap<Symbol, usize>,
}

impl Taken {
    /// Returns the name, with an index if it is in use.
    fn unused(&mut self, name: Symbol) -> Symbol {
        if self.names.insert(name.clone()) {
            return name;
        }
        let index = self.indices.entry(name.clone()).or_insert(1);
        loop {
            *index += 1;
            let candidate = name.indexed(*index);
            if self.names.insert(candidate.clone()) {
                return candidate;
            }
        }
    }
}

fn kind<T: Scalar>(node: &Node<'_, T>) -> &'static str {
    match node.operation() {
        Operation::Variable if node.value().rank() > 1 => "W",
        Operation::Variable => "x",
        Operation::Constant => "c",
        Operation::Unary(op) | Operation::Tensor(Op::Unary(op)) if ACTIVATIONS.contains(&op) => "a",
        Operation::Binary(op) | Operation::Tensor(Op::Binary(op)) => match op {
            Binary::Add => "z",
            Binary::LeakyRelu | Binary::Elu => "a",
            _ => "v",
        },
        Operation::Nary(_) | Operation::Tensor(Op::MatMul | Op::Affine | Op::MulAdd) => "z",
        Operation::Tensor(Op::Softmax(_) | Op::LogSoftmax(_)) => "a",
        _ => "v",
    }
}

/// The elementwise functions that count as activations.
pub(crate) const ACTIVATIONS: [Unary; 14] = [
    Unary::Sigmoid,
    Unary::LogSigmoid,
    Unary::Softplus,
    Unary::Relu,
    Unary::Relu6,
    Unary::Selu,
    Unary::Gelu,
    Unary::GeluTanh,
    Unary::Silu,
    Unary::Mish,
    Unary::Softsign,
    Unary::HardTanh,
    Unary::Tanh,
    Unary::Heaviside,
];

#[cfg(test)]
mod tests {
    use super::*;
    use autograd::Tape;

    #[test]
    fn given_and_generated_names() {
        let tape = Tape::new();
        let x = tape.var(1.0_f64);
        let w = tape.var(2.0).named("x1");
        let z = (w * x + 1.0).tanh().named("x1");
        let y = z.exp();
        let nodes: Vec<_> = tape.nodes().collect();
        let names = names(&nodes, tape.node(y.node().unwrap()));
        let texts: Vec<&str> = names.iter().map(|(s, _)| s.text()).collect();
        assert_eq!(texts, ["x2", "x1", "v1", "z1", "x1_2", "L"]);
    }
}
