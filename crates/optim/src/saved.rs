//! The state of an optimizer as data: to be saved, and to go on from.

use autograd::Scalar;
use std::collections::HashMap;
use std::fmt;
use tensor::{Shape, Tensor};

/// All that an optimizer has come to know, in numbers that have names.
///
/// [`Optimizer::state`](crate::Optimizer::state) gives it, [`Optimizer::load`](crate::Optimizer::load) takes it: an
/// optimizer of the same settings that loads it goes on bit for bit as the first would have. Settings, such as β₁ or a
/// schedule, are not in it; the step that a schedule has reached is.
#[derive(Clone, Debug, PartialEq)]
pub struct OptimizerState<T: Scalar = f32> {
    /// The name of the method: [`Rule::NAME`](crate::Rule::NAME).
    pub method: String,
    /// How many updates have been made: the step at which a schedule stands.
    pub step: u64,
    /// The learning rate, which may have been set anew; none if a schedule gives it.
    pub rate: Option<f64>,
    /// How many gradients have been added up for the next update.
    pub pending: u64,
    /// Whether the averages of the weights stand in the store, and the weights in the slots named `average`.
    pub swapped: bool,
    /// How many updates each parameter has had, by its name. Those that have had none need not be here.
    pub updates: Vec<(String, u64)>,
    /// What is remembered beside the numbers, under `PARAMETER/SLOT`: `dense.w/m`.
    pub slots: Vec<(String, Tensor<T>)>,
}

/// Where a slot of a parameter is kept.
pub(crate) fn slot_name(param: &str, slot: &str) -> String {
    format!("{param}/{slot}")
}

/// Why a state was not loaded: everything that does not fit. Nothing has been changed.
#[derive(Clone, PartialEq)]
pub struct StateError {
    /// At least one.
    pub differences: Vec<Difference>,
}

/// One thing in a saved state that does not fit the optimizer, or the parameters.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Difference {
    /// It is the state of another method.
    Method {
        /// The method that was saved.
        found: String,
        /// The method that loads.
        expected: &'static str,
    },
    /// A learning rate was saved, but the optimizer follows a schedule; or the other way round.
    Rate {
        /// What was saved.
        found: Option<f64>,
    },
    /// The learning rate saved is negative, infinite or NaN.
    NotARate(f64),
    /// More gradients wait for the next update than the optimizer would collect.
    Pending {
        /// How many wait.
        found: u64,
        /// How many make an update.
        every: u64,
    },
    /// Something is not there.
    Missing(String),
    /// Something belongs to no parameter in the store, or to no slot of this optimizer.
    Unknown(String),
    /// Something is there twice.
    Repeated(String),
    /// Something has another shape than its parameter.
    Shape {
        /// Where.
        name: String,
        /// The shape that was saved.
        found: Shape,
        /// The parameter's.
        expected: Shape,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Difference::*;
        match self {
            Method { found, expected } => write!(f, "it is the state of `{found}`, but the optimizer is `{expected}`"),
            Rate { found: Some(rate) } => {
                write!(f, "the learning rate {rate} was saved, but the optimizer follows a schedule")
            }
            Rate { found: None } => write!(f, "a schedule was followed, but the optimizer has a fixed learning rate"),
            NotARate(rate) => write!(f, "the learning rate must be a number from 0 on, but is {rate}"),
            Pending { found, every } => {
                write!(f, "{found} gradients wait for the next update, but {every} of them make one")
            }
            Missing(name) => write!(f, "`{name}` is missing"),
            Unknown(name) => write!(f, "`{name}` belongs to no parameter, or is nothing that this optimizer remembers"),
            Repeated(name) => write!(f, "`{name}` is there twice"),
            Shape { name, found, expected } => {
                write!(f, "`{name}` has shape {found}, but its parameter has {expected}")
            }
        }
    }
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the state does not fit the optimizer and its parameters, and was not loaded:")?;
        self.differences.iter().try_for_each(|d| write!(f, "\n  {d}"))
    }
}

tensor::debug_as_display!(StateError);

impl std::error::Error for StateError {}

/// Takes a state apart by name, and keeps a list of what does not fit.
pub(crate) struct Reader<'a, T: Scalar> {
    slots: HashMap<&'a str, &'a Tensor<T>>,
    updates: HashMap<&'a str, u64>,
    pub(crate) differences: Vec<Difference>,
}

impl<'a, T: Scalar> Reader<'a, T> {
    pub(crate) fn new(state: &'a OptimizerState<T>) -> Self {
        let mut reader = Reader { slots: HashMap::new(), updates: HashMap::new(), differences: Vec::new() };
        for (name, slot) in &state.slots {
            if reader.slots.insert(name, slot).is_some() {
                reader.differences.push(Difference::Repeated(name.clone()));
            }
        }
        for (name, n) in &state.updates {
            if reader.updates.insert(name, *n).is_some() {
                reader.differences.push(Difference::Repeated(name.clone()));
            }
        }
        reader
    }

    /// A slot of a parameter, of its shape; none if it is not there.
    pub(crate) fn slot(&mut self, param: &str, slot: &str, shape: &Shape) -> Option<Tensor<T>> {
        let name = slot_name(param, slot);
        let found = self.slots.remove(name.as_str())?;
        if found.shape() != shape {
            let (found, expected) = (found.shape().clone(), shape.clone());
            self.differences.push(Difference::Shape { name, found, expected });
        }
        Some(found.clone())
    }

    /// A slot of a parameter that must be there.
    pub(crate) fn required(&mut self, param: &str, slot: &str, shape: &Shape) -> Option<Tensor<T>> {
        let found = self.slot(param, slot, shape);
        if found.is_none() {
            self.differences.push(Difference::Missing(slot_name(param, slot)));
        }
        found
    }

    /// How many updates a parameter has had.
    pub(crate) fn updates(&mut self, param: &str) -> u64 {
        self.updates.remove(param).unwrap_or(0)
    }

    /// Whether everything fitted and nothing is left over.
    pub(crate) fn finish(mut self) -> Result<(), StateError> {
        let mut left: Vec<&str> = self.slots.keys().chain(self.updates.keys()).copied().collect();
        left.sort_unstable();
        self.differences.extend(left.into_iter().map(|name| Difference::Unknown(name.to_owned())));
        if self.differences.is_empty() { Ok(()) } else { Err(StateError { differences: self.differences }) }
    }
}
