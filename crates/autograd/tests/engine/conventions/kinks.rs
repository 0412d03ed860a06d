//! Kinks and steps: minimum-norm subgradients of convex functions, equal parts on ties, and derivatives of exactly 0.

use crate::conventions::table::{one, two};
use autograd::{Tape, TensorVar, Var};
const INFINITY: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;
const NEG_INFINITY: f64 = f64::NEG_INFINITY;
use tensor::{Tensor, keep, tensor};

#[test]
fn relu_and_abs_have_derivative_zero_at_their_kink() {
    one!(|x| x.relu();
        [0.0, 0.0, 0.0], [-0.0, 0.0, 0.0], [1e-300, 1e-300, 1.0], [-1e-300, 0.0, 0.0], [2.5, 2.5, 1.0],
        [-2.5, 0.0, 0.0], [INFINITY, INFINITY, 1.0], [NEG_INFINITY, 0.0, 0.0], [NAN, NAN, NAN]);
    one!(|x| x.abs();
        [0.0, 0.0, 0.0], [-0.0, 0.0, 0.0], [1e-300, 1e-300, 1.0], [-1e-300, 1e-300, -1.0], [-2.5, 2.5, -1.0],
        [INFINITY, INFINITY, 1.0], [NEG_INFINITY, INFINITY, -1.0], [NAN, NAN, NAN]);
}

#[test]
fn bounded_activations_have_derivative_zero_at_both_kinks() {
    one!(|x| x.relu6();
        [0.0, 0.0, 0.0], [-0.0, 0.0, 0.0], [6.0, 6.0, 0.0], [3.0, 3.0, 1.0], [-1.0, 0.0, 0.0], [7.0, 6.0, 0.0],
        [INFINITY, 6.0, 0.0], [NEG_INFINITY, 0.0, 0.0], [NAN, NAN, NAN]);
    one!(|x| x.hard_tanh();
        [-1.0, -1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0], [-0.5, -0.5, 1.0], [-3.0, -1.0, 0.0], [3.0, 1.0, 0.0],
        [INFINITY, 1.0, 0.0], [NEG_INFINITY, -1.0, 0.0], [NAN, NAN, NAN]);
}

#[test]
fn parametric_activations_have_the_left_derivative_at_their_kink() {
    one!(|x| x.leaky_relu(0.25);
        [0.0, 0.0, 0.25], [-0.0, 0.0, 0.25], [2.0, 2.0, 1.0], [-2.0, -0.5, 0.25], [NAN, NAN, NAN],
        [INFINITY, INFINITY, 1.0], [NEG_INFINITY, NEG_INFINITY, 0.25]);
    one!(|x| x.elu(1.5);
        [0.0, 0.0, 1.5], [-0.0, 0.0, 1.5], [2.0, 2.0, 1.0], [-0.5, -0.5902040104310499, 0.9097959895689501],
        [INFINITY, INFINITY, 1.0], [NEG_INFINITY, -1.5, 0.0], [NAN, NAN, NAN]);
    two!(|x, derivative| x.leaky_relu(derivative);
        [0.0, 0.25, 0.0, 0.25, 0.0], [-2.0, 0.25, -0.5, 0.25, -2.0], [2.0, 0.25, 2.0, 1.0, 0.0]);
    two!(|x, alpha| x.elu(alpha);
        [0.0, 1.5, 0.0, 1.5, 0.0], [-0.5, 1.5, -0.5902040104310499, 0.9097959895689501, -0.3934693402873666],
        [2.0, 1.5, 2.0, 1.0, 0.0]);
}

#[test]
fn steps_have_derivative_exactly_zero() {
    one!(|x| x.sign(); [0.0, 0.0, 0.0], [-0.0, 0.0, 0.0], [2.5, 1.0, 0.0], [-1e-300, -1.0, 0.0], [INFINITY, 1.0, 0.0]);
    one!(|x| x.floor(); [0.0, 0.0, 0.0], [2.5, 2.0, 0.0], [-2.5, -3.0, 0.0], [3.0, 3.0, 0.0], [1e300, 1e300, 0.0]);
    one!(|x| x.ceil(); [0.0, 0.0, 0.0], [2.5, 3.0, 0.0], [-2.5, -2.0, 0.0], [3.0, 3.0, 0.0]);
    one!(|x| x.round(); [0.5, 1.0, 0.0], [-0.5, -1.0, 0.0], [2.5, 3.0, 0.0], [2.4, 2.0, 0.0],
        [0.49999999999999994, 0.0, 0.0], [4503599627370497.0, 4503599627370497.0, 0.0]);
    one!(|x| x.trunc(); [2.5, 2.0, 0.0], [-2.5, -2.0, 0.0], [0.0, 0.0, 0.0], [INFINITY, INFINITY, 0.0]);
    one!(|x| x.heaviside(); [0.0, 1.0, 0.0], [-0.0, 1.0, 0.0], [-1e-300, 0.0, 0.0], [2.5, 1.0, 0.0],
        [INFINITY, 1.0, 0.0], [NEG_INFINITY, 0.0, 0.0]);
}

