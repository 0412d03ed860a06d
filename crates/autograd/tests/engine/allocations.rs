//! Repeated work on a reset tape allocates nothing. A global allocator counts the allocations of each thread.

use autograd::{ParamGradients, Params, Real, Tape, Var, bce_with_logits, value_and_grad};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use tensor::{Shape, Tensor};

/// The system allocator, with a count of the allocations of each thread.
struct Counting;

thread_local! {
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    // A thread may allocate after its counter was destroyed, when it ends.
    let _ = CALLS.try_with(|calls| calls.set(calls.get() + 1));
}

// SAFETY: every call is forwarded to `System` unchanged; counting does not access allocated memory.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps `alloc`'s contract.
        unsafe { System.alloc(layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps `alloc_zeroed`'s contract.
        unsafe { System.alloc_zeroed(layout) }
    }
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller keeps `realloc`'s contract.
        unsafe { System.realloc(block, layout, size) }
    }
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps `dealloc`'s contract.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// The number of allocations of `f` on this thread.
fn allocations(f: impl FnOnce()) -> usize {
    let before = CALLS.with(Cell::get);
    f();
    CALLS.with(Cell::get) - before
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(1)))), 1);
    assert_eq!(allocations(|| ()), 0);
}

#[test]
fn a_new_tape_allocates_nothing_until_it_records() {
    // one for the pool of arrays
    let n = allocations(|| drop(Tape::<f64>::new()));
    assert!(n <= 1, "{n} allocations");
}

/// The first call makes the tape that the thread keeps.
#[test]
fn repeated_transforms_allocate_nothing() {
    let at = Tensor::from_fn([8], |i| i[0] as f64);
    let work = || {
        let (value, [dx, dy]) = value_and_grad(|[x, y]| (x * y).sin() + x.exp(), [0.5, 0.25]);
        let (sum, g) = value_and_grad(|x| (x * x.tanh()).sum(), &at);
        value + dx + dy + sum + g.at([3])
    };
    let first = work();
    work();
    let n = allocations(|| assert_eq!(work(), first));
    assert_eq!(n, 0);
}

/// A computation on scalars: arithmetic, functions, n-ary nodes, and gradients.
fn scalars(tape: &Tape, at: f64) -> f64 {
    let (x, y) = (tape.var(at), tape.var(0.5));
    let mut z = x * y;
    let mut terms = [z; 8];
    for k in 0..1000 {
        z = (z * 0.99 + x).sin() / (y + 3.0) + z.powi(2).ln_1p().clamp(0.0, y);
        terms[k % 8] = z;
    }
    let z: Var<'_, f64> = tape.sum(&terms) + tape.dot(&terms, &terms) + tape.logsumexp(&terms);
    let g = z.backward();
    g.wrt(x) + g.wrt(y) + z.value()
}

#[test]
fn a_second_run_on_a_reset_scalar_tape_allocates_nothing() {
    let mut tape = Tape::default();
    let first = scalars(&tape, 0.3);
    for _ in 0..3 {
        tape.reset();
        let mut again = 0.0;
        assert_eq!(allocations(|| again = scalars(&tape, 0.3)), 0);
        assert_eq!(again, first);
    }
    tape.reset();
    assert_eq!(allocations(|| _ = scalars(&tape, 0.9)), 0, "other values, the same operations");
    assert_eq!(allocations(|| tape.reset()), 0);
}

/// One step of gradient descent on a perceptron with a hidden layer, on the given tape and parameters.
fn step(tape: &mut Tape<f32>, params: &mut Params<f32>, x: &Tensor<f32>, t: &Tensor<f32>) {
    {
        let key = |i: usize| params.key_at(i).unwrap();
        let net = params.bind(tape);
        let hidden = tape.constant(x.clone()).linear(net.var(key(0)), net.var(key(1))).tanh();
        let logits = hidden.linear(net.var(key(2)), net.var(key(3)));
        let loss = bce_with_logits(logits, tape.constant(t.clone()));
        assert!(loss.value().is_finite());
        let grads = loss.backward();
        for i in 0..4 {
            let p = params.key_at(i).unwrap();
            let (old, g) = (params.get(p), grads.gradient(params, p).unwrap());
            let new = Tensor::build(old.shape().clone(), |out: &mut [f32]| {
                g.copy_to(out);
                for (new, old) in out.iter_mut().zip(old.as_slice().unwrap()) {
                    *new = old - 0.1 * *new;
                }
            });
            params.set(p, new);
        }
    }
    tape.reset();
}

/// A perceptron with layers of these sizes, a batch, and a tape, after three steps.
fn trained([input, hidden, output]: [usize; 3], batch: usize) -> (Tape<f32>, Params<f32>, [Tensor<f32>; 2]) {
    let wave = |shape: [usize; 2]| Tensor::from_fn(Shape::from(shape), |i| ((i[0] * 7 + i[1] * 3) as f32).sin() * 0.1);
    let mut params = Params::<f32>::new();
    params.add("w1", wave([input, hidden]));
    params.add("b1", Tensor::zeros(hidden));
    params.add("w2", wave([hidden, output]));
    params.add("b2", Tensor::zeros(output));
    let (x, t) = (wave([batch, input]), Tensor::full([batch, output], 0.25));
    let mut tape = Tape::default();
    for _ in 0..3 {
        step(&mut tape, &mut params, &x, &t);
    }
    (tape, params, [x, t])
}

#[test]
fn a_repeated_training_step_allocates_nothing() {
    for batch in [1, 8] {
        let (mut tape, mut params, [x, t]) = trained([20, 30, 5], batch);
        for again in 0..3 {
            let n = allocations(|| step(&mut tape, &mut params, &x, &t));
            assert_eq!(n, 0, "batch of {batch}, step {again}: {n} allocations");
        }
    }
}

/// Large products use the gemm crate, which packs its operands into buffers that it allocates.
#[test]
fn a_step_with_large_products_allocates_only_what_the_products_do() {
    for (widths, batch) in [([20, 30, 5], 64), ([256, 200, 10], 64)] {
        let (mut tape, mut params, [x, t]) = trained(widths, batch);
        let of = |name: &str| params.get(params.find(name).unwrap()).clone();
        let (w1, b1, w2, b2) = (of("w1"), of("b1"), of("w2"), of("b2"));
        let products = || {
            let h = x.linear(&w1, Some(&b1));
            let z = h.linear(&w2, Some(&b2));
            let (dw2, dh) = (h.transpose().matmul(&z), z.matmul(&w2.transpose()));
            let dw1 = x.transpose().matmul(&dh);
            drop((dw2, dw1));
        };
        products();
        let bare = allocations(products);
        let n = allocations(|| step(&mut tape, &mut params, &x, &t));
        assert_eq!(n, bare, "a step of {widths:?}, batch of {batch}, against its products");
    }
}

#[test]
fn a_repeated_recording_of_reals_allocates_nothing() {
    let mut gradient = [0.0; 2];
    let mut run = |steps: usize| {
        Real::record(|scope| {
            let (x, k) = (scope.input(0.5), scope.input(1.1));
            let y = (0..steps).fold(x, |y, _| (y * k).sin() + 0.1);
            Real::record(|inner| inner.input(y.value()).exp());
            scope.grad_into(y, &mut gradient);
        });
    };
    run(1000);
    for steps in [1000, 10, 500] {
        assert_eq!(allocations(|| run(steps)), 0, "{steps} steps");
    }
    assert!(gradient.iter().all(|&g| g != 0.0));
}
