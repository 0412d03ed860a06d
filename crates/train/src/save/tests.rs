//! Round trips of models, mismatches, and resumed runs.

use super::*;
use crate::callback::EarlyStopping;
use crate::testing::Folder;
use crate::{Fit, FitError, History, ReduceLrOnPlateau, Training, Verbosity};
use autograd::Params;
use nn::{BatchNorm, Dense, Dropout, Embedding, LayerNorm, Model, PRelu, Relu, Sequential, Task};
use optim::Adam;
use proptest::prelude::*;
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use std::fs;
use tensor::Tensor;

fn model(seed: u64, sizes: &[usize]) -> Model<f32> {
    let (mut params, mut rng) = (Params::new(), Xoshiro256PlusPlus::seed_from_u64(seed));
    let mut network = Sequential::new();
    for pair in sizes.windows(2) {
        network = network.push(Dense::new(pair[0], pair[1]).activation(Relu).build(&mut params, &mut rng));
        network = network.push(Dropout::new(0.1));
    }
    Model::new(network, params, [sizes[0]]).unwrap().task(Task::Multiclass).seed(5)
}

fn bits(model: &Model<f32>) -> Vec<u32> {
    model.params().iter().flat_map(|(_, value)| value.to_vec()).map(f32::to_bits).collect()
}

#[test]
fn all_differences_are_listed_and_nothing_is_loaded() {
    let folder = Folder::new("mismatches");
    let path = folder.join("model.safetensors");
    model(1, &[3, 4, 2]).save(&path).unwrap();
    let mut other = model(2, &[3, 5, 2, 2]);
    let before = bits(&other);
    let SaveError::Mismatch { mismatches, .. } = other.load_weights(&path).unwrap_err() else { panic!() };
    let text: Vec<String> = mismatches.iter().map(Mismatch::to_string).collect();
    assert_eq!(
        text,
        [
            "`dense.w` has shape (3, 4) in the file and (3, 5) in the model",
            "`dense.b` has shape (4,) in the file and (5,) in the model",
            "`dense_1.w` has shape (4, 2) in the file and (5, 2) in the model",
            "`dense_2.w` is missing in the file",
            "`dense_2.b` is missing in the file",
        ]
    );
    assert_eq!(bits(&other), before);
}

/// A model whose first weight is 1/3, rounded to `T`, or 1/2.
fn third<T: autograd::Scalar>(third: bool) -> Model<T> {
    let mut params = Params::<T>::new();
    let layer = Dense::new(1, 1).build(&mut params, &mut Xoshiro256PlusPlus::seed_from_u64(1));
    let value = if third { T::from_f64(1.0 / 3.0) } else { T::from_f64(0.5) };
    params.set(layer.parameters()[0], Tensor::from_vec([1, 1], vec![value]));
    Model::new(layer, params, [1]).unwrap()
}

fn weight<T: autograd::Scalar>(model: &Model<T>) -> f64 {
    model.params().iter().next().unwrap().1.to_vec()[0].to_f64()
}

#[test]
fn weights_of_another_type_are_loaded_if_they_are_exact() {
    let folder = Folder::new("types");
    let at = |name: &str| folder.join(name);
    third::<f32>(true).save(at("narrow")).unwrap();
    third::<f64>(true).save(at("wide")).unwrap();
    third::<f64>(false).save(at("half")).unwrap();
    let mut wide = third::<f64>(false);
    wide.load_weights(at("narrow")).unwrap();
    assert_eq!(weight(&wide), f64::from(1.0_f32 / 3.0));
    assert_eq!(weight(&Model::<f64>::load(at("narrow")).unwrap()), weight(&wide));
    let mut narrow = third::<f32>(true);
    let e = narrow.load_weights(at("wide")).unwrap_err().to_string();
    assert!(e.contains("`dense.w` has F64 values in the file, some of which are not exact in the model's F32"), "{e}");
    assert!(matches!(Model::<f32>::load(at("wide")), Err(SaveError::Mismatch { .. })));
    assert_eq!(weight(&narrow), f64::from(1.0_f32 / 3.0), "nothing was loaded");
    narrow.load_weights(at("half")).unwrap();
    assert_eq!(weight(&narrow), 0.5);
    // A run can only be resumed in its own type.
    let set = crate::Dataset::regression(Tensor::<f32>::ones([2, 1]), Tensor::ones([2, 1])).unwrap();
    let fit = || Fit::new(Adam::new(0.01)).verbosity(Verbosity::Quiet);
    third::<f32>(false).fit(&set, fit().resumable(at("run"))).unwrap();
    let fit = Fit::new(Adam::new(0.01)).verbosity(Verbosity::Quiet).resumable(at("run"));
    let e = third::<f64>(false).fit(&set.cast::<f64>(), fit).unwrap_err().to_string();
    assert!(e.contains("the file has F32 values, the model F64"), "{e}");
}

