//! Normalization over a batch.

use crate::init::Init;
use crate::module::{BuildContext, Config, ConfigError, Context, LayerConfig, Module, alone, checked, generator};
use crate::shape_error::ShapeError;
use autograd::{Param, Params, Scalar, TensorVar};
use serde::{Deserialize, Serialize};
use tensor::{Axes, Shape, Tensor};

/// Batch normalization (Ioffe and Szegedy 2015): y = γ (x - μ) / √(σ² + ε) + β, for each number of the last axis.
///
/// While training μ and σ² are those of the batch, over all axes but the last, and the gradient goes through them; their
/// moving averages m ← c m + (1 - c) μ become updates of the [`Context`]. In evaluation mode the averages take the place of
/// the batch's mean and variance. Of the 4n values, γ and β are trained; the averages are frozen parameters. Freezing γ
/// freezes the whole layer: it then uses its averages in training mode, too, and leaves them as they are.
///
/// | convention | c | ε | variance in the average |
/// |---|---|---|---|
/// | Keras's, the default | 0.99 | 0.001 | biased, over n |
/// | [`pytorch`](BatchNormConfig::pytorch) (which calls 1 - c momentum) | 0.9 | 0.00001 | unbiased, over n - 1 |
///
/// ```
/// use autograd::{Params, Tape};
/// use nn::{BatchNorm, Context, Module};
/// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
/// use tensor::tensor;
///
/// let mut params = Params::<f64>::new();
/// let layer = BatchNorm::new(1).eps(0.0).build(&mut params);
/// let (tape, mut rng) = (Tape::new(), Xoshiro256PlusPlus::seed_from_u64(42));
/// let net = params.bind(&tape);
/// let mut ctx = Context::train(&net, &mut rng);
/// let y = layer.call(&mut ctx, tape.constant(tensor![[1.0], [3.0]]));
/// assert_eq!(y.value(), tensor![[-1.0], [1.0]]);
/// let updates = ctx.into_updates();
/// updates.apply(&mut params);
/// assert!((params.get(layer.moving_mean()).item() - 0.02).abs() < 1e-15); // 0.99 · 0 + 0.01 · 2
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct BatchNorm {
    name: String,
    features: usize,
    gamma: Param,
    beta: Param,
    moving_mean: Param,
    moving_var: Param,
    config: BatchNormConfig,
}

/// The config of a [`BatchNorm`] layer, from [`BatchNorm::new`] or [`BatchNorm::inferred`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use = "a config makes no layer until it is built"]
pub struct BatchNormConfig {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    features: Option<usize>,
    #[serde(default = "momentum", deserialize_with = "checked::share")]
    momentum: f64,
    #[serde(default = "eps", deserialize_with = "checked::from_zero")]
    eps: f64,
    #[serde(default)]
    unbiased: bool,
}

/// Keras's.
fn momentum() -> f64 {
    0.99
}

/// Keras's.
fn eps() -> f64 {
    1e-3
}

impl BatchNorm {
    /// The config of a layer for rows of `features` values; [`build`](BatchNormConfig::build) makes the layer.
    #[allow(clippy::new_ret_no_self)] // a layer holds keys of a store: there is none without one
    pub fn new(features: usize) -> BatchNormConfig {
        BatchNormConfig { features: Some(features), ..BatchNorm::inferred() }
    }

    /// The config of a layer whose number of features is inferred when the network around it is built.
    pub fn inferred() -> BatchNormConfig {
        BatchNormConfig { name: None, features: None, momentum: momentum(), eps: eps(), unbiased: false }
    }

    /// The key of γ, of shape (n).
    pub fn gamma(&self) -> Param {
        self.gamma
    }

    /// The key of β, of shape (n).
    pub fn beta(&self) -> Param {
        self.beta
    }

    /// The key of the moving average of μ.
    pub fn moving_mean(&self) -> Param {
        self.moving_mean
    }

    /// The key of the moving average of σ².
    pub fn moving_var(&self) -> Param {
        self.moving_var
    }

    /// Updates a moving average: m ← c m + (1 - c) b, with the value b of the batch.
    fn average<T: Scalar>(&self, ctx: &mut Context<'_, '_, T>, param: Param, batch: &Tensor<T>) {
        let (c, rest) = (T::from_f64(self.config.momentum), T::from_f64(1.0 - self.config.momentum));
        let mut average = ctx.latest(param);
        for (m, b) in average.data_mut().iter_mut().zip(batch.to_vec()) {
            *m = c * *m + rest * b;
        }
        ctx.update(param, average);
    }
}

