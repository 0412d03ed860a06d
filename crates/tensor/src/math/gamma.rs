//! The logarithm of the gamma function, and its derivatives.

use std::f64::consts::PI;

/// The highest supported order of the polygamma function. For higher orders, terms of the size of 150! and π^150
/// overflow `f64` for negative x.
pub const POLYGAMMA_LIMIT: u32 = 150;

/// ln|gamma(x)|, computed in `f64` and rounded once.
#[inline(always)]
pub(super) fn ln_gamma_f32(x: f32) -> f32 {
    libm::lgamma(f64::from(x)) as f32
}

/// The polygamma function, computed in `f64`.
#[inline(always)]
pub(super) fn polygamma_f32(x: f32, n: u32) -> f32 {
    polygamma(f64::from(x), n) as f32
}

/// Derivative n + 1 of ln gamma: psi(x) for n = 0, psi'(x) for n = 1, and so on.
///
/// At the poles 0, -1, -2, ..., odd orders tend to +inf from both sides. Even orders tend to -inf from the right and to
/// +inf from the left; the sign of a zero argument chooses the side, and the result at the other poles is NaN.
pub(super) fn polygamma(x: f64, n: u32) -> f64 {
    assert!(n <= POLYGAMMA_LIMIT, "polygamma: order {n} is too high; the highest supported order is {POLYGAMMA_LIMIT}");
    let odd = n % 2 == 1;
    if x.is_nan() || x == f64::NEG_INFINITY {
        return f64::NAN;
    }
    if x <= 0.0 && x == x.floor() {
        return match (odd, x == 0.0) {
            (true, _) => f64::INFINITY,
            (false, true) => f64::NEG_INFINITY.copysign(-x),
            (false, false) => f64::NAN,
        };
    }
    if x < 0.0 {
        // psi_n(x) = (-1)^n psi_n(1 - x) - pi d^n/dx^n cot(pi x)
        let reflected = polygamma_positive(1.0 - x, n);
        let reflected = if odd { -reflected } else { reflected };
        return reflected - PI.powi(n as i32 + 1) * cotangent_derivative(x, n);
    }
    polygamma_positive(x, n)
}

fn polygamma_positive(x: f64, n: u32) -> f64 {
    match n {
        0 => digamma_positive(x),
        _ => {
            let sign = if n % 2 == 1 { 1.0 } else { -1.0 };
            sign * factorial_times_zeta(x, n)
        }
    }
}

/// B_2, B_4, ..., B_24: the Bernoulli numbers of the asymptotic series.
const BERNOULLI: [f64; 12] = [
    1.0 / 6.0,
    -1.0 / 30.0,
    1.0 / 42.0,
    -1.0 / 30.0,
    5.0 / 66.0,
    -691.0 / 2730.0,
    7.0 / 6.0,
    -3617.0 / 510.0,
    43867.0 / 798.0,
    -174611.0 / 330.0,
    854513.0 / 138.0,
    -236364091.0 / 2730.0,
];

/// The positive zero of digamma, in two parts.
const ZERO_HI: f64 = 1.461_632_144_968_362_3;
const ZERO_LO: f64 = 9.549_995_429_965_697e-17;

/// psi(x) / (x - x0) on [1, 2], where x0 is the zero of psi: a polynomial in x - 3/2, minimax by Lawson's weighted
/// least squares, relative error 7.1e-17.
const DIGAMMA: [f64; 22] = [
    0.951055876031833,
    -0.4236274212814605,
    0.24054248424074762,
    -0.1484049230538998,
    0.09498872445764196,
    -0.06192213327408204,
    0.0407608336959464,
    -0.026975796708916595,
    0.01790725511726456,
    -0.011908219144252831,
    0.007926908218209563,
    -0.005279948739301608,
    0.0035193141141051537,
    -0.0023454078082440575,
    0.0015550004434202941,
    -0.0010368777618437331,
    0.0007286066005365852,
    -0.00048470144334511743,
    0.00021769780693223497,
    -0.00014690130918360643,
    0.00026704812044775,
    -0.00017670519347006675,
];

/// psi(x) for x > 0. For x < 12, computed from the interval [1, 2], where the zero is a factor of the approximation, by
/// psi(x + 1) = psi(x) + 1/x. For x >= 12, ln x - 1/(2x) - sum of B_2k / (2k x^2k).
fn digamma_positive(x: f64) -> f64 {
    if x < 1.0 {
        return digamma_positive(1.0 + x) - 1.0 / x;
    }
    if x < 12.0 {
        let (mut y, mut sum) = (x, 0.0);
        while y > 2.0 {
            y -= 1.0;
            sum += 1.0 / y;
        }
        let p = DIGAMMA.iter().rev().fold(0.0, |p, c| p * (y - 1.5) + c);
        return ((y - ZERO_HI) - ZERO_LO) * p + sum;
    }
    let z = 1.0 / (x * x);
    let (mut power, mut tail) = (z, 0.0);
    for (k, b) in (1..).zip(BERNOULLI) {
        tail += b / f64::from(2 * k) * power;
        power *= z;
    }
    x.ln() - (0.5 / x + tail)
}

