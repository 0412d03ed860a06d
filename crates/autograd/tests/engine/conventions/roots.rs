//! Roots, norms and powers: limits, which may be infinite, at the edges; no intermediate overflow; no use of exp and
//! log.

use crate::common::{assert_close, close};
use crate::conventions::table::{TOLERANCE, one, two};
use autograd::{Tape, TensorVar, Var, hessian};
const INFINITY: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;
const NEG_INFINITY: f64 = f64::NEG_INFINITY;
use tensor::{Tensor, keep, tensor};

#[test]
fn roots_have_infinite_derivative_at_zero() {
    one!(|x| x.sqrt(); [0.0, 0.0, INFINITY], [-1.0, NAN, NAN], [INFINITY, INFINITY, 0.0], [NAN, NAN, NAN], [-0.0, 0.0, INFINITY],
        [4.0, 2.0, 0.25], [1e-300, 1e-150, 5e149], [1e300, 1e150, 5e-151]);
    one!(|x| x.cbrt(); [0.0, 0.0, INFINITY], [27.0, 3.0, 0.037037037037037035], [-8.0, -2.0, 0.08333333333333333],
        [1e-300, 1e-100, 3.3333333333333334e199], [1e300, 1e100, 3.3333333333333335e-201],
        [INFINITY, INFINITY, 0.0], [NEG_INFINITY, NEG_INFINITY, 0.0]);
    one!(|x| x.rsqrt(); [0.0, INFINITY, NEG_INFINITY], [-1.0, NAN, NAN], [INFINITY, 0.0, 0.0],
        [4.0, 0.5, -0.0625], [1e-100, 1e50, -5e149], [1e100, 1e-50, -5e-151]);
}

#[test]
fn reciprocals() {
    one!(|x| x.recip(); [0.0, INFINITY, NEG_INFINITY], [-0.0, NEG_INFINITY, NEG_INFINITY], [4.0, 0.25, -0.0625],
        [-0.5, -2.0, -4.0], [1e-100, 1e100, -1e200], [1e100, 1e-100, -1e-200], [INFINITY, 0.0, 0.0]);
    one!(|x| 1.0 / x; [0.0, INFINITY, NEG_INFINITY], [-0.5, -2.0, -4.0], [1e-100, 1e100, -1e200], [INFINITY, 0.0, 0.0]);
    two!(|a, b| a / b; [3.0, 4.0, 0.75, 0.25, -0.1875], [1.0, 0.0, INFINITY, INFINITY, NEG_INFINITY],
        [0.0, 0.0, NAN, NAN, NAN], [INFINITY, INFINITY, NAN, NAN, NAN], [NAN, 2.0, NAN, NAN, NAN],
        [1e200, 1e-100, 1e300, 1e100, NEG_INFINITY], [1e-200, 1e150, 0.0, 1e-150, 0.0]);
}

#[test]
fn hypot_and_atan2_have_derivative_zero_at_the_origin() {
    two!(|a, b| a.hypot(b); [0.0, 0.0, 0.0, 0.0, 0.0], [3.0, -4.0, 5.0, 0.6, -0.8], [-2.0, 0.0, 2.0, -1.0, 0.0],
        [3e200, 4e200, 5e200, 0.6, 0.8], [3e-200, 4e-200, 5e-200, 0.6, 0.8], [1e-320, 0.0, 1e-320, 1.0, 0.0],
        [1e300, 1.0, 1e300, 1.0, 1e-300], [INFINITY, 1.0, INFINITY, 1.0, 0.0], [1.0, NEG_INFINITY, INFINITY, 0.0, -1.0],
        [INFINITY, INFINITY, INFINITY, 0.7071067811865476, 0.7071067811865476]);
    two!(|a, b| a.atan2(b); [0.0, 0.0, 0.0, 0.0, 0.0], [1.0, 2.0, 0.4636476090008061, 0.4, -0.2],
        [1.0, -1.0, 2.356194490192345, -0.5, -0.5], [-1.0, -1.0, -2.356194490192345, -0.5, 0.5],
        [0.0, -1.0, 3.141592653589793, -1.0, 0.0], [3e200, 4e200, 0.6435011087932844, 1.6e-201, -1.2e-201],
        [3e-200, 4e-200, 0.6435011087932844, 1.6e199, -1.2e199], [INFINITY, 1.0, 1.5707963267948966, 0.0, 0.0],
        [INFINITY, INFINITY, 0.7853981633974483, 0.0, 0.0], [INFINITY, NAN, NAN, NAN, NAN]);
}

