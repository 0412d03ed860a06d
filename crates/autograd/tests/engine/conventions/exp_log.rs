//! Exponentials, logarithms and functions composed of them, in both tails: no overflow, no cancellation, no threshold.

use crate::common::{assert_close, close};
use crate::conventions::table::{TOLERANCE, one, two};
use autograd::{Tape, TensorVar, Var, bce_with_logits, softmax_cross_entropy, softmax_cross_entropy_soft};
const INFINITY: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;
const NEG_INFINITY: f64 = f64::NEG_INFINITY;
use tensor::{Tensor, tensor};

#[test]
fn exponentials() {
    one!(|x| x.exp();
        [1000.0, INFINITY, INFINITY], [-1000.0, 0.0, 0.0], [0.0, 1.0, 1.0], [INFINITY, INFINITY, INFINITY], [NEG_INFINITY, 0.0, 0.0], [NAN, NAN, NAN],
        [0.5, 1.6487212707001282, 1.6487212707001282],
        [-3.25, 0.03877420783172201, 0.03877420783172201],
        [1e-20, 1.0, 1.0],
        [-700.0, 9.85967654375977e-305, 9.85967654375977e-305],
        [700.0, 1.0142320547350045e304, 1.0142320547350045e304],
    );
    one!(|x| x.exp2();
        [2000.0, INFINITY, INFINITY], [-2000.0, 0.0, 0.0],
        [0.5, 1.4142135623730951, 0.9802581434685472],
        [-3.25, 0.10511205190671431, 0.07285812242200965],
        [1e-20, 1.0, 0.6931471805599453],
        [-1000.0, 9.332636185032189e-302, 6.468890458846786e-302],
        [1000.0, 1.0715086071862673e301, 7.427131700168751e300],
    );
    one!(|x| x.exp_m1();
        [0.0, 0.0, 1.0], [NEG_INFINITY, -1.0, 0.0], [1000.0, INFINITY, INFINITY],
        [1e-20, 1e-20, 1.0],
        [-1e-20, -1e-20, 1.0],
        [0.5, 0.6487212707001282, 1.6487212707001282],
        [-3.25, -0.961225792168278, 0.03877420783172201],
        [-40.0, -1.0, 4.248354255291589e-18],
        [-700.0, -1.0, 9.85967654375977e-305],
        [30.0, 10686474581523.463, 10686474581524.463],
    );
}

#[test]
fn logarithms() {
    one!(|x| x.ln();
        [0.0, NEG_INFINITY, INFINITY], [-1.0, NAN, NAN], [INFINITY, INFINITY, 0.0],
        [0.5, -0.6931471805599453, 2.0],
        [3.25, 1.1786549963416462, 0.3076923076923077],
        [1e-300, -690.7755278982137, 9.999999999999999e299],
        [1e300, 690.7755278982137, 1e-300],
        [1.0000000001, 1.000000082690371e-10, 0.9999999999],
    );
    one!(|x| x.log2();
        [0.0, NEG_INFINITY, INFINITY], [-1.0, NAN, NAN],
        [0.75, -0.4150374992788438, 1.923593387851951],
        [8.0, 3.0, 0.18033688011112042],
        [3e-300, -994.9934659654875, 4.8089834696298774e299],
        [3e300, 998.1633909669299, 4.8089834696298775e-301],
    );
    one!(|x| x.log10();
        [0.0, NEG_INFINITY, INFINITY], [-1.0, NAN, NAN],
        [0.75, -0.12493873660829995, 0.5790593092043358],
        [1000.0, 3.0, 0.00043429448190325184],
        [3e-300, -299.52287874528037, 1.4476482730108392e299],
        [3e300, 300.47712125471963, 1.4476482730108393e-301],
    );
    one!(|x| x.ln_1p();
        [0.0, 0.0, 1.0], [-1.0, NEG_INFINITY, INFINITY], [-2.0, NAN, NAN], [INFINITY, INFINITY, 0.0],
        [1e-20, 1e-20, 1.0],
        [-1e-20, -1e-20, 1.0],
        [0.5, 0.4054651081081644, 0.6666666666666666],
        [-0.75, -1.3862943611198906, 4.0],
        [-0.9999999999, -23.02585084720009, 9999999172.59636],
        [1e300, 690.7755278982137, 1e-300],
    );
}

