//! The forward sweep: from the first node to the last, each node computes its tangent from those of its operands, by the
//! same rules as the reverse sweep.

use crate::core::record::common;
use crate::core::reverse::upstream_of;
use crate::core::tape::Tape;
use crate::core::value::{Scalar, Value};
use crate::core::var::Var;
use crate::fast::code;
use crate::fast::nodes::NONE;
use crate::rules;
use crate::rules::array::Product;
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
    tape: &'t Tape<T>,
    /// `None` where a value does not depend on what was moved.
    scalars: Vec<Option<T>>,
    tensors: Vec<Option<Tensor<T>>>,
    /// Custom operations without a `jvp` whose operands move: their tangents are unknown.
    unknown: Vec<u32>,
}

impl<T: Scalar> Tape<T> {
    /// Sets tangents of variables by `seed` and pushes them forward through everything on the tape.
    pub fn tangents<'t>(&'t self, seed: impl FnOnce(&mut Tangents<'t, T>)) -> Tangents<'t, T> {
        let mut t = Tangents { tape: self, scalars: Vec::new(), tensors: Vec::new(), unknown: Vec::new() };
        t.grow();
        seed(&mut t);
        t.grow(); // the seed may have recorded
        T::forward(&mut t);
        t
    }
}

impl<'t, T: Scalar> Tangents<'t, T> {
    /// Sets the tangent of a variable, or of any other node, which is then treated as a variable.
    ///
    /// # Panics
    /// If `x` is on another tape, or the tangent's shape is not that of `x`.
    #[track_caller]
    pub fn set<V: Value<Elem = T>>(&mut self, x: Var<'t, V>, tangent: V) {
        common(Some(self.tape), x.tape, "tangents");
        let (shape, tangent) = (x.shape(), tangent.to_tensor());
        if *tangent.shape() != shape {
            panic!("tangents: expected a tangent of the variable's shape {shape}, got {}", tangent.shape());
        }
        if x.id != NONE {
            self.grow();
            self.put(x.id, tangent);
        }
    }

    /// The tangent of a value; zeros where it does not depend on what was moved.
    ///
    /// # Panics
    /// If `y` is on another tape, was recorded after the sweep, or depends on a moved operand of a custom operation that
    /// has no rule for forward mode.
    #[track_caller]
    pub fn of<V: Value<Elem = T>>(&self, y: Var<'t, V>) -> V {
        common(Some(self.tape), y.tape, "tangents");
        if y.is_constant() {
            return V::from_tensor(Tensor::zeros(y.shape()));
        }
        V::from_tensor(self.at(y.id))
    }

    /// The tangent of a node.
    #[track_caller]
    pub(crate) fn at(&self, id: u32) -> Tensor<T> {
        if id as usize >= self.scalars.len() {
            panic!("tangents: this value was recorded after the sweep; record it before the call of `tangents`");
        }
        self.require_known(id);
        self.get(id).unwrap_or_else(|| Tensor::zeros(self.tape.shape(id)))
    }

    #[track_caller]
    fn require_known(&self, id: u32) {
        if self.unknown.is_empty() {
            return;
        }
        let upstream = upstream_of(self.tape, &[id], 0);
        let Some(&at) = self.unknown.iter().find(|&&node| upstream.get(node as usize) == Some(&true)) else { return };
        let records = self.tape.records.borrow();
        let op = records[self.tape.slot(at)].op.name();
        panic!("`{op}` has no rule for forward mode; give it `jvp`, or use reverse mode");
    }

    /// Makes room for everything on the tape.
    fn grow(&mut self) {
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

    fn get(&self, id: u32) -> Option<Tensor<T>> {
        if self.tape.is_scalar(id) {
            self.scalars.get(id as usize)?.map(Tensor::scalar)
        } else {
            self.tensors.get(self.tape.slot(id))?.clone()
        }
    }

    pub(crate) fn sweep(&mut self) {
        let product = self.tape.product();
        for id in 0..self.scalars.len() as u32 {
            match self.tape.nodes.code(id) {
                code::TENSOR | code::RECORD => self.record(product, id),
                _ => {
                    if let Some(t) = self.scalar(product, id) {
                        self.scalars[id as usize] = Some(t);
                    }
                }
            }
        }
    }

    /// The tangent of a scalar operation: its partial derivatives times the tangents of its operands.
    fn scalar(&self, product: Product, id: u32) -> Option<T> {
        let weigh = |dx: T, d: T| if product.strict { dx * d } else { dx.absent_mul(d) };
        let tangent = |id: u32| self.scalars[id as usize];
        let mut sum = None;
        let add = |_, operand, d| {
            let term = tangent(operand).map(|dx| weigh(dx, d));
            sum = match (sum, term) {
                (Some(x), Some(y)) => Some(x + y),
                (x, y) => x.or(y),
            };
        };
        let (tape, moves) = (self.tape, |id: u32| tangent(id).is_some());
        tape.read(id, |node| node.partials(tape.nodes.value(id), |x| tape.scalar(x), moves, add));
        sum
    }

    /// Computes the tangent of a tensor operation.
    fn record(&mut self, product: Product, id: u32) {
        let tape = self.tape;
        tape.read_tensor(id, |node| {
            let tangents: SmallVec<[Option<Tensor<T>>; 3]> = node.operands.iter().map(|&o| self.get(o)).collect();
            if tangents.iter().all(Option::is_none) {
                return;
            }
            let dxs: SmallVec<[Option<&Tensor<T>>; 3]> = tangents.iter().map(Option::as_ref).collect();
            match rules::jvp(product, node.op, node.xs, &dxs, node.y) {
                Some(dy) if dy.shape() == node.y.shape() => self.put(id, dy),
                Some(dy) => self.put(id, dy.reshape(node.y.shape())),
                None => self.unknown.push(id),
            }
        });
    }
}
