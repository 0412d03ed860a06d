//! There and back: random networks, damaged texts, and what only its maker knows.

mod invalid;

use super::*;
use crate::activation::Activation;
use crate::module::ConfigError;
use crate::module::Module;
use crate::testing::rng;
use crate::{Graph, Init, Loss, Mlp, Model, ModelConfig, Regularizer, Sequential, Task};
use autograd::Params;
use proptest::prelude::*;
use tensor::{Shape, Tensor};

/// A layer for rows, which gives rows.
fn layer() -> impl Strategy<Value = Config> {
    let activation = (0..Activation::all().count()).prop_map(|i| Activation::all().nth(i).unwrap_or_default());
    let init = prop::sample::select(vec![
        Init::GlorotUniform,
        Init::HeNormal,
        Init::Orthogonal(0.7),
        Init::Uniform { low: -0.3, high: 0.1 },
        Init::VarianceScaling { scale: 0.5, fan: crate::Fan::Average, spread: crate::Spread::Normal },
    ]);
    let regularizer = prop::option::of(0.0..1.0_f64).prop_map(|l| l.map(Regularizer::L2));
    let dense = (1..6_usize, activation.clone(), init, any::<bool>(), regularizer, any::<bool>()).prop_map(
        |(units, activation, init, bias, regularizer, pytorch)| {
            let mut layer = Dense::units(units).activation(activation).kernel_init(init).use_bias(bias);
            if let Some(r) = regularizer {
                layer = layer.kernel_regularizer(r).bias_regularizer(r);
            }
            Config::from(if pytorch { layer.pytorch() } else { layer })
        },
    );
    let rate = 0.0..0.9_f64;
    prop_oneof![
        6 => dense,
        2 => activation.prop_map(Config::from),
        1 => (0.0..1.0_f64, 1e-5..0.1_f64)
            .prop_map(|(momentum, eps)| BatchNorm::inferred().momentum(momentum).eps(eps).into()),
        1 => Just(BatchNorm::inferred().pytorch().into()),
        1 => (1e-5..0.1_f64).prop_map(|eps| LayerNorm::inferred().eps(eps).into()),
        1 => Just(Normalization::inferred().into()),
        1 => Just(PRelu::inferred().into()),
        1 => rate.clone().prop_map(|rate| Dropout::new(rate).into()),
        1 => rate.clone().prop_map(|rate| AlphaDropout::new(rate).into()),
        1 => rate.clone().prop_map(|rate| GaussianNoise::new(rate).into()),
        1 => rate.prop_map(|rate| GaussianDropout::new(rate).into()),
        1 => (-2.0..2.0_f64, -1.0..1.0_f64).prop_map(|(scale, offset)| Rescaling::new(scale, offset).into()),
        1 => Just(Discretization::new([-0.5, 0.1, 1.0 / 3.0]).into()),
        1 => prop::sample::select(vec![Config::from(UnitNorm), Identity.into(), Flatten.into()]),
        1 => Just(Reshape::new([-1]).into()),
    ]
}

/// Layers one after the other, some of them within another.
fn chain() -> impl Strategy<Value = SequentialConfig> {
    let layers = prop::collection::vec(layer(), 1..5);
    (layers, prop::option::of(prop::collection::vec(layer(), 0..3)), any::<bool>()).prop_map(
        |(layers, inner, named)| {
            let network = SequentialConfig::from(layers);
            match inner {
                Some(inner) if named => network.push(SequentialConfig::from(inner).name("inner")),
                Some(inner) => network.push(SequentialConfig::from(inner)),
                None => network,
            }
        },
    )
}

/// A model of a chain, or of a graph that calls it twice, beside a straight way.
fn model() -> impl Strategy<Value = Model<f64>> {
    let settings = (any::<u64>(), any::<bool>(), any::<bool>(), prop::sample::select(vec!["accuracy", "mae"]));
    (chain(), 1..4_usize, settings).prop_map(|(network, inputs, (seed, as_graph, frozen, metric))| {
        let mut params = Params::new();
        let network = network.build([inputs], &mut params, &mut rng(seed)).unwrap();
        let model = if as_graph {
            let mut graph = Graph::new();
            let (a, b) = (graph.input("a", [inputs]), graph.input("b", [inputs]));
            let left = graph.layer(network, a);
            let right = graph.share(left, b);
            let sum = graph.join(Add, &[left, right]);
            let wide = graph.join(Concatenate::new(), &[sum, a]);
            graph.layer(Activation::Relu, b); // leads nowhere
            graph.output(left);
            graph.output_named("wide", wide);
            graph.build(&params).unwrap().into_model(params).unwrap().loss_weights([0.9, 0.1])
        } else {
            Model::new(network, params, [inputs]).unwrap().task(Task::Regression)
        };
        let mut model = model.loss(Loss::Huber(0.1 + 0.2)).metrics([metric]).seed(seed);
        if let Some(first) = model.network().parameters().first().copied().filter(|_| frozen) {
            model.params_mut().freeze(first);
            model = model.regularize(first, Regularizer::L1(1.0 / 3.0));
        }
        model
    })
}

/// The numbers of one model for another, by name.
fn give(from: &Model<f64>, to: &mut Model<f64>) {
    for (param, value) in from.params().iter() {
        let name = from.params().name(param);
        let there = to.params().find(name).unwrap_or_else(|| panic!("there is no `{name}`"));
        to.params_mut().set(there, value.clone());
    }
}