#[test]
fn ties_split_the_derivative_and_nan_takes_it() {
    two!(|a, b| a.maximum(b);
        [2.0, 2.0, 2.0, 0.5, 0.5], [0.0, 0.0, 0.0, 0.5, 0.5], [0.0, -0.0, 0.0, 0.5, 0.5], [3.0, 2.0, 3.0, 1.0, 0.0],
        [2.0, 3.0, 3.0, 0.0, 1.0], [NAN, 1.0, NAN, 1.0, 0.0], [1.0, NAN, NAN, 0.0, 1.0],
        [INFINITY, INFINITY, INFINITY, 0.5, 0.5], [NEG_INFINITY, 1.0, 1.0, 0.0, 1.0]);
    two!(|a, b| a.minimum(b);
        [2.0, 2.0, 2.0, 0.5, 0.5], [3.0, 2.0, 2.0, 0.0, 1.0], [2.0, 3.0, 2.0, 1.0, 0.0], [NAN, 1.0, NAN, 1.0, 0.0],
        [1.0, NAN, NAN, 0.0, 1.0], [NEG_INFINITY, NEG_INFINITY, NEG_INFINITY, 0.5, 0.5]);
    // unlike relu, whose derivative there is 0
    one!(|x| x.maximum(0.0); [0.0, 0.0, 0.5], [1.0, 1.0, 1.0], [-1.0, 0.0, 0.0]);
}

#[test]
fn clamp_has_a_derivative_in_x_or_in_the_bound_that_applies() {
    one!(|x| x.clamp(-1.0, 2.0);
        [-1.0, -1.0, 0.0], [2.0, 2.0, 0.0], [0.5, 0.5, 1.0], [NAN, NAN, NAN], [-1.5, -1.0, 0.0], [2.5, 2.0, 0.0],
        [INFINITY, 2.0, 0.0], [NEG_INFINITY, -1.0, 0.0]);
    // lo > hi gives hi, wherever x is
    one!(|x| x.clamp(2.0, 1.0); [0.0, 1.0, 0.0], [1.5, 1.0, 0.0], [3.0, 1.0, 0.0]);

    for (x, lo, hi, value, derivatives) in [
        (0.5, 0.0, 1.0, 0.5, [1.0, 0.0, 0.0]),
        (0.0, 0.0, 1.0, 0.0, [0.5, 0.5, 0.0]),
        (1.0, 0.0, 1.0, 1.0, [0.5, 0.0, 0.5]),
        (1.0, 1.0, 1.0, 1.0, [0.25, 0.25, 0.5]),
        (-3.0, 0.0, 1.0, 0.0, [0.0, 1.0, 0.0]),
        (4.0, 0.0, 1.0, 1.0, [0.0, 0.0, 1.0]),
        (0.5, 2.0, 1.0, 1.0, [0.0, 0.0, 1.0]),
        (5.0, 2.0, 1.0, 1.0, [0.0, 0.0, 1.0]),
    ] {
        let tape = Tape::new();
        let v = [tape.var(x), tape.var(lo), tape.var(hi)];
        let y = v[0].clamp(v[1], v[2]);
        let g = y.backward();
        let t = v.map(|v| tape.tangents(|t| t.set(v, 1.0)).of(y));
        assert_eq!((y.value(), v.map(|v| g.wrt(v))), (value, derivatives), "scalar {x} in {lo}..{hi}");
        assert_eq!((v.map(|v| y.grad(v).value()), t), (derivatives, derivatives), "scalar {x} in {lo}..{hi}");

        let v = [x, lo, hi].map(|x| tape.var(Tensor::full(5, x)));
        let y = v[0].clamp(v[1], v[2]).sum();
        let g = y.backward();
        let t = v.map(|v| tape.tangents(|t| t.set(v, Tensor::ones(5))).of(y) / 5.0);
        assert_eq!(y.value(), 5.0 * value);
        assert_eq!(t, derivatives, "tensor {x} in {lo}..{hi}, forward");
        for (v, derivative) in v.iter().zip(derivatives) {
            assert_eq!(g.wrt(*v), Tensor::full(5, derivative), "tensor {x} in {lo}..{hi}");
            assert_eq!(y.grad(*v).value(), Tensor::full(5, derivative), "tensor {x} in {lo}..{hi}, recorded");
        }
    }
}

