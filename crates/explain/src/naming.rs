//! Names for nodes that the program gave none.
//!
//! The output is L, or y if it is a tensor; variables are x1, x2, ... as numbers and vectors, W1, ... as matrices;
//! constants c1, ...; sums, with weights or without, are z1, ..., what comes out of an activation a1, ...; everything
//! else v1, .... Each is numbered in the order of recording, so the same program has the same names every time.

use crate::symbol::Symbol;
use autograd::Scalar;
use autograd::inspect::{Node, Operation};
use autograd::rules::{Binary, Op, Unary};
use std::collections::{HashMap, HashSet};

/// The names of nodes that come in the order of recording, each with whether the program gave it.
pub(crate) fn names<'t, T: Scalar>(nodes: &[Node<'t, T>], output: Node<'t, T>) -> Vec<(Symbol, bool)> {
    // as they are printed: two may look alike only then, or be empty
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

/// A name that none of these have, for what is no node.
pub(crate) fn beside(names: &[(Symbol, bool)], name: &str) -> Symbol {
    let mut taken = Taken { names: names.iter().map(|(symbol, _)| symbol.clone()).collect(), ..Taken::default() };
    taken.unused(Symbol::new(name))
}

/// Names that are given out, and the last index that each of them got.
#[derive(Default)]
struct Taken {
    names: HashSet<Symbol>,
    indices: HashMap<Symbol, usize>,
}

impl Taken {
    /// The name, with an index if it is taken.
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

/// The functions of one number that stand between layers.
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
    fn given_and_invented_names() {
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
