//! The options of Keras's and Lightning's `fit`: the effect of each.

use super::*;
use crate::Targets;
use crate::callback::{Callback, StepReport, TrainingState};
use crate::metrics::{Accuracy, MeanAbsoluteError};

/// Records every call.
#[derive(Debug, Default)]
struct Calls(Vec<String>);

impl Callback<f64> for Calls {
    fn train_begin(&mut self, _: &mut TrainingState<'_, f64>) -> Result<(), FitError> {
        self.0.push("train".into());
        Ok(())
    }
    fn epoch_begin(&mut self, cx: &mut TrainingState<'_, f64>) -> Result<(), FitError> {
        self.0.push(format!("epoch {}", cx.epoch()));
        Ok(())
    }
    fn step_begin(&mut self, _: &mut TrainingState<'_, f64>, step: usize) -> Result<(), FitError> {
        self.0.push(format!("step {step}"));
        Ok(())
    }
    fn step_end(&mut self, _: &mut TrainingState<'_, f64>, report: &StepReport) -> Result<(), FitError> {
        self.0.push(format!("{} done", report.step));
        Ok(())
    }
    fn evaluation_begin(&mut self, _: &mut TrainingState<'_, f64>) -> Result<(), FitError> {
        self.0.push("evaluation".into());
        Ok(())
    }
    fn evaluation_step_end(&mut self, _: &mut TrainingState<'_, f64>, step: usize) -> Result<(), FitError> {
        self.0.push(format!("batch {step}"));
        Ok(())
    }
    fn evaluation_end(&mut self, cx: &mut TrainingState<'_, f64>) -> Result<(), FitError> {
        self.0.push(format!("evaluated {}", cx.metric("val_loss").is_ok()));
        Ok(())
    }
    fn epoch_end(&mut self, _: &mut TrainingState<'_, f64>) -> Result<(), FitError> {
        self.0.push("epoch done".into());
        Ok(())
    }
    fn train_end(&mut self, _: &mut TrainingState<'_, f64>) -> Result<(), FitError> {
        self.0.push("end".into());
        Ok(())
    }
}

#[test]
fn callbacks_are_called_in_order() {
    let (set, mut calls) = (line(4), Calls::default());
    let fit = quiet(0.1).batch_size(2).validation(&set).validation_batch_size(3).epochs(2).validation_freq(2);
    regressor().fit(&set, fit.callback(&mut calls)).unwrap();
    let steps = ["step 0", "0 done", "step 1", "1 done"];
    let evaluation = ["evaluation", "batch 0", "batch 1", "evaluated true"];
    let expected =
        [&["train", "epoch 0"][..], &steps, &["epoch done", "epoch 1"], &steps, &evaluation, &["epoch done", "end"]];
    assert_eq!(calls.0, expected.concat());
}

#[test]
fn validation_freq_and_validation_steps() {
    let (set, first) = (line(10), line(10).take(4).unwrap());
    let fit = quiet(0.0).epochs(4).validation(&set).validation_freq(2).validation_steps(2).validation_batch_size(2);
    let model = regressor();
    let history = model.clone().fit(&set, fit).unwrap();
    let of_four = model.evaluate(&first).unwrap().get("loss").unwrap();
    let losses = history.get("val_loss").unwrap();
    assert!(losses[0].is_nan() && losses[2].is_nan());
    assert!([losses[1], losses[3]].iter().all(|loss| (loss - of_four).abs() < 1e-12));
    assert_eq!(history.planned(), (4, Some(1)));
}

#[test]
fn steps_per_epoch_limits_an_epoch() {
    let (set, mut short, mut part) = (line(40), regressor(), regressor());
    let history = short.fit(&set, quiet(0.1).batch_size(4).steps_per_epoch(3).shuffle(false)).unwrap();
    part.fit(&set.take(12).unwrap(), quiet(0.1).batch_size(4).shuffle(false)).unwrap();
    assert_eq!((values(&short), history.planned()), (values(&part), (1, Some(3))));
}

