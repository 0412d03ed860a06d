//! Parameters on a tape: each is one variable there, however often it is asked for.

use crate::params::{Key, Param, Params};
use crate::tape::Tape;
use crate::value::Scalar;
use crate::var::Var;
use slotmap::SecondaryMap;
use tensor::Tensor;

/// Parameters lent to a tape: what a model's `forward` takes.
#[derive(Debug)]
pub struct Lent<'p, 't, T: Scalar = f32> {
    pub(crate) params: &'p Params<T>,
    pub(crate) tape: &'t Tape<T>,
}

impl<T: Scalar> Clone for Lent<'_, '_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Scalar> Copy for Lent<'_, '_, T> {}

impl<'p, 't, T: Scalar> Lent<'p, 't, T> {
    /// The parameter as a variable of the tape: the same one each time, a constant if it is frozen.
    ///
    /// # Panics
    /// If the key is of another store.
    #[track_caller]
    pub fn var(&self, param: Param) -> Var<'t, Tensor<T>> {
        let slot = self.params.slot(param);
        let known = self.tape.lent.borrow().node(self.params, param);
        if let Some(id) = known
            && self.tape.shows(id, &slot.value, !slot.frozen)
        {
            return Var { tape: Some(self.tape), id, carried: () };
        }
        let value = slot.value.clone();
        let var = if slot.frozen { self.tape.constant(value) } else { self.tape.var(value) };
        self.tape.lent.borrow_mut().insert(self.params, param, var.id);
        var
    }

    /// The tape they are lent to.
    pub fn tape(&self) -> &'t Tape<T> {
        self.tape
    }

    /// The store they are lent from.
    pub fn params(&self) -> &'p Params<T> {
        self.params
    }
}

/// The parameters on a tape: for each bound store, the node of each parameter.
#[doc(hidden)]
#[derive(Debug, Default)]
pub(crate) struct Loans {
    /// Stores in the order in which they were bound. Those past `used` are empty, and wait for the next stores.
    stores: Vec<Bound>,
    used: usize,
}

#[derive(Debug, Default)]
struct Bound {
    /// Which keys fit the store: it shares them with its clones.
    keys: u32,
    /// Which of the clones it is.
    clone: u32,
    /// The newest node of each parameter.
    nodes: SecondaryMap<Key, u32>,
    /// Nodes of parameters whose value was changed and that were bound again, with the node that came after them.
    replaced: Vec<(u32, u32)>,
}

impl Loans {
    fn bound<T: Scalar>(&self, params: &Params<T>) -> Option<&Bound> {
        self.stores[..self.used].iter().find(|b| b.clone == params.clone)
    }

    fn node<T: Scalar>(&self, params: &Params<T>, param: Param) -> Option<u32> {
        self.bound(params)?.nodes.get(param.key).copied()
    }

    /// The node at which gradients with respect to a store's parameter are found. A store that is not on the tape stands
    /// for the only clone of it that is.
    ///
    /// # Panics
    /// If several clones are on the tape, and this is none of them.
    #[track_caller]
    pub(crate) fn gradient_node<T: Scalar>(&self, params: &Params<T>, param: Param) -> Option<u32> {
        let Some(bound) = self.bound(params) else {
            let mut clones = self.stores[..self.used].iter().filter(|b| b.keys == params.id);
            let only = clones.next()?;
            assert!(
                clones.next().is_none(),
                "gradient: several clones of this store are on the tape, but not this one; pass the store that was bound"
            );
            return only.nodes.get(param.key).copied();
        };
        bound.nodes.get(param.key).copied()
    }

    fn insert<T: Scalar>(&mut self, params: &Params<T>, param: Param, node: u32) {
        let at = match self.stores[..self.used].iter().position(|b| b.clone == params.clone) {
            Some(at) => at,
            None => {
                if self.used == self.stores.len() {
                    self.stores.push(Bound::default());
                }
                self.used += 1;
                self.used - 1
            }
        };
        let bound = &mut self.stores[at];
        (bound.keys, bound.clone) = (params.id, params.clone);
        if let Some(before) = bound.nodes.insert(param.key, node) {
            bound.replaced.push((before, node));
        }
    }

    pub(crate) fn clear(&mut self) {
        for bound in &mut self.stores[..self.used] {
            bound.nodes.clear();
            bound.replaced.clear();
        }
        self.used = 0;
    }

