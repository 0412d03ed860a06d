//! Shortening of long derivations to their beginning and end, with a count of the omitted steps.

use crate::explanation::{Explanation, Step};
use std::collections::BTreeMap;

/// Derivations with more steps are shortened.
const LONG: usize = 60;
/// The number of steps shown at each end.
const ENDS: usize = 12;

/// A step, or a description of omitted steps.
pub(crate) enum Item<'a> {
    Step(&'a Step),
    Omitted(String),
}

/// Returns the steps to show, in the order of backpropagation or of the forward computation.
pub(crate) fn excerpt<'a>(e: &'a Explanation, keep: impl Fn(&Step) -> bool, forwards: bool) -> Vec<Item<'a>> {
    let mut steps: Vec<&Step> = e.steps.iter().filter(|s| keep(s)).collect();
    if forwards {
        steps.reverse();
    }
    if steps.len() <= LONG {
        return steps.into_iter().map(Item::Step).collect();
    }
    let middle = &steps[ENDS..steps.len() - ENDS];
    let counts = operation_counts(middle.iter().map(|s| s.operation.as_str()));
    let more = if counts.len() > 5 { ", …" } else { "" };
    let kinds: Vec<String> = counts.iter().take(5).map(|(name, n)| format!("{n} {name}")).collect();
    let omitted = format!("… {} steps left out: {}{more}", middle.len(), kinds.join(", "));
    let [first, last] = [&steps[..ENDS], &steps[steps.len() - ENDS..]].map(|part| part.iter().copied().map(Item::Step));
    first.chain([Item::Omitted(omitted)]).chain(last).collect()
}

/// Counts equal operations; the most frequent come first.
pub(crate) fn operation_counts<'a>(operations: impl Iterator<Item = &'a str>) -> Vec<(&'a str, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    operations.for_each(|name| *counts.entry(name).or_default() += 1);
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|&(_, n)| std::cmp::Reverse(n));
    counts
}

/// Returns all rows of a table of checks if they are few; otherwise the worst, and how many are omitted.
pub(crate) fn worst_first<T>(mut rows: Vec<T>, badness: impl Fn(&T) -> (u8, f64)) -> (Vec<T>, usize) {
    if rows.len() <= LONG {
        return (rows, 0);
    }
    rows.sort_by(|a, b| {
        let (a, b) = (badness(a), badness(b));
        b.0.cmp(&a.0).then(b.1.total_cmp(&a.1))
    });
    let omitted = rows.len() - ENDS;
    rows.truncate(ENDS);
    (rows, omitted)
}