#[test]
fn overfit_batches_trains_on_the_first_batches() {
    let (set, mut model, mut reference) = (crate::digits(), classifier(0.0), classifier(0.0));
    let fit = || quiet(0.5).epochs(100).batch_size(16);
    let history = model.fit(&set, fit().overfit_batches(2).validation(&set).evaluate_train(true)).unwrap();
    assert_eq!(history.last("val_accuracy"), Some(1.0), "{history}");
    assert_eq!(history.get("val_loss"), history.get("eval_loss"), "evaluated on the same batches");
    reference.fit(&set.take(32).unwrap(), fit().shuffle(false)).unwrap();
    assert_eq!(bits(model.params()), bits(reference.params()));
    let e = classifier(0.0).fit(&set, fit().overfit_batches(0)).unwrap_err();
    assert!(matches!(e, FitError::Setting { .. }), "{e}");
}

#[test]
fn train_on_batch_equals_fit() {
    let (set, mut whole, mut single) = (line(20), regressor(), regressor());
    whole.fit(&set, quiet(0.05).epochs(3).batch_size(20).shuffle(false)).unwrap();
    let batch = set.batch();
    let (mut sgd, mut losses) = (Sgd::new(0.05), vec![]);
    for _ in 0..3 {
        let before = single.test_on_batch(&batch).unwrap();
        let logs = single.train_on_batch(&batch, &mut sgd).unwrap();
        assert_eq!(logs, before, "the metrics are those before the update");
        losses.push(logs.get("loss").unwrap());
    }
    assert!(losses[2] < losses[1] && losses[1] < losses[0]);
    assert_eq!(values(&single), values(&whole));
    let e = single.train_on_batch(&batch, &mut Sgd::new(f64::MAX)).unwrap_err();
    assert!(matches!(e, FitError::NonFinite(_)), "{e}");
    assert_eq!(values(&single), values(&whole), "an error leaves the model unchanged");
}

/// As in Keras, only weighted metrics use the weights of the examples.
#[test]
fn metrics_with_and_without_weights() {
    let mut model = regressor().metrics(["mae"]);
    let keys: Vec<_> = model.params().keys().collect();
    model.params_mut().set(keys[0], tensor![[1.0]]);
    model.params_mut().set(keys[1], tensor![0.0]);
    let set = Dataset::regression(tensor![1.0, 2.0], tensor![2.0, 5.0]).unwrap().with_weights([3.0, 1.0]).unwrap();
    let fit = quiet(0.0).metric(MeanAbsoluteError::new());
    let history = model.fit(&set, fit.weighted_metric(MeanAbsoluteError::new())).unwrap();
    let names = ["loss", "mae", "mean_absolute_error", "weighted_mean_absolute_error"];
    assert_eq!(history.names().collect::<Vec<_>>(), names);
    assert_eq!(names.map(|name| history.last(name).unwrap()), [6.0, 2.0, 2.0, 1.5]);
    assert_eq!(model.evaluate(&set).unwrap().get("mae"), Some(2.0));
    let single = model.fit(&set, quiet(0.0).weighted_metric(Accuracy::new())).unwrap();
    assert!(single.get("accuracy").is_some(), "no prefix without another metric of this name");
}

#[test]
fn crossentropy_depends_on_the_activation_of_the_output() {
    let names = ["ce", "crossentropy", "acc"];
    let set = crate::digits().take(100).unwrap();
    let mut model = classifier(0.0).metrics(names);
    let history = model.fit(&set, quiet(0.1).epochs(2)).unwrap();
    assert_eq!(history.names().collect::<Vec<_>>(), ["loss", "ce", "crossentropy", "acc"]);
    let (loss, ce) = (history.last("loss").unwrap(), history.last("ce").unwrap());
    assert!((loss - ce).abs() < 1e-6 * loss, "{loss} {ce}");
    let binary = regressor().task(Task::Binary).metrics(["ce"]);
    let set = Dataset::classification(tensor![-1.0, 2.0], [0, 1], 2).unwrap();
    let logs = binary.evaluate(&set).unwrap();
    assert!((logs.get("loss").unwrap() - logs.get("ce").unwrap()).abs() < 1e-12);
    // A regression has no crossentropy.
    assert!(matches!(regressor().metrics(["ce"]).evaluate(&line(4)), Err(FitError::Metric(_))));
}

