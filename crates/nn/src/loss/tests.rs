//! Losses against their formulas in plain arithmetic, and what goes in and out of them.

mod digits;
mod infinite;

use super::Loss::*;
use super::*;
use autograd::{Tape, gradcheck};
use tensor::tensor;

const P: [[f64; 3]; 2] = [[0.5, -1.25, 2.0], [0.75, 0.5, -0.25]];
const POSITIVE: [[f64; 3]; 2] = [[0.5, 1.25, 2.0], [0.75, 0.5, 0.25]];
const NUMBERS: [[f64; 3]; 2] = [[1.0, 0.5, 2.0], [3.0, 0.25, 1.5]];
const LABELS: [[f64; 3]; 2] = [[1.0, 0.0, 1.0], [0.0, 0.0, 1.0]];
const ROWS: [[f64; 3]; 2] = [[0.2, 0.3, 0.5], [0.0, 1.0, 0.0]];

fn tensor2(x: [[f64; 3]; 2]) -> Tensor<f64> {
    Tensor::from_vec([2, 3], x.as_flattened())
}

fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// The mean over a row of a function of its pairs.
fn mean_of(f: impl Fn(f64, f64) -> f64) -> impl Fn(&[f64; 3], &[f64; 3]) -> f64 {
    move |p, y| p.iter().zip(y).map(|(&p, &y)| f(p, y)).sum::<f64>() / 3.0
}

fn bce(z: f64, y: f64) -> f64 {
    -y * sigmoid(z).ln() - (1.0 - y) * (1.0 - sigmoid(z)).ln()
}

/// Σ y ln p of a row of logits.
fn cross(z: &[f64; 3], y: &[f64; 3]) -> f64 {
    let sum: f64 = z.iter().map(|z| z.exp()).sum();
    z.iter().zip(y).map(|(z, y)| -y * (z.exp() / sum).ln()).sum()
}

