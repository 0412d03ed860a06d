//! A training run that is killed repeatedly gives the same result, bit for bit, as an uninterrupted one.

use autograd::Params;
use nn::{Dense, Dropout, Model, Relu, Sequential, Task};
use optim::Adam;
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use train::{Fit, Saving, Training, Verbosity};

/// The environment variable that passes the path of the run to the child process.
const VARIABLE: &str = "CHAINRULE_RUN_TO_BE_KILLED";
const EPOCHS: usize = 300;

fn model() -> Model<f32> {
    let (mut params, mut rng) = (Params::new(), Xoshiro256PlusPlus::seed_from_u64(1));
    let network = Sequential::new()
        .push(Dense::new(64, 32).activation(Relu).build(&mut params, &mut rng))
        .push(Dropout::new(0.2))
        .push(Dense::new(32, 10).build(&mut params, &mut rng));
    Model::new(network, params, [64]).unwrap().task(Task::Multiclass).seed(3)
}

fn run(path: Option<&Path>) -> Vec<u32> {
    let train = train::digits().take(300).unwrap();
    let mut model = model();
    let mut fit = Fit::new(Adam::new(1e-3)).epochs(EPOCHS).verbosity(Verbosity::Quiet);
    if let Some(path) = path {
        fit = fit.resumable(path);
    }
    model.fit(&train, fit).unwrap();
    model.params().iter().flat_map(|(_, value)| value.to_vec()).map(f32::to_bits).collect()
}

/// The main function of the child process; has no effect in an ordinary test run.
#[test]
fn child() {
    if let Ok(path) = std::env::var(VARIABLE) {
        run(Some(Path::new(&path)));
    }
}

#[test]
fn a_killed_run_can_be_resumed() {
    let folder = std::env::temp_dir().join(format!("chainrule-{}-kill", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("run.safetensors");
    let mut killed = 0;
    for round in 0..6 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child"])
            .env(VARIABLE, &path)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let start = Instant::now();
        while !path.exists() && start.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(17 + 13 * round));
        child.kill().unwrap(); // SIGKILL: the process cannot clean up
        killed += usize::from(!child.wait().unwrap().success());
        model().load_weights(&path).expect("the file is complete at every moment");
    }
    assert!(killed > 0, "every child completed before it was killed");
    assert_eq!(run(Some(&path)), run(None));
    std::fs::remove_dir_all(folder).unwrap();
}
