//! Training on small sets with known results.

mod accumulation;
mod averages;
mod masked_classes;
mod options;

use super::*;
use crate::callback::{EarlyStopping, OnEpochEnd};
use crate::{Batch, Classes, DataError, Dataset, History, Stream};
use autograd::{Params, Tape};
use nn::{Dense, Dropout, Loss, Model, Relu, Sequential, Target, Task};
use optim::{Optimizer, Sgd};
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use tensor::{Tensor, tensor};

fn rng(seed: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed)
}

fn classifier(dropout: f64) -> Model<f32> {
    let (mut params, mut rng) = (Params::new(), rng(42));
    let network = Sequential::new()
        .push(Dense::new(64, 16).activation(Relu).build(&mut params, &mut rng))
        .push(Dropout::new(dropout))
        .push(Dense::new(16, 10).build(&mut params, &mut rng));
    Model::new(network, params, [64]).unwrap().task(Task::Multiclass).seed(7)
}

fn line(n: usize) -> Dataset<f64> {
    let x = Tensor::linspace(-1.0, 1.0, n);
    let y: Vec<f64> = x.to_vec().into_iter().map(|x| 3.0 * x + 1.0).collect();
    Dataset::regression(x, Tensor::from(y)).unwrap()
}

fn regressor() -> Model<f64> {
    let mut params = Params::new();
    let layer = Dense::new(1, 1).build(&mut params, &mut rng(1));
    Model::new(layer, params, [1]).unwrap().loss(Loss::Mse)
}

fn quiet<'a, T: autograd::Scalar>(rate: f64) -> Fit<'a, T> {
    Fit::new(Sgd::new(rate)).verbosity(Verbosity::Quiet)
}

fn values(model: &Model<f64>) -> Vec<f64> {
    model.params().iter().flat_map(|(_, value)| value.to_vec()).collect()
}

fn bits(params: &Params<f32>) -> Vec<u32> {
    params.iter().flat_map(|(_, value)| value.to_vec()).map(f32::to_bits).collect()
}

#[test]
fn a_line_is_learned() {
    let (set, mut model) = (line(50), regressor());
    let history = model.fit(&set, quiet(0.1).epochs(60).batch_size(5)).unwrap();
    assert!(history.last("loss").unwrap() < 1e-8, "{history}");
    let y = model.predictions(&set).unwrap();
    assert!(y.to_vec().iter().zip(set.targets().to_vec()).all(|(a, b)| (a - b).abs() < 1e-3));
}

/// Every step of `fit` equals that of a custom training loop, bit for bit.
#[test]
fn fit_equals_a_custom_loop() {
    let (set, mut fitted, mut custom) = (line(20), regressor(), regressor());
    let history = fitted.fit(&set, quiet(0.05).epochs(2).batch_size(8)).unwrap();
    let (mut sgd, mut tape, mut losses) = (Sgd::new(0.05), Tape::new(), vec![]);
    for epoch in 0..2 {
        let (mut sum, mut n) = (0.0, 0.0);
        for batch in set.batches(8, &mut run::generator(0, epoch)) {
            let bound = custom.params().bind(&tape);
            let y = custom.network().forward(&bound, tape.constant(batch.x()));
            let loss = autograd::mse(y, tape.constant(batch.values()));
            sgd.step(custom.params_mut(), &loss.backward());
            let size = batch.len() as f64;
            (sum, n) = (sum + size * loss.value(), n + size);
            tape.reset();
        }
        losses.push(sum / n);
    }
    assert_eq!(history.get("loss").unwrap(), losses);
    assert_eq!(values(&fitted), values(&custom));
}

#[test]
fn a_seed_determines_the_run() {
    let run = |seed| {
        let mut model = classifier(0.2).seed(seed);
        let history = model.fit(&crate::digits(), quiet(0.1).epochs(2)).unwrap();
        (history, bits(model.params()))
    };
    assert_eq!(run(7), run(7));
    assert_ne!(run(7).1, run(8).1);
}

/// The random numbers of an epoch depend only on seed and epoch.
#[test]
fn training_continues_from_initial_epoch() {
    let (set, mut whole, mut halves) = (crate::digits(), classifier(0.2), classifier(0.2));
    whole.fit(&set, quiet(0.1).epochs(2)).unwrap();
    halves.fit(&set, quiet(0.1).epochs(1)).unwrap();
    let history = halves.fit(&set, quiet(0.1).epochs(2).initial_epoch(1)).unwrap();
    assert_eq!((bits(whole.params()), history.epochs()), (bits(halves.params()), &[1][..]));
}

