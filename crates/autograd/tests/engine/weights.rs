//! Bound parameters on computed weights: `map`, `replace` and `checkpoint`.

use crate::common::panics;
use autograd::{
    BoundParams, Param, ParamGradients, Params, Tape, TensorVar, Var, flatten, grad, gradcheck, hessian, value_and_grad,
};
use std::sync::atomic::{AtomicUsize, Ordering};
use tensor::tensor;

/// y = w x + b for one input, as a store of two parameters.
fn line(w: f64, b: f64) -> (Params<f64>, Param, Param) {
    let mut params = Params::new();
    let (w, b) = (params.add("w", tensor![w]), params.add("b", tensor![b]));
    (params, w, b)
}

/// The loss (w - task)².
fn loss<'t>(net: BoundParams<'_, 't, f64>, w: Param, task: f64) -> Var<'t, f64> {
    (net.var(w) - task).square().sum()
}

/// w³ + w b.
fn cubic<'t>(net: BoundParams<'_, 't, f64>, w: Param, b: Param) -> Var<'t, f64> {
    (net.var(w).powi(3) + net.var(w) * net.var(b)).sum()
}

/// One inner step on the loss (w - a)² of a task a gives w' = w - 2 r (w - a). The outer loss (w' - a)² is
/// (1 - 2 r)² (w - a)², with derivative 2 (1 - 2 r)² (w - a).
#[test]
fn gradients_flow_through_an_inner_step() {
    let (params, w, b) = line(3.0, 7.0);
    let (rate, task) = (0.1, 1.0);
    let tape = Tape::new();
    let net = params.bind(&tape);
    let g = loss(net, w, task).grads(&net);
    let fast = net.map(|key, w| w - g.get(key) * rate);
    assert_eq!(fast.var(b).value(), tensor![7.0]);
    let gradient = loss(fast, w, task).backward();
    let found = gradient.gradient(&params, w).unwrap().item();
    assert!((found - 2.0 * 0.64 * 2.0).abs() < 1e-15, "got {found}");
}

/// Three inner steps, against the closed form (1 - 2 r)⁶ (w - a)².
#[test]
fn inner_steps_follow_one_another() {
    let (params, w, _) = line(3.0, 0.0);
    let (value, gradient) = value_and_grad(
        |net| {
            let mut fast = net;
            for _ in 0..3 {
                let g = loss(fast, w, 1.0).grads(&fast);
                fast = fast.map(|key, w| w - g.get(key) * 0.1);
            }
            loss(fast, w, 1.0)
        },
        &params,
    );
    let shrink = 0.8_f64.powi(6);
    assert!((value - shrink * 4.0).abs() < 1e-15);
    assert!((gradient.get(w).item() - shrink * 4.0).abs() < 1e-15);
}

/// The gradient at bound parameters by a transform is that by `grads`, to the second order; frozen parameters have none.
#[test]
fn bound_parameters_are_points_of_inner_transforms() {
    let (mut params, w, b) = line(3.0, 7.0);
    params.freeze(b);
    let meta = |nested: bool| {
        value_and_grad(
            |net| {
                let mut fast = net;
                for _ in 0..2 {
                    let g = if nested { grad(|net| cubic(net, w, b), fast) } else { cubic(fast, w, b).grads(&fast) };
                    assert_eq!(g.get(b).value(), tensor![0.0]);
                    fast = fast.map(|key, w| w - g.get(key) * 0.01);
                }
                loss(fast, w, 1.0)
            },
            &params,
        )
    };
    let ((a, ga), (b, gb)) = (meta(true), meta(false));
    assert_eq!(a, b);
    let difference = flatten::<f64, _>(&ga) - flatten::<f64, _>(&gb);
    assert!(difference.abs().max() < 1e-14, "{difference}");
    let curvature = hessian(|p| cubic(p, w, w), &params)[w][w].item();
    assert_eq!(curvature, 6.0 * 3.0 + 2.0);
}

#[test]
fn one_parameter_is_replaced_and_the_others_stay() {
    let (params, w, b) = line(3.0, 7.0);
    let tape = Tape::new();
    let net = params.bind(&tape);
    let v = tape.var(tensor![5.0]);
    let first = net.replace(w, v);
    let both = first.replace(b, v * 2.0);
    assert_eq!((first.var(w).node(), first.var(b).node()), (v.node(), net.var(b).node()));
    assert_eq!((both.var(w).value(), both.var(b).value()), (tensor![5.0], tensor![10.0]));
    assert_eq!(net.var(w).value(), tensor![3.0]); // views are independent
    let g = (both.var(w) * both.var(b)).sum().backward();
    assert_eq!((g.wrt(v), g.gradient(&params, w)), (tensor![20.0], None));
}

/// A reset forgets the maps: a training loop does not make the tape grow.
#[test]
fn a_reset_tape_forgets_its_maps() {
    let (params, w, _) = line(3.0, 7.0);
    let mut tape = Tape::new();
    for _ in 0..3 {
        let net = params.bind(&tape).map(|_, w| w * 2.0);
        assert_eq!(net.var(w).value(), tensor![6.0]);
        tape.reset();
        assert_eq!(params.bind(&tape).var(w).value(), tensor![3.0]);
    }
}

