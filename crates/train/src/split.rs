//! Slices and random splits of a data set, which share its storage.

use crate::dataset::Dataset;
use crate::error::DataError;
use crate::positions::Positions;
use crate::shuffle::shuffle;
use autograd::Scalar;
use rand::Rng;
use std::ops::{Bound, RangeBounds};

impl<T: Scalar> Dataset<T> {
    /// The examples at the positions in `range`.
    ///
    /// ```
    /// let digits = train::digits();
    /// assert_eq!(digits.slice(10..13)?.labels(), &digits.labels()[10..13]);
    /// assert_eq!(
    ///     digits.slice(1790..1800).unwrap_err().to_string(),
    ///     "expected a range within the 1797 examples, got 1790..1800; choose an end of at most 1797"
    /// );
    /// # Ok::<(), train::DataError>(())
    /// ```
    ///
    /// # Errors
    /// If the range is empty or ends beyond the last example.
    pub fn slice(&self, range: impl RangeBounds<usize>) -> Result<Self, DataError> {
        let len = self.len();
        let start = match range.start_bound() {
            Bound::Included(&i) => i,
            Bound::Excluded(&i) => i.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let end = match range.end_bound() {
            Bound::Included(&i) => i.saturating_add(1),
            Bound::Excluded(&i) => i,
            Bound::Unbounded => len,
        };
        if start >= end || end > len {
            return Err(DataError::Part { range: start..end, len });
        }
        Ok(self.part(&Positions::Run(start..end)))
    }

    /// The first `n` examples.
    ///
    /// # Errors
    /// If `n` is 0 or larger than the number of examples.
    pub fn take(&self, n: usize) -> Result<Self, DataError> {
        self.slice(..n)
    }

    /// All but the first `n` examples.
    ///
    /// # Errors
    /// If no examples are left.
    pub fn skip(&self, n: usize) -> Result<Self, DataError> {
        self.slice(n..)
    }

    /// The first `n` examples, and the remaining ones.
    ///
    /// ```
    /// let (train, valid) = train::digits().split_at(1500)?;
    /// assert_eq!((train.len(), valid.len()), (1500, 297));
    /// # Ok::<(), train::DataError>(())
    /// ```
    ///
    /// # Errors
    /// If a part is empty.
    pub fn split_at(&self, n: usize) -> Result<(Self, Self), DataError> {
        Ok((self.take(n)?, self.skip(n)?))
    }

    /// The examples at `positions`, in that order; a position may occur more than once.
    ///
    /// # Errors
    /// If `positions` is empty, or a position is not below the number of examples.
    pub fn select(&self, positions: &[usize]) -> Result<Self, DataError> {
        let len = self.len();
        match positions.iter().find(|&&p| p >= len) {
            Some(&position) => Err(DataError::Position { position, len }),
            None if positions.is_empty() => Err(DataError::Empty),
            None => Ok(self.part(&Positions::List(positions))),
        }
    }

    /// Splits at random: a `fraction` of the examples, and the remaining ones, both in random order.
    ///
    /// ```
    /// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
    /// let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
    /// let (train, test) = train::digits().split(0.75, &mut rng)?;
    /// assert_eq!((train.len(), test.len()), (1348, 449));
    /// # Ok::<(), train::DataError>(())
    /// ```
    ///
    /// # Errors
    /// If `fraction` is not between 0 and 1, or a part is empty.
    pub fn split(&self, fraction: f64, rng: &mut (impl Rng + ?Sized)) -> Result<(Self, Self), DataError> {
        let n = first_part(fraction, self.len())?;
        let order = self.shuffled(rng);
        Ok((self.part(&Positions::List(&order[..n])), self.part(&Positions::List(&order[n..]))))
    }

    /// All positions in random order.
    fn shuffled(&self, rng: &mut (impl Rng + ?Sized)) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.len()).collect();
        shuffle(&mut order, rng);
        order
    }
}

impl<T: Scalar> Dataset<T> {
    /// Like [`split`](Dataset::split), but preserves the proportions of the classes, to within one example per class.
    ///
    /// A class with a single example is in one of the two parts only.
    ///
    /// ```
    /// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
    /// let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
    /// let (train, _) = train::digits().split_stratified(0.5, &mut rng)?;
    /// assert_eq!(train.class_counts(), [89, 91, 89, 92, 91, 91, 90, 89, 87, 90]);
    /// # Ok::<(), train::DataError>(())
    /// ```
    ///
    /// # Errors
    /// If the labels are regression targets, `fraction` is not between 0 and 1, or a part is empty.
    pub fn split_stratified(&self, fraction: f64, rng: &mut (impl Rng + ?Sized)) -> Result<(Self, Self), DataError> {
        let n = first_part(fraction, self.len())?;
        let classes = self.as_classes()?;
        let mut quota = quotas(fraction, n, &classes.class_counts());
        let (mut first, mut second) = (Vec::with_capacity(n), Vec::with_capacity(self.len() - n));
        for position in self.shuffled(rng) {
            match &mut quota[classes.labels()[position]] {
                0 => second.push(position),
                left => {
                    *left -= 1;
                    first.push(position);
                }
            }
        }
        Ok((self.part(&Positions::List(&first)), self.part(&Positions::List(&second))))
    }
}

/// The number of examples in the first of two parts.
fn first_part(fraction: f64, len: usize) -> Result<usize, DataError> {
    if !(fraction > 0.0 && fraction < 1.0) {
        return Err(DataError::Fraction(fraction));
    }
    match (fraction * len as f64).round() as usize {
        n if n == 0 || n >= len => Err(DataError::EmptyPart { fraction, len }),
        n => Ok(n),
    }
}

