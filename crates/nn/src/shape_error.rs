//! Shapes that do not fit, found when a network is put together.

use std::fmt;
use tensor::Shape;

/// A layer that cannot take what it is given.
///
/// Shapes are those of one example: the axis that counts the examples of a batch is left out.
///
/// ```
/// use autograd::Params;
/// use nn::{Dense, Module};
/// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
///
/// let mut params = Params::<f32>::new();
/// let layer = Dense::new(3, 2).build(&mut params, &mut Xoshiro256PlusPlus::seed_from_u64(42));
/// let e = layer.output_shape(&params, &[5].into()).unwrap_err();
/// assert_eq!(e.to_string(), "layer `dense` cannot take an input of shape (5,): it takes (3,)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ShapeError {
    layer: String,
    found: Vec<Shape>,
    expected: String,
}

impl ShapeError {
    /// The layer of this name was given examples of these shapes; `expected` says what it takes.
    pub fn new(layer: impl Into<String>, found: impl IntoIterator<Item = Shape>, expected: impl fmt::Display) -> Self {
        ShapeError { layer: layer.into(), found: found.into_iter().collect(), expected: expected.to_string() }
    }

    /// The shape of an input whose last extent is the number of features that the layer takes; else the mistake.
    pub(crate) fn unless_features(layer: &str, input: &Shape, features: usize) -> Result<Shape, ShapeError> {
        match input.last() {
            Some(&n) if n == features => Ok(input.clone()),
            _ => Err(ShapeError::new(layer, [input.clone()], Shape::from(features))),
        }
    }

    /// The same mistake, of a layer that goes by another name: for a layer that has none of its own.
    pub(crate) fn in_layer(mut self, name: &str) -> Self {
        if !name.starts_with(&self.layer) {
            return self;
        }
        self.layer = name.to_string();
        self
    }

    /// The name of the layer.
    pub fn layer(&self) -> &str {
        &self.layer
    }

    /// What it was given.
    pub fn found(&self) -> &[Shape] {
        &self.found
    }

    /// What it takes.
    pub fn expected(&self) -> &str {
        &self.expected
    }
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shapes = self.found.iter().map(Shape::to_string).collect::<Vec<_>>().join(" and ");
        let input = match self.found.len() {
            0 => "no input".to_string(),
            1 => format!("an input of shape {shapes}"),
            _ => format!("inputs of shapes {shapes}"),
        };
        write!(f, "layer `{}` cannot take {input}: it takes {}", self.layer, self.expected)
    }
}

tensor::debug_as_display!(ShapeError);

impl std::error::Error for ShapeError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_shape_or_several() {
        let e = ShapeError::new("add", [Shape::from(3), Shape::from([2, 2])], "inputs of one shape");
        let text = "layer `add` cannot take inputs of shapes (3,) and (2, 2): it takes inputs of one shape";
        assert_eq!(e.to_string(), text);
        assert_eq!((e.layer(), e.found().len(), e.expected()), ("add", 2, "inputs of one shape"));
        let e = ShapeError::new("concatenate", [], "one input at least");
        assert_eq!(e.to_string(), "layer `concatenate` cannot take no input: it takes one input at least");
    }
}
