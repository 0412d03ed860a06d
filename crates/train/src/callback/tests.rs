//! Callbacks at work in a training run.

use super::*;
use crate::testing::Folder;
use crate::{Dataset, Fit, History, Training, Verbosity};
use autograd::Params;
use nn::{Dense, Model};
use optim::{ExponentialDecay, Optimizer, Plateau, Sgd};
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
fn a_rate_for_each_epoch() {
    let halve = LearningRateScheduler::new(|epoch, rate| if epoch < 2 { rate } else { rate / 2.0 });
    let history = run(Sgd::new(0.1), 4, halve).unwrap();
    assert_eq!(history.get("learning_rate").unwrap(), [0.1, 0.1, 0.05, 0.025]);
}

/// As in Keras: who follows a schedule takes no orders.
#[test]
fn an_optimizer_with_a_schedule_refuses_another_rate() {
    let schedule = || Sgd::new(ExponentialDecay::new(0.1, 100, 0.5));
    let e = run(schedule(), 4, LearningRateScheduler::new(|_, rate| rate / 2.0)).unwrap_err();
    assert!(matches!(e, FitError::Rate(_)), "{e}");
    let never_better = ReduceLrOnPlateau::new("loss", Plateau::new().patience(1).min_delta(1e9));
    assert!(matches!(run(schedule(), 4, never_better), Err(FitError::Rate(_))));
    assert!(matches!(run(Sgd::new(0.1), 1, LearningRateScheduler::new(|_, _| f64::NAN)), Err(FitError::Rate(_))));
}

/// Keras's case: with a cool-down of 2 and a patience of 1 the second and the fourth epoch reduce.
#[test]
fn a_plateau_lowers_the_rate() {
    let mut sgd = Sgd::new(1e-12);
    let reduce = ReduceLrOnPlateau::new("val_loss", Plateau::new().patience(1).cooldown(2).factor(0.1));
    let set = line();
    let fit = Fit::with(&mut sgd).epochs(4).validation(&set).verbosity(Verbosity::Quiet).callback(reduce);
    let history = model().fit(&set, fit).unwrap();
    let rates: Vec<f64> = history.get("learning_rate").unwrap().iter().map(|r| (r * 1e15).round()).collect();
    assert_eq!(rates, [1000.0, 1000.0, 100.0, 100.0]);
    assert!((Optimizer::<f64>::learning_rate(&sgd) - 1e-14).abs() < 1e-20);
}

#[test]
fn a_loss_that_is_not_finite_ends_the_run_quietly_if_asked() {
    let history = run(Sgd::new(1e200), 5, TerminateOnNan).unwrap();
    assert!(history.len() < 5);
    let why = history.stopped().unwrap();
    assert!(why.starts_with("the loss is "), "{why}");
}

#[test]
fn figures_in_a_csv_file_while_they_come() {
    let folder = Folder::new("csv-logger");
    let path = folder.join("run.csv");
    let history = run(Sgd::new(0.1), 2, CsvLogger::new(&path)).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), history.to_csv());
    run(Sgd::new(0.1), 1, CsvLogger::new(&path).append()).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with(&history.to_csv()) && text.lines().count() == 4, "{text}");
    run(Sgd::new(0.1), 1, CsvLogger::new(&path)).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 2);
}

#[test]
fn a_csv_file_has_every_metric_of_the_history_whenever_it_appears() {
    let (set, folder) = (line(), Folder::new("csv-late"));
    let path = folder.join("logs/run.csv");
    let fit = |epochs| Fit::new(Sgd::new(0.01)).epochs(epochs).validation(&set).verbosity(Verbosity::Quiet);
    let late = |cx: &mut TrainingState<'_, f64>| {
        if cx.epoch() == 2 {
            cx.logs.set("a,b", 7.0);
        }
    };
    let late_fit = || fit(4).validation_every(2).callback(OnEpoch::new(late));
    let history = model().fit(&set, late_fit().callback(CsvLogger::new(&path))).unwrap();
    let empty = |history: &History| history.to_csv().replace("NaN", "");
    assert!(history.to_csv().starts_with("epoch,loss,val_loss,\"a,b\"\n0,"));
    assert_eq!(fs::read_to_string(&path).unwrap(), empty(&history));
    // Appended to, in a second run with the same columns and in a third with one more.
    model().fit(&set, late_fit().callback(CsvLogger::new(&path).append())).unwrap();
    let rows = |history: &History| empty(history).split_once('\n').unwrap().1.to_string();
    assert_eq!(fs::read_to_string(&path).unwrap(), empty(&history) + &rows(&history));
    model()
        .fit(&set, fit(1).metric(crate::metrics::MeanAbsoluteError::new()).callback(CsvLogger::new(&path).append()))
        .unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("epoch,loss,val_loss,\"a,b\",mean_absolute_error,val_mean_absolute_error\n0,"), "{text}");
    assert!(text.lines().skip(1).all(|row| row.split(',').count() == 6), "{text}");
    assert_eq!(folder.join("logs").read_dir().unwrap().count(), 1);
}

