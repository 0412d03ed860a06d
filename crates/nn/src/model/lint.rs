//! Parts of a model that do not go together: it would train badly, or not at all, without any error.

use super::Head;
use crate::activation::Activation;
use crate::init::Init;
use crate::loss::{Compares, Loss};
use crate::module::LayerSummary;
use std::fmt;

/// How bad a [`Lint`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It works, but something else works better.
    Warning,
    /// It does not do what it looks like.
    Error,
}

/// Something in a [`Model`](crate::Model) that does not go together, from [`Model::lint`](crate::Model::lint).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Lint {
    /// A softmax of a single number, which is always 1.
    SoftmaxOfOne {
        /// The name of the output.
        output: String,
    },
    /// A softmax under a loss for numbers: its gradient vanishes where the model is surely wrong.
    SoftmaxUnderRegression {
        /// The name of the output.
        output: String,
        /// The loss.
        loss: Loss,
    },
    /// A loss of logits on numbers that went through another activation: it takes them for logits.
    NoLogits {
        /// The name of the output.
        output: String,
        /// What the output ends with.
        activation: Activation,
        /// The loss.
        loss: Loss,
    },
    /// An output of a ReLU: where it is 0 it has no gradient, and may stay there.
    ReluOutput {
        /// The name of the output.
        output: String,
    },
    /// Poisson's loss on numbers that may be negative.
    PoissonOfAnything {
        /// The name of the output.
        output: String,
        /// What the output ends with.
        activation: Activation,
    },
    /// SELU with another initializer than LeCun's normal one: activations do not keep mean 0 and variance 1.
    SeluWithoutLecunNormal {
        /// The name of the layer.
        layer: String,
        /// Where its kernel starts from.
        init: Init,
    },
    /// Plain dropout after SELU, which spoils mean and variance.
    SeluWithDropout {
        /// The name of the dropout layer.
        layer: String,
    },
    /// A step, of slope 0 everywhere: nothing before it learns by gradients.
    Heaviside {
        /// The name of the layer.
        layer: String,
    },
    /// Two dense layers without anything between them, which compute no more than one.
    LinearBetween {
        /// The name of the first.
        layer: String,
        /// The name of the second.
        next: String,
    },
}

impl Lint {
    /// How bad it is.
    pub fn severity(&self) -> Severity {
        match self {
            Lint::SoftmaxOfOne { .. } | Lint::NoLogits { .. } | Lint::Heaviside { .. } => Severity::Error,
            _ => Severity::Warning,
        }
    }
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Lint::SoftmaxOfOne { output } => write!(
                f,
                "output `{output}`: the softmax of a single number is always 1; take a sigmoid and binary_crossentropy"
            ),
            Lint::SoftmaxUnderRegression { output, loss } => write!(
                f,
                "output `{output}`: under {loss} a softmax that is surely wrong has no gradient; \
                 take a cross-entropy for classes, or no activation for numbers"
            ),
            Lint::NoLogits { output, activation, loss } => write!(
                f,
                "output `{output}`: {loss} takes logits, or undoes {}, but the output ends with {activation}; \
                 leave that out",
                loss.link()
            ),
            Lint::ReluOutput { output } => write!(
                f,
                "output `{output}`: a relu that gives 0 has no gradient and may stay there; \
                 for positive numbers take softplus"
            ),
            Lint::PoissonOfAnything { output, activation } => write!(
                f,
                "output `{output}`: poisson takes the logarithm of the output, but {activation} may give what is not \
                 positive; take exponential or softplus"
            ),
            Lint::SeluWithoutLecunNormal { layer, init } => write!(
                f,
                "layer `{layer}`: selu normalizes itself only if weights start from lecun_normal; these start from {init}"
            ),
            Lint::SeluWithDropout { layer } => {
                write!(f, "layer `{layer}`: after selu take AlphaDropout, which keeps mean and variance")
            }
            Lint::Heaviside { layer } => write!(
                f,
                "layer `{layer}`: the slope of heaviside is 0 everywhere, so nothing before it learns by gradients; \
                 take a sigmoid, a straight_through, or a classic::Perceptron"
            ),
            Lint::LinearBetween { layer, next } => write!(
                f,
                "layers `{layer}` and `{next}`: without an activation between them they compute no more than one layer"
            ),
        }
    }
}

/// What does not go together, outputs first.
pub(super) fn lints(heads: &[Head], layers: &[LayerSummary]) -> Vec<Lint> {
    let mut found: Vec<Lint> = heads.iter().flat_map(of_head).collect();
    for (at, layer) in layers.iter().enumerate() {
        let name = layer.name.clone();
        let next = layers.get(at + 1).filter(|next| feeds(layer, next));
        if layer.activation == Activation::Heaviside {
            found.push(Lint::Heaviside { layer: name.clone() });
        }
        // The activation may be a layer of its own.
        let by_itself = next.filter(|next| layer.activation == Activation::Linear && next.kind == "Activation");
        if by_itself.unwrap_or(layer).activation == Activation::Selu
            && let Some(init) = layer.init.filter(|&init| init != Init::LecunNormal)
        {
            found.push(Lint::SeluWithoutLecunNormal { layer: name.clone(), init });
        }
        let Some(next) = next else { continue };
        if layer.activation == Activation::Selu && next.kind == "Dropout" {
            found.push(Lint::SeluWithDropout { layer: next.name.clone() });
        }
        if layer.kind == "Dense" && layer.activation == Activation::Linear && next.kind == "Dense" {
            found.push(Lint::LinearBetween { layer: name, next: next.name.clone() });
        }
    }
    found
}

