//! Reductions and products of tensors: zeros among factors, constant data, empty tensors, all ranks.

use crate::common::{assert_close, close};
use crate::conventions::table::TOLERANCE;
use autograd::{Tape, TensorVar, Var, hessian};
use tensor::{Tensor, keep, tensor};

/// Asserts the value of a scalar function of a tensor, and its gradient in all modes.
#[track_caller]
fn holds(f: for<'t> fn(TensorVar<'t>) -> Var<'t, f64>, x: Tensor<f64>, value: f64, want: &[f64]) {
    let tape = Tape::new();
    let v = tape.var(x.clone());
    let y = f(v);
    assert!(close(y.value(), value, TOLERANCE), "got {:e}, want {value:e}", y.value());
    assert_close("eager", &y.backward().wrt(v), want, TOLERANCE);
    assert_close("recorded", &y.grad(v).value(), want, TOLERANCE);
    let forward = Tensor::from_fn(x.shape(), |at| {
        let unit = Tensor::from_fn(x.shape(), |i| if i == at { 1.0 } else { 0.0 });
        tape.tangents(|t| t.set(v, unit)).of(y)
    });
    assert_close("forward", &forward, want, TOLERANCE);
}

#[test]
fn products_with_zeros_among_their_factors() {
    holds(|x| x.prod(), tensor![2.0, 3.0, 0.0], 0.0, &[0.0, 0.0, 6.0]);
    holds(|x| x.prod(), tensor![0.0, 3.0, 0.0], 0.0, &[0.0, 0.0, 0.0]);
    holds(|x| x.prod(), tensor![2.0, 3.0, 4.0], 24.0, &[12.0, 8.0, 6.0]);
    holds(|x| x.prod(), tensor![-5.0], -5.0, &[1.0]);
    holds(|x| x.prod(), tensor![1e-200, 1e300, 1e-200], 1e-100, &[1e100, 0.0, 1e100]);
    holds(|x| x.prod_over(1).sum(), tensor![[2.0, 0.0], [3.0, 5.0]], 15.0, &[0.0, 2.0, 5.0, 3.0]);
    holds(|x| x.prod_over(keep(0)).sum(), tensor![[2.0, 0.0], [3.0, 5.0]], 6.0, &[3.0, 5.0, 2.0, 0.0]);
}

#[test]
fn second_derivatives_of_a_product_with_zeros() {
    let h = hessian(|x| x.prod(), &tensor![0.0, 3.0, 0.0]);
    assert_eq!(h, tensor![[0.0, 0.0, 3.0], [0.0, 0.0, 0.0], [3.0, 0.0, 0.0]]);
    let h = hessian(|x| x.prod(), &tensor![2.0, 3.0, 0.0]);
    assert_eq!(h, tensor![[0.0, 0.0, 3.0], [0.0, 0.0, 2.0], [3.0, 2.0, 0.0]]);
    // third order: ∂³(abc) = 1
    let tape = Tape::new();
    let x = tape.var(tensor![0.0, 0.0, 0.0]);
    let third = x.prod().grad(x).at([0]).grad(x).at([1]).grad(x);
    assert_eq!(third.value(), tensor![0.0, 0.0, 1.0]);
}

#[test]
fn cumulative_products_with_zeros() {
    holds(|x| x.cumprod(0).sum(), tensor![2.0, 0.0, 3.0], 2.0, &[1.0, 8.0, 0.0]);
    holds(|x| x.cumprod(0).at([2]), tensor![0.0, 3.0, 0.0], 0.0, &[0.0, 0.0, 0.0]);
    holds(|x| x.cumprod(0).at([2]), tensor![2.0, 3.0, 0.0], 0.0, &[0.0, 0.0, 6.0]);
}

#[test]
fn variance_and_deviation() {
    let third = 1.0 / 3.0;
    holds(|x| x.var(1), tensor![1.0, 2.0, 3.0, 4.0], 5.0 / 3.0, &[-1.0, -third, third, 1.0]);
    holds(|x| x.var(0), tensor![1.0, 2.0, 3.0, 4.0], 1.25, &[-0.75, -0.25, 0.25, 0.75]);
    holds(|x| x.std(1), tensor![7.0, 7.0, 7.0], 0.0, &[0.0; 3]);
    holds(|x| x.std(0), tensor![1.0, 3.0], 1.0, &[-0.5, 0.5]);
    // Two passes: the mean is subtracted first.
    holds(|x| x.var(1), tensor![1e8 + 1.0, 1e8 + 2.0, 1e8 + 3.0], 1.0, &[-1.0, 0.0, 1.0]);
    holds(|x| x.std(1), tensor![1e8 + 1.0, 1e8 + 2.0, 1e8 + 3.0], 1.0, &[-0.5, 0.0, 0.5]);
    holds(|x| x.std_over(1, 0).sum(), tensor![[1.0, 3.0], [5.0, 5.0]], 1.0, &[-0.5, 0.5, 0.0, 0.0]);
}

