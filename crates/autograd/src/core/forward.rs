//! The forward sweep: from the first node to the last, each node computes its tangent from those of its operands, by the
//! same rules as the reverse sweep.

use crate::core::tape::Tape;
use crate::core::value::Scalar;
use crate::rules;
use crate::rules::array::{Array, weigh};
use smallvec::SmallVec;
use tensor::Tensor;

/// Tangents by node: the derivative of every value along one direction of the variables.
///
/// ```
/// use autograd::Tape;
/// let tape = Tape::new();
/// let (x, y) = (tape.var(2.0_f64), tape.var(5.0));
/// let f = x * x * y;
/// let t = tape.tangents(|t| t.set(x, 1.0));
/// assert_eq!(t.of(f), 20.0);
/// ```
#[derive(Debug)]
pub struct Tangents<'t, T: Scalar> {
    pub(crate) tape: &'t Tape<T>,
    /// `None` where a value does not depend on what was moved.
    pub(crate) scalars: Vec<Option<T>>,
    pub(crate) tensors: Vec<Option<Tensor<T>>>,
    /// Custom operations without a `jvp` whose operands move: their tangents are unknown.
    pub(crate) unknown: Vec<u32>,
}

impl<T: Scalar> Tangents<'_, T> {
    /// Makes room for everything on the tape.
    pub(crate) fn grow(&mut self) {
        self.scalars.resize(self.tape.len(), None);
        self.tensors.resize(self.tape.records.borrow().len(), None);
    }

    pub(crate) fn put(&mut self, id: u32, tangent: Tensor<T>) {
        if self.tape.is_scalar(id) {
            self.scalars[id as usize] = Some(tangent.item());
        } else {
            self.tensors[self.tape.slot(id)] = Some(tangent);
        }
    }

    pub(crate) fn get(&self, id: u32) -> Option<Tensor<T>> {
        if self.tape.is_scalar(id) {
            self.scalars.get(id as usize)?.map(Tensor::scalar)
        } else {
            self.tensors.get(self.tape.slot(id))?.clone()
        }
    }

    pub(crate) fn sweep(&mut self) {
        for id in 0..self.scalars.len() as u32 {
            if self.tape.has_record(id) {
                self.record(id);
            } else {
                self.scalars[id as usize] = self.scalar(id).or(self.scalars[id as usize]);
            }
        }
    }

    /// The tangent of a scalar operation: its partial derivatives times the tangents of its operands.
    fn scalar(&self, id: u32) -> Option<T> {
        let tangent = |id: u32| self.scalars[id as usize];
        let mut sum = None;
        self.tape.partials(
            id,
            |id| self.tape.nodes.value(id),
            |operand| tangent(operand).is_some(),
            |_, operand, d| {
                if let Some(dx) = tangent(operand) {
                    let term = weigh(self.tape.product.absent(), dx, d);
                    sum = Some(sum.map_or(term, |sum| sum + term));
                }
            },
        );
        sum
    }

    /// Computes the tangent of a tensor operation.
    fn record(&mut self, id: u32) {
        let tape = self.tape;
        tape.read_tensor(id, |node| {
            let tangents: SmallVec<[Option<Tensor<T>>; 3]> = node.operands.iter().map(|&o| self.get(o)).collect();
            if tangents.iter().all(Option::is_none) {
                return;
            }
            let dxs: SmallVec<[Option<&Tensor<T>>; 3]> = tangents.iter().map(Option::as_ref).collect();
            match rules::jvp(tape.product, node.op, node.xs, &dxs, node.y) {
                Some(dy) => self.put(id, Array::reshape(&dy, node.y.shape())),
                None => self.unknown.push(id),
            }
        });
    }
}
