//! Inputs brought to mean 0 and standard deviation 1, as a layer: what is saved with a model cannot be forgotten.

use crate::module::{BuildContext, Config, ConfigError, Context, LayerConfig, Module, alone, generator};
use crate::shape_error::ShapeError;
use autograd::{Param, Params, Scalar, TensorVar};
use serde::{Deserialize, Serialize};
use std::fmt;
use tensor::{Shape, Tensor};

/// What keeps the divisor away from 0: Keras's `epsilon()`.
const EPSILON: f64 = 1e-7;

/// y = (x - mean) / max(√variance, 1e-7), for each feature along the last axis.
///
/// Mean and variance are those of the data it was last [adapted](Normalization::adapt) to, 0 and 1 before. Together with
/// the count of examples they are 2n + 1 frozen numbers.
///
/// ```
/// use autograd::Params;
/// use nn::{Module, Normalization};
/// use tensor::tensor;
///
/// let mut params = Params::<f64>::new();
/// let layer = Normalization::new(2, &mut params);
/// layer.adapt(&mut params, &tensor![[1.0, 10.0], [3.0, 50.0]])?;
/// assert_eq!(layer.predict(&params, &tensor![[5.0, 30.0]]), tensor![[3.0, 0.0]]);
/// assert_eq!(params.size(), 5);
/// # Ok::<(), nn::NormalizationError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Normalization {
    name: String,
    features: usize,
    mean: Param,
    variance: Param,
    count: Param,
}

/// The config of a [`Normalization`] layer whose number of features is inferred when the network around it is built, from
/// [`Normalization::inferred`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use = "a config makes no layer until it is built"]
pub struct NormalizationConfig {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    features: Option<usize>,
}

impl NormalizationConfig {
    /// The name; without one it is `normalization`, `normalization_1` and so on, the first that is free in the store.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    fn make<T: Scalar>(&self, at: &mut BuildContext<'_, T>) -> Result<Normalization, ConfigError> {
        let features = self.features.map_or_else(|| at.features(), Ok)?;
        let name = at.name().to_string();
        let mean = at.frozen("mean", features, 0.0)?;
        let variance = at.frozen("variance", features, 1.0)?;
        let count = at.frozen("count", (), 0.0)?;
        Ok(Normalization { name, features, mean, variance, count })
    }
}

impl LayerConfig for NormalizationConfig {
    const KIND: &'static str = "Normalization";

    fn build_in<T: Scalar>(&self, at: &mut BuildContext<'_, T>) -> Result<Box<dyn Module<T>>, ConfigError> {
        Ok(Box::new(self.make(at)?))
    }
}

/// Why a [`Normalization`] cannot be adapted to some data.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum NormalizationError {
    /// Other rows than the layer takes.
    Shape(ShapeError),
    /// There are no examples.
    Empty,
    /// A NaN or an infinity.
    NotFinite {
        /// Which row, counted from 0.
        row: usize,
        /// Which feature of it.
        feature: usize,
        /// The number.
        value: f64,
    },
}

impl fmt::Display for NormalizationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NormalizationError::Shape(e) => e.fmt(f),
            NormalizationError::Empty => write!(f, "there are no examples to take a mean of; give one at least"),
            NormalizationError::NotFinite { row, feature, value } => {
                write!(f, "feature {feature} of row {row} is {value}; leave the example out or fill in a number")
            }
        }
    }
}

tensor::debug_as_display!(NormalizationError);

impl std::error::Error for NormalizationError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            NormalizationError::Shape(e) => Some(e),
            _ => None,
        }
    }
}

impl Normalization {
    /// A layer for rows of so many features: adds the frozen `NAME.mean`, `NAME.variance` and `NAME.count` to the
    /// store, NAME being `normalization`, `normalization_1` and so on, the first that is free there.
    pub fn new<T: Scalar>(features: usize, params: &mut Params<T>) -> Self {
        let (kind, input) = (NormalizationConfig::KIND, Some(Shape::from(features)));
        alone((kind, None), input, params, &mut generator(0), |at| Normalization::inferred().make(at))
    }

    /// The config of a layer whose number of features is inferred when the network around it is built.
    pub fn inferred() -> NormalizationConfig {
        NormalizationConfig::default()
    }

