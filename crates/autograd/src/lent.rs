//! Parameters on a tape: each is one variable there, however often it is asked for.

use crate::gradients::Adjoints;
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
        let known = self.tape.lent.borrow().node(param);
        if let Some(id) = known
            && self.tape.shows(id, &slot.value, !slot.frozen)
        {
            return Var { tape: Some(self.tape), id, carried: () };
        }
        let value = slot.value.clone();
        let var = if slot.frozen { self.tape.constant(value) } else { self.tape.var(value) };
        self.tape.lent.borrow_mut().insert(param, var.id);
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

/// Which parameters a tape holds, and at which nodes.
#[doc(hidden)]
#[derive(Debug, Default)]
pub(crate) struct Loans {
    stores: Vec<(u32, SecondaryMap<Key, u32>)>,
    /// Nodes of parameters that were lent twice because they changed in between: their gradients belong together.
    again: Vec<(u32, u32)>,
}

impl Loans {
    pub(crate) fn node(&self, param: Param) -> Option<u32> {
        let (_, nodes) = self.stores.iter().find(|(store, _)| *store == param.store)?;
        nodes.get(param.key).copied()
    }

    fn insert(&mut self, param: Param, node: u32) {
        let at = match self.stores.iter().position(|(store, _)| *store == param.store) {
            Some(at) => at,
            None => {
                self.stores.push((param.store, SecondaryMap::new()));
                self.stores.len() - 1
            }
        };
        if let Some(before) = self.stores[at].1.insert(param.key, node) {
            self.again.push((before, node));
        }
    }

    pub(crate) fn clear(&mut self) {
        self.stores.iter_mut().for_each(|(_, nodes)| nodes.clear());
        self.again.clear();
    }

    /// After a sweep: the gradient at an earlier loan of a parameter is added to that of the latest.
    pub(crate) fn merge<T: Scalar>(&self, tape: &Tape<T>, adjoints: &mut Adjoints<T>) {
        for &(before, after) in &self.again {
            let slot = |id: u32| tape.nodes.args(id)[0] as usize;
            if let Some(g) = adjoints.tensors[slot(before)].clone() {
                let later = adjoints.tensors[slot(after)].take();
                adjoints.tensors[slot(after)] = Some(match later {
                    Some(later) => crate::reverse::add(later, g),
                    None => g,
                });
            }
        }
    }
}
