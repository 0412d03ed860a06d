//! Loss functions: means over the examples of a batch. The classification losses take logits. Targets are variables or
//! plain tensors, which are constants.

use super::{Operand, TensorOperand};
use crate::core::value::Scalar;
use crate::core::var::{TensorVar, Var};
use crate::rules::{Binary, Op, Targets};
use tensor::{Indices, Tensor};

/// The mean softmax cross-entropy of logits of shape (..., classes) against one class index per row.
///
/// It is computed from the logits, so it is finite for finite logits. The gradient of a row is
/// (softmax(z) - onehot) / n, for n rows.
///
/// ```
/// use autograd::{Tape, softmax_cross_entropy};
/// use tensor::tensor;
/// let tape = Tape::new();
/// let z = tape.var(tensor![[1.0, 2.0, 3.0]]);
/// let loss = softmax_cross_entropy(z, [2]);
/// assert!((loss.value() - 0.4076059644443803_f64).abs() < 1e-15);
/// ```
///
/// # Panics
/// If the number of class indices differs from the number of rows, or a class index is out of range.
#[track_caller]
pub fn softmax_cross_entropy<'t, T: Scalar>(logits: TensorVar<'t, T>, classes: impl Into<Indices>) -> Var<'t, T> {
    softmax_cross_entropy_smoothed(logits, classes, 0.0)
}

/// [`softmax_cross_entropy`] with label smoothing s, 0 <= s < 1: the target distribution is (1 - s) onehot + s/classes.
#[track_caller]
pub fn softmax_cross_entropy_smoothed<'t, T: Scalar>(
    logits: TensorVar<'t, T>,
    classes: impl Into<Indices>,
    smoothing: f64,
) -> Var<'t, T> {
    softmax_cross_entropy_rows(logits, classes, smoothing).mean()
}

/// The softmax cross-entropy of each row of logits of shape (..., classes) against its class. The result has shape
/// (...); [`softmax_cross_entropy_smoothed`] is its mean.
///
/// ```
/// use autograd::{Tape, softmax_cross_entropy_rows};
/// use tensor::tensor;
/// let tape = Tape::new();
/// let z = tape.var(tensor![[0.0, f64::NEG_INFINITY, 0.0], [0.0, 0.0, f64::NEG_INFINITY]]);
/// let losses = softmax_cross_entropy_rows(z, [0, 2], 0.0);
/// assert_eq!(losses.value(), tensor![2.0_f64.ln(), f64::INFINITY]);
/// ```
///
/// # Panics
/// If the number of class indices differs from the number of rows, a class index is out of range, or the smoothing is
/// not in 0..1.
#[track_caller]
pub fn softmax_cross_entropy_rows<'t, T: Scalar>(
    logits: TensorVar<'t, T>,
    classes: impl Into<Indices>,
    smoothing: f64,
) -> TensorVar<'t, T> {
    let (shape, classes) = (logits.shape(), classes.into());
    let Some(&c) = shape.last() else {
        panic!("softmax_cross_entropy: expected logits with an axis of classes, got a 0-d tensor");
    };
    let rows: usize = shape[..shape.rank() - 1].iter().product();
    let given = classes.as_slice();
    if given.len() != rows {
        panic!(
            "softmax_cross_entropy: expected one class for each of {rows} rows of logits {shape}, got {} classes",
            given.len()
        );
    }
    if let Some((row, &class)) = given.iter().enumerate().find(|&(_, &class)| class >= c) {
        panic!(
            "softmax_cross_entropy: expected classes below {c} for logits of shape {shape}, got class {class} in \
             row {row}"
        );
    }
    if !(0.0..1.0).contains(&smoothing) {
        panic!("softmax_cross_entropy: expected label smoothing in 0..1, got {smoothing}");
    }
    logits.on_tape().record(Op::CrossEntropy(Targets { classes, smoothing }), &[logits.id])
}