    /// The gradients of parameters that have several nodes because they were changed and bound again: the sum over these
    /// nodes, by the newest of them.
    pub(crate) fn sums<T: Scalar>(&self, tape: &Tape<T>, tensors: &[Option<Tensor<T>>]) -> Vec<(u32, Tensor<T>)> {
        let at = |id: u32| tensors[tape.nodes.args(id)[0] as usize].clone();
        let mut sums: Vec<(u32, Tensor<T>)> = Vec::new();
        for &(before, after) in self.stores[..self.used].iter().flat_map(|b| &b.replaced) {
            if tape.shape(before) != tape.shape(after) {
                continue; // a parameter of another shape, under the same key
            }
            let earlier = match sums.iter().position(|(id, _)| *id == before) {
                Some(k) => Some(sums.swap_remove(k).1),
                None => at(before),
            };
            let sum = match (earlier, at(after)) {
                (Some(a), Some(b)) => Some(crate::reverse::add(a, b)),
                (a, b) => a.or(b),
            };
            sums.extend(sum.map(|sum| (after, sum)));
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use crate::{ParamGradients, Params, Tape};
    use tensor::tensor;

    /// A target network, a teacher and L2-SP all have a store and its clone on one tape.
    #[test]
    fn clones_on_one_tape_are_parameters_of_their_own() {
        let mut a = Params::new();
        let w = a.add("w", tensor![1.0]);
        let mut b = a.clone();
        b.set(w, tensor![10.0]);
        let tape = Tape::new();
        let (x, y) = (a.on(&tape).var(w), b.on(&tape).var(w));
        assert_eq!(a.on(&tape).var(w).node(), x.node());

        let g = (x * y).sum().backward();
        assert_eq!((g.wrt(x), g.wrt(y)), (tensor![10.0], tensor![1.0]));
        assert_eq!((g.gradient(&a, w), g.gradient(&b, w)), (Some(&tensor![10.0]), Some(&tensor![1.0])));

        let g = (x - y).square().sum().backward();
        assert_eq!((g.gradient(&a, w), g.gradient(&b, w)), (Some(&tensor![-18.0]), Some(&tensor![18.0])));
    }

    /// As long as only one clone is on the tape, its gradients serve them all: a snapshot may take the store's place.
    #[test]
    fn the_only_clone_on_a_tape_speaks_for_all() {
        let mut a = Params::new();
        let w = a.add("w", tensor![3.0]);
        let tape = Tape::new();
        let g = a.on(&tape).var(w).square().sum().backward();
        assert_eq!(g.gradient(&a.clone(), w), Some(&tensor![6.0]));
    }

    #[test]
    #[should_panic(expected = "several clones of this store are on the tape, but not this one")]
    fn which_of_two_clones() {
        let mut a = Params::new();
        let w = a.add("w", tensor![3.0]);
        let b = a.clone();
        let tape = Tape::new();
        let g = (a.on(&tape).var(w) * b.on(&tape).var(w)).sum().backward();
        g.gradient(&a.clone(), w);
    }

    /// By node, each binding has its own gradient; by key, the parameter has their sum.
    #[test]
    fn a_parameter_that_is_changed_between_two_bindings() {
        let mut a = Params::<f64>::new();
        let w = a.add("w", tensor![1.0]);
        let tape = Tape::new();
        let x = a.on(&tape).var(w);
        a.set(w, tensor![4.0]);
        let y = a.on(&tape).var(w);
        a.set(w, tensor![5.0]);
        let z = a.on(&tape).var(w);
        let loss = (x * 2.0 + y * 3.0 + z * z).sum();
        let g = loss.backward();
        assert_eq!([g.wrt(x), g.wrt(y), g.wrt(z)], [tensor![2.0], tensor![3.0], tensor![10.0]]);
        assert_eq!([loss.grad(x), loss.grad(y)].map(|g| g.value()), [tensor![2.0], tensor![3.0]]);
        assert_eq!(g.gradient(&a, w), Some(&tensor![15.0]));
    }

    /// A clone per step, as in MAML, does not make the tape grow.
    #[test]
    fn a_reset_tape_forgets_its_stores() {
        let mut a = Params::new();
        let w = a.add("w", tensor![1.0]);
        let mut tape = Tape::new();
        for _ in 0..100 {
            let _ = (a.on(&tape).var(w), a.clone().on(&tape).var(w));
            tape.reset();
        }
        assert_eq!(tape.lent.borrow().stores.len(), 2);
    }
}
