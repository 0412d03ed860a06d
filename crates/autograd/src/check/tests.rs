//! Right derivatives pass: at ordinary points, at and near kinks, at all scales, for all forms of input.

use super::*;
use crate::check::wrong_rules::places;
use crate::core::tape::Tape;
use crate::core::var::{TensorVar, Var};
use crate::ops::{concat, einsum, softmax_cross_entropy, stack};
use tensor::{Tensor, tensor};

type V<'t> = TensorVar<'t>;

#[test]
fn nan_values_are_reported() {
    let e = gradcheck(|x| x.sqrt(), tensor![1.0, -1.0, 4.0]).run().unwrap_err();
    assert_eq!((e.failures()[0].check, &e.failures()[0].index[..]), (Check::Value, &[1][..]));
    assert!(e.to_string().contains("output at [1] of (3,): the value is NaN"), "{e}");
}

#[test]
fn nan_gradients_are_reported() {
    let e = gradcheck(|(x, p)| x.pow(p), (-2.0_f64, 3.0_f64)).run().unwrap_err();
    assert_eq!(places(&e), [(1, vec![])]);
    assert_eq!(e.failures()[0].check, Check::Gradient);
    assert!(e.to_string().contains("input 1: the gradient is NaN"), "{e}");
}

#[test]
fn right_infinite_gradients_pass() {
    gradcheck(|x| x.sqrt(), tensor![0.0, 1.0, 4.0]).run().unwrap();
    gradcheck(|x| x.ln(), tensor![1.0, 0.0, 4.0]).run().unwrap();
    gradcheck(|x| x.recip(), 0.0_f64).run().unwrap();
    gradcheck(|x| x.cbrt(), tensor![0.0, 1.0]).order(2).run().unwrap();
}

#[test]
fn kinks_are_reported() {
    let checked = gradcheck(|x| x.relu() + x.abs(), tensor![0.0, 1.0, -1.0, 1e-7]).order(2).run().unwrap();
    let kinks: Vec<_> = checked.kinks().iter().map(|k| (k.input, k.index.clone(), k.order)).collect();
    assert_eq!(kinks, [(0, vec![0], 1), (0, vec![0], 2)]);
    let checked = gradcheck(|(x, y)| x.maximum(y) * 3.0, (2.0_f64, 2.0_f64)).run().unwrap();
    assert_eq!(checked.kinks().len(), 2);
    let checked = gradcheck(|x| x.max(), tensor![3.0, 1.0, 3.0]).run().unwrap();
    assert_eq!(checked.kinks().len(), 2);
    gradcheck(|x| x.norm(), tensor![0.0, 0.0]).run().unwrap();
}

#[test]
fn forms_of_input() {
    fn ce<'t>(w: V<'t>, x: V<'t>) -> Var<'t, f64> {
        softmax_cross_entropy(x.matmul(w), [0, 2])
    }
    let (w0, x0) = (tensor![[0.1, -0.4, 0.2], [0.3, 0.9, -0.5]], tensor![[1.0, 2.0], [-0.5, 0.3]]);
    let checked = gradcheck(|(w, x)| ce(w, x), (w0.clone(), x0.clone())).order(2).run().unwrap();
    assert_eq!((checked.derivatives(), checked.forward()), (20, true));
    // By reference, in arrays, vectors and nested tuples, with scalars among tensors.
    gradcheck(|(w, x)| ce(w, x), (&w0, &x0)).run().unwrap();
    gradcheck(|x| x[0] * x[1].exp(), [0.5_f64, 2.0]).order(3).run().unwrap();
    gradcheck(|x| x[0] * x[1].sin(), vec![0.5_f64, 2.0]).run().unwrap();
    gradcheck(|((a, b), w)| (w * a).tanh().sum() / b, ((0.5_f64, 2.0_f64), w0)).order(2).run().unwrap();
    let _: fn(GradCheckError) -> Box<dyn std::error::Error + Send + Sync + 'static> = |e| Box::new(e);
}

