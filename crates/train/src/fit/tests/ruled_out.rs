//! Classes that a network rules out, by a logit of -inf.

use super::*;
use nn::Lambda;

/// Three classes, of which the third is ruled out whatever the example.
fn model() -> Model<f64> {
    let mut params = Params::new();
    let layer = Dense::new(1, 3).build(&mut params, &mut rng(1));
    let rule_out = Lambda::new("rule_out", |z| z.masked_fill(&tensor![0.0, 0.0, 1.0], f64::NEG_INFINITY));
    let network = Sequential::new().push(layer).push(rule_out);
    Model::new(network, params, [1]).unwrap().task(Task::Multiclass)
}

fn set() -> Dataset<f64> {
    Dataset::classification(tensor![[-2.0], [-1.0], [1.0], [2.0]], [0, 0, 1, 1], 3).unwrap()
}

#[test]
fn are_trained_with_and_without_weights() {
    let sets = [
        set(),
        set().with_class_weights(&[1.0, 2.0, 0.0]).unwrap(),
        set().with_class_weights(&[1.0, 1.0, 5.0]).unwrap(),
    ];
    for loss in [
        Loss::SparseCategoricalCrossentropy(0.0),
        Loss::KlDivergence,
        Loss::CategoricalFocalCrossentropy { gamma: 2.0, alpha: 0.25 },
    ] {
        for set in &sets {
            let mut model = model().loss(loss);
            let history = model.fit(set, quiet(0.5).epochs(40)).unwrap();
            let (first, last) = (history.get("loss").unwrap()[0], history.last("loss").unwrap());
            assert!(last.is_finite() && last < first, "{loss}: {history}");
            assert_eq!(history.last("accuracy"), Some(1.0), "{loss}");
            assert!(model.evaluate(set).unwrap().get("loss").unwrap().is_finite());
        }
    }
}