#[test]
fn several_inputs_and_outputs() {
    let (mut params, mut rng) = (Params::<f64>::new(), rng(1));
    let mut graph = nn::Graph::new();
    let (a, b) = (graph.input("a", [1]), graph.input("b", [2]));
    let joined = graph.join(nn::Concatenate::new(), &[a, b]);
    let sum = graph.layer(Dense::new(3, 1).build(&mut params, &mut rng), joined);
    let first = graph.layer(Dense::new(1, 1).build(&mut params, &mut rng), a);
    graph.output_named("sum", sum);
    graph.output_named("first", first);
    let mut model = graph.build(&params).unwrap().into_model(params).unwrap();
    let rows: Vec<[f64; 3]> =
        (0..60).map(|i| [0, 1, 2].map(|k| f64::from((i * (7 + 4 * k) + k) % 11) / 5.0 - 1.0)).collect();
    let column = |f: fn(&[f64; 3]) -> f64| Tensor::from(rows.iter().map(f).collect::<Vec<_>>());
    let b: Vec<f64> = rows.iter().flat_map(|row| [row[1], row[2]]).collect();
    let set = Dataset::regression(column(|r| r[0]), column(|r| r[0] + 2.0 * r[1] - r[2])).unwrap();
    let set = set.with_input(Tensor::from_vec([60, 2], b)).unwrap();
    let set = set.with_labels(Targets::new(column(|r| 3.0 * r[0])).unwrap()).unwrap();
    let history = model.fit(&set, quiet(0.1).epochs(100).batch_size(10).validation_split(0.2)).unwrap();
    assert!(history.last("val_loss").unwrap() < 1e-6, "{history}");
    let predicted = model.all_predictions(&set).unwrap();
    let first = model.predictions(&set).unwrap();
    assert_eq!((predicted.len(), &predicted[0]), (2, &first));
    assert!((predicted[1].at([7, 0]) - 3.0 * rows[7][0]).abs() < 1e-2);
}

/// The loss includes penalties, and each of several outputs has its own metrics.
#[test]
fn several_outputs_and_penalties() {
    let (mut params, mut rng) = (Params::<f64>::new(), rng(1));
    let mut graph = nn::Graph::new();
    let x = graph.input("x", [2]);
    let body = graph.layer(Dense::new(2, 8).activation(nn::Tanh).build(&mut params, &mut rng), x);
    for (name, activation) in [("sum", nn::Linear), ("or", nn::Sigmoid)] {
        let head = graph.layer(Dense::new(8, 1).activation(activation).build(&mut params, &mut rng), body);
        graph.output_named(name, head);
    }
    let model =
        graph.build(&params).unwrap().into_model(params).unwrap().loss_weights([1.0, 0.5]).metrics(["accuracy"]);
    let first = model.params().keys().next().unwrap();
    let mut model = model.regularize(first, nn::Regularizer::L2(1e-3));
    let x = tensor![[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
    let set = Dataset::regression(x, tensor![0.0, 1.0, 1.0, 2.0]).unwrap();
    let set = set.with_labels(Classes::new([0, 1, 1, 1], 2).unwrap()).unwrap();
    let history = model.fit(&set, quiet(0.3).epochs(300)).unwrap();
    assert_eq!(history.names().collect::<Vec<_>>(), ["loss", "sum_loss", "sum_accuracy", "or_loss", "or_accuracy"]);
    assert_eq!(history.last("or_accuracy"), Some(1.0), "{history}");
    let metrics = model.evaluate(&set).unwrap();
    let of = |name: &str| metrics.get(name).unwrap();
    let penalty = 1e-3 * model.params().get(first).to_vec().iter().map(|w| w * w).sum::<f64>();
    assert!((of("loss") - (of("sum_loss") + 0.5 * of("or_loss") + penalty)).abs() < 1e-12, "{metrics}");
}

#[test]
fn splits_and_slices_of_byte_features_are_stored_as_bytes() {
    let set = crate::digits();
    let (train, test) = set.split_stratified(0.8, &mut rng(3)).unwrap();
    for part in [train.slice(5..90).unwrap(), train, test] {
        assert!(format!("{:?}", part.features()).ends_with("stored as bytes)"));
    }
}
