//! What a network is for: from the task follow its outputs' activation, its loss, and how well it is said to do.

use crate::activation::Activation;
use crate::loss::Loss;
use crate::named::UnknownName;
use std::fmt;
use std::str::FromStr;

/// What a network is for.
///
/// | task | outputs | activation | loss | metric |
/// |---|---|---|---|---|
/// | regression | one per number to predict | none | mean squared error | root mean squared error |
/// | binary | one | sigmoid | binary cross-entropy | accuracy |
/// | multilabel | one per label | sigmoid | binary cross-entropy, the mean over labels | accuracy |
/// | multiclass | one per class | softmax | sparse categorical cross-entropy | accuracy |
///
/// The activation is not part of the network: the loss is evaluated from logits, and the activation is applied where
/// somebody looks at a prediction.
///
/// ```
/// use nn::{Loss, Sigmoid, Task};
/// assert_eq!(Task::Binary.activation(), Sigmoid);
/// assert_eq!(Task::Multiclass.loss(), Loss::SparseCategoricalCrossentropy(0.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Numbers are predicted.
    Regression,
    /// Yes or no.
    Binary,
    /// Several independent answers, each yes or no; their probabilities need not sum to 1.
    Multilabel,
    /// One of several classes.
    Multiclass,
}

impl Task {
    const ALL: [Task; 4] = [Task::Regression, Task::Binary, Task::Multilabel, Task::Multiclass];

    /// What follows the last layer where predictions are wanted.
    pub fn activation(self) -> Activation {
        self.loss().link()
    }

    /// What training makes small.
    pub fn loss(self) -> Loss {
        match self {
            Task::Regression => Loss::Mse,
            Task::Binary | Task::Multilabel => Loss::BinaryCrossentropy(0.0),
            Task::Multiclass => Loss::SparseCategoricalCrossentropy(0.0),
        }
    }

    /// How well the model is said to do, by Keras's name.
    pub fn metric(self) -> &'static str {
        match self {
            Task::Regression => "root_mean_squared_error",
            Task::Binary | Task::Multilabel | Task::Multiclass => "accuracy",
        }
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Task::Regression => "regression",
            Task::Binary => "binary",
            Task::Multilabel => "multilabel",
            Task::Multiclass => "multiclass",
        })
    }
}

impl FromStr for Task {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let known = Task::ALL.into_iter().find(|task| task.to_string() == text.trim());
        known.ok_or_else(|| UnknownName::new("task", text, Task::ALL.iter()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_the_slides() {
        use Activation::{Linear, Sigmoid, Softmax};
        let activations: Vec<_> = Task::ALL.iter().map(|t| t.activation()).collect();
        assert_eq!(activations, [Linear, Sigmoid, Sigmoid, Softmax]);
        for task in Task::ALL {
            assert_eq!(task.to_string().parse(), Ok(task));
        }
        assert!("ranking".parse::<Task>().is_err());
    }
}
