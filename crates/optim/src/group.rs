//! Parameter groups: settings for some of the parameters.

use crate::constraint::Constraint;
use crate::setting;
use autograd::{Param, Scalar};
use std::fmt;
use std::sync::Arc;

const LEARNING_RATE_FACTOR: &str = "learning_rate_factor";
const WEIGHT_DECAY: &str = "the weight decay";

/// A group of parameters with its own settings: a factor on the learning rate, a weight decay, a constraint.
///
/// Pass it to an optimizer with [`group`](crate::GradientDescent::group). Settings that the group does not set are
/// those of the optimizer. A parameter in several groups belongs to the first.
///
/// ```
/// use autograd::{Params, Tape};
/// use optim::{ParamGroup, Optimizer, Sgd};
/// use tensor::tensor;
///
/// let mut params = Params::new();
/// let w = params.add("fc.w", tensor![1.0]);
/// let b = params.add("fc.b", tensor![1.0]);
/// let mut sgd = Sgd::new(0.5)
///     .weight_decay(0.1)
///     .group(ParamGroup::named(|name| name.ends_with(".b")).weight_decay(0.0).learning_rate_factor(2.0));
/// let tape = Tape::new();
/// let net = params.bind(&tape);
/// let grads = (net.var(w) + net.var(b)).sum().backward();
/// sgd.step(&mut params, &grads);
/// assert_eq!(params.get(w), &tensor![1.0 - 0.5 * 0.1 - 0.5]);
/// assert_eq!(params.get(b), &tensor![1.0 - 2.0 * 0.5]);
/// ```
#[derive(Clone)]
pub struct ParamGroup {
    members: Members,
    pub(crate) learning_rate_factor: f64,
    pub(crate) weight_decay: Option<f64>,
    pub(crate) constraint: Option<Constraint>,
}

#[derive(Clone)]
enum Members {
    Keys(Arc<[Param]>),
    Named(Arc<dyn Fn(&str) -> bool + Send + Sync>),
}

impl ParamGroup {
    /// Creates a group of the parameters with these keys.
    pub fn of(params: impl IntoIterator<Item = Param>) -> Self {
        ParamGroup::with(Members::Keys(params.into_iter().collect()))
    }

    /// Creates a group of the parameters for whose name `predicate` returns true, including those added later.
    pub fn named(predicate: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        ParamGroup::with(Members::Named(Arc::new(predicate)))
    }

    fn with(members: Members) -> Self {
        ParamGroup { members, learning_rate_factor: 1.0, weight_decay: None, constraint: None }
    }

    /// Sets the factor by which the learning rate of the optimizer is multiplied. Default: 1.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN.
    #[track_caller]
    pub fn learning_rate_factor(mut self, factor: f64) -> Self {
        self.learning_rate_factor = setting::non_negative(LEARNING_RATE_FACTOR, factor);
        self
    }

    /// Sets the weight decay of the group; 0, as is usual for biases, means none.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN.
    #[track_caller]
    pub fn weight_decay(mut self, decay: f64) -> Self {
        self.weight_decay = Some(setting::non_negative(WEIGHT_DECAY, decay));
        self
    }

    /// Sets the constraint of the group.
    pub fn constraint(mut self, constraint: Constraint) -> Self {
        self.constraint = Some(constraint);
        self
    }

    /// # Panics
    /// If a setting is not [representable](setting::representable) in `T`.
    #[track_caller]
    pub(crate) fn check<T: Scalar>(&self) {
        setting::representable::<T>(LEARNING_RATE_FACTOR, self.learning_rate_factor);
        setting::representable::<T>(WEIGHT_DECAY, self.weight_decay.unwrap_or(0.0));
        if let Some(constraint) = &self.constraint {
            constraint.check::<T>();
        }
    }

    pub(crate) fn contains(&self, param: Param, name: &str) -> bool {
        match &self.members {
            Members::Keys(keys) => keys.contains(&param),
            Members::Named(predicate) => predicate(name),
        }
    }
}

impl fmt::Debug for ParamGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("ParamGroup");
        match &self.members {
            Members::Keys(keys) => out.field("members", keys),
            Members::Named(_) => out.field("members", &"by name"),
        };
        out.field("learning_rate_factor", &self.learning_rate_factor)
            .field("weight_decay", &self.weight_decay)
            .field("constraint", &self.constraint)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Given;
    use crate::{Optimizer, Sgd};
    use autograd::Params;
    use tensor::tensor;

    #[test]
    fn a_parameter_belongs_to_the_first_group() {
        let mut params = Params::<f64>::new();
        let [a, b, c] = ["a", "b", "c"].map(|name| params.add(name, tensor![1.0]));
        let mut sgd = Sgd::new(0.5).group(ParamGroup::of([a]).learning_rate_factor(0.5)).group(
            ParamGroup::named(|name| name < "c").learning_rate_factor(0.0).constraint(Constraint::non_negative()),
        );
        sgd.step(&mut params, &Given([a, b, c].map(|p| (p, tensor![4.0])).into()));
        assert_eq!([a, b, c].map(|p| params.get(p).item()), [0.0, 1.0, -1.0]);
    }

    #[test]
    #[should_panic(expected = "the weight decay must be finite and at least 0, got -1")]
    fn a_negative_weight_decay_is_rejected() {
        let _ = ParamGroup::of([]).weight_decay(-1.0);
    }
}
