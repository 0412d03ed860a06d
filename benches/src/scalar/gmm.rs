//! S2 and S2small: ADBench's Gaussian mixture, the log-posterior of n points under K components in d dimensions.
//!
//! Component k has a weight α, a mean μ and a triangular matrix, with the logarithms q of the diagonal and the entries
//! l below it, column by column:
//!
//! ```text
//! y_ik = (diag(exp q_k) + L_k) (x_i - μ_k),   s_k = Σ q_k
//! f = -n d/2 ln 2π + Σ_i logsumexp_k(α_k + s_k - ‖y_ik‖²/2) - n logsumexp(α)
//!     + Σ_k [ γ²/2 (Σ exp(q_k)² + Σ l_k²) - m s_k ] - K C
//! ```

use super::check::Expected;
use super::data::Data;
use super::number::{Number, Objective};
use autograd::Var;
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};
use std::ops::Sub;

/// The constant of ADBench, which is not quite π.
#[allow(clippy::approx_constant)]
const PI: f64 = 3.14159265359;

/// A mixture and its points.
#[derive(Clone, Debug)]
pub struct Gmm {
    d: usize,
    k: usize,
    parameters: Vec<f64>,
    points: Vec<f64>,
    gamma: f64,
    m: f64,
}

impl Gmm {
    /// Reads a file of ADBench.
    pub(super) fn read(mut data: Data) -> Result<Gmm, String> {
        let (d, k, n) = (data.count()?, data.count()?, data.count()?);
        let parameters = data.take(k * (1 + d + d * (d + 1) / 2))?;
        Ok(Gmm { d, k, parameters, points: data.take(n * d)?, gamma: data.next()?, m: data.next()? })
    }

    /// Draws random data of the shape of ADBench's file.
    pub fn random(size: &Size) -> Gmm {
        let Size { d, k, n, .. } = *size;
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
        let mut draw = |n: usize| (0..n).map(|_| rng.random::<f64>() * 2.0 - 1.0).collect::<Vec<f64>>();
        Gmm { d, k, parameters: draw(k * (1 + d + d * (d + 1) / 2)), points: draw(n * d), gamma: 1.0, m: 0.0 }
    }

    /// Computes the function, with one of the two kinds of sums.
    #[inline(always)]
    pub fn eval_with<R: Number, S: Sums<R>>(&self, p: &[R]) -> R
    where
        f64: Sub<R, Output = R>,
    {
        let (d, k) = (self.d, self.k);
        let triangle = d * (d + 1) / 2;
        let (alpha, rest) = p.split_at(k);
        let (means, icf) = rest.split_at(k * d);

        // The rows of the matrix of each component, ending with the diagonal, and the logarithm of its determinant.
        let mut rows = Vec::with_capacity(k * triangle);
        let mut log_det = Vec::with_capacity(k);
        let mut squares = Vec::with_capacity(k);
        for icf in icf.chunks_exact(triangle) {
            let (q, l) = icf.split_at(d);
            let diagonal: Vec<R> = q.iter().map(|q| q.exp()).collect();
            for r in 0..d {
                // Entry (r, c) of a triangle stored column by column.
                rows.extend((0..r).map(|c| l[c * (2 * d - c - 1) / 2 + r - c - 1]));
                rows.push(diagonal[r]);
            }
            log_det.push(S::sum(q));
            let below = (!l.is_empty()).then(|| S::norm_squared(l));
            let square = S::norm_squared(&diagonal);
            squares.push(below.map_or(square, |below| square + below));
        }

        let mut centered = means[..d].to_vec();
        let mut y = centered.clone();
        let mut terms = alpha.to_vec();
        let mut logs = Vec::with_capacity(self.points.len() / d);
        for x in self.points.chunks_exact(d) {
            for (c, term) in terms.iter_mut().enumerate() {
                let mean = &means[c * d..][..d];
                for (centered, (&x, &mean)) in centered.iter_mut().zip(x.iter().zip(mean)) {
                    *centered = x - mean;
                }
                let mut row = &rows[c * triangle..][..triangle];
                for (r, y) in y.iter_mut().enumerate() {
                    let (this, below) = row.split_at(r + 1);
                    *y = S::dot(this, &centered[..=r]);
                    row = below;
                }
                *term = alpha[c] + log_det[c] - S::norm_squared(&y) * 0.5;
            }
            logs.push(S::logsumexp(&terms));
        }

        let priors: Vec<R> = squares
            .iter()
            .zip(&log_det)
            .map(|(&square, &log_det)| square * (0.5 * self.gamma * self.gamma) - log_det * self.m)
            .collect();
        let n = logs.len() as f64;
        let constant = -n * d as f64 * 0.5 * (2.0 * PI).ln();
        S::sum(&logs) + constant - S::logsumexp(alpha) * n + (S::sum(&priors) + -(k as f64) * self.wishart())
    }