#[test]
fn powers_at_zero_and_of_negative_bases() {
    two!(|a, b| a.pow(b);
        [0.0, 0.0, 1.0, 0.0, 0.0], [0.0, 1.0, 0.0, 1.0, 0.0], [0.0, 2.0, 0.0, 0.0, 0.0], [0.0, 3.5, 0.0, 0.0, 0.0],
        [0.0, 0.5, 0.0, INFINITY, 0.0], [0.0, -1.0, INFINITY, NEG_INFINITY, NEG_INFINITY],
        [-2.0, 3.0, -8.0, 12.0, NAN], [-2.0, 2.0, 4.0, -4.0, NAN], [-2.0, -1.0, -0.5, -0.25, NAN],
        [-2.0, 0.5, NAN, NAN, NAN], [2.0, 3.0, 8.0, 12.0, 5.545177444479562], [2.0, 0.0, 1.0, 0.0, 0.6931471805599453],
        [2.5, -1.5, 0.25298221281347033, -0.1517893276880822, 0.23180525692999798],
        [1e-100, 2.0, 1e-200, 2e-100, -2.3025850929940457e-198], [1.0, 1e5, 1.0, 1e5, 0.0]);
    one!(|x| x.powf(0.0); [0.0, 1.0, 0.0], [-3.0, 1.0, 0.0], [7.0, 1.0, 0.0], [1e-310, 1.0, 0.0], [INFINITY, 1.0, 0.0],
        [NAN, 1.0, 0.0]);
    one!(|x| x.powf(1.0); [0.0, 0.0, 1.0], [1e-310, 1e-310, 1.0], [NAN, NAN, NAN]);
    one!(|x| x.powf(3.0); [-2.0, -8.0, 12.0], [0.0, 0.0, 0.0], [-1e-80, -1e-240, 3e-160]);
    one!(|x| x.powf(0.5); [0.0, 0.0, INFINITY], [-2.0, NAN, NAN], [4.0, 2.0, 0.25]);
}

#[test]
fn integer_powers_of_negative_numbers_at_all_orders() {
    one!(|x| x.powi(3); [-2.0, -8.0, 12.0], [0.0, 0.0, 0.0], [1e100, 1e300, 3e200], [-1e-100, -1e-300, 3e-200]);
    one!(|x| x.powi(2); [0.0, 0.0, 0.0], [-3.0, 9.0, -6.0]);
    one!(|x| x.powi(1); [0.0, 0.0, 1.0], [-3.0, -3.0, 1.0]);
    one!(|x| x.powi(0); [0.0, 1.0, 0.0], [-3.0, 1.0, 0.0], [NAN, 1.0, 0.0]);
    one!(|x| x.powi(-1); [-4.0, -0.25, -0.0625], [0.0, INFINITY, NEG_INFINITY]);
    one!(|x| x.powi(i32::MIN); [2.0, 0.0, 0.0], [1.0, 1.0, -2147483648.0], [-1.0, 1.0, 2147483648.0]);
    one!(|x| x.powi(-3); [-2.0, -0.125, -0.1875], [1e50, 1e-150, -3e-200]);
    let tape = Tape::default();
    let x = tape.var(-2.0);
    let d1 = x.powi(3).grad(x);
    let (d2, d3) = (d1.grad(x), d1.grad(x).grad(x));
    assert_eq!([d1.value(), d2.value(), d3.value(), d3.grad(x).value()], [12.0, -12.0, 6.0, 0.0]);
    let x = tape.var(tensor![-2.0, 0.0]);
    let d1 = x.powi(3).sum().grad(x);
    let d2 = d1.sum().grad(x);
    let d3 = d2.sum().grad(x);
    assert_eq!([d1.value(), d2.value()], [tensor![12.0, 0.0], tensor![-12.0, 0.0]]);
    assert_eq!([d3.value(), d3.sum().grad(x).value()], [tensor![6.0, 6.0], tensor![0.0, 0.0]]);
}

#[test]
fn the_derivative_of_a_remainder_in_the_divisor_is_minus_the_truncated_quotient() {
    two!(|a, b| a % b; [5.5, 2.0, 1.5, 1.0, -2.0], [-5.5, 2.0, -1.5, 1.0, 2.0], [5.5, -2.0, 1.5, 1.0, 2.0],
        [0.5, 2.0, 0.5, 1.0, 0.0],
        // 1/0.1 rounds to 10, but the double 0.1 is slightly larger than 1/10, so the quotient truncates to 9
        [1.0, 0.1, 0.09999999999999995, 1.0, -9.0], [1.0, 0.125, 0.0, 1.0, -8.0], [5.0, 0.0, NAN, NAN, NAN],
        [INFINITY, 2.0, NAN, NAN, NAN], [5.0, INFINITY, 5.0, 1.0, 0.0]);
}