/// n! times the sum of 1 / (x + i)^(n + 1) over i = 0, 1, ... (the Hurwitz zeta function), by the Euler-Maclaurin
/// formula.
///
/// The first terms are added directly, until y = x + i exceeds the order n. The sum of the remaining terms is
/// (n-1)! / y^n + n! / (2 y^(n+1)) + sum of B_2k (2k+n-1)! / ((2k)! y^(2k+n)), where all terms but the last, small sum
/// are positive.
fn factorial_times_zeta(x: f64, n: u32) -> f64 {
    if x.is_infinite() {
        return 0.0;
    }
    let order = f64::from(n);
    let factorial: f64 = (1..=n).map(f64::from).product();
    // n! / y^(n+1), with the power split in two, because it may underflow even if the quotient does not.
    let half = f64::from(n.div_ceil(2));
    let term = |y: f64| factorial * y.powf(-half) * y.powf(half - order - 1.0);
    let terms = (12.0 + order - x).ceil().max(0.0) as u32;
    let y = x + f64::from(terms);
    let z = 1.0 / (y * y);
    let mut tail = 0.0;
    let mut coefficient = (order + 1.0) / 2.0 * z;
    for (k, b) in (1..).zip(BERNOULLI) {
        tail += b * coefficient;
        let j = f64::from(2 * k + n);
        coefficient *= j * (j + 1.0) / f64::from((2 * k + 1) * (2 * k + 2)) * z;
    }
    let tail = (y / order + (0.5 + y * tail)) * term(y);
    // Add the smallest terms first.
    (0..terms).rev().fold(tail, |sum, i| sum + term(x + f64::from(i)))
}

