//! A strict tape multiplies adjoints and derivatives as IEEE 754 does, so that `0 * inf` is NaN; on other tapes it is
//! 0.

use autograd::{Tape, TensorVar, Var};
use tensor::{Tensor, tensor};

/// The derivative at `at` in all three modes.
fn derivatives(tape: &Tape, f: for<'t> fn(Var<'t, f64>) -> Var<'t, f64>, at: f64) -> [f64; 3] {
    let x = tape.var(at);
    let y = f(x);
    [y.backward().wrt(x), y.grad(x).value(), tape.tangents(|t| t.set(x, 1.0)).of(y)]
}

#[test]
fn zero_times_infinity_is_nan_on_a_strict_tape_only() {
    for f in [
        (|x| (1.0 / x).minimum(1.0)) as for<'t> fn(Var<'t, f64>) -> Var<'t, f64>,
        |x| x.sqrt() * 0.0,
        |x| x.sqrt().clamp(-2.0, -1.0),
        |x| x.ln() * 0.0,
        |x| x.sqrt().powi(2),
    ] {
        assert_eq!(derivatives(&Tape::new(), f, 0.0), [0.0; 3]);
        assert!(derivatives(&Tape::new().strict(), f, 0.0).iter().all(|d| d.is_nan()));
    }
}

#[test]
fn zero_times_infinity_is_nan_on_a_strict_tape_only_for_tensors() {
    let modes = |tape: &Tape| {
        let x = tape.var(tensor![0.0, 4.0]);
        let y = (1.0 / x).minimum(1.0).sum();
        let t = tape.tangents(|t| t.set(x, tensor![1.0, 0.0])).of(y);
        (y.backward().wrt(x), y.grad(x).value(), t)
    };
    let (eager, recorded, forward) = modes(&Tape::new());
    assert_eq!((eager, recorded, forward), (tensor![0.0, -0.0625], tensor![0.0, -0.0625], 0.0));
    let (eager, recorded, forward) = modes(&Tape::new().strict());
    assert!(eager.at([0]).is_nan() && recorded.at([0]).is_nan() && forward.is_nan());
    assert_eq!((eager.at([1]), recorded.at([1])), (-0.0625, -0.0625));
}

#[test]
fn without_infinities_both_kinds_of_tape_give_the_same_bits() {
    let run = |tape: &Tape| {
        let x = tape.var(Tensor::from_fn([3, 4], |i| i[0] as f64 - 0.7 * i[1] as f64));
        let y = (x.tanh() * x.sigmoid() + x.relu()).softmax(1).max_over(0).sum();
        (y.backward().wrt(x), y.grad(x).value())
    };
    assert_eq!(run(&Tape::new()), run(&Tape::new().strict()));
}

#[test]
fn an_unselected_side_with_a_nan_derivative_gives_nan_on_a_strict_tape() {
    let tape = Tape::new().strict();
    let x = tape.var(tensor![-1.0_f64, 4.0]);
    let g = x.sqrt().where_(&x.gt(0.0), 0.0).sum().backward().wrt(x);
    assert!(g.at([0]).is_nan(), "0 from the mask times the NaN derivative of the square root");
    assert_eq!(g.at([1]), 0.25);
}

/// The NaN handling of higher-order derivatives does not affect elements that are not NaN.
#[test]
fn second_derivatives_on_both_kinds_of_tape_agree_at_ordinary_points() {
    let functions: [for<'t> fn(TensorVar<'t>) -> TensorVar<'t>; 8] = [
        |x| x.relu() + x.leaky_relu(0.1) + x.hard_tanh() + x.clamp(-0.25, 2.0) + x.floor(),
        |x| x.square().ln() + (x.square() + 1.0).log2() + x.square().ln_1p() + x.square().sqrt(),
        |x| (x * 0.1).atanh() + (x * 0.1).asin() + x.atan() + x.tanh(),
        |x| 3.0 / x + x / (x * x + 1.0),
        |x| x.square().pow(x) + x.powf(3.0) + x.powi(2),
        |x| x.hypot(2.0) + x.atan2(0.5) + x.hypot(x + 1.0),
        |x| x.xlogy(x * x) + x % 0.75 + x.log_add_exp(1.0),
        |x| x * x.norm() + x * x.logsumexp(),
    ];
    for (k, f) in functions.into_iter().enumerate() {
        let second = |tape: &Tape| {
            let x = tape.var(tensor![-1.6, -0.5, 0.3, 1.25]);
            let d = f(x).sum().grad(x);
            let tangent = tape.tangents(|t| t.set(x, Tensor::ones(4))).of(d);
            [d.sum().grad(x).value(), d.sum().backward().wrt(x), tangent]
        };
        let (usual, strict) = (second(&Tape::new()), second(&Tape::new().strict()));
        assert!(usual.iter().all(|d| d.is_finite()), "function {k}: {usual:?}");
        assert_eq!(usual, strict, "function {k}");
    }
}