/// Powers with exponent 0 of subnormal `f32` bases occur in the focal loss with gamma 0.
#[test]
fn a_power_with_exponent_zero_has_derivative_zero_at_subnormal_bases() {
    let tape = Tape::default();
    let (x, p) = (tape.var(1e-40_f32), tape.var(0.0_f32));
    assert_eq!((x.powf(0.0).grad(x).value(), x.pow(p).backward().wrt(x)), (0.0, 0.0));
    assert_eq!((x.powf(1.0).grad(x).value(), x.powf(1.0).grad(x).grad(x).value()), (1.0, 0.0));
}

/// The mixed second derivative of aᵇ at a = 0 is the limit from a > 0, the same in either order.
#[test]
fn the_mixed_second_derivative_of_a_power_at_zero_does_not_depend_on_the_order() {
    for (b, want) in [
        (1.0, NEG_INFINITY),
        (0.5, NEG_INFINITY),
        (1.5, 0.0),
        (2.0, 0.0),
        (0.0, INFINITY),
        (-1.0, INFINITY),
        (f64::from_bits(1.0_f64.to_bits() + 1), 0.0),
    ] {
        let tape = Tape::default();
        let (x, p) = (tape.var(0.0), tape.var(b));
        let y = x.pow(p);
        let (dx, dp) = (y.grad(x), y.grad(p));
        assert_eq!([dx.grad(p).value(), dx.backward().wrt(p), dp.grad(x).value(), dp.backward().wrt(x)], [want; 4]);
        let h = hessian(|v| v.at([0]).pow(v.at([1])), &tensor![0.0, b]);
        assert_eq!((h.at([0, 1]), h.at([1, 0])), (want, want), "0 to the power of {b}");
        let twice = if b == 0.0 || b == 1.0 { 0.0 } else { b * (b - 1.0) * 0.0_f64.powf(b - 2.0) };
        assert_eq!(h.at([0, 0]), twice, "0 to the power of {b}");
    }
}

/// Asserts the value of a norm, and its gradient in all modes.
#[track_caller]
fn norm(f: for<'t> fn(TensorVar<'t>) -> Var<'t, f64>, x: &[f64], value: f64, derivatives: &[f64]) {
    let tape = Tape::default();
    let v = tape.var(Tensor::from(x));
    let y = f(v);
    assert!(close(y.value(), value, TOLERANCE), "got {:e}, want {value:e}", y.value());
    assert_close("eager", &y.backward().wrt(v), derivatives, TOLERANCE);
    assert_close("recorded", &y.grad(v).value(), derivatives, TOLERANCE);
    for (i, &derivative) in derivatives.iter().enumerate() {
        let unit = Tensor::from_fn(x.len(), |at| if at[0] == i { 1.0 } else { 0.0 });
        let got = tape.tangents(|t| t.set(v, unit)).of(y);
        assert!(close(got, derivative, TOLERANCE), "forward: {got:e} at {i}");
    }
}

#[test]
fn the_euclidean_norm_neither_overflows_nor_underflows() {
    norm(|x| x.norm(), &[0.0, 0.0], 0.0, &[0.0, 0.0]);
    norm(|x| x.norm(), &[3.0, -4.0], 5.0, &[0.6, -0.8]);
    norm(|x| x.norm(), &[3e200, 4e200], 5e200, &[0.6, 0.8]);
    norm(|x| x.norm(), &[3e-200, 4e-200], 5e-200, &[0.6, 0.8]);
    norm(|x| x.norm(), &[-1e-320], 1e-320, &[-1.0]);
    norm(|x| x.norm(), &[1e300, 1e-300], 1e300, &[1.0, 0.0]);
    norm(|x| x.norm(), &[INFINITY, 1.0], INFINITY, &[1.0, 0.0]);
    norm(|x| x.norm(), &[NEG_INFINITY, 1.0, INFINITY], INFINITY, &[-0.7071067811865475, 0.0, 0.7071067811865475]);
    norm(|x| x.norm_over(keep(0)).sum(), &[0.0, 0.0], 0.0, &[0.0, 0.0]);
    // A row of zeros does not affect the other row.
    let tape = Tape::default();
    let x = tape.var(tensor![[0.0, 0.0], [3.0, 4.0]]);
    assert_eq!(x.norm_over(1).sum().backward().wrt(x), tensor![[0.0, 0.0], [0.6, 0.8]]);
}

#[test]
fn a_norm_in_single_precision_does_not_overflow_either() {
    let tape = Tape::default();
    let x = tape.var(tensor![3e30_f32, 4e30]);
    let y = x.norm();
    assert!(close(y.value() as f64, 5e30, 1e-6));
    assert!(close(y.backward().wrt(x).at([0]) as f64, 0.6, 1e-6));
}
