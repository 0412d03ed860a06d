//! All trained parameters as one vector.

use crate::optimizer::check_shape;
use autograd::{Param, ParamGradients, Params, Scalar};
use tensor::Tensor;

/// Returns the elements of the parameters, concatenated.
pub(super) fn values<T: Scalar>(params: &Params<T>, keys: &[Param]) -> Vec<f64> {
    keys.iter().flat_map(|&p| params.get(p).to_vec()).map(T::to_f64).collect()
}

/// Returns the elements of the gradients, concatenated; zeros for parameters without a gradient.
///
/// # Panics
/// If the shape of a gradient differs from the shape of its parameter.
#[track_caller]
pub(super) fn gradient<T: Scalar>(params: &Params<T>, keys: &[Param], gradients: &dyn ParamGradients<T>) -> Vec<f64> {
    let mut out = Vec::new();
    for &p in keys {
        let Some(g) = gradients.gradient(params, p) else {
            out.resize(out.len() + params.get(p).size(), 0.0);
            continue;
        };
        check_shape("minimize", params, p, g);
        out.extend(g.to_vec().into_iter().map(T::to_f64));
    }
    out
}

/// Writes x + α d into the parameters.
pub(super) fn write<T: Scalar>(params: &mut Params<T>, keys: &[Param], x: &[f64], alpha: f64, d: &[f64]) {
    let mut sums = x.iter().zip(d).map(|(x, d)| T::from_f64(x + alpha * d));
    for &p in keys {
        for (w, sum) in params.get_mut(p).data_mut().iter_mut().zip(&mut sums) {
            *w = sum;
        }
    }
}

/// Splits a vector into the parts that belong to each parameter, in its shape.
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
