//! Invalid arguments: each panics at the caller's line, with a message that names the operation, the shapes and what
//! was expected.

use crate::common::panics;
use autograd::{
    CustomOp, Params, Real, Tape, TensorVar, Var, bce_with_logits, concat, einsum, hvp, jvp, mae, mse,
    softmax_cross_entropy, softmax_cross_entropy_smoothed, softmax_cross_entropy_soft, stack, vjp,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use tensor::{Tensor, s, tensor};

/// A variable of ones.
fn of<'t, const N: usize>(tape: &'t Tape, shape: [usize; N]) -> TensorVar<'t> {
    tape.var(Tensor::ones(shape))
}

#[test]
fn shapes_that_do_not_broadcast() {
    let tape = Tape::new();
    let (a, b, c) = (of(&tape, [2, 3]), of(&tape, [2, 4]), of(&tape, [3]));
    panics! {
        ["add", "(2, 3)", "(2, 4)", "broadcast", "equal or 1"] a + b;
        ["sub", "(2, 3)", "(2, 4)", "broadcast"] a - b;
        ["mul", "(2, 3)", "(2, 4)", "broadcast"] a * b;
        ["div", "(2, 3)", "(2, 4)", "broadcast"] a / b;
        ["rem", "(2, 3)", "(2, 4)", "broadcast"] a % b;
        ["add", "(3,)", "(2, 4)"] c + b;
        ["pow", "(2, 3)", "(2, 4)"] a.pow(b);
        ["maximum", "(2, 3)", "(2, 4)"] a.maximum(b);
        ["hypot", "(2, 3)", "(2, 4)"] a.hypot(b);
        ["atan2", "(2, 3)", "(2, 4)"] a.atan2(b);
        ["xlogy", "(2, 3)", "(2, 4)"] a.xlogy(b);
        ["leaky_relu", "(2, 3)", "(2, 4)"] a.leaky_relu(b);
        ["gt", "(2, 3)", "(2, 4)"] a.gt(b);
        ["mul_add", "(2, 3)", "(2, 4)"] a.mul_add(b, c);
        ["mul_add", "(2, 3)", "(2, 4)"] a.mul_add(2.0, b);
        ["clamp", "(2, 3)", "(2, 4)"] a.clamp(b, 1.0);
        ["where_", "(2, 4)", "(2, 3)"] a.where_(&Tensor::ones([2, 4]), 0.0);
        ["where_", "(2, 3)", "(2, 4)"] a.where_(&Tensor::ones(3), b);
        ["where_", "(2, 3)"] a.masked_fill(&Tensor::ones([2, 4]), 0.0);
        ["broadcast_to", "(2, 3)", "(2, 4)", "equal or 1"] a.broadcast_to([2, 4]);
        ["sum_to", "(2, 3)", "(2, 4)"] a.sum_to([2, 4]);
    }
}