#[test]
fn missing_and_invalid_files_are_errors() {
    let folder = Folder::new("else");
    let mut model = model(1, &[3, 2]);
    assert!(matches!(model.load_weights(folder.join("none")), Err(SaveError::Read { .. })));
    fs::write(folder.join("text"), "hello, this is no model").unwrap();
    assert!(matches!(model.load_weights(folder.join("text")), Err(SaveError::Format { .. })));
    assert!(matches!(model.save(folder.join("text/m")), Err(SaveError::Write { .. })));
}

#[test]
fn a_model_saved_by_several_threads_can_be_loaded_at_every_moment() {
    let folder = Folder::new("threads");
    let path = folder.join("model.safetensors");
    let models: Vec<Model<f32>> = (0..3).map(|seed| model(seed, &[30, 40, 2])).collect();
    let known: Vec<Vec<u32>> = models.iter().map(bits).collect();
    models[0].save(&path).unwrap();
    std::thread::scope(|s| {
        let savers: Vec<_> = models
            .iter()
            .map(|model| s.spawn(|| (0..12).map(|_| model.save(&path)).collect::<Result<Vec<()>, _>>()))
            .collect();
        while !savers.iter().all(|saver| saver.is_finished()) {
            let opened = Model::load(&path).expect("the file is complete at every moment");
            assert!(known.contains(&bits(&opened)));
        }
        for saver in savers {
            saver.join().unwrap().expect("every save succeeds");
        }
    });
    assert_eq!(folder.files(), ["model.safetensors"]);
}

#[test]
fn save_torch_transposes_weights_and_uses_pytorch_names() {
    let folder = Folder::new("torch");
    let path = folder.join("torch.safetensors");
    let (saved, mut loaded) = (model(1, &[3, 4, 2]), model(2, &[3, 4, 2]));
    saved.save_torch(&path, &["0", "3"]).unwrap();
    let (entries, _) = file::read::<f32>(&path).unwrap();
    let names: Vec<&str> = entries.iter().map(|e| e.name.as_str()).collect();
    assert_eq!(names, ["0.bias", "0.weight", "3.bias", "3.weight"]);
    let kernel = saved.params().iter().next().unwrap().1;
    assert_eq!(entries[1].tensor.as_ref(), Some(&kernel.transpose().packed()));
    loaded.load_torch(&path, &["0", "3"]).unwrap();
    assert_eq!(bits(&saved), bits(&loaded));

    let e = loaded.load_torch(&path, &["0"]).unwrap_err().to_string();
    assert!(e.contains("expected one module name for each of the 2 layers with parameters (dense, dense_1), got 1"));
    let e = loaded.load_torch(&path, &["0", "2"]).unwrap_err().to_string();
    assert!(e.contains("`dense_1.w` is missing in the file") && e.contains("`3.weight` is in the file"), "{e}");
}

