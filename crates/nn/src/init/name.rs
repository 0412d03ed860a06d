//! Initializers by name, as a configuration spells them: `he_normal`, `random_uniform(-0.1, 0.1)`.

use super::{Fan, Init, Spread, scaling};
use crate::named::{UnknownName, split};
use std::fmt;
use std::str::FromStr;

impl Init {
    /// One of each, with Keras's default numbers.
    pub(super) const ALL: [Init; 15] = [
        Init::Zeros,
        Init::Ones,
        Init::Constant(0.0),
        Init::Uniform { low: -0.05, high: 0.05 },
        Init::Normal { mean: 0.0, std: 0.05 },
        Init::TruncatedNormal { mean: 0.0, std: 0.05 },
        Init::VarianceScaling { scale: 1.0, fan: Fan::In, spread: Spread::TruncatedNormal },
        Init::Orthogonal(1.0),
        Init::Identity(1.0),
        Init::GlorotUniform,
        Init::GlorotNormal,
        Init::HeUniform,
        Init::HeNormal,
        Init::LecunUniform,
        Init::LecunNormal,
    ];

    /// The name without numbers.
    pub(super) fn name(self) -> &'static str {
        match self {
            Init::Zeros => "zeros",
            Init::Ones => "ones",
            Init::Constant(_) => "constant",
            Init::Uniform { .. } => "random_uniform",
            Init::Normal { .. } => "random_normal",
            Init::TruncatedNormal { .. } => "truncated_normal",
            Init::VarianceScaling { .. } => "variance_scaling",
            Init::Orthogonal(_) => "orthogonal",
            Init::Identity(_) => "identity",
            Init::GlorotUniform => "glorot_uniform",
            Init::GlorotNormal => "glorot_normal",
            Init::HeUniform => "he_uniform",
            Init::HeNormal => "he_normal",
            Init::LecunUniform => "lecun_uniform",
            Init::LecunNormal => "lecun_normal",
        }
    }
}

impl fmt::Display for Init {
    /// Keras's name, with its numbers if it has any: what [`FromStr`] reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Init::Constant(c) | Init::Orthogonal(c) | Init::Identity(c) => write!(f, "{}({c})", self.name()),
            Init::Uniform { low: a, high: b }
            | Init::Normal { mean: a, std: b }
            | Init::TruncatedNormal { mean: a, std: b } => {
                write!(f, "{}({a}, {b})", self.name())
            }
            Init::VarianceScaling { scale, fan, spread } => write!(f, "{}({scale}, {fan}, {spread})", self.name()),
            init => f.write_str(init.name()),
        }
    }
}

impl FromStr for Init {
    type Err = UnknownName;

    /// Keras's name, with numbers in brackets where there is a choice: `random_uniform(-0.1, 0.1)`. Without them, Keras's
    /// defaults.
    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let read = || {
            if let Some(numbers) = text.trim().strip_prefix("variance_scaling(") {
                let (scale, fan, spread) = scaling::parse(numbers.strip_suffix(')')?)?;
                return Some(Init::VarianceScaling { scale, fan, spread });
            }
            let (name, numbers) = split(text)?;
            let default = Init::ALL.into_iter().find(|i| i.name() == name)?;
            Some(match (default, &numbers[..]) {
                (init, []) => init,
                (Init::Constant(_), &[c]) => Init::Constant(c),
                (Init::Uniform { .. }, &[low, high]) if low <= high && (high - low).is_finite() => {
                    Init::Uniform { low, high }
                }
                (Init::Normal { .. }, &[mean, std]) if std >= 0.0 => Init::Normal { mean, std },
                (Init::TruncatedNormal { .. }, &[mean, std]) if std >= 0.0 => Init::TruncatedNormal { mean, std },
                (Init::Orthogonal(_), &[gain]) => Init::Orthogonal(gain),
                (Init::Identity(_), &[gain]) => Init::Identity(gain),
                _ => return None,
            })
        };
        read().ok_or_else(|| UnknownName::new("initializer", text, Init::ALL.iter()))
    }
}