#[test]
fn the_derivative_of_sigmoid_is_accurate_in_both_tails() {
    one!(|x| x.sigmoid();
        [0.0, 0.5, 0.25], [1000.0, 1.0, 0.0], [-1000.0, 0.0, 0.0], [INFINITY, 1.0, 0.0], [NEG_INFINITY, 0.0, 0.0], [NAN, NAN, NAN],
        [0.5, 0.6224593312018546, 0.2350037122015945],
        [-0.5, 0.37754066879814546, 0.2350037122015945],
        [20.0, 0.9999999979388464, 2.061153613941849e-09],
        [-20.0, 2.0611536181902037e-09, 2.061153613941849e-09],
        [40.0, 1.0, 4.248354255291589e-18],
        [-40.0, 4.248354255291589e-18, 4.248354255291589e-18],
        [-700.0, 9.85967654375977e-305, 9.85967654375977e-305],
        [700.0, 1.0, 9.85967654375977e-305],
    );
}

#[test]
fn the_derivative_of_tanh_is_accurate_in_both_tails() {
    one!(|x| x.tanh();
        [0.0, 0.0, 1.0], [1000.0, 1.0, 0.0], [-1000.0, -1.0, 0.0], [INFINITY, 1.0, 0.0], [NAN, NAN, NAN],
        [1e-20, 1e-20, 1.0],
        [0.5, 0.46211715726000974, 0.7864477329659274],
        [-0.5, -0.46211715726000974, 0.7864477329659274],
        [5.0, 0.9999092042625951, 0.0001815832309438067],
        [10.0, 0.9999999958776927, 8.244614455767397e-09],
        [18.0, 0.9999999999999996, 9.278091320974273e-16],
        [20.0, 1.0, 1.6993417021166355e-17],
        [-20.0, -1.0, 1.6993417021166355e-17],
        [300.0, 1.0, 1.0601586212017243e-260],
        [-300.0, -1.0, 1.0601586212017243e-260],
    );
}

#[test]
fn softplus_has_no_threshold() {
    one!(|x| x.softplus();
        [0.0, 0.6931471805599453, 0.5], [-1e4, 0.0, 0.0], [INFINITY, INFINITY, 1.0], [NEG_INFINITY, 0.0, 0.0],
        [0.5, 0.9740769841801067, 0.6224593312018546],
        [-0.5, 0.4740769841801067, 0.37754066879814546],
        [21.0, 21.000000000758256, 0.999999999241744],
        [-21.0, 7.582560425037146e-10, 7.582560422162384e-10],
        [40.0, 40.0, 1.0],
        [-40.0, 4.248354255291589e-18, 4.248354255291589e-18],
        [-700.0, 9.85967654375977e-305, 9.85967654375977e-305],
        [10000.0, 10000.0, 1.0],
    );
    one!(|x| x.log_sigmoid();
        [0.0, -0.6931471805599453, 0.5], [NEG_INFINITY, NEG_INFINITY, 1.0], [INFINITY, 0.0, 0.0],
        [0.5, -0.4740769841801067, 0.37754066879814546],
        [-0.5, -0.9740769841801067, 0.6224593312018546],
        [21.0, -7.582560425037146e-10, 7.582560422162384e-10],
        [-21.0, -21.000000000758256, 0.999999999241744],
        [40.0, -4.248354255291589e-18, 4.248354255291589e-18],
        [-40.0, -40.0, 1.0],
        [700.0, -9.85967654375977e-305, 9.85967654375977e-305],
        [-10000.0, -10000.0, 1.0],
    );
}

