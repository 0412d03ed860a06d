//! Callbacks in training runs.

use super::*;
use crate::testing::Folder;
use crate::{Dataset, Fit, History, Training, Verbosity};
use autograd::Params;
use nn::{Dense, Model};
use optim::{ExponentialDecay, Optimizer, Sgd};
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use std::fs;
use std::process::Command;
use tensor::tensor;

fn line() -> Dataset<f64> {
    Dataset::regression(tensor![-1.0, 0.0, 1.0, 2.0], tensor![-2.0, 1.0, 4.0, 7.0]).unwrap()
}

fn model() -> Model<f64> {
    let mut params = Params::new();
    let layer = Dense::new(1, 1).build(&mut params, &mut Xoshiro256PlusPlus::seed_from_u64(1));
    Model::new(layer, params, [1]).unwrap()
}

fn run<'a>(
    optimizer: impl Optimizer<f64> + 'a,
    epochs: usize,
    callback: impl Callback<f64> + 'a,
) -> Result<History, FitError> {
    let set = line();
    let fit = Fit::new(optimizer).epochs(epochs).validation(&set).verbosity(Verbosity::Quiet).callback(callback);
    model().fit(&set, fit)
}

#[test]
fn learning_rate_scheduler_sets_the_rate_of_each_epoch() {
    let halve = LearningRateScheduler::new(|epoch, rate| if epoch < 2 { rate } else { rate / 2.0 });
    let history = run(Sgd::new(0.1), 4, halve).unwrap();
    assert_eq!(history.get("learning_rate").unwrap(), [0.1, 0.1, 0.05, 0.025]);
}

/// As in Keras, the rate of an optimizer with a schedule cannot be set.
#[test]
fn setting_the_rate_of_an_optimizer_with_a_schedule_is_an_error() {
    let schedule = || Sgd::new(ExponentialDecay::new(0.1, 100, 0.5));
    let e = run(schedule(), 4, LearningRateScheduler::new(|_, rate| rate / 2.0)).unwrap_err();
    assert!(matches!(e, FitError::Rate(_)), "{e}");
    let never_better = ReduceLrOnPlateau::new("loss").patience(1).min_delta(1e9);
    assert!(matches!(run(schedule(), 4, never_better), Err(FitError::Rate(_))));
    assert!(matches!(run(Sgd::new(0.1), 1, LearningRateScheduler::new(|_, _| f64::NAN)), Err(FitError::Rate(_))));
}

/// Keras's test case: with a cooldown of 2 and a patience of 1, the second and the fourth epoch reduce the rate.
#[test]
fn a_plateau_reduces_the_rate() {
    let mut sgd = Sgd::new(1e-12);
    let reduce = ReduceLrOnPlateau::new("val_loss").patience(1).cooldown(2).factor(0.1);
    let set = line();
    let fit = Fit::with(&mut sgd).epochs(4).validation(&set).verbosity(Verbosity::Quiet).callback(reduce);
    let history = model().fit(&set, fit).unwrap();
    let rates: Vec<f64> = history.get("learning_rate").unwrap().iter().map(|r| (r * 1e15).round()).collect();
    assert_eq!(rates, [1000.0, 1000.0, 100.0, 100.0]);
    assert!((Optimizer::<f64>::learning_rate(&sgd) - 1e-14).abs() < 1e-20);
}

#[test]
fn terminate_on_nan_stops_without_an_error() {
    let history = run(Sgd::new(1e200), 5, TerminateOnNan).unwrap();
    assert!(history.len() < 5);
    let reason = history.stop_reason().unwrap();
    assert!(reason.starts_with("the loss is "), "{reason}");
}

#[test]
fn csv_logger_replaces_or_appends() {
    let folder = Folder::new("csv-logger");
    let path = folder.join("run.csv");
    let history = run(Sgd::new(0.1), 2, CsvLogger::new(&path)).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), history.to_csv());
    run(Sgd::new(0.1), 1, CsvLogger::new(&path).append(true)).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with(&history.to_csv()) && text.lines().count() == 4, "{text}");
    run(Sgd::new(0.1), 1, CsvLogger::new(&path)).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 2);
}

