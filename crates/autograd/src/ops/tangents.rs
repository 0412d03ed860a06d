//! `tangents` and its result, the derivative of every value along one direction.

use crate::core::forward::Tangents;
use crate::core::record::common;
use crate::core::reverse::upstream_of;
use crate::core::tape::Tape;
use crate::core::value::{Scalar, Value};
use crate::core::var::Var;
use crate::fast::nodes::NONE;
use crate::rules::custom::no_forward_mode;
use tensor::Tensor;

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
        no_forward_mode(records[self.tape.slot(at)].op.name());
    }
}