    /// The layer of this name in a store, to adapt it in a network that was built from a config or loaded from a file.
    ///
    /// ```
    /// use nn::{Dense, Normalization, Sequential};
    /// use tensor::tensor;
    /// let config = Sequential::describe().push(Normalization::inferred()).push(Dense::units(1));
    /// let mut model = config.model::<f64>([2], 42)?;
    /// let layer = Normalization::find(model.params(), "normalization").expect("the first of its kind");
    /// layer.adapt(model.params_mut(), &tensor![[1.0, 10.0], [3.0, 50.0]])?;
    /// assert_eq!(model.params().get(layer.mean()), &tensor![2.0, 30.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn find<T: Scalar>(params: &Params<T>, name: &str) -> Option<Self> {
        let part = |part: &str| params.find(&format!("{name}.{part}"));
        let (mean, variance, count) = (part("mean")?, part("variance")?, part("count")?);
        let features = *params.get(mean).shape().last()?;
        Some(Normalization { name: name.to_string(), features, mean, variance, count })
    }

    /// Takes mean and variance, over n, of these examples; those of earlier ones are forgotten.
    ///
    /// # Errors
    /// If there are no examples, their rows have another length, or a number is not finite.
    pub fn adapt<T: Scalar>(&self, params: &mut Params<T>, x: &Tensor<T>) -> Result<(), NormalizationError> {
        if x.rank() < 2 || x.shape().last() != Some(&self.features) {
            let found = Shape::from(x.shape().get(1..).unwrap_or(&[]));
            let e = ShapeError::new(&self.name, [found], Shape::from(self.features));
            return Err(NormalizationError::Shape(e));
        }
        if x.size() == 0 {
            return Err(NormalizationError::Empty);
        }
        let rows = x.reshape([x.size() / self.features, self.features]);
        if !rows.is_finite() {
            let data = rows.to_vec();
            if let Some(at) = data.iter().position(|x| !x.is_finite()) {
                let (row, feature) = (at / self.features, at % self.features);
                return Err(NormalizationError::NotFinite { row, feature, value: data[at].to_f64() });
            }
        }
        // In f64: a sum over many rows of f32 would lose digits.
        let rows: Tensor<f64> = rows.cast();
        params.set(self.mean, rows.mean_over(0).cast());
        params.set(self.variance, rows.var_over(0, 0).cast());
        params.set(self.count, Tensor::scalar(T::from_usize(rows.shape()[0])));
        Ok(())
    }

    /// The key of the mean, of shape (n).
    pub fn mean(&self) -> Param {
        self.mean
    }

    /// The key of the variance, of shape (n).
    pub fn variance(&self) -> Param {
        self.variance
    }
}

impl<T: Scalar> Module<T> for Normalization {
    #[track_caller]
    fn call<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        let shape = x.shape();
        if shape.last() != Some(&self.features) {
            panic!(
                "{}: an input of shape {shape} does not fit: the size of its last axis must be {}",
                self.name, self.features
            );
        }
        let least = ctx.tape().constant(T::from_f64(EPSILON));
        (x - ctx.var(self.mean)) / ctx.var(self.variance).sqrt().maximum(least)
    }

    fn parameters(&self) -> Vec<Param> {
        vec![self.mean, self.variance, self.count]
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn config(&self) -> Result<Config, ConfigError> {
        Ok(NormalizationConfig { name: Some(self.name.clone()), features: Some(self.features) }.into())
    }

    fn output_shape(&self, _: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
        ShapeError::unless_features(&self.name, input, self.features)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::rng;
    use tensor::tensor;

    #[test]
    fn what_it_was_adapted_to_gets_mean_0_and_spread_1() {
        let mut params = Params::<f32>::new();
        let layer = Normalization::new(8, &mut params);
        assert_eq!(params.size(), 17);
        assert!(params.keys().all(|p| params.is_frozen(p)));
        let x = Tensor::random_normal([1000, 8], 1e3, 5.0, &mut rng(1));
        assert_eq!(layer.predict(&params, &x), x, "before adapting");
        layer.adapt(&mut params, &x).unwrap();
        let y: Tensor<f64> = layer.predict(&params, &x).cast();
        assert!(y.mean_over(0).to_vec().iter().all(|m| m.abs() < 1e-4));
        assert!(y.std_over(0, 0).to_vec().iter().all(|s| (s - 1.0).abs() < 1e-4));
    }

    #[test]
    fn a_constant_feature_becomes_zero() {
        let mut params = Params::<f64>::new();
        let layer = Normalization::new(1, &mut params);
        layer.adapt(&mut params, &tensor![[5.0], [5.0]]).unwrap();
        assert_eq!(layer.predict(&params, &tensor![[5.0], [5.0]]), tensor![[0.0], [0.0]]);
    }

    #[test]
    fn data_it_cannot_be_adapted_to() {
        let mut params = Params::<f64>::new();
        let layer = Normalization::new(2, &mut params);
        let before = params.clone();
        let mut says = |x: Tensor<f64>| layer.adapt(&mut params, &x).unwrap_err().to_string();
        let text = "layer `normalization` cannot take an input of shape (3,): it takes (2,)";
        assert_eq!(says(tensor![[1.0, 2.0, 3.0]]), text);
        assert!(says(Tensor::zeros([0, 2])).starts_with("there are no examples"));
        let text = "feature 1 of row 1 is inf; leave the example out or fill in a number";
        assert_eq!(says(tensor![[1.0, 2.0], [3.0, f64::INFINITY]]), text);
        assert!(params.iter().zip(before.iter()).all(|(a, b)| a.1 == b.1));
    }
}