#[test]
fn csv_logger_adds_a_column_for_a_late_metric() {
    let (set, folder) = (line(), Folder::new("csv-late"));
    let path = folder.join("logs/run.csv");
    let fit = |epochs| Fit::new(Sgd::new(0.01)).epochs(epochs).validation(&set).verbosity(Verbosity::Quiet);
    let late = |cx: &mut TrainingState<'_, f64>| {
        if cx.epoch() == 2 {
            cx.logs.set("a,b", 7.0);
        }
    };
    let late_fit = || fit(4).validation_freq(2).callback(OnEpochEnd::new(late));
    let history = model().fit(&set, late_fit().callback(CsvLogger::new(&path))).unwrap();
    let empty = |history: &History| history.to_csv().replace("NaN", "");
    assert!(history.to_csv().starts_with("epoch,loss,val_loss,\"a,b\"\n0,"));
    assert_eq!(fs::read_to_string(&path).unwrap(), empty(&history));
    // A second run appends with the same columns, a third one adds a column.
    model().fit(&set, late_fit().callback(CsvLogger::new(&path).append(true))).unwrap();
    let rows = |history: &History| empty(history).split_once('\n').unwrap().1.to_string();
    assert_eq!(fs::read_to_string(&path).unwrap(), empty(&history) + &rows(&history));
    let third = fit(1).metric(crate::metrics::MeanAbsoluteError::new()).callback(CsvLogger::new(&path).append(true));
    model().fit(&set, third).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("epoch,loss,val_loss,\"a,b\",mean_absolute_error,val_mean_absolute_error\n0,"), "{text}");
    assert!(text.lines().skip(1).all(|row| row.split(',').count() == 6), "{text}");
    assert_eq!(folder.join("logs").read_dir().unwrap().count(), 1);
}

#[test]
fn csv_logger_starts_a_new_line_after_an_incomplete_one() {
    let folder = Folder::new("csv-cut");
    let path = folder.join("run.csv");
    fs::write(&path, "epoch,loss,val_loss\n0,0.").unwrap();
    run(Sgd::new(0.1), 1, CsvLogger::new(&path).append(true)).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("epoch,loss,val_loss\n0,0.\n0,") && text.lines().count() == 3, "{text}");
}

