//! The state of an optimizer in serialized form.

use crate::rate::LearningRateError;
use autograd::Scalar;
use std::collections::HashMap;
use std::fmt;
use tensor::{Shape, Tensor};

/// The state of an optimizer, as named values and tensors.
///
/// [`Optimizer::state`](crate::Optimizer::state) returns it and [`Optimizer::load_state`](crate::Optimizer::load_state)
/// restores it. An optimizer with the same settings that restores it continues with the same bits as the original.
/// Settings, such as β₁ or a schedule, are not part of the state, but the step that a schedule has reached is.
#[derive(Clone, Debug, PartialEq)]
pub struct OptimizerState<T: Scalar = f32> {
    /// The name of the optimizer: [`UpdateRule::NAME`](crate::UpdateRule::NAME), or `lbfgs`.
    pub method: String,
    /// The number of updates made, which is the step that a schedule has reached.
    pub step: u64,
    /// The learning rate; none if the optimizer has a schedule.
    pub learning_rate: Option<f64>,
    /// The number of gradients accumulated for the next update.
    pub pending: u64,
    /// Whether the averages are swapped: the store holds the averages, and the slots named `average` hold the weights.
    pub swapped: bool,
    /// The number of updates of each parameter, by name. Parameters without updates may be missing.
    pub updates: Vec<(String, u64)>,
    /// The state tensors, under `PARAMETER/SLOT`, as in `dense.w/m`.
    pub slots: Vec<(String, Tensor<T>)>,
}

/// The name of a slot of a parameter.
pub(crate) fn slot_name(param: &str, slot: &str) -> String {
    format!("{param}/{slot}")
}

/// The error of loading a state that does not match the optimizer or its parameters. Nothing has been changed.
#[derive(Clone, PartialEq)]
pub struct StateError {
    /// Every mismatch; at least one.
    pub mismatches: Vec<StateMismatch>,
}

/// A mismatch between a saved state and the optimizer or its parameters.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum StateMismatch {
    /// The state belongs to another optimizer.
    Method {
        /// The saved name.
        found: String,
        /// The name of the optimizer that loads the state.
        expected: &'static str,
    },
    /// A learning rate was saved and the optimizer has a schedule, or the other way round.
    LearningRate {
        /// The saved learning rate; none for a schedule.
        found: Option<f64>,
    },
    /// The saved learning rate is negative, infinite or NaN.
    InvalidLearningRate(f64),
    /// The state holds too many accumulated gradients for the optimizer's
    /// [`gradient_accumulation_steps`](crate::GradientDescent::gradient_accumulation_steps).
    Pending {
        /// The number of accumulated gradients.
        found: u64,
        /// The number of gradients per update.
        every: u64,
    },
    /// A slot is missing.
    Missing(String),
    /// An entry belongs to no parameter in the store, or to no slot of this optimizer.
    Unknown(String),
    /// An entry occurs twice.
    Repeated(String),
    /// The shape of a slot differs from the shape of its parameter.
    Shape {
        /// The name of the slot.
        name: String,
        /// The saved shape.
        found: Shape,
        /// The shape of the parameter.
        expected: Shape,
    },
}

impl fmt::Display for StateMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use StateMismatch::*;
        match self {
            Method { found, expected } => write!(f, "expected the state of `{expected}`, found the state of `{found}`"),
            LearningRate { found: Some(rate) } => {
                write!(f, "the state has the constant learning rate {rate}, but the optimizer has a schedule")
            }
            LearningRate { found: None } => {
                write!(f, "the state is from a schedule, but the optimizer has a constant learning rate")
            }
            InvalidLearningRate(rate) => write!(f, "{}", LearningRateError::Invalid(*rate)),
            Pending { found, every } => write!(
                f,
                "the state holds {found} accumulated gradients, so gradient_accumulation_steps must be greater than \
                 {found}, got {every}"
            ),
            Missing(name) => write!(f, "`{name}` is missing"),
            Unknown(name) => write!(f, "`{name}` belongs to no parameter or to no slot of this optimizer"),
            Repeated(name) => write!(f, "`{name}` occurs twice"),
            Shape { name, found, expected } => {
                write!(f, "`{name}` must have the shape of its parameter, {expected}, found {found}")
            }
        }
    }
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the optimizer state does not match the optimizer and its parameters, and was not loaded:")?;
        self.mismatches.iter().try_for_each(|d| write!(f, "\n  {d}"))
    }
}

tensor::debug_as_display!(StateError);

impl std::error::Error for StateError {}

/// Reads entries of a state by name, and collects every mismatch.
pub(crate) struct Reader<'a, T: Scalar> {
    slots: HashMap<&'a str, &'a Tensor<T>>,
    updates: HashMap<&'a str, u64>,
    pub(crate) mismatches: Vec<StateMismatch>,
}

impl<'a, T: Scalar> Reader<'a, T> {
    pub(crate) fn new(state: &'a OptimizerState<T>) -> Self {
        let mut reader = Reader { slots: HashMap::new(), updates: HashMap::new(), mismatches: Vec::new() };
        for (name, slot) in &state.slots {
            if reader.slots.insert(name, slot).is_some() {
                reader.mismatches.push(StateMismatch::Repeated(name.clone()));
            }
        }
        for (name, n) in &state.updates {
            if reader.updates.insert(name, *n).is_some() {
                reader.mismatches.push(StateMismatch::Repeated(name.clone()));
            }
        }
        reader
    }

    /// Takes a slot of a parameter; none if it is missing. Another shape is recorded as a mismatch.
    pub(crate) fn slot(&mut self, param: &str, slot: &str, shape: &Shape) -> Option<Tensor<T>> {
        let name = slot_name(param, slot);
        let found = self.slots.remove(name.as_str())?;
        if found.shape() != shape {
            let (found, expected) = (found.shape().clone(), shape.clone());
            self.mismatches.push(StateMismatch::Shape { name, found, expected });
        }
        Some(found.clone())
    }

    /// Takes a slot of a parameter; a missing slot is recorded as a mismatch.
    pub(crate) fn required(&mut self, param: &str, slot: &str, shape: &Shape) -> Option<Tensor<T>> {
        let found = self.slot(param, slot, shape);
        if found.is_none() {
            self.mismatches.push(StateMismatch::Missing(slot_name(param, slot)));
        }
        found
    }

    /// Takes the number of updates of a parameter.
    pub(crate) fn updates(&mut self, param: &str) -> u64 {
        self.updates.remove(param).unwrap_or(0)
    }

    /// Returns an error if there was a mismatch, or if entries are left over.
    pub(crate) fn finish(mut self) -> Result<(), StateError> {
        let mut left: Vec<&str> = self.slots.keys().chain(self.updates.keys()).copied().collect();
        left.sort_unstable();
        self.mismatches.extend(left.into_iter().map(|name| StateMismatch::Unknown(name.to_owned())));
        if self.mismatches.is_empty() { Ok(()) } else { Err(StateError { mismatches: self.mismatches }) }
    }
}
