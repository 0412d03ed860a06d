//! Programs over ndarray, differentiated.

use super::check;
use autograd::Real;
use ndarray::{Array1, Array2, Axis, arr2};
use tensor::Tensor;

fn constants(x: &Array2<f64>) -> Array2<Real> {
    x.mapv(Real::from)
}

/// The mean squared error of a network with one hidden layer.
fn network(w: &[Real]) -> Real {
    let x = arr2(&[[0.5, -1.0], [1.5, 0.3], [-0.7, 0.9]]);
    let first = Array2::from_shape_vec((2, 4), w[..8].to_vec()).expect("eight weights");
    let second = Array1::from(w[8..].to_vec());
    let hidden = constants(&x).dot(&first).mapv(Real::tanh);
    let y = hidden.dot(&second) - Array1::from(vec![0.2, -0.4, 1.0]).mapv(Real::from);
    (&y * &y).sum() / 3.0 + first.sum_axis(Axis(0)).iter().map(|s| s * s).sum::<Real>()
}

#[test]
fn a_network() {
    let w: Vec<f64> = (0..12).map(|i| (i as f64 * 0.9).sin()).collect();
    check("network", network, &w, 1e-9);
}

#[test]
fn scalar_operands() {
    let g = Real::record(|scope| {
        let s = scope.input(3.0);
        let a = constants(&arr2(&[[1.0, 2.0], [3.0, 4.0]]));
        scope.grad((&a * s + s).sum() - (a / s).sum())
    });
    assert!((g[0] - (14.0 + 10.0 / 9.0)).abs() < 1e-14);
}

#[test]
fn a_tensor_of_weights_and_a_gradient_as_a_tensor() {
    let weights = Tensor::from_fn([2, 3], |i| (i[0] * 3 + i[1]) as f64);
    let gradient = Real::record(|scope| {
        let w: Array2<f64> = weights.clone().try_into().expect("two axes");
        let w = w.mapv(|w| scope.input(w));
        let g = scope.grad(w.dot(&w.t()).sum());
        Tensor::from(Array2::from_shape_vec((2, 3), g).expect("as many entries as weights"))
    });
    // Σ_ij (W Wᵀ)_ij = Σ_k (Σ_i W_ik)²
    assert_eq!(gradient, tensor::tensor![[6.0, 10.0, 14.0], [6.0, 10.0, 14.0]]);
}