#[test]
fn weights_that_do_not_fit() {
    let (params, w, _) = line(3.0, 7.0);
    let (tape, other) = (Tape::new(), Tape::new());
    let net = params.bind(&tape);
    let elsewhere = other.var(tensor![1.0]);
    panics! {
        ["map", "shape (1,)", "`w`", "(2,)", "reshape"] net.map(|_, _| tape.var(tensor![1.0, 2.0]));
        ["replace", "shape (1,)", "`w`", "(1, 1)", "reshape"] net.replace(w, tape.var(tensor![[1.0]]));
        ["map", "the tape at", "and the other on"] net.map(|_, _| elsewhere);
        ["replace", "the tape at", "and the other on"] net.replace(w, elsewhere);
    }
}

fn part<'t>(net: &BoundParams<'_, 't, f64>, [w, b]: [Param; 2], x: TensorVar<'t>) -> TensorVar<'t> {
    (x.matmul(net.var(w)) + net.var(b)).tanh().exp()
}

fn store() -> (Params<f64>, [Param; 2], Param) {
    let mut params = Params::new();
    let w = params.add("w", tensor![[0.5, -0.25], [1.0, 0.125]]);
    let b = params.add("b", tensor![0.1, -0.2]);
    let unused = params.add("unused", tensor![9.0]);
    (params, [w, b], unused)
}

/// A checkpoint of a part records one operation, of the parameters that the part uses, with the same gradients.
#[test]
fn a_checkpoint_with_parameters_has_the_same_gradients() {
    let (params, keys, unused) = store();
    let input = tensor![[0.3, 0.7], [-0.2, 0.9]];
    let gradients = |checkpointed: bool| {
        let tape = Tape::new();
        let (net, x) = (params.bind(&tape), tape.var(input.clone()));
        let y = if checkpointed { net.checkpoint(move |net, x| part(&net, keys, x), x) } else { part(&net, keys, x) };
        let g = (y.sum() * x.sum()).backward();
        assert_eq!(g.gradient(&params, unused), None);
        (y.value(), g.wrt(x), keys.map(|key| g.gradient(&params, key).cloned()), tape.len())
    };
    let (checkpointed, plain) = (gradients(true), gradients(false));
    assert_eq!((&checkpointed.0, &checkpointed.1, &checkpointed.2), (&plain.0, &plain.1, &plain.2));
    assert_eq!(checkpointed.3, 7); // x, two parameters, the checkpoint, two sums and a product
    assert!(checkpointed.3 < plain.3);
}

/// The other parameter has the same value, so only the check of what is read notices the change.
#[test]
#[should_panic(expected = "checkpoint: expected the function to read the same parameters as in its first run")]
fn a_checkpoint_that_reads_another_parameter() {
    let mut params = Params::<f64>::new();
    let keys = [params.add("a", tensor![1.0]), params.add("b", tensor![1.0])];
    let (tape, runs) = (Tape::new(), AtomicUsize::new(0));
    let next = move || keys[runs.fetch_add(1, Ordering::Relaxed) % 2];
    let y = params.bind(&tape).checkpoint(move |net, x| x * net.var(next()), tape.constant(tensor![2.0]));
    y.sum().backward();
}

/// Each checkpoint takes the parameters that its own part uses: both here, and only the first of them inside.
#[test]
fn a_checkpoint_within_a_checkpoint() {
    let (params, keys, unused) = store();
    let input = tensor![[0.3, 0.7]];
    let gradients = |checkpointed: bool| {
        let tape = Tape::new();
        let (net, x) = (params.bind(&tape), tape.var(input.clone()));
        let y = if checkpointed {
            net.checkpoint(
                move |net, x| {
                    let inner = net.checkpoint(move |net, x| x.matmul(net.var(keys[0])), x);
                    (inner + net.var(keys[1])).tanh().exp()
                },
                x,
            )
        } else {
            part(&net, keys, x)
        };
        let g = y.square().sum().backward();
        assert_eq!(g.gradient(&params, unused), None);
        let of_keys = keys.map(|key| g.gradient(&params, key).cloned());
        (g.wrt(x), of_keys, y.square().sum().grad(x).square().sum().backward().wrt(x))
    };
    let ((dx, of_keys, second), plain) = (gradients(true), gradients(false));
    assert_eq!((dx, of_keys), (plain.0, plain.1));
    assert!((second - plain.2).abs().max() < 1e-15); // contributions are added in another order
}

/// On weights in place of the parameters, in all modes and to the second order.
#[test]
fn a_checkpoint_on_computed_weights() {
    let (params, keys, _) = store();
    let at = (tensor![[0.3, 0.7]], tensor![[0.5, -0.25], [1.0, 0.125]]);
    gradcheck(
        |(x, w)| {
            let Some(tape) = x.tape() else { unreachable!("points are on a tape") };
            let net = params.bind(tape).replace(keys[0], w.sin());
            net.checkpoint(move |net, x| part(&net, keys, x), x).square().sum()
        },
        at,
    )
    .order(2)
    .run()
    .unwrap();
}