/// The number of examples of each class in a first part of `n` examples, by the largest-remainder method: each quota is
/// rounded down, and the classes with the largest fractional parts get the missing examples. Ties go to the lower
/// class.
fn quotas(fraction: f64, n: usize, counts: &[usize]) -> Vec<usize> {
    let exact = |c: usize| fraction * counts[c] as f64;
    let mut quota: Vec<usize> = (0..counts.len()).map(|c| exact(c) as usize).collect();
    let mut by_remainder: Vec<usize> = (0..counts.len()).collect();
    by_remainder.sort_by(|&a, &b| exact(b).fract().total_cmp(&exact(a).fract()));
    let missing = n.saturating_sub(quota.iter().sum());
    for &c in by_remainder.iter().filter(|&&c| quota[c] < counts[c]).take(missing).collect::<Vec<_>>() {
        quota[c] += 1;
    }
    quota
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
    use tensor::Tensor;

    fn rng(seed: u64) -> Xoshiro256PlusPlus {
        Xoshiro256PlusPlus::seed_from_u64(seed)
    }

    /// The feature of each example is its position.
    fn numbered(labels: &[usize], classes: usize) -> Dataset<f64> {
        Dataset::classification(Tensor::arange(labels.len()), labels, classes).unwrap()
    }

    fn positions(set: &Dataset<f64>) -> Vec<usize> {
        set.x().to_vec().into_iter().map(|x| x as usize).collect()
    }

    #[test]
    fn slices_and_selections() {
        let set = numbered(&[0, 1, 2, 0, 1], 3);
        assert_eq!(positions(&set.take(2).unwrap()), [0, 1]);
        assert_eq!(positions(&set.skip(2).unwrap()), [2, 3, 4]);
        assert_eq!(positions(&set.slice(..).unwrap().slice(1..=2).unwrap()), [1, 2]);
        let (a, b) = set.split_at(4).unwrap();
        assert_eq!((positions(&a), positions(&b), b.labels()), (vec![0, 1, 2, 3], vec![4], &[1][..]));
        let selected = set.select(&[4, 4, 0]).unwrap();
        assert_eq!((positions(&selected), selected.labels()), (vec![4, 4, 0], &[1, 1, 0][..]));
    }

    #[test]
    fn empty_and_out_of_range_parts_are_errors() {
        let set = numbered(&[0, 1, 2], 3);
        assert!(matches!(set.take(0), Err(DataError::Part { .. })));
        assert!(matches!(set.take(4), Err(DataError::Part { .. })));
        assert!(matches!(set.skip(3), Err(DataError::Part { .. })));
        assert!(matches!(set.slice(0..=usize::MAX), Err(DataError::Part { .. })));
        assert!(matches!(set.split_at(3), Err(DataError::Part { .. })));
        assert!(matches!(set.select(&[]), Err(DataError::Empty)));
        assert!(matches!(set.select(&[0, 3]), Err(DataError::Position { position: 3, len: 3 })));
        for fraction in [0.0, 1.0, -0.5, 1.5, f64::NAN, f64::INFINITY] {
            assert!(matches!(set.split(fraction, &mut rng(0)), Err(DataError::Fraction(_))));
            assert!(matches!(set.split_stratified(fraction, &mut rng(0)), Err(DataError::Fraction(_))));
        }
        for fraction in [0.1, 0.9] {
            let e = set.split(fraction, &mut rng(0)).unwrap_err();
            assert!(matches!(e, DataError::EmptyPart { len: 3, .. }));
        }
    }

    #[test]
    fn a_seed_determines_the_split() {
        let set = numbered(&[0; 50], 1);
        let first = |seed| positions(&set.split(0.5, &mut rng(seed)).unwrap().0);
        assert_eq!(first(1), first(1));
        assert_ne!(first(1), first(2));
    }

    proptest! {
        #[test]
        fn a_split_contains_every_example_once(
            labels in prop::collection::vec(0usize..4, 2..80),
            fraction in 0.01..0.99,
            seed: u64,
        ) {
            let set = numbered(&labels, 4);
            let parts = [set.split(fraction, &mut rng(seed)), set.split_stratified(fraction, &mut rng(seed))];
            for (a, b) in parts.into_iter().flatten() {
                prop_assert_eq!(a.len(), (fraction * labels.len() as f64).round() as usize);
                let mut all = [positions(&a), positions(&b)].concat();
                prop_assert!(all.iter().zip(a.labels().iter().chain(b.labels())).all(|(&i, &y)| labels[i] == y));
                all.sort();
                prop_assert!(all.into_iter().eq(0..labels.len()));
            }
        }

        #[test]
        fn a_stratified_split_preserves_class_proportions(
            labels in prop::collection::vec(0usize..5, 4..120),
            fraction in 0.2..0.8,
            seed: u64,
        ) {
            let set = numbered(&labels, 5);
            let (a, b) = set.split_stratified(fraction, &mut rng(seed)).unwrap();
            for ((all, a), b) in set.class_counts().into_iter().zip(a.class_counts()).zip(b.class_counts()) {
                prop_assert_eq!(a + b, all);
                prop_assert!((a as f64 - fraction * all as f64).abs() < 1.0 + 1e-9, "{} of {}", a, all);
            }
        }
    }
}
