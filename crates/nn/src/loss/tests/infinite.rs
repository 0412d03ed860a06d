//! Logits of -inf and of enormous size, as masks and saturated networks give them: every loss, every reduction, with and
//! without weights, against plain f64.

use super::*;
use proptest::prelude::*;

const HUGE: f64 = (1_u64 << 50) as f64; // in both precisions

/// Logits of n examples, the class of each, and a weight for each.
#[derive(Clone, Debug)]
struct Batch {
    logits: Vec<Vec<f64>>,
    classes: Vec<usize>,
    weights: Vec<f64>,
}

/// The numbers are f32s, so that both precisions compute with the same.
fn number() -> impl Strategy<Value = f64> {
    (-5.0..5.0_f32).prop_map(f64::from)
}

/// What a network may say of a class that is wrong.
fn wrong() -> impl Strategy<Value = f64> {
    prop_oneof![3 => number(), 2 => Just(f64::NEG_INFINITY), 1 => Just(HUGE), 1 => Just(-HUGE)]
}

fn right() -> impl Strategy<Value = f64> {
    prop_oneof![3 => number(), 1 => Just(HUGE), 1 => Just(-HUGE)]
}

fn batch(classes: impl Strategy<Value = usize>) -> impl Strategy<Value = Batch> {
    let example = move |c: usize| {
        (prop::collection::vec(wrong(), c), right(), 0..c, prop_oneof![Just(0.0), Just(1.0), Just(0.25), Just(3.0)])
    };
    (classes, 1..5_usize).prop_flat_map(move |(c, n)| prop::collection::vec(example(c), n)).prop_map(|rows| {
        let mut batch = Batch { logits: vec![], classes: vec![], weights: vec![] };
        for (mut row, right, class, weight) in rows {
            row[class] = right;
            batch.logits.push(row);
            batch.classes.push(class);
            batch.weights.push(weight);
        }
        batch
    })
}

/// ln softmax.
fn log_p(z: &[f64]) -> Vec<f64> {
    let most = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let others: f64 = z.iter().map(|z| (z - most).exp()).sum();
    z.iter().map(|z| z - most - others.ln()).collect()
}

/// The loss of one example of this class.
fn of_row(loss: Loss, z: &[f64], class: usize) -> f64 {
    let smoothed = |s: f64| {
        let even = s / z.len() as f64;
        let log_p = log_p(z);
        let all: f64 = if s > 0.0 { log_p.iter().map(|l| even * l).sum() } else { 0.0 };
        -(1.0 - s) * log_p[class] - all
    };
    match loss {
        CategoricalCrossentropy(s) | SparseCategoricalCrossentropy(s) => smoothed(s),
        KlDivergence => smoothed(0.0),
        CategoricalFocalCrossentropy { gamma, alpha } => {
            let log_p = log_p(z)[class];
            -alpha * (-log_p.exp_m1()).powf(gamma) * log_p
        }
        CategoricalHinge => {
            let wrong = z.iter().enumerate().filter(|&(k, _)| k != class).map(|(_, &z)| z).fold(0.0, f64::max);
            (wrong - z[class] + 1.0).max(0.0)
        }
        _ => unreachable!("{loss} compares no classes"),
    }
}

/// The loss of one label: of a logit that speaks for 1.
fn of_label(loss: Loss, z: f64, label: usize) -> f64 {
    let z_right = if label == 1 { z } else { -z };
    // -ln σ
    let surprise = |z: f64| if z > 0.0 { (-z).exp().ln_1p() } else { z.exp().ln_1p() - z };
    match loss {
        BinaryCrossentropy(0.0) => surprise(z_right),
        BinaryCrossentropy(s) => (1.0 - s / 2.0) * surprise(z_right) + s / 2.0 * surprise(-z_right),
        BinaryFocalCrossentropy { gamma, alpha } => {
            let weight = alpha.map_or(1.0, |a| if label == 1 { a } else { 1.0 - a });
            weight * (-surprise(-z_right)).exp().powf(gamma) * surprise(z_right)
        }
        Hinge => (1.0 - z_right).max(0.0),
        SquaredHinge => (1.0 - z_right).max(0.0).powi(2),
        Perceptron => (-z_right).max(0.0),
        _ => unreachable!("{loss} compares no labels"),
    }
}

