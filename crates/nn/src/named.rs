//! Activations and initializers by name, as a configuration spells them: `relu`, `leaky_relu(0.1)`.

use std::fmt;

/// A name that stands for nothing, or one whose numbers do not fit.
///
/// ```
/// let e = "rleu".parse::<nn::Activation>().unwrap_err();
/// assert!(e.to_string().starts_with("`rleu` is no activation; there are linear, relu, relu(0, inf, 0), threshold(0, 0), relu6, "));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct UnknownName {
    what: &'static str,
    found: String,
    known: String,
}

impl UnknownName {
    pub(crate) fn new(what: &'static str, found: &str, known: impl Iterator<Item = impl fmt::Display>) -> Self {
        let known = known.map(|k| k.to_string()).collect::<Vec<_>>().join(", ");
        UnknownName { what, found: found.to_string(), known }
    }
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no {}; there are {}", self.found, self.what, self.known)
    }
}

tensor::debug_as_display!(UnknownName);

impl std::error::Error for UnknownName {}

/// In a configuration, what has a name is that name.
macro_rules! named {
    ($($named:ty),*) => {$(
        impl serde::Serialize for $named {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $named {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                name.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}
named!(crate::Activation, crate::Init, crate::Regularizer, crate::Task);

/// Splits `name(1, 2)` into the name and its numbers, which are finite; `name` has none. `None` if it is neither.
pub(crate) fn split(text: &str) -> Option<(&str, Vec<f64>)> {
    split_any(text).filter(|(_, numbers)| numbers.iter().all(|n| n.is_finite()))
}

/// The same, of infinite numbers, too.
pub(crate) fn split_any(text: &str) -> Option<(&str, Vec<f64>)> {
    let text = text.trim();
    let Some((name, rest)) = text.split_once('(') else { return Some((text, Vec::new())) };
    let numbers = rest.strip_suffix(')')?.split(',').map(|n| n.trim().parse().ok().filter(|n: &f64| !n.is_nan()));
    Some((name.trim(), numbers.collect::<Option<_>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers() {
        assert_eq!(split(" relu "), Some(("relu", vec![])));
        assert_eq!(split("random_uniform( -0.5, 1e-1 )"), Some(("random_uniform", vec![-0.5, 0.1])));
        for bad in ["elu(", "elu()", "elu(1", "elu(x)", "elu(1,)", "elu(nan)", "elu(1)(2)"] {
            assert_eq!(split(bad), None, "{bad}");
        }
    }
}