/// The convention for each bound is independent of the other bound.
#[test]
fn clamp_with_a_plain_and_a_variable_bound() {
    two!(|x, hi| x.clamp(-1.0, hi);
        [-1.0, 2.0, -1.0, 0.0, 0.0], [2.0, 2.0, 2.0, 0.5, 0.5], [0.5, 2.0, 0.5, 1.0, 0.0], [3.0, 2.0, 2.0, 0.0, 1.0]);
    two!(|x, lo| x.clamp(lo, 2.0);
        [-1.0, -1.0, -1.0, 0.5, 0.5], [2.0, -1.0, 2.0, 0.0, 0.0], [0.5, -1.0, 0.5, 1.0, 0.0], [-3.0, -1.0, -1.0, 0.0, 1.0]);
}

/// Asserts the value of a reduction, and its gradient in all modes, bit for bit.
#[track_caller]
fn gradient_is(f: for<'t> fn(TensorVar<'t>) -> Var<'t, f64>, x: Tensor<f64>, value: f64, want: Tensor<f64>) {
    let tape = Tape::new();
    let v = tape.var(x);
    let y = f(v);
    assert_eq!(y.value(), value);
    assert_eq!(y.backward().wrt(v), want);
    assert_eq!(y.grad(v).value(), want);
    let forward = Tensor::from_fn(want.shape(), |at| {
        let unit = Tensor::from_fn(want.shape(), |i| if i == at { 1.0 } else { 0.0 });
        tape.tangents(|t| t.set(v, unit)).of(y)
    });
    assert_eq!(forward, want);
}

#[test]
fn ties_in_reductions_get_equal_parts() {
    gradient_is(|x| x.max(), tensor![3.0, 1.0, 3.0], 3.0, tensor![0.5, 0.0, 0.5]);
    gradient_is(|x| x.min(), tensor![1.0, 1.0, 1.0, 2.0], 1.0, tensor![1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0, 0.0]);
    gradient_is(|x| x.max(), Tensor::full([2, 2], f64::NEG_INFINITY), f64::NEG_INFINITY, Tensor::full([2, 2], 0.25));
    gradient_is(|x| x.norm_inf(), tensor![2.0, -2.0], 2.0, tensor![0.5, -0.5]);
    gradient_is(|x| x.norm_inf(), tensor![2.0, -3.0, 1.0], 3.0, tensor![0.0, -1.0, 0.0]);
    gradient_is(|x| x.norm_inf(), tensor![0.0, 0.0], 0.0, tensor![0.0, 0.0]);
    gradient_is(|x| x.norm1(), tensor![0.0, -2.0, 3.0], 5.0, tensor![0.0, -1.0, 1.0]);
    // along an axis, kept or not
    let x = tensor![[3.0, 1.0, 3.0], [0.0, 5.0, 4.0]];
    let want = tensor![[0.5, 0.0, 0.5], [0.0, 1.0, 0.0]];
    gradient_is(|x| x.max_over(1).sum(), x.clone(), 8.0, want.clone());
    gradient_is(|x| x.max_over(keep(-1)).sum(), x.clone(), 8.0, want);
    gradient_is(|x| x.min_over(0).sum(), x, 4.0, tensor![[0.0, 1.0, 1.0], [1.0, 0.0, 0.0]]);
}

#[test]
fn argmax_and_argmin_return_the_first_index_on_ties() {
    let tape = Tape::new();
    let x = tape.var(tensor![[3.0, 1.0, 3.0], [0.0, 5.0, 5.0]]);
    assert_eq!((x.argmax(), x.argmin()), (4, 3));
    assert_eq!((x.argmax_over(1), x.argmin_over(1)), (vec![0, 1], vec![1, 0]));
    let (largest, at) = x.value().max_with_index_over(1);
    assert_eq!((largest, at), (tensor![3.0, 5.0], vec![0, 1]));
}

#[test]
fn argmax_and_comparisons_have_no_gradient() {
    let tape = Tape::new();
    let x = tape.var(tensor![3.0, 1.0, 2.0]);
    let before = tape.len();
    assert_eq!(x.argmax(), 0);
    let mask = x.gt(1.5);
    assert_eq!(mask, tensor![1.0, 0.0, 1.0]);
    assert_eq!((x.ge(3.0), x.lt(2.0)), (tensor![1.0, 0.0, 0.0], tensor![0.0, 1.0, 0.0]));
    assert_eq!((x.le(2.0), x.equals(2.0)), (tensor![0.0, 1.0, 1.0], tensor![0.0, 0.0, 1.0]));
    assert_eq!(x.gt(f64::NAN), tensor![0.0, 0.0, 0.0]);
    let y = (tape.constant(mask) * x).sum();
    assert_eq!(y.backward().wrt(x), tensor![1.0, 0.0, 1.0]);
    assert!(tape.len() > before);
    let (a, b) = (tape.var(1.0), tape.var(2.0));
    assert!(a < b && a <= b && a != b && b > 1.5);
}