#[test]
fn products_that_do_not_fit() {
    let tape = Tape::new();
    let (a, b, v) = (of(&tape, [2, 3]), of(&tape, [4, 2]), of(&tape, [5]));
    panics! {
        ["matmul", "(2, 3)", "(4, 2)"] a.matmul(b);
        ["matmul", "(2, 3)", "(5,)"] a.matmul(v);
        ["matmul", "(5,)", "(2, 3)"] v.matmul(a);
        ["matmul", "(2, 3, 4)", "(3, 4, 2)", "broadcast"] of(&tape, [2, 3, 4]).matmul(of(&tape, [3, 4, 2]));
        ["matmul", "()", "(2, 3)"] tape.var(Tensor::scalar(1.0)).matmul(a);
        ["linear", "(2, 3)", "(4, 2)"] a.linear(b, v);
        ["linear", "(5,)", "(3, 4)"] a.linear(of(&tape, [3, 4]), v);
        ["dot", "(5,)", "(2, 3)", "vectors", "`matmul`"] v.dot(a);
        ["dot", "(5,)", "(4,)"] v.dot(of(&tape, [4]));
        ["outer", "(2, 3)", "(5,)", "vectors"] a.outer(v);
        ["dot", "2", "1"] tape.dot(&[tape.var(1.0), tape.var(2.0)], &[tape.var(1.0)]);
        ["einsum", "->", "\"ij,jk->ik\""] einsum("ij,jk", a, b);
        ["einsum", "comma", "\"ij,jk->ik\""] einsum("ij->ik", a, b);
        ["einsum", "letter"] einsum("i1,jk->ik", a, b);
        ["einsum", "'z'", "neither"] einsum("ij,jk->iz", a, b);
        ["einsum", "'i'", "twice"] einsum("ij,jk->iik", a, b);
        ["einsum", "(2, 3)", "one letter per axis", "got 3"] einsum("ijl,jk->ik", a, b);
        ["einsum", "'j'", "3", "4", "equal"] einsum("ij,jk->ik", a, b);
        ["einsum", "(2, 3)", "2", "3"] einsum("ii,jk->jk", a, b);
    }
}

#[test]
fn axes_that_do_not_exist() {
    let tape = Tape::new();
    let (a, i) = (of(&tape, [2, 3]), [0]);
    panics! {
        ["sum", "axis 2", "2"] a.sum_over(2);
        ["mean", "axis -3"] a.mean_over(-3);
        ["max", "axis 5"] a.max_over([0, 5]);
        ["sum", "twice", "once"] a.sum_over([1, -1]);
        ["softmax", "axis 2"] a.softmax(2);
        ["log_softmax", "axis -3"] a.log_softmax(-3);
        ["cumsum", "axis 2"] a.cumsum(2);
        ["cumprod", "axis 2"] a.cumprod(2);
        ["flip", "axis 2"] a.flip(2);
        ["permute", "axis 2"] a.permute([0, 2]);
        ["permute", "axis 0", "twice", "once"] a.permute([0, 0]);
        ["permute", "(2, 3)"] a.permute([0]);
        ["unsqueeze", "axis 4"] a.unsqueeze(4);
        ["squeeze", "(2, 3)", "1"] a.squeeze(0);
        ["index_select", "axis 2"] a.index_select(2, i);
        ["gather", "axis 2"] a.gather(2, [[0, 0, 0]]);
        ["split", "axis 2"] a.split(2, &[1, 1]);
        ["concat", "axis 2"] concat(&[a, a], 2);
        ["axis 4"] stack(&[a, a], 4);
        ["argmax", "axis 2"] a.argmax_over(2);
        ["layer_norm"] tape.var(Tensor::scalar(1.0)).layer_norm(1.0, 0.0, 1e-5);
    }
}

/// A 0-d tensor counts as a vector of one element, except where an axis is split, joined or normalized over.
#[test]
fn axes_that_a_0d_tensor_does_not_have() {
    let tape = Tape::new();
    let x = tape.var(Tensor::scalar(1.0));
    panics! {
        ["cumsum", "axis 1", "rank 0"] x.cumsum(1);
        ["softmax", "axis -2", "rank 0"] x.softmax(-2);
        ["linear_scan", "axis 1", "rank 0"] x.linear_scan(x, 1);
        ["sum", "axis 1", "rank 0"] x.sum_over(1);
        ["sum", "axis 0", "twice"] x.sum_over([0, -1]);
        ["gather", "position 1", "()"] x.gather(0, [1]);
        ["gather", "0 axes", "(1, 1)"] x.gather(0, [[0]]);
        ["scatter_add", "(2,)", "()"] x.scatter_add(0, [0, 0], x);
        ["split", "0-d"] x.split(0, &[1]);
        ["concat", "axis 0", "rank 0"] concat(&[x, x], 0);
        ["permute", "()"] x.permute([0]);
    }
}

