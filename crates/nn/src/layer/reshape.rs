//! The numbers of each example in another shape.

use crate::module::{Config, ConfigError, Context, Module, checked, stateless};
use crate::shape_error::ShapeError;
use autograd::{Params, Scalar, TensorVar};
use serde::{Deserialize, Deserializer, Serialize};
use tensor::{Shape, Tensor};

/// The numbers of each example as one row.
///
/// ```
/// use autograd::Params;
/// use nn::{Flatten, Module};
/// use tensor::Tensor;
/// let images = Tensor::<f32>::zeros([32, 28, 28]);
/// assert_eq!(Flatten.predict(&Params::new(), &images).shape().to_string(), "(32, 784)");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flatten;

/// The numbers of each example in another shape, in which -1 stands for whatever fits.
///
/// ```
/// use autograd::Params;
/// use nn::{Module, Reshape};
/// use tensor::Tensor;
/// let layer = Reshape::new([-1, 7]);
/// let y = layer.predict(&Params::new(), &Tensor::<f32>::zeros([32, 28, 28]));
/// assert_eq!(y.shape().to_string(), "(32, 112, 7)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reshape {
    #[serde(deserialize_with = "checked_shape")]
    shape: Vec<isize>,
}

fn checked_shape<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<isize>, D::Error> {
    checked::if_ok(d, |value: &Vec<isize>| Reshape::check(value))
}

impl Reshape {
    /// To examples of this shape.
    ///
    /// # Panics
    /// If a size is below -1, or two of them are -1.
    #[track_caller]
    pub fn new(shape: impl Into<Vec<isize>>) -> Self {
        let shape = shape.into();
        if let Err(e) = Reshape::check(&shape) {
            panic!("Reshape: {e}");
        }
        Reshape { shape }
    }

    /// Refuses what is no shape.
    fn check(shape: &[isize]) -> Result<(), String> {
        let free = shape.iter().filter(|&&n| n == -1).count();
        if free <= 1 && shape.iter().all(|&n| n >= -1) {
            return Ok(());
        }
        Err(format!("{shape:?} is not a shape; its sizes must not be negative, except for a single -1"))
    }

    /// The shape for examples of so many numbers.
    fn fit(&self, size: usize) -> Option<Shape> {
        let mut extents = self.shape.iter().filter_map(|&n| usize::try_from(n).ok());
        let known = extents.try_fold(1_usize, |n, extent| n.checked_mul(extent))?;
        let free = match self.shape.contains(&-1) {
            true if known > 0 && size.is_multiple_of(known) => size / known,
            false if known == size => 1,
            _ => return None,
        };
        Some(self.shape.iter().map(|&n| usize::try_from(n).unwrap_or(free)).collect())
    }
}

/// Flattening is reshaping, too: both need nothing but the shape of an example.
macro_rules! reshaping {
    ($layer:ident) => {
        impl<T: Scalar> Module<T> for $layer {
            #[track_caller]
            fn call<'t>(&self, _: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
                x.reshape(self.batch(&x.shape()))
            }

            #[track_caller]
            fn predict(&self, _: &Params<T>, x: &Tensor<T>) -> Tensor<T> {
                x.reshape(self.batch(x.shape()))
            }

            fn config(&self) -> Result<Config, ConfigError> {
                Ok(self.clone().into())
            }

            fn output_shape(&self, _: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
                self.one(input)
            }
        }

        impl $layer {
            /// The shape of a batch.
            #[track_caller]
            fn batch(&self, x: &Shape) -> Shape {
                let Some((&n, example)) = x.split_first() else {
                    panic!(concat!(stringify!($layer), ": a batch of examples is needed, but the input is 0-d"));
                };
                match self.one(&Shape::from(example)) {
                    Ok(shape) => [n].into_iter().chain(shape.iter().copied()).collect(),
                    Err(e) => panic!("{e}"),
                }
            }
        }
    };
}
reshaping!(Flatten);
reshaping!(Reshape);

impl Flatten {
    fn one(&self, input: &Shape) -> Result<Shape, ShapeError> {
        Ok(Shape::from(input.size()))
    }
}

impl Reshape {
    fn one(&self, input: &Shape) -> Result<Shape, ShapeError> {
        let expected = || format!("as many numbers as {:?} holds", self.shape);
        self.fit(input.size()).ok_or_else(|| ShapeError::new("reshape", [input.clone()], expected()))
    }
}

stateless!(Flatten Reshape);

#[cfg(test)]
mod tests {
    use super::*;
    use autograd::Tape;

    #[test]
    fn shapes_of_examples() {
        let params = Params::<f64>::new();
        let of = |layer: &dyn Module<f64>, shape: &[usize]| layer.output_shape(&params, &Shape::from(shape));
        assert_eq!(of(&Flatten, &[]), Ok(Shape::from(1)));
        assert_eq!(of(&Flatten, &[2, 3, 4]), Ok(Shape::from(24)));
        assert_eq!(of(&Reshape::new([4, 6]), &[2, 12]), Ok(Shape::from([4, 6])));
        assert_eq!(of(&Reshape::new([]), &[1]), Ok(Shape::from(())));
        assert_eq!(of(&Reshape::new([-1]), &[2, 3]), Ok(Shape::from(6)));
        let e = of(&Reshape::new([-1, 4]), &[6]).unwrap_err();
        let text = "layer `reshape` cannot take an input of shape (6,): it takes as many numbers as [-1, 4] holds";
        assert_eq!(e.to_string(), text);
    }

    #[test]
    fn gradients_keep_the_shape_of_the_input() {
        let (params, tape) = (Params::<f64>::new(), Tape::new());
        let x = tape.var(Tensor::ones([2, 3, 4]));
        for layer in [&Flatten as &dyn Module<f64>, &Reshape::new([4, 3])] {
            let y = layer.forward(&params.bind(&tape), x);
            assert_eq!(y.value(), layer.predict(&params, &x.value()));
            assert_eq!(y.sum().backward().wrt(x), x.value());
        }
    }

    #[test]
    #[should_panic(expected = "cannot take an input of shape (6,): it takes as many numbers as [4] holds")]
    fn a_batch_that_does_not_fit() {
        Reshape::new([4]).predict(&Params::<f32>::new(), &Tensor::zeros([2, 6]));
    }
}
