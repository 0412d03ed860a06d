//! What an optimizer remembers of each parameter.

use autograd::Param;

/// A value for each parameter: velocities, moments, averages.
///
/// Entries are found by key, so parameters may be added to a store or removed from it at any time. Optimizers walk the
/// store in its order; the place in that order tells where to look first, so a step searches nothing.
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
///     for (place, p) in params.keys().enumerate() {
///         *steps.entry(place, p, || 0) += 1;
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
    /// Nothing of any parameter.
    pub const fn new() -> Self {
        StateMap { entries: Vec::new() }
    }

    /// The value of a parameter, made if there is none yet. `place` is where it is probably found.
    pub fn entry(&mut self, place: usize, param: Param, make: impl FnOnce() -> S) -> &mut S {
        let here = self.entries.get(place).is_some_and(|(p, _)| *p == param);
        let found = if here { Some(place) } else { self.entries.iter().position(|(p, _)| *p == param) };
        let at = found.unwrap_or_else(|| {
            self.entries.push((param, make()));
            self.entries.len() - 1
        });
        &mut self.entries[at].1
    }

    /// The value of a parameter.
    pub fn get(&self, param: Param) -> Option<&S> {
        self.entries.iter().find(|(p, _)| *p == param).map(|(_, value)| value)
    }

    /// Every parameter with its value, in the order in which they were made.
    pub fn iter(&self) -> impl Iterator<Item = (Param, &S)> {
        self.entries.iter().map(|(p, value)| (*p, value))
    }

    /// The same, for writing.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (Param, &mut S)> {
        self.entries.iter_mut().map(|(p, value)| (*p, value))
    }

    /// How many parameters have a value.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none has.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Forgets what `keep` does not hold on to: say, parameters that were removed from their store.
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
    fn a_wrong_place_costs_a_search_and_nothing_else() {
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
        // A parameter added later does not inherit what was known of one that is gone.
        let late = params.add("late", tensor![0.0]);
        assert_eq!(*map.entry(1, late, || 7), 7);
    }
}