fn norm(x: &[f64; 3]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

fn sign(y: f64) -> f64 {
    2.0 * y - 1.0
}

/// The formula of a row.
type Row = Box<dyn Fn(&[f64; 3], &[f64; 3]) -> f64>;

/// A loss, a prediction and a target for it, and its formula for a row.
type Case = (Loss, [[f64; 3]; 2], [[f64; 3]; 2], Row);

fn cases() -> Vec<Case> {
    let huber = |d: f64| {
        move |p: f64, y: f64| match (p - y).abs() {
            e if e <= d => e * e / 2.0,
            e => d * e - d * d / 2.0,
        }
    };
    let focal = |gamma: f64, alpha: Option<f64>| {
        move |z: f64, y: f64| {
            let p_t = y * sigmoid(z) + (1.0 - y) * sigmoid(-z);
            alpha.map_or(1.0, |a| y * a + (1.0 - y) * (1.0 - a)) * (1.0 - p_t).powf(gamma) * bce(z, y)
        }
    };
    let smooth = |s: f64| move |z: &[f64; 3], y: &[f64; 3]| cross(z, &y.map(|y| (1.0 - s) * y + s / 3.0));
    vec![
        (Mse, P, NUMBERS, Box::new(mean_of(|p, y| (p - y) * (p - y)))),
        (Mae, P, NUMBERS, Box::new(mean_of(|p, y| (p - y).abs()))),
        (Mape, P, NUMBERS, Box::new(mean_of(|p, y| 100.0 * (p - y).abs() / y.abs()))),
        (Msle, POSITIVE, NUMBERS, Box::new(mean_of(|p, y| ((1.0 + p).ln() - (1.0 + y).ln()).powi(2)))),
        (Huber(1.0), P, NUMBERS, Box::new(mean_of(huber(1.0)))),
        (Huber(0.3), P, NUMBERS, Box::new(mean_of(huber(0.3)))),
        (LogCosh, P, NUMBERS, Box::new(mean_of(|p, y| (p - y).cosh().ln()))),
        (Hinge, P, LABELS, Box::new(mean_of(|p, y| (1.0 - sign(y) * p).max(0.0)))),
        (SquaredHinge, P, LABELS, Box::new(mean_of(|p, y| (1.0 - sign(y) * p).max(0.0).powi(2)))),
        (Perceptron, P, LABELS, Box::new(mean_of(|p, y| (-sign(y) * p).max(0.0)))),
        (
            CategoricalHinge,
            P,
            [[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]],
            Box::new(|p, y| {
                let wrong = p.iter().zip(y).map(|(p, y)| (1.0 - y) * p).fold(f64::MIN, f64::max);
                (wrong - p.iter().zip(y).map(|(p, y)| p * y).sum::<f64>() + 1.0).max(0.0)
            }),
        ),
        (
            KlDivergence,
            P,
            ROWS,
            Box::new(|z, y| cross(z, y) + y.iter().filter(|&&y| y > 0.0).map(|y| y * y.ln()).sum::<f64>()),
        ),
        (Poisson, POSITIVE, NUMBERS, Box::new(mean_of(|p, y| p - y * (p + 1e-7).ln()))),
        (
            CosineSimilarity,
            P,
            NUMBERS,
            Box::new(|p, y| -p.iter().zip(y).map(|(p, y)| p * y).sum::<f64>() / (norm(p) * norm(y))),
        ),
        (BinaryCrossentropy(0.0), P, LABELS, Box::new(mean_of(bce))),
        (BinaryCrossentropy(0.2), P, LABELS, Box::new(mean_of(|z, y| bce(z, 0.8 * y + 0.1)))),
        (CategoricalCrossentropy(0.0), P, ROWS, Box::new(cross)),
        (
            CategoricalFocalCrossentropy { gamma: 1.5, alpha: 0.5 },
            P,
            ROWS,
            Box::new(|z, y| {
                let sum: f64 = z.iter().map(|z| z.exp()).sum();
                let focal = |(z, y): (&f64, &f64)| -0.5 * y * (1.0 - z.exp() / sum).powf(1.5) * (z.exp() / sum).ln();
                z.iter().zip(y).map(focal).sum()
            }),
        ),
        (CategoricalCrossentropy(0.3), P, ROWS, Box::new(smooth(0.3))),
        (BinaryFocalCrossentropy { gamma: 2.0, alpha: None }, P, LABELS, Box::new(mean_of(focal(2.0, None)))),
        (
            BinaryFocalCrossentropy { gamma: 1.5, alpha: Some(0.25) },
            P,
            LABELS,
            Box::new(mean_of(focal(1.5, Some(0.25)))),
        ),
    ]
}

#[test]
fn each_is_its_formula_and_every_reduction_agrees() {
    for (loss, p, y, formula) in cases() {
        let rows = [formula(&p[0], &y[0]), formula(&p[1], &y[1])];
        let near = |got: f64, want: f64| assert!((got - want).abs() < 1e-13, "{loss}: {got}, not {want}");
        let tape = Tape::new();
        let (p, target) = (tape.var(tensor2(p)), Target::from(tensor2(y)));
        let got = loss.per_sample(p, &target).unwrap().value().to_vec();
        assert_eq!(got.len(), 2);
        got.iter().zip(rows).for_each(|(&got, want)| near(got, want));

        near(loss.of(p, &target).unwrap().value(), (rows[0] + rows[1]) / 2.0);
        near(loss.reduced(p, &target, Reduction::Sum).unwrap().value(), rows[0] + rows[1]);
        near(loss.reduced(p, &target, Reduction::Mean).unwrap().value(), (rows[0] + rows[1]) / 2.0);
        let weighted = |r| loss.weighted(p, &target, &tensor![3.0, 0.5], r).unwrap().value();
        let sum = 3.0 * rows[0] + 0.5 * rows[1];
        near(weighted(Reduction::Sum), sum);
        near(weighted(Reduction::SumOverBatchSize), sum / 2.0);
        near(weighted(Reduction::Mean), sum / 3.5);
    }
}

#[test]
fn slopes_agree_with_differences() {
    for (loss, p, y, _) in cases() {
        let target = Target::from(tensor2(y));
        let checked = gradcheck(|p| loss.of(p, &target).expect("a target that fits"), tensor2(p)).run();
        assert!(checked.is_ok(), "{loss}: {}", checked.unwrap_err());
    }
}

#[test]
fn class_ids_stand_for_what_they_mean() {
    let tape = Tape::new();
    let p = tape.var(tensor2(P));
    let ids = Target::from([2, 1]);
    let one_hot = Target::from(tensor![[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]);
    for s in [0.0, 0.1] {
        let dense = CategoricalCrossentropy(s).of(p, &one_hot).unwrap().value();
        for loss in [SparseCategoricalCrossentropy(s), CategoricalCrossentropy(s)] {
            assert!((loss.of(p, &ids).unwrap().value() - dense).abs() < 1e-15);
            let rows = loss.per_sample(p, &ids).unwrap().mean();
            assert!((rows.value() - dense).abs() < 1e-15);
        }
    }
    assert_eq!(CategoricalHinge.of(p, &ids), CategoricalHinge.of(p, &one_hot));
    let z = tape.var(tensor![[0.5], [-1.0]]);
    assert_eq!(BinaryCrossentropy(0.0).of(z, &[1, 0].into()), BinaryCrossentropy(0.0).of(z, &tensor![1.0, 0.0].into()));
}

#[test]
fn vectors_are_columns_and_nothing_is_broadcast() {
    let tape = Tape::new();
    let (column, vector) = (tape.var(tensor![[1.0], [2.0], [3.0]]), tape.var(tensor![1.0, 2.0, 3.0]));
    for p in [column, vector] {
        for y in [tensor![[2.0], [2.0], [5.0]], tensor![2.0, 2.0, 5.0]] {
            let target = Target::from(y);
            assert_eq!(Mse.of(p, &target).unwrap().value(), 5.0 / 3.0);
            assert_eq!(Mse.per_sample(p, &target).unwrap().value(), tensor![1.0, 0.0, 4.0]);
        }
        for y in [tensor![[1.0, 2.0, 3.0]], tensor![1.0, 2.0], tensor![[[1.0], [2.0], [3.0]]]] {
            let e = Mse.of(p, &Target::from(&y)).unwrap_err();
            assert_eq!(e, LossError::Shapes { loss: Mse, prediction: p.shape(), target: y.shape().clone() });
        }
    }
}

#[test]
fn what_is_wrong_with_a_target() {
    let tape = Tape::new();
    let p = tape.var(tensor2(P));
    let says = |loss: Loss, target: Target<f64>, text: &str| {
        assert_eq!(loss.of(p, &target).unwrap_err().to_string(), text);
        assert_eq!(loss.per_sample(p, &target).unwrap_err().to_string(), text);
    };
    let sparse = SparseCategoricalCrossentropy(0.0);
    says(
        sparse,
        [0, 3].into(),
        "sparse_categorical_crossentropy: row 1 has label 3, but there are 3 classes; labels count from 0",
    );
    says(
        sparse,
        [0].into(),
        "sparse_categorical_crossentropy: a prediction of shape (2, 3) has 2 rows, but 1 class ids were given; \
         give one per row",
    );
    says(
        sparse,
        tensor2(ROWS).into(),
        "sparse_categorical_crossentropy: the target must be class ids; for a distribution take categorical_crossentropy",
    );
    says(Mse, [0, 1].into(), "mean_squared_error: the target must be a tensor of numbers, not class ids");
    says(
        BinaryCrossentropy(0.0),
        tensor2(NUMBERS).into(),
        "binary_crossentropy: target number 2 is 2; labels and probabilities lie between 0 and 1",
    );
    let z = tape.var(tensor![[0.0], [1.0]]);
    let e = BinaryCrossentropy(0.0).of(z, &[0, 2].into()).unwrap_err();
    assert!(matches!(e, LossError::Label { row: 1, label: 2, classes: 2, .. }), "{e}");
}

#[test]
fn saturated_logits_keep_their_slope() {
    let tape = Tape::new();
    let z = tape.var(tensor![[1e4, -1e4]]);
    for (loss, target) in [
        (SparseCategoricalCrossentropy(0.0), Target::from([1])),
        (CategoricalCrossentropy(0.0), tensor![[0.0, 1.0]].into()),
        (KlDivergence, tensor![[0.0, 1.0]].into()),
    ] {
        let value = loss.of(z, &target).unwrap();
        assert_eq!((value.value(), value.backward().wrt(z)), (2e4, tensor![[1.0, -1.0]]), "{loss}");
    }
    let value = BinaryCrossentropy(0.0).of(z, &tensor![[0.0, 1.0]].into()).unwrap();
    assert_eq!((value.value(), value.backward().wrt(z)), (1e4, tensor![[0.5, -0.5]]));
}

#[test]
fn the_margin_losses_take_signs_too() {
    let tape = Tape::new();
    let p = tape.var(tensor![[0.5], [-3.0]]);
    let (signs, labels) = (Target::from(tensor![-1.0, 1.0]), Target::from([0, 1]));
    assert_eq!(Hinge.of(p, &signs).unwrap().value(), (1.5 + 4.0) / 2.0);
    assert_eq!(Hinge.of(p, &signs), Hinge.of(p, &labels));
}

#[test]
#[should_panic(expected = "Loss: huber(-1) has a number that makes no sense")]
fn a_negative_delta() {
    let tape = Tape::new();
    let _ = Huber(-1.0).of(tape.var(tensor![1.0]), &tensor![1.0].into());
}