/// The n-th derivative of cot(pi x), divided by pi^n.
///
/// It is a polynomial in c = cot(pi x), since c' = -(1 + c^2): p_0 = c, p_(n+1) = -(1 + c^2) p_n'. The coefficients of
/// each polynomial have the same sign, and their powers the same parity, so no terms cancel.
fn cotangent_derivative(x: f64, n: u32) -> f64 {
    let fraction = x - x.round(); // exact, in [-1/2, 1/2]: cot has period 1 in x
    let c = 1.0 / (PI * fraction).tan();
    let c = if fraction.abs() == 0.5 { 0.0 } else { c };
    let mut p = vec![0.0, 1.0];
    for _ in 0..n {
        let mut next = vec![0.0; p.len() + 1];
        for (k, a) in p.iter().enumerate().skip(1) {
            let derivative = k as f64 * a;
            next[k - 1] -= derivative;
            next[k + 1] -= derivative;
        }
        p = next;
    }
    p.iter().rev().fold(0.0, |sum, a| sum * c + a)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::testing::{edges, known, sweep};

    sweep!(ln_gamma, libm::lgamma);

    known!(
        ln_gamma_f64,
        ln_gamma,
        [
            (0.5, 0.57236494292470008707171368),
            (1.0000001, -5.7721558299185070969638018e-8),
            (1.9999999, -4.2278430309861298194492942e-8),
            (2.5, 0.28468287047291915963249467),
            (10.0, 12.801827480081469611207718),
            (1e-10, 23.025850929882735237265789),
            (171.0, 706.57306224578734711072226),
            (1e10, 220258509288.81058147004192),
            (1e300, 6.8977552789821374147440092e302),
            (-0.5, 1.2655121234846453964889458),
            (-1.5, 0.86004701537648101451093268),
            (-7.25, -7.5418834434757500244225136),
        ]
    );

    edges!(
        ln_gamma_edges,
        ln_gamma,
        [
            (0.0, f64::INFINITY),
            (-0.0, f64::INFINITY),
            (-1.0, f64::INFINITY),
            (1.0, 0.0),
            (2.0, 0.0),
            (f64::INFINITY, f64::INFINITY),
            (f64::NAN, f64::NAN),
        ]
    );

    /// The reference values are from arbitrary-precision arithmetic. The tolerance is larger where the reflection
    /// cancels.
    #[test]
    #[allow(clippy::excessive_precision, clippy::approx_constant)] // all digits of the reference values are kept
    fn polygamma_of_low_orders() {
        let points = [
            (0, 1.0, -0.57721566490153286060651209, 4e-16),
            (0, 0.5, -1.9635100260214234794409763, 4e-16),
            (0, 1e-5, -100000.57719921567288868095, 4e-16),
            (0, 1.4, -0.061384544585116236800635103, 4e-16),
            (0, 1.4616321449683622, -9.2412655217294275167923514e-17, 4e-16),
            (0, 1.5, 0.036489973978576520559023667, 4e-16),
            (0, 1.76, 0.25508551032368834220792489, 4e-16),
            (0, 2.5, 0.70315664064524318722569033, 4e-16),
            (0, 5.5, 1.6110931485817511237336268, 4e-16),
            (0, 11.9, 2.4339335368825374859053555, 4e-16),
            (0, 12.1, 2.4513143481743372299134129, 4e-16),
            (0, 100.0, 4.6001618527380874001986056, 4e-16),
            (0, 1e10, 23.025850929890456840179081, 4e-16),
            (0, -0.5, 0.036489973978576520559023667, 4e-15),
            (0, -1.25, 3.7141391202135278303731132, 4e-15),
            (0, -10.4, 3.4098783056359272728678343, 4e-15),
            (1, 1.0, 1.6449340668482264364724152, 4e-16),
            (1, 0.5, 4.9348022005446793094172455, 4e-16),
            (1, 1e-5, 10000000001.644908389973778, 4e-16),
            (1, 2.5, 0.49035775610023486497280106, 4e-16),
            (1, 11.0, 0.095166335681685746122201007, 4e-16),
            (1, 100.0, 0.010050166663333571395245668, 4e-16),
            (1, 1e10, 1.0000000000500000000016667e-10, 4e-16),
            (1, -0.5, 8.9348022005446793094172455, 2e-15),
            (1, -1.25, 19.181879647671606498397663, 2e-15),
            (1, -10.4, 10.819887302472727485198641, 2e-15),
            (2, 1.0, -2.4041138063191885707994763, 4e-16),
            (2, 0.5, -16.828796644234319995596334, 4e-16),
            (2, 2.5, -0.23620405164172740300374167, 4e-16),
            (2, 30.0, -0.0011487652037285998440065592, 4e-16),
            (2, -0.3, 67.639081199883160040212559, 4e-15),
            (2, -1.25, 123.72136678366236036856729, 4e-15),
            (3, 1.0, 6.4939394022668291490960222, 4e-16),
            (3, 0.5, 97.409091034002437236440333, 4e-16),
            (3, 2.5, 0.2239058488172520512551475, 4e-16),
            (3, 30.0, 7.7860036647361290601562438e-5, 4e-16),
            (5, 1.0, 122.08116743813389676574215, 4e-16),
            (5, 0.25, 491552.51376768129204586399, 4e-16),
            (5, 30.0, 1.0726994936161623892479459e-6, 4e-16),
            (10, 1.0, -3630593.3116066287129906188, 8e-16),
            (10, 0.25, -15220290667405.549981368547, 8e-16),
            (10, 30.0, -7.232051034585708360972598e-10, 8e-16),
        ];
        for (n, x, want, tolerance) in points {
            let error = ((polygamma(x, n) - want) / want).abs();
            assert!(error <= tolerance, "psi_{n}({x:e}): relative error {error:e}");
        }
    }

    /// n! and the power may overflow or underflow even if their quotient does not.
    #[test]
    fn polygamma_of_high_orders() {
        let points = [
            (100, 0.5, -2.3661006604908972e188, 1e-14),
            (100, 30.0, -626546063.66861324, 1e-14),
            (149, 2.5, 7.7589124439283136e200, 1e-14),
            (149, 3000.0, 2.1246620333066483e-260, 1e-14),
            (30, 1e5, -8.8430883265624182e-120, 1e-14),
            (60, -0.25, 4.4241956091285407e118, 1e-12),
            (120, -3.25, 4.7277314349816162e271, 1e-12),
        ];
        for (n, x, want, tolerance) in points {
            let error = ((polygamma(x, n) - want) / want).abs();
            assert!(error <= tolerance, "psi_{n}({x:e}): relative error {error:e}");
        }
    }

    #[test]
    #[should_panic(expected = "polygamma: order 151 is too high; the highest supported order is 150")]
    fn polygamma_above_the_limit_panics() {
        polygamma(2.0, POLYGAMMA_LIMIT + 1);
    }

    #[test]
    fn polygamma_at_poles_and_infinity() {
        let (inf, nan) = (f64::INFINITY, f64::NAN);
        let points = [
            (0, 0.0, -inf),
            (0, -0.0, inf),
            (0, -1.0, nan),
            (0, inf, inf),
            (0, -inf, nan),
            (0, nan, nan),
            (1, 0.0, inf),
            (1, -0.0, inf),
            (1, -3.0, inf),
            (1, inf, 0.0),
            (2, 0.0, -inf),
            (2, -2.0, nan),
            (3, nan, nan),
        ];
        for (n, x, want) in points {
            let got = polygamma(x, n);
            assert!(got == want || (got.is_nan() && want.is_nan()), "psi_{n}({x}): got {got}, expected {want}");
        }
    }

    #[test]
    fn reflection_is_exact_at_half_integers() {
        // psi(1/2 - k) = psi(1/2 + k), because the cotangent is 0 there.
        for k in 1..10 {
            let k = f64::from(k);
            assert_eq!(polygamma(0.5 - k, 0), polygamma(0.5 + k, 0));
        }
    }
}