/// Bits, so that a NaN is itself.
fn bits(model: &Model<f64>) -> Vec<u64> {
    let inputs: Vec<Tensor<f64>> = model
        .input_shapes()
        .iter()
        .map(|shape| {
            let batch: Shape = [3].iter().chain(shape.iter()).copied().collect();
            Tensor::random_normal(batch, 0.0, 1.0, &mut rng(9))
        })
        .collect();
    model.predict_all(&inputs).iter().flat_map(|y| y.to_vec()).map(f64::to_bits).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    #[test]
    fn any_model_is_built_again_from_its_text(model in model()) {
        let config = model.config().unwrap();
        let read = ModelConfig::from_json(&config.to_json()).unwrap();
        prop_assert_eq!(&read, &config);
        let size = model.network().parameters().iter().map(|&p| model.params().get(p).size()).sum();
        for mut again in [read.build::<f64>().unwrap(), read.blank(size, &Registry::new()).unwrap()] {
            prop_assert_eq!(again.config().unwrap(), config.clone());
            prop_assert_eq!(again.summary(), model.summary());
            prop_assert_eq!((again.heads(), again.lint()), (model.heads(), model.lint()));
            give(&model, &mut again);
            prop_assert_eq!(bits(&again), bits(&model));
        }
        if size > 0 {
            let e = read.blank::<f64>(size - 1, &Registry::new()).unwrap_err();
            prop_assert!(matches!(e, ConfigError::Size { .. }), "{e}");
        }
    }

    /// Descriptions whose sizes are open are texts, too.
    #[test]
    fn any_config_is_read_as_it_was_written(network in chain()) {
        let description = Config::from(network);
        prop_assert_eq!(Config::from_json(&description.to_json()).unwrap(), description);
    }

    /// Whatever happens to a text, it is read or refused, and so is what is built from it.
    #[test]
    fn damaged_texts(model in model(), damages in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..5)) {
        let mut text = model.config().unwrap().to_json().into_bytes();
        for (at, byte, what) in damages {
            let at = at.index(text.len().max(1));
            match what {
                _ if text.is_empty() => {}
                0 => text[at] = byte,
                1 => { text.remove(at); }
                2 => text.insert(at, b'0' + byte % 10),
                _ => text.truncate(at),
            }
        }
        let text = String::from_utf8_lossy(&text);
        match ModelConfig::from_json(&text).and_then(|config| config.blank::<f32>(1 << 16, &Registry::new())) {
            Ok(model) => prop_assert!(model.params().size() <= 1 << 16),
            Err(e) => prop_assert!(e.to_string().len() > 10),
        }
    }
}

#[test]
fn functions_and_modules_of_ones_own_are_refused_by_name() {
    let mut params = Params::<f32>::new();
    let network = Sequential::new()
        .push(Mlp::new(3, [4], 2).dropout(0.5).build(&mut params, &mut rng(0)))
        .push(crate::Lambda::new("square", |x| x.square()));
    let e = Model::new(network, params, [3]).unwrap().config().unwrap_err();
    assert_eq!(e, ConfigError::Undescribed { layer: "square".into(), kind: "Lambda".into() });
    assert!(e.to_string().starts_with("layer `square` (Lambda) has no config; make it a `LayerConfig`"), "{e}");
}

#[test]
fn shared_layers_stay_shared() {
    let mut params = Params::<f64>::new();
    let tied = Dense::new(2, 2).build(&mut params, &mut rng(0));
    let network = Sequential::new().push(tied.clone()).push(Activation::Tanh).push(tied);
    let model = Model::new(network, params, [2]).unwrap();
    let again = model.config().unwrap().build::<f64>().unwrap();
    assert_eq!((again.params().len(), again.network().parameters().len()), (2, 2));
}

#[test]
fn a_loss_of_ones_own_is_known_by_its_name() {
    let mut params = Params::<f64>::new();
    let layer = Dense::new(2, 1).build(&mut params, &mut rng(0));
    let model = Model::new(layer, params, [2]).unwrap().custom_loss("cubes", |p, y| (p - y).abs().powi(3));
    let config = ModelConfig::from_json(&model.config().unwrap().to_json()).unwrap();
    let e = config.build::<f64>().unwrap_err().to_string();
    assert!(e.starts_with("`cubes` is no loss; there are ") && e.ends_with("or put it into the `Registry`"), "{e}");
    let again = config.build_with(&Registry::<f64>::new().loss("cubes", |p, y| (p - y).abs().powi(3))).unwrap();
    assert_eq!(again.heads()[0].loss(), Loss::Custom("cubes"));
    assert_eq!(again.config().unwrap(), config);
}

#[test]
fn a_term_of_ones_own_is_asked_for() {
    let model = || Mlp::regressor(2, [3], 1).model::<f64>(0);
    let config = model().add_loss("small", |_, y| y[0].square().mean()).config().unwrap();
    let e = ModelConfig::from_json(&config.to_json()).unwrap().build::<f64>().unwrap_err();
    assert_eq!(e, ConfigError::Unknown { kind: "small".into(), known: vec![] });
    let registry = Registry::<f64>::new().term("small", |_, y| y[0].square().mean());
    let again = config.build_with(&registry).unwrap();
    assert!(again.has_terms() && !model().has_terms());
    assert_eq!(again.config().unwrap(), config);
}

#[test]
fn a_mlp_is_a_chain() {
    let mut params = Params::<f64>::new();
    let mlp = Mlp::new(3, [4], 2).dropout(0.25).build(&mut params, &mut rng(0));
    let description = Module::<f64>::config(&mlp).unwrap();
    let chain = description.get::<SequentialConfig>().unwrap();
    assert_eq!(chain.layers().iter().map(Config::kind).collect::<Vec<_>>(), ["Dense", "Dropout", "Dense"]);
}
