//! A model as data: all but its numbers.

use super::Model;
use crate::loss::Loss;
use crate::module::{BuildContext, Config, ConfigError, MOST, Start, generator};
use crate::registry::Registry;
use crate::regularizer::Regularizer;
use crate::task::Task;
use autograd::{Param, Params, Scalar};
use serde::{Deserialize, Serialize};
use tensor::Shape;

/// The version of the text. Later ones are refused.
const VERSION: u64 = 1;

/// A [`Model`] as data, without its numbers: its network, the shapes of its inputs, losses and metrics, penalties, what
/// is frozen, and the seed. From [`Model::config`], or from a text.
///
/// ```
/// use nn::{Mlp, ModelConfig};
/// let model = Mlp::classifier(4, [8], 3).model::<f32>(42);
/// let text = model.config()?.to_json();
/// let again = ModelConfig::from_json(&text)?.build::<f32>()?; // with new weights, drawn from the seed
/// assert_eq!(again.config()?, model.config()?);
/// assert_eq!(again.summary(), model.summary());
/// # Ok::<(), nn::ConfigError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelConfig {
    format: u64,
    network: Config,
    inputs: Vec<Vec<usize>>,
    outputs: Vec<Output>,
    /// Those that are no part of the network, by the names of the parameters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    penalties: Vec<(String, Regularizer)>,
    /// The names of custom terms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    terms: Vec<String>,
    /// The parameters that no gradient changes. Default: those that layers freeze, such as moving averages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    frozen: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    task: Option<Task>,
    #[serde(default)]
    seed: u64,
}

/// What is said of an output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Output {
    /// By name: it may be one of the user's own.
    loss: String,
    #[serde(default = "one")]
    weight: f64,
    #[serde(default)]
    metrics: Vec<String>,
}

fn one() -> f64 {
    1.0
}

/// What every version has.
#[derive(Deserialize)]
struct Versioned {
    format: u64,
}

impl<T: Scalar> Model<T> {
    /// The model as data, to be built again without the program that made it.
    ///
    /// # Errors
    /// If a layer has no config: a function ([`Lambda`](crate::Lambda)), or a custom module without one; if it
    /// has a setting that is refused where it is read, such as a NaN.
    pub fn config(&self) -> Result<ModelConfig, ConfigError> {
        let name = |param: Param| self.params.name(param).to_string();
        let own = self.network.regularizers().len();
        let config = ModelConfig {
            format: VERSION,
            network: self.network.config()?,
            inputs: self.inputs.iter().map(|shape| shape.to_vec()).collect(),
            outputs: self
                .heads
                .iter()
                .map(|head| Output { loss: head.loss.to_string(), weight: head.weight, metrics: head.metrics.clone() })
                .collect(),
            penalties: self.penalties[own..].iter().map(|&(param, penalty)| (name(param), penalty)).collect(),
            terms: self.terms.iter().map(|term| term.name.clone()).collect(),
            frozen: Some(
                self.network.parameters().into_iter().filter(|&p| self.params.is_frozen(p)).map(name).collect(),
            ),
            task: self.task,
            seed: self.seed,
        };
        // A setting that could not be read again is refused here, not where the model is missed.
        ModelConfig::from_json(&config.to_json())?;
        Ok(config)
    }
}

impl ModelConfig {
    /// The network.
    pub fn network(&self) -> &Config {
        &self.network
    }

    /// The model as JSON.
    pub fn to_json(&self) -> String {
        match serde_json::to_string(self) {
            Ok(text) => text,
            Err(e) => unreachable!("a model holds numbers, texts and lists of them: {e}"),
        }
    }

    /// A model from JSON.
    ///
    /// # Errors
    /// If the text is no JSON, or not that of a model, or of a later version: the error says where, and what is expected
    /// there. Nesting deeper than 128 brackets is refused.
    pub fn from_json(text: &str) -> Result<Self, ConfigError> {
        let Versioned { format } = serde_json::from_str(text)?;
        match format {
            VERSION => Ok(serde_json::from_str(text)?),
            found => Err(ConfigError::Version { found, known: VERSION }),
        }
    }

    /// The model, its weights drawn from its seed: 2²⁸ numbers at most.
    ///
    /// # Errors
    /// If a layer cannot take what it is given, names do not fit, there are too many numbers, or something is of the
    /// user's own making.
    pub fn build<T: Scalar>(&self) -> Result<Model<T>, ConfigError> {
        self.build_with(&Registry::new())
    }

    /// The same, with layers and losses of the user's own.
    ///
    /// # Errors
    /// As [`build`](ModelConfig::build).
    pub fn build_with<T: Scalar>(&self, registry: &Registry<T>) -> Result<Model<T>, ConfigError> {
        self.assemble(false, MOST, registry)
    }

    /// The model with zeros for weights, which are to be loaded: `numbers` of them at most.
    ///
    /// # Errors
    /// As [`build`](ModelConfig::build).
    pub fn blank<T: Scalar>(&self, numbers: usize, registry: &Registry<T>) -> Result<Model<T>, ConfigError> {
        self.assemble(true, numbers.min(MOST), registry)
    }

    fn assemble<T: Scalar>(&self, blank: bool, most: usize, registry: &Registry<T>) -> Result<Model<T>, ConfigError> {
        let (mut params, mut rng) = (Params::new(), generator(self.seed));
        let start = if blank { Start::Zeros } else { Start::Random(&mut rng) };
        let inputs: Vec<Shape> = self.inputs.iter().map(|shape| Shape::from(&shape[..])).collect();
        let network =
            self.network.place(&inputs, &mut BuildContext::new(&mut params, start, most, Some(&registry.layers)))?;
        let mut model = Model::of(network, params, inputs)?.seed(self.seed);
        model.task = self.task;

        let (outputs, heads) = (self.outputs.len(), model.heads.len());
        if outputs != heads {
            let what = format!("the network has {heads} outputs, but {outputs} are described; describe each");
            return Err(ConfigError::Other(what));
        }
        for (at, output) in self.outputs.iter().enumerate() {
            let loss = match registry.custom_loss(&output.loss) {
                Some(custom) => {
                    model = model.know(custom.clone());
                    Loss::Custom(custom.name())
                }
                None => {
                    let other = |e| ConfigError::Other(format!("{e}, or put it into the `Registry`"));
                    output.loss.parse().map_err(other)?
                }
            };
            let head = &mut model.heads[at];
            head.set_loss(loss);
            (head.weight, head.metrics) = (output.weight, output.metrics.clone());
        }
        let find = |params: &Params<T>, name: &str| match params.find(name) {
            Some(param) => Ok(param),
            None => Err(ConfigError::Other(format!("`{name}` is no parameter of the network"))),
        };
        for (name, penalty) in &self.penalties {
            let param = find(&model.params, name)?;
            model.penalties.push((param, *penalty));
        }
        for name in &self.terms {
            model = model.with_term(registry.term_of(name)?.clone());
        }
        for &(param, penalty) in &model.penalties {
            let shape = model.params.get(param).shape();
            penalty.check(model.params.name(param), shape).map_err(ConfigError::Other)?;
        }
        if let Some(frozen) = &self.frozen {
            for param in model.network.parameters() {
                model.params.unfreeze(param);
            }
            for name in frozen {
                let param = find(&model.params, name)?;
                model.params.freeze(param);
            }
        }
        Ok(model)
    }
}
