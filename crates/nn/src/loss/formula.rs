//! The formula of each loss, on the primitives of autograd.

use super::target::check_classes;
use super::{Compares, Loss, LossError, Target};
use crate::direction::direction;
use autograd::rules::Binary;
use autograd::{Scalar, TensorVar, Var, softmax_cross_entropy_rows, softmax_cross_entropy_soft_rows};
use tensor::Tensor;

/// What keeps divisors and logarithms away from 0: Keras's `epsilon()`.
const EPSILON: f64 = 1e-7;

/// What a formula gives: a number for each element, to be averaged over the last axis, or one for each row.
pub(super) enum Terms<'t, T: Scalar> {
    Elements(TensorVar<'t, T>),
    Rows(TensorVar<'t, T>),
}

impl<'t, T: Scalar> Terms<'t, T> {
    /// The mean over the batch.
    pub(super) fn mean(self) -> Var<'t, T> {
        match self {
            Terms::Elements(l) | Terms::Rows(l) => l.mean(),
        }
    }

    /// The loss of each example.
    pub(super) fn per_sample(self) -> TensorVar<'t, T> {
        match self {
            Terms::Elements(l) => l.mean_over(-1),
            Terms::Rows(l) => l,
        }
    }
}

impl Loss {
    /// The losses before any mean.
    #[track_caller]
    pub(super) fn terms<'t, T: Scalar>(
        self,
        prediction: TensorVar<'t, T>,
        target: &Target<T>,
    ) -> Result<Terms<'t, T>, LossError> {
        use Loss::*;
        if matches!((self, target), (SparseCategoricalCrossentropy(_), Target::Numbers(_))) {
            return Err(LossError::Kind {
                loss: self,
                needs: "class ids; for a distribution take categorical_crossentropy",
            });
        }
        if let Custom(name) = self {
            return Err(LossError::Custom { name });
        }
        if let (SparseCategoricalCrossentropy(s) | CategoricalCrossentropy(s), Target::Classes(ids)) = (self, target) {
            check_classes(self, ids, &prediction.shape())?;
            return Ok(Terms::Rows(softmax_cross_entropy_rows(prediction, ids, s)));
        }
        let y = target.numbers(self, &prediction.shape())?;
        if matches!(self, BinaryCrossentropy(_) | BinaryFocalCrossentropy { .. }) {
            check_probabilities(self, &y)?;
        }
        // A vector is a column of examples, unless the loss compares rows.
        let column = prediction.shape().rank() < 2 && matches!(self.compares(), Compares::Numbers | Compares::Labels);
        let (p, y) = if column {
            let n = y.size();
            (prediction.reshape([n, 1]), y.reshape([n, 1]))
        } else {
            (prediction, y)
        };
        Ok(self.formula(p, constant(p, y)))
    }

    fn formula<'t, T: Scalar>(self, p: TensorVar<'t, T>, y: TensorVar<'t, T>) -> Terms<'t, T> {
        use Loss::*;
        use Terms::*;
        let Some(tape) = p.tape() else { unreachable!("a tensor is on a tape") };
        let number = |c: f64| tape.constant(T::from_f64(c));
        match self {
            Mse => Elements(p.binary(Binary::SquaredError, y)),
            Mae => Elements(p.binary(Binary::AbsoluteError, y)),
            Mape => Elements(number(100.0) * ((p - y) / y.abs().maximum(number(EPSILON))).abs()),
            Msle => {
                let log = |x: TensorVar<'t, T>| x.maximum(number(EPSILON)).ln_1p();
                Elements(log(p).binary(Binary::SquaredError, log(y)))
            }
            Huber(delta) => Elements((p - y).binary_with(Binary::Huber, T::from_f64(delta))),
            LogCosh => Elements(log_cosh(p - y)),
            Hinge => Elements((number(1.0) - signs(y) * p).relu()),
            SquaredHinge => Elements((number(1.0) - signs(y) * p).relu().square()),
            Perceptron => {
                let m = -(signs(y) * p);
                // Unlike relu, with slope 1 at 0.
                Elements(m.masked_fill(&m.lt(number(0.0)), T::ZERO))
            }
            CategoricalHinge => {
                let right = times(y, p).sum_over(-1);
                let wrong = times(number(1.0) - y, p).max_over(-1);
                Rows((wrong - right + number(1.0)).relu())
            }
            // The cross-entropy less that of the target with itself.
            KlDivergence => Rows(softmax_cross_entropy_soft_rows(p, y) + y.xlogy(y).sum_over(-1)),
            Poisson => Elements(p - times(y, (p + number(EPSILON)).ln())),
            CosineSimilarity => Rows(-(direction(p) * direction(y)).sum_over(-1)),
            BinaryCrossentropy(s) => {
                let y = if s == 0.0 { y } else { y * number(1.0 - s) + number(s / 2.0) };
                Elements(p.binary(Binary::BceWithLogits, y))
            }
            CategoricalCrossentropy(s) | SparseCategoricalCrossentropy(s) => {
                Rows(softmax_cross_entropy_soft_rows(p, smoothed(y, s)))
            }
            BinaryFocalCrossentropy { gamma, alpha } => {
                let not_y = number(1.0) - y;
                let wrong = y * (-p).sigmoid() + not_y * p.sigmoid();
                let focal = wrong.pow(number(gamma)) * p.binary(Binary::BceWithLogits, y);
                Elements(match alpha {
                    Some(alpha) => times(y * number(alpha) + not_y * number(1.0 - alpha), focal),
                    None => focal,
                })
            }
            Custom(name) => unreachable!("`{name}` has no formula here, and was refused"),
            CategoricalFocalCrossentropy { gamma, alpha } => {
                let log_p = p.log_softmax(-1);
                // 1 - p, exact where p is nearly 0.
                let wrong = -log_p.exp_m1();
                Rows(number(-alpha) * times(y, wrong.pow(number(gamma)) * log_p).sum_over(-1))
            }
        }
    }
}

