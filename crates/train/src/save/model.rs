//! The configuration of a model in a file, and models built from it.

use super::file::{self, Entry};
use crate::error::{Mismatch, SaveError};
use autograd::Scalar;
use nn::{ConfigError, Model, ModelConfig, Registry};
use serde_json::{Value, json};
use std::path::Path;

/// The metadata of a saved model: its configuration.
///
/// # Errors
/// If a layer has no serialized configuration.
pub(crate) fn config_metadata<T: Scalar>(model: &Model<T>, path: &Path) -> Result<Value, SaveError> {
    match config(model) {
        Ok(config) => Ok(json!({ "model": config })),
        Err(source) => Err(SaveError::NoConfig { path: path.into(), source: Box::new(source) }),
    }
}

/// The metadata of a training run, whose model is built by the program that resumes it: the configuration of the model,
/// or why there is none.
pub(crate) fn metadata<T: Scalar>(model: &Model<T>) -> Value {
    match config(model) {
        Ok(config) => json!({ "model": config }),
        Err(e) => json!({ "undescribed": e.to_string() }),
    }
}

fn config<T: Scalar>(model: &Model<T>) -> Result<Value, ConfigError> {
    Ok(serde_json::from_str(&model.config()?.to_json())?)
}

/// The name prefixes of tensors that belong to the optimizer or callbacks of a run.
const STATE: [&str; 2] = ["optimizer/", "callback/"];

/// The entries that are parameters of the model.
pub(super) fn parameters<T: Scalar>(mut entries: Vec<Entry<T>>) -> Vec<Entry<T>> {
    entries.retain(|entry| !STATE.iter().any(|prefix| entry.name.starts_with(prefix)));
    entries
}

/// Builds the model in a file, and loads its weights.
pub(super) fn load<T: Scalar>(path: &Path, registry: &Registry<T>) -> Result<Model<T>, SaveError> {
    let (entries, metadata) = file::read(path)?;
    let failed = |source| SaveError::Config { path: path.into(), source: Box::new(source) };
    if metadata["model"].is_null() {
        let reason = metadata["undescribed"].as_str().unwrap_or("the file contains no model configuration");
        let what = format!("{reason}; build the model in the program, and load the weights with `load_weights`");
        return Err(failed(ConfigError::Other(what)));
    }
    let entries = parameters(entries);
    let size = entries.iter().filter_map(|entry| entry.tensor.as_ref()).map(|x| x.size()).sum();
    let config = ModelConfig::from_json(&metadata["model"].to_string()).map_err(failed)?;
    let mut model = match config.blank(size, registry) {
        Ok(model) => model,
        // Inexact tensors are missing in `size`; their mismatches are the cause of this error.
        Err(ConfigError::Size { .. }) if entries.iter().any(|entry| entry.tensor.is_none()) => {
            return Err(SaveError::Mismatch { path: path.into(), mismatches: inexact::<T>(&entries) });
        }
        Err(e) => return Err(failed(e)),
    };
    // Parameters that do not belong to a layer.
    for entry in &entries {
        if let (None, Some(tensor)) = (model.params().find(&entry.name), &entry.tensor) {
            model.params_mut().add(&entry.name, tensor.clone());
        }
    }
    file::assign(model.params_mut(), entries, path)?;
    Ok(model)
}