#[test]
fn validation_split_holds_out_the_tail() {
    let set = line(10);
    let (mut split, mut separate) = (regressor(), regressor());
    let history = split.fit(&set, quiet(0.1).epochs(3).validation_split(0.3)).unwrap();
    let (head, tail) = set.split_at(7).unwrap();
    let fit = quiet(0.1).epochs(3).validation(&tail);
    assert_eq!(history, separate.fit(&head, fit).unwrap());
    assert_eq!(history.last("val_loss"), separate.evaluate(&tail).unwrap().get("loss"));
}

#[test]
fn sample_weights_scale_the_loss() {
    // Two contradicting examples: the solution is their weighted mean.
    let set = Dataset::regression(tensor![1.0, 1.0], tensor![0.0, 4.0]).unwrap().with_weights([1.0, 3.0]).unwrap();
    let mut model = regressor();
    model.fit(&set, quiet(0.1).epochs(200)).unwrap();
    assert!((model.predict(&tensor![[1.0]]).item() - 3.0).abs() < 1e-6);
    // (1 (3-0)² + 3 (3-4)²) / 2: as in Keras, the divisor is the number of examples.
    assert!((model.evaluate(&set).unwrap().get("loss").unwrap() - 6.0).abs() < 1e-5);
}

#[test]
fn evaluate_train_uses_the_weights_at_the_end_of_the_epoch() {
    let (set, mut model) = (crate::digits(), classifier(0.3));
    let history = model.fit(&set, quiet(0.1).evaluate_train(true)).unwrap();
    let now = model.evaluate(&set).unwrap();
    assert_eq!((history.last("eval_loss"), history.last("eval_accuracy")), (now.get("loss"), now.get("accuracy")));
    assert!(history.last("loss") > history.last("eval_loss"), "earlier weights and dropout increase the training loss");
}

#[test]
fn callbacks_see_every_epoch_and_stop_training() {
    let (set, mut epochs) = (line(10), vec![]);
    let history = {
        let watch = OnEpochEnd::new(|cx: &mut crate::TrainingState<'_, f64>| {
            epochs.push((cx.epoch(), cx.history().len()));
            if cx.epoch() == 2 {
                cx.stop("enough");
            }
        });
        regressor().fit(&set, quiet(0.1).epochs(10).callback(watch)).unwrap()
    };
    assert_eq!((history.len(), history.stop_reason(), epochs), (3, Some("enough"), vec![(0, 0), (1, 1), (2, 2)]));
}

#[test]
fn the_best_weights_are_restored_also_after_the_last_epoch() {
    let (set, mut model) = (line(10), regressor());
    // A rate so large that the loss increases in every epoch.
    let mut stopping = EarlyStopping::new("val_loss").patience(100).restore_best_weights(true);
    let fit = quiet(1.2).epochs(5).batch_size(10).validation(&set).callback(&mut stopping);
    let history = model.fit(&set, fit).unwrap();
    let (best, loss) = history.best("val_loss", crate::Direction::Min).unwrap();
    assert_eq!((stopping.best(), history.len()), (Some((best, loss)), 5));
    assert!(history.last("val_loss").unwrap() > loss);
    assert_eq!(model.evaluate(&set).unwrap().get("loss"), Some(loss));
}

#[test]
fn unknown_metrics_are_errors() {
    let e = regressor().fit(&line(4), quiet(0.1).callback(EarlyStopping::new("val_loss"))).unwrap_err();
    assert_eq!(e.to_string(), "unknown metric `val_loss`; available: loss; add a validation set");
    let mut model = regressor().metrics(["maee"]);
    assert!(matches!(model.fit(&line(4), quiet(0.1)), Err(FitError::Metric(_))));
}

#[test]
fn a_non_finite_loss_names_its_origin_and_restores_the_model() {
    let (set, mut model) = (line(10), regressor());
    let before = values(&model);
    let e = model.fit(&set, quiet(1e200).epochs(3).batch_size(2)).unwrap_err();
    let FitError::NonFinite(report) = e else { panic!("{e}") };
    assert_eq!((report.epoch, report.step), (0, 1));
    assert_eq!(values(&model), before);

    let mut params = Params::<f64>::new();
    let network = Sequential::new().push(Dense::new(1, 1).build(&mut params, &mut rng(1))).push(nn::Activation::Exp);
    let mut model = Model::new(network, params, [1]).unwrap();
    let kernel = model.params().keys().next().unwrap();
    model.params_mut().set(kernel, tensor![[1e6]]);
    let e = model.fit(&set, quiet(0.1)).unwrap_err();
    assert!(e.to_string().contains("(Activation) outputs inf; the first non-finite operation is `exp`"), "{e}");
}