#[test]
#[cfg(target_pointer_width = "64")]
fn shapes_beyond_memory() {
    const HUGE: usize = 1 << 62;
    let tape: Tape<f64> = Tape::new();
    let x = tape.var(Tensor::scalar(1.0));
    let (row, column) = (x.broadcast_to([1, HUGE]), x.broadcast_to([HUGE, 1]));
    panics! {
        ["shape (18446744073709551615,)", "more elements"] Tensor::<f64>::zeros(usize::MAX);
        ["shape (4294967296, 4294967296)"] Tensor::scalar(1.0).broadcast_to([1 << 32, 1 << 32]).size();
        ["shape (4611686018427387904,)"] Tensor::<f32>::arange(HUGE);
        ["shape (4611686018427387904, 4611686018427387904)"] Tensor::<f32>::eye(HUGE);
        ["shape (1, 4611686018427387904)"] Tensor::<f32>::one_hot(&[0], HUGE);
        ["shape (9223372036854775808, 1)"] Tensor::concat(&[&column.value(), &column.value()], 0);
        ["shape (4611686018427387904, 1)"] column.value().to_vec();
        ["shape (4294967296, 4294967296)"] x.broadcast_to([1 << 32, 1 << 32]);
        ["shape (9223372036854775808, 1)"] concat(&[column, column], 0);
        ["shape (4611686018427387904, 4611686018427387904)"] row + column;
        ["shape (4611686018427387904, 4611686018427387904)"] column.matmul(row);
        ["shape (1, 4611686018427387904)"] row.exp();
        ["shape (1, 4611686018427387904)"] row.cumsum(0);
        ["shape (1, 4611686018427387904)"] row.softmax(1);
        ["shape (18446744073709551615,)"] x.unsqueeze(0).pad(&[(usize::MAX, 1)], 0.0);
        ["shape (4611686018427387904, 4)"] x.broadcast_to([2, 2]).repeat(&[HUGE / 2, 2]);
        ["split", "18446744073709551615", "(3,)"] of(&tape, [3]).split(0, &[usize::MAX, 4]);
    }
}

#[test]
fn indices_out_of_range() {
    let tape = Tape::new();
    let a = of(&tape, [2, 3]);
    panics! {
        ["at", "(2, 3)", "3", "axis 1"] a.at([0, 3]);
        ["at", "(2, 3)"] a.at([0]);
        ["item", "(2, 3)"] a.item();
        ["slice", "(2, 3)", "position 2", "axis 0"] a.slice(s![2]);
        ["slice", "(2, 3)", "3"] a.slice(s![.., .., ..]);
        ["index_select", "(2, 3)", "3", "axis 1"] a.index_select(1, [0, 3]);
        ["gather", "(2, 3)", "2", "axis 0"] a.gather(0, [[2, 0, 0]]);
        ["gather", "(2, 3)", "(1, 4)"] a.gather(0, [[0, 0, 0, 0]]);
        ["scatter_add", "(2, 3)", "3"] a.scatter_add(1, [[3], [0]], of(&tape, [2, 1]));
        ["scatter_add", "(2, 2)", "(2, 1)", "at least as large"] a.scatter_add(1, [[1, 0], [0, 0]], of(&tape, [2, 1]));
        ["split", "(2, 3)", "[1, 1]", "2", "3"] a.split(1, &[1, 1]);
    }
}

