//! Tests of what all optimizers have in common, with each of them.

use crate::testing::{Given, values};
use crate::*;
use autograd::{GradientSum, Param, ParamGradients, Params, Scalar};
use tensor::{Tensor, tensor};

/// Every optimizer, with every set of slots.
fn all<T: Scalar>() -> Vec<Box<dyn Optimizer<T>>> {
    let mut all = independent();
    all.push(Box::new(AdamW::new(InverseTimeDecay::new(0.01, 3, 1.0))));
    all.push(Box::new(Adagrad::new(0.01).gradient_accumulation_steps(2).clip_norm(0.1)));
    all.push(Box::new(Adam::new(0.01).gradient_accumulation_steps(3).ema(0.9).global_clip_norm(0.5)));
    all
}

/// The optimizers that update each parameter independently of the others and of the step.
fn independent<T: Scalar>() -> Vec<Box<dyn Optimizer<T>>> {
    vec![
        Box::new(Sgd::new(0.01)),
        Box::new(Sgd::pytorch().momentum(0.9)),
        Box::new(Sgd::new(0.01).momentum(0.9).nesterov()),
        Box::new(RmsProp::new(0.01)),
        Box::new(RmsProp::new(0.01).momentum(0.9)),
        Box::new(RmsProp::new(0.01).centered()),
        Box::new(RmsProp::pytorch().momentum(0.9).centered()),
        Box::new(Adagrad::new(0.01)),
        Box::new(Adadelta::new(1.0)),
        Box::new(Adam::new(0.01)),
        Box::new(Adam::new(0.01).amsgrad()),
        Box::new(AdamW::new(0.01)),
        Box::new(Adamax::new(0.01)),
        Box::new(Nadam::new(0.01)),
        Box::new(Lion::new(0.01)),
    ]
}

fn gradients<T: Scalar>(params: &Params<T>, step: u64) -> Given<T> {
    let one = |(i, p)| {
        let n = params.get(p).size();
        (p, values::<T>(n, (step * 10 + i as u64) as f64).reshape(params.get(p).shape()))
    };
    Given(params.keys().enumerate().map(one).collect())
}

fn two<T: Scalar>() -> (Params<T>, [Param; 2]) {
    let mut params = Params::new();
    let w = params.add("w", values(12, 0.5).reshape([3, 4]));
    let b = params.add("b", values(5, 0.7));
    (params, [w, b])
}

fn same<T: Scalar>(a: &Params<T>, b: &Params<T>) -> bool {
    a.iter().zip(b.iter()).all(|(a, b)| a.1 == b.1)
}

/// Compares one optimizer that takes all steps with a new one in every step that loads the state of the last one.
fn resumed_matches<T: Scalar>() {
    for (at, mut whole) in all::<T>().into_iter().enumerate() {
        let (mut params, _) = two::<T>();
        let mut again = params.clone();
        let mut saved = whole.state(&params);
        for step in 0..8 {
            let g = gradients(&params, step);
            whole.step(&mut params, &g);
            let mut next = all::<T>().swap_remove(at);
            next.load_state(&again, &saved).unwrap();
            assert_eq!(next.state(&again), saved, "{next:?}");
            next.step(&mut again, &g);
            saved = next.state(&again);
            assert!(same(&params, &again), "{next:?}");
        }
        // A learning rate set during training is part of the state.
        if whole.set_learning_rate(0.5).is_ok() {
            let mut next = all::<T>().swap_remove(at);
            next.load_state(&params, &whole.state(&params)).unwrap();
            assert_eq!(next.learning_rate(), 0.5);
        }
    }
}

#[test]
fn a_resumed_optimizer_continues_bit_for_bit_in_f32() {
    resumed_matches::<f32>();
}

#[test]
fn a_resumed_optimizer_continues_bit_for_bit_in_f64() {
    resumed_matches::<f64>();
}

