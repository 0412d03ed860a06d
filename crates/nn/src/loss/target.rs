//! What should have been predicted, brought into the form in which a loss compares it.

use super::{Compares, Loss, LossError};
use autograd::Scalar;
use tensor::{Indices, Shape, Tensor};

/// What should have been predicted: a class of each row, or numbers.
///
/// Class ids do for every loss that compares classes or labels, and numbers for all but
/// [`SparseCategoricalCrossentropy`](Loss::SparseCategoricalCrossentropy).
///
/// ```
/// use nn::Target;
/// use tensor::tensor;
/// let classes: Target = [2, 0, 1].into();
/// let numbers: Target = tensor![[0.5], [1.5]].into();
/// assert!(matches!((classes, numbers), (Target::Classes(_), Target::Numbers(_))));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Target<T: Scalar = f32> {
    /// One class id per row.
    Classes(Indices),
    /// Numbers, of the prediction's shape.
    Numbers(Tensor<T>),
}

impl<T: Scalar> From<Tensor<T>> for Target<T> {
    fn from(numbers: Tensor<T>) -> Self {
        Target::Numbers(numbers)
    }
}
impl<T: Scalar> From<&Tensor<T>> for Target<T> {
    fn from(numbers: &Tensor<T>) -> Self {
        Target::Numbers(numbers.clone())
    }
}

macro_rules! from_classes {
    ($($t:ty $(, $n:ident)?);*) => {$(
        impl<T: Scalar $(, const $n: usize)?> From<$t> for Target<T> {
            fn from(classes: $t) -> Self {
                Target::Classes(classes.into())
            }
        }
    )*};
}
from_classes!(Indices; &Indices; &[usize]; Vec<usize>; &Vec<usize>; [usize; N], N);

impl<T: Scalar> Target<T> {
    /// The target as numbers of the prediction's shape: labels and classes as 0 and 1.
    pub(super) fn numbers(&self, loss: Loss, prediction: &Shape) -> Result<Tensor<T>, LossError> {
        match (self, loss.compares()) {
            (Target::Numbers(y), _) => aligned(loss, y, prediction),
            (Target::Classes(ids), kind)
                if kind == Compares::Classes || kind == Compares::Anything && !is_column(prediction) =>
            {
                let classes = check_classes(loss, ids, prediction)?;
                Ok(Tensor::one_hot(ids.as_slice(), classes).reshape(prediction))
            }
            (Target::Classes(ids), Compares::Labels | Compares::Anything | Compares::Classes) => {
                if let Some((row, &label)) = ids.as_slice().iter().enumerate().find(|&(_, &label)| label > 1) {
                    return Err(LossError::Label { loss, row, label, classes: 2 });
                }
                let y = Tensor::build(ids.shape(), |out| {
                    for (y, &label) in out.iter_mut().zip(ids.as_slice()) {
                        *y = T::from_usize(label);
                    }
                });
                aligned(loss, &y, prediction)
            }
            (Target::Classes(_), Compares::Numbers | Compares::Vectors) => {
                Err(LossError::Kind { loss, needs: "a tensor of numbers, not class ids" })
            }
        }
    }
}

/// Whether there is one output.
fn is_column(prediction: &Shape) -> bool {
    prediction.rank() < 2 || prediction.last() == Some(&1)
}

/// The target in the prediction's shape; an axis of size 1 at the end may be missing on either side.
fn aligned<T: Scalar>(loss: Loss, y: &Tensor<T>, prediction: &Shape) -> Result<Tensor<T>, LossError> {
    let column_of = |long: &[usize], short: &[usize]| long.split_last() == Some((&1, short));
    if y.shape() == prediction {
        Ok(y.clone())
    } else if column_of(prediction, y.shape()) || column_of(y.shape(), prediction) {
        Ok(y.reshape(prediction))
    } else {
        Err(LossError::Shapes { loss, prediction: prediction.clone(), target: y.shape().clone() })
    }
}

/// Refuses class ids that do not belong to the rows of these logits; how many classes there are.
pub(super) fn check_classes(loss: Loss, ids: &Indices, prediction: &Shape) -> Result<usize, LossError> {
    let ids = ids.as_slice();
    let Some((&classes, rows)) = prediction.split_last() else {
        return Err(LossError::Rows { loss, prediction: prediction.clone(), classes: ids.len() });
    };
    if rows.iter().product::<usize>() != ids.len() {
        return Err(LossError::Rows { loss, prediction: prediction.clone(), classes: ids.len() });
    }
    match ids.iter().enumerate().find(|&(_, &label)| label >= classes) {
        Some((row, &label)) => Err(LossError::Label { loss, row, label, classes }),
        None => Ok(classes),
    }
}
