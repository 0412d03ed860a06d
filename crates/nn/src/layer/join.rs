//! Several inputs made one.

use crate::module::{Config, ConfigError, Context, Module, stateless};
use crate::shape_error::ShapeError;
use autograd::rules::Binary;
use autograd::{Params, Scalar, TensorVar, concat};
use serde::{Deserialize, Serialize};
use tensor::Shape;

/// The inputs one after the other along an axis.
///
/// ```
/// use autograd::Params;
/// use nn::{Concatenate, Module};
/// use tensor::tensor;
/// let (wide, deep) = (tensor![[1.0, 2.0]], tensor![[3.0]]);
/// let y = Concatenate::new().predict_all(&Params::<f32>::new(), &[wide, deep]);
/// assert_eq!(y, [tensor![[1.0, 2.0, 3.0]]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Concatenate {
    axis: isize,
}

impl Default for Concatenate {
    fn default() -> Self {
        Concatenate::new()
    }
}

impl Concatenate {
    /// Along the last axis.
    pub fn new() -> Self {
        Concatenate { axis: -1 }
    }

    /// Along this axis of the batch, of which axis 0 counts the examples; negative ones count from the end.
    pub fn along(axis: isize) -> Self {
        Concatenate { axis }
    }

    /// The axis of one example.
    fn axis_of(&self, rank: usize) -> Option<usize> {
        let axis = if self.axis < 0 { self.axis.checked_add_unsigned(rank)? } else { self.axis - 1 };
        usize::try_from(axis).ok().filter(|&axis| axis < rank)
    }
}

impl<T: Scalar> Module<T> for Concatenate {
    #[track_caller]
    fn call<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        self.call_all(ctx, &[x])[0]
    }

    #[track_caller]
    fn call_all<'t>(&self, _: &mut Context<'_, 't, T>, inputs: &[TensorVar<'t, T>]) -> Vec<TensorVar<'t, T>> {
        vec![concat(inputs, self.axis)]
    }

    fn config(&self) -> Result<Config, ConfigError> {
        Ok((*self).into())
    }

    fn output_shape(&self, _: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
        Err(ShapeError::new("concatenate", [input.clone()], SEVERAL))
    }

    fn output_shapes(&self, _: &Params<T>, inputs: &[Shape]) -> Result<Vec<Shape>, ShapeError> {
        let refuse = || {
            let expected = format!("shapes that agree but for axis {}", self.axis);
            ShapeError::new("concatenate", inputs.to_vec(), expected)
        };
        let first = inputs.first().ok_or_else(refuse)?;
        let axis = self.axis_of(first.rank()).ok_or_else(refuse)?;
        let mut joined = first.to_vec();
        for shape in &inputs[1..] {
            let agree = shape.rank() == first.rank() && (0..first.rank()).all(|i| i == axis || shape[i] == first[i]);
            if !agree {
                return Err(refuse());
            }
            joined[axis] += shape[axis];
        }
        Ok(vec![Shape::from(joined)])
    }
}

macro_rules! elementwise_join {
    ($( $(#[$doc:meta])* $layer:ident $name:literal $takes:expr, |$inputs:ident| $formula:expr; )*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $layer;

        impl<T: Scalar> Module<T> for $layer {
            #[track_caller]
            fn call<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
                self.call_all(ctx, &[x])[0]
            }

            #[track_caller]
            fn call_all<'t>(&self, _: &mut Context<'_, 't, T>, $inputs: &[TensorVar<'t, T>]) -> Vec<TensorVar<'t, T>> {
                let count = $inputs.len();
                assert!($takes.contains(&count), concat!($name, ": {} inputs were given"), count);
                vec![$formula]
            }

            fn config(&self) -> Result<Config, ConfigError> {
                Ok((*self).into())
            }

            fn output_shape(&self, _: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
                Err(ShapeError::new($name, [input.clone()], SEVERAL))
            }

            fn output_shapes(&self, _: &Params<T>, inputs: &[Shape]) -> Result<Vec<Shape>, ShapeError> {
                match inputs.split_first() {
                    Some((first, rest)) if $takes.contains(&inputs.len()) && rest.iter().all(|s| s == first) => {
                        Ok(vec![first.clone()])
                    }
                    _ => Err(ShapeError::new($name, inputs.to_vec(), EXPECTED[usize::from($takes.contains(&3))])),
                }
            }
        }
    )*};
}

/// What a layer that joins inputs says to a chain.
const SEVERAL: &str = "several inputs, as a layer of a Graph";

