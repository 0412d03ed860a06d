//! A network described layer by layer, trained with a custom loss, saved, and loaded by a program that knows neither.

use nn::{Dense, Model, Normalization, Registry, Relu, Sequential};
use optim::Adam;
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use tensor::Tensor;
use train::{Dataset, Fit, Saving, Training, Verbosity};

/// The quantile loss for the 90% quantile: 0.9 e if the prediction is too small by e, 0.1 e if it is too large by e
/// (Koenker and Bassett 1978).
fn quantile(registry: Registry<f64>) -> Registry<f64> {
    registry.loss("quantile", |p, y| {
        let e = y - p;
        (e * 0.9).maximum(e * -0.1)
    })
}

#[test]
fn quantile_regression_from_a_description_to_a_file() {
    let network = Sequential::describe()
        .push(Normalization::inferred())
        .push(Dense::units(8).activation(Relu))
        .push(Dense::units(1));
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
    let x = Tensor::random_normal([400, 2], 10.0, 3.0, &mut rng);
    // The targets are independent of the inputs: uniform noise between 0 and 1.
    let y = Tensor::random_uniform([400, 1], 0.0, 1.0, &mut rng);
    let set = Dataset::regression(x.clone(), y.clone()).unwrap();

    let mut model = network.model::<f64>([2], 42).unwrap().custom_loss("quantile", |p, y| {
        let e = y - p;
        (e * 0.9).maximum(e * -0.1)
    });
    let layer = Normalization::find(model.params(), "normalization").unwrap();
    layer.adapt(model.params_mut(), &x).unwrap();
    let fit = Fit::new(Adam::new(0.01)).epochs(30).validation(&set).verbosity(Verbosity::Quiet);
    let history = model.fit(&set, fit).unwrap();
    let losses = history.get("val_loss").unwrap();
    assert!(losses[29] < 0.06 && losses[29] < losses[0], "{losses:?}"); // the minimum is 0.9 · 0.1 / 2 = 0.045
    let below = model.predict(&x).to_vec().iter().zip(y.to_vec()).filter(|(p, y)| **p >= *y).count();
    assert!((340..=380).contains(&below), "{below} of 400 below");

    let path = std::env::temp_dir().join(format!("chainrule-described-{}.safetensors", std::process::id()));
    model.save(&path).unwrap();
    let unknown = Model::<f64>::load(&path).unwrap_err().to_string();
    let loaded = Model::load_with(&path, &quantile(Registry::new())).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(unknown.contains("`quantile`") && unknown.contains("`Registry`"), "{unknown}");
    assert_eq!(loaded.predict(&x), model.predict(&x));
    assert_eq!(loaded.evaluate(&set).unwrap().get("loss"), model.evaluate(&set).unwrap().get("loss"));
}
