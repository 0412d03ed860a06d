//! Invalid input gives a typed error, and leaves the model and existing files unchanged.

use autograd::Params;
use nn::{Dense, Loss, LossError, Model, Sequential, Task};
use optim::Sgd;
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use std::fs;
use std::io::ErrorKind::StorageFull;
use std::path::{Path, PathBuf};
use tensor::{Tensor, tensor};
use train::{
    Batch, CsvLogger, DataError, Dataset, Fit, FitError, ModelCheckpoint, SaveError, Saving, Stream, TensorBoard,
    Training, Verbosity,
};

fn model() -> Model<f64> {
    let (mut params, mut rng) = (Params::new(), Xoshiro256PlusPlus::seed_from_u64(1));
    let network = Sequential::new().push(Dense::new(1, 2).build(&mut params, &mut rng));
    Model::new(network, params, [1]).unwrap().task(Task::Multiclass)
}

fn values(model: &Model<f64>) -> Vec<f64> {
    model.params().iter().flat_map(|(_, value)| value.to_vec()).collect()
}

fn set() -> Dataset<f64> {
    Dataset::classification(tensor![0.0, 1.0, 2.0, 3.0], [0, 1, 0, 1], 2).unwrap()
}

fn fit<'a>() -> Fit<'a, f64> {
    Fit::new(Sgd::new(0.1)).epochs(2).verbosity(Verbosity::Quiet)
}

/// A folder that is removed when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("chainrule-{}-bad-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The error of a run on these batches. Checks that the model is unchanged.
fn error(mut model: Model<f64>, batches: impl Fn() -> Vec<Batch<f64>>) -> FitError {
    let stream = Stream::batches(move |_| batches().into_iter().map(Ok));
    let before = values(&model);
    let e = model.fit(&stream, fit()).unwrap_err();
    assert_eq!(values(&model), before, "{e}");
    e
}

#[test]
fn labels_out_of_range() {
    let e = Dataset::classification(tensor![0.0, 1.0], [0, 2], 2).unwrap_err();
    assert!(matches!(e, DataError::Label { example: 1, label: 2, classes: 2 }), "{e}");
    // The update by the valid first batch is undone.
    let batch = |label| Batch::new(tensor![[1.0], [2.0]], [0, label]);
    let e = error(model(), move || vec![batch(1), batch(2)]);
    assert!(matches!(e, FitError::Loss(LossError::Label { row: 1, label: 2, classes: 2, .. })), "{e}");
    assert!(matches!(model().test_on_batch(&batch(7)), Err(FitError::Loss(_))));
}

#[test]
fn non_finite_features_and_targets() {
    let e = Dataset::classification(tensor![0.0, f64::NAN], [0, 1], 2).unwrap_err();
    assert!(matches!(e, DataError::NotFinite { what: "features", example: 1, .. }), "{e}");
    let good = || Batch::new(tensor![[1.0]], [0]);
    let e = error(model(), move || vec![good(), Batch::new(tensor![[f64::NAN]], [1])]);
    let FitError::NonFinite(report) = &e else { panic!("{e}") };
    assert!(report.step == 1 && report.culprit.starts_with("input 0 contains NaN"), "{e}");
    let target = |y: f64| Batch::new(tensor![[1.0]], tensor![[y, 0.0]]);
    let e = error(model().loss(Loss::Mse), move || vec![target(1.0), target(f64::INFINITY)]);
    let FitError::NonFinite(report) = &e else { panic!("{e}") };
    assert!(report.culprit.starts_with("the loss, computed from finite outputs"), "{e}");
}

/// The loss is finite, but its gradient is not: the derivative of √x at 0 is infinite.
#[test]
fn non_finite_gradients() {
    let model = || {
        let (mut params, mut rng) = (Params::new(), Xoshiro256PlusPlus::seed_from_u64(1));
        let root = nn::Lambda::new("root", |x| x.sqrt());
        let network = Sequential::new().push(Dense::new(1, 1).build(&mut params, &mut rng)).push(root);
        Model::<f64>::new(network, params, [1]).unwrap()
    };
    let set = Dataset::regression(tensor![0.0, 0.0], tensor![1.0, 1.0]).unwrap();
    let mut watched = model();
    let before = values(&watched);
    let e = watched.fit(&set, fit().detect_anomaly(true)).unwrap_err();
    let FitError::NonFinite(report) = &e else { panic!("{e}") };
    assert!(report.loss.is_finite() && report.culprit.contains("the vjp of `sqrt` is the first non-finite one"), "{e}");
    assert_eq!(values(&watched), before);
    // Without `detect_anomaly`, the error is found at the end of the epoch, and the weights are restored, too.
    let mut unwatched = model();
    assert!(matches!(unwatched.fit(&set, fit()), Err(FitError::NonFinite(_))));
    assert_eq!(values(&unwatched), before);
}

#[test]
fn empty_splits() {
    for fraction in [1e-20, 0.99] {
        let e = model().fit(&set(), fit().validation_split(fraction)).unwrap_err();
        assert!(matches!(e, FitError::Data(DataError::EmptyPart { len: 4, .. })), "{e}");
    }
    let nothing = Stream::batches(|_| std::iter::empty::<Result<Batch<f64>, DataError>>());
    let e = model().fit(&set(), fit().validation(&nothing)).unwrap_err();
    assert!(matches!(e, FitError::NoExamples), "{e}");
    assert!(matches!(model().predictions(&nothing), Err(FitError::NoExamples)));
}

