//! Initialisers against the distributions they are named for.

use super::*;
use crate::testing::rng;
use tensor::math::{Math, simd::Plain};

const IN: usize = 400;
const OUT: usize = 250;

/// Φ, the normal distribution function.
fn phi(z: f64) -> f64 {
    0.5 * Math::erfc::<Plain>(-z / 2.0_f64.sqrt())
}

/// The largest distance of the sample's distribution function from the one given (Kolmogorov and Smirnov), times
/// √n: above 1.95 in one sample of a thousand.
fn distance(mut sample: Vec<f64>, cdf: impl Fn(f64) -> f64) -> f64 {
    sample.sort_by(f64::total_cmp);
    let n = sample.len() as f64;
    let gap = |(i, &x): (usize, &f64)| (cdf(x) - i as f64 / n).abs().max((cdf(x) - (i + 1) as f64 / n).abs());
    sample.iter().enumerate().map(gap).fold(0.0, f64::max) * n.sqrt()
}

#[test]
fn uniform_schemes() {
    let (fan_in, fan_out) = (IN as f64, OUT as f64);
    for (init, limit) in [
        (Init::GlorotUniform, (6.0 / (fan_in + fan_out)).sqrt()),
        (Init::HeUniform, (6.0 / fan_in).sqrt()),
        (Init::LecunUniform, (3.0 / fan_in).sqrt()),
        (Init::Uniform { low: -0.5, high: 0.5 }, 0.5),
    ] {
        let sample = init.sample::<f64>([IN, OUT], &mut rng(1)).to_vec();
        assert!(sample.iter().all(|x| x.abs() <= limit), "{init}");
        let d = distance(sample, |x| (x / limit + 1.0) / 2.0);
        assert!(d < 1.95, "{init}: {d}");
    }
}

#[test]
fn normal_schemes() {
    let (fan_in, fan_out) = (IN as f64, OUT as f64);
    for (init, variance) in [
        (Init::GlorotNormal, 2.0 / (fan_in + fan_out)),
        (Init::HeNormal, 2.0 / fan_in),
        (Init::LecunNormal, 1.0 / fan_in),
    ] {
        let sample = init.sample::<f64>([IN, OUT], &mut rng(2)).to_vec();
        let n = sample.len() as f64;
        let got = sample.iter().map(|x| x * x).sum::<f64>() / n;
        // The variance of x² is below that of a normal distribution, 2 σ⁴.
        assert!((got / variance - 1.0).abs() < 4.0 * (2.0 / n).sqrt(), "{init}: {got}, not {variance}");
        let std = variance.sqrt() / TRUNCATED_STD;
        assert!(sample.iter().all(|x| x.abs() <= 2.0 * std), "{init}");
        let d = distance(sample, |x| (phi(x / std) - phi(-2.0)) / (phi(2.0) - phi(-2.0)));
        assert!(d < 1.95, "{init}: {d}");
    }
    let sample = Init::Normal { mean: 1.0, std: 0.5 }.sample::<f64>([IN, OUT], &mut rng(3)).to_vec();
    let d = distance(sample, |x| phi((x - 1.0) / 0.5));
    assert!(d < 1.95, "{d}");
}

/// 1 - 4 φ(2) / (Φ(2) - Φ(-2)), the variance of what is left.
#[test]
fn what_is_cut_off_is_made_up_for() {
    let density = (-2.0_f64).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let variance = 1.0 - 4.0 * density / (phi(2.0) - phi(-2.0));
    assert!((variance.sqrt() - TRUNCATED_STD).abs() < 1e-15);
}

#[test]
fn fans_of_every_rank() {
    assert_eq!(fans(&Shape::from(())), (1.0, 1.0));
    assert_eq!(fans(&Shape::from(7)), (7.0, 7.0));
    assert_eq!(fans(&Shape::from([3, 5])), (3.0, 5.0));
    assert_eq!(fans(&Shape::from([2, 2, 3, 5])), (12.0, 20.0));
    assert_eq!(fans(&Shape::from([0, 5])), (1.0, 5.0));
}

#[test]
fn one_seed_in_both_precisions() {
    for init in Init::ALL {
        let wide = init.sample::<f64>([5, 3], &mut rng(4));
        assert_eq!(init.sample::<f32>([5, 3], &mut rng(4)), wide.cast(), "{init}");
        assert_eq!(init.sample::<f64>([5, 3], &mut rng(4)), wide, "{init}");
    }
}

#[test]
fn names_there_and_back() {
    for init in Init::ALL.into_iter().chain([
        Init::Constant(0.1),
        Init::Uniform { low: -1.0, high: 2.5 },
        Init::Normal { mean: 0.0, std: 1e-3 },
    ]) {
        assert_eq!(init.to_string().parse(), Ok(init));
        assert!(Init::ALL.iter().any(|i| i.name().parse() == Ok(*i)));
    }
    for bad in ["glorot", "ones(2)", "random_uniform(1)", "random_uniform(2, 1)", "random_normal(0, -1)", ""] {
        let e = bad.parse::<Init>().unwrap_err().to_string();
        assert!(e.starts_with(&format!("`{bad}` is no initialiser; there are zeros, ones, constant(0), ")), "{e}");
    }
}

#[test]
#[should_panic(expected = "Init: 1..0 is not a finite interval")]
fn an_empty_interval() {
    Init::Uniform { low: 1.0, high: 0.0 }.sample::<f32>(3, &mut rng(0));
}

#[test]
#[should_panic(expected = "no normal distribution of mean 0 and standard deviation -1")]
fn a_negative_spread() {
    Init::Normal { mean: 0.0, std: -1.0 }.sample::<f32>(3, &mut rng(0));
}