/// What two take, and what any number takes.
const EXPECTED: [&str; 2] = ["two inputs of one shape", "inputs of one shape"];

/// The inputs put together two by two.
fn fold<X: Copy>(inputs: &[X], f: impl Fn(X, X) -> X) -> X {
    inputs[1..].iter().fold(inputs[0], |y, &x| f(y, x))
}

elementwise_join! {
    /// The sum of inputs of one shape.
    ///
    /// ```
    /// use autograd::Params;
    /// use nn::{Add, Module};
    /// use tensor::tensor;
    /// let y = Add.predict_all(&Params::<f32>::new(), &[tensor![[1.0, 2.0]], tensor![[3.0, 4.0]]]);
    /// assert_eq!(y, [tensor![[4.0, 6.0]]]);
    /// ```
    Add "add" 1.., |inputs| fold(inputs, |a, b| a + b);
    /// The first of two inputs of one shape, less the second.
    Subtract "subtract" 2..=2, |inputs| fold(inputs, |a, b| a - b);
    /// The product of inputs of one shape, element by element.
    Multiply "multiply" 1.., |inputs| fold(inputs, |a, b| a * b);
    /// The mean of inputs of one shape, element by element.
    Average "average" 1.., |inputs| {
        let sum = fold(inputs, |a, b| a + b);
        sum.binary_with(Binary::Div, T::from_usize(inputs.len()))
    };
    /// The largest of inputs of one shape, element by element; ties share the gradient.
    Maximum "maximum" 1.., |inputs| fold(inputs, |a, b| a.maximum(b));
    /// The smallest of inputs of one shape, element by element; ties share the gradient.
    Minimum "minimum" 1.., |inputs| fold(inputs, |a, b| a.minimum(b));
}

stateless!(Concatenate Add Subtract Multiply Average Maximum Minimum);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elementwise() {
        use tensor::tensor;
        let inputs = [tensor![[1.0, 5.0]], tensor![[4.0, 2.0]]];
        let of = |layer: &dyn Module<f64>| layer.predict_all(&Params::new(), &inputs).swap_remove(0);
        assert_eq!(of(&Add), tensor![[5.0, 7.0]]);
        assert_eq!(of(&Subtract), tensor![[-3.0, 3.0]]);
        assert_eq!(of(&Multiply), tensor![[4.0, 10.0]]);
        assert_eq!(of(&Average), tensor![[2.5, 3.5]]);
        assert_eq!(of(&Maximum), tensor![[4.0, 5.0]]);
        assert_eq!(of(&Minimum), tensor![[1.0, 2.0]]);
        let three = [Shape::from(2), Shape::from(2), Shape::from(2)];
        assert_eq!(Module::<f64>::output_shapes(&Average, &Params::new(), &three), Ok(vec![Shape::from(2)]));
        let e = Module::<f64>::output_shapes(&Subtract, &Params::new(), &three).unwrap_err();
        assert_eq!(e.expected(), "two inputs of one shape");
    }

    #[test]
    fn shapes_of_examples() {
        let params = Params::<f64>::new();
        let shapes = |list: &[&[usize]]| list.iter().map(|&s| Shape::from(s)).collect::<Vec<_>>();
        let of = |layer: &dyn Module<f64>, list: &[&[usize]]| layer.output_shapes(&params, &shapes(list));
        assert_eq!(of(&Concatenate::new(), &[&[8], &[30]]), Ok(shapes(&[&[38]])));
        assert_eq!(of(&Concatenate::along(1), &[&[2, 3], &[4, 3], &[1, 3]]), Ok(shapes(&[&[7, 3]])));
        assert_eq!(of(&Add, &[&[2, 3], &[2, 3]]), Ok(shapes(&[&[2, 3]])));
        let says = |layer: &dyn Module<f64>, list: &[&[usize]]| of(layer, list).unwrap_err().to_string();
        assert_eq!(
            says(&Concatenate::new(), &[&[2, 3], &[4, 3]]),
            "layer `concatenate` cannot take inputs of shapes (2, 3) and (4, 3): \
             it takes shapes that agree but for axis -1"
        );
        assert_eq!(
            says(&Multiply, &[&[2], &[3]]),
            "layer `multiply` cannot take inputs of shapes (2,) and (3,): it takes inputs of one shape"
        );
        assert!(of(&Add, &[]).is_err() && of(&Concatenate::along(0), &[&[2]]).is_err());
    }
}