/// Whether a layer's output goes into the layer listed next, and only there as far as can be told.
fn feeds(layer: &LayerSummary, next: &LayerSummary) -> bool {
    next.from.is_empty() || next.from == [layer.name.clone()]
}

fn of_head(head: &Head) -> Vec<Lint> {
    let (output, loss, written) = (head.name.clone(), head.loss, head.written_activation());
    let undone = loss.link();
    let mut found = Vec::new();
    if head.activation() == Activation::Softmax && head.shape().last() == Some(&1) {
        found.push(Lint::SoftmaxOfOne { output: output.clone() });
    }
    if written == Activation::Softmax && loss.compares() == Compares::Numbers {
        found.push(Lint::SoftmaxUnderRegression { output: output.clone(), loss });
    }
    // The softmax of a logarithm of a softmax is that softmax.
    let passes = [Activation::Linear, undone].contains(&written)
        || (written, undone) == (Activation::LogSoftmax, Activation::Softmax);
    if undone != Activation::Linear && !passes {
        found.push(Lint::NoLogits { output: output.clone(), activation: written, loss });
    }
    if written == Activation::Relu && undone == Activation::Linear {
        found.push(Lint::ReluOutput { output: output.clone() });
    }
    let positive = [Activation::Exp, Activation::Softplus, Activation::Sigmoid, Activation::Softmax];
    if loss == Loss::Poisson && !positive.contains(&written) && written != Activation::Relu {
        found.push(Lint::PoissonOfAnything { output, activation: written });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::{AlphaDropout, Dense, Dropout};
    use crate::model::Model;
    use crate::sequential::Sequential;
    use crate::testing::rng;
    use crate::{Exp, Heaviside, Linear, LogSoftmax, Relu, Selu, Sigmoid, Softmax, Softplus, Tanh};
    use autograd::Params;

    /// The lints of a single layer under a loss.
    fn lint(activation: Activation, outputs: usize, loss: Loss) -> Vec<Lint> {
        let mut params = Params::<f32>::new();
        let layer = Dense::new(3, outputs).activation(activation).name("out").build(&mut params, &mut rng(0));
        Model::new(layer, params, [3]).unwrap().loss(loss).lint()
    }

    #[test]
    fn outputs_and_losses() {
        use Loss::*;
        let (sparse, bce, output) = (SparseCategoricalCrossentropy(0.0), BinaryCrossentropy(0.0), || "out".to_string());
        for (activation, outputs, loss) in [
            (Linear, 1, Mse),
            (Softplus, 1, Mse),
            (Linear, 3, sparse),
            (Softmax, 3, sparse),
            (LogSoftmax, 3, sparse),
            (Sigmoid, 1, bce),
            (Sigmoid, 1, Mse),
            (Exp, 1, Poisson),
        ] {
            assert_eq!(lint(activation, outputs, loss), [], "{activation} under {loss}");
        }
        for outputs in [Linear, Softmax] {
            assert_eq!(lint(outputs, 1, sparse), [Lint::SoftmaxOfOne { output: output() }]);
        }
        let mse = Lint::SoftmaxUnderRegression { output: output(), loss: Mse };
        assert_eq!(lint(Softmax, 3, Mse), [mse]);
        for (activation, loss) in [(Sigmoid, sparse), (Softmax, bce), (Relu, sparse), (Tanh, KlDivergence)] {
            let found = lint(activation, 3, loss);
            assert_eq!(found, [Lint::NoLogits { output: output(), activation, loss }]);
            assert_eq!(found[0].severity(), Severity::Error);
        }
        assert_eq!(lint(Relu, 1, Mse), [Lint::ReluOutput { output: output() }]);
        assert_eq!(lint(Linear, 1, Poisson), [Lint::PoissonOfAnything { output: output(), activation: Linear }]);
        assert_eq!(
            lint(Sigmoid, 3, sparse)[0].to_string(),
            "output `out`: sparse_categorical_crossentropy takes logits, or undoes softmax, but the output ends with \
             sigmoid; leave that out"
        );
    }

    #[test]
    fn layers_one_after_the_other() {
        let mut params = Params::<f32>::new();
        let mut dense = |activation, init| {
            Dense::new(3, 3).activation(activation).kernel_init(init).build(&mut params, &mut rng(0))
        };
        let network = Sequential::new()
            .push(dense(Selu, Init::LecunNormal))
            .push(AlphaDropout::new(0.1))
            .push(dense(Selu, Init::HeNormal))
            .push(Dropout::new(0.1))
            .push(dense(Heaviside, Init::GlorotUniform))
            .push(dense(Linear, Init::GlorotUniform))
            .push(dense(Tanh, Init::GlorotUniform))
            .push(dense(Linear, Init::Ones))
            .push(Selu);
        let found = Model::new(network, params, [3]).unwrap().lint();
        let expected = [
            Lint::SeluWithoutLecunNormal { layer: "dense_1".into(), init: Init::HeNormal },
            Lint::SeluWithDropout { layer: "dropout".into() },
            Lint::Heaviside { layer: "dense_2".into() },
            Lint::LinearBetween { layer: "dense_3".into(), next: "dense_4".into() },
            Lint::SeluWithoutLecunNormal { layer: "dense_5".into(), init: Init::Ones },
        ];
        assert_eq!(found, expected);
        assert_eq!(found.iter().filter(|lint| lint.severity() == Severity::Error).count(), 1);
    }
}
