//! Parameters bound to a tape, where each is one variable, however often it is used, or is replaced by a computed one.

use super::store::Slot;
use super::{Param, Params};
use crate::core::bindings::MapId;
use crate::core::record::common;
use crate::core::tape::Tape;
use crate::core::value::Scalar;
use crate::core::var::{TensorVar, Var};

/// The parameters of a store, bound to a tape. A model's forward pass reads its parameters from it as variables.
#[derive(Debug)]
pub struct BoundParams<'p, 't, T: Scalar = f32> {
    pub(crate) params: &'p Params<T>,
    pub(crate) tape: &'t Tape<T>,
    /// Which parameters are replaced by computed variables; `None` if none is.
    pub(crate) map: Option<MapId>,
}

impl<T: Scalar> Clone for BoundParams<'_, '_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Scalar> Copy for BoundParams<'_, '_, T> {}

impl<'p, 't, T: Scalar> BoundParams<'p, 't, T> {
    /// Returns the parameter as a variable on the tape, the same variable for each call; a constant if it is frozen.
    /// Returns what [`map`](BoundParams::map) or [`replace`](BoundParams::replace) put in its place, if anything.
    ///
    /// # Panics
    /// If the key belongs to another store, or the parameter was removed.
    #[track_caller]
    pub fn var(&self, param: Param) -> TensorVar<'t, T> {
        let slot = self.params.slot(param);
        let (store, key) = (self.params.store, param.key);
        if let Some(replacement) = self.replacement(param) {
            return replacement;
        }
        let known = self.tape.bindings.borrow().node(store, key);
        if let Some(id) = known
            && self.is_current(id, slot)
        {
            return Var { tape: Some(self.tape), id, carried: () };
        }
        let value = slot.value.clone();
        let var = if slot.frozen { self.tape.constant(value) } else { self.tape.var(value) };
        self.tape.bindings.borrow_mut().insert(store, key, var.id);
        var
    }

    /// Returns bound parameters with a computed variable in place of each parameter, so that any model runs on computed
    /// weights: after an inner step (MAML), from another network (hypernetworks), drawn from a distribution (Bayesian
    /// networks), or normalized. `f` receives the key and the variable of each parameter, and returns what replaces it.
    ///
    /// The replacements are ordinary variables: gradients flow through them to the original parameters, and the store is not
    /// changed. To write values back with [`Params::set`] instead would cut the gradient, because the tape knows nothing of
    /// where they came from.
    ///
    /// ```
    /// use autograd::{ParamGradients, Params, Tape};
    /// use tensor::tensor;
    /// let mut params = Params::new();
    /// let w = params.add("w", tensor![2.0]);
    /// let tape = Tape::new();
    /// let net = params.bind(&tape);
    ///
    /// let loss = net.var(w).square().sum(); // w²
    /// let g = loss.grads(&net);
    /// let fast = net.map(|key, w| w - g.get(key) * 0.1); // one inner step: 0.8 w
    /// let after = fast.var(w).square().sum(); // 0.64 w²
    /// assert_eq!(after.backward().gradient(&params, w), Some(&tensor![1.28 * 2.0]));
    /// ```
    ///
    /// # Panics
    /// If a replacement has another shape than its parameter, or is on another tape.
    #[track_caller]
    pub fn map(&self, mut f: impl FnMut(Param, TensorVar<'t, T>) -> TensorVar<'t, T>) -> Self {
        let mut replacements = Vec::with_capacity(self.params.len());
        for param in self.params.keys() {
            let replacement = f(param, self.var(param));
            self.require_fit("map", param, replacement);
            replacements.push((param, replacement));
        }
        self.mapped(&replacements)
    }

    /// Returns bound parameters with a computed variable in place of one parameter; the others stay as they are here. See
    /// [`map`](BoundParams::map).
    ///
    /// # Panics
    /// If the variable has another shape than the parameter, or is on another tape; or if the key belongs to another store.
    #[track_caller]
    pub fn replace(&self, param: Param, with: TensorVar<'t, T>) -> Self {
        self.require_fit("replace", param, with);
        self.mapped(&[(param, with)])
    }

    #[track_caller]
    fn require_fit(&self, method: &str, param: Param, replacement: TensorVar<'t, T>) {
        common(Some(self.tape), replacement.tape, method);
        let (expected, found) = (self.params.get(param).shape(), replacement.shape());
        if *expected != found {
            panic!(
                "{method}: expected a variable of shape {expected} in place of parameter `{}`, got shape {found}; reshape or \
                 broadcast it first",
                self.params.name(param)
            );
        }
    }

    /// Whether a node still holds what the store holds, as a variable or, if frozen, as a constant.
    fn is_current(&self, id: u32, slot: &Slot<T>) -> bool {
        let tape = self.tape;
        tape.is_tracked(id) != slot.frozen && tape.records.borrow()[tape.slot(id)].value.same(&slot.value)
    }

    /// A store of the current values, those of replacements included.
    pub(crate) fn values(&self) -> Params<T> {
        let mut values = self.params.clone();
        for param in self.params.keys() {
            if let Some(replacement) = self.replacement(param) {
                values.set(param, replacement.value());
            }
        }
        values
    }

    /// What stands in place of a parameter.
    fn replacement(&self, param: Param) -> Option<TensorVar<'t, T>> {
        let id = self.tape.bindings.borrow().mapped(self.map?, param.key)?;
        Some(Var { tape: Some(self.tape), id, carried: () })
    }

    /// These parameters, with variables in place of some.
    pub(crate) fn mapped(&self, replacements: &[(Param, TensorVar<'t, T>)]) -> Self {
        let nodes = replacements.iter().map(|(param, var)| (param.key, var.id));
        BoundParams { map: Some(self.tape.bindings.borrow_mut().add_map(self.map, nodes)), ..*self }
    }

    /// The tape that the parameters are bound to.
    pub fn tape(&self) -> &'t Tape<T> {
        self.tape
    }

    /// The store of the parameters.
    pub fn params(&self) -> &'p Params<T> {
        self.params
    }
}