/// The entries with elements that `T` does not represent exactly.
fn inexact<T: Scalar>(entries: &[Entry<T>]) -> Vec<Mismatch> {
    let inexact = entries.iter().filter(|entry| entry.tensor.is_none());
    let mismatch = |entry: &Entry<T>| Mismatch::Element {
        name: entry.name.clone(),
        found: entry.element.clone(),
        expected: file::element::<T>().1,
    };
    inexact.map(mismatch).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::damage::{damage, damaged};
    use crate::testing::Folder;
    use crate::{Fit, Saving, Training, Verbosity};
    use autograd::Params;
    use nn::{Activation, Concatenate, Dense, Dropout, Graph, Lambda, Mlp, Normalization, Sequential};
    use optim::Adam;
    use proptest::prelude::*;
    use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
    use std::fs;
    use tensor::Tensor;

    /// A wide and deep model with an adapted normalization, and a parameter that no layer uses.
    fn wide_and_deep() -> Model<f32> {
        let (mut params, mut rng) = (Params::new(), Xoshiro256PlusPlus::seed_from_u64(1));
        let normalization = Normalization::new(3, &mut params);
        let x = Tensor::random_normal([20, 3], 5.0, 2.0, &mut rng);
        normalization.adapt(&mut params, &x).unwrap();
        params.add("unused", Tensor::ones(2));
        let mut graph = Graph::new();
        let input = graph.input("input", [3]);
        let n = graph.layer(normalization, input);
        let h = graph.layer(Dense::new(3, 4).activation(Activation::Relu).build(&mut params, &mut rng), n);
        let h = graph.layer(Dropout::new(0.1), h);
        let joined = graph.join(Concatenate::new(), &[n, h]);
        let y = graph.layer(Dense::new(7, 1).build(&mut params, &mut rng), joined);
        graph.output_named("price", y);
        graph.build(&params).unwrap().into_model(params).unwrap().metrics(["mae"]).seed(7)
    }

    #[test]
    fn a_model_round_trips() {
        let folder = Folder::new("whole");
        let path = folder.join("model.safetensors");
        let saved = wide_and_deep();
        saved.save(&path).unwrap();
        let opened: Model<f32> = Model::load(&path).unwrap();
        assert_eq!((opened.config(), opened.summary()), (saved.config(), saved.summary()));
        assert_eq!((opened.heads(), opened.random_seed()), (saved.heads(), 7));
        assert_eq!(opened.params().size(), saved.params().size());
        let x = Tensor::random_normal([6, 3], 5.0, 2.0, &mut Xoshiro256PlusPlus::seed_from_u64(2));
        assert_eq!(opened.predict(&x), saved.predict(&x));
    }

    #[test]
    fn the_file_of_a_run_contains_the_model() {
        let folder = Folder::new("of-run");
        let path = folder.join("run");
        let (train, _) = crate::digits().split_at(100).unwrap();
        let mut model = Mlp::classifier(64, [8], 10).model::<f32>(3);
        let fit = Fit::new(Adam::new(0.01)).epochs(2).verbosity(Verbosity::Quiet).resumable(&path);
        model.fit(&train, fit).unwrap();
        let opened: Model<f32> = Model::load(&path).unwrap();
        let x = Tensor::ones([2, 64]);
        assert_eq!(opened.predict(&x), model.predict(&x));
        assert_eq!(opened.config(), model.config());
    }

    #[test]
    fn files_without_a_config_contain_only_weights() {
        let folder = Folder::new("weights-only");
        let path = folder.join("m");
        let (mut params, mut rng) = (Params::<f32>::new(), Xoshiro256PlusPlus::seed_from_u64(1));
        let layer = Dense::new(2, 2).build(&mut params, &mut rng);
        let model = Model::new(layer.clone(), params.clone(), [2]).unwrap();
        model.save_torch(&path, &["0"]).unwrap();
        let says = |path: &Path| Model::<f32>::load(path).unwrap_err().to_string();
        assert!(says(&path).contains("the file contains no model configuration; build the model in the program"));

        let network = Sequential::new().push(layer).push(Lambda::new("square", |x| x.square()));
        let mut model = Model::new(network, params, [2]).unwrap();
        model.save_weights(&path).unwrap();
        assert!(says(&path).contains("the file contains no model configuration"), "{}", says(&path));
        model.load_weights(&path).unwrap();
        assert!(matches!(Model::<f32>::load(folder.join("none")), Err(SaveError::Read { .. })));
    }

    #[test]
    fn a_model_without_a_config_is_not_saved_and_the_layer_is_named() {
        let folder = Folder::new("no-config");
        let path = folder.join("m");
        let model = |seed| {
            let (mut params, mut rng) = (Params::<f32>::new(), Xoshiro256PlusPlus::seed_from_u64(seed));
            let layer = Dense::new(2, 2).build(&mut params, &mut rng);
            let network = Sequential::new().push(layer).push(Lambda::new("square", |x| x.square()));
            Model::new(network, params, [2]).unwrap()
        };
        let (saved, mut loaded) = (model(1), model(2));
        let e = saved.save(&path).unwrap_err();
        assert!(matches!(e, SaveError::NoConfig { .. }) && !path.exists());
        let says = e.to_string();
        assert!(says.contains("layer `square` (Lambda)"), "{says}");
        assert!(says.ends_with("save only the weights, with `save_weights`"), "{says}");

        saved.save_weights(&path).unwrap();
        loaded.load_weights(&path).unwrap();
        let x = Tensor::ones([1, 2]);
        assert_eq!(loaded.predict(&x), saved.predict(&x));
    }

    #[test]
    fn a_checkpoint_without_a_config_requires_save_weights_only() {
        use crate::{Dataset, FitError, ModelCheckpoint};
        let folder = Folder::new("no-config-checkpoint");
        let path = folder.join("m");
        let (mut params, mut rng) = (Params::<f32>::new(), Xoshiro256PlusPlus::seed_from_u64(1));
        let layer = Dense::new(2, 2).build(&mut params, &mut rng);
        let network = Sequential::new().push(Lambda::new("square", |x| x.square())).push(layer);
        let mut model = Model::new(network, params, [2]).unwrap().task(nn::Task::Multiclass);
        let set = Dataset::classification(Tensor::ones([4, 2]), [0, 1, 0, 1], 2).unwrap();
        let fit = || Fit::new(Adam::new(0.01)).verbosity(Verbosity::Quiet);
        let checkpoint = || ModelCheckpoint::new(path.to_str().unwrap());
        let before = model.params().iter().map(|(_, w)| w.to_vec()).collect::<Vec<_>>();
        let e = model.fit(&set, fit().callback(checkpoint())).unwrap_err();
        assert!(matches!(e, FitError::Save(SaveError::NoConfig { .. })), "{e}");
        assert_eq!(model.params().iter().map(|(_, w)| w.to_vec()).collect::<Vec<_>>(), before);
        model.fit(&set, fit().callback(checkpoint().save_weights_only(true))).unwrap();
        model.load_weights(&path).unwrap();
    }

    #[test]
    fn inexact_weights_are_listed() {
        let folder = Folder::new("other-type");
        let path = folder.join("m");
        let (mut params, mut rng) = (Params::<f64>::new(), Xoshiro256PlusPlus::seed_from_u64(1));
        let network = Sequential::new().push(Dense::new(2, 3).build(&mut params, &mut rng));
        let network = network.push(Dense::new(3, 1).build(&mut params, &mut rng));
        Model::new(network, params, [2]).unwrap().save(&path).unwrap();
        let e = Model::<f32>::load(&path).unwrap_err();
        let SaveError::Mismatch { mismatches, .. } = &e else { panic!("{e}") };
        assert_eq!(mismatches.len(), 2, "the kernels; the biases are zeros");
        assert!(e.to_string().contains("`dense.w` has F64 values in the file, some of which are not exact"), "{e}");
    }

    /// No memory is allocated for parameters that are not in the file.
    #[test]
    fn a_config_that_is_larger_than_the_weights_is_an_error() {
        let folder = Folder::new("grown");
        let path = folder.join("m");
        let model = Mlp::regressor(2, [3], 1).model::<f32>(0);
        let (tensors, mut metadata) = (file::named(model.params()), metadata(&model));
        metadata["model"]["network"]["Sequential"]["layers"][0]["Dense"]["units"] = json!(1 << 27);
        metadata["model"]["network"]["Sequential"]["layers"][1]["Dense"]["inputs"] = json!(1 << 27);
        file::write(&path, &tensors, metadata).unwrap();
        let e = Model::<f32>::load(&path).unwrap_err();
        let says = e.to_string();
        assert!(says.contains("layer `dense`") && says.contains("(2, 134217728)") && says.contains("13"), "{says}");
        assert!(matches!(e, SaveError::Config { source, .. } if matches!(*source, ConfigError::Size { .. })));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn damaged_models(damages in prop::collection::vec(damage(), 1..4)) {
            let folder = Folder::new("damaged-model");
            let path = folder.join("m");
            wide_and_deep().save(&path).unwrap();
            let file = fs::read(&path).unwrap();
            // The first bytes are the header.
            let (text, rest) = file.split_at(2000.min(file.len()));
            fs::write(&path, [&damaged(text.to_vec(), &damages), rest].concat()).unwrap();
            if let Err(e) = Model::<f32>::load(&path) {
                prop_assert!(e.to_string().len() > 10);
            }
        }
    }
}
