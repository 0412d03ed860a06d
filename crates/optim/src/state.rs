//! State per parameter.

use autograd::Param;

/// A map from parameters to values, such as velocities, moments or averages.
///
/// Entries are found by key, so parameters may be added to a store or removed from it at any time. Optimizers visit
/// parameters in the order of the store, and the position in that order is where an entry is looked up first, so a step
/// usually finds every entry without a search.
///
/// ```
/// use autograd::Params;
/// use optim::StateMap;
/// use tensor::tensor;
///
/// let mut params = Params::<f32>::new();
/// let w = params.add("w", tensor![1.0, 2.0]);
/// let mut steps = StateMap::new();
/// for _ in 0..3 {
///     for (position, p) in params.keys().enumerate() {
///         *steps.entry(position, p, || 0) += 1;
///     }
/// }
/// assert_eq!(steps.get(w), Some(&3));
/// ```
#[derive(Clone, Debug)]
pub struct StateMap<S> {
    entries: Vec<(Param, S)>,
}

impl<S> Default for StateMap<S> {
    fn default() -> Self {
        StateMap::new()
    }
}

impl<S> StateMap<S> {
    /// Returns an empty map.
    pub const fn new() -> Self {
        StateMap { entries: Vec::new() }
    }

    /// Returns the value of a parameter, inserting the result of `make` if there is none. `hint` is the position where
    /// the entry probably is; a wrong hint only costs a search.
    pub fn entry(&mut self, hint: usize, param: Param, make: impl FnOnce() -> S) -> &mut S {
        let here = self.entries.get(hint).is_some_and(|(p, _)| *p == param);
        let found = if here { Some(hint) } else { self.entries.iter().position(|(p, _)| *p == param) };
        let at = found.unwrap_or_else(|| {
            self.entries.push((param, make()));
            self.entries.len() - 1
        });
        &mut self.entries[at].1
    }

    /// Returns the value of a parameter.
    pub fn get(&self, param: Param) -> Option<&S> {
        self.entries.iter().find(|(p, _)| *p == param).map(|(_, value)| value)
    }

    /// Iterates over the parameters and their values, in the order of insertion.
    pub fn iter(&self) -> impl Iterator<Item = (Param, &S)> {
        self.entries.iter().map(|(p, value)| (*p, value))
    }

    /// Iterates over the parameters and mutable references to their values, in the order of insertion.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (Param, &mut S)> {
        self.entries.iter_mut().map(|(p, value)| (*p, value))
    }

    /// Returns the number of parameters with a value.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether no parameter has a value.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Removes the entries for which `keep` returns false, for example those of parameters removed from the store.
    pub fn retain(&mut self, mut keep: impl FnMut(Param) -> bool) {
        self.entries.retain(|(p, _)| keep(*p));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autograd::Params;
    use tensor::tensor;

    #[test]
    fn entries_are_found_with_a_wrong_hint() {
        let mut params = Params::<f64>::new();
        let keys: Vec<Param> = (0..4).map(|i| params.add(format!("{i}"), tensor![0.0])).collect();
        let mut map = StateMap::new();
        for (i, &p) in keys.iter().enumerate().rev() {
            *map.entry(i, p, || 0) += i;
        }
        assert_eq!(map.iter().map(|(_, &v)| v).collect::<Vec<_>>(), [3, 2, 1, 0]);
        params.remove(keys[1]);
        map.retain(|p| params.contains(p));
        assert_eq!((map.len(), map.get(keys[1]), map.get(keys[2])), (3, None, Some(&2)));
        // A parameter added later does not inherit the value of a removed one.
        let late = params.add("late", tensor![0.0]);
        assert_eq!(*map.entry(1, late, || 7), 7);
    }
}
