//! Methods of plain tensors with a variable as the argument: the tensor is a constant, and the same is recorded as for
//! `tape.constant(&x)`.

use crate::common::panics;
use autograd::{Scalar, Tape, TensorVar, Var, gradcheck};
use tensor::{Tensor, tensor};

/// The bits of a value, of its gradient and of a gradient of second order, and the number of recorded nodes.
type Results = ([Vec<u64>; 3], usize);

/// The results of f at a variable.
fn results<T: Scalar, F>(at: &Tensor<T>, f: F) -> Results
where
    F: for<'t> Fn(&'t Tape<T>, TensorVar<'t, T>) -> TensorVar<'t, T>,
{
    let tape = Tape::<T>::default();
    let v = tape.var(at);
    let before = tape.len();
    let y = f(&tape, v);
    let nodes = tape.len() - before;
    let first = y.exp().sum();
    let second = first.grad(v).square().sum();
    let bits = |x: Tensor<T>| x.iter().map(|x| x.to_f64().to_bits()).collect();
    ([y.value(), first.backward().wrt(v), second.backward().wrt(v)].map(bits), nodes)
}

/// Calls a macro with rows of a name, a plain tensor, a point for the variable, and a call on the two.
macro_rules! every_method {
    ($check:ident $T:ident) => {
        let matrix = tensor![[2.0, -0.1, -0.3], [0.4, 2.2, 0.0], [0.7, 0.5, 1.8]].cast::<$T>();
        let vector = tensor![0.25, 0.45, 0.65].cast::<$T>();
        let mixed = tensor![[-1.5, 0.2, 2.0], [0.75, -0.3, 1.0], [3.0, -0.1, 0.6]].cast::<$T>();
        let (positive, mask) = (mixed.abs(), mixed.gt(0.5));
        $check! {
            "pow" positive vector |x, v| x.pow(v);
            "atan2" mixed vector |x, v| x.atan2(v);
            "hypot" mixed vector |x, v| x.hypot(v);
            "maximum" mixed vector |x, v| x.maximum(v);
            "maximum with a scalar" mixed vector |x, v| x.maximum(v.sum());
            "minimum" mixed vector |x, v| x.minimum(v);
            "log_add_exp" mixed vector |x, v| x.log_add_exp(v);
            "xlogy" positive vector |x, v| x.xlogy(v);
            "leaky_relu" mixed vector |x, v| x.leaky_relu(v);
            "elu" mixed vector |x, v| x.elu(v);
            "where_" mixed vector |x, v| x.where_(&mask, v);
            "where_ with a scalar" mixed vector |x, v| x.where_(&mask, v.norm());
            "matmul" mixed matrix |x, v| x.matmul(v);
            "dot" vector vector |x, v| x.dot(v).to_tensor();
            "outer" vector vector |x, v| x.outer(v);
            "solve" matrix vector |x, v| x.solve(v);
            "scatter_add" mixed matrix |x, v| x.scatter_add(1, [[2, 0, 0], [1, 1, 1]], v);
            "linear, both variables" mixed matrix |x, v| x.linear(v, v.diag());
            "linear, the weight a variable" mixed matrix |x, v| x.linear(v, &vector);
            "linear, the bias a variable" mixed vector |x, v| x.linear(&matrix, v);
        }
    };
}

macro_rules! equal {
    ($($name:literal $x:ident $at:ident |$left:ident, $v:ident| $call:expr;)*) => {$(
        let plain = results(&$at, |_, $v| { let $left = &$x; $call });
        let constant = results(&$at, |tape, $v| { let $left = tape.constant(&$x); $call });
        assert_eq!(plain, constant, $name);
    )*};
}

