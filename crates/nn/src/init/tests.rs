//! Initializers against the distributions they are named for.

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
        (Init::VarianceScaling { scale: 3.0, fan: Fan::Out, spread: Spread::Uniform }, (9.0 / fan_out).sqrt()),
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
        (Init::VarianceScaling { scale: 1.0, fan: Fan::In, spread: Spread::TruncatedNormal }, 1.0 / fan_in),
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
    let sample = Init::TruncatedNormal { mean: 1.0, std: 0.5 }.sample::<f64>([IN, OUT], &mut rng(3)).to_vec();
    let d = distance(sample, |x| (phi((x - 1.0) / 0.5) - phi(-2.0)) / (phi(2.0) - phi(-2.0)));
    assert!(d < 1.95, "{d}");
    let init = Init::VarianceScaling { scale: 2.0, fan: Fan::Average, spread: Spread::Normal };
    let std = (4.0 / (fan_in + fan_out)).sqrt();
    let d = distance(init.sample::<f64>([IN, OUT], &mut rng(4)).to_vec(), |x| phi(x / std));
    assert!(d < 1.95, "{d}");
}

#[test]
fn orthogonal_matrices() {
    for shape in [[40, 40], [30, 50], [50, 30]] {
        let q = Init::Orthogonal(2.0).sample::<f64>(shape, &mut rng(5));
        let product = if shape[0] <= shape[1] { q.matmul(&q.transpose()) } else { q.transpose().matmul(&q) };
        let n = shape[0].min(shape[1]);
        let error = product.to_vec().into_iter().enumerate();
        let largest = error.map(|(i, x)| (x - if i / n == i % n { 4.0 } else { 0.0 }).abs()).fold(0.0, f64::max);
        assert!(largest < 1e-13, "{shape:?}: {largest}");
    }
    // The first entry of a rotation drawn at random has mean 0 and variance 1/n.
    let first = |seed| Init::Orthogonal(1.0).sample::<f64>([4, 4], &mut rng(seed)).at([0, 0]);
    let squares = (0..2000).map(|seed| first(seed) * first(seed)).sum::<f64>() / 2000.0;
    assert!((squares - 0.25).abs() < 0.02, "{squares}");
    let deep = Init::Orthogonal(1.0).sample::<f64>([2, 3, 5], &mut rng(6)).reshape([6, 5]);
    assert!((deep.transpose().matmul(&deep).trace() - 5.0).abs() < 1e-13);
}

#[test]
fn the_identity() {
    let eye = Init::Identity(3.0).sample::<f64>([2, 3], &mut rng(0));
    assert_eq!(eye.to_vec(), [3.0, 0.0, 0.0, 0.0, 3.0, 0.0]);
}

#[test]
#[should_panic(expected = "Init: orthogonal(1) starts a matrix, but shape (3,) has fewer than two axes")]
fn an_orthogonal_vector() {
    Init::Orthogonal(1.0).sample::<f32>(3, &mut rng(0));
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
        Init::TruncatedNormal { mean: 1.0, std: 1e-3 },
        Init::VarianceScaling { scale: 0.5, fan: Fan::Average, spread: Spread::Normal },
        Init::Orthogonal(0.5),
    ]) {
        assert_eq!(init.to_string().parse(), Ok(init));
        assert!(Init::ALL.iter().any(|i| i.name().parse() == Ok(*i)));
    }
    for bad in [
        "glorot",
        "ones(2)",
        "random_uniform(1)",
        "random_uniform(2, 1)",
        "random_normal(0, -1)",
        "variance_scaling(1)",
        "",
    ] {
        let e = bad.parse::<Init>().unwrap_err().to_string();
        assert!(e.starts_with(&format!("`{bad}` is no initializer; there are zeros, ones, constant(0), ")), "{e}");
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
