//! The part of a tape between an output and the requested nodes.

use crate::error::ExplainError;
use crate::target::Target;
use autograd::Scalar;
use autograd::inspect::{Node, Operand, Operation};
use tensor::Tensor;

/// The nodes between an output and the requested nodes, and their operands.
pub(crate) struct Subgraph<'t, T: Scalar> {
    /// The nodes, starting at the output.
    pub(crate) nodes: Vec<Node<'t, T>>,
    /// For each node of the tape: its index in `nodes`.
    pub(crate) place: Vec<Option<usize>>,
    /// The indices of the requested nodes.
    pub(crate) wanted: Vec<usize>,
    /// For each node: whether a gradient flows through it to a requested node.
    on_path: Vec<bool>,
}

impl<'t, T: Scalar> Subgraph<'t, T> {
    pub(crate) fn of(output: Node<'t, T>, wanted: Option<&[Target<'_, T>]>) -> Result<Self, ExplainError> {
        let (tape, root) = (output.tape(), output.index());
        let mut reached = vec![false; root + 1];
        reached[root] = true;
        let operands: Vec<Vec<Node<'t, T>>> = {
            let mut all = vec![Vec::new(); root + 1];
            for id in (0..=root).rev().filter(|&id| id == root || tape.node(id).is_tracked()) {
                if reached[id] {
                    all[id] = nodes_of(tape.node(id));
                    for x in &all[id] {
                        reached[x.index()] = true;
                    }
                }
            }
            all
        };
        let is_variable = |id: usize| matches!(tape.node(id).operation(), Operation::Variable);
        let asked: Vec<usize> = match wanted {
            None => (0..=root).filter(|&id| reached[id] && is_variable(id)).collect(),
            Some(targets) => {
                let mut asked = Vec::with_capacity(targets.len());
                for (position, target) in targets.iter().enumerate() {
                    asked.push(find(*target, position, output, &reached)?);
                }
                asked
            }
        };
        let mut leads = vec![false; root + 1];
        asked.iter().for_each(|&id| leads[id] = true);
        for id in 0..=root {
            leads[id] |= operands[id].iter().any(|x| leads[x.index()]);
        }
        let on_path = |id: usize| reached[id] && leads[id];
        let mut shown: Vec<bool> = (0..=root).map(|id| on_path(id) || id == root).collect();
        for id in (0..=root).filter(|&id| on_path(id)) {
            for x in operands[id].iter().filter(|x| !is_literal(x)) {
                shown[x.index()] = true;
            }
        }
        let order: Vec<usize> = (0..=root).rev().filter(|&id| shown[id]).collect();
        let mut place = vec![None; root + 1];
        order.iter().enumerate().for_each(|(at, &id)| place[id] = Some(at));
        Ok(Subgraph {
            nodes: order.iter().map(|&id| tape.node(id)).collect(),
            wanted: asked.iter().filter_map(|&id| place[id]).collect(),
            on_path: order.iter().map(|&id| on_path(id)).collect(),
            place,
        })
    }

    pub(crate) fn is_on_path(&self, at: usize) -> bool {
        self.on_path[at]
    }

    /// Whether a node of the tape takes part in the sweep.
    pub(crate) fn is_followed(&self, node: Node<'t, T>) -> bool {
        self.place[node.index()].is_some_and(|at| self.on_path[at])
    }
}

/// Returns the operands that are nodes.
pub(crate) fn nodes_of<'t, T: Scalar>(node: Node<'t, T>) -> Vec<Node<'t, T>> {
    let nodes = node.operands().into_iter();
    nodes.filter_map(|x| if let Operand::Node(n) = x { Some(n) } else { None }).collect()
}

/// Constant scalars without a name are written where they are used.
fn is_literal<T: Scalar>(node: &Node<'_, T>) -> bool {
    matches!(node.operation(), Operation::Constant) && node.value().rank() == 0 && node.name().is_none()
}

/// Returns the requested node if the output depends on it.
fn find<T: Scalar>(
    target: Target<'_, T>,
    position: usize,
    output: Node<'_, T>,
    reached: &[bool],
) -> Result<usize, ExplainError> {
    let Some(node) = target.node() else {
        return Err(ExplainError::Unconnected { position, name: None });
    };
    if !std::ptr::eq(node.tape(), output.tape()) {
        return Err(ExplainError::OtherTape { position });
    }
    let connected = reached.get(node.index()).copied().unwrap_or(false) && node.is_tracked();
    if connected { Ok(node.index()) } else { Err(ExplainError::Unconnected { position, name: node.name() }) }
}

/// The sum of two adjoints, element by element.
pub(crate) fn add<T: Scalar>(a: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
    let (x, y) = (a.to_vec(), b.to_vec());
    Tensor::build(a.shape().clone(), |out| {
        for ((out, x), y) in out.iter_mut().zip(x).zip(y) {
            *out = x + y;
        }
    })
}