/// A path inside a file, and the path of a folder.
#[test]
fn unwritable_paths() {
    let folder = Folder::new("paths");
    let existing = folder.0.join("folder");
    fs::create_dir(&existing).unwrap();
    fs::write(folder.0.join("file"), "a file, not a folder").unwrap();
    for path in [folder.0.join("file/folder/name"), existing] {
        cannot_write(|fit| fit.callback(ModelCheckpoint::new(path.to_str().unwrap())));
        cannot_write(|fit| fit.callback(CsvLogger::new(&path)));
    }
    cannot_write(|fit| fit.callback(TensorBoard::new(folder.0.join("file/run"))));
    cannot_write(|fit| fit.resumable(folder.0.join("file/run")));
}

/// Checks that a run fails because a file cannot be written.
fn cannot_write<'a>(with: impl FnOnce(Fit<'a, f64>) -> Fit<'a, f64>) {
    let mut model = model();
    let e = model.fit(&set(), with(fit())).unwrap_err();
    assert!(matches!(&e, FitError::Save(SaveError::Write { .. })) && e.to_string().contains("check the folder"), "{e}");
    assert!(values(&model).iter().all(|x| x.is_finite()));
}

/// The error of the operating system.
fn reason(e: &dyn std::error::Error) -> std::io::ErrorKind {
    let io = e.source().and_then(|e| e.source().or(Some(e))).and_then(|e| e.downcast_ref::<std::io::Error>());
    io.unwrap_or_else(|| panic!("{e}")).kind()
}

/// `/dev/full` behaves like a full disk.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk() {
    let full = Path::new("/dev/full");
    let e = model().save(full).unwrap_err();
    assert!(matches!(e, SaveError::Write { .. }) && reason(&e) == StorageFull, "{e}");
    for with in
        [(|fit| fit.callback(ModelCheckpoint::new("/dev/full"))) as fn(Fit<'static, f64>) -> Fit<'static, f64>, |fit| {
            fit.callback(CsvLogger::new("/dev/full"))
        }]
    {
        assert_eq!(reason(&model().fit(&set(), with(fit())).unwrap_err()), StorageFull);
    }
}

/// The environment variable that passes a folder to the child process of the test below, whose file size is limited.
#[cfg(unix)]
const VARIABLE: &str = "CHAINRULE_FILE_SIZE_LIMITED";

/// The main function of the child process; has no effect in an ordinary test run.
#[cfg(unix)]
#[test]
fn child_with_a_file_size_limit() {
    let Ok(folder) = std::env::var(VARIABLE) else { return };
    let [saved, run] = ["model", "run"].map(|name| Path::new(&folder).join(name));
    let mut model = model();
    let too_large = |e: &dyn std::error::Error| assert_eq!(reason(e), std::io::ErrorKind::FileTooLarge, "{e}");
    too_large(&model.save(&saved).unwrap_err());
    too_large(&model.fit(&set(), fit().callback(ModelCheckpoint::new(saved.to_str().unwrap()))).unwrap_err());
    // The epoch has been trained, but the run cannot be saved.
    too_large(&model.fit(&set(), fit().resumable(run)).unwrap_err());
}

/// A write fails in the middle of a file, because of the file size limit of the process.
#[cfg(unix)]
#[test]
fn a_failed_write_leaves_the_old_file_unchanged() {
    let folder = Folder::new("limit");
    let files = || -> Vec<_> { ["model", "run"].map(|name| fs::read(folder.0.join(name)).unwrap()).into() };
    let mut model = model();
    model.save(folder.0.join("model")).unwrap();
    let run = |model: &mut Model<f64>, epochs| {
        model.fit(&set(), fit().epochs(epochs).resumable(folder.0.join("run"))).unwrap();
    };
    run(&mut model, 1);
    let before = files();
    // A limit of 512 bytes that gives an error instead of a signal. The output of the child is a pipe, which has no
    // limit.
    let output = std::process::Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" --exact child_with_a_file_size_limit"])
        .arg(std::env::current_exe().unwrap())
        .env(VARIABLE, &folder.0)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(files(), before, "the files are unchanged");
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 2, "no incomplete file is left");
    // Without the limit, the run continues.
    run(&mut model, 2);
    assert_ne!(files()[1], before[1]);
}

/// Examples of the wrong shape, in a data set and in a batch.
#[test]
fn wrong_shapes() {
    let wide = Dataset::classification(Tensor::<f64>::zeros([2, 3]), [0, 1], 2).unwrap();
    let mut model = model();
    assert!(matches!(model.fit(&wide, fit()), Err(FitError::Input { .. })));
    assert!(matches!(model.evaluate(&wide), Err(FitError::Input { .. })));
    let batch = Batch::new(Tensor::zeros([2, 3]), [0, 1]);
    assert!(matches!(model.train_on_batch(&batch, &mut Sgd::new(0.1)), Err(FitError::Input { .. })));
}
