//! Labels: what a model predicts for each example.

use crate::classes::Classes;
use crate::positions::Positions;
use crate::targets::Targets;
use autograd::Scalar;
use nn::Target;
use std::fmt;

/// The labels for one output of a model: class ids or regression targets.
#[derive(Clone)]
pub enum Labels<T: Scalar = f32> {
    /// A class id per example.
    Classes(Classes),
    /// A row of values per example.
    Targets(Targets<T>),
}

impl<T: Scalar> Labels<T> {
    /// The number of examples.
    pub(crate) fn count(&self) -> usize {
        match self {
            Labels::Classes(classes) => classes.labels().len(),
            Labels::Targets(targets) => targets.values().shape()[0],
        }
    }

    /// The labels of the examples at `positions`, in the form that a loss takes.
    pub(crate) fn batch(&self, positions: &Positions<'_>) -> Target<T> {
        match self {
            Labels::Classes(classes) => classes.batch(positions).into(),
            Labels::Targets(targets) => targets.batch(positions).into(),
        }
    }

    /// The labels of the examples at `positions`.
    pub(crate) fn part(&self, positions: &Positions<'_>) -> Self {
        match self {
            Labels::Classes(classes) => classes.part(positions).into(),
            Labels::Targets(targets) => targets.part(positions).into(),
        }
    }

    pub(crate) fn cast<U: Scalar>(&self) -> Labels<U> {
        match self {
            Labels::Classes(classes) => classes.clone().into(),
            Labels::Targets(targets) => targets.cast().into(),
        }
    }
}

impl<T: Scalar> From<Classes> for Labels<T> {
    fn from(classes: Classes) -> Self {
        Labels::Classes(classes)
    }
}

impl<T: Scalar> From<Targets<T>> for Labels<T> {
    fn from(targets: Targets<T>) -> Self {
        Labels::Targets(targets)
    }
}

impl<T: Scalar> fmt::Debug for Labels<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Labels::Classes(classes) => classes.fmt(f),
            Labels::Targets(targets) => targets.fmt(f),
        }
    }
}
