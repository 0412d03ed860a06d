use super::super::boolean_inputs;
use super::*;
use proptest::prelude::*;
use tensor::tensor;

/// A perceptron that gets the positive examples first.
fn positives_first(inputs: usize) -> Perceptron {
    Perceptron::new(inputs).order(Order::PositivesFirst)
}

/// A function of n inputs from its truth table, the rows in lexicographic order.
fn bits(table: u32, n: usize) -> Vec<bool> {
    (0..1 << n).map(|row| table >> row & 1 == 1).collect()
}

const AND: [bool; 4] = [false, false, false, true];
const XOR: [bool; 4] = [false, true, true, false];

#[test]
fn epochs_updates_and_weights_of_gates() {
    for (gate, epochs, updates, weights, bias) in [
        (AND, 6, 11, [2.0, 1.0], -3.0),
        ([false, true, true, true], 4, 5, [1.0, 1.0], -1.0),    // OR
        ([true, true, true, false], 6, 10, [-2.0, -1.0], 2.0),  // NAND
        ([true, false, false, false], 4, 4, [-1.0, -1.0], 0.0), // NOR
        ([false, false, true, true], 3, 3, [1.0, 0.0], -1.0),   // the first input
    ] {
        let mut neuron = positives_first(2);
        let report = neuron.fit(&boolean_inputs(2), &gate).unwrap();
        assert_eq!((report.epochs, report.updates, report.status), (epochs, updates, Status::Converged), "{gate:?}");
        assert_eq!((neuron.weights(), neuron.bias(), report.mistakes), (&weights[..], bias, 0));
        assert!(report.updates as f64 <= report.bound.unwrap());
    }
}

/// Reference values of AND: the epoch, the example, w x + b, and the weights and the bias after the update.
#[test]
fn every_update_of_and() {
    let reference = [
        (1, 0, 0.0, [0.0, 0.0], -1.0),
        (2, 3, -1.0, [1.0, 1.0], 0.0),
        (2, 0, 0.0, [1.0, 1.0], -1.0),
        (2, 1, 0.0, [1.0, 0.0], -2.0),
        (3, 3, -1.0, [2.0, 1.0], -1.0),
        (3, 1, 0.0, [2.0, 0.0], -2.0),
        (3, 2, 0.0, [1.0, 0.0], -3.0),
        (4, 3, -2.0, [2.0, 1.0], -2.0),
        (4, 2, 0.0, [1.0, 1.0], -3.0),
        (5, 3, -1.0, [2.0, 2.0], -2.0),
        (5, 1, 0.0, [2.0, 1.0], -3.0),
    ];
    let mut seen = Vec::new();
    let mut last = (vec![0.0, 0.0], 0.0);
    positives_first(2)
        .fit_with(&boolean_inputs(2), &AND, |u| {
            assert_eq!((u.before.0, u.before.1), (&last.0[..], last.1));
            last = (u.after.0.to_vec(), u.after.1);
            seen.push((u.epoch, u.example, u.z, [u.after.0[0], u.after.0[1]], u.after.1));
        })
        .unwrap();
    assert_eq!(seen, reference);
}

#[test]
fn number_of_functions_with_and_without_a_bias() {
    let learns = |neuron: Perceptron, n: usize| {
        let converged = |f: &u32| neuron.clone().fit(&boolean_inputs(n), &bits(*f, n)).unwrap().status;
        (0..1_u32 << (1 << n)).filter(|f| converged(f) == Status::Converged).count()
    };
    assert_eq!(learns(positives_first(2).use_bias(false), 2), 6);
    assert_eq!(learns(positives_first(2), 2), 14);
    assert_eq!(learns(positives_first(3), 3), 104);
}

#[test]
fn and_without_a_bias_runs_in_a_cycle() {
    let mut neuron = positives_first(2).use_bias(false);
    let report = neuron.fit(&boolean_inputs(2), &AND).unwrap();
    assert!(matches!(report.status, Status::CycleDetected { .. }), "{report:?}");
    assert_eq!((neuron.bias(), report.bound), (0.0, None));
    // The example of zeros is misclassified in every epoch, and its update is 0.
    let mut zero_updates = 0;
    let count = |u: &Update<'_>| zero_updates += usize::from(u.example == 0 && u.before == u.after);
    let report = positives_first(2).use_bias(false).fit_with(&boolean_inputs(2), &AND, count).unwrap();
    assert_eq!(zero_updates, report.epochs);
}

