//! What holds for all weights and gradients.

use autograd::{Param, ParamGradients, Params};
use optim::*;
use proptest::prelude::*;
use tensor::Tensor;

/// Gradients as they are given.
struct Given(Vec<(Param, Tensor<f64>)>);

impl ParamGradients<f64> for Given {
    fn gradient(&self, _: &Params<f64>, param: Param) -> Option<&Tensor<f64>> {
        self.0.iter().find(|(p, _)| *p == param).map(|(_, g)| g)
    }
}

fn numbers(most: f64) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-most..most, 6)
}

/// The weights after steps by these gradients.
fn after(mut optimizer: impl Optimizer<f64>, start: &[f64], gradients: &[Vec<f64>]) -> Vec<f64> {
    let mut params = Params::new();
    let w = params.add("w", Tensor::from_vec([2, 3], start));
    for g in gradients {
        optimizer.step(&mut params, &Given(vec![(w, Tensor::from_vec([2, 3], &g[..]))]));
    }
    params.get(w).to_vec()
}

/// How far a step with decay is from the same step without, less η λ w: nothing, if decay stands beside the rule.
fn coupling<R: Rule>(optimizer: &Descent<f64, R>, rate: f64, decay: f64, w: &[f64], g: &[f64]) -> f64 {
    let (g, rated) = ([g.to_vec()], optimizer.clone().rate(rate).weight_decay(0.0));
    let without = after(rated.clone(), w, &g);
    let with = after(rated.weight_decay(decay), w, &g);
    let differences = with.iter().zip(&without).zip(w).map(|((with, without), w)| with - without + rate * decay * w);
    differences.fold(0.0, |most: f64, d| most.max(d.abs()))
}

fn near(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-12 * (1.0 + a.abs()))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn decay_stands_beside_every_rule(
        w in numbers(3.0), g in numbers(5.0), rate in 0.0..0.5_f64, decay in 0.0..0.9_f64,
    ) {
        for far in [
            coupling(&Sgd::new(1.0), rate, decay, &w, &g),
            coupling(&Sgd::new(1.0).momentum(0.9).nesterov(), rate, decay, &w, &g),
            coupling(&RmsProp::new(1.0), rate, decay, &w, &g),
            coupling(&RmsProp::pytorch().centered(), rate, decay, &w, &g),
            coupling(&Adagrad::new(1.0), rate, decay, &w, &g),
            coupling(&Adadelta::new(1.0), rate, decay, &w, &g),
            coupling(&Adam::new(1.0).amsgrad(), rate, decay, &w, &g),
            coupling(&AdamW::pytorch(), rate, decay, &w, &g),
            coupling(&Adamax::new(1.0), rate, decay, &w, &g),
            coupling(&Nadam::new(1.0), rate, decay, &w, &g),
            coupling(&Lion::new(1.0), rate, decay, &w, &g),
        ] {
            prop_assert!(far < 1e-12, "{far}");
        }
    }

    /// AdamW is Adam with decay; plain descent with decay is descent with the penalty λ/2 w² in the gradient.
    #[test]
    fn decays_that_are_the_same(w in numbers(3.0), gs in prop::collection::vec(numbers(5.0), 1..5), decay in 0.0..0.9_f64) {
        let adam = after(Adam::new(0.1).weight_decay(decay), &w, &gs);
        prop_assert_eq!(after(AdamW::new(0.1).weight_decay(decay), &w, &gs), adam);

        let decayed = after(Sgd::new(0.1).weight_decay(decay), &w, &gs);
        let mut penalized = w.clone();
        for g in &gs {
            let slope: Vec<f64> = g.iter().zip(&penalized).map(|(g, w)| g + decay * w).collect();
            penalized = after(Sgd::new(0.1), &penalized, &[slope]);
        }
        prop_assert!(near(&decayed, &penalized));
    }

    /// What is clipped by its norm keeps its direction, and is no longer than it may be.
    #[test]
    fn clipped_gradients(g in numbers(100.0), most in 1e-3..50.0_f64) {
        let zeros = [0.0; 6];
        let norm = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>().sqrt();
        for sgd in [Sgd::new(1.0).clip_norm(most), Sgd::new(1.0).global_clip_norm(most)] {
            let step = after(sgd, &zeros, std::slice::from_ref(&g));
            prop_assert!(norm(&step) <= most * (1.0 + 1e-12));
            let factor = (most / norm(&g)).min(1.0);
            prop_assert!(near(&step, &g.iter().map(|g| -g * factor).collect::<Vec<_>>()));
        }
        let step = after(Sgd::new(1.0).clip_value(most), &zeros, std::slice::from_ref(&g));
        prop_assert!(near(&step, &g.iter().map(|g| -g.clamp(-most, most)).collect::<Vec<_>>()));
    }

    /// Momentum of 0 is none, and k equal gradients accumulated are one.
    #[test]
    fn settings_that_change_nothing(w in numbers(3.0), gs in prop::collection::vec(numbers(5.0), 1..4), k in 1..4_usize) {
        let plain = after(Sgd::new(0.1), &w, &gs);
        prop_assert_eq!(&after(Sgd::new(0.1).momentum(0.0), &w, &gs), &plain);
        let repeated: Vec<Vec<f64>> = gs.iter().flat_map(|g| std::iter::repeat_n(g.clone(), k)).collect();
        prop_assert!(near(&after(Sgd::new(0.1).accumulate(k as u64), &w, &repeated), &plain));
    }
}