#[test]
fn all_mismatches_are_listed_and_nothing_is_loaded() {
    let (mut params, _) = two::<f64>();
    let mut adam = Adam::new(0.1);
    let g = gradients(&params, 0);
    adam.step(&mut params, &g);
    let before = adam.state(&params);
    let mut state = before.clone();
    state.slots[0].1 = tensor![1.0]; // w/m
    state.slots.remove(3); // b/v
    state.slots.push(("c/m".into(), tensor![1.0]));
    state.slots.push(state.slots[1].clone()); // w/v
    state.updates.push(("c".into(), 1));
    state.learning_rate = Some(f64::NAN);
    state.pending = 2;
    let error = adam.load_state(&params, &state).unwrap_err();
    let lines: Vec<String> = error.to_string().lines().map(str::to_owned).collect();
    assert_eq!(
        lines,
        [
            "the optimizer state does not match the optimizer and its parameters, and was not loaded:",
            "  `w/v` occurs twice",
            "  the learning rate must be finite and at least 0, got NaN",
            "  the state holds 2 accumulated gradients, so gradient_accumulation_steps must be greater than 2, got 1",
            "  `w/m` must have the shape of its parameter, (3, 4), found (1,)",
            "  `b/v` is missing",
            "  `c` belongs to no parameter or to no slot of this optimizer",
            "  `c/m` belongs to no parameter or to no slot of this optimizer",
        ]
    );
    assert_eq!(adam.state(&params), before);
    let error = Sgd::new(0.1).load_state(&params, &before).unwrap_err();
    assert_eq!(error.mismatches, [StateMismatch::Method { found: "adam".into(), expected: "sgd" }]);
    let error = Adam::new(|_| 0.1).load_state(&params, &before).unwrap_err();
    assert_eq!(error.mismatches, [StateMismatch::LearningRate { found: Some(0.1) }]);
    let no_params = Params::<f64>::new();
    assert_eq!(adam.load_state(&no_params, &before).unwrap_err().mismatches.len(), 6);
}

#[test]
fn frozen_parameters_and_those_without_a_gradient_do_not_change() {
    for mut optimizer in all::<f64>() {
        let (mut params, [w, b]) = two::<f64>();
        let before = params.clone();
        params.freeze(b);
        (0..3).for_each(|step| optimizer.step(&mut params, &gradients(&before, step)));
        assert!(params.get(b) == before.get(b) && params.get(w) != before.get(w), "{optimizer:?}");
        params.unfreeze(b);
        let only_w = |step| Given(vec![(w, gradients(&before, step).gradient(&before, w).unwrap().clone())]);
        (0..3).for_each(|step| optimizer.step(&mut params, &only_w(step)));
        assert_eq!(params.get(b), before.get(b), "{optimizer:?}");
    }
}

/// A parameter added later takes the steps it would have taken in a new optimizer.
#[test]
fn parameters_added_later_start_with_a_new_state() {
    for (at, mut optimizer) in independent::<f64>().into_iter().enumerate() {
        let mut params = Params::<f64>::new();
        let first = params.add("first", values(4, 0.1));
        (0..3).for_each(|step| optimizer.step(&mut params, &Given(vec![(first, values(4, step as f64))])));
        let late = params.add("late", values(4, 0.1));
        let mut few = Params::<f64>::new();
        let only = few.add("only", values(4, 0.1));
        let mut fresh = independent::<f64>().swap_remove(at);
        for step in 0..3 {
            let g = values(4, step as f64);
            optimizer.step(&mut params, &Given(vec![(first, g.clone()), (late, g.clone())]));
            fresh.step(&mut few, &Given(vec![(only, g)]));
        }
        assert_eq!(params.get(late), few.get(only), "{optimizer:?}");
        params.remove(first);
        optimizer.step(&mut params, &Given(vec![(late, values(4, 9.0))]));
        fresh.step(&mut few, &Given(vec![(only, values(4, 9.0))]));
        assert_eq!(params.get(late), few.get(only), "{optimizer:?}");
    }
}