impl BatchNormConfig {
    /// c, how much of a moving average stays at each step.
    ///
    /// # Panics
    /// If it does not lie in 0..=1.
    #[track_caller]
    pub fn momentum(mut self, momentum: f64) -> Self {
        assert!((0.0..=1.0).contains(&momentum), "BatchNorm: the momentum must lie in 0..=1, but is {momentum}");
        self.momentum = momentum;
        self
    }

    /// ε, which keeps the divisor away from 0.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN.
    #[track_caller]
    pub fn eps(mut self, eps: f64) -> Self {
        self.eps = checked::eps("BatchNorm", eps);
        self
    }

    /// PyTorch's conventions.
    pub fn pytorch(mut self) -> Self {
        (self.momentum, self.eps, self.unbiased) = (0.9, 1e-5, true);
        self
    }

    /// The name; without one it is `batch_norm`, `batch_norm_1` and so on, the first that is free in the store.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Builds the layer: adds `NAME.gamma` (ones) and `NAME.beta` (zeros) to the store, and the frozen averages
    /// `NAME.moving_mean` (zeros) and `NAME.moving_var` (ones).
    ///
    /// # Panics
    /// If the given name is taken, or the number of features is unknown.
    #[track_caller]
    pub fn build<T: Scalar>(self, params: &mut Params<T>) -> BatchNorm {
        let label = (BatchNormConfig::KIND, self.name.as_deref());
        alone(label, self.features.map(Shape::from), params, &mut generator(0), |at| self.make(at))
    }

    fn make<T: Scalar>(&self, at: &mut BuildContext<'_, T>) -> Result<BatchNorm, ConfigError> {
        let features = self.features.map_or_else(|| at.features(), Ok)?;
        let name = at.name().to_string();
        let gamma = at.param("gamma", features, Init::Ones)?;
        let beta = at.param("beta", features, Init::Zeros)?;
        let moving_mean = at.frozen("moving_mean", features, 0.0)?;
        let moving_var = at.frozen("moving_var", features, 1.0)?;
        let config = BatchNormConfig { name: Some(name.clone()), features: Some(features), ..self.clone() };
        Ok(BatchNorm { name, features, gamma, beta, moving_mean, moving_var, config })
    }
}

impl LayerConfig for BatchNormConfig {
    const KIND: &'static str = "BatchNorm";

    fn build_in<T: Scalar>(&self, at: &mut BuildContext<'_, T>) -> Result<Box<dyn Module<T>>, ConfigError> {
        Ok(Box::new(self.make(at)?))
    }
}

impl<T: Scalar> Module<T> for BatchNorm {
    #[track_caller]
    fn call<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        let (shape, params) = (x.shape(), ctx.net().params());
        if shape.last() != Some(&self.features) {
            panic!(
                "{}: an input of shape {shape} does not fit: the size of its last axis must be {}",
                self.name, self.features
            );
        }
        // A batch of no examples has no mean that the averages could follow.
        let (mean, var) = if ctx.is_training() && !params.is_frozen(self.gamma) && shape.size() > 0 {
            let axes: Vec<isize> = (0..shape.rank() as isize - 1).collect();
            let (mean, var) = (x.mean_over(Axes::from(&axes[..])), x.var_over(Axes::from(&axes[..]), 0));
            let n = (shape.size() / self.features) as f64;
            let mut spread = var.value();
            if self.config.unbiased && n > 1.0 {
                let factor = T::from_f64(n / (n - 1.0));
                spread.data_mut().iter_mut().for_each(|v| *v *= factor);
            }
            self.average(ctx, self.moving_mean, &mean.value());
            self.average(ctx, self.moving_var, &spread);
            (mean, var)
        } else {
            (ctx.var(self.moving_mean), ctx.var(self.moving_var))
        };
        let eps = ctx.tape().constant(T::from_f64(self.config.eps));
        (x - mean) * ((var + eps).rsqrt() * ctx.var(self.gamma)) + ctx.var(self.beta)
    }

    fn parameters(&self) -> Vec<Param> {
        vec![self.gamma, self.beta, self.moving_mean, self.moving_var]
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn config(&self) -> Result<Config, ConfigError> {
        Ok(self.config.clone().into())
    }

    fn output_shape(&self, _: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
        ShapeError::unless_features(&self.name, input, self.features)
    }
}

#[cfg(test)]
mod tests;