#[test]
fn settings() {
    let x = Tensor::from_fn([7, 9], |i| 0.1 * i[0] as f64 - 0.2 * i[1] as f64);
    let checked = gradcheck(|x| x.sin(), &x).max_elements(10).seed(7).method(Method::Central).run().unwrap();
    assert_eq!(checked.derivatives(), 10);
    gradcheck(|x| x.sin(), &x).step(1e-3).tolerance(1e-12, 1e-7).run().unwrap();
    // A tolerance below the accuracy of the differences.
    assert!(gradcheck(|x| x.sin(), &x).tolerance(0.0, 0.0).run().is_ok_and(|c| c.largest_error() < 1e-9));
}

#[test]
fn empty_inputs_and_constant_outputs() {
    assert_eq!(gradcheck(|x| x.sum(), Tensor::zeros([0, 3])).run().unwrap().derivatives(), 0);
    let checked = gradcheck(|(x, y)| y.exp() + x.detach() * 0.0, (2.0_f64, 3.0_f64)).run();
    assert!(checked.is_ok());
    gradcheck(|x: Var<f64>| x * 0.0 + 1.0, 2.0).order(2).run().unwrap();
}

/// Functions at several scales of their input.
#[test]
fn scales() {
    for e in [-6, -3, 0, 3, 6] {
        let s = 10f64.powi(e);
        let x = || tensor![[0.3 * s, 1.7 * s], [0.9 * s, 0.6 * s]];
        let y = || tensor![1.1 * s, 0.4 * s];
        gradcheck(|(x, y)| x * y / (x + y), (x(), y())).order(2).run().unwrap();
        gradcheck(|(x, y)| x.matmul(y).norm(), (x(), y())).order(2).run().unwrap();
        gradcheck(|x| x.ln().sum_over(0), x()).order(2).run().unwrap();
        gradcheck(|x| (x / s).softmax(1), x()).order(2).run().unwrap();
        gradcheck(|x| x.powi(3).mean(), x()).order(2).run().unwrap();
        gradcheck(|x| x.prod() / s, x()).order(2).run().unwrap();
        gradcheck(|x| x.sqrt().var(1), x()).order(2).run().unwrap();
    }
}

#[test]
fn gradients_of_very_different_size() {
    gradcheck(|x| x[0] * 1e6 + x[1] * 1e-6 + x[0] * x[1], [0.3_f64, 0.7]).order(2).run().unwrap();
    gradcheck(|x| (x[0] * 1e3).sin() + (x[1] * 1e-3).exp(), [0.3_f64, 0.7]).order(2).run().unwrap();
    gradcheck(|x| (x[0] * 10.0).exp() + x[1].ln(), [2.0_f64, 1e-5]).run().unwrap();
    let e = gradcheck(|x| x[0] * 1e6 + (x[1] + x[1].detach()) * 1e-6, [0.3_f64, 0.7]).run().unwrap_err();
    assert_eq!(places(&e), [(1, vec![])]);
}

#[test]
fn aliases_and_views() {
    let x = Tensor::from_fn([3, 4], |i| 0.3 + 0.1 * (3 * i[0] + i[1]) as f64).transpose();
    gradcheck(|x| x * x, &x).order(2).run().unwrap();
    gradcheck(|x| x / x, &x).order(2).run().unwrap();
    gradcheck(|x| x - x, &x).order(2).run().unwrap();
    gradcheck(|x| x.matmul(x.transpose()), &x).order(2).run().unwrap();
    gradcheck(|x| einsum("ij,kj->ik", x, x), &x).order(2).run().unwrap();
    gradcheck(|x| concat(&[x, x.sin()], 0), &x).order(2).run().unwrap();
    gradcheck(|x| stack(&[x, x.exp(), x], 1), &x).order(2).run().unwrap();
    gradcheck(|x| x.exp().ln() - x, &x).run().unwrap();
}

#[test]
fn gradients_and_tapes_inside_the_function() {
    gradcheck(|x: Var<f64>| x.powi(4).grad(x).sin(), 0.7_f64).order(2).run().unwrap();
    let outer = Tape::new();
    let c = outer.var(2.0).value();
    gradcheck(move |x: Var<f64>| x * c, 0.7_f64).run().unwrap();
}
