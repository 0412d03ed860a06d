//! Names for nodes that the program gave none.
//!
//! The output is L, or y if it is a tensor; variables are x1, x2, ... as numbers and vectors, W1, ... as matrices; constants c1, ...;
//! weighted sums are z1, ..., what comes out of an activation a1, ...; everything else v1, .... Each is numbered in the
//! order of recording, so the same program has the same names every time.

use crate::symbol::Symbol;
use autograd::Scalar;
use autograd::ledger::{Binary, Op, Unary};
use autograd::view::{Node, Operation};
use std::collections::{HashMap, HashSet};

/// The names of nodes that come in the order of recording, each with whether the program gave it.
pub(crate) fn names<'t, T: Scalar>(nodes: &[Node<'t, T>], output: Node<'t, T>) -> Vec<(Symbol, bool)> {
    let given: Vec<Option<String>> = nodes.iter().map(|n| n.name()).collect();
    let mut taken: HashSet<String> = HashSet::new();
    let mut symbols: Vec<Option<Symbol>> = vec![None; nodes.len()];
    for (symbol, name) in symbols.iter_mut().zip(&given) {
        if let Some(name) = name {
            *symbol = Some(Symbol::new(unused(name, &mut taken)));
        }
    }
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let invent = |node: &Node<'t, T>, taken: &mut HashSet<String>, counts: &mut HashMap<&'static str, usize>| {
        if *node == output && matches!(kind(node), "z" | "a" | "v") {
            return unused(if node.is_number() { "L" } else { "y" }, taken);
        }
        let letter = kind(node);
        loop {
            let count = counts.entry(letter).or_insert(0);
            *count += 1;
            let name = format!("{letter}{count}");
            if taken.insert(name.clone()) {
                return name;
            }
        }
    };
    nodes
        .iter()
        .zip(symbols)
        .map(|(node, symbol)| match symbol {
            Some(symbol) => (symbol, true),
            None => (Symbol::new(invent(node, &mut taken, &mut counts)), false),
        })
        .collect()
}

/// The name, with an index if it is taken.
fn unused(name: &str, taken: &mut HashSet<String>) -> String {
    let mut candidate = name.to_string();
    let mut index = 1;
    while !taken.insert(candidate.clone()) {
        index += 1;
        candidate = format!("{name}_{index}");
    }
    candidate
}

fn kind<T: Scalar>(node: &Node<'_, T>) -> &'static str {
    match node.operation() {
        Operation::Variable if node.value().rank() > 1 => "W",
        Operation::Variable => "x",
        Operation::Constant => "c",
        Operation::Unary(op) | Operation::Tensor(Op::Unary(op)) if ACTIVATIONS.contains(&op) => "a",
        Operation::Binary(op) | Operation::Tensor(Op::Binary(op)) => match op {
            Binary::Add | Binary::Sub => "z",
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