/// Values, gradients and gradients of gradients of a loss of these logits; `want` is the loss of each example.
fn agrees<T: Scalar>(loss: Loss, z: &Tensor<f64>, target: &Target<T>, weights: &[f64], want: &[f64]) {
    let (n, eps) = (want.len() as f64, T::EPSILON.to_f64());
    let near = |got: T, want: f64, what: &str| {
        let (got, most) = (got.to_f64(), 64.0 * eps * (10.0 + want.abs()));
        assert!((got - want).abs() <= most, "{loss}, {what}: {got}, not {want}, of {z} and {target:?}");
    };
    let tape = Tape::<T>::default();
    let z_var = tape.var(z.cast());
    let finite = |loss_var: Var<'_, T>, what: &str| {
        let slope = loss_var.backward().wrt(z_var);
        assert!(slope.to_vec().iter().all(|g| g.to_f64().is_finite()), "{loss}, {what}: {slope} at {z} and {target:?}");
        slope
    };

    let rows = loss.per_sample(z_var, target).unwrap();
    assert_eq!(rows.value().size(), want.len());
    rows.value().to_vec().iter().zip(want).for_each(|(&got, &want)| near(got, want, "per_sample"));
    let sum: f64 = want.iter().sum();
    let of = loss.of(z_var, target).unwrap();
    let total = loss.reduced(z_var, target, Reduction::Sum).unwrap();
    near(of.value(), sum / n, "of");
    near(total.value(), sum, "sum");
    near(loss.reduced(z_var, target, Reduction::Mean).unwrap().value(), sum / n, "mean");
    let (slope, total_slope) = (finite(of, "of"), finite(total, "sum"));
    for (g, s) in slope.to_vec().iter().zip(total_slope.to_vec()) {
        let (g, s) = (g.to_f64() * n, s.to_f64());
        assert!((g - s).abs() <= 64.0 * eps * (1.0 + s.abs()), "{loss}: the mean has slope {g} / {n}, the sum {s}");
    }
    assert_eq!(finite(rows.sum(), "per_sample"), total_slope, "{loss}");

    let given: Tensor<T> = Tensor::from(weights.to_vec()).cast();
    let weighted_sum: f64 = want.iter().zip(weights).map(|(l, w)| l * w).sum();
    let all: f64 = weights.iter().sum();
    for (reduction, by) in
        [(Reduction::Sum, 1.0), (Reduction::SumOverBatchSize, n), (Reduction::Mean, if all == 0.0 { 1.0 } else { all })]
    {
        let weighted = loss.weighted(z_var, target, &given, reduction).unwrap();
        near(weighted.value(), weighted_sum / by, "weighted");
        finite(weighted, "weighted");
    }

    let second = total.grad(z_var).square().sum().backward().wrt(z_var);
    assert!(second.to_vec().iter().all(|h| !h.to_f64().is_nan()), "{loss}, second order: {second} at {z}");
}

/// In both precisions, as class ids and, where the loss takes them, as distributions.
fn check(losses: &[Loss], z: &Tensor<f64>, batch: &Batch, dense: &Tensor<f64>, want: impl Fn(Loss, usize) -> f64) {
    for &loss in losses {
        let rows: Vec<f64> = (0..batch.classes.len()).map(|i| want(loss, i)).collect();
        let ids = &batch.classes[..];
        agrees::<f64>(loss, z, &ids.into(), &batch.weights, &rows);
        agrees::<f32>(loss, z, &ids.into(), &batch.weights, &rows);
        if !matches!(loss, SparseCategoricalCrossentropy(_)) {
            agrees::<f64>(loss, z, &dense.into(), &batch.weights, &rows);
            agrees::<f32>(loss, z, &Target::from(dense.cast::<f32>()), &batch.weights, &rows);
        }
    }
}

fn rows_of(batch: &Batch, most: f64) -> Tensor<f64> {
    let numbers: Vec<f64> = batch.logits.iter().flatten().map(|z| z.max(-most)).collect();
    Tensor::from_vec([batch.logits.len(), batch.logits[0].len()], numbers)
}

