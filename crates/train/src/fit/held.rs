//! The optimizer of a run.

use autograd::Scalar;
use optim::Optimizer;

/// An optimizer, given or lent.
pub(super) enum Held<'a, T: Scalar> {
    Own(Box<dyn Optimizer<T> + 'a>),
    BoundParams(&'a mut dyn Optimizer<T>),
}

impl<T: Scalar> Held<'_, T> {
    pub(super) fn get(&mut self) -> &mut dyn Optimizer<T> {
        match self {
            Held::Own(optimizer) => &mut **optimizer,
            Held::BoundParams(optimizer) => *optimizer,
        }
    }
}