/// The bytes of `safetensors.torch.save_file({"fc.weight": [[1, 2, 3], [4, 5, 6]], "fc.bias": [7, 8]}, path)`.
#[test]
fn load_torch_reads_a_file_of_pytorch() {
    let folder = Folder::new("of-torch");
    let path = folder.join("fc.safetensors");
    let header = concat!(
        r#"{"fc.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#,
        r#""fc.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[8,32]}}"#
    );
    let padded = format!("{header:<width$}", width = header.len().next_multiple_of(8));
    let data = [7.0_f32, 8.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0].into_iter().flat_map(f32::to_le_bytes);
    let bytes: Vec<u8> = (padded.len() as u64).to_le_bytes().into_iter().chain(padded.bytes()).chain(data).collect();
    fs::write(&path, bytes).unwrap();
    let mut model = model(1, &[3, 2]);
    model.load_torch(&path, &["fc"]).unwrap();
    let values: Vec<Tensor> = model.params().iter().map(|(_, value)| value.clone()).collect();
    assert_eq!(values, [tensor::tensor![[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]], tensor::tensor![7.0, 8.0]]);
}

/// The keys of `state_dict()` for Sequential(Embedding(5, 3), LayerNorm(3), Linear(3, 4), BatchNorm1d(4), PReLU(4)).
#[test]
fn parameter_names_of_every_layer_match_pytorch() {
    let folder = Folder::new("torch-names");
    let path = folder.join("torch.safetensors");
    let model = |seed| {
        let (mut params, mut rng) = (Params::new(), Xoshiro256PlusPlus::seed_from_u64(seed));
        let network = Sequential::new()
            .push(Embedding::new(5, 3).build(&mut params, &mut rng))
            .push(LayerNorm::new(3).build(&mut params))
            .push(Dense::new(3, 4).build(&mut params, &mut rng))
            .push(BatchNorm::new(4).build(&mut params))
            .push(PRelu::new([4], &mut params));
        Model::<f32>::new(network, params, ()).unwrap()
    };
    let (saved, mut loaded) = (model(1), model(2));
    let modules = ["emb", "norm", "1.fc", "", "act"];
    saved.save_torch(&path, &modules).unwrap();
    let (entries, _) = file::read::<f32>(&path).unwrap();
    let found: Vec<String> = entries.iter().map(|e| format!("{} {} {}", e.name, e.element, e.shape)).collect();
    assert_eq!(
        found,
        [
            "1.fc.bias F32 (4,)",
            "1.fc.weight F32 (4, 3)",
            "act.weight F32 (4,)",
            "bias F32 (4,)",
            "emb.weight F32 (5, 3)",
            "norm.bias F32 (3,)",
            "norm.weight F32 (3,)",
            "num_batches_tracked I64 ()",
            "running_mean F32 (4,)",
            "running_var F32 (4,)",
            "weight F32 (4,)",
        ]
    );
    loaded.load_torch(&path, &modules).unwrap();
    assert_eq!(bits(&saved), bits(&loaded));
    let e = saved.save_torch(&path, &["emb", "fc", "fc", "bn", "act"]).unwrap_err().to_string();
    assert!(e.contains("would both be named `fc.weight`"), "{e}");
}

/// The history and the weights of a run, resumable if there is a path.
fn run(path: Option<&std::path::Path>, epochs: usize) -> (History, Vec<u32>) {
    let digits = crate::digits();
    let (train, valid) = digits.split_at(500).unwrap();
    let valid = valid.take(100).unwrap();
    let mut model = model(3, &[64, 12, 10]);
    let mut fit = Fit::new(Adam::new(0.01))
        .epochs(epochs)
        .validation(&valid)
        .verbosity(Verbosity::Quiet)
        .callback(EarlyStopping::new("val_loss").patience(50).restore_best_weights(true))
        .callback(ReduceLrOnPlateau::new("val_accuracy").patience(1).factor(0.5).min_delta(0.05));
    if let Some(path) = path {
        fit = fit.resumable(path);
    }
    let history = model.fit(&train, fit).unwrap();
    (history, bits(&model))
}