#[test]
fn invalid_data_and_settings_are_errors() {
    let mut model = classifier(0.0);
    let images = crate::digits().reshape([8, 8]).unwrap();
    let e = model.fit(&images, quiet(0.1)).unwrap_err();
    assert_eq!(
        e.to_string(),
        "the model expects examples of shape (64,), found (8, 8); reshape or flatten the data set"
    );
    let many = Dataset::classification(Tensor::zeros([2, 64]), [3, 11], 12).unwrap();
    assert!(matches!(model.fit(&many, quiet(0.1)), Err(FitError::Loss(_))));
    let wide = Dataset::regression(Tensor::zeros([2, 64]), Tensor::zeros([2, 3])).unwrap();
    assert!(matches!(model.fit(&wide, quiet(0.1)), Err(FitError::Loss(_))));
    let set = crate::digits();
    assert!(matches!(model.fit(&set, quiet(0.1).batch_size(0)), Err(FitError::Setting { .. })));
    assert!(matches!(model.fit(&set, quiet(0.1).initial_epoch(3)), Err(FitError::Setting { .. })));
    assert!(matches!(model.fit(&set, quiet(0.1).validation_split(1.5)), Err(FitError::Data(DataError::Fraction(_)))));
    let nothing = Stream::batches(|_| std::iter::empty::<Result<Batch<f32>, DataError>>());
    assert!(matches!(model.fit(&nothing, quiet(0.1)), Err(FitError::NoExamples)));
    let broken = Stream::batches(|_| std::iter::once(Err::<Batch<f32>, _>(DataError::Empty)));
    assert!(matches!(model.fit(&broken, quiet(0.1)), Err(FitError::Data(DataError::Empty))));
}

#[test]
fn fast_dev_run_takes_one_step_without_callbacks() {
    let (set, mut model) = (crate::digits(), classifier(0.0));
    let never = OnEpochEnd::new(|_: &mut crate::TrainingState<'_>| panic!("called"));
    let history = model.fit(&set, quiet(0.1).epochs(50).validation(&set).callback(never).fast_dev_run(true)).unwrap();
    assert_eq!(history.names().collect::<Vec<_>>(), ["loss", "accuracy", "val_loss", "val_accuracy"]);
    assert_eq!(history.len(), 1);
}

#[test]
fn steps_per_epoch_limits_a_stream() {
    let stream = Stream::examples(|epoch| {
        (0..).map(move |i| {
            let x = ((epoch * 7919 + i * 31) % 100) as f64 / 50.0 - 1.0;
            Ok((tensor![x], Target::Numbers(tensor![3.0 * x + 1.0])))
        })
    });
    let mut model = regressor();
    let history = model.fit(&stream, quiet(0.2).epochs(10).steps_per_epoch(20)).unwrap();
    assert!(history.last("loss").unwrap() < 1e-4, "{history}");
}

#[test]
fn further_metrics_are_added_to_those_of_the_model() {
    let mut model = regressor().metrics(["mae"]);
    let set = line(10);
    let history: History = model.fit(&set, quiet(0.1).validation(&set).metric(crate::metrics::R2Score::new())).unwrap();
    let names = ["loss", "mae", "r2_score", "val_loss", "val_mae", "val_r2_score"];
    assert_eq!(history.names().collect::<Vec<_>>(), names);
}

#[test]
fn binary_classification_of_class_ids() {
    let labels = Classes::new([0, 1, 1, 0], 2).unwrap();
    let x = tensor![[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
    let set = Dataset::<f64>::new(x, labels).unwrap();
    let (mut params, mut rng) = (Params::new(), rng(3));
    let network = Sequential::new()
        .push(Dense::new(2, 8).activation(nn::Tanh).build(&mut params, &mut rng))
        .push(Dense::new(8, 1).build(&mut params, &mut rng));
    let mut model = Model::new(network, params, [2]).unwrap().task(Task::Binary);
    let history = model.fit(&set, quiet(1.0).epochs(400)).unwrap();
    assert_eq!(history.last("accuracy"), Some(1.0), "{history}");
    assert_eq!(model.predict_classes(&set.x()), [0, 1, 1, 0]);
}

#[test]
fn batch_norm_updates_its_moving_averages() {
    let (mut params, mut rng) = (Params::<f64>::new(), rng(1));
    let norm = nn::BatchNorm::new(1).momentum(0.5).build(&mut params);
    let network = Sequential::new().push(norm).push(Dense::new(1, 1).build(&mut params, &mut rng));
    let mut model = Model::new(network, params, [1]).unwrap();
    let set = Dataset::regression(tensor![3.0, 5.0], tensor![0.0, 1.0]).unwrap();
    model.fit(&set, quiet(0.0).epochs(40)).unwrap();
    let params = model.params().iter().filter(|&(p, _)| model.params().name(p).contains("moving"));
    let moving: Vec<f64> = params.map(|(_, value)| value.to_vec()[0]).collect();
    assert!((moving[0] - 4.0).abs() < 1e-9 && (moving[1] - 1.0).abs() < 1e-9, "{moving:?}");
}
