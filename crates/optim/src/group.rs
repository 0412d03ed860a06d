//! Parameters that are treated in their own way.

use crate::constraint::Constraint;
use crate::setting;
use autograd::{Param, Scalar};
use std::fmt;
use std::sync::Arc;

/// Some parameters, and what is different for them: a factor on the learning rate, the weight decay, a constraint.
///
/// Given to an optimizer with [`group`](crate::Descent::group). What a group does not set is as the optimizer has it. A
/// parameter in several groups belongs to the first that was given.
///
/// ```
/// use autograd::{Params, Tape};
/// use optim::{Group, Optimizer, Sgd};
/// use tensor::tensor;
///
/// let mut params = Params::new();
/// let w = params.add("fc.w", tensor![1.0]);
/// let b = params.add("fc.b", tensor![1.0]);
/// let mut sgd = Sgd::new(0.5)
///     .weight_decay(0.1)
///     .group(Group::named(|name| name.ends_with(".b")).weight_decay(0.0).rate_factor(2.0));
/// let tape = Tape::new();
/// let net = params.bind(&tape);
/// let grads = (net.var(w) + net.var(b)).sum().backward();
/// sgd.step(&mut params, &grads);
/// assert_eq!(params.get(w), &tensor![1.0 - 0.5 * 0.1 - 0.5]);
/// assert_eq!(params.get(b), &tensor![1.0 - 2.0 * 0.5]);
/// ```
#[derive(Clone)]
pub struct Group {
    members: Members,
    pub(crate) rate_factor: f64,
    pub(crate) weight_decay: Option<f64>,
    pub(crate) constraint: Option<Constraint>,
}

#[derive(Clone)]
enum Members {
    Keys(Arc<[Param]>),
    Named(Arc<dyn Fn(&str) -> bool + Send + Sync>),
}

impl Group {
    /// The parameters of these keys.
    pub fn of(params: impl IntoIterator<Item = Param>) -> Self {
        Group::with(Members::Keys(params.into_iter().collect()))
    }

    /// The parameters whose name fits, those included that are added later.
    pub fn named(fits: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        Group::with(Members::Named(Arc::new(fits)))
    }

    fn with(members: Members) -> Self {
        Group { members, rate_factor: 1.0, weight_decay: None, constraint: None }
    }

    /// What the learning rate is multiplied with, schedule or not: 1 unless set.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN.
    #[track_caller]
    pub fn rate_factor(mut self, factor: f64) -> Self {
        self.rate_factor = setting::from_zero("the factor on the learning rate", factor);
        self
    }

    /// The weight decay of the group; 0 for none, as is usual for biases.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN.
    #[track_caller]
    pub fn weight_decay(mut self, decay: f64) -> Self {
        self.weight_decay = Some(setting::from_zero("the weight decay", decay));
        self
    }

    /// What the group is brought back to after each step.
    pub fn constraint(mut self, constraint: Constraint) -> Self {
        self.constraint = Some(constraint);
        self
    }

    /// Refuses settings that parameters of this type cannot follow.
    #[track_caller]
    pub(crate) fn check<T: Scalar>(&self) {
        setting::fits::<T>("the factor on the learning rate", self.rate_factor);
        setting::fits::<T>("the weight decay", self.weight_decay.unwrap_or(0.0));
        if let Some(constraint) = &self.constraint {
            constraint.check::<T>();
        }
    }

    pub(crate) fn holds(&self, param: Param, name: &str) -> bool {
        match &self.members {
            Members::Keys(keys) => keys.contains(&param),
            Members::Named(fits) => fits(name),
        }
    }
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Group");
        match &self.members {
            Members::Keys(keys) => out.field("members", keys),
            Members::Named(_) => out.field("members", &"by name"),
        };
        out.field("rate_factor", &self.rate_factor)
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
    fn the_first_group_counts() {
        let mut params = Params::<f64>::new();
        let [a, b, c] = ["a", "b", "c"].map(|name| params.add(name, tensor![1.0]));
        let mut sgd = Sgd::new(0.5)
            .group(Group::of([a]).rate_factor(0.5))
            .group(Group::named(|name| name < "c").rate_factor(0.0).constraint(Constraint::non_negative()));
        sgd.step(&mut params, &Given([a, b, c].map(|p| (p, tensor![4.0])).into()));
        assert_eq!([a, b, c].map(|p| params.get(p).item()), [0.0, 1.0, -1.0]);
    }

    #[test]
    #[should_panic(expected = "the weight decay must be a number from 0 on, but is -1")]
    fn a_negative_decay() {
        let _ = Group::of([]).weight_decay(-1.0);
    }
}
