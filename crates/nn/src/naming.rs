//! Names that layers get when they are given none.

use std::collections::{BTreeMap, BTreeSet};

/// `base`, `base_1`, `base_2` and so on: the first that is not taken.
pub(crate) fn first_free(base: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut name = base.to_string();
    let mut number = 0;
    while taken(&name) {
        number += 1;
        name = format!("{base}_{number}");
    }
    name
}

/// Names that are taken.
#[derive(Default)]
pub(crate) struct Names {
    taken: BTreeSet<String>,
    /// For each base, up to where its numbers are taken: of many names of one kind none is tried twice.
    next: BTreeMap<String, usize>,
}

impl Names {
    /// Keeps a name from being given.
    pub(crate) fn keep(&mut self, name: impl Into<String>) {
        self.taken.insert(name.into());
    }

    /// `base`, `base_1`, `base_2` and so on: the first that is not taken, which then is.
    pub(crate) fn take(&mut self, base: &str) -> String {
        let next = self.next.entry(base.to_string()).or_default();
        loop {
            let name = if *next == 0 { base.to_string() } else { format!("{base}_{next}") };
            *next += 1;
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

/// `BatchNorm` as `batch_norm`, `PRelu` as `prelu`: an underscore between a lowercase and an uppercase letter.
pub(crate) fn snake_case(kind: &str) -> String {
    let mut name = String::with_capacity(kind.len() + 2);
    let mut after_lowercase = false;
    for c in kind.chars() {
        if c.is_uppercase() && after_lowercase {
            name.push('_');
        }
        after_lowercase = c.is_lowercase();
        name.extend(c.to_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(snake_case("BatchNorm"), "batch_norm");
        assert_eq!(snake_case("Dense"), "dense");
        assert_eq!(snake_case("PRelu"), "prelu");
        assert_eq!(first_free("dense", |name| ["dense", "dense_1"].contains(&name)), "dense_2");
        let mut names = Names::default();
        ["dense_1", "dense_3"].into_iter().for_each(|name| names.keep(name));
        let given: Vec<String> = (0..3).map(|_| names.take("dense")).collect();
        assert_eq!(given, ["dense", "dense_2", "dense_4"]);
    }
}
