//! Second derivatives compared with values in arbitrary precision, near their zeros, at the ends of domains, and for
//! large arguments.
#![allow(clippy::excessive_precision)] // digits as printed in arbitrary precision

use crate::common::{assert_close, close};
use crate::conventions::table::{OfOne, TOLERANCE};
use autograd::{Tape, TensorVar, Var, hessian};
use tensor::{Tensor, tensor};

/// Asserts rows `[x, f''(x)]`.
macro_rules! second {
    ($name:ident; $($rows:tt)*) => {
        hold(stringify!($name), (|x| x.$name(), |x| x.$name()), &[$($rows)*])
    };
}

#[track_caller]
fn hold(name: &str, (scalar, array): OfOne<f64>, rows: &[[f64; 2]]) {
    for &[at, want] in rows {
        let tape = Tape::new();
        let (x, t) = (tape.var(at), tape.var(Tensor::full(9, at)));
        let (dx, dt) = (scalar(x).grad(x), array(t).sum().grad(t));
        let tangents = tape.tangents(|s| {
            s.set(x, 1.0);
            s.set(t, Tensor::ones(9));
        });
        let all = [dx.backward().wrt(x), dx.grad(x).value(), tangents.of(dx)];
        let ones = Tensor::ones(9);
        let of_tensors = [dt.backward_with(&ones).wrt(t), dt.sum().grad(t).value(), tangents.of(dt)];
        for got in all.into_iter().chain(of_tensors.iter().flat_map(|t| t.to_vec())) {
            assert!(close(got, want, TOLERANCE), "{name}'' at {at:e}: got {got:e}, want {want:e}");
        }
    }
}

#[test]
fn second_derivatives_are_accurate() {
    second!(asin; [1e-8, 1.0000000000000002e-8], [1e-3, 0.001000001500001875], [-0.5, -0.76980035891950102],
        [0.999999999999, 3.5356512273133569e17]);
    second!(acos; [1e-8, -1.0000000000000002e-8], [0.5, -0.76980035891950102],
        [-0.999999999999, 3.5356512273133569e17]);
    second!(atan; [1e-8, -1.9999999999999996e-8], [-0.5, 0.64], [1e10, -2e-30], [1e100, -2e-300]);
    second!(asinh; [1e-8, -9.9999999999999987e-9], [-0.5, 0.35777087639996635], [1e10, -1e-20]);
    second!(acosh; [1.0000000001, -353553346722409.08], [2.0, -0.38490017945975051], [1e10, -1e-20]);
    second!(atanh; [1e-8, 2.0000000000000004e-8], [1e-3, 0.002000004000006], [-0.5, -1.7777777777777778],
        [0.999999999999, 5.0002212245419891e23]);
    second!(sinh; [1e-8, 1e-8], [-0.5, -0.52109530549374736]);
    second!(tan; [1e-8, 2.0000000000000003e-8], [0.5, 1.4186890138709114]);
    second!(tanh; [1e-8, -1.9999999999999998e-8], [1e-3, -0.0019999973333356], [-0.5, 0.72686198138358728],
        [20.0, -3.3986834042332711e-17]);
    second!(sigmoid; [1e-8, -1.25e-9], [1e-3, -0.00012499995833334219], [-0.5, 0.057556794852320741],
        [40.0, -4.2483542552915889e-18]);
    second!(softplus; [1e-8, 0.25], [-0.5, 0.23500371220159449], [40.0, 4.248354255291589e-18]);
    second!(log_sigmoid; [1e-8, -0.25], [0.5, -0.23500371220159449], [-40.0, -4.248354255291589e-18]);
    second!(erf; [1e-8, -2.256758334191025e-8], [-0.5, 0.87878257893544479], [3.0, -8.3551831168048712e-4]);
    second!(cbrt; [1e-8, -4787632644515.297], [-0.5, 0.7055115786525331]);
    second!(sqrt; [1e-8, -2.5e11], [0.5, -0.70710678118654752]);
    second!(ln; [1e-8, -1e16], [3.0, -0.1111111111111111]);
    second!(log2; [1e-8, -14426950408889633.0], [3.0, -0.1602994489876626]);
    second!(ln_1p; [1e-8, -0.9999999800000003], [-0.5, -4.0], [-0.9999999999, -9.9999983451927854e19]);
    second!(silu; [1e-8, 0.5], [-20.0, -3.7100764881019119e-8]);
    second!(gelu; [1e-8, 0.79788456080286528], [1.0, 0.24197072451914335], [-10.0, -7.540706654172291e-21]);
    second!(softsign; [1e-8, -1.9999999400000012], [-0.5, 0.59259259259259259]);
}