    /// The constant C of the Wishart prior: C = n' d (ln γ - ln 2 / 2) - ln Γ_d(n'/2), n' = d + m + 1.
    fn wishart(&self) -> f64 {
        let d = self.d as f64;
        let n = d + self.m + 1.0;
        let log_gamma: f64 = (1..=self.d).map(|j| libm::lgamma(0.5 * n + 0.5 * (1.0 - j as f64))).sum();
        n * d * (self.gamma.ln() - 0.5 * 2f64.ln()) - (0.25 * d * (d - 1.0) * PI.ln() + log_gamma)
    }
}

impl Objective for Gmm {
    fn start(&self) -> Vec<f64> {
        self.parameters.clone()
    }

    #[inline]
    fn eval<R: Number>(&self, p: &[R]) -> R
    where
        f64: Sub<R, Output = R>,
    {
        self.eval_with::<R, Plain>(p)
    }
}

/// How sums are recorded.
pub trait Sums<R> {
    /// Σ x
    fn sum(x: &[R]) -> R;
    /// Σ a b
    fn dot(a: &[R], b: &[R]) -> R;
    /// Σ x²
    fn norm_squared(x: &[R]) -> R;
    /// ln Σ eˣ, shifted by the maximum.
    fn logsumexp(x: &[R]) -> R;
}

/// One node for each operation.
#[derive(Clone, Copy, Debug)]
pub struct Plain;

impl<R: Number> Sums<R> for Plain {
    #[inline(always)]
    fn sum(x: &[R]) -> R {
        x[1..].iter().fold(x[0], |s, &x| s + x)
    }
    #[inline(always)]
    fn dot(a: &[R], b: &[R]) -> R {
        a[1..].iter().zip(&b[1..]).fold(a[0] * b[0], |s, (&a, &b)| s + a * b)
    }
    #[inline(always)]
    fn norm_squared(x: &[R]) -> R {
        x[1..].iter().fold(x[0] * x[0], |s, &x| s + x * x)
    }
    #[inline(always)]
    fn logsumexp(x: &[R]) -> R {
        let largest = x[1..].iter().fold(x[0], |m, &x| if m.value() < x.value() { x } else { m });
        let sum = x[1..].iter().fold((x[0] - largest).exp(), |s, &x| s + (x - largest).exp());
        sum.ln() + largest
    }
}

/// One node for each sum.
#[derive(Clone, Copy, Debug)]
pub struct Nary;

impl<'t> Sums<Var<'t, f64>> for Nary {
    #[inline(always)]
    fn sum(x: &[Var<'t, f64>]) -> Var<'t, f64> {
        x[0].tape().map_or(x[0], |tape| tape.sum(x))
    }
    #[inline(always)]
    fn dot(a: &[Var<'t, f64>], b: &[Var<'t, f64>]) -> Var<'t, f64> {
        a[0].tape().map_or(a[0], |tape| tape.dot(a, b))
    }
    #[inline(always)]
    fn norm_squared(x: &[Var<'t, f64>]) -> Var<'t, f64> {
        x[0].tape().map_or(x[0], |tape| tape.norm_squared(x))
    }
    #[inline(always)]
    fn logsumexp(x: &[Var<'t, f64>]) -> Var<'t, f64> {
        x[0].tape().map_or(x[0], |tape| tape.logsumexp(x))
    }
}

/// The size of a mixture, and its expected gradient for ADBench's file.
#[derive(Debug)]
pub struct Size {
    d: usize,
    k: usize,
    n: usize,
    pub(super) expected: Expected,
}

/// S2.
pub(super) const LARGE: Size = Size {
    d: 10,
    k: 25,
    n: 1000,
    expected: Expected {
        ops: 3_381_407,
        value: -25649.652621197616,
        sum: -17695.99523519573,
        norm: 2662.3986013124177,
        first: &[48.34668341611056, -35.275500604705925, 32.10390116044222, -5.592294750019227, 41.853073944370735],
        first_tolerance: 1e-8,
    },
};

/// S2small.
pub(super) const SMALL: Size = Size {
    d: 2,
    k: 5,
    n: 1000,
    expected: Expected {
        ops: 78_087,
        value: -5240.590562549647,
        sum: -1001.228333177817,
        norm: 1277.188864679429,
        first: &[167.21527511000062, -507.2137821575373, 38.76802422162221, 231.55351328608947, 69.67696953982474],
        first_tolerance: 1e-8,
    },
};
