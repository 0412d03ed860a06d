//! Jacobians, Hessians and recorded gradients over structures: scalars, tensors, tuples, arrays, vectors, parameters.

use crate::common::{Numbers, assert_close};
use autograd::*;
use proptest::prelude::*;
use tensor::{Shape, Tensor, tensor};

#[test]
fn jacobians_of_each_structure() {
    assert_eq!(jacobian(|x| x * x, 3.0).item(), 6.0);
    assert_eq!(jacobian(|x| x.sum(), tensor![1.0, 2.0]), tensor![1.0, 1.0]);
    assert_eq!(jacobian(|x| x.tape().unwrap().stack(&[x, x * x]), 3.0), tensor![1.0, 6.0]);
    let [a, b] = jacobian(|[a, b]| a * b, [tensor![1.0, 2.0], tensor![3.0, 4.0]]);
    assert_eq!((a, b), (tensor![[3.0, 0.0], [0.0, 4.0]], tensor![[1.0, 0.0], [0.0, 2.0]]));
    let j = jacobian(|x| x[0] * x[1] * x[2], vec![2.0, 3.0, 5.0]);
    assert_eq!(j, [15.0, 10.0, 6.0].map(Tensor::scalar));
    let (s, (m, v)) = jacobian(|(s, (m, v))| m.matmul(v) * s, (2.0, (tensor![[1.0, 2.0]], tensor![3.0, 4.0])));
    assert_eq!((s, m, v), (tensor![11.0], tensor![[[6.0, 8.0]]], tensor![[2.0, 4.0]]));
}

#[test]
fn hessians_of_each_structure() {
    assert_eq!(hessian(|x| x * x * x, 2.0).item(), 12.0);
    let [[aa, ab], [ba, bb]] = hessian(|[a, b]| a * a * b, [3.0, 5.0]);
    assert_eq!([aa, ab, ba, bb].map(|h| h.item()), [10.0, 6.0, 6.0, 0.0]);
    let h = hessian(|x| x[0] * x[0] * x[1], vec![3.0, 5.0]);
    assert_eq!(h[0][1].item(), 6.0);
    let h = hessian(|x| x.square().sum() * 0.5, tensor![[1.0, 2.0]]);
    assert_eq!(h, tensor![[[[1.0, 0.0]], [[0.0, 1.0]]]]);
}

/// A tensor without elements has a Jacobian and a Hessian without columns.
#[test]
fn tensors_without_elements() {
    let none = Tensor::<f64>::zeros([0]);
    assert_eq!(*jacobian(|x| x.sum(), &none).shape(), Shape::from([0]));
    assert_eq!(*hessian(|x| x.sum(), &none).shape(), Shape::from([0, 0]));
    assert_eq!(*jacobian(|x| x.slice([(0..0).into()]), tensor![1.0, 2.0]).shape(), Shape::from([0, 2]));
}

fn network() -> (Params<f64>, [Param; 4]) {
    let mut params = Params::new();
    let mut numbers = Numbers::new(7);
    let keys = [("w1", [2, 4]), ("b1", [1, 4]), ("w2", [4, 1]), ("b2", [1, 1])]
        .map(|(name, shape)| params.add(name, numbers.tensor(&Shape::from(shape), -0.7, 0.7)));
    (params, keys)
}

/// The outputs of a network of two layers, in a column.
fn forward<'t>(p: BoundParams<'_, 't, f64>, [w1, b1, w2, b2]: [Param; 4], x: &Tensor<f64>) -> TensorVar<'t> {
    let x = p.tape().constant(x.clone());
    (x.matmul(p.var(w1)) + p.var(b1)).tanh().matmul(p.var(w2)) + p.var(b2)
}

/// Levenberg-Marquardt steps, which are damped Gauss-Newton steps, fit a network to 12 points.
#[test]
fn gauss_newton_on_a_network() {
    let (mut params, keys) = network();
    let x = Numbers::new(3).tensor(&Shape::from([12, 2]), -1.0, 1.0);
    let y = Tensor::from_fn([12, 1], |i| (x.at([i[0] as isize, 0]) * 1.5).sin() - 0.3 * x.at([i[0] as isize, 1]));
    let residuals = |p: BoundParams<'_, '_, f64>| (forward(p, keys, &x) - p.tape().constant(y.clone())).value();
    let loss = |params: &Params<f64>| {
        let r = residuals(params.bind(&Tape::new()));
        (r.to_vec().iter().map(|r| r * r).sum::<f64>(), r)
    };
    let (first, mut damping) = (loss(&params).0, 0.1);
    for _ in 0..100 {
        let (before, r) = loss(&params);
        let j = jacobian_matrix(|p| forward(p, keys, &x), &params);
        let n = params.size();
        assert_eq!(*j.shape(), Shape::from([12, n]));
        let (jt, j) = (j.transpose(), j);
        let damped = |i: &[usize]| if i[0] == i[1] { damping } else { 0.0 };
        let tape = Tape::new();
        let normal =
            tape.constant(jt.clone()).matmul(tape.constant(j)) + tape.constant(Tensor::from_fn([n, n], damped));
        let step = solve(normal.value().to_vec(), tape.constant(jt).matmul(tape.constant(r)).value().to_vec());
        let moved = flatten(&params).to_vec().into_iter().zip(step).map(|(w, d)| w - d);
        let moved = unflatten(&params, &moved.collect());
        if loss(&moved).0 < before {
            (params, damping) = (moved, damping * 0.3);
        } else {
            damping *= 4.0;
        }
    }
    let last = loss(&params).0;
    assert!(last < first * 1e-6, "from {first:e} to {last:e}");
}