/// A plain tensor beside a variable.
fn constant<'t, T: Scalar>(beside: TensorVar<'t, T>, x: Tensor<T>) -> TensorVar<'t, T> {
    let Some(tape) = beside.tape() else { unreachable!("a tensor is on a tape") };
    tape.constant(x)
}

/// `weight` · x, and 0 where the weight is 0, even if x is infinite: what is not aimed at costs nothing.
pub(super) fn times<'t, T: Scalar>(weight: TensorVar<'t, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
    weight.binary(Binary::AbsentMul, x)
}

/// ln cosh e: from sinh² near 0, where value and derivative keep their digits, and without overflow further out.
fn log_cosh<'t, T: Scalar>(e: TensorVar<'t, T>) -> TensorVar<'t, T> {
    let Some(tape) = e.tape() else { unreachable!("a tensor is on a tape") };
    let number = |c: f64| tape.constant(T::from_f64(c));
    let size = e.abs();
    let near = number(0.5) * e.sinh().square().ln_1p();
    let far = size + (number(-2.0) * size).softplus() - number(std::f64::consts::LN_2);
    near.where_(&size.le(number(1.0)), far)
}

/// (1 - s) y + s/classes.
fn smoothed<'t, T: Scalar>(y: TensorVar<'t, T>, s: f64) -> TensorVar<'t, T> {
    if s == 0.0 {
        return y;
    }
    let classes = y.shape().last().copied().unwrap_or(1).max(1);
    let hit = y.binary_with(Binary::Mul, T::from_f64(1.0 - s));
    hit.binary_with(Binary::Add, T::from_f64(s / classes as f64))
}

/// Labels 0 and 1 as -1 and 1; others as they are.
fn signs<'t, T: Scalar>(y: TensorVar<'t, T>) -> TensorVar<'t, T> {
    let labels = y.value();
    if !labels.to_vec().iter().all(|&y| y == T::ZERO || y == T::ONE) {
        return y;
    }
    let doubled = y.binary_with(Binary::Mul, T::from_f64(2.0));
    doubled.binary_with(Binary::Sub, T::ONE)
}

fn check_probabilities<T: Scalar>(loss: Loss, y: &Tensor<T>) -> Result<(), LossError> {
    let outside = |y: T| !(T::ZERO..=T::ONE).contains(&y);
    let at = match y.as_slice() {
        Some(y) => y.iter().position(|&y| outside(y)),
        None => y.to_vec().iter().position(|&y| outside(y)),
    };
    match at {
        Some(at) => Err(LossError::Probability { loss, at, value: y.flatten().at([at as isize]).to_f64() }),
        None => Ok(()),
    }
}