#[test]
fn unwritable_files_are_errors_before_the_first_epoch() {
    let (set, folder) = (line(), Folder::new("unwritable"));
    fs::write(folder.join("file"), "").unwrap();
    fs::create_dir(folder.join("folder")).unwrap();
    let inside = |name: &str| folder.join("file").join(name);
    let error = |with: &dyn Fn(Fit<'static, f64>) -> Fit<'static, f64>| {
        let never = OnEpochEnd::new(|_: &mut TrainingState<'_, f64>| panic!("an epoch was trained"));
        let fit = with(Fit::new(Sgd::new(0.1)).verbosity(Verbosity::Quiet));
        model().fit(&set, fit.callback(never)).unwrap_err()
    };
    for path in [inside("m"), folder.join("folder")] {
        let name = path.to_str().unwrap();
        let write = |e: FitError| assert!(matches!(e, FitError::Save(crate::SaveError::Write { .. })), "{e}");
        write(error(&|fit| fit.callback(CsvLogger::new(name))));
        write(error(&|fit| fit.callback(ModelCheckpoint::new(name))));
    }
    let in_file = inside("{epoch}-{loss:.2f}");
    let name = in_file.to_str().unwrap();
    assert!(matches!(error(&|fit| fit.callback(ModelCheckpoint::new(name))), FitError::Save(_)));
    assert!(matches!(error(&|fit| fit.callback(TensorBoard::new(name))), FitError::Save(_)));
    assert!(matches!(error(&|fit| fit.resumable(name)), FitError::Save(_)));
    assert!(matches!(error(&|fit| fit.callback(ModelCheckpoint::new("{epoch:x}"))), FitError::Setting { .. }));
}

#[test]
fn folders_that_do_not_exist_are_created() {
    let (set, folder) = (line(), Folder::new("created"));
    let at = |name: &str| folder.join(name).to_str().unwrap().to_string();
    let fit = Fit::new(Sgd::new(0.1)).epochs(2).verbosity(Verbosity::Quiet);
    let fit = fit.callback(ModelCheckpoint::new(at("a/b/{epoch}/m"))).callback(ModelCheckpoint::new(at("c/{epoch}")));
    let history = model().fit(&set, fit.callback(CsvLogger::new(at("d/e.csv"))).resumable(at("f/g/run"))).unwrap();
    history.write_csv(at("h/history.csv")).unwrap();
    history.write_svg(at("i/history.svg")).unwrap();
    for file in ["a/b/1/m", "a/b/2/m", "c/1", "c/2", "d/e.csv", "f/g/run", "h/history.csv", "i/history.svg"] {
        assert!(folder.join(file).is_file(), "{file}");
    }
    assert_eq!(folder.join("c").read_dir().unwrap().count(), 2, "no other files");
}

/// Columns are matched by name, and a resumed run continues its file.
#[test]
fn csv_logger_continues_an_existing_file() {
    let folder = Folder::new("csv-append");
    let path = folder.join("run.csv");
    fs::write(&path, "epoch,val_loss,other,loss\n").unwrap();
    let history = run(Sgd::new(0.1), 1, CsvLogger::new(&path).append(true)).unwrap();
    let [loss, val_loss] = ["loss", "val_loss"].map(|name| history.last(name).unwrap());
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("epoch,val_loss,other,loss\n0,{val_loss},,{loss}\n"));
    let (set, mut logger) = (line(), CsvLogger::new(&path));
    let mut resumed = |epochs| {
        let fit = Fit::new(Sgd::new(0.1)).epochs(epochs).verbosity(Verbosity::Quiet).callback(&mut logger);
        model().fit(&set, fit.resumable(folder.join("run"))).unwrap()
    };
    resumed(2);
    let history = resumed(4);
    assert_eq!((fs::read_to_string(&path).unwrap(), history.len()), (history.to_csv(), 4));
}

#[test]
fn monitoring_skips_epochs_without_validation() {
    let (set, folder) = (line(), Folder::new("monitored"));
    fn fit<'a>(rate: f64, set: &'a Dataset<f64>) -> Fit<'a, f64> {
        Fit::new(Sgd::new(rate)).epochs(9).validation(set).validation_freq(2).verbosity(Verbosity::Quiet)
    }
    let mut stopping = EarlyStopping::new("val_loss").patience(2).restore_best_weights(true);
    let best = ModelCheckpoint::new(folder.join("{epoch}").to_str().unwrap()).save_best_only(true);
    // The rate is too large: the first evaluation is the best, and two more stop training.
    let history = model().fit(&set, fit(2.0, &set).callback(best).callback(&mut stopping)).unwrap();
    assert_eq!((history.len(), stopping.best().unwrap().0, folder.files()), (6, 1, vec!["2".to_string()]));
    let reduce = ReduceLrOnPlateau::new("val_loss").patience(1).factor(0.5);
    let history = model().fit(&set, fit(1e-12, &set).callback(reduce)).unwrap();
    let rates: Vec<f64> = history.get("learning_rate").unwrap().iter().map(|r| r / 1e-12).collect();
    assert_eq!(rates, [1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.25, 0.25, 0.125]);
    // An unknown validation metric is an error at the first evaluation, an unknown training metric in the first epoch.
    let e = model().fit(&set, fit(0.1, &set).callback(EarlyStopping::new("val_los"))).unwrap_err();
    assert!(e.to_string().contains("available: loss, val_loss"), "{e}");
    let e = model().fit(&set, fit(0.1, &set).callback(EarlyStopping::new("los"))).unwrap_err();
    assert!(matches!(e, FitError::Monitor { .. }), "{e}");
}