#[test]
fn second_derivatives_at_the_edge_of_a_domain_are_limits_and_outside_nan() {
    let (inf, nan) = (f64::INFINITY, f64::NAN);
    second!(ln; [0.0, -inf], [-0.0, -inf], [-1.0, nan], [-inf, nan], [nan, nan], [inf, 0.0]);
    second!(log2; [0.0, -inf], [-1.0, nan], [nan, nan]);
    second!(log10; [0.0, -inf], [-1.0, nan], [nan, nan]);
    second!(ln_1p; [-1.0, -inf], [-2.0, nan], [nan, nan]);
    second!(sqrt; [0.0, -inf], [-0.0, -inf], [-1.0, nan], [nan, nan]);
    second!(cbrt; [0.0, -inf], [-0.0, inf], [nan, nan]);
    second!(atanh; [1.0, inf], [-1.0, -inf], [2.0, nan], [-2.0, nan], [inf, nan], [nan, nan]);
    second!(asin; [1.0, inf], [-1.0, -inf], [2.0, nan], [nan, nan]);
    second!(acos; [1.0, -inf], [-1.0, inf], [2.0, nan]);
    second!(acosh; [1.0, -inf], [0.5, nan], [-2.0, nan]);
    second!(relu; [nan, nan], [0.0, 0.0], [inf, 0.0]);
    second!(relu6; [nan, nan], [6.0, 0.0]);
    second!(hard_tanh; [nan, nan], [1.0, 0.0]);
    second!(sign; [nan, nan], [inf, 0.0]);
    second!(square; [nan, nan], [inf, 2.0]);
    hold("leaky_relu", (|x| x.leaky_relu(0.1), |x| x.leaky_relu(0.1)), &[[nan, nan], [0.0, 0.0]]);
    hold("clamp", (|x| x.clamp(-1.0, 1.0), |x| x.clamp(-1.0, 1.0)), &[[nan, nan], [1.0, 0.0], [0.5, 0.0]]);
    hold("powi", (|x| x.powi(2), |x| x.powi(2)), &[[nan, nan], [3.0, 2.0]]);
    hold("powf", (|x| x.powf(1.0), |x| x.powf(1.0)), &[[1e-310, 0.0], [0.0, 0.0], [nan, nan]]);
    hold("powf", (|x| x.powf(0.0), |x| x.powf(0.0)), &[[1e-310, 0.0], [0.0, 0.0], [nan, 0.0]]);
}

/// Asserts the Hessian of a function of two scalars, and of tensors, by rows `[a, b, aa, ab, bb]`.
#[track_caller]
fn hessians(
    scalar: for<'t> fn(Var<'t, f64>, Var<'t, f64>) -> Var<'t, f64>,
    array: for<'t> fn(TensorVar<'t>, TensorVar<'t>) -> TensorVar<'t>,
    rows: &[[f64; 5]],
) {
    for &[a, b, aa, ab, bb] in rows {
        let tape = Tape::new();
        let (x, y) = (tape.var(a), tape.var(b));
        let (u, v) = (tape.var(Tensor::full(5, a)), tape.var(Tensor::full(5, b)));
        let (f, g) = (scalar(x, y), array(u, v));
        let (dx, dy) = (f.grad(x).backward(), f.grad(y).backward());
        let (du, dv) = (g.sum().grad(u).sum().backward(), g.sum().grad(v).sum().backward());
        let scalars = [dx.wrt(x), dx.wrt(y), dy.wrt(x), dy.wrt(y)];
        let tensors = [du.wrt(u), du.wrt(v), dv.wrt(u), dv.wrt(v)].map(|t| t.at([4]));
        for got in [scalars, tensors] {
            let near = got.iter().zip([aa, ab, ab, bb]).all(|(&got, want)| close(got, want, TOLERANCE));
            assert!(near, "at ({a:e}, {b:e}): got {got:?}, want {aa:e}, {ab:e}, {bb:e}");
        }
    }
}

#[test]
fn the_hessians_of_hypot_and_atan2_are_accurate() {
    hessians(
        |a, b| a.hypot(b),
        |a, b| a.hypot(b),
        &[
            [1.0, 1e-8, 9.9999999999999989e-17, -9.9999999999999987e-9, 0.99999999999999985],
            [1.0, 700.0, 0.001428567055404742, -2.0408100791496315e-6, 2.9154429702137593e-9],
            [3e-100, 4e-270, 5.9259259259259261e-241, -4.4444444444444445e-71, 3.3333333333333333e99],
            [0.0, 0.0, 0.0, 0.0, 0.0],
            [0.0, 2.0, 0.5, 0.0, 0.0],
            [f64::INFINITY, 1.0, 0.0, 0.0, 0.0],
        ],
    );
    hessians(
        |a, b| a.atan2(b),
        |a, b| a.atan2(b),
        &[
            [1.0, 1.00000001, -0.49999999500000003, -4.9999998946126466e-9, 0.49999999500000003],
            [1.0, -1.00000001, 0.49999999500000003, -4.9999998946126466e-9, -0.49999999500000003],
            [3e-100, 4e-100, -3.84e198, -1.12e198, 3.84e198],
            [1e-8, 2.0, -2.5e-9, -0.25, 2.5e-9],
            [0.0, 0.0, 0.0, 0.0, 0.0],
        ],
    );
}

#[test]
fn the_hessian_of_the_norm_is_accurate() {
    let h = hessian(|x| x.norm(), &tensor![1.0, 1e-8]);
    let want = [9.9999999999999989e-17, -9.9999999999999987e-9, -9.9999999999999987e-9, 0.99999999999999985];
    assert_close("two", &h, &want, TOLERANCE);
    let h = hessian(|x| x.norm(), &tensor![1e-8, 2.0, -1e-9]);
    let want = [0.5, -2.5e-9, 1.25e-18, -2.5e-9, 1.2625e-17, 2.5e-10, 1.25e-18, 2.5e-10, 0.5];
    assert_close("three", &h, &want, TOLERANCE);
    // along an axis, by reverse over reverse
    let tape = Tape::new();
    let x = tape.var(tensor![[1.0, 0.0], [1e-8, 0.0]]);
    let d = x.norm_over(0).sum().grad(x);
    let unit = tensor![[1.0, 0.0], [0.0, 0.0]];
    assert_close("reverse", &d.backward_with(&unit).wrt(x), &[1e-16, 0.0, -1e-8, 0.0], TOLERANCE);
}
