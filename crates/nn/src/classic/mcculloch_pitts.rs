//! The first artificial neuron: a count and a threshold.

use super::{ClassicError, rows};
use tensor::Tensor;

/// A neuron that fires when enough of its inputs do: ŷ = 1 if Σ xᵢ ≥ b, else 0, for xᵢ in {0, 1}.
///
/// McCulloch and Pitts (1943) had two kinds of inputs: excitatory ones, which are counted, and inhibitory ones, any of
/// which keeps the neuron silent. Courses often leave out the second kind. Then only functions remain that count ones
/// and fire from some number on: 4 of the 16 of two inputs, 5 of the 256 of three; NOT is not among them.
///
/// All weights are 1, so the boundaries Σ x = b of two inputs are parallel lines of slope -1. The loss as a function
/// of b is a staircase: no gradient leads down it, but there are few thresholds, and [`fit`](McCullochPitts::fit)
/// tries them all.
///
/// ```
/// use nn::classic::{McCullochPitts, boolean_inputs};
///
/// let majority = McCullochPitts::new(2);
/// assert!(majority.fires(&[true, false, true]));
///
/// let mut neuron = McCullochPitts::new(0);
/// let table = neuron.fit(&boolean_inputs(2), &[false, true, true, true])?; // OR
/// assert_eq!((table.losses, neuron.threshold()), (vec![1, 0, 2, 3], 1));
///
/// let not = McCullochPitts::new(0).with_inhibitory([0]);
/// assert_eq!(not.predict(&boolean_inputs(1))?, [true, false]);
/// # Ok::<(), nn::classic::ClassicError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct McCullochPitts {
    threshold: usize,
    inhibitory: Vec<usize>,
}

/// What [`McCullochPitts::fit`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThresholdTable {
    /// The loss at each threshold b = 0, 1, ..., n + 1.
    pub losses: Vec<usize>,
    /// The thresholds of the least loss, in ascending order: more than one if there is a tie.
    pub best: Vec<usize>,
}

impl McCullochPitts {
    /// A neuron that fires when `threshold` of its inputs do, all of them excitatory.
    pub fn new(threshold: usize) -> Self {
        McCullochPitts { threshold, inhibitory: Vec::new() }
    }

    /// Makes these inputs inhibitory: not counted, and any of them keeps the neuron silent.
    #[must_use]
    pub fn with_inhibitory(mut self, inputs: impl Into<Vec<usize>>) -> Self {
        self.inhibitory = inputs.into();
        self
    }

    /// How many excitatory inputs must fire.
    pub fn threshold(&self) -> usize {
        self.threshold
    }

    /// The inhibitory inputs.
    pub fn inhibitory(&self) -> &[usize] {
        &self.inhibitory
    }

    /// Whether the neuron fires.
    ///
    /// # Panics
    /// If there is no such input as an inhibitory one names.
    #[track_caller]
    pub fn fires(&self, inputs: &[bool]) -> bool {
        self.count(inputs).is_some_and(|count| count >= self.threshold)
    }

    /// How many excitatory inputs fire; `None` if an inhibitory one does.
    #[track_caller]
    fn count(&self, inputs: &[bool]) -> Option<usize> {
        if let Some(i) = self.inhibitory.iter().find(|&&i| i >= inputs.len()) {
            panic!("McCullochPitts: input {i} is inhibitory, but there are {} inputs", inputs.len());
        }
        if self.inhibitory.iter().any(|&i| inputs[i]) {
            return None;
        }
        Some(inputs.iter().filter(|&&x| x).count())
    }

    /// Whether the neuron fires, for each row.
    ///
    /// # Errors
    /// If an input is neither 0 nor 1, or `x` has no rows.
    ///
    /// # Panics
    /// As [`fires`](McCullochPitts::fires).
    #[track_caller]
    pub fn predict(&self, x: &Tensor<f64>) -> Result<Vec<bool>, ClassicError> {
        let mut fired = Vec::new();
        for row in boolean_rows(x, None)? {
            fired.push(self.fires(&row));
        }
        Ok(fired)
    }

    /// Σ (y - ŷ)², which for Booleans is how often the neuron is wrong.
    ///
    /// # Errors
    /// As [`predict`](McCullochPitts::predict); if there are more or fewer labels than rows.
    #[track_caller]
    pub fn loss(&self, x: &Tensor<f64>, y: &[bool]) -> Result<usize, ClassicError> {
        boolean_rows(x, Some(y.len()))?;
        Ok(self.predict(x)?.iter().zip(y).filter(|(fired, y)| fired != y).count())
    }

