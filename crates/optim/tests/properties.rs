//! Property tests of the optimizers, over random weights and gradients.

use autograd::{Param, ParamGradients, Params};
use optim::*;
use proptest::prelude::*;
use tensor::Tensor;

/// Given gradients.
struct Given(Vec<(Param, Tensor<f64>)>);

impl ParamGradients<f64> for Given {
    fn gradient(&self, _: &Params<f64>, param: Param) -> Option<&Tensor<f64>> {
        self.0.iter().find(|(p, _)| *p == param).map(|(_, g)| g)
    }
}

fn values(max: f64) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-max..max, 6)
}

/// Returns the weights after one step with each of the gradients.
fn after(mut optimizer: impl Optimizer<f64>, start: &[f64], gradients: &[Vec<f64>]) -> Vec<f64> {
    let mut params = Params::new();
    let w = params.add("w", Tensor::from_vec([2, 3], start));
    for g in gradients {
        optimizer.step(&mut params, &Given(vec![(w, Tensor::from_vec([2, 3], &g[..]))]));
    }
    params.get(w).to_vec()
}

/// Returns the largest deviation of a step with weight decay from the same step without, minus η λ w. It is 0 if the
/// decay is decoupled from the rule.
fn coupling<R: UpdateRule>(optimizer: &GradientDescent<f64, R>, rate: f64, decay: f64, w: &[f64], g: &[f64]) -> f64 {
    let (g, optimizer) = ([g.to_vec()], optimizer.clone().with_learning_rate(rate).weight_decay(0.0));
    let without = after(optimizer.clone(), w, &g);
    let with = after(optimizer.weight_decay(decay), w, &g);
    let mismatches = with.iter().zip(&without).zip(w).map(|((with, without), w)| with - without + rate * decay * w);
    mismatches.fold(0.0, |max: f64, d| max.max(d.abs()))
}

fn near(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-12 * (1.0 + a.abs()))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn weight_decay_is_decoupled_for_every_rule(
        w in values(3.0), g in values(5.0), rate in 0.0..0.5_f64, decay in 0.0..0.9_f64,
    ) {
        for deviation in [
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
            prop_assert!(deviation < 1e-12, "{deviation}");
        }
    }

    /// AdamW is Adam with weight decay; SGD with weight decay is SGD with the gradient of the penalty λ/2 w².
    #[test]
    fn equivalent_weight_decays(
        w in values(3.0), gs in prop::collection::vec(values(5.0), 1..5), decay in 0.0..0.9_f64,
    ) {
        let adam = after(Adam::new(0.1).weight_decay(decay), &w, &gs);
        prop_assert_eq!(after(AdamW::new(0.1).weight_decay(decay), &w, &gs), adam);

        let decayed = after(Sgd::new(0.1).weight_decay(decay), &w, &gs);
        let mut penalized = w.clone();
        for g in &gs {
            let gradient: Vec<f64> = g.iter().zip(&penalized).map(|(g, w)| g + decay * w).collect();
            penalized = after(Sgd::new(0.1), &penalized, &[gradient]);
        }
        prop_assert!(near(&decayed, &penalized));
    }

    /// A gradient clipped by its norm keeps its direction, and its norm is within the bound.
    #[test]
    fn clipped_gradients_are_within_the_bound(g in values(100.0), bound in 1e-3..50.0_f64) {
        let zeros = [0.0; 6];
        let norm = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>().sqrt();
        for sgd in [Sgd::new(1.0).clip_norm(bound), Sgd::new(1.0).global_clip_norm(bound)] {
            let step = after(sgd, &zeros, std::slice::from_ref(&g));
            prop_assert!(norm(&step) <= bound * (1.0 + 1e-12));
            let factor = (bound / norm(&g)).min(1.0);
            prop_assert!(near(&step, &g.iter().map(|g| -g * factor).collect::<Vec<_>>()));
        }
        let step = after(Sgd::new(1.0).clip_value(bound), &zeros, std::slice::from_ref(&g));
        prop_assert!(near(&step, &g.iter().map(|g| -g.clamp(-bound, bound)).collect::<Vec<_>>()));
    }

    /// Momentum 0 equals no momentum, and k equal accumulated gradients equal one.
    #[test]
    fn settings_without_effect(w in values(3.0), gs in prop::collection::vec(values(5.0), 1..4), k in 1..4_usize) {
        let plain = after(Sgd::new(0.1), &w, &gs);
        prop_assert_eq!(&after(Sgd::new(0.1).momentum(0.0), &w, &gs), &plain);
        let repeated: Vec<Vec<f64>> = gs.iter().flat_map(|g| std::iter::repeat_n(g.clone(), k)).collect();
        prop_assert!(near(&after(Sgd::new(0.1).gradient_accumulation_steps(k as u64), &w, &repeated), &plain));
    }
}
