//! S5: a multilayer perceptron of scalars, 2-16-16-1, on two half moons with the hinge loss.

use super::check::Expected;
use super::data::Data;
use super::number::{Number, Objective};
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};
use std::ops::Sub;

/// Points in the plane, labeled -1 or 1.
#[derive(Clone, Debug)]
pub struct Mlp {
    points: Vec<[f64; 2]>,
    labels: Vec<f64>,
}

/// The numbers of inputs and outputs of each layer.
const LAYERS: [(usize, usize); 3] = [(2, 16), (16, 16), (16, 1)];

impl Mlp {
    /// Reads a file of points.
    pub(super) fn read(mut data: Data) -> Result<Mlp, String> {
        let n = data.count()?;
        let rows: Vec<Vec<f64>> = (0..n).map(|_| data.take(3)).collect::<Result<_, _>>()?;
        Ok(Mlp {
            points: rows.iter().map(|row| [row[0], row[1]]).collect(),
            labels: rows.iter().map(|row| row[2]).collect(),
        })
    }

    /// Draws two half moons at random.
    pub fn random() -> Mlp {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
        let mut draw = || rng.random::<f64>();
        let points = (0..100).map(|i| {
            let (angle, noise) = (draw() * std::f64::consts::PI, [0.2 * draw() - 0.1, 0.2 * draw() - 0.1]);
            let [x, y] = if i % 2 == 0 { [angle.cos(), angle.sin()] } else { [1.0 - angle.cos(), 0.5 - angle.sin()] };
            [x + noise[0], y + noise[1]]
        });
        Mlp { points: points.collect(), labels: (0..100).map(|i| if i % 2 == 0 { -1.0 } else { 1.0 }).collect() }
    }
}

/// Computes a neuron from its weights and its bias: the sum starts with the bias and adds weight times input in order.
#[inline(always)]
fn neuron<R: Number>(p: &[R], inputs: &[R]) -> R {
    let (w, bias) = p.split_at(inputs.len());
    w.iter().zip(inputs).fold(bias[0], |sum, (&w, &x)| sum + w * x)
}

/// max(x, 0) by a branch; the derivative at 0 is 0.
#[inline(always)]
fn relu<R: Number>(x: R, zero: R) -> R {
    if x.value() > 0.0 { x } else { zero }
}

impl Objective for Mlp {
    fn start(&self) -> Vec<f64> {
        let mut state: u32 = 1337;
        let mut weight = || {
            state = state.wrapping_mul(1664525).wrapping_add(1013904223);
            f64::from(state >> 8) * (2.0 / 16777216.0) - 1.0
        };
        let neurons = LAYERS.into_iter().flat_map(|(inputs, outputs)| std::iter::repeat_n(inputs, outputs));
        neurons
            .flat_map(|inputs| (0..=inputs).map(|i| if i < inputs { weight() } else { 0.0 }).collect::<Vec<_>>())
            .collect()
    }

    #[inline]
    fn eval<R: Number>(&self, p: &[R]) -> R
    where
        f64: Sub<R, Output = R>,
    {
        let zero = p[0].constant(0.0);
        let (first, rest) = p.split_at(16 * 3);
        let (second, third) = rest.split_at(16 * 17);
        let (mut h1, mut h2) = ([zero; 16], [zero; 16]);
        let mut loss = zero;
        for (x, &label) in self.points.iter().zip(&self.labels) {
            for (h, p) in h1.iter_mut().zip(first.chunks_exact(3)) {
                *h = relu(p[2] + p[0] * x[0] + p[1] * x[1], zero);
            }
            for (h, p) in h2.iter_mut().zip(second.chunks_exact(17)) {
                *h = relu(neuron(p, &h1), zero);
            }
            loss = loss + relu(1.0 - neuron(third, &h2) * label, zero);
        }
        let penalty = p[1..].iter().fold(p[0] * p[0], |sum, &p| sum + p * p);
        loss * (1.0 / self.labels.len() as f64) + penalty * 1e-4
    }
}

pub(super) const EXPECTED: Expected = Expected {
    ops: 61_777,
    value: 1.4084157449795387,
    sum: 5.990566215526946,
    norm: 1.4906579462358474,
    first: &[
        0.05066909604213701,
        0.06309840138279958,
        0.05368055353691829,
        0.003960776495838643,
        -0.003817105627523505,
    ],
    first_tolerance: 1e-8,
};
