//! Multiclass classification with one perceptron per class.

use super::{ClassicError, FitReport, Perceptron};
use tensor::Tensor;

/// A multiclass classifier: one [`Perceptron`] per class, trained to separate it from all other classes. The predicted
/// class is the one with the largest w x + b.
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
    /// A classifier with one copy of `neuron` for each class.
    ///
    /// # Panics
    /// If `classes` is 0.
    #[track_caller]
    pub fn new(neuron: Perceptron, classes: usize) -> Self {
        assert!(classes > 0, "OneVersusRest: expected at least 1 class, got 0");
        OneVersusRest { neurons: vec![neuron; classes] }
    }

    /// The neurons, by class.
    pub fn neurons(&self) -> &[Perceptron] {
        &self.neurons
    }

    /// Trains all neurons and returns their reports, by class.
    ///
    /// # Errors
    /// As for [`Perceptron::fit`], and if a label is not smaller than the number of classes.
    pub fn fit(&mut self, x: &Tensor<f64>, y: &[usize]) -> Result<Vec<FitReport>, ClassicError> {
        let classes = self.neurons.len();
        if let Some((example, &label)) = y.iter().enumerate().find(|&(_, &label)| label >= classes) {
            return Err(ClassicError::Label { example, label, classes });
        }
        let mut reports = Vec::with_capacity(classes);
        for (class, neuron) in self.neurons.iter_mut().enumerate() {
            let is_class: Vec<bool> = y.iter().map(|&label| label == class).collect();
            reports.push(neuron.fit(x, &is_class)?);
        }
        Ok(reports)
    }

    /// Predicts the class of each row: the first one with the largest w x + b.
    ///
    /// # Errors
    /// As for [`Perceptron::decision`].
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
    fn each_neuron_is_trained_as_a_single_perceptron() {
        let (x, y) = (boolean_inputs(2), [0, 1, 1, 2]); // the number of ones
        let mut model = OneVersusRest::new(Perceptron::new(2), 3);
        let reports = model.fit(&x, &y).unwrap();
        for (class, neuron) in model.neurons().iter().enumerate() {
            let mut single = Perceptron::new(2);
            let is_class: Vec<bool> = y.iter().map(|&y| y == class).collect();
            assert_eq!(single.fit(&x, &is_class).unwrap(), reports[class]);
            assert_eq!(&single, neuron);
        }
        let e = model.fit(&x, &[0, 1, 3, 2]).unwrap_err();
        assert_eq!(e.to_string(), "expected labels in 0..3, got 3 for example 2");
    }
}