#[test]
fn the_logarithm_of_a_sum_of_two_exponentials() {
    two!(|a, b| a.log_add_exp(b);
        [1e4, 1e4, 10000.693147180560, 0.5, 0.5], [NEG_INFINITY, NEG_INFINITY, NEG_INFINITY, 0.0, 0.0],
        [1.0, 2.0, 2.313261687518223, 0.2689414213699951, 0.7310585786300049],
        [-3.0, 700.0, 700.0, 4.9088439016919216e-306, 1.0], [1e4, 1e4 + 1.0, 10001.31326168752, 0.2689414213699951,
        0.7310585786300049], [NEG_INFINITY, 2.0, 2.0, 0.0, 1.0], [2.0, NEG_INFINITY, 2.0, 1.0, 0.0],
        [-1e4, -1e4, -9999.306852819440, 0.5, 0.5], [INFINITY, 1.0, INFINITY, 1.0, 0.0]);
}

#[test]
fn xlogy_is_zero_where_x_is_zero() {
    two!(|x, y| x.xlogy(y);
        [0.0, 0.0, 0.0, 0.0, NAN], [0.0, 2.0, 0.0, 0.6931471805599453, 0.0], [2.0, 0.0, NEG_INFINITY, NEG_INFINITY, INFINITY],
        [3.0, 0.5, -2.0794415416798357, -0.6931471805599453, 6.0], [-3.0, 2.0, -2.0794415416798357, 0.6931471805599453, -1.5],
        [0.0, INFINITY, 0.0, INFINITY, 0.0], [NAN, 1.0, NAN, 0.0, NAN], [2.0, -1.0, NAN, NAN, NAN],
        [0.0, -1.0, 0.0, NAN, 0.0], [2.0, -0.0, NEG_INFINITY, NEG_INFINITY, INFINITY]);
}

/// Asserts the value of a function of a tensor, and its gradient in all modes.
#[track_caller]
fn derivatives(f: for<'t> fn(TensorVar<'t>) -> Var<'t, f64>, x: &[f64], value: f64, want: &[f64]) {
    let tape = Tape::new();
    let v = tape.var(Tensor::from(x));
    let y = f(v);
    assert!(close(y.value(), value, TOLERANCE), "got {:e}, want {value:e}", y.value());
    assert_close("eager", &y.backward().wrt(v), want, TOLERANCE);
    assert_close("recorded", &y.grad(v).value(), want, TOLERANCE);
    for (i, &want) in want.iter().enumerate() {
        let unit = Tensor::from_fn(x.len(), |at| if at[0] == i { 1.0 } else { 0.0 });
        let got = tape.tangents(|t| t.set(v, unit)).of(y);
        assert!(close(got, want, TOLERANCE), "forward at {i}: got {got:e}, want {want:e}");
    }
}

#[test]
fn logsumexp_of_tensors() {
    derivatives(|x| x.logsumexp(), &[1e4, 1e4], 10000.693147180560, &[0.5, 0.5]);
    derivatives(|x| x.logsumexp(), &[-1e4, -1e4], -9999.306852819440, &[0.5, 0.5]);
    derivatives(|x| x.logsumexp(), &[1e10, 1e10, 1e10, 1e10], 1e10 + 1.3862943611198906, &[0.25; 4]);
    derivatives(|x| x.logsumexp(), &[NEG_INFINITY; 3], NEG_INFINITY, &[0.0; 3]);
    derivatives(|x| x.logsumexp(), &[NEG_INFINITY, 2.0], 2.0, &[0.0, 1.0]);
    derivatives(|x| x.logsumexp(), &[7.0], 7.0, &[1.0]);
    derivatives(|x| x.logsumexp(), &[INFINITY, 1.0], INFINITY, &[1.0, 0.0]);
    derivatives(|x| x.logsumexp(), &[INFINITY, 1.0, INFINITY], INFINITY, &[0.5, 0.0, 0.5]);
    let p = [0.09003057317038046, 0.24472847105479764, 0.6652409557748219];
    derivatives(|x| x.logsumexp(), &[1.0, 2.0, 3.0], 3.40760596444438, &p);
    derivatives(|x| x.logsumexp(), &[1e4 + 1.0, 1e4 + 2.0, 1e4 + 3.0], 10003.40760596444438, &p);
    derivatives(
        |x| x.reshape([1, 3]).logsumexp_over(1).sum(),
        &[1e4 + 1.0, 1e4 + 2.0, 1e4 + 3.0],
        10003.40760596444438,
        &p,
    );
}