#[cfg(test)]
mod tests {
    use crate::{ParamGradients, Params, Tape};
    use tensor::tensor;

    /// Target networks, distillation and L2-SP put a store and its clone on one tape.
    #[test]
    fn clones_on_one_tape_are_separate_parameters() {
        let mut a = Params::new();
        let w = a.add("w", tensor![1.0]);
        let mut b = a.clone();
        b.set(w, tensor![10.0]);
        let tape = Tape::new();
        let (x, y) = (a.bind(&tape).var(w), b.bind(&tape).var(w));
        assert_eq!(a.bind(&tape).var(w).node(), x.node());

        let g = (x * y).sum().backward();
        assert_eq!((g.wrt(x), g.wrt(y)), (tensor![10.0], tensor![1.0]));
        assert_eq!((g.gradient(&a, w), g.gradient(&b, w)), (Some(&tensor![10.0]), Some(&tensor![1.0])));

        let g = (x - y).square().sum().backward();
        assert_eq!((g.gradient(&a, w), g.gradient(&b, w)), (Some(&tensor![-18.0]), Some(&tensor![18.0])));
    }

    /// While only one clone is on the tape, the other clones read its gradients: a snapshot may replace the store.
    #[test]
    fn the_gradients_of_the_only_clone_on_a_tape_are_read_by_all_clones() {
        let mut a = Params::new();
        let w = a.add("w", tensor![3.0]);
        let tape = Tape::new();
        let g = a.bind(&tape).var(w).square().sum().backward();
        assert_eq!(g.gradient(&a.clone(), w), Some(&tensor![6.0]));
    }

    #[test]
    #[should_panic(expected = "several clones of this store are on the tape, but not this one")]
    fn a_third_clone_cannot_read_the_gradients_of_two_clones_on_the_tape() {
        let mut a = Params::new();
        let w = a.add("w", tensor![3.0]);
        let b = a.clone();
        let tape = Tape::new();
        let g = (a.bind(&tape).var(w) * b.bind(&tape).var(w)).sum().backward();
        g.gradient(&a.clone(), w);
    }

    /// The gradient by node is that of one binding; the gradient by key is the sum over all bindings.
    #[test]
    fn a_parameter_changed_between_two_bindings() {
        let mut a = Params::<f64>::new();
        let w = a.add("w", tensor![1.0]);
        let tape = Tape::new();
        let x = a.bind(&tape).var(w);
        a.set(w, tensor![4.0]);
        let y = a.bind(&tape).var(w);
        a.set(w, tensor![5.0]);
        let z = a.bind(&tape).var(w);
        let loss = (x * 2.0 + y * 3.0 + z * z).sum();
        let g = loss.backward();
        assert_eq!([g.wrt(x), g.wrt(y), g.wrt(z)], [tensor![2.0], tensor![3.0], tensor![10.0]]);
        assert_eq!([loss.grad(x), loss.grad(y)].map(|g| g.value()), [tensor![2.0], tensor![3.0]]);
        assert_eq!(g.gradient(&a, w), Some(&tensor![15.0]));
    }

    /// Binding a new clone in each step, as in MAML, does not make the tape grow.
    #[test]
    fn a_reset_tape_forgets_its_stores() {
        let mut a = Params::new();
        let w = a.add("w", tensor![1.0]);
        let mut tape = Tape::new();
        for _ in 0..100 {
            let _ = (a.bind(&tape).var(w), a.clone().bind(&tape).var(w));
            tape.reset();
        }
        assert_eq!(tape.bindings.borrow().capacity(), 2);
    }
}