macro_rules! checked {
    ($($name:literal $x:ident $at:ident |$left:ident, $v:ident| $call:expr;)*) => {$(
        let checked = gradcheck(|$v: TensorVar<'_>| { let $left = &$x; $call }, &$at).order(2).run();
        assert!(checked.is_ok(), "{}: {}", $name, checked.unwrap_err());
    )*};
}

#[test]
fn the_results_are_those_of_a_constant() {
    every_method!(equal f64);
}

#[test]
fn the_results_are_those_of_a_constant_in_single_precision() {
    every_method!(equal f32);
}

#[test]
fn the_derivatives_are_right() {
    every_method!(checked f64);
}

#[test]
fn variables_by_reference() {
    let tape = Tape::new();
    let (x, v, s) = (tensor![1.0, 4.0], &tape.var(tensor![3.0, 2.0]), &tape.var(2.5));
    assert_eq!(x.maximum(v).value(), tensor![3.0, 4.0]);
    assert_eq!(x.maximum(s).value(), tensor![2.5, 4.0]);
    assert_eq!(x.gt(v), tensor![0.0, 1.0]);
    assert_eq!((x.dot(v).value(), x.dot(&x)), (11.0, 17.0));
    let (w, b) = (&v.diag(), &v.square());
    let expected = tensor![12.0, 12.0];
    assert_eq!(x.linear(w, b).value(), expected);
    assert_eq!(x.linear(w, b.value()).value(), expected);
    assert_eq!(x.linear(&w.value(), b).value(), expected);
    assert_eq!(x.linear(&w.value(), &b.value()), expected);
}

#[test]
fn comparisons_are_plain() {
    let tape = Tape::new();
    let (x, v, s) = (tensor![1.0, 2.0, 3.0], tape.var(tensor![2.0, 2.0, 2.0]), tape.var(2.0));
    let nodes = tape.len();
    assert_eq!((x.gt(v), x.gt(s)), (tensor![0.0, 0.0, 1.0], tensor![0.0, 0.0, 1.0]));
    assert_eq!((x.ge(v), x.ge(s)), (tensor![0.0, 1.0, 1.0], tensor![0.0, 1.0, 1.0]));
    assert_eq!((x.lt(v), x.lt(s)), (tensor![1.0, 0.0, 0.0], tensor![1.0, 0.0, 0.0]));
    assert_eq!((x.le(v), x.le(s)), (tensor![1.0, 1.0, 0.0], tensor![1.0, 1.0, 0.0]));
    assert_eq!((x.equals(v), x.equals(s)), (tensor![0.0, 1.0, 0.0], tensor![0.0, 1.0, 0.0]));
    assert_eq!(tape.len(), nodes);
}

#[test]
fn shapes_that_do_not_match() {
    let tape = Tape::new();
    let (x, u) = (Tensor::<f64>::ones([2, 3]), Tensor::<f64>::ones(3));
    let (v, w) = (tape.var(Tensor::<f64>::ones([2, 4])), tape.var(Tensor::<f64>::ones(4)));
    panics! {
        ["pow", "(2, 3)", "(2, 4)", "broadcast"] x.pow(v);
        ["atan2", "(2, 3)", "(2, 4)", "broadcast"] x.atan2(v);
        ["hypot", "(2, 3)", "(2, 4)", "broadcast"] x.hypot(v);
        ["maximum", "(2, 3)", "(2, 4)", "broadcast"] x.maximum(v);
        ["minimum", "(2, 3)", "(2, 4)", "broadcast"] x.minimum(&v);
        ["log_add_exp", "(2, 3)", "(2, 4)", "broadcast"] x.log_add_exp(v);
        ["xlogy", "(2, 3)", "(2, 4)", "broadcast"] x.xlogy(v);
        ["leaky_relu", "(2, 3)", "(2, 4)", "broadcast"] x.leaky_relu(v);
        ["elu", "(2, 3)", "(2, 4)", "broadcast"] x.elu(v);
        ["where_", "(2, 3)", "(2, 4)"] x.where_(&u, v);
        ["gt", "(2, 3)", "(2, 4)", "broadcast"] x.gt(v);
        ["matmul", "(2, 3)", "(2, 4)"] x.matmul(v);
        ["dot", "(3,)", "(4,)"] u.dot(w);
        ["dot", "(2, 3)", "(4,)", "`matmul`"] x.dot(&w);
        ["outer", "(2, 3)", "(4,)", "vectors"] x.outer(w);
        ["solve", "square", "(2, 3)"] x.solve(w);
        ["scatter_add", "(1, 5)", "(1, 4)"] x.scatter_add(1, [[0, 0, 0, 0, 0]], v);
        ["linear", "(2, 3)", "(2, 4)"] x.linear(v, w);
        ["linear", "(2, 3)", "(2, 4)"] x.linear(v, &u);
        ["linear", "(2, 3)", "(3,)"] x.linear(&u, w);
    }
}

/// A constant without a tape, such as `Float::one()`, gives a plain tensor nowhere to be recorded.
#[test]
fn a_scalar_without_a_tape() {
    let one = Var::<f64>::from(1.0);
    assert_eq!(tensor![1.0, 2.0].gt(one), tensor![0.0, 1.0]);
    panics! {
        ["expected a variable on a tape", "tape.constant(x)"] tensor![1.0, 2.0].maximum(one);
    }
}