#[test]
fn a_csv_line_cut_off_by_a_crash_does_not_swallow_the_next() {
    let folder = Folder::new("csv-cut");
    let path = folder.join("run.csv");
    fs::write(&path, "epoch,loss,val_loss\n0,0.").unwrap();
    run(Sgd::new(0.1), 1, CsvLogger::new(&path).append()).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("epoch,loss,val_loss\n0,0.\n0,") && text.lines().count() == 3, "{text}");
}

/// What is written at the end of the first epoch is tried before it.
#[test]
fn a_file_that_cannot_be_written_ends_the_run_before_its_first_epoch() {
    let (set, folder) = (line(), Folder::new("refused"));
    fs::write(folder.join("file"), "").unwrap();
    fs::create_dir(folder.join("taken")).unwrap();
    let inside = |name: &str| folder.join("file").join(name);
    let refused = |with: &dyn Fn(Fit<'static, f64>) -> Fit<'static, f64>| {
        let epochs = std::rc::Rc::new(std::cell::Cell::new(0));
        let seen = epochs.clone();
        let fit = with(Fit::new(Sgd::new(0.1)).verbosity(Verbosity::Quiet));
        let e = model()
            .fit(&set, fit.callback(OnEpoch::new(move |_: &mut TrainingState<'_, f64>| seen.set(1))))
            .unwrap_err();
        assert_eq!(epochs.get(), 0, "{e}");
        e
    };
    for path in [inside("m"), folder.join("taken")] {
        let name = path.to_str().unwrap();
        let write = |e: FitError| assert!(matches!(e, FitError::Save(crate::SaveError::Write { .. })), "{e}");
        write(refused(&|fit| fit.callback(CsvLogger::new(name))));
        write(refused(&|fit| fit.callback(ModelCheckpoint::new(name))));
    }
    let in_file = inside("{epoch}-{loss:.2f}");
    let name = in_file.to_str().unwrap();
    assert!(matches!(refused(&|fit| fit.callback(ModelCheckpoint::new(name))), FitError::Save(_)));
    assert!(matches!(refused(&|fit| fit.callback(TensorBoard::new(name))), FitError::Save(_)));
    assert!(matches!(refused(&|fit| fit.resumable(name)), FitError::Save(_)));
    assert!(matches!(refused(&|fit| fit.callback(ModelCheckpoint::new("{epoch:x}"))), FitError::Setting { .. }));
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
    assert_eq!(folder.join("c").read_dir().unwrap().count(), 2, "nothing but what was asked for");
}

/// Columns are found by their names, and a run that is taken up finds its file again.
#[test]
fn a_csv_file_gone_on_with() {
    let folder = Folder::new("csv-append");
    let path = folder.join("run.csv");
    fs::write(&path, "epoch,val_loss,other,loss\n").unwrap();
    let history = run(Sgd::new(0.1), 1, CsvLogger::new(&path).append()).unwrap();
    let [loss, val_loss] = ["loss", "val_loss"].map(|name| history.last(name).unwrap());
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("epoch,val_loss,other,loss\n0,{val_loss},,{loss}\n"));
    let (set, mut logger) = (line(), CsvLogger::new(&path));
    let mut taken_up = |epochs| {
        let fit = Fit::new(Sgd::new(0.1)).epochs(epochs).verbosity(Verbosity::Quiet).callback(&mut logger);
        model().fit(&set, fit.resumable(folder.join("run"))).unwrap()
    };
    taken_up(2);
    let history = taken_up(4);
    assert_eq!((fs::read_to_string(&path).unwrap(), history.len()), (history.to_csv(), 4));
}

/// Where the model is evaluated only now and then, there is nothing to watch in between.
#[test]
fn who_watches_waits_for_an_evaluation() {
    let (set, folder) = (line(), Folder::new("watched"));
    fn fit<'a>(rate: f64, set: &'a Dataset<f64>) -> Fit<'a, f64> {
        Fit::new(Sgd::new(rate)).epochs(9).validation(set).validation_every(2).verbosity(Verbosity::Quiet)
    }
    let mut stopping = EarlyStopping::new("val_loss").patience(2).restore_best_weights(true);
    let best = ModelCheckpoint::new(folder.join("{epoch}").to_str().unwrap()).save_best_only("val_loss");
    // Too large a rate: the first evaluation is the best, and two more end the run.
    let history = model().fit(&set, fit(2.0, &set).callback(best).callback(&mut stopping)).unwrap();
    assert_eq!((history.len(), stopping.best().unwrap().0, folder.files()), (6, 1, vec!["2".to_string()]));
    let reduce = ReduceLrOnPlateau::new("val_loss", Plateau::new().patience(1).factor(0.5));
    let history = model().fit(&set, fit(1e-12, &set).callback(reduce)).unwrap();
    let rates: Vec<f64> = history.get("learning_rate").unwrap().iter().map(|r| r / 1e-12).collect();
    assert_eq!(rates, [1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.25, 0.25, 0.125]);
    // A name that nothing goes by is found out at the first evaluation; another set's figure at once.
    let e = model().fit(&set, fit(0.1, &set).callback(EarlyStopping::new("val_los"))).unwrap_err();
    assert!(e.to_string().contains("there are loss, val_loss"), "{e}");
    let e = model().fit(&set, fit(0.1, &set).callback(EarlyStopping::new("los"))).unwrap_err();
    assert!(matches!(e, FitError::Monitor { .. }), "{e}");
}

/// A callback that is lent twice watches the second run as if it were the first.
#[test]
fn another_run_begins_anew() {
    let (set, mut stopping) = (line(), EarlyStopping::new("loss").patience(2).min_delta(1e-6));
    let mut reduce = ReduceLrOnPlateau::new("loss", Plateau::new().patience(1).factor(0.5));
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
    run(Sgd::new(0.1), 4, ModelCheckpoint::new(at("every-{epoch}")).every(2)).unwrap();
    assert_eq!(folder.files()[3..], ["every-2", "every-4"]);
    // Too large a rate: the first epoch is the best.
    let best = ModelCheckpoint::new(at("best-{epoch}-{val_loss:.1f}")).save_best_only("val_loss");
    let history = run(Sgd::new(2.0), 3, best).unwrap();
    let (_, loss) = history.best("val_loss", crate::Direction::Min).unwrap();
    let files = folder.files();
    let best: Vec<&String> = files.iter().filter(|name| name.starts_with("best")).collect();
    assert_eq!(best, [&format!("best-1-{loss:.1}")]);
}

#[test]
fn event_files_of_two_runs_stand_side_by_side() {
    let (folder, set) = (Folder::new("tensorboard-twice"), line());
    let mut board = TensorBoard::new(&*folder);
    for _ in 0..2 {
        let fit = Fit::new(Sgd::new(0.1)).verbosity(Verbosity::Quiet).callback(&mut board);
        model().fit(&set, fit).unwrap();
    }
    assert_eq!(fs::read_dir(folder.join("train")).unwrap().count(), 2);
}

/// The event files, read by TensorBoard itself where Python has it.
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
    // Which Python: one with the package, if that is not the first on the path.
    let python = std::env::var_os("CHAINRULE_PYTHON").unwrap_or("python3".into());
    let python = Command::new(python).arg("-c").arg(program).arg(&*folder).output();
    let out = match python {
        Ok(out) if out.status.code() != Some(3) => out,
        _ => return eprintln!("skipped: python3, or CHAINRULE_PYTHON, has no package tensorboard"),
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