#[test]
fn xor_runs_in_a_cycle_and_the_pocket_classifies_three_of_four() {
    let mut last = positives_first(2);
    let report = last.fit(&boolean_inputs(2), &XOR).unwrap();
    let Status::CycleDetected { length } = report.status else { panic!("{report:?}") };
    // The weights are the same one cycle earlier.
    let after = |epochs: usize| {
        let mut neuron = positives_first(2).max_epochs(epochs);
        let status = neuron.fit(&boolean_inputs(2), &XOR).unwrap().status;
        (neuron.weights().to_vec(), neuron.bias(), status)
    };
    let (weights, bias, status) = after(report.epochs - length);
    assert_eq!((&weights[..], bias, status), (last.weights(), last.bias(), Status::MaxEpochs));

    let mut pocket = positives_first(2).keep(Keep::Pocket);
    assert_eq!(pocket.fit(&boolean_inputs(2), &XOR).unwrap().mistakes, 1);
    let right = pocket.predict(&boolean_inputs(2)).unwrap().iter().zip(XOR).filter(|(p, y)| **p == *y).count();
    assert_eq!(right, 3);
}

#[test]
fn averaged_weights() {
    // Epoch 1: 0 is wrong, b = -1; 1 is wrong, w = 1, b = 0. Epoch 2: 0 is wrong, b = -1; 1 is right. Epoch 3: no update.
    let (x, y) = (boolean_inputs(1), [false, true]);
    let mut neuron = Perceptron::new(1).keep(Keep::Averaged);
    assert_eq!(neuron.fit(&x, &y).unwrap().updates, 3);
    assert_eq!((neuron.weights(), neuron.bias()), (&[5.0 / 6.0][..], -5.0 / 6.0));
}

#[test]
fn shuffled_order() {
    let shuffled = |seed| {
        let mut neuron = Perceptron::new(2).order(Order::Shuffled(seed));
        assert_eq!(neuron.fit(&boolean_inputs(2), &AND).unwrap().status, Status::Converged);
        neuron
    };
    assert_eq!(shuffled(1), shuffled(1));
    let all: Vec<_> = (0..20).map(|seed| (shuffled(seed).weights().to_vec(), shuffled(seed).bias())).collect();
    assert!(all.iter().any(|w| *w != all[0]), "the weights depend on the order");
    let report = Perceptron::new(2).order(Order::Shuffled(0)).max_epochs(50).fit(&boolean_inputs(2), &XOR).unwrap();
    assert_eq!((report.epochs, report.status), (50, Status::MaxEpochs));
}

#[test]
fn custom_initial_weights_have_no_bound() {
    let mut neuron = positives_first(2).initial_weights([2.0, 1.0], -3.0);
    let report = neuron.fit(&boolean_inputs(2), &AND).unwrap();
    assert_eq!((report.epochs, report.updates, report.bound), (1, 0, None));
}

#[test]
fn errors_of_examples() {
    let mut neuron = Perceptron::new(2);
    let e = neuron.fit(&tensor![[1.0], [2.0]], &[true, false]).unwrap_err();
    let text = "expected examples of shape (n, 2), got shape (2, 1)";
    assert_eq!(e.to_string(), text);
    let e = neuron.fit(&tensor![[1.0, f64::NAN]], &[true]).unwrap_err();
    assert!(matches!(e, ClassicError::NotFinite { example: 0, column: 1, .. }));
    assert_eq!(neuron.fit(&tensor![[1.0, 2.0]], &[]), Err(ClassicError::Labels { examples: 1, labels: 0 }));
}

#[test]
fn averaged_weights_of_no_steps_are_the_initial_ones() {
    let mut neuron = Perceptron::new(1).initial_weights([2.0], -1.0).keep(Keep::Averaged).max_epochs(0);
    neuron.fit(&tensor![[1.0]], &[false]).unwrap();
    assert_eq!((neuron.weights(), neuron.bias()), (&[2.0][..], -1.0));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(32) })]
    /// With initial weights of 0, a learning rate that is a power of two scales the weights exactly.
    #[test]
    fn the_learning_rate_only_scales(
        points in prop::collection::vec(prop::array::uniform2(-4..5_i32), 1..12),
        labels in prop::collection::vec(any::<bool>(), 12),
        exponent in -3..4_i32,
    ) {
        let (n, eta) = (points.len(), 2.0_f64.powi(exponent));
        let x = Tensor::from_vec([n, 2], points.as_flattened().iter().map(|&x| f64::from(x)).collect::<Vec<_>>());
        let fitted = |rate: f64| {
            let mut neuron = Perceptron::new(2).learning_rate(rate).max_epochs(50);
            let report = neuron.fit(&x, &labels[..n]).unwrap();
            (neuron, report)
        };
        let ((one, report), (other, other_report)) = (fitted(1.0), fitted(eta));
        prop_assert_eq!(report, other_report);
        prop_assert_eq!(one.predict(&x).unwrap(), other.predict(&x).unwrap());
        let scaled: Vec<f64> = one.weights().iter().map(|w| eta * w).collect();
        prop_assert_eq!((&scaled[..], eta * one.bias()), (other.weights(), other.bias()));
    }
}
