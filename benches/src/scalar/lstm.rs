//! S4: ADBench's LSTM, the cross-entropy of a character model over a sequence of bit patterns.
//!
//! The weight matrices are diagonal, so every product is elementwise. The parameters of a layer are four weights
//! (forget, in, out, change) and four biases, with b elements each. Its state is h and the cell; the gates for in and
//! change read the previous h.

use super::check::Expected;
use super::data::Data;
use super::number::{Number, Objective};
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};
use std::ops::Div;

/// A network, its initial state and the sequence.
#[derive(Clone, Debug)]
pub struct Lstm {
    layers: usize,
    bits: usize,
    parameters: Vec<f64>,
    state: Vec<f64>,
    sequence: Vec<f64>,
}

impl Lstm {
    /// Reads a file of ADBench.
    pub(super) fn read(mut data: Data) -> Result<Lstm, String> {
        let (layers, characters, bits) = (data.count()?, data.count()?, data.count()?);
        let parameters = data.take(8 * layers * bits + 3 * bits)?;
        let state = data.take(2 * layers * bits)?;
        Ok(Lstm { layers, bits, parameters, state, sequence: data.take(characters * bits)? })
    }

    /// Draws random data of the shape of ADBench's file.
    pub fn random() -> Lstm {
        let (layers, characters, bits) = (2, 1024, 14);
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
        let mut draw = |n: usize| (0..n).map(|_| rng.random::<f64>() - 0.5).collect::<Vec<f64>>();
        let (parameters, state) = (draw(8 * layers * bits + 3 * bits), draw(2 * layers * bits));
        let sequence = draw(characters * bits).into_iter().map(|x| f64::from(x > 0.0)).collect();
        Lstm { layers, bits, parameters, state, sequence }
    }

    /// The factor that turns the sum over the sequence into the negative mean.
    fn scale(&self) -> f64 {
        -1.0 / (self.sequence.len() - self.bits) as f64
    }
}

/// 1 / (1 + e⁻ˣ)
#[inline(always)]
fn sigmoid<R: Number>(x: R) -> R
where
    f64: Div<R, Output = R>,
{
    1.0 / ((-x).exp() + 1.0)
}

impl Objective for Lstm {
    fn start(&self) -> Vec<f64> {
        self.parameters.clone()
    }

    #[inline]
    fn eval<R: Number>(&self, p: &[R]) -> R
    where
        f64: Div<R, Output = R>,
    {
        let b = self.bits;
        let (main, extra) = p.split_at(8 * self.layers * b);
        let (into, out) = extra.split_at(b);
        let (out, out_bias) = out.split_at(b);
        let mut state: Vec<R> = self.state.iter().map(|&s| p[0].constant(s)).collect();
        let mut y = into.to_vec();
        let mut total: Option<R> = None;
        for pair in self.sequence.windows(2 * b).step_by(b) {
            let (now, next) = pair.split_at(b);
            for i in 0..b {
                y[i] = into[i] * now[i];
            }
            for (layer, state) in main.chunks_exact(8 * b).zip(state.chunks_exact_mut(2 * b)) {
                let (h, cell) = state.split_at_mut(b);
                let gate = |g: usize, i: usize, x: R| x * layer[g * b + i] + layer[(4 + g) * b + i];
                for i in 0..b {
                    let forget = sigmoid(gate(0, i, y[i]));
                    let input = sigmoid(gate(1, i, h[i]));
                    let output = sigmoid(gate(2, i, y[i]));
                    let change = gate(3, i, h[i]).tanh();
                    cell[i] = cell[i] * forget + input * change;
                    h[i] = output * cell[i].tanh();
                    y[i] = h[i];
                }
            }
            let mut sum: Option<R> = None;
            for i in 0..b {
                y[i] = y[i] * out[i] + out_bias[i];
                let e = y[i].exp();
                sum = Some(sum.map_or_else(|| e + 2.0, |sum| sum + e));
            }
            let Some(log) = sum.map(R::ln) else { continue };
            for i in 0..b {
                let term = (y[i] - log) * next[i];
                total = Some(total.map_or(term, |total| total + term));
            }
        }
        total.map_or(p[0], |total| total * self.scale())
    }
}

pub(super) const EXPECTED: Expected = Expected {
    ops: 860_345,
    value: 0.6666651795588522,
    sum: -0.03819500097334103,
    norm: 0.09474138011446062,
    first: &[3.1438702499610356e-06, 0.0, 0.0, 0.0, 0.0],
    first_tolerance: 1e-8,
};