/// Updates in place and updates of shared values give the same result.
#[test]
fn shared_values_are_updated_like_others() {
    for (at, mut optimizer) in all::<f32>().into_iter().enumerate() {
        let mut other = all::<f32>().swap_remove(at);
        let (mut params, _) = two::<f32>();
        let mut shared = params.clone();
        for step in 0..6 {
            let tape = shared.clone();
            optimizer.step(&mut params, &gradients(&tape, step));
            other.step(&mut shared, &gradients(&tape, step));
            drop(tape);
        }
        assert!(same(&params, &shared), "{optimizer:?}");
    }
}

#[test]
fn decoupled_decay_is_an_l2_penalty_for_plain_descent() {
    let (mut decayed, _) = two::<f64>();
    let mut penalized = decayed.clone();
    for step in 0..4 {
        let g = gradients(&decayed, step);
        Sgd::new(0.1).weight_decay(0.25).step(&mut decayed, &g);
        let with_l2 = |(p, g): &(Param, Tensor<f64>)| {
            let w = penalized.get(*p).to_vec();
            let sum: Vec<f64> = g.to_vec().iter().zip(w).map(|(g, w)| g + 0.25 * w).collect();
            (*p, Tensor::from_vec(g.shape(), sum))
        };
        let g = Given(g.0.iter().map(with_l2).collect());
        Sgd::new(0.1).step(&mut penalized, &g);
    }
    for (a, b) in decayed.iter().zip(penalized.iter()) {
        assert!(a.1.to_vec().iter().zip(b.1.to_vec()).all(|(a, b)| (a - b).abs() < 1e-15));
    }
}

/// The averages do not contain the decay: with gradients of 0, every optimizer multiplies the weights by 1 - η λ.
#[test]
fn decay_without_gradients_is_geometric() {
    fn check<R: UpdateRule>(optimizer: GradientDescent<f64, R>) {
        let (mut params, [w, b]) = two::<f64>();
        let before = params.clone();
        let no_bias = ParamGroup::named(|name| name == "b").weight_decay(0.0);
        let mut optimizer = optimizer.with_learning_rate(0.5).weight_decay(0.1).group(no_bias);
        for _ in 0..3 {
            optimizer.step(&mut params, &Given([w, b].map(|p| (p, Tensor::zeros(before.get(p).shape()))).into()));
        }
        for (now, then) in params.get(w).to_vec().into_iter().zip(before.get(w).to_vec()) {
            assert!((now - then * 0.95_f64.powi(3)).abs() < 1e-15, "{optimizer:?}");
        }
        assert_eq!(params.get(b), before.get(b), "{optimizer:?}");
    }
    check(Sgd::new(0.1).momentum(0.9));
    check(RmsProp::new(0.1));
    check(Adagrad::new(0.1));
    check(Adadelta::new(0.1));
    check(Adam::new(0.1));
    check(AdamW::new(0.1));
    check(Adamax::new(0.1));
    check(Nadam::new(0.1));
    check(Lion::new(0.1));
}

/// A step of SGD with learning rate 1 shows the clipped gradient.
#[test]
fn gradients_are_clipped_in_three_ways() {
    let clipped = |sgd: Sgd<f64>| {
        let mut sgd = sgd.with_learning_rate(1.0);
        let mut params = Params::new();
        let [a, b] = ["a", "b"].map(|name| params.add(name, tensor![0.0, 0.0]));
        sgd.step(&mut params, &Given(vec![(a, tensor![3.0, -4.0]), (b, tensor![0.0, 12.0])]));
        [a, b].map(|p| [-params.get(p).at([0]), -params.get(p).at([1])])
    };
    assert_eq!(clipped(Sgd::default()), [[3.0, -4.0], [0.0, 12.0]]);
    assert_eq!(clipped(Sgd::default().clip_value(3.5)), [[3.0, -3.5], [0.0, 3.5]]);
    assert_eq!(clipped(Sgd::default().clip_norm(10.0)), [[3.0, -4.0], [0.0, 10.0]]);
    assert_eq!(clipped(Sgd::default().global_clip_norm(6.5)), [[1.5, -2.0], [0.0, 6.0]]);
    assert_eq!(clipped(Sgd::default().global_clip_norm(20.0)), [[3.0, -4.0], [0.0, 12.0]]);
}

