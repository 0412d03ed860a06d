//! Derivatives in f32 against their formulas in f64: near 0, and far out in both tails.

use super::*;

/// The size of an argument, from far below the precision of 1 to far above it.
const SIZES: [f32; 14] = [1e-30, 1e-8, 2e-8, 1e-5, 1e-4, 0.003, 0.1, 0.7, 1.0, 1.01, 3.0, 12.0, 30.0, 80.0];

fn slope<T: Scalar>(loss: Loss, p: &Tensor<T>, target: &Target<T>) -> Vec<f64> {
    let tape = Tape::default();
    let p = tape.var(p.clone());
    loss.of(p, target).unwrap().backward().wrt(p).to_vec().iter().map(|g| g.to_f64()).collect()
}

#[track_caller]
fn close(got: f64, want: f64, what: &str) {
    // Below the least normal number f32 has fewer digits.
    let most = 16.0 * f64::from(f32::EPSILON) * want.abs() + f64::from(f32::MIN_POSITIVE);
    assert!((got - want).abs() <= most, "{what}: {got:e}, not {want:e}");
}

fn both_signs() -> impl Iterator<Item = f32> {
    SIZES.into_iter().flat_map(|x| [x, -x])
}

#[test]
fn of_errors() {
    type Slope = fn(f64) -> f64;
    let cases: [(Loss, Slope); 5] = [
        (Mse, |e| 2.0 * e),
        (Mae, |e| e.signum()),
        (Huber(1.0), |e| e.clamp(-1.0, 1.0)),
        (Huber(1e-4), |e| e.clamp(-f64::from(1e-4_f32), f64::from(1e-4_f32))),
        (LogCosh, f64::tanh),
    ];
    for (loss, formula) in cases {
        for e in both_signs() {
            let got = slope(loss, &tensor![[e]], &tensor![[0.0]].into())[0];
            close(got, formula(f64::from(e)), &format!("{loss} at {e}"));
        }
    }
}

#[test]
fn log_cosh_is_even_convex_and_exact_at_both_ends() {
    let value = |e: f64| {
        let tape = Tape::default();
        LogCosh.of(tape.var(tensor![[e]]), &tensor![[0.0]].into()).unwrap().value()
    };
    for (e, want) in
        [(1e-9, 5e-19), (1e-4, 4.9999999916666668e-9), (1.0, 0.43378083048302712), (1e4, 9999.3068528194400)]
    {
        assert!((value(e) / want - 1.0).abs() < 1e-14 && value(e) == value(-e), "{e}: {}", value(e));
    }
    // tanh' = 1 - tanh², on either side of the point where one formula takes over from the other.
    for e in [0.0_f64, 1e-8, 0.5, 1.0, 1.0 + 1e-12, 3.0, 20.0] {
        let tape = Tape::default();
        let p = tape.var(tensor![[e]]);
        let first = LogCosh.of(p, &tensor![[0.0]].into()).unwrap().grad(p);
        let (got, want) = (first.sum().backward().wrt(p).item(), e.cosh().powi(-2));
        assert!((got / want - 1.0).abs() < 1e-13, "{e}: {got}, not {want}");
    }
    assert_eq!(value(f64::INFINITY), f64::INFINITY);
    assert!(value(f64::NAN).is_nan());
}

#[test]
fn of_margins() {
    for p in both_signs() {
        for (label, sign) in [(1, 1.0), (0, -1.0_f64)] {
            let m = 1.0 - sign * f64::from(p);
            let at = |loss: Loss| slope(loss, &tensor![[p]], &[label].into())[0];
            close(at(Hinge), if m > 0.0 { -sign } else { 0.0 }, &format!("hinge at {p}"));
            // 1 - p itself is rounded.
            let rounded = f64::from((m as f32).max(0.0));
            close(at(SquaredHinge), -2.0 * sign * rounded, &format!("squared hinge at {p}"));
            let wrong = sign * f64::from(p) < 0.0;
            close(at(Perceptron), if wrong { -sign } else { 0.0 }, &format!("perceptron at {p}"));
        }
    }
    assert_eq!(slope(Perceptron, &tensor![[0.0_f32]], &[1].into()), [-1.0]);
}

#[test]
fn of_rates_and_logarithms() {
    let epsilon = 1e-7;
    for p in SIZES.map(f64::from).into_iter().filter(|&p| p >= 1e-4) {
        let x = tensor![[p as f32]];
        close(slope(Poisson, &x, &tensor![[0.0]].into())[0], 1.0, &format!("poisson at {p} for 0"));
        let want = 1.0 - 1e6 / (p + epsilon);
        close(slope(Poisson, &x, &tensor![[1e6]].into())[0], want, &format!("poisson at {p} for 1e6"));
        let want = 2.0 * (p.ln_1p() - epsilon.ln_1p()) / (1.0 + p);
        close(slope(Msle, &x, &tensor![[0.0]].into())[0], want, &format!("msle at {p}"));
    }
}

/// σ(-z), with its digits.
fn wrong(z: f64) -> f64 {
    1.0 / (1.0 + z.exp())
}

#[test]
fn of_labels() {
    for z in both_signs() {
        let x = f64::from(z);
        let (w, surprise) = (wrong(x), if x > 0.0 { (-x).exp().ln_1p() } else { x.exp().ln_1p() - x });
        let at = |loss: Loss| slope(loss, &tensor![[z]], &[1].into())[0];
        close(at(BinaryCrossentropy(0.0)), -w, &format!("bce at {z}"));
        for gamma in [0.5, 2.0] {
            // Of w^γ · surprise, with w' = -w (1 - w) and surprise' = -w.
            let want = -w.powf(gamma) * (gamma * wrong(-x) * surprise + w);
            close(at(BinaryFocalCrossentropy { gamma, alpha: None }), want, &format!("focal {gamma} at {z}"));
        }
    }
}

#[test]
fn of_classes_and_a_row_sums_to_nothing() {
    for z in both_signs() {
        let logits = tensor![[z, 0.0]];
        let w = wrong(f64::from(z));
        for (loss, target) in [
            (SparseCategoricalCrossentropy(0.0), Target::from([0])),
            (CategoricalCrossentropy(0.0), tensor![[1.0, 0.0]].into()),
            (KlDivergence, tensor![[1.0, 0.0]].into()),
        ] {
            let got = slope(loss, &logits, &target);
            close(got[0], -w, &format!("{loss} at {z}, the class itself"));
            close(got[1], w, &format!("{loss} at {z}, the other"));
        }
    }
    // Where there are more, and where all are aimed at.
    let logits: Tensor<f32> = tensor![[30.0, 2.0, -1.0, 0.5]];
    for (loss, target) in [
        (SparseCategoricalCrossentropy(0.1), Target::from([0])),
        (CategoricalCrossentropy(0.1), tensor![[1.0, 0.0, 0.0, 0.0]].into()),
        (CategoricalCrossentropy(0.0), tensor![[0.25, 0.25, 0.25, 0.25]].into()),
    ] {
        let wide = match &target {
            Target::Classes(ids) => Target::from(ids),
            Target::Numbers(y) => Target::from(y.cast::<f64>()),
        };
        let want = slope(loss, &logits.cast::<f64>(), &wide);
        for (got, want) in slope(loss, &logits, &target).into_iter().zip(want) {
            close(got, want, &format!("{loss}, smoothed"));
        }
    }
}