#[test]
fn a_resumed_run_gives_the_same_bits() {
    let folder = Folder::new("resume");
    let path = folder.join("run.safetensors");
    let uninterrupted = run(None, 6);
    for epochs in [1, 2, 4] {
        run(Some(&path), epochs);
    }
    assert_eq!(run(Some(&path), 6), uninterrupted);
    assert_eq!(run(Some(&path), 6), uninterrupted, "a completed run is not trained further");
    assert!(uninterrupted.0.get("learning_rate").unwrap().iter().any(|&rate| rate < 0.01), "the rate was reduced");
    // The weights can be loaded from the file of a run.
    model(9, &[64, 12, 10]).load_weights(&path).unwrap();
}

#[test]
fn a_run_with_other_settings_is_not_resumed() {
    let folder = Folder::new("other-run");
    let path = folder.join("run.safetensors");
    run(Some(&path), 1);
    let mut other = model(3, &[64, 12, 10]).seed(6);
    let before = bits(&other);
    let fit = Fit::new(Adam::new(0.01)).resumable(&path).verbosity(Verbosity::Quiet);
    let e = other.fit(&crate::digits(), fit).unwrap_err();
    assert!(matches!(&e, FitError::Save(SaveError::Mismatch { mismatches, .. }) if mismatches.len() == 2), "{e}");
    let sgd = Fit::new(optim::Sgd::new(0.01)).resumable(&path).verbosity(Verbosity::Quiet);
    let sgd = sgd.callback(EarlyStopping::new("loss")).callback(ReduceLrOnPlateau::new("loss"));
    let mut same = other.clone().seed(5);
    let e = same.fit(&crate::digits(), sgd).unwrap_err();
    assert!(matches!(&e, FitError::Save(SaveError::Mismatch { mismatches, .. }) if mismatches.len() == 1), "{e}");
    assert_eq!((bits(&other), bits(&same)), (before.clone(), before));
    fs::write(&path, "damaged").unwrap();
    let fit = Fit::new(Adam::new(0.01)).resumable(&path).verbosity(Verbosity::Quiet);
    assert!(matches!(other.fit(&crate::digits(), fit), Err(FitError::Save(SaveError::Format { .. }))));
}

#[cfg(feature = "npz")]
#[test]
fn numpy_archives_round_trip() {
    let folder = Folder::new("numpy");
    let (saved, mut loaded) = (model(1, &[3, 4, 2]), model(2, &[3, 4, 2]));
    saved.save_npz(folder.join("w.npz")).unwrap();
    loaded.load_npz(folder.join("w.npz")).unwrap();
    assert_eq!(bits(&saved), bits(&loaded));
    let e = model(1, &[3, 2]).load_npz(folder.join("w.npz")).unwrap_err().to_string();
    assert!(e.contains("`dense.w` has shape (3, 4) in the file and (3, 2) in the model"), "{e}");
    fs::write(folder.join("text"), "hello, this is no archive").unwrap();
    assert!(matches!(loaded.load_npz(folder.join("text")), Err(SaveError::Format { .. })));
    assert!(matches!(loaded.load_npz(folder.join("none")), Err(SaveError::Read { .. })));
}

