//! Neither a training step nor a prediction allocates after warm-up.

use chainrule::nn::prelude::*;
use chainrule::optim::prelude::*;
use chainrule::train::StepReport;
use chainrule::train::prelude::*;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, which counts the allocations of each thread.
struct Counting;

// SAFETY: every call is forwarded to the system's allocator unchanged; counting does not allocate.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.with(|c| c.set(c.get() + 1));
        // SAFETY: the caller upholds the contract, which is the same.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, p: *mut u8, layout: Layout) {
        // SAFETY: the caller upholds the contract, which is the same.
        unsafe { System.dealloc(p, layout) }
    }
    unsafe fn realloc(&self, p: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        COUNT.with(|c| c.set(c.get() + 1));
        // SAFETY: the caller upholds the contract, which is the same.
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

/// The network is small, because the matrix product of large operands allocates memory to pack them.
#[test]
fn a_step_does_not_allocate_after_warm_up() {
    let x = Tensor::random_normal([100, 16], 0.0, 1.0, &mut seeded(1));
    let set = Dataset::classification(x, (0..100).map(|i| i % 4).collect::<Vec<_>>(), 4).unwrap();
    let optimizers: [Box<dyn Optimizer<f32>>; 14] = [
        Box::new(Sgd::new(0.1)),
        Box::new(Sgd::new(0.1).momentum(0.9).nesterov()),
        Box::new(RmsProp::new(0.01)),
        Box::new(RmsProp::pytorch().momentum(0.9).centered()),
        Box::new(Adagrad::new(0.01)),
        Box::new(Adadelta::new(1.0)),
        Box::new(Adam::new(0.01).amsgrad()),
        Box::new(AdamW::new(ExponentialDecay::new(0.01, 100, 0.5).warm_up(5))),
        Box::new(Adamax::new(0.01)),
        Box::new(Nadam::new(0.01)),
        Box::new(Lion::new(0.001)),
        Box::new(Adam::new(0.01).clip_norm(1.0).ema(0.99)),
        Box::new(Adam::new(0.01).global_clip_norm(1.0).gradient_accumulation_steps(2)),
        Box::new(
            Sgd::new(0.1).group(ParamGroup::named(|name| name.ends_with(".w")).constraint(Constraint::max_norm(1.0))),
        ),
    ];
    for mut optimizer in optimizers {
        let mut rng = seeded(2);
        let mut params = Params::<f32>::new();
        let model = Mlp::new(16, [12, 8], 4).activation(Relu).dropout(0.1).build(&mut params, &mut rng);
        let mut tape = Tape::default();
        let mut epoch = || {
            for batch in set.batches(10, &mut seeded(3)) {
                let net = params.bind(&tape);
                let loss = softmax_cross_entropy(
                    model.forward_train(&net, tape.constant(batch.x()), &mut rng),
                    batch.labels(),
                );
                let grads = loss.backward();
                optimizer.step(&mut params, &grads);
                tape.reset();
            }
        };
        epoch();
        let count = allocations(epoch);
        assert_eq!(count, 0, "allocations in an epoch with {optimizer:?}");
    }
}

/// Counts the allocations of the thread between successive steps.
#[derive(Debug, Default)]
struct CountAllocations {
    before: usize,
    steps: Vec<usize>,
}

impl Callback for CountAllocations {
    fn epoch_begin(&mut self, _: &mut TrainingState<'_>) -> Result<(), FitError> {
        self.steps.reserve(100);
        self.before = COUNT.with(Cell::get);
        Ok(())
    }
    fn step_end(&mut self, _: &mut TrainingState<'_>, _: &StepReport) -> Result<(), FitError> {
        let now = COUNT.with(Cell::get);
        self.steps.push(now - self.before);
        self.before = now;
        Ok(())
    }
}

/// A step of `fit` with a metric and a callback does not allocate either, except the first steps of an epoch: while
/// values from its start are kept, new ones need other buffers.
#[test]
fn a_step_of_fit_does_not_allocate_after_warm_up() {
    let x = Tensor::random_normal([100, 16], 0.0, 1.0, &mut seeded(1));
    let set = Dataset::classification(x, (0..100).map(|i| i % 4).collect::<Vec<_>>(), 4).unwrap();
    let (mut params, mut rng) = (Params::<f32>::new(), seeded(2));
    let network = Mlp::new(16, [12, 8], 4).dropout(0.1).build(&mut params, &mut rng);
    let mut model = Model::new(network, params, [16]).unwrap().task(Task::Multiclass);
    let mut counter = CountAllocations::default();
    let fit = Fit::new(Sgd::new(0.1).momentum(0.9)).epochs(3).batch_size(10).verbosity(Verbosity::Quiet);
    model.fit(&set, fit.callback(&mut counter)).unwrap();
    assert_eq!(counter.steps.len(), 30);
    assert_eq!(counter.steps[22..], [0; 8]);
}

#[test]
fn a_prediction_does_not_allocate_after_warm_up() {
    for (inputs, rows) in [(784, 1), (16, 8)] {
        let mut params = Params::<f32>::new();
        let model = Mlp::new(inputs, [12, 8], 4).activation(Gelu).build(&mut params, &mut seeded(1));
        let x = Tensor::random_uniform([rows, inputs], 0.0, 1.0, &mut seeded(2));
        let predict = || (0..3).for_each(|_| drop(model.predict(&params, &x)));
        predict();
        assert_eq!(allocations(predict), 0, "allocations in predictions of {rows} rows of {inputs}");
    }
}

/// A prediction of a model includes the softmax that its loss leaves out.
#[test]
fn a_prediction_of_a_model_does_not_allocate_after_warm_up() {
    let model = Mlp::classifier(784, [300, 100], 10).model::<f32>(1);
    let x = Tensor::random_uniform([1, 784], 0.0, 1.0, &mut seeded(2));
    let predict = || (0..3).for_each(|_| drop(model.predict(&x)));
    predict();
    assert_eq!(allocations(predict), 0);
}
