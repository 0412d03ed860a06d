//! Long chains on a small stack, repeated sweeps, gradients of intermediate values, and `no_grad`.

use autograd::{GradientSum, ParamGradients, Params, Tape, Var, grad, mse};
use std::panic::{AssertUnwindSafe, catch_unwind};
use tensor::{Tensor, tensor};

/// Runs `f` on a thread with a stack of 1 MiB, which overflows if the code recurses over a long chain. Without optimization,
/// a recorded sweep needs more than 256 KiB: the rules of all primitives are inlined into one frame.
fn on_a_small_stack(f: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(1024 * 1024).spawn(f);
    thread.expect("a thread can be started").join().expect("no stack overflow, no panic");
}

#[test]
fn a_million_scalar_operations_do_not_overflow_the_stack() {
    on_a_small_stack(|| {
        let mut tape = Tape::new();
        {
            let x = tape.var(1.0);
            let y = (0..1_000_000).fold(x, |y, _| y * 0.5 + x);
            assert_eq!(y.value(), 2.0);
            let g = y.backward();
            assert_eq!(g.wrt(x), 2.0);
            assert_eq!(tape.tangents(|t| t.set(x, 1.0)).of(y), 2.0);
            assert!(g.is_connected(x));
        }
        assert!(tape.len() >= 2_000_000);
        tape.reset();
        assert!(tape.is_empty());
    });
}

#[test]
fn a_recorded_gradient_of_a_long_chain_does_not_overflow_the_stack() {
    on_a_small_stack(|| {
        let tape = Tape::new();
        let x = tape.var(0.5_f64);
        let y = (0..200_000).fold(x, |y, _| y.sin() + x);
        let d = y.grad(x);
        assert!((d.value() - y.backward().wrt(x)).abs() < 1e-12 * d.value().abs());
        assert!((y.tangent(x, x.like(1.0)).value() - d.value()).abs() < 1e-12 * d.value().abs());
        assert!(d.grad(x).value().is_finite());
    });
}

#[test]
fn a_hundred_thousand_tensor_operations_do_not_overflow_the_stack() {
    on_a_small_stack(|| {
        let tape = Tape::new();
        let x = tape.var(tensor![1.0, 2.0]);
        let y = (0..50_000).fold(x, |y, _| y * 0.5 + x);
        let s = y.sum();
        assert_eq!(s.backward().wrt(x), tensor![2.0, 2.0]);
        assert_eq!(tape.tangents(|t| t.set(x, tensor![1.0, 0.0])).of(s), 2.0);
        assert_eq!(s.grad(x).value(), tensor![2.0, 2.0]);
    });
}

/// The numbers of nodes on the tape after a chain of n operations, after a sweep, and after a recorded gradient.
fn nodes(n: usize) -> [usize; 3] {
    let tape = Tape::new();
    let x = tape.var(0.3);
    let y = (0..n).fold(x, |y, _| (y * x).sin());
    let recorded = tape.len();
    y.backward().wrt(x);
    let swept = tape.len();
    y.grad(x);
    [recorded, swept, tape.len()]
}

#[test]
fn the_number_of_nodes_is_linear_in_the_number_of_operations() {
    let ([a, b, c], [d, e, f]) = (nodes(1_000), nodes(10_000));
    assert_eq!((a, b), (2_001, 2_001), "one node per operation, and none from a sweep");
    assert_eq!((d, e), (20_001, 20_001));
    assert!((9 * c..=11 * c).contains(&f), "{c} and {f}");
}

#[test]
fn a_sweep_may_be_repeated() {
    let tape = Tape::new();
    let (x, w) = (tape.var(0.7_f64), tape.var(tensor![[0.1, -0.2], [0.4, 0.3]]));
    let y = (w.matmul(w).tanh().sum() * x).exp() + x.powi(3);
    let (dx, dw) = (y.backward().wrt(x), y.backward().wrt(w));
    let g = y.backward();
    assert_eq!((g.wrt(x), g.wrt(w)), (dx, dw.clone()));
    // Another sweep in between, over another part of the tape.
    let other = (x * 2.0 + w.sum()).backward();
    assert_eq!((other.wrt(x), other.wrt(w)), (2.0, Tensor::ones([2, 2])));
    assert_eq!((g.wrt(x), g.wrt(w)), (dx, dw.clone()));
    assert_eq!((y.backward().wrt(x), y.backward().wrt(w)), (dx, dw));
}

#[test]
fn summed_gradients_equal_the_gradient_of_the_sum() {
    let mut params = Params::<f64>::new();
    let w = params.add("w", tensor![[0.5, -0.25], [1.0, 0.75]]);
    let b = params.add("b", tensor![0.5, -0.5]);
    let batches = [tensor![[1.0, 2.0]], tensor![[-1.0, 0.5]], tensor![[0.25, -2.0]]];
    let mut sum = GradientSum::new();
    let mut tape = Tape::new();
    for x in &batches {
        let net = params.bind(&tape);
        let y = tape.constant(x.clone()).linear(net.var(w), net.var(b));
        sum.add(&params, &mse(y, tape.constant(tensor![[1.0, -1.0]])).backward());
        tape.reset();
    }
    let net = params.bind(&tape);
    let one = |x: &Tensor<f64>| {
        let y = tape.constant(x.clone()).linear(net.var(w), net.var(b));
        mse(y, tape.constant(tensor![[1.0, -1.0]]))
    };
    let whole = (one(&batches[0]) + one(&batches[1]) + one(&batches[2])).backward();
    for p in [w, b] {
        let (sum, whole) = (sum.gradient(&params, p).unwrap().to_vec(), whole.gradient(&params, p).unwrap().to_vec());
        for (a, b) in sum.iter().zip(whole) {
            assert!((a - b).abs() < 1e-14, "{a} {b}");
        }
    }
}