#[test]
fn rearrangements_that_do_not_fit() {
    let tape = Tape::new();
    let (a, v) = (of(&tape, [2, 3]), of(&tape, [3]));
    panics! {
        ["reshape", "(2, 3)", "6", "(4, 2)", "8"] a.reshape([4, 2]);
        ["concat", "(2, 3)", "(2, 4)"] concat(&[a, of(&tape, [2, 4])], 0);
        ["concat", "(2, 3)", "(3,)"] concat(&[a, v], 0);
        ["stack", "(2, 3)", "(3,)"] stack(&[a, v], 0);
        ["concat", "at least one"] concat::<f64>(&[], 0);
        ["stack", "at least one"] stack::<f64>(&[], 0);
        ["pad", "(2, 3)", "one width per axis", "got 1"] a.pad(&[(1, 1)], 0.0);
        ["repeat", "(2, 3)", "one count per axis", "got 1"] a.repeat(&[2]);
        ["diag", "vector or a matrix", "3"] of(&tape, [1, 2, 3]).diag();
        ["trace", "(3,)", "matrix"] v.trace();
        ["tril", "(3,)"] v.tril(0);
        ["triu", "(3,)"] v.triu(0);
        ["max", "(0, 3)"] of(&tape, [0, 3]).max();
        ["argmax"] of(&tape, [0]).argmax();
    }
}

#[test]
fn losses_of_operands_that_do_not_fit() {
    let tape = Tape::new();
    let (p, column, z) = (of(&tape, [3]), of(&tape, [3, 1]), of(&tape, [2, 4]));
    panics! {
        ["mse", "(3,)", "(3, 1)", "`reshape`"] mse(p, column);
        ["mae", "(3,)", "(3, 1)", "`reshape`"] mae(p, column);
        ["huber", "(3,)", "(3, 1)"] autograd::huber(p, column, 1.0);
        ["bce_with_logits", "(3,)", "(3, 1)"] bce_with_logits(p, column);
        ["softmax_cross_entropy", "(2, 4)", "2 rows", "3 classes"] softmax_cross_entropy(z, [0, 1, 2]);
        ["softmax_cross_entropy", "below 4", "class 4", "row 1"] softmax_cross_entropy(z, [0, 4]);
        ["softmax_cross_entropy", "0-d"] softmax_cross_entropy(tape.var(Tensor::scalar(1.0)), [0]);
        ["smoothing", "0..1", "1.5"] softmax_cross_entropy_smoothed(z, [0, 1], 1.5);
        ["softmax_cross_entropy", "(2, 4)", "(3,)"] softmax_cross_entropy_soft(z, p);
        ["layer_norm", "(2, 4)", "(3,)"] z.layer_norm(p, 0.0, 1e-5);
    }
}

#[test]
fn gradients_that_do_not_exist() {
    let tape = Tape::new();
    let a = of(&tape, [2, 3]);
    let y = a * a;
    let wrong = Tensor::ones([3, 2]);
    panics! {
        ["backward", "(2, 3)", "one element", "y.sum()", "y.backward_with(&v)", "jacobian"] y.backward();
        ["grad", "(2, 3)", "one element", "y.sum()", "y.grad_with(x, &v)", "jacobian"] y.grad(a);
        ["backward_with", "(2, 3)", "(3, 2)"] y.backward_with(&wrong);
        ["grad_with", "(2, 3)", "(3, 2)"] y.grad_with(a, &wrong);
        ["tangents", "(2, 3)", "(3, 2)"] tape.tangents(|t| t.set(a, wrong.clone()));
        ["direction", "(2,)", "(3,)"] jvp(|x| x.square(), &tensor![1.0, 2.0], &tensor![1.0, 2.0, 3.0]);
        ["direction", "(2,)", "(3,)"] hvp(|x| x.square().sum(), &tensor![1.0, 2.0], &tensor![1.0, 2.0, 3.0]);
        ["a constant without one", "tape.constant(x)"] Var::from(2.0_f64).backward();
        ["step of 0"] a.slice(s![..; 0]);
    }
}

/// A pullback is a closure, which has no caller location: only its message is tested.
#[test]
fn a_pullback_with_a_cotangent_of_another_shape() {
    let (_, pull) = vjp(|x| x.square(), tensor![1.0, 2.0]);
    let died = catch_unwind(AssertUnwindSafe(|| pull(&tensor![1.0, 2.0, 3.0]))).unwrap_err();
    let text = died.downcast_ref::<String>().unwrap();
    assert!(["cotangent", "(2,)", "(3,)"].iter().all(|word| text.contains(word)), "{text}");
}

