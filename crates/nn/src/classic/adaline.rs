//! The adaptive linear neuron.

use super::{ClassicError, dot, rows};
use tensor::Tensor;

/// The adaptive linear neuron (Widrow and Hoff 1960): it learns from z = w x + b, not from the thresholded output z ≥ 0.
///
/// For each example, with y = ±1, the delta rule w ← w + η (y - z) x is a step of gradient descent on ½ (y - z)². The
/// weights therefore approach the least-squares solution whether or not a hyperplane separates the examples. That solution
/// may misclassify examples that a perceptron classifies correctly.
///
/// ```
/// use nn::classic::{Adaline, boolean_inputs};
/// let mut and = Adaline::new(2).learning_rate(0.01).epochs(2000);
/// let report = and.fit(&boolean_inputs(2), &[false, false, false, true])?;
/// assert_eq!(report.mistakes, 0);
/// assert!((and.weights()[0] - 1.0).abs() < 0.05 && (and.bias() + 1.5).abs() < 0.05); // z = x0 + x1 - 1.5
/// # Ok::<(), nn::classic::ClassicError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Adaline {
    weights: Vec<f64>,
    bias: f64,
    learning_rate: f64,
    epochs: usize,
}

/// The result of [`Adaline::fit`].
#[derive(Clone, Debug, PartialEq)]
pub struct AdalineReport {
    /// For each epoch, the mean of ½ (y - z)² over the examples, each computed before its update.
    pub losses: Vec<f64>,
    /// The number of examples that the final weights misclassify.
    pub mistakes: usize,
}

impl Adaline {
    /// A neuron with `inputs` inputs, and weights and bias 0.
    pub fn new(inputs: usize) -> Self {
        Adaline { weights: vec![0.0; inputs], bias: 0.0, learning_rate: 0.01, epochs: 100 }
    }

    /// Sets the learning rate η. Default: 0.01.
    ///
    /// # Panics
    /// If it is not positive and finite.
    #[must_use]
    #[track_caller]
    pub fn learning_rate(mut self, rate: f64) -> Self {
        assert!(rate > 0.0 && rate.is_finite(), "Adaline: expected a positive finite learning rate, got {rate}");
        self.learning_rate = rate;
        self
    }

    /// Sets the number of epochs. Default: 100.
    #[must_use]
    pub fn epochs(mut self, epochs: usize) -> Self {
        self.epochs = epochs;
        self
    }

    /// The weights w.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The bias b.
    pub fn bias(&self) -> f64 {
        self.bias
    }

    /// Computes w x + b for each row.
    ///
    /// # Errors
    /// If the number of columns is not the number of inputs, or a value is not finite.
    pub fn decision(&self, x: &Tensor<f64>) -> Result<Vec<f64>, ClassicError> {
        Ok(rows(x, self.weights.len(), None)?.iter().map(|x| self.z(x)).collect())
    }

    /// Predicts for each row whether the neuron fires: z ≥ 0.
    ///
    /// # Errors
    /// As for [`decision`](Adaline::decision).
    pub fn predict(&self, x: &Tensor<f64>) -> Result<Vec<bool>, ClassicError> {
        Ok(self.decision(x)?.into_iter().map(|z| z >= 0.0).collect())
    }

    /// Trains the neuron: applies the delta rule to the examples in their order, in each epoch.
    ///
    /// # Errors
    /// If the number of columns is not the number of inputs, the number of labels is not the number of rows, a value is not
    /// finite, or the weights diverge because the learning rate is too large. The neuron is then unchanged.
    pub fn fit(&mut self, x: &Tensor<f64>, y: &[bool]) -> Result<AdalineReport, ClassicError> {
        let rows = rows(x, self.weights.len(), Some(y.len()))?;
        let mut trained = self.clone();
        let mut losses = Vec::with_capacity(self.epochs);
        for epoch in 1..=self.epochs {
            let mut loss = 0.0;
            for (x, &y) in rows.iter().zip(y) {
                let error = if y { 1.0 } else { -1.0 } - trained.z(x);
                loss += 0.5 * error * error;
                let step = trained.learning_rate * error;
                trained.weights.iter_mut().zip(x).for_each(|(w, x)| *w += step * x);
                trained.bias += step;
            }
            if !loss.is_finite() {
                return Err(ClassicError::Diverged { epoch, learning_rate: self.learning_rate });
            }
            losses.push(loss / rows.len().max(1) as f64);
        }
        *self = trained;
        let mistakes = rows.iter().zip(y).filter(|(x, y)| (self.z(x) >= 0.0) != **y).count();
        Ok(AdalineReport { losses, mistakes })
    }

    fn z(&self, x: &[f64]) -> f64 {
        dot(&self.weights, x) + self.bias
    }
}

#[cfg(test)]
mod tests {
    use super::super::boolean_inputs;
    use super::*;
    use autograd::Tape;
    use tensor::tensor;

    #[test]
    fn the_delta_rule_is_gradient_descent_on_half_the_squared_error() {
        let (x, labels) = (tensor![[0.5, -1.0], [2.0, 0.25], [-1.0, 3.0]], [true, false, true]);
        let mut neuron = Adaline::new(2).learning_rate(0.125).epochs(3);
        neuron.fit(&x, &labels).unwrap();
        let (mut w, mut b) = (Tensor::<f64>::zeros(2), 0.0);
        for _ in 0..3 {
            for (i, y) in labels.iter().enumerate() {
                let tape = Tape::new();
                let (wv, bv) = (tape.var(w.clone()), tape.var(b));
                let z = wv.dot(tape.constant(x.slice([(i as isize).into()]))) + bv;
                let g = ((z - if *y { 1.0 } else { -1.0 }).square() * 0.5).backward();
                w.data_mut().iter_mut().zip(g.wrt(wv).to_vec()).for_each(|(w, g)| *w -= 0.125 * g);
                b -= 0.125 * g.wrt(bv);
            }
        }
        for (ours, theirs) in neuron.weights().iter().zip(w.to_vec()) {
            assert!((ours - theirs).abs() < 1e-14);
        }
        assert!((neuron.bias() - b).abs() < 1e-14);
    }

    #[test]
    fn xor_converges_to_the_least_squares_solution() {
        let mut xor = Adaline::new(2).epochs(1000);
        let report = xor.fit(&boolean_inputs(2), &[false, true, true, false]).unwrap();
        // The least-squares solution for XOR is z = 0, with loss 1/2.
        assert!((report.losses[999] - 0.5).abs() < 0.02, "{}", report.losses[999]);
        assert!(xor.weights().iter().all(|w| w.abs() < 0.05));
    }

    #[test]
    fn divergence_is_an_error() {
        let (mut neuron, x) = (Adaline::new(1).learning_rate(10.0).epochs(1000), tensor![[3.0], [-2.0]]);
        let before = neuron.clone();
        let e = neuron.fit(&x, &[true, true]).unwrap_err();
        assert!(matches!(e, ClassicError::Diverged { learning_rate: 10.0, .. }), "{e}");
        assert_eq!(neuron, before);
    }
}