/// Solves a positive definite system by Gaussian elimination.
fn solve(mut a: Vec<f64>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for k in 0..n {
        for i in k + 1..n {
            let factor = a[i * n + k] / a[k * n + k];
            (k..n).for_each(|j| a[i * n + j] -= factor * a[k * n + j]);
            b[i] -= factor * b[k];
        }
    }
    for k in (0..n).rev() {
        b[k] = (b[k] - (k + 1..n).map(|j| a[k * n + j] * b[j]).sum::<f64>()) / a[k * n + k];
    }
    b
}

#[test]
fn blocks_by_parameter_are_those_of_the_matrix() {
    let (params, keys) = network();
    let x = Numbers::new(5).tensor(&Shape::from([3, 2]), -1.0, 1.0);
    let j = jacobian(|p| forward(p, keys, &x), &params);
    let m = jacobian_matrix(|p| forward(p, keys, &x), &params);
    let h = hessian(|p| forward(p, keys, &x).square().sum(), &params);
    let hm = hessian_matrix(|p| forward(p, keys, &x).square().sum(), &params);
    assert_eq!(hm, hm.transpose());
    assert_eq!(j[keys[0]].shape().to_string(), "(3, 1, 2, 4)");
    assert_eq!(h[keys[0]][keys[2]].shape().to_string(), "(2, 4, 4, 1)");
    assert_eq!((j.len(), j.iter().next().unwrap().0), (4, keys[0]));
    let mut column = 0;
    for key in keys {
        for (k, index) in (0..params.get(key).size()).enumerate() {
            let block = j[key].reshape([3, params.get(key).size()]);
            for row in 0..3 {
                assert_eq!(block.at([row, index as isize]), m.at([row, (column + k) as isize]));
            }
        }
        column += params.get(key).size();
    }
    // the block of the last two parameters: rows of w2, column of b2
    let corner: Vec<f64> = (0..4).map(|i| hm.at([12 + i, 16])).collect();
    assert_eq!(h[keys[2]][keys[3]].to_vec(), corner);
    // the product with a direction is that of the matrix
    let direction = unflatten(&params, &Numbers::new(1).tensor(&Shape::from([17]), -1.0, 1.0));
    let product = hvp(|p| forward(p, keys, &x).square().sum(), &params, &direction);
    let v = flatten(&direction).to_vec();
    let want: Vec<f64> = (0..17).map(|i| (0..17).map(|j| hm.at([i, j]) * v[j as usize]).sum()).collect();
    assert_close("hvp", &flatten(&product), &want, 1e-11);
}

#[test]
fn frozen_parameters_have_zero_derivatives() {
    let (mut params, keys) = network();
    params.freeze(keys[0]);
    let x = tensor![[1.0, 2.0]];
    let zero = |t: Tensor<f64>| t.to_vec().into_iter().all(|x| x == 0.0);
    assert!(zero(jacobian(|p| forward(p, keys, &x), &params).get(keys[0])));
    assert!(zero(jacobian_forward(|p| forward(p, keys, &x), &params).get(keys[0])));
    assert!(zero(hessian(|p| forward(p, keys, &x).square().sum(), &params).get(keys[0]).get(keys[0])));
    let direction = params.clone();
    let product = hvp(|p| forward(p, keys, &x).square().sum(), &params, &direction);
    assert!(zero(product.get(keys[0]).clone()) && !zero(product.get(keys[2]).clone()));
    let tape = Tape::new();
    let net = params.bind(&tape);
    let g = forward(net, keys, &x).sum().grads(&net);
    assert!(zero(g.get(keys[0]).value()) && !zero(g.get(keys[2]).value()));
}