#[test]
#[should_panic(expected = "use one of clip_value, clip_norm and global_clip_norm")]
fn clipping_in_two_ways_is_rejected() {
    let _ = Adam::<f32>::default().clip_norm(1.0).global_clip_norm(1.0);
}

#[test]
fn accumulated_gradients_are_averaged() {
    let (mut a, _) = two::<f64>();
    let mut b = a.clone();
    let mut accumulating = Adam::new(InverseTimeDecay::new(0.1, 1, 1.0)).clip_value(0.3).gradient_accumulation_steps(2);
    let mut whole = Adam::new(InverseTimeDecay::new(0.1, 1, 1.0)).clip_value(0.3);
    for step in 0..3 {
        let (first, second) = (gradients(&a, 2 * step), gradients(&a, 2 * step + 1));
        let mut mean = GradientSum::new();
        mean.add(&a, &first);
        mean.add(&a, &second);
        mean.scale(0.5);
        let before = a.clone();
        accumulating.step(&mut a, &first);
        assert!(same(&a, &before), "the first of two gradients changes nothing");
        accumulating.step(&mut a, &second);
        whole.step(&mut b, &mean);
        assert!(same(&a, &b));
        assert_eq!((accumulating.steps(), accumulating.learning_rate()), (whole.steps(), whole.learning_rate()));
    }
}

#[test]
fn a_schedule_starts_at_step_0() {
    let (mut params, [w, _]) = two::<f64>();
    let start = params.get(w).to_vec()[0];
    let mut sgd = Sgd::new(|step: u64| 1.0 + step as f64);
    for (step, sum) in [(0, 1.0), (1, 3.0), (2, 6.0)] {
        assert_eq!(sgd.learning_rate(), 1.0 + f64::from(step));
        sgd.step(&mut params, &Given(vec![(w, Tensor::ones([3, 4]))]));
        assert!((params.get(w).to_vec()[0] - (start - sum)).abs() < 1e-14);
    }
    assert_eq!(sgd.set_learning_rate(0.1), Err(LearningRateError::Scheduled));
}

#[test]
fn constraints_hold_after_each_step_and_in_the_averages() {
    let (mut params, [w, _]) = two::<f64>();
    let mut sgd = Sgd::new(1.0).constraint(Constraint::unit_norm()).ema(0.0);
    for step in 0..3 {
        let g = gradients(&params, step);
        sgd.step(&mut params, &g);
        let w = params.get(w);
        for column in 0..4 {
            let norm: f64 = (0..3).map(|row| w.at([row, column]).powi(2)).sum();
            assert!((norm - 1.0).abs() < 1e-14);
        }
    }
    // With a momentum of 0, the average is the last value.
    let last = params.clone();
    sgd.swap_averages(&mut params);
    assert!(same(&params, &last));
}

#[test]
fn flush_makes_an_update_from_the_mean_of_the_pending_gradients() {
    let (mut a, _) = two::<f64>();
    let mut b = a.clone();
    let mut accumulating = Adam::new(0.1).clip_norm(0.3).ema(0.5).gradient_accumulation_steps(4);
    let mut whole = Adam::new(0.1).clip_norm(0.3).ema(0.5);
    for epoch in 0..2 {
        let given: Vec<_> = (0..2).map(|batch| gradients(&a, 2 * epoch + batch)).collect();
        let mut mean = GradientSum::new();
        for g in &given {
            mean.add(&a, g);
            accumulating.step(&mut a, g);
        }
        assert!(same(&a, &b), "two of four gradients change nothing");
        mean.scale(0.5);
        whole.step(&mut b, &mean);
        assert!(accumulating.flush(&mut a));
        assert!(same(&a, &b));
        assert_eq!((accumulating.steps(), accumulating.state(&a).pending), (whole.steps(), 0));
        assert!(!accumulating.flush(&mut a) && same(&a, &b), "nothing is pending");
    }
    assert_eq!(accumulating.state(&a), whole.state(&b));
}