#[test]
fn reductions_of_empty_tensors() {
    let tape: Tape<f64> = Tape::new();
    let x = tape.var(Tensor::zeros([0, 3]));
    assert!(x.mean().value().is_nan());
    assert_eq!((x.sum().value(), x.prod().value()), (0.0, 1.0));
    assert_eq!((x.norm().value(), x.logsumexp().value()), (0.0, f64::NEG_INFINITY));
    for y in [x.sum(), x.mean(), x.prod(), x.norm(), x.logsumexp(), x.var(0), x.norm1()] {
        assert_eq!(y.backward().wrt(x), Tensor::zeros([0, 3]));
        assert_eq!(y.grad(x).value(), Tensor::zeros([0, 3]));
    }
    assert_eq!(x.sum_over(0).value(), tensor![0.0, 0.0, 0.0]);
    assert_eq!(x.sum_over(0).sum().backward().wrt(x), Tensor::zeros([0, 3]));
    assert_eq!(x.max_over(1).value(), Tensor::zeros(0));
    for none in [(|x| x.max()) as for<'t> fn(TensorVar<'t>) -> Var<'t, f64>, |x| x.min()] {
        let largest = std::panic::catch_unwind(|| {
            let tape = Tape::new();
            none(tape.var(Tensor::zeros(0))).value()
        });
        assert!(largest.is_err(), "the maximum of an empty tensor panics");
    }
}

#[test]
fn the_gradient_of_a_singular_determinant_is_the_transposed_adjugate() {
    let tape = Tape::new();
    // rank 2, compared with the known adjugate
    let a = tape.var(tensor![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]);
    let transposed_adjugate = tensor![[-3.0, 6.0, -3.0], [6.0, -12.0, 6.0], [-3.0, 6.0, -3.0]];
    assert_eq!(a.det().value(), 0.0);
    assert_eq!(a.det().backward().wrt(a), transposed_adjugate);
    assert_eq!(a.det().grad(a).value(), transposed_adjugate);
    // rank 1: the adjugate is 0, but its derivative is not
    let b = tape.var(Tensor::ones([3, 3]));
    assert_eq!((b.det().value(), b.det().backward().wrt(b)), (0.0, Tensor::zeros([3, 3])));
    assert_eq!(b.det().grad(b).at([0, 0]).backward().wrt(b).at([1, 1]), 1.0);
    for (n, det) in [(0, 1.0), (1, 2.0), (4, 16.0)] {
        assert_eq!((tape.var(Tensor::<f64>::eye(n)) * 2.0).det().value(), det, "{n} rows");
    }
}

#[test]
fn matrix_products_of_every_rank_reduce_to_their_operands() {
    for (left, right, product) in [
        (&[3][..], &[3][..], &[][..]),
        (&[2, 3], &[3], &[2]),
        (&[3], &[3, 2], &[2]),
        (&[2, 3], &[3, 4], &[2, 4]),
        (&[2, 1, 3, 4], &[5, 4, 6], &[2, 5, 3, 6]),
        (&[2, 3, 4], &[4], &[2, 3]),
        (&[4], &[2, 4, 3], &[2, 3]),
        (&[2, 0], &[0, 3], &[2, 3]),
        (&[0], &[0], &[]),
        (&[5, 2, 0], &[0, 3], &[5, 2, 3]),
        (&[0, 3], &[3, 4], &[0, 4]),
    ] {
        let tape = Tape::new();
        let (a, b) = (tape.var(Tensor::full(left, 2.0)), tape.var(Tensor::full(right, 3.0)));
        let y = a.matmul(b);
        let inner = *left.last().unwrap() as f64;
        assert_eq!(y.value(), Tensor::full(product, 6.0 * inner), "{left:?} by {right:?}");
        let g = y.backward_with(&Tensor::ones(product));
        let terms = y.value().size() as f64 * inner;
        let gradient = |shape: &[usize], factor: f64| {
            let size: usize = shape.iter().product();
            Tensor::full(shape, if size == 0 { 0.0 } else { factor * terms / size as f64 })
        };
        assert_eq!(g.wrt(a), gradient(left, 3.0), "{left:?} by {right:?}, left");
        assert_eq!(g.wrt(b), gradient(right, 2.0), "{left:?} by {right:?}, right");
        assert_eq!(y.sum().grad(a).value(), gradient(left, 3.0), "{left:?} by {right:?}, left, recorded");
        assert_eq!(y.sum().grad(b).value(), gradient(right, 2.0), "{left:?} by {right:?}, right, recorded");
    }
}
