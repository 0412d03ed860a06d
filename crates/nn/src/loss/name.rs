//! Losses by name, as a configuration spells them: `mse`, `huber(2)`.

use super::Loss::{self, *};
use crate::named::{UnknownName, split};
use std::fmt;
use std::str::FromStr;

/// Keras's name, a shorter one, and the loss with Keras's default numbers.
const NAMES: [(&str, &str, Loss); 18] = [
    ("mean_squared_error", "mse", Mse),
    ("mean_absolute_error", "mae", Mae),
    ("mean_absolute_percentage_error", "mape", Mape),
    ("mean_squared_logarithmic_error", "msle", Msle),
    ("huber", "huber", Huber(1.0)),
    ("log_cosh", "logcosh", LogCosh),
    ("hinge", "hinge", Hinge),
    ("squared_hinge", "squared_hinge", SquaredHinge),
    ("perceptron", "perceptron", Perceptron),
    ("categorical_hinge", "categorical_hinge", CategoricalHinge),
    ("kl_divergence", "kld", KlDivergence),
    ("poisson", "poisson", Poisson),
    ("cosine_similarity", "cosine_similarity", CosineSimilarity),
    ("binary_crossentropy", "bce", BinaryCrossentropy(0.0)),
    ("categorical_crossentropy", "cce", CategoricalCrossentropy(0.0)),
    ("sparse_categorical_crossentropy", "scce", SparseCategoricalCrossentropy(0.0)),
    ("binary_focal_crossentropy", "bfce", BinaryFocalCrossentropy { gamma: 2.0, alpha: None }),
    ("categorical_focal_crossentropy", "cfce", CategoricalFocalCrossentropy { gamma: 2.0, alpha: 0.25 }),
];

impl Loss {
    /// Every loss but those of the user's own, those with numbers at Keras's defaults.
    pub fn all() -> impl Iterator<Item = Loss> {
        NAMES.into_iter().map(|(_, _, loss)| loss)
    }

    /// Keras's name, without numbers.
    pub fn name(self) -> &'static str {
        if let Custom(name) = self {
            return name;
        }
        let kind = std::mem::discriminant(&self);
        match NAMES.iter().find(|(_, _, loss)| std::mem::discriminant(loss) == kind) {
            Some((name, ..)) => name,
            None => unreachable!("the table holds every loss"),
        }
    }
}

impl fmt::Display for Loss {
    /// Keras's name, with its numbers in brackets where they are not Keras's: what [`FromStr`] reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        if NAMES.iter().any(|(_, _, default)| default == self) {
            return Ok(());
        }
        match *self {
            Huber(c) | BinaryCrossentropy(c) | CategoricalCrossentropy(c) | SparseCategoricalCrossentropy(c) => {
                write!(f, "({c})")
            }
            BinaryFocalCrossentropy { gamma, alpha: Some(alpha) } | CategoricalFocalCrossentropy { gamma, alpha } => {
                write!(f, "({gamma}, {alpha})")
            }
            BinaryFocalCrossentropy { gamma, alpha: None } => write!(f, "({gamma})"),
            _ => Ok(()),
        }
    }
}

impl FromStr for Loss {
    type Err = UnknownName;

    /// Keras's name or a shorter one, with numbers in brackets where there is a choice: `huber(0.5)`,
    /// `binary_focal_crossentropy(2, 0.25)`. Without them, Keras's defaults.
    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let read = || {
            let (name, numbers) = split(text)?;
            let &(_, _, default) = NAMES.iter().find(|(long, short, _)| name == *long || name == *short)?;
            let loss = match (default, &numbers[..]) {
                (default, []) => default,
                (Huber(_), &[delta]) => Huber(delta),
                (BinaryCrossentropy(_), &[s]) => BinaryCrossentropy(s),
                (CategoricalCrossentropy(_), &[s]) => CategoricalCrossentropy(s),
                (SparseCategoricalCrossentropy(_), &[s]) => SparseCategoricalCrossentropy(s),
                (BinaryFocalCrossentropy { .. }, &[gamma]) => BinaryFocalCrossentropy { gamma, alpha: None },
                (BinaryFocalCrossentropy { .. }, &[gamma, alpha]) => {
                    BinaryFocalCrossentropy { gamma, alpha: Some(alpha) }
                }
                (CategoricalFocalCrossentropy { .. }, &[gamma, alpha]) => CategoricalFocalCrossentropy { gamma, alpha },
                _ => return None,
            };
            loss.makes_sense().then_some(loss)
        };
        read().ok_or_else(|| UnknownName::new("loss", text, Loss::all()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_there_and_back() {
        let others = [
            Huber(0.5),
            SparseCategoricalCrossentropy(0.1),
            BinaryFocalCrossentropy { gamma: 1.0, alpha: None },
            BinaryFocalCrossentropy { gamma: 2.0, alpha: Some(0.25) },
            CategoricalFocalCrossentropy { gamma: 1.5, alpha: 0.5 },
        ];
        for loss in Loss::all().chain(others) {
            assert_eq!(loss.to_string().parse(), Ok(loss));
        }
        assert_eq!("mse".parse(), Ok(Mse));
        assert_eq!("kld".parse(), Ok(KlDivergence));
        assert_eq!(BinaryCrossentropy(0.1).name(), "binary_crossentropy");
        for bad in ["", "MSE", "mse(1)", "huber(0)", "huber(-1)", "bce(1)", "bfce(-1)", "bfce(2, 2)", "huber(1, 2)"] {
            let e = bad.parse::<Loss>().unwrap_err().to_string();
            assert!(e.starts_with(&format!("`{bad}` is no loss; there are mean_squared_error, ")), "{e}");
        }
    }
}
