//! Classes that a network masks with a logit of -inf.

use super::*;
use nn::Lambda;

/// Three classes, the third of which is masked for every example.
fn model() -> Model<f64> {
    let mut params = Params::new();
    let layer = Dense::new(1, 3).build(&mut params, &mut rng(1));
    let mask = Lambda::new("mask", |z| z.masked_fill(&tensor![0.0, 0.0, 1.0], f64::NEG_INFINITY));
    Model::new(Sequential::new().push(layer).push(mask), params, [1]).unwrap().task(Task::Multiclass)
}

#[test]
fn masked_classes_are_trained_with_and_without_weights() {
    let set = Dataset::classification(tensor![[-2.0], [-1.0], [1.0], [2.0]], [0, 0, 1, 1], 3).unwrap();
    let weighted = [[1.0, 2.0, 0.0], [1.0, 1.0, 5.0]].map(|weights| set.clone().with_class_weights(&weights).unwrap());
    for loss in [
        Loss::SparseCategoricalCrossentropy(0.0),
        Loss::KlDivergence,
        Loss::CategoricalFocalCrossentropy { gamma: 2.0, alpha: 0.25 },
    ] {
        for set in weighted.iter().chain([&set]) {
            let mut model = model().loss(loss);
            let history = model.fit(set, quiet(0.5).epochs(40)).unwrap();
            let (first, last) = (history.get("loss").unwrap()[0], history.last("loss").unwrap());
            assert!(last.is_finite() && last < first, "{loss}: {history}");
            assert_eq!(history.last("accuracy"), Some(1.0), "{loss}");
            assert!(model.evaluate(set).unwrap().get("loss").unwrap().is_finite());
        }
    }
}