/// An archive written by another program.
#[cfg(feature = "npz")]
#[test]
fn only_arrays_that_match_the_model_are_decompressed() {
    use crate::{Npy, Npz};
    let folder = Folder::new("numpy-foreign");
    let path = folder.join("w.npz");
    let array = |header: &str, elements: &[u8]| {
        let length = (header.len() as u16).to_le_bytes();
        Npy::read(&[b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), elements].concat()[..]).unwrap()
    };
    let mut model = model(1, &[2, 1]);
    // Big-endian float16 in Fortran order, and integers.
    let kernel = array("{'descr': '>f2', 'fortran_order': True, 'shape': (2, 1)}", &[0x3c, 0, 0xc0, 0]);
    let bias = array("{'descr': '<i4', 'fortran_order': False, 'shape': (1,)}", &[7, 0, 0, 0]);
    let write = |arrays: &[(&str, &Npy)]| {
        let mut npz = Npz::new();
        arrays.iter().for_each(|(name, array)| npz.insert(*name, (*array).clone()));
        npz.write(fs::File::create(&path).unwrap()).unwrap();
    };
    write(&[("dense.w", &kernel), ("dense.b", &bias)]);
    model.load_npz(&path).unwrap();
    let values: Vec<Tensor> = model.params().iter().map(|(_, value)| value.clone()).collect();
    assert_eq!(values, [tensor::tensor![[1.0], [-2.0]], tensor::tensor![7.0]]);

    let third = Npy::from(&tensor::tensor![1.0_f64 / 3.0]);
    let large = Npy::from(&Tensor::<f32>::zeros([1 << 20]));
    write(&[("dense.w", &large), ("dense.b", &third), ("more", &large)]);
    let e = model.load_npz(&path).unwrap_err();
    let SaveError::Mismatch { mismatches, .. } = e else { panic!("{e}") };
    let text: Vec<String> = mismatches.iter().map(Mismatch::to_string).collect();
    assert_eq!(
        text,
        [
            "`dense.w` has shape (1048576,) in the file and (2, 1) in the model",
            "`dense.b` has <f8 values in the file, some of which are not exact in the model's F32",
            "`more` is in the file, but not in the model",
        ]
    );
    // Damage in an array that is not decompressed is not found; damage in one that is names the array.
    let mut file = fs::read(&path).unwrap();
    let at = file.windows(7).position(|w| w == b"1048576").unwrap();
    file[at + 1000] ^= 1;
    fs::write(&path, &file).unwrap();
    assert!(matches!(model.load_npz(&path), Err(SaveError::Mismatch { .. })));
    let at = file.windows(12).position(|w| w == b"'shape': (1,").unwrap();
    file[at] = b'?';
    fs::write(&path, &file).unwrap();
    let e = model.load_npz(&path).unwrap_err();
    assert!(matches!(&e, SaveError::Format { .. }) && e.to_string().contains("array `dense.b`"), "{e}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// A damaged file of a run is resumed or an error with a message.
    #[test]
    fn damaged_runs(damages in prop::collection::vec(crate::damage::damage(), 1..4), in_header: bool) {
        let folder = Folder::new("damaged-run");
        let path = folder.join("run");
        let mut model = model(1, &[2, 2]);
        let set = crate::Dataset::classification(Tensor::ones([2, 2]), [0, 1], 2).unwrap();
        let fit = |path: &std::path::Path| {
            Fit::new(Adam::new(0.01)).verbosity(Verbosity::Quiet).callback(EarlyStopping::new("loss")).resumable(path)
        };
        model.fit(&set, fit(&path)).unwrap();
        let file = fs::read(&path).unwrap();
        // The first bytes are the header.
        let (text, rest) = file.split_at(if in_header { 900.min(file.len()) } else { file.len() });
        fs::write(&path, [&crate::damage::damaged(text.to_vec(), &damages), rest].concat()).unwrap();
        if let Err(e) = model.fit(&set, fit(&path).epochs(2)) {
            prop_assert!(e.to_string().len() > 10);
        }
    }

    #[test]
    fn weights_of_any_model_round_trip(sizes in prop::collection::vec(1usize..7, 2..5), seed: u64) {
        let folder = Folder::new("any");
        let saved = model(seed, &sizes);
        let modules: Vec<String> = (1..sizes.len()).map(|i| i.to_string()).collect();
        let modules: Vec<&str> = modules.iter().map(String::as_str).collect();
        let other = || model(seed.wrapping_add(1), &sizes);
        let (mut plain, mut torch) = (other(), other());
        saved.save(folder.join("a")).unwrap();
        saved.save_torch(folder.join("b"), &modules).unwrap();
        plain.load_weights(folder.join("a")).unwrap();
        torch.load_torch(folder.join("b"), &modules).unwrap();
        let opened = Model::load(folder.join("a")).unwrap();
        prop_assert_eq!(opened.config(), saved.config());
        for loaded in [plain, torch, opened] {
            prop_assert_eq!(bits(&loaded), bits(&saved));
        }
    }
}
