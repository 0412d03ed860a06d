//! The parameter store: named tensors, and keys to them.
//!
//! A layer holds [`Param`] keys; the values are in a [`Params`] store. Gradients and optimizer state use the same
//! keys. Two layers share a weight by holding the same key, and a parameter is frozen by a flag.

use super::BoundParams;
use crate::core::bindings::{Key, Store};
use crate::core::tape::Tape;
use crate::core::value::Scalar;
use slotmap::SlotMap;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use tensor::Tensor;

/// The key of a parameter in its store and in the clones of that store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Param {
    pub(crate) key: Key,
    /// The store that created the key, since a slot map would accept a key of another map.
    pub(crate) store: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct Slot<T: Scalar> {
    name: String,
    pub(crate) value: Tensor<T>,
    pub(crate) frozen: bool,
}

/// A store of named parameters, in the order in which they were added.
///
/// A clone has the same keys and shares each value until it is written (copy on write). Clones serve as snapshots of
/// the best epoch, as averages, or as target networks. A store and its clones may be bound to one tape; each has
/// separate variables and gradients there. `&Params` can be shared between threads.
///
/// ```
/// use autograd::{Params, Tape};
/// use tensor::tensor;
/// let mut params = Params::new();
/// let w = params.add("w", tensor![2.0, 3.0]);
///
/// let tape = Tape::new();
/// let net = params.bind(&tape);
/// let loss = net.var(w).square().sum();
/// let grads = loss.backward();
/// use autograd::ParamGradients;
/// assert_eq!(grads.gradient(&params, w), Some(&tensor![4.0, 6.0]));
/// ```
pub struct Params<T: Scalar = f32> {
    pub(crate) store: Store,
    slots: SlotMap<Key, Slot<T>>,
    order: Vec<Key>,
}

impl<T: Scalar> Default for Params<T> {
    fn default() -> Self {
        Params::new()
    }
}

impl<T: Scalar> Clone for Params<T> {
    fn clone(&self) -> Self {
        Params { store: Store { clone: next_id(), ..self.store }, slots: self.slots.clone(), order: self.order.clone() }
    }
}

/// Returns a new id for a store or a clone. Ids serve to tell stores apart and nothing else.
fn next_id() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl<T: Scalar> Params<T> {
    /// Creates an empty store.
    pub fn new() -> Self {
        let id = next_id();
        Params { store: Store { keys: id, clone: id }, slots: SlotMap::with_key(), order: Vec::new() }
    }

    /// Adds a parameter and returns its key.
    ///
    /// # Panics
    /// If the store has a parameter of this name. Names must be unique, since parameters are saved and loaded by name.
    #[track_caller]
    pub fn add(&mut self, name: impl Into<String>, value: Tensor<T>) -> Param {
        let name = name.into();
        assert!(self.find(&name).is_none(), "add: a parameter named `{name}` exists already; names must be unique");
        let key = self.slots.insert(Slot { name, value, frozen: false });
        self.order.push(key);
        Param { key, store: self.store.keys }
    }

    /// Removes a parameter and returns its value.
    ///
    /// # Panics
    /// If the key belongs to another store, or the parameter was removed before.
    #[track_caller]
    pub fn remove(&mut self, param: Param) -> Tensor<T> {
        self.slot(param);
        self.order.retain(|&k| k != param.key);
        match self.slots.remove(param.key) {
            Some(slot) => slot.value,
            None => unreachable!("looked up above"),
        }
    }

    /// The number of parameters.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether the store has no parameters.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The total number of elements of all parameters.
    pub fn size(&self) -> usize {
        self.iter().map(|(_, value)| value.size()).sum()
    }

    /// The value of a parameter.
    ///
    /// # Panics
    /// If the key belongs to another store, or the parameter was removed, as for all methods that take a key.
    #[track_caller]
    pub fn get(&self, param: Param) -> &Tensor<T> {
        &self.slot(param).value
    }

    /// The value of a parameter, mutably.
    #[track_caller]
    pub fn get_mut(&mut self, param: Param) -> &mut Tensor<T> {
        &mut self.slot_mut(param).value
    }

    /// Replaces the value of a parameter.
    ///
    /// A value that was computed on a tape loses its history here: no gradient flows through a weight that was written back.
    /// For weights that are differentiated, see [`BoundParams::map`].
    ///
    /// # Panics
    /// If the shape of the new value differs from that of the old one.
    #[track_caller]
    pub fn set(&mut self, param: Param, value: Tensor<T>) {
        let slot = self.slot_mut(param);
        if slot.value.shape() != value.shape() {
            panic!(
                "set: expected a value of the shape of parameter `{}`, {}, got {}",
                slot.name,
                slot.value.shape(),
                value.shape()
            );
        }
        slot.value = value;
    }

    /// The name of a parameter.
    #[track_caller]
    pub fn name(&self, param: Param) -> &str {
        &self.slot(param).name
    }

    /// Returns the parameter of this name; `None` if there is none.
    pub fn find(&self, name: &str) -> Option<Param> {
        self.keys().find(|&p| self.slots[p.key].name == name)
    }

    /// Freezes a parameter: it is bound as a constant and gets no gradients and no updates.
    #[track_caller]
    pub fn freeze(&mut self, param: Param) {
        self.slot_mut(param).frozen = true;
    }

    /// Makes a frozen parameter trainable again.
    #[track_caller]
    pub fn unfreeze(&mut self, param: Param) {
        self.slot_mut(param).frozen = false;
    }

    /// Whether a parameter is frozen.
    #[track_caller]
    pub fn is_frozen(&self, param: Param) -> bool {
        self.slot(param).frozen
    }

    /// Whether the store has a parameter of this key.
    pub fn contains(&self, param: Param) -> bool {
        param.store == self.store.keys && self.slots.contains_key(param.key)
    }

    /// All keys, in the order in which they were added.
    pub fn keys(&self) -> impl Iterator<Item = Param> + '_ {
        self.order.iter().map(|&key| Param { key, store: self.store.keys })
    }

    /// All keys with their values, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (Param, &Tensor<T>)> {
        self.keys().map(|p| (p, &self.slots[p.key].value))
    }

    /// The key of the parameter at an index of the order, for loops that modify the store; `None` if out of range.
    pub fn key_at(&self, index: usize) -> Option<Param> {
        self.order.get(index).map(|&key| Param { key, store: self.store.keys })
    }

    /// Binds the parameters to a tape. Each becomes a variable there when it is first used.
    pub fn bind<'p, 't>(&'p self, tape: &'t Tape<T>) -> BoundParams<'p, 't, T> {
        BoundParams { params: self, tape, map: None }
    }

    #[track_caller]
    pub(crate) fn slot(&self, param: Param) -> &Slot<T> {
        match self.slots.get(param.key) {
            Some(slot) if param.store == self.store.keys => slot,
            _ => self.unknown(param),
        }
    }

    #[track_caller]
    fn slot_mut(&mut self, param: Param) -> &mut Slot<T> {
        if !self.contains(param) {
            self.unknown(param);
        }
        &mut self.slots[param.key]
    }

    #[cold]
    #[track_caller]
    fn unknown(&self, param: Param) -> ! {
        if param.store != self.store.keys {
            panic!(
                "this key belongs to another store; a layer's keys work with the `Params` it was built in (or a clone)"
            );
        }
        panic!("the parameter of this key was removed from the store");
    }
}

impl<T: Scalar> fmt::Debug for Params<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.keys().map(|p| (self.name(p), self.get(p).shape()))).finish()
    }
}