/// The mean softmax cross-entropy of logits of shape (..., classes) against one distribution per row, one-hot or soft,
/// of the same shape. Differentiable in both.
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn softmax_cross_entropy_soft<'t, T: Scalar>(
    logits: TensorVar<'t, T>,
    targets: impl TensorOperand<'t, T>,
) -> Var<'t, T> {
    softmax_cross_entropy_soft_rows(logits, targets).mean()
}

/// The softmax cross-entropy of each row of logits of shape (..., classes) against its distribution. The result has
/// shape (...); [`softmax_cross_entropy_soft`] is its mean. A class with target 0 contributes 0, even if its logit is
/// -inf.
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn softmax_cross_entropy_soft_rows<'t, T: Scalar>(
    logits: TensorVar<'t, T>,
    targets: impl TensorOperand<'t, T>,
) -> TensorVar<'t, T> {
    let targets = of_same_shape("softmax_cross_entropy", logits, targets);
    if logits.shape().rank() == 0 {
        panic!("softmax_cross_entropy: expected logits with an axis of classes, got a 0-d tensor");
    }
    logits.on_tape().record(Op::CrossEntropySoft, &[logits.id, targets.id])
}

/// The mean binary cross-entropy of logits z against targets t in 0..1: (1 - t) softplus(z) + t softplus(-z).
///
/// Its derivative is (1 - t) σ(z) - t σ(-z), accurate in both tails.
///
/// # Panics
/// If the shapes differ: (n) and (n, 1) are not broadcast to (n, n).
#[track_caller]
pub fn bce_with_logits<'t, T: Scalar>(logits: TensorVar<'t, T>, targets: impl TensorOperand<'t, T>) -> Var<'t, T> {
    mean_of("bce_with_logits", Binary::BceWithLogits, logits, targets)
}

/// The mean squared error.
///
/// ```
/// use autograd::{Tape, mse};
/// use tensor::tensor;
/// let tape = Tape::new();
/// let prediction = tape.var(tensor![1.0, 4.0]);
/// let loss = mse(prediction, tensor![2.0, 2.0]);
/// assert_eq!(loss.value(), 2.5);
/// assert_eq!(loss.backward().wrt(prediction), tensor![-1.0, 2.0]); // 2 (prediction - target) / n
/// ```
///
/// # Panics
/// If the shapes differ: (n) and (n, 1) are not broadcast to (n, n).
#[track_caller]
pub fn mse<'t, T: Scalar>(prediction: TensorVar<'t, T>, target: impl TensorOperand<'t, T>) -> Var<'t, T> {
    mean_of("mse", Binary::SquaredError, prediction, target)
}

/// The mean absolute error; derivative 0 where prediction and target are equal.
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn mae<'t, T: Scalar>(prediction: TensorVar<'t, T>, target: impl TensorOperand<'t, T>) -> Var<'t, T> {
    mean_of("mae", Binary::AbsoluteError, prediction, target)
}

/// The mean Huber loss (1964): e²/2 for errors up to `delta`, delta·|e| - delta²/2 beyond. Keras
/// uses a delta of 1 by default.
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn huber<'t, T: Scalar>(
    prediction: TensorVar<'t, T>,
    target: impl TensorOperand<'t, T>,
    delta: impl Operand<'t, Tensor<T>>,
) -> Var<'t, T> {
    let target = of_same_shape("huber", prediction, target);
    (prediction - target).binary(Binary::Huber, delta).mean()
}

#[track_caller]
fn mean_of<'t, T: Scalar>(
    name: &str,
    op: Binary,
    prediction: TensorVar<'t, T>,
    target: impl TensorOperand<'t, T>,
) -> Var<'t, T> {
    prediction.binary(op, of_same_shape(name, prediction, target)).mean()
}

/// The target as a variable, of the shape of the prediction.
#[track_caller]
fn of_same_shape<'t, T: Scalar>(
    name: &str,
    prediction: TensorVar<'t, T>,
    target: impl TensorOperand<'t, T>,
) -> TensorVar<'t, T> {
    let target = prediction.tensor_operand(target, name);
    let (a, b) = (prediction.shape(), target.shape());
    if a != b {
        panic!("{name}: expected prediction and target of the same shape, got {a} and {b}; `reshape` one of them");
    }
    target
}