#[test]
fn logsumexp_of_scalars() {
    let p = [0.09003057317038046, 0.24472847105479764, 0.6652409557748219];
    for (x, value, want) in [
        (vec![1e4, 1e4], 10000.693147180560, vec![0.5, 0.5]),
        (vec![1.0, 2.0, 3.0], 3.40760596444438, p.to_vec()),
        (vec![1e4 + 1.0, 1e4 + 2.0, 1e4 + 3.0], 10003.40760596444438, p.to_vec()),
        (vec![NEG_INFINITY; 3], NEG_INFINITY, vec![0.0; 3]),
        (vec![NEG_INFINITY, 2.0], 2.0, vec![0.0, 1.0]),
        (vec![INFINITY, 1.0], INFINITY, vec![1.0, 0.0]),
        (vec![INFINITY, 1.0, INFINITY], INFINITY, vec![0.5, 0.0, 0.5]),
    ] {
        let tape = Tape::new();
        let v: Vec<_> = x.iter().map(|&x| tape.var(x)).collect();
        let y = tape.logsumexp(&v);
        assert!(close(y.value(), value, TOLERANCE), "{x:?}: {:e}", y.value());
        let g = y.backward();
        for (&v, want) in v.iter().zip(want) {
            let got = [g.wrt(v), y.grad(v).value(), tape.tangents(|t| t.set(v, 1.0)).of(y)];
            assert!(
                got.iter().all(|&g| close(g, want, TOLERANCE)),
                "{x:?}: eager, recorded, forward {got:?}, want {want}"
            );
        }
    }
    let tape: Tape = Tape::new();
    assert_eq!(tape.logsumexp(&[]).value(), NEG_INFINITY);
}

/// Asserts the value and the Jacobian of a function of a vector, in the reverse sweep, the recorded sweep and forward
/// mode.
#[track_caller]
fn jacobian(f: for<'t> fn(TensorVar<'t>) -> TensorVar<'t>, x: &[f64], value: &[f64], rows: &[&[f64]]) {
    let tape = Tape::new();
    let v = tape.var(Tensor::from(x));
    let y = f(v);
    assert_close("value", &y.value(), value, TOLERANCE);
    for (i, row) in rows.iter().enumerate() {
        let unit = Tensor::from_fn(value.len(), |at| if at[0] == i { 1.0 } else { 0.0 });
        assert_close("eager", &y.backward_with(&unit).wrt(v), row, TOLERANCE);
        assert_close("recorded", &y.grad_with(v, &unit).value(), row, TOLERANCE);
    }
    for j in 0..x.len() {
        let unit = Tensor::from_fn(x.len(), |at| if at[0] == j { 1.0 } else { 0.0 });
        let column: Vec<f64> = rows.iter().map(|row| row[j]).collect();
        assert_close("forward", &tape.tangents(|t| t.set(v, unit)).of(y), &column, TOLERANCE);
    }
}

#[test]
fn softmax_of_large_logits_is_one_hot_with_derivative_zero() {
    jacobian(|x| x.softmax(0), &[1e4, 0.0, -1e4], &[1.0, 0.0, 0.0], &[&[0.0; 3][..]; 3]);
    jacobian(|x| x.softmax(0), &[0.0, 0.0], &[0.5, 0.5], &[&[0.25, -0.25], &[-0.25, 0.25]]);
    jacobian(|x| x.softmax(-1), &[1e4, 1e4], &[0.5, 0.5], &[&[0.25, -0.25], &[-0.25, 0.25]]);
    jacobian(|x| x.softmax(0), &[NEG_INFINITY, 3.0], &[0.0, 1.0], &[&[0.0, 0.0][..]; 2]);
}

#[test]
fn softmax_of_minus_infinities_is_nan() {
    jacobian(|x| x.softmax(0), &[NEG_INFINITY; 2], &[NAN; 2], &[&[NAN; 2][..]; 2]);
    jacobian(|x| x.log_softmax(0), &[NEG_INFINITY; 2], &[NAN; 2], &[&[NAN; 2][..]; 2]);
}

