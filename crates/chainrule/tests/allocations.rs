//! A training step in its steady state takes nothing from the allocator, nor does a prediction.

use chainrule::prelude::*;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, counting what each thread asks for.
struct Counting;

// SAFETY: every call is handed on to the system's allocator as it came; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.with(|c| c.set(c.get() + 1));
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, p: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(p, layout) }
    }
    unsafe fn realloc(&self, p: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        COUNT.with(|c| c.set(c.get() + 1));
        // SAFETY: the caller's promises are passed on.
        unsafe { System.realloc(p, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(f: impl FnOnce()) -> usize {
    let before = COUNT.with(Cell::get);
    f();
    COUNT.with(Cell::get) - before
}

#[test]
fn a_step_allocates_nothing_once_it_is_warm() {
    for momentum in [0.0, 0.9] {
        let mut rng = seeded(1);
        let mut params = Params::<f32>::new();
        let model = Mlp::new(64, [32, 16], 10).activation(Relu).dropout(0.1).build(&mut params, &mut rng);
        let mut sgd = Sgd::new(0.1).momentum(momentum);
        let mut tape = Tape::new();
        let digits = digits();
        let mut step = |x: Tensor, y: &Indices| {
            let net = params.on(&tape);
            let loss = softmax_cross_entropy(model.forward_train(&net, tape.constant(x), &mut rng), y);
            let grads = loss.backward();
            sgd.step(&mut params, &grads);
            drop(grads);
            tape.reset();
        };
        let mut order = seeded(2);
        let mut batches = digits.batches(32, &mut order).drop_last();
        for batch in batches.by_ref().take(8) {
            step(batch.x, &batch.y);
        }
        let n = allocations(|| batches.by_ref().take(16).for_each(|batch| step(batch.x, &batch.y)));
        assert_eq!(n, 0, "in 16 steps with momentum {momentum}");
    }
}

#[test]
fn a_prediction_allocates_nothing_once_it_is_warm() {
    let mut params = Params::<f32>::new();
    let model = Mlp::new(784, [300, 100], 10).activation(Relu).build(&mut params, &mut seeded(1));
    for rows in [1, 32] {
        let x = Tensor::random_uniform([rows, 784], 0.0, 1.0, &mut seeded(2));
        for _ in 0..3 {
            model.predict(&params, &x);
        }
        let n = allocations(|| (0..10).for_each(|_| drop(model.predict(&params, &x))));
        assert_eq!(n, 0, "in 10 predictions of {rows} rows");
    }
}
