//! `Debug` of every public error type prints its message, so `unwrap`, tests and `main` show it.

use chainrule::autograd::prelude::*;
use chainrule::autograd::{Checked, CustomOp};
use chainrule::explain::{ExplainError, plot::PlotError};
use chainrule::nn::classic::ClassicError;
use chainrule::nn::{ConfigError, LossError, NormalizationError, ShapeError, UnknownName};
use chainrule::optim::{LearningRateError, StateError, StateMismatch};
use chainrule::train::metrics::{Metric, UnknownMetric};
use chainrule::train::prelude::*;
use chainrule::train::search::SearchError;
use chainrule::train::{CsvError, IdxError, NpyError};
use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;

/// A constant that claims to have the derivative 1.
#[derive(Debug)]
struct Wrong;

impl CustomOp<f64> for Wrong {
    fn name(&self) -> &str {
        "wrong"
    }
    fn forward(&self, x: &[&Tensor<f64>]) -> Tensor<f64> {
        Tensor::scalar(9.0).broadcast_to(x[0].shape())
    }
    fn vjp(&self, g: &Tensor<f64>, _: &[&Tensor<f64>], _: &Tensor<f64>) -> Vec<Tensor<f64>> {
        vec![g.clone()]
    }
}

fn check_wrong_gradient() -> Result<Checked, GradCheckError> {
    fn wrong<'t>(x: TensorVar<'t>) -> Var<'t, f64> {
        x.tape().expect("a variable").apply(Wrong, &[x]).sum()
    }
    gradcheck(wrong, tensor![3.0]).run()
}

/// One error of each type, under the name of its type.
fn errors() -> Vec<(&'static str, Box<dyn Error>)> {
    let io = || std::io::Error::other("no such device");
    let name: UnknownName = "rleu".parse::<Activation>().unwrap_err();
    let metric: UnknownMetric = "acuracy".parse::<Box<dyn Metric<f32>>>().expect_err("a misspelled metric");
    vec![
        ("GradCheckError", Box::new(check_wrong_gradient().expect_err("a wrong gradient"))),
        ("StateError", Box::new(StateError { mismatches: vec![StateMismatch::Missing("dense.w/m".into())] })),
        ("LearningRateError", Box::new(LearningRateError::Scheduled)),
        ("ClassicError", Box::new(ClassicError::Labels { examples: 3, labels: 2 })),
        ("ConfigError", Box::new(ConfigError::Version { found: 2, known: 1 })),
        ("UnknownName", Box::new(name)),
        ("ShapeError", Box::new(ShapeError::new("dense", [[5].into()], "(3,)"))),
        ("LossError", Box::new(LossError::Targets { outputs: 2, targets: 1 })),
        ("NormalizationError", Box::new(NormalizationError::Empty)),
        ("ExplainError", Box::new(ExplainError::NoTape)),
        ("PlotError", Box::new(PlotError::NoFiniteValues)),
        ("UnknownMetric", Box::new(metric)),
        ("FitError", Box::new(FitError::NoExamples)),
        ("SearchError", Box::new(SearchError::Journal { line: 3 })),
        ("IdxError", Box::new(IdxError::Io(io()))),
        ("DataError", Box::new(DataError::Empty)),
        ("CsvError", Box::new(CsvError::Empty)),
        ("SaveError", Box::new(SaveError::Read { path: "model".into(), source: io() })),
        ("NpyError", Box::new(NpyError::TruncatedHeader)),
    ]
}

#[test]
fn debug_of_every_error_prints_its_message() {
    for (name, e) in errors() {
        let message = e.to_string();
        assert_eq!((format!("{e:?}"), format!("{e:#?}")), (message.clone(), message), "{name}");
    }
}

#[test]
fn no_error_type_is_missing_above() {
    let mut found = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("..")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && !path.ends_with("tests") && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source file");
                let impls = text.lines().filter_map(|line| line.strip_prefix("impl std::error::Error for "));
                found.extend(impls.map(|rest| rest.trim_end_matches([' ', '{', '}']).to_string()));
            }
        }
    }
    let listed: BTreeSet<String> = errors().into_iter().map(|(name, _)| name.to_string()).collect();
    assert_eq!(found, listed);
}

#[test]
#[should_panic(expected = "1 comparison failed in checking 1 derivatives:\n  input 0 at [0] of (1,): 1.0")]
fn unwrapping_a_failed_gradcheck_prints_the_report() {
    check_wrong_gradient().unwrap();
}
