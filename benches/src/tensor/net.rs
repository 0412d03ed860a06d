//! The networks of the workloads: dense layers over a store of parameters.

use autograd::{Lent, Param, Params, Var};
use rand::Rng;
use tensor::Tensor;

/// Dense layers, one after the other.
#[derive(Clone, Debug)]
pub struct Net {
    layers: Vec<[Param; 2]>,
    activation: Activation,
}

/// What stands between two layers.
pub type Activation = for<'t> fn(Var<'t, Tensor<f32>>) -> Var<'t, Tensor<f32>>;

impl Net {
    /// Glorot-uniform weights and zero biases, added to the store.
    pub fn new(sizes: &[usize], activation: Activation, params: &mut Params<f32>, rng: &mut impl Rng) -> Net {
        let layers = sizes.windows(2).enumerate().map(|(l, pair)| {
            let bound = (6.0 / (pair[0] + pair[1]) as f32).sqrt();
            let w = Tensor::random_uniform([pair[0], pair[1]], -bound, bound, rng);
            [params.add(format!("{l}.w"), w), params.add(format!("{l}.b"), Tensor::zeros(pair[1]))]
        });
        Net { layers: layers.collect(), activation }
    }

    /// The logits of a batch.
    pub fn forward<'t>(&self, net: &Lent<'_, 't, f32>, x: Var<'t, Tensor<f32>>) -> Var<'t, Tensor<f32>> {
        let mut x = x;
        for (l, &[w, b]) in self.layers.iter().enumerate() {
            if l > 0 {
                x = (self.activation)(x);
            }
            x = x.linear(net.var(w), net.var(b));
        }
        x
    }
}

/// max(x, 0)
pub fn relu<'t>(x: Var<'t, Tensor<f32>>) -> Var<'t, Tensor<f32>> {
    x.relu()
}

/// The hyperbolic tangent.
pub fn tanh<'t>(x: Var<'t, Tensor<f32>>) -> Var<'t, Tensor<f32>> {
    x.tanh()
}
