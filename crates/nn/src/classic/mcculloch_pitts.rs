//! The McCulloch-Pitts neuron.

use super::{ClassicError, rows};
use tensor::Tensor;

/// A neuron with Boolean inputs and a threshold b: ŷ = 1 if Σ xᵢ ≥ b, else 0, for xᵢ in {0, 1}.
///
/// McCulloch and Pitts (1943) define two kinds of inputs: excitatory inputs, which are summed, and inhibitory inputs, any
/// of which prevents the neuron from firing. Without inhibitory inputs, the neuron can only compute functions of the number
/// of ones: 4 of the 16 functions of two inputs, 5 of the 256 functions of three; NOT is not among them.
///
/// All weights are 1, so that for two inputs the decision boundaries Σ x = b are parallel lines with slope -1. The loss is
/// piecewise constant in b, so its gradient is 0, but [`fit`](McCullochPitts::fit) can try all thresholds.
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

/// The result of [`McCullochPitts::fit`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThresholdTable {
    /// The loss for each threshold b = 0, 1, ..., n + 1.
    pub losses: Vec<usize>,
    /// The thresholds with the smallest loss, in ascending order.
    pub best: Vec<usize>,
}

impl McCullochPitts {
    /// A neuron that fires if at least `threshold` of its inputs are 1. All inputs are excitatory.
    pub fn new(threshold: usize) -> Self {
        McCullochPitts { threshold, inhibitory: Vec::new() }
    }

    /// Makes these inputs inhibitory: if any of them is 1, the neuron does not fire.
    #[must_use]
    pub fn with_inhibitory(mut self, inputs: impl Into<Vec<usize>>) -> Self {
        self.inhibitory = inputs.into();
        self
    }

    /// The threshold b.
    pub fn threshold(&self) -> usize {
        self.threshold
    }

    /// The indices of the inhibitory inputs.
    pub fn inhibitory(&self) -> &[usize] {
        &self.inhibitory
    }

    /// Whether the neuron fires for these inputs.
    ///
    /// # Panics
    /// If the index of an inhibitory input is out of range.
    #[track_caller]
    pub fn fires(&self, inputs: &[bool]) -> bool {
        self.count(inputs).is_some_and(|count| count >= self.threshold)
    }

    /// The number of excitatory inputs that are 1, or `None` if an inhibitory input is 1.
    #[track_caller]
    fn count(&self, inputs: &[bool]) -> Option<usize> {
        if let Some(i) = self.inhibitory.iter().find(|&&i| i >= inputs.len()) {
            panic!("McCullochPitts: inhibitory input {i} is out of range for {} inputs", inputs.len());
        }
        if self.inhibitory.iter().any(|&i| inputs[i]) {
            return None;
        }
        Some(inputs.iter().filter(|&&x| x).count())
    }

    /// Predicts for each row whether the neuron fires.
    ///
    /// # Errors
    /// If an input is neither 0 nor 1, or `x` is not a matrix.
    ///
    /// # Panics
    /// As for [`fires`](McCullochPitts::fires).
    #[track_caller]
    pub fn predict(&self, x: &Tensor<f64>) -> Result<Vec<bool>, ClassicError> {
        let mut fired = Vec::new();
        for row in boolean_rows(x, None)? {
            fired.push(self.fires(&row));
        }
        Ok(fired)
    }

    /// Computes Σ (y - ŷ)², which is the number of wrong predictions.
    ///
    /// # Errors
    /// As for [`predict`](McCullochPitts::predict), and if the number of labels is not the number of rows.
    #[track_caller]
    pub fn loss(&self, x: &Tensor<f64>, y: &[bool]) -> Result<usize, ClassicError> {
        boolean_rows(x, Some(y.len()))?;
        Ok(self.predict(x)?.iter().zip(y).filter(|(fired, y)| fired != y).count())
    }

    /// Computes the loss of the thresholds 0 (the neuron always fires) to n + 1 (it never fires), for n excitatory inputs,
    /// and sets the smallest threshold with the smallest loss.
    ///
    /// # Errors
    /// As for [`loss`](McCullochPitts::loss).
    #[track_caller]
    pub fn fit(&mut self, x: &Tensor<f64>, y: &[bool]) -> Result<ThresholdTable, ClassicError> {
        let rows = boolean_rows(x, Some(y.len()))?;
        let counts: Vec<Option<usize>> = rows.iter().map(|row| self.count(row)).collect();
        let excitatory = (0..x.shape()[1]).filter(|i| !self.inhibitory.contains(i)).count();
        let wrong = |b: usize| counts.iter().zip(y).filter(|(c, y)| c.is_some_and(|c| c >= b) != **y).count();
        let losses: Vec<usize> = (0..=excitatory + 1).map(wrong).collect();
        let min = losses.iter().min();
        let best: Vec<usize> = (0..losses.len()).filter(|&b| Some(&losses[b]) == min).collect();
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
    fn loss_tables_of_gates() {
        assert_eq!(table(2, &[0, 0, 0, 1]), (vec![3, 2, 0, 1], vec![2])); // AND
        assert_eq!(table(2, &[0, 1, 1, 1]), (vec![1, 0, 2, 3], vec![1])); // OR
        assert_eq!(table(2, &[0, 1, 1, 0]), (vec![2, 1, 3, 2], vec![1])); // XOR
        assert_eq!(table(3, &[0, 0, 0, 1, 0, 1, 1, 1]), (vec![4, 3, 0, 3, 4], vec![2])); // majority
        assert_eq!(table(1, &[1, 0]), (vec![1, 2, 1], vec![0, 2])); // NOT
    }

    #[test]
    fn number_of_functions_without_inhibitory_inputs() {
        for (n, of) in [(2, 4), (3, 5)] {
            let learned = |f: u32| McCullochPitts::new(0).fit(&boolean_inputs(n), &bits(f, n as u32)).unwrap();
            let exact = (0..1 << (1 << n)).filter(|&f| learned(f).losses.contains(&0)).count();
            assert_eq!(exact, of, "of {n} inputs");
        }
    }

    #[test]
    fn not_with_an_inhibitory_input() {
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
    fn errors_of_examples() {
        let e = McCullochPitts::new(1).predict(&tensor![[0.0, 1.0], [1.0, 0.5]]).unwrap_err();
        let text = "a McCulloch-Pitts neuron expects inputs 0 and 1, got 0.5 at example 1, input 1";
        assert_eq!((e.to_string().as_str(), e), (text, ClassicError::NotBoolean { example: 1, column: 1, value: 0.5 }));
        let e = McCullochPitts::new(1).loss(&boolean_inputs(2), &[true]).unwrap_err();
        assert_eq!(e, ClassicError::Labels { examples: 4, labels: 1 });
        assert!(matches!(McCullochPitts::new(1).predict(&tensor![1.0]), Err(ClassicError::Shape { .. })));
    }

    #[test]
    #[should_panic(expected = "inhibitory input 2 is out of range for 2 inputs")]
    fn an_inhibitory_input_out_of_range_panics() {
        McCullochPitts::new(1).with_inhibitory([2]).fires(&[true, true]);
    }
}
