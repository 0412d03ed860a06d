//! Parameters on a tape: which node stands for which parameter of which store.

use crate::core::reverse;
use crate::core::tape::Tape;
use crate::core::value::Scalar;
use slotmap::SecondaryMap;
use tensor::Tensor;

slotmap::new_key_type! {
    /// A position in any store of parameters.
    pub(crate) struct Key;
}

/// What tells stores of parameters apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Store {
    /// Which keys fit: a store shares them with its clones.
    pub(crate) keys: u32,
    /// Which of the clones it is.
    pub(crate) clone: u32,
}

/// The parameters on a tape: for each bound store, the node of each parameter.
#[derive(Debug, Default)]
pub(crate) struct Bindings {
    /// Stores in the order in which they were bound. Those past `used` are empty, and wait for the next stores.
    stores: Vec<Bound>,
    used: usize,
    /// For each map of bound parameters, the node that replaces a parameter. Those past `maps_used` are empty, too.
    maps: Vec<SecondaryMap<Key, u32>>,
    maps_used: usize,
}

/// Which map of bound parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MapId(u32);

#[derive(Debug, Default)]
struct Bound {
    store: Store,
    /// The newest node of each parameter.
    nodes: SecondaryMap<Key, u32>,
    /// Nodes of parameters whose value was changed and that were bound again, with the node that came after them.
    replaced: Vec<(u32, u32)>,
}

impl Bindings {
    fn bound(&self, store: Store) -> Option<&Bound> {
        self.stores[..self.used].iter().find(|b| b.store.clone == store.clone)
    }

    /// Whether a parameter of this very store, not of a clone, has a node.
    pub(crate) fn is_bound(&self, store: Store) -> bool {
        self.bound(store).is_some()
    }

    pub(crate) fn node(&self, store: Store, key: Key) -> Option<u32> {
        self.bound(store)?.nodes.get(key).copied()
    }

    /// The node at which gradients with respect to a store's parameter are found. A store that is not on the tape stands
    /// for the only clone of it that is.
    ///
    /// # Panics
    /// If several clones are on the tape, and this is none of them.
    #[track_caller]
    pub(crate) fn gradient_node(&self, store: Store, key: Key) -> Option<u32> {
        let Some(bound) = self.bound(store) else {
            let mut clones = self.stores[..self.used].iter().filter(|b| b.store.keys == store.keys);
            let only = clones.next()?;
            assert!(
                clones.next().is_none(),
                "gradient: several clones of this store are on the tape, but not this one; pass the store that was bound"
            );
            return only.nodes.get(key).copied();
        };
        bound.nodes.get(key).copied()
    }

    pub(crate) fn insert(&mut self, store: Store, key: Key, node: u32) {
        let at = match self.stores[..self.used].iter().position(|b| b.store.clone == store.clone) {
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
        bound.store = store;
        if let Some(before) = bound.nodes.insert(key, node) {
            bound.replaced.push((before, node));
        }
    }

    /// Adds a map that replaces parameters by nodes, and otherwise does what another map does.
    pub(crate) fn add_map(&mut self, before: Option<MapId>, nodes: impl Iterator<Item = (Key, u32)>) -> MapId {
        if self.maps_used == self.maps.len() {
            self.maps.push(SecondaryMap::new());
        }
        let (earlier, rest) = self.maps.split_at_mut(self.maps_used);
        if let Some(before) = before {
            rest[0].extend(earlier[before.0 as usize].iter().map(|(key, &node)| (key, node)));
        }
        rest[0].extend(nodes);
        self.maps_used += 1;
        MapId((self.maps_used - 1) as u32)
    }

    /// The node that replaces a parameter in a map.
    pub(crate) fn mapped(&self, map: MapId, key: Key) -> Option<u32> {
        self.maps[map.0 as usize].get(key).copied()
    }

    /// The number of stores that were ever bound at a time.
    #[cfg(test)]
    pub(crate) fn capacity(&self) -> usize {
        self.stores.len()
    }

    pub(crate) fn clear(&mut self) {
        for bound in &mut self.stores[..self.used] {
            bound.nodes.clear();
            bound.replaced.clear();
        }
        self.used = 0;
        self.maps[..self.maps_used].iter_mut().for_each(SecondaryMap::clear);
        self.maps_used = 0;
    }

    /// The gradients of parameters that have several nodes because they were changed and bound again: the sum over these
    /// nodes, by the newest of them.
    pub(crate) fn sums<T: Scalar>(&self, tape: &Tape<T>, tensors: &[Option<Tensor<T>>]) -> Vec<(u32, Tensor<T>)> {
        let at = |id: u32| tensors[tape.slot(id)].clone();
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
                (Some(a), Some(b)) => Some(reverse::add(a, b)),
                (a, b) => a.or(b),
            };
            sums.extend(sum.map(|sum| (after, sum)));
        }
        sums
    }
}