#[test]
fn recorded_gradients_of_structures() {
    let tape = Tape::new();
    let (s, x) = (tape.var(2.0), tape.var(tensor![1.0, 3.0]));
    let y = (x.square() * s).sum() * s; // s² Σ x²
    let (gs, gx) = y.grads((s, x));
    assert_eq!((gs.value(), gx.value()), (40.0, tensor![8.0, 24.0]));
    assert_eq!(gs.grads((s, &x)).1.value(), tensor![8.0, 24.0]);
    let [a, b] = y.grads([s, s]);
    assert_eq!((a.value(), b.value()), (40.0, 40.0));
    let many = y.grads(&[s, tape.var(1.0)][..]);
    assert_eq!(many.iter().map(|g| g.value()).collect::<Vec<_>>(), [40.0, 0.0]);
    let nested = y.grads((vec![x], [s]));
    assert_eq!((nested.0[0].value(), nested.1[0].value()), (tensor![8.0, 24.0], 40.0));
    // each is the gradient that `grad` gives, also if one variable is computed from another
    let u = s * s;
    let (gu, gs) = (u * s).grads((u, s));
    assert_eq!((gu.value(), gs.value()), (2.0, 12.0));
    assert_eq!(((u * s).grad(u).value(), (u * s).grad(s).value()), (2.0, 12.0));
    // constants have no gradient
    let c = tape.constant(tensor![5.0, 5.0]);
    let (gc, gx) = (x * c).sum().grads((c, x));
    assert_eq!((gc.value(), gx.value()), (tensor![0.0, 0.0], tensor![5.0, 5.0]));
    assert_eq!((x * c).grads_with((x,), &tensor![1.0, 2.0]).0.value(), tensor![5.0, 10.0]);
}

proptest! {
    /// Rows by reverse mode, columns by forward mode, and blocks of recorded transforms agree.
    #[test]
    fn modes_agree(seed in 0..1000_u64, rows in 1..4_usize, columns in 1..4_usize) {
        let mut numbers = Numbers::new(seed);
        let point = (
            numbers.between(0.5, 2.0),
            [vec![rows, columns], vec![columns]].map(|shape| numbers.tensor(&Shape::from(&shape[..]), -1.0, 1.0)).to_vec(),
        );
        let f = function_at(&point, |(s, v)| (v[0].matmul(v[1]) * s).tanh() + v[0].sum_over(1));
        let (fs, fv) = jacobian_forward(&f, &point);
        let (rs, rv) = jacobian_reverse(&f, &point);
        assert_close("by the scalar", &fs, &rs.to_vec(), 1e-13);
        for (f, r) in fv.iter().zip(&rv) {
            assert_eq!(f.shape(), r.shape());
            for (f, r) in f.to_vec().into_iter().zip(r.to_vec()) {
                prop_assert!((f - r).abs() < 1e-13);
            }
        }
        let vector = flatten(&point);
        let back = unflatten(&point, &vector);
        prop_assert_eq!(back, point);
    }
}

/// Closures on tuples that are kept in a variable and called inside other closures.
#[test]
fn closures_on_tuples_are_called_in_closures() {
    let f = objective_at((1.0, 2.0), |(x, y)| x * y);
    assert_eq!(grad(|(x, y)| f((x, y)) * 2.0, (0.5, 1.0)), (2.0, 1.0));
    let data = tensor![1.0, 2.0];
    let start = (1.0, tensor![2.0, 3.0]);
    let r = function_at(&start, |(a, w)| w * a - &data);
    assert_eq!(r.value(&start), tensor![1.0, 1.0]);
    let loss = objective_at(&start, |b| r(b).square().sum());
    assert_eq!(loss.value(&start), 2.0);
    assert_eq!(value_and_grad(|b| r(b).square().sum(), &start).1.0, 10.0);
    assert_eq!(jacobian_matrix(&r, &start).shape()[..], [2, 3]);
    let g = objective_at((1.0,), |(x,)| x * x);
    assert_eq!(grad(|(x,)| grad(&g, (x,)).0, (3.0,)), (2.0,));
    let mut params = Params::<f64>::new();
    let w = params.add("w", tensor![2.0]);
    let h = objective_at((&params, 1.0), |(p, s)| p.var(w).sum() * s);
    let (value, (dp, ds)) = value_and_grad(|b| h(b) * 2.0, (&params, 3.0));
    assert_eq!((value, dp.get(w), ds), (12.0, &tensor![6.0], 4.0));
    let tape = Tape::new();
    let (x, v) = (tape.var(2.0), tape.var(tensor![1.0, 2.0]));
    let k = objective_at((x, v), |(x, v)| v.sum() * x);
    let (dx, dv) = grad(|b| k(b) * 2.0, (x, v));
    assert_eq!((dx.value(), dv.value()), (6.0, tensor![4.0, 4.0]));
}

/// Parameters alone, and beside a number; frozen ones as well.
#[test]
fn gradients_by_parameters_are_checked() {
    let mut params = Params::<f64>::new();
    let (w, b) = (params.add("w", tensor![[0.3, -0.7]]), params.add("b", tensor![0.5]));
    gradcheck(|net| (net.var(w).sin() * net.var(b)).sum(), &params).order(2).run().unwrap();
    gradcheck(|(net, s)| net.var(w).matmul(tensor![1.0, 2.0]) * s + net.var(b), (&params, 2.0)).run().unwrap();
    params.freeze(b);
    gradcheck(|net| (net.var(w).sin() * net.var(b)).sum(), &params).order(2).run().unwrap();
    let wrong = gradcheck(|net| (net.var(w) * net.var(w).detach()).sum(), &params).run();
    assert!(wrong.is_err());
}