    /// Tries every threshold that makes a difference, 0 (always) to n + 1 (never) for n excitatory inputs, and takes the
    /// least of the best.
    ///
    /// # Errors
    /// As [`loss`](McCullochPitts::loss).
    #[track_caller]
    pub fn fit(&mut self, x: &Tensor<f64>, y: &[bool]) -> Result<ThresholdTable, ClassicError> {
        let rows = boolean_rows(x, Some(y.len()))?;
        let counts: Vec<Option<usize>> = rows.iter().map(|row| self.count(row)).collect();
        let excitatory = (0..x.shape()[1]).filter(|i| !self.inhibitory.contains(i)).count();
        let wrong = |b: usize| counts.iter().zip(y).filter(|(c, y)| c.is_some_and(|c| c >= b) != **y).count();
        let losses: Vec<usize> = (0..=excitatory + 1).map(wrong).collect();
        let least = losses.iter().min();
        let best: Vec<usize> = (0..losses.len()).filter(|&b| Some(&losses[b]) == least).collect();
        self.threshold = best[0];
        Ok(ThresholdTable { losses, best })
    }
}

/// The rows as Booleans.
fn boolean_rows(x: &Tensor<f64>, labels: Option<usize>) -> Result<Vec<Vec<bool>>, ClassicError> {
    let rows = rows(x, x.shape().last().copied().unwrap_or(0), labels)?;
    let boolean = |(example, row): (usize, Vec<f64>)| match row.iter().position(|&x| x != 0.0 && x != 1.0) {
        Some(column) => Err(ClassicError::NotBoolean { example, column, value: row[column] }),
        None => Ok(row.iter().map(|&x| x == 1.0).collect()),
    };
    rows.into_iter().enumerate().map(boolean).collect()
}

#[cfg(test)]
mod tests {
    use super::super::boolean_inputs;
    use super::*;
    use tensor::tensor;

    /// A function of n inputs from its truth table, the rows in lexicographic order.
    fn bits(table: u32, n: u32) -> Vec<bool> {
        (0..1 << n).map(|row| table >> row & 1 == 1).collect()
    }

    fn table(n: usize, y: &[u8]) -> (Vec<usize>, Vec<usize>) {
        let y: Vec<bool> = y.iter().map(|&y| y == 1).collect();
        let ThresholdTable { losses, best } = McCullochPitts::new(0).fit(&boolean_inputs(n), &y).unwrap();
        (losses, best)
    }

    #[test]
    fn the_loss_tables_of_the_gates() {
        assert_eq!(table(2, &[0, 0, 0, 1]), (vec![3, 2, 0, 1], vec![2])); // AND
        assert_eq!(table(2, &[0, 1, 1, 1]), (vec![1, 0, 2, 3], vec![1])); // OR
        assert_eq!(table(2, &[0, 1, 1, 0]), (vec![2, 1, 3, 2], vec![1])); // XOR
        assert_eq!(table(3, &[0, 0, 0, 1, 0, 1, 1, 1]), (vec![4, 3, 0, 3, 4], vec![2])); // majority
        assert_eq!(table(1, &[1, 0]), (vec![1, 2, 1], vec![0, 2])); // NOT, which it is not
    }

    #[test]
    fn few_functions_count_ones() {
        for (n, of) in [(2, 4), (3, 5)] {
            let learned = |f: u32| McCullochPitts::new(0).fit(&boolean_inputs(n), &bits(f, n as u32)).unwrap();
            let exact = (0..1 << (1 << n)).filter(|&f| learned(f).losses.contains(&0)).count();
            assert_eq!(exact, of, "of {n} inputs");
        }
    }

    #[test]
    fn inhibition_makes_not() {
        let mut not = McCullochPitts::new(7).with_inhibitory([0]);
        let (x, y) = (boolean_inputs(1), [true, false]);
        assert_eq!(not.loss(&x, &y), Ok(1));
        assert_eq!(not.fit(&x, &y).unwrap(), ThresholdTable { losses: vec![0, 1], best: vec![0] });
        assert_eq!((not.threshold(), not.inhibitory()), (0, &[0][..]));
        // x0 and not x1
        let mut gate = McCullochPitts::new(0).with_inhibitory([1]);
        assert_eq!(gate.fit(&boolean_inputs(2), &[false, false, true, false]).unwrap().losses, [1, 0, 1]);
    }

    #[test]
    fn what_is_not_boolean_is_refused() {
        let e = McCullochPitts::new(1).predict(&tensor![[0.0, 1.0], [1.0, 0.5]]).unwrap_err();
        let text = "input 1 of example 1 is 0.5; a McCulloch-Pitts neuron takes 0 and 1 only";
        assert_eq!((e.to_string().as_str(), e), (text, ClassicError::NotBoolean { example: 1, column: 1, value: 0.5 }));
        let e = McCullochPitts::new(1).loss(&boolean_inputs(2), &[true]).unwrap_err();
        assert_eq!(e, ClassicError::Labels { examples: 4, labels: 1 });
        assert!(matches!(McCullochPitts::new(1).predict(&tensor![1.0]), Err(ClassicError::Shape { .. })));
    }

    #[test]
    #[should_panic(expected = "input 2 is inhibitory, but there are 2 inputs")]
    fn an_inhibitory_input_that_is_not_there() {
        McCullochPitts::new(1).with_inhibitory([2]).fires(&[true, true]);
    }
}