#[test]
fn discarded_gradients_have_no_effect() {
    let (mut a, _) = two::<f64>();
    let mut b = a.clone();
    let (mut used, mut new) =
        (Sgd::new(0.1).gradient_accumulation_steps(2), Sgd::new(0.1).gradient_accumulation_steps(2));
    used.step(&mut a, &gradients(&b, 7));
    assert!(used.discard() && !used.discard());
    for batch in 0..2 {
        let g = gradients(&b, batch);
        used.step(&mut a, &g);
        new.step(&mut b, &g);
    }
    assert!(same(&a, &b));
    assert!(!Adam::<f64>::default().discard());
    // The optimizer can then step another model.
    used.step(&mut a, &gradients(&b, 3));
    used.discard();
    let (mut other, _) = two::<f64>();
    let g = gradients(&other, 0);
    used.step(&mut other, &g);
}

/// In `f32` each of these would be 0 or infinite; steps would be NaN or 0.
#[test]
fn settings_that_f32_does_not_represent_are_rejected() {
    let is_rejected = |make: fn()| {
        let message = *std::panic::catch_unwind(make).unwrap_err().downcast::<String>().unwrap();
        assert!(message.contains("f32"), "{message}");
    };
    let _ = Adam::<f64>::new(1e-50).epsilon(1e-50).weight_decay(1e-50).clip_value(1e50);
    for make in [
        || drop(Adam::<f32>::default().epsilon(1e-50)),
        || drop(Nadam::<f32>::default().epsilon(1e-50)),
        || drop(Adamax::<f32>::default().epsilon(1e-50)),
        || drop(RmsProp::<f32>::default().epsilon(1e-50)),
        || drop(Adagrad::<f32>::default().epsilon(1e-50)),
        || drop(Adagrad::<f32>::default().initial_accumulator_value(1e39)),
        || drop(Adadelta::<f32>::default().epsilon(1e-50)),
        || drop(Adadelta::<f32>::default().rho(1.0 - 1e-12)),
        || drop(Sgd::<f32>::new(1e-50)),
        || drop(Sgd::<f32>::new(1e50)),
        || drop(Sgd::<f32>::new(0.1).with_learning_rate(1e-50)),
        || drop(Sgd::<f32>::new(0.1).weight_decay(1e-50)),
        || drop(Sgd::<f32>::new(0.1).clip_value(1e-50)),
        || drop(Sgd::<f32>::new(0.1).clip_norm(1e-50)),
        || drop(Sgd::<f32>::new(0.1).global_clip_norm(1e50)),
        || drop(Sgd::<f32>::new(0.1).constraint(Constraint::max_norm(1e-50))),
        || drop(Sgd::<f32>::new(0.1).group(ParamGroup::named(|_| true).weight_decay(1e-50))),
        || drop(Sgd::<f32>::new(0.1).group(ParamGroup::named(|_| true).learning_rate_factor(1e50))),
        || drop(Sgd::<f32>::new(0.1).ema(1.0 - 1e-12)),
    ] as [fn(); 19]
    {
        is_rejected(make);
    }
    let mut sgd = Sgd::<f32>::new(0.1);
    assert_eq!(sgd.set_learning_rate(1e39), Err(LearningRateError::Invalid(1e39)));
    assert_eq!(sgd.set_learning_rate(1e-50), Ok(()), "a decreasing rate may round to 0");
}
