//! All trained parameters as one long vector.

use autograd::{Param, ParamGradients, Params, Scalar};
use tensor::Tensor;

/// The numbers of these parameters, one after the other.
pub(super) fn numbers<T: Scalar>(params: &Params<T>, keys: &[Param]) -> Vec<f64> {
    keys.iter().flat_map(|&p| params.get(p).to_vec()).map(T::to_f64).collect()
}

/// Their gradients; zeros where there is none.
///
/// # Panics
/// If a gradient has another shape than its parameter.
#[track_caller]
pub(super) fn slopes<T: Scalar>(params: &Params<T>, keys: &[Param], gradients: &dyn ParamGradients<T>) -> Vec<f64> {
    let mut out = Vec::new();
    for &p in keys {
        let w = params.get(p);
        match gradients.gradient(params, p) {
            None => out.resize(out.len() + w.size(), 0.0),
            Some(g) if g.shape() == w.shape() => out.extend(g.to_vec().into_iter().map(T::to_f64)),
            Some(g) => panic!(
                "minimize: parameter `{}` has shape {}, but its gradient has {}",
                params.name(p),
                w.shape(),
                g.shape()
            ),
        }
    }
    out
}

/// Writes the numbers x + α d.
pub(super) fn write<T: Scalar>(params: &mut Params<T>, keys: &[Param], x: &[f64], alpha: f64, d: &[f64]) {
    let mut sums = x.iter().zip(d).map(|(x, d)| T::from_f64(x + alpha * d));
    for &p in keys {
        for (w, sum) in params.get_mut(p).data_mut().iter_mut().zip(&mut sums) {
            *w = sum;
        }
    }
}

/// The part of a vector that belongs to each parameter, in its shape.
pub(super) fn parts<'a, T: Scalar>(
    params: &'a Params<T>,
    keys: &'a [Param],
    vector: &'a [f64],
) -> impl Iterator<Item = (Param, Tensor<f64>)> + 'a {
    let mut at = 0;
    keys.iter().map(move |&p| {
        let shape = params.get(p).shape();
        let part = &vector[at..at + shape.size()];
        at += part.len();
        (p, Tensor::from_vec(shape, part))
    })
}
