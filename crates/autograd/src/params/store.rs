//! Parameters are data: a store of named tensors, and keys to them.
//!
//! A layer holds [`Param`]s, which are keys; the values live in a [`Params`] store, beside which gradients and optimizer
//! state are kept by the same keys. Sharing a weight is sharing a key, freezing is a flag, averaging is adding two stores.

use super::BoundParams;
use crate::core::bindings::{Key, Store};
use crate::core::tape::Tape;
use crate::core::value::Scalar;
use slotmap::SlotMap;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use tensor::Tensor;

/// The key of one parameter in the store that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Param {
    pub(crate) key: Key,
    /// Which store made it: a slot map would accept a key of another map.
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
/// Cloning makes a store with the same keys, which shares its values until one of them is written: for averaging, for
/// going back to the best epoch, or for a target network. A store and its clones may be on one tape; each has its own
/// variables and gradients there. Threads may share a `&Params`.
///
/// ```
/// use autograd::{Params, Tape};
/// use tensor::tensor;
/// let mut params = Params::new();
/// let w = params.add("w", tensor![2.0, 3.0]);
///
/// let tape = Tape::new();
/// let net = params.bind(&tape);                 // lends the parameters to this tape
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

/// Another number for each store and each clone. It only tells them apart, and carries no state.
fn next_id() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl<T: Scalar> Params<T> {
    /// An empty store.
    pub fn new() -> Self {
        let id = next_id();
        Params { store: Store { keys: id, clone: id }, slots: SlotMap::with_key(), order: Vec::new() }
    }

    /// Adds a parameter and returns its key.
    ///
    /// # Panics
    /// If the name is taken: parameters are saved and loaded by name.
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
    /// If the key is of another store, or was removed before.
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

    /// Whether there are no parameters.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The number of elements of all parameters together.
    pub fn size(&self) -> usize {
        self.iter().map(|(_, value)| value.size()).sum()
    }

    /// The value of a parameter.
    ///
    /// # Panics
    /// If the key is of another store, or was removed. So do all methods that take a key.
    #[track_caller]
    pub fn get(&self, param: Param) -> &Tensor<T> {
        &self.slot(param).value
    }

    /// The value of a parameter, for writing.
    #[track_caller]
    pub fn get_mut(&mut self, param: Param) -> &mut Tensor<T> {
        &mut self.slot_mut(param).value
    }

    /// Replaces the value of a parameter.
    ///
    /// # Panics
    /// If the shape differs.
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

    /// The parameter of this name.
    pub fn find(&self, name: &str) -> Option<Param> {
        self.keys().find(|&p| self.slots[p.key].name == name)
    }

    /// Freezes a parameter: it is bound as a constant, so it gets no gradient and no update.
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

    /// Whether the key belongs to this store.
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

    /// The key at a position of the order, for loops that write.
    pub fn key_at(&self, index: usize) -> Option<Param> {
        self.order.get(index).map(|&key| Param { key, store: self.store.keys })
    }

    /// Binds the parameters to a tape: each becomes a variable there when it is first used.
    pub fn bind<'p, 't>(&'p self, tape: &'t Tape<T>) -> BoundParams<'p, 't, T> {
        BoundParams { params: self, tape }
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
