//! Adam, in one pass over a parameter, its gradient and both moments.

use autograd::{ParamGradients, Params};
use tensor::Tensor;
use tensor::math::simd::{Arch, Kernel, dispatch};

/// Adam (Kingma and Ba 2015) with its usual settings, over every parameter of a store.
#[derive(Debug)]
pub struct Adam {
    rate: f32,
    steps: i32,
    /// Both moments of each parameter, in the store's order.
    moments: Vec<[Vec<f32>; 2]>,
}

impl Adam {
    /// With a learning rate.
    pub fn new(rate: f32) -> Self {
        Adam { rate, steps: 0, moments: Vec::new() }
    }

    /// One update.
    pub fn step(&mut self, params: &mut Params<f32>, gradients: &dyn ParamGradients<f32>) {
        self.steps += 1;
        let [fix1, fix2] = [0.9_f32, 0.999].map(|beta| 1.0 - beta.powi(self.steps));
        for i in 0..params.len() {
            let Some(p) = params.key_at(i) else { continue };
            let Some(g) = gradients.gradient(p) else { continue };
            if i >= self.moments.len() {
                self.moments.push([vec![0.0; g.size()], vec![0.0; g.size()]]);
            }
            let (packed, old) = (g.packed(), params.get(p).packed());
            let (Some(g), Some(w)) = (packed.as_slice(), old.as_slice()) else { continue };
            let [m, v] = &mut self.moments[i];
            let rate = self.rate / fix1;
            let new = Tensor::build(params.get(p).shape(), |out| {
                dispatch(Update { w, g, m, v, out, rate, fix: 1.0 / fix2.sqrt() });
            });
            params.set(p, new);
        }
    }
}

struct Update<'a> {
    w: &'a [f32],
    g: &'a [f32],
    m: &'a mut [f32],
    v: &'a mut [f32],
    out: &'a mut [f32],
    rate: f32,
    fix: f32,
}

impl Kernel for Update<'_> {
    type Output = ();
    #[inline(always)]
    fn run<A: Arch>(self) {
        let n = self.out.len();
        let (w, g, m, v) = (&self.w[..n], &self.g[..n], &mut self.m[..n], &mut self.v[..n]);
        for i in 0..n {
            m[i] = 0.9 * m[i] + 0.1 * g[i];
            v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
            self.out[i] = w[i] - self.rate * m[i] / (v[i].sqrt() * self.fix + 1e-8);
        }
    }
}
