//! A loss of the user's own.

use super::formula::Terms;
use super::{Loss, LossError, Reduction, Target};
use autograd::{Scalar, TensorVar, Var};
use std::fmt;
use std::sync::Arc;
use tensor::Tensor;

type Function<T> = dyn for<'t> Fn(TensorVar<'t, T>, TensorVar<'t, T>) -> TensorVar<'t, T> + Send + Sync;

/// A loss by a function of predictions and targets, under a name: what [`Model::custom_loss`](crate::Model::custom_loss)
/// and [`Registry::loss`](crate::Registry::loss) are given.
///
/// The target has the prediction's shape: class ids are rows of zeros and ones, or a column of them if there is one
/// output. The function gives a number for each example, or one for each element, of which an example's loss is the mean.
#[derive(Clone)]
pub struct CustomLoss<T: Scalar = f32> {
    name: &'static str,
    f: Arc<Function<T>>,
}

impl<T: Scalar> CustomLoss<T> {
    /// This function, under this name.
    ///
    /// # Panics
    /// If the library has a loss of that name: a file could not tell one from the other.
    #[track_caller]
    pub fn new(
        name: &'static str,
        f: impl for<'t> Fn(TensorVar<'t, T>, TensorVar<'t, T>) -> TensorVar<'t, T> + Send + Sync + 'static,
    ) -> Self {
        assert!(name.parse::<Loss>().is_err(), "CustomLoss: `{name}` is a loss of the library; take another name");
        CustomLoss { name, f: Arc::new(f) }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The loss of a batch, whose examples may count by weights.
    ///
    /// # Errors
    /// If the target or the weights do not match the prediction.
    ///
    /// # Panics
    /// If the function gives more or fewer numbers than there are examples.
    #[track_caller]
    pub fn of<'t>(
        &self,
        prediction: TensorVar<'t, T>,
        target: &Target<T>,
        weights: Option<&Tensor<T>>,
    ) -> Result<Var<'t, T>, LossError> {
        let (loss, shape) = (Loss::Custom(self.name), prediction.shape());
        let Some(tape) = prediction.tape() else { unreachable!("a tensor is on a tape") };
        let losses = (self.f)(prediction, tape.constant(target.numbers(loss, &shape)?));
        let given = losses.shape();
        if given.rank() == 0 || given.first() != shape.first() {
            panic!(
                "loss `{}`: for predictions of shape {shape} the function gave shape {given}; one number per example, or \
                 per element, is needed",
                self.name
            );
        }
        let terms = if given.rank() == 1 { Terms::Rows(losses) } else { Terms::Elements(losses) };
        match weights {
            None => Ok(terms.mean()),
            Some(weights) => Reduction::default().weighted(terms.per_sample(), weights),
        }
    }
}

impl<T: Scalar> fmt::Debug for CustomLoss<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomLoss").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autograd::Tape;
    use tensor::tensor;

    #[test]
    fn a_number_per_example_or_per_element() {
        let tape = Tape::new();
        let p = tape.var(tensor![[1.0, 2.0], [3.0, 6.0]]);
        let y = Target::from(tensor![[0.0, 0.0], [1.0, 2.0]]);
        let (squares, weights) = (CustomLoss::new("squares", |p, y| (p - y).square()), tensor![1.0, 3.0]);
        let sums = CustomLoss::new("sums", |p, y| (p - y).square().sum_over(-1));
        for weights in [None, Some(&weights)] {
            let mse = match weights {
                None => Loss::Mse.of(p, &y),
                Some(w) => Loss::Mse.weighted(p, &y, w, Reduction::default()),
            };
            let mse = mse.unwrap().value();
            assert_eq!(squares.of(p, &y, weights).unwrap().value(), mse);
            assert_eq!(sums.of(p, &y, weights).unwrap().value(), 2.0 * mse);
        }
        assert_eq!(squares.of(p, &y, None).unwrap().backward().wrt(p), tensor![[0.5, 1.0], [1.0, 2.0]]);
    }

    #[test]
    fn classes_are_rows_or_a_column_of_zeros_and_ones() {
        let tape = Tape::new();
        let target = CustomLoss::new("target", |_, y| y);
        let of = |p: Tensor<f64>, ids: [usize; 2]| target.of(tape.var(p), &ids.into(), None).map(|l| l.value());
        assert_eq!(of(Tensor::zeros([2, 3]), [2, 0]), Ok(1.0 / 3.0));
        assert_eq!(of(Tensor::zeros([2, 1]), [1, 0]), Ok(0.5));
        assert!(matches!(of(Tensor::zeros([2, 3]), [3, 0]), Err(LossError::Label { label: 3, .. })));
        let shapes = target.of(tape.var(Tensor::zeros([2, 3])), &tensor![1.0, 2.0].into(), None);
        assert!(matches!(shapes, Err(LossError::Shapes { .. })));
        let e = Loss::Custom("target").of(tape.var(tensor![1.0]), &tensor![1.0].into()).unwrap_err();
        assert_eq!(e.to_string(), "target: this is a function that only its model knows; use `Model::objective`");
    }

    #[test]
    #[should_panic(expected = "CustomLoss: `mse` is a loss of the library; take another name")]
    fn a_name_that_is_taken() {
        CustomLoss::<f32>::new("mse", |p, y| p - y);
    }

    #[test]
    #[should_panic(expected = "loss `sum`: for predictions of shape (2, 1) the function gave shape (1,)")]
    fn a_function_that_sums_over_the_batch() {
        let tape = Tape::new();
        let sum = CustomLoss::new("sum", |p: TensorVar<'_>, _| p.sum_over(0));
        let _ = sum.of(tape.var(tensor![[1.0], [2.0]]), &tensor![1.0, 2.0].into(), None);
    }
}
