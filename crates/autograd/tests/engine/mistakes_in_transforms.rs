//! Invalid arguments of transforms: each panics at the caller's line, with a message that says what was expected,
//! what was found and what to do.

use crate::common::panics;
use autograd::*;
use tensor::{Tensor, tensor};

#[test]
fn empty_structures() {
    let none: Vec<f64> = Vec::new();
    let empty = Params::<f64>::new();
    let tape = Tape::new();
    let x = tape.var(2.0);
    panics! {
        ["grad", "empty structure", "add an element"] grad(|x: Vec<Var<f64>>| x[0], &none);
        ["value_and_grad", "empty structure"] value_and_grad(|x: Vec<Var<f64>>| x[0], &none[..]);
        ["grad", "empty structure", "Params"] grad(|p| p.tape().constant(1.0), &empty);
        ["jacobian", "empty structure"] jacobian(|p| p.tape().constant(1.0), &empty);
        ["jacobian_matrix", "empty structure"] jacobian_matrix(|p| p.tape().constant(1.0), &empty);
        ["hessian", "empty structure"] hessian(|x: Vec<Var<f64>>| x[0], &none);
        ["hessian_matrix", "empty structure"] hessian_matrix(|x: Vec<Var<f64>>| x[0], &none);
        ["hvp", "empty structure"] hvp(|x: Vec<Var<f64>>| x[0], &none, &vec![]);
        ["jvp", "empty structure"] jvp(|x: Vec<Var<f64>>| x[0], &none, &vec![]);
        ["vjp", "empty structure"] vjp(|x: Vec<Var<f64>>| x[0], &none);
        ["grad", "empty structure"] grad(|x: Vec<Var<'_, f64>>| x[0], Vec::<Var<'_, f64>>::new());
        ["grads", "at least one variable", "empty structure"] x.grads(Vec::<Var<'_, f64>>::new());
        ["grads", "at least one variable"] x.grads(&empty.bind(&tape));
        ["tangent", "at least one variable"] x.tangent([x; 0], []);
    }
}

#[test]
fn shapes_of_directions_and_cotangents() {
    let (at, wrong) = (tensor![1.0, 2.0], tensor![1.0, 2.0, 3.0]);
    let tape = Tape::new();
    let (x, v, s) = (tape.var(at.clone()), tape.constant(wrong.clone()), tape.var(1.0));
    let y = x.square();
    panics! {
        ["jvp", "direction", "(2,)", "(3,)"] jvp(|x| x.square(), &at, &wrong);
        ["hvp", "direction", "(2,)", "(3,)"] hvp(|x| x.square().sum(), &at, &wrong);
        ["jvp", "direction", "(2,)", "(3,)"] jvp(|x| x.square(), x, &v);
        ["hvp", "2 scalars and tensors", "got 1"] hvp(|x: Vec<Var<f64>>| x[0] * x[1], [1.0, 2.0].to_vec(), &vec![1.0]);
        ["tangent", "direction", "(2,)", "(3,)"] y.tangent(x, v);
        ["tangent", "direction", "2 scalars and tensors", "got 3"] y.tangent(vec![s, s], vec![s, s, s]);
        ["grads", "(2,)", "one element", "y.sum()", "grads_with"] y.grads((x, s));
        ["grads_with", "(2,)", "(3,)"] y.grads_with((x, s), &wrong);
        ["unflatten", "2 elements", "(3,)"] unflatten(&at, &wrong);
        ["unflatten", "2 elements", "(1, 2)"] unflatten(&at, &tensor![[1.0, 2.0]]);
    }
}

#[test]
fn variables_of_two_tapes() {
    let (a, b) = (Tape::new(), Tape::new());
    let (x, y) = (a.var(2.0), b.var(3.0));
    panics! {
        ["grads", "on the tape at", "one tape"] (x * x).grads((x, y));
        ["grads", "on the tape at", "one tape"] (x * x).grads(y);
        ["tangent", "on the tape at", "one tape"] (x * x).tangent(x, y);
        ["tangent", "on the tape at", "one tape"] (x * x).tangent(y, y);
        ["grad", "on the tape at", "one tape"] grad(|(x, y)| x + y.value(), (x, y));
        ["grad", "another tape", "function's argument"] grad(|_| y, x);
        ["vjp", "another tape", "function's argument"] vjp(|_| y, x);
        ["value", "another tape"] objective_at(x, |_| y).value(x);
        ["grad", "constant without one", "x.like(value)"] grad(|x| x * x, Var::from(2.0_f64));
        ["a constant without one", "tape.constant(x)"] Var::from(2.0_f64).like(1.0);
    }
}

#[test]
fn detached_results() {
    let at = tensor![1.0, 2.0];
    let tape = Tape::new();
    let x = tape.var(3.0);
    panics! {
        ["grad", "was detached", "x.like(value)"] grad(|x| (x * x).detach(), 2.0);
        ["value_and_grad", "was detached"] value_and_grad(|x| x.square().sum().detach(), &at);
        ["jacobian", "was detached"] jacobian(|x| x.square().detach(), &at);
        ["hvp", "was detached"] hvp(|x| x.square().sum().detach(), &at, &at);
        ["vjp", "was detached"] vjp(|x| x.exp().detach(), &at);
        ["grad", "was detached"] grad(|y| (y * y).detach(), x);
        ["grad", "was detached"] grad(|x| x.ln().detach(), -1.0); // NaN
    }
    // A part that is detached is meant to be constant, and so is a constant of the function's own.
    assert_eq!(grad(|x| x * x.detach(), 2.0), 2.0);
    assert_eq!(
        grad(
            |x| {
                let _ = x.detach();
                x.like(1.0)
            },
            2.0
        ),
        0.0
    );
    let branches = |at: f64| {
        let f = objective(|x: Var<f64>| {
            let gate = x.relu().detach();
            if gate.value() == 0.0 { x.like(0.0) } else { x * gate }
        });
        grad(f, at)
    };
    assert_eq!((branches(-1.0), branches(2.0)), (0.0, 2.0));
    assert_eq!(objective(|x: Var<f64>| (x * x).detach()).value(3.0), 9.0);
    let outer = (x * x).detach();
    assert_eq!(grad(|_| outer, x).value(), 0.0);
}

#[test]
fn parameters_of_another_store() {
    let mut params = Params::new();
    let w = params.add("w", tensor![1.0, 2.0]);
    let other = Params::<f64>::new().add("w", Tensor::ones([1]));
    let tape = Tape::new();
    let net = params.bind(&tape);
    let g = net.var(w).square().sum().grads(&net);
    assert_eq!(g.get(w).value(), tensor![2.0, 4.0]);
    let j = jacobian(|p| p.var(w).square(), &params);
    panics! {
        ["key of another store"] g.get(other);
        ["key of another store"] &j[other];
    }
}