#[test]
fn an_order_of_polygamma_that_cannot_be_computed() {
    let tape = Tape::new();
    let (x, t) = (tape.var(1.5_f64), of(&tape, [2]));
    panics! {
        ["polygamma", "order 150", "149"] x.polygamma(150);
        ["polygamma", "order 4294967295", "149"] x.polygamma(u32::MAX);
        ["polygamma", "order 4294967295", "149"] t.polygamma(u32::MAX);
    }
    assert!(x.polygamma(149).backward().wrt(x).is_finite());
}

#[test]
fn two_tapes_in_one_expression() {
    let (one, two) = (Tape::new(), Tape::new());
    let (x, y) = (one.var(1.0), two.var(2.0));
    let (a, b) = (of(&one, [2, 2]), of(&two, [2, 2]));
    let g = x.backward();
    panics! {
        ["add", "the tape at", "and the other on", "tape.constant(x.value())"] x + y;
        ["mul", "the tape at", "tape.constant(x.value())"] x * y;
        ["pow", "the tape at"] x.pow(y);
        ["hypot", "the tape at"] x.hypot(y);
        ["clamp", "the tape at"] x.clamp(y, 3.0);
        ["mul_add", "the tape at"] x.mul_add(2.0, y);
        ["sum", "the tape at"] one.sum(&[x, y]);
        ["dot", "the tape at"] one.dot(&[x], &[y]);
        ["logsumexp", "the tape at"] two.logsumexp(&[x]);
        ["add", "the tape at"] a + b;
        ["sub", "the tape at"] a - y;
        ["div", "the tape at"] y / a;
        ["maximum", "the tape at"] a.maximum(b);
        ["maximum", "the tape at"] a.maximum(y);
        ["clamp", "the tape at"] a.clamp(b, 1.0);
        ["where_", "the tape at"] a.where_(&Tensor::ones([2, 2]), b);
        ["matmul", "the tape at"] a.matmul(b);
        ["linear", "the tape at"] a.linear(b, a);
        ["dot", "the tape at"] of(&one, [2]).dot(of(&two, [2]));
        ["the tape at"] of(&one, [2]).outer(of(&two, [2]));
        ["einsum", "the tape at"] einsum("ij,jk->ik", a, b);
        ["concat", "the tape at"] concat(&[a, b], 0);
        ["the tape at"] stack(&[a, b], 0);
        ["stack", "the tape at"] one.stack(&[x, y]);
        ["scatter_add", "the tape at"] a.scatter_add(0, [[0, 0]], of(&two, [1, 2]));
        ["mse", "the tape at"] mse(a, b);
        ["bce_with_logits", "the tape at"] bce_with_logits(a, b);
        ["huber", "the tape at"] autograd::huber(a, b, 1.0);
        ["softmax_cross_entropy", "the tape at"] softmax_cross_entropy_soft(a, b);
        ["layer_norm", "the tape at"] a.layer_norm(b, 0.0, 1e-5);
        ["gt", "the tape at"] a.gt(b);
        ["wrt", "the tape at"] g.wrt(y);
        ["is_connected", "the tape at"] g.is_connected(y);
        ["grad", "the tape at"] x.grad(y);
        ["tangents", "the tape at"] one.tangents(|t| t.set(y, 1.0));
        ["tangents", "the tape at"] one.tangents(|_| ()).of(y);
    }
}

/// `y = x` as a custom operation without a rule for forward mode.
#[derive(Debug)]
struct ReverseOnly;
impl CustomOp<f64> for ReverseOnly {
    fn name(&self) -> &str {
        "reverse_only"
    }
    fn forward(&self, x: &[&Tensor<f64>]) -> Tensor<f64> {
        x[0].clone()
    }
    fn vjp(&self, g: &Tensor<f64>, _: &[&Tensor<f64>], _: &Tensor<f64>) -> Vec<Tensor<f64>> {
        vec![g.clone()]
    }
}