#[test]
fn log_softmax_of_large_logits() {
    jacobian(|x| x.log_softmax(0), &[1e4, 0.0], &[0.0, -1e4], &[&[0.0, 0.0], &[-1.0, 1.0]]);
    jacobian(|x| x.log_softmax(0), &[0.0, 0.0], &[-0.6931471805599453; 2], &[&[0.5, -0.5], &[-0.5, 0.5]]);
    let p = [0.09003057317038046, 0.24472847105479764, 0.6652409557748219];
    let value = [-2.40760596444438, -1.4076059644443804, -0.4076059644443803];
    let rows = [[1.0 - p[0], -p[1], -p[2]], [-p[0], 1.0 - p[1], -p[2]], [-p[0], -p[1], 1.0 - p[2]]];
    jacobian(|x| x.log_softmax(0), &[1e4 + 1.0, 1e4 + 2.0, 1e4 + 3.0], &value, &[&rows[0], &rows[1], &rows[2]]);
}

#[test]
fn softmax_cross_entropy_from_logits() {
    let derivative = [0.0900305731703805, 0.244728471054798, -0.334759044225178];
    derivatives(|z| softmax_cross_entropy(z.reshape([1, 3]), [2]), &[1.0, 2.0, 3.0], 0.4076059644443803, &derivative);
    derivatives(
        |z| softmax_cross_entropy(z.reshape([1, 3]), [2]),
        &[1001.0, 1002.0, 1003.0],
        0.4076059644443803,
        &derivative,
    );
    derivatives(|z| softmax_cross_entropy(z.reshape([1, 2]), [0]), &[1e4, -1e4], 0.0, &[0.0, 0.0]);
    derivatives(|z| softmax_cross_entropy(z.reshape([1, 2]), [1]), &[1e4, -1e4], 2e4, &[1.0, -1.0]);
    derivatives(|z| softmax_cross_entropy(z.reshape([1, 2]), [1]), &[NEG_INFINITY, 3.0], 0.0, &[0.0, 0.0]);
}

/// The two elements of the gradient of a row, p - 1 and 1 - p, are equally accurate.
#[test]
fn softmax_cross_entropy_is_accurate_where_p_rounds_to_1() {
    let tail = 4.248354255291589e-18;
    derivatives(|z| softmax_cross_entropy(z.reshape([1, 2]), [0]), &[40.0, 0.0], tail, &[-tail, tail]);
    fn soft<'t>(z: TensorVar<'t>, target: [f64; 2]) -> Var<'t, f64> {
        softmax_cross_entropy_soft(z.reshape([1, 2]), z.tape().unwrap().constant(tensor![target]))
    }
    derivatives(|z| soft(z, [1.0, 0.0]), &[40.0, 0.0], tail, &[-tail, tail]);
    derivatives(|z| soft(z, [1.0, 0.0]), &[3.0, NEG_INFINITY], 0.0, &[0.0, 0.0]);
    derivatives(|z| soft(z, [2.0, 0.0]), &[40.0, 0.0], 2.0 * tail, &[-2.0 * tail, 2.0 * tail]);
}

#[test]
fn binary_cross_entropy_from_logits_in_both_tails() {
    derivatives(|z| bce_with_logits(z, z.tape().unwrap().constant(tensor![1.0])), &[1e4], 0.0, &[0.0]);
    derivatives(|z| bce_with_logits(z, z.tape().unwrap().constant(tensor![0.0])), &[1e4], 1e4, &[1.0]);
    derivatives(|z| bce_with_logits(z, z.tape().unwrap().constant(tensor![1.0])), &[-1e4], 1e4, &[-1.0]);
    derivatives(|z| bce_with_logits(z, z.tape().unwrap().constant(tensor![0.0])), &[-1e4], 0.0, &[0.0]);
    let tail = 4.248354255291589e-18;
    derivatives(|z| bce_with_logits(z, z.tape().unwrap().constant(tensor![1.0])), &[40.0], tail, &[-tail]);
    derivatives(|z| bce_with_logits(z, z.tape().unwrap().constant(tensor![0.0])), &[-40.0], tail, &[tail]);
    derivatives(
        |z| bce_with_logits(z, z.tape().unwrap().constant(tensor![1.0])),
        &[0.5],
        0.4740769841801067,
        &[-0.37754066879814546],
    );
}