#[test]
fn borrowed_callbacks_start_each_run_without_earlier_state() {
    let (set, mut stopping) = (line(), EarlyStopping::new("loss").patience(2).min_delta(1e-6));
    let mut reduce = ReduceLrOnPlateau::new("loss").patience(1).factor(0.5);
    let mut run = |rate| {
        let fit = Fit::new(Sgd::new(rate)).epochs(6).shuffle(false).verbosity(Verbosity::Quiet);
        model().fit(&set, fit.callback(&mut stopping).callback(&mut reduce)).unwrap()
    };
    let first = run(1e-12);
    assert_eq!((first.len(), run(0.1).len(), run(1e-12)), (3, 6, first));
}

#[test]
fn checkpoints_of_all_epochs_and_of_the_best() {
    let folder = Folder::new("checkpoints");
    let at = |name: &str| folder.join(name).to_str().unwrap().to_string();
    run(Sgd::new(0.1), 3, ModelCheckpoint::new(at("{epoch:02d}.safetensors"))).unwrap();
    assert_eq!(folder.files(), ["01.safetensors", "02.safetensors", "03.safetensors"]);
    run(Sgd::new(0.1), 4, ModelCheckpoint::new(at("every-{epoch}")).every_n_epochs(2)).unwrap();
    assert_eq!(folder.files()[3..], ["every-2", "every-4"]);
    // The rate is too large: the first epoch is the best.
    let best = ModelCheckpoint::new(at("best-{epoch}-{val_loss:.1f}")).save_best_only(true);
    let history = run(Sgd::new(2.0), 3, best).unwrap();
    let (_, loss) = history.best("val_loss", crate::Direction::Min).unwrap();
    let files = folder.files();
    let best: Vec<&String> = files.iter().filter(|name| name.starts_with("best")).collect();
    assert_eq!(best, [&format!("best-1-{loss:.1}")]);
}

#[test]
fn two_runs_write_separate_event_files() {
    let (folder, set) = (Folder::new("tensorboard-twice"), line());
    let mut board = TensorBoard::new(&*folder);
    for _ in 0..2 {
        let fit = Fit::new(Sgd::new(0.1)).verbosity(Verbosity::Quiet).callback(&mut board);
        model().fit(&set, fit).unwrap();
    }
    assert_eq!(fs::read_dir(folder.join("train")).unwrap().count(), 2);
}

/// Reads the event files with TensorBoard, if the Python package is installed.
#[test]
fn tensorboard_reads_the_event_files() {
    let folder = Folder::new("tensorboard");
    let history = run(Sgd::new(0.1), 3, TensorBoard::new(&*folder)).unwrap();
    assert_eq!(folder.files(), ["train", "validation"]);
    let program = "
import sys
try:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
except ImportError:
    sys.exit(3)
for run in ('train', 'validation'):
    events = EventAccumulator(sys.argv[1] + '/' + run)
    events.Reload()
    for e in events.Scalars('epoch_loss'):
        print(run, e.step, repr(e.value))
";
    // The environment variable selects a Python with the package.
    let python = std::env::var_os("CHAINRULE_PYTHON").unwrap_or("python3".into());
    let python = Command::new(python).arg("-c").arg(program).arg(&*folder).output();
    let out = match python {
        Ok(out) if out.status.code() != Some(3) => out,
        _ => return eprintln!("skipped: the package tensorboard is not installed for python3 or CHAINRULE_PYTHON"),
    };
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let mut expected = String::new();
    for (run, name) in [("train", "loss"), ("validation", "val_loss")] {
        for (step, &value) in history.get(name).unwrap().iter().enumerate() {
            expected.push_str(&format!("{run} {step} {}\n", f64::from(value as f32)));
        }
    }
    assert_eq!(String::from_utf8_lossy(&out.stdout), expected);
}