#[test]
fn tangents_that_do_not_exist() {
    let tape = Tape::new();
    let a = tape.var(3.0);
    let blocked: Var<f64> = tape.apply(ReverseOnly, &[a]);
    let (independent, after) = (a * a, blocked * a);
    let t = tape.tangents(|t| t.set(a, 1.0));
    let late = a * 2.0;
    panics! {
        ["tangents", "recorded after the sweep"] t.of(late);
        ["`reverse_only`", "no rule for forward mode", "`jvp`"] t.of(blocked);
        ["`reverse_only`", "no rule for forward mode"] t.of(after);
    }
    // Values that do not depend on that operation have tangents, and so do nodes recorded while the tangents are set.
    assert_eq!((t.of(independent), t.of(tape.constant(5.0))), (6.0, 0.0));
    let mut square = None;
    let t = tape.tangents(|t| {
        let y = a * 2.0;
        square = Some(y * y);
        t.set(y, 1.0);
    });
    assert_eq!(square.map(|z| t.of(z)), Some(12.0));
}

#[test]
fn keys_of_other_stores_and_removed_parameters() {
    let (mut params, mut other) = (Params::<f64>::new(), Params::<f64>::new());
    let w = params.add("w", tensor![1.0, 2.0]);
    let gone = params.add("gone", tensor![1.0]);
    let v = other.add("v", tensor![1.0]);
    params.remove(gone);
    let tape = Tape::new();
    panics! {
        ["set", "`w`", "(2,)", "(3,)"] params.set(w, tensor![1.0, 2.0, 3.0]);
        ["add", "`w`", "exists already", "unique"] params.add("w", tensor![1.0]);
        ["another store"] params.get(v);
        ["another store"] params.bind(&tape).var(v);
        ["another store"] params.get_mut(v);
        ["removed"] params.get(gone);
        ["removed"] params.remove(gone);
        ["another store"] params.freeze(v);
    }
}

#[test]
fn reals_outside_their_scope() {
    let closed = Real::record(|scope| scope.input(3.0));
    panics! {
        ["`Real::record` that created a Real (value 3)", "none runs", "inside its closure", "`x.value()`"] closed * 2.0;
        ["none runs"] 2.0 - closed;
        ["none runs"] -&closed;
        ["none runs"] closed.exp();
        ["none runs"] closed.atan2(1.0);
        ["none runs"] closed.clamp(0.0, 1.0);
        ["none runs"] num_traits::Float::powi(closed, 2);
        ["none runs"] num_traits::Euclid::rem_euclid(&closed, &closed);
        ["none runs"] { let mut x = Real::from(1.0); x += closed; };
    }
    Real::record(|outer| {
        let x = outer.input(4.0);
        panics! { ["innermost `Real::record`", "another recording (value 3)", "`Real::from(x.value())`"] x + closed; }
        Real::record(|inner| {
            let y = inner.input(5.0);
            panics! {
                ["innermost `Real::record`", "another recording (value 4)"] x.sin();
                ["another recording (value 4)"] y * x;
                ["another recording (value 4)"] x * y;
                ["another recording (value 4)"] inner.grad(x);
                ["another recording (value 4)"] inner.jacobian(&[y, x]);
                ["another recording (value 5)"] outer.value_and_grad(y);
                ["another recording (value 5)"] outer.var(y);
                ["real: one operand is on the tape at", "record both on one tape"] outer.real(inner.var(y));
                ["grad_into", "one entry per input, 1, got 2"] inner.grad_into(y, &mut [0.0; 2]);
            }
        });
        std::thread::scope(|threads| {
            threads.spawn(|| {
                assert_eq!(x.value(), 4.0);
                panics! { ["(value 4) to run on this thread", "none runs"] x * x; }
            });
        });
        assert_eq!(outer.grad(x * x), [8.0]);
    });
}
