//! Several classes from neurons that know two.

use super::{ClassicError, FitReport, Perceptron};
use tensor::Tensor;

/// One [`Perceptron`] per class, taught to tell it from all others; the one that is surest, of the largest w x + b, wins.
///
/// ```
/// use nn::classic::{OneVersusRest, Perceptron};
/// use tensor::tensor;
///
/// let x = tensor![[2.0, 0.0], [3.0, 1.0], [-2.0, 1.0], [-3.0, 0.0], [0.0, -2.0], [0.5, -3.0]];
/// let y = [0, 0, 1, 1, 2, 2];
/// let mut model = OneVersusRest::new(Perceptron::new(2), 3);
/// let reports = model.fit(&x, &y)?;
/// assert_eq!((reports.len(), model.predict(&x)?), (3, y.to_vec()));
/// # Ok::<(), nn::classic::ClassicError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct OneVersusRest {
    neurons: Vec<Perceptron>,
}

impl OneVersusRest {
    /// A neuron like this one for each class.
    ///
    /// # Panics
    /// If there are no classes.
    #[track_caller]
    pub fn new(neuron: Perceptron, classes: usize) -> Self {
        assert!(classes > 0, "OneVersusRest: there must be a class");
        OneVersusRest { neurons: vec![neuron; classes] }
    }

    /// The neurons, by class.
    pub fn neurons(&self) -> &[Perceptron] {
        &self.neurons
    }

    /// Teaches each neuron; the reports, by class.
    ///
    /// # Errors
    /// As [`Perceptron::fit`], or if a label is no class.
    pub fn fit(&mut self, x: &Tensor<f64>, y: &[usize]) -> Result<Vec<FitReport>, ClassicError> {
        let classes = self.neurons.len();
        if let Some((example, &label)) = y.iter().enumerate().find(|&(_, &label)| label >= classes) {
            return Err(ClassicError::Label { example, label, classes });
        }
        let mut reports = Vec::with_capacity(classes);
        for (class, neuron) in self.neurons.iter_mut().enumerate() {
            let own: Vec<bool> = y.iter().map(|&label| label == class).collect();
            reports.push(neuron.fit(x, &own)?);
        }
        Ok(reports)
    }

    /// The class of each row; the first of several that are equally sure.
    ///
    /// # Errors
    /// As [`Perceptron::decision`].
    pub fn predict(&self, x: &Tensor<f64>) -> Result<Vec<usize>, ClassicError> {
        let mut best: Vec<(f64, usize)> = Vec::new();
        for (class, neuron) in self.neurons.iter().enumerate() {
            let z = neuron.decision(x)?;
            best.resize(z.len(), (f64::NEG_INFINITY, 0));
            for (best, z) in best.iter_mut().zip(z) {
                if z > best.0 {
                    *best = (z, class);
                }
            }
        }
        Ok(best.into_iter().map(|(_, class)| class).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::boolean_inputs;
    use super::*;

    #[test]
    fn each_neuron_is_a_perceptron_of_its_own() {
        let (x, y) = (boolean_inputs(2), [0, 1, 1, 2]); // how many ones
        let mut model = OneVersusRest::new(Perceptron::new(2), 3);
        let reports = model.fit(&x, &y).unwrap();
        for (class, neuron) in model.neurons().iter().enumerate() {
            let mut alone = Perceptron::new(2);
            let own: Vec<bool> = y.iter().map(|&y| y == class).collect();
            assert_eq!(alone.fit(&x, &own).unwrap(), reports[class]);
            assert_eq!(&alone, neuron);
        }
        let e = model.fit(&x, &[0, 1, 3, 2]).unwrap_err();
        assert_eq!(e.to_string(), "example 2 has label 3, but there are 3 classes; labels count from 0");
    }
}