#[test]
fn gradients_of_intermediate_values() {
    let tape = Tape::new();
    let x = tape.var(2.0);
    let a = x * x; // 4
    let b = a.sin();
    let c = a * b;
    let aside = x.exp();
    let g = c.backward();
    assert_eq!(g.wrt(c), 1.0);
    assert_eq!(g.wrt(b), 4.0);
    assert!((g.wrt(a) - (4.0_f64.sin() + 4.0 * 4.0_f64.cos())).abs() < 1e-15);
    assert_eq!((g.wrt(aside), g.is_connected(aside), g.is_connected(b)), (0.0, false, true));
    assert_eq!(g.wrt(x), g.wrt(a) * 4.0, "reading one gradient does not change another");

    let w = tape.var(tensor![1.0, -2.0, 3.0]);
    let h = w.square();
    let s = h.sum();
    let y = s * s + h.max();
    let g = y.backward();
    assert_eq!((g.wrt(y), g.wrt(s)), (1.0, 28.0));
    assert_eq!(g.wrt(h), tensor![28.0, 28.0, 29.0]);
    assert_eq!(g.wrt(w), tensor![56.0, -112.0, 174.0]);
    assert_eq!(y.grad(h).value(), tensor![28.0, 28.0, 29.0]);
    assert_eq!(g.wrt(h), tensor![28.0, 28.0, 29.0], "read again");
    // A node after the output.
    let later = y * 2.0;
    assert_eq!((g.wrt(later), g.is_connected(later)), (0.0, false));
}

#[test]
fn no_grad_records_nothing() {
    let tape = Tape::new();
    let (x, w) = (tape.var(3.0), tape.var(tensor![1.0, 2.0]));
    let before = tape.len();
    let c = tape.no_grad(|| {
        let inner = tape.no_grad(|| x * x);
        inner + x // not recorded either after the inner `no_grad`
    });
    assert_eq!((c.value(), c.is_constant(), tape.len()), (12.0, true, before));
    assert_eq!((c * x).backward().wrt(x), 12.0);
    let t = tape.no_grad(|| w * w);
    assert!(t.is_constant());
    assert_eq!((t * w).sum().backward().wrt(w), tensor![1.0, 4.0]);
}

#[test]
fn a_panic_inside_no_grad_turns_recording_on_again() {
    let tape = Tape::new();
    let x = tape.var(3.0);
    let died = catch_unwind(AssertUnwindSafe(|| tape.no_grad(|| tape.no_grad(|| -> f64 { panic!("on purpose") }))));
    assert!(died.is_err());
    let y = x * x;
    assert!(!y.is_constant());
    assert_eq!(y.backward().wrt(x), 6.0);
}

#[test]
fn a_panic_in_an_operation_leaves_the_tape_usable() {
    let tape = Tape::new();
    let (a, b) = (tape.var(tensor![1.0, 2.0]), tape.var(tensor![1.0, 2.0, 3.0]));
    let before = tape.len();
    assert!(catch_unwind(AssertUnwindSafe(|| a + b)).is_err());
    assert!(catch_unwind(AssertUnwindSafe(|| a.matmul(b))).is_err());
    assert!(catch_unwind(AssertUnwindSafe(|| a.backward())).is_err());
    assert_eq!(tape.len(), before);
    assert_eq!((a * a).sum().backward().wrt(a), tensor![2.0, 4.0]);
}

#[test]
fn a_detached_value_is_a_constant() {
    let tape = Tape::new();
    let (x, w) = (tape.var(3.0), tape.var(tensor![1.0, 2.0]));
    let d = (x * x).detach();
    assert!(d.is_constant());
    assert_eq!((d * x).backward().wrt(x), 9.0);
    assert_eq!((d * x).grad(x).grad(x).value(), 0.0);
    assert_eq!((w.square().detach() * w).sum().backward().wrt(w), tensor![1.0, 4.0]);
    let g = d.backward();
    assert_eq!((g.wrt(x), g.is_connected(x)), (0.0, false));
}

#[test]
fn nested_tapes() {
    // The result of the inner tape is a plain number, a constant on the outer tape.
    let outer = grad(|x| x * x.tape().unwrap().constant(grad(|y| y.powi(3), x.value())), 2.0_f64);
    assert_eq!(outer, 12.0);
    let (one, two) = (Tape::new(), Tape::new());
    let (x, y) = (one.var(2.0), two.var(5.0));
    let (f, g) = (x * x, y * y * y);
    assert_eq!((f.backward().wrt(x), g.backward().wrt(y)), (4.0, 75.0));
    assert_eq!((one.constant(g.value()) * x).backward().wrt(x), 125.0);
}

#[test]
fn a_reset_tape_behaves_like_a_new_one() {
    let mut tape = Tape::new();
    let run = |tape: &Tape, at: f64| {
        let (x, w) = (tape.var(at), tape.var(tensor![at, 1.0]));
        let unused = tape.var(9.0);
        let y: Var<'_, f64> = (w * x).tanh().sum() + x.sin();
        let g = y.backward();
        (tape.len(), g.wrt(x), g.wrt(w), g.wrt(unused))
    };
    let fresh = run(&Tape::new(), 0.3);
    run(&tape, 0.9);
    for _ in 0..3 {
        tape.reset();
        assert_eq!(run(&tape, 0.3), fresh);
    }
}