proptest! {
    #[test]
    fn classes_that_are_ruled_out(batch in batch(2..5_usize)) {
        let losses = [
            CategoricalCrossentropy(0.0),
            SparseCategoricalCrossentropy(0.0),
            KlDivergence,
            CategoricalFocalCrossentropy { gamma: 2.0, alpha: 0.25 },
            CategoricalFocalCrossentropy { gamma: 0.0, alpha: 1.0 },
            CategoricalHinge,
        ];
        let z = rows_of(&batch, f64::INFINITY);
        let one_hot = Tensor::one_hot(&batch.classes, batch.logits[0].len());
        check(&losses, &z, &batch, &one_hot, |loss, i| of_row(loss, &batch.logits[i], batch.classes[i]));
    }

    /// Smoothing aims at every class a little: one that is ruled out costs infinitely much, an unlikely one does not.
    #[test]
    fn smoothed_classes_that_are_most_unlikely(mut batch in batch(2..5_usize)) {
        batch.logits.iter_mut().flatten().for_each(|z| *z = z.max(-HUGE));
        let losses = [CategoricalCrossentropy(0.1), SparseCategoricalCrossentropy(0.5)];
        let one_hot = Tensor::one_hot(&batch.classes, batch.logits[0].len());
        check(&losses, &rows_of(&batch, HUGE), &batch, &one_hot, |loss, i| {
            of_row(loss, &batch.logits[i], batch.classes[i])
        });
    }

    /// A logit of -inf for the label 0, and of inf for the label 1, is certainty that is right.
    #[test]
    fn labels_that_are_certain(batch in batch(Just(1)), labels in prop::collection::vec(0..2_usize, 4), sure in prop::collection::vec(any::<bool>(), 4)) {
        let mut batch = batch;
        batch.classes = labels[..batch.classes.len()].to_vec();
        for (i, row) in batch.logits.iter_mut().enumerate() {
            row[0] = if row[0].abs() >= HUGE { row[0].signum() * 1e8 } else { row[0] };
            if sure[i] {
                row[0] = if batch.classes[i] == 1 { f64::INFINITY } else { f64::NEG_INFINITY };
            }
        }
        let losses = [
            BinaryCrossentropy(0.0),
            BinaryFocalCrossentropy { gamma: 2.0, alpha: None },
            BinaryFocalCrossentropy { gamma: 2.0, alpha: Some(0.25) },
            Hinge,
            SquaredHinge,
            Perceptron,
        ];
        let labels: Vec<f64> = batch.classes.iter().map(|&c| c as f64).collect();
        let labels = Tensor::from_vec([batch.classes.len(), 1], labels);
        let z = rows_of(&batch, f64::INFINITY);
        check(&losses, &z, &batch, &labels, |loss, i| of_label(loss, batch.logits[i][0], batch.classes[i]));
        if !sure[..batch.classes.len()].contains(&true) {
            check(&[BinaryCrossentropy(0.2)], &z, &batch, &labels, |loss, i| {
                of_label(loss, batch.logits[i][0], batch.classes[i])
            });
        }
    }
}

#[test]
fn an_example_of_weight_0_does_not_count_however_wrong_it_is() {
    let tape = Tape::default();
    let z = tape.var(tensor![[0.0, f64::NEG_INFINITY], [1.0, 1.0]]);
    let (target, weights) = (Target::from([1, 0]), tensor![0.0, 2.0]);
    for loss in [SparseCategoricalCrossentropy(0.0), KlDivergence] {
        assert_eq!(loss.of(z, &target).unwrap().value(), f64::INFINITY, "{loss}");
        let weighted = loss.weighted(z, &target, &weights, Reduction::Sum).unwrap();
        assert!((weighted.value() - 2.0 * 2.0_f64.ln()).abs() < 1e-15, "{loss}");
        assert_eq!(weighted.backward().wrt(z), tensor![[0.0, 0.0], [-1.0, 1.0]], "{loss}");
    }
}

#[test]
fn a_label_of_weight_0_does_not_count_however_wrong_it_is() {
    let tape = Tape::default();
    let z = tape.var(tensor![[f64::NEG_INFINITY]]);
    let loss = BinaryFocalCrossentropy { gamma: 2.0, alpha: Some(0.0) }.of(z, &[1].into()).unwrap();
    assert_eq!((loss.value(), loss.backward().wrt(z)), (0.0, tensor![[0.0]]));
}

#[test]
fn a_count_of_0_costs_the_rate_alone_whatever_its_logarithm() {
    let tape = Tape::default();
    let rate = tape.var(tensor![[-1e-7]]); // the logarithm of 0
    let loss = Poisson.of(rate, &tensor![[0.0]].into()).unwrap();
    assert_eq!((loss.value(), loss.backward().wrt(rate)), (-1e-7, tensor![[1.0]]));
}
