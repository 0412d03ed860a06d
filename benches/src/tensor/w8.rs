//! W8: the memory bandwidth of an optimizer step over a million parameters, relative to a triad.

use crate::json::{Line, Unit};
use crate::report::Report;
use crate::timing::{interleave, lap};
use autograd::{Param, ParamGradients, Params};
use optim::{Adadelta, Adagrad, Adam, Adamax, Lion, Nadam, Optimizer, RmsProp, Sgd};
use tensor::Tensor;
use tensor::math::simd::{Arch, Kernel, dispatch};

/// A constant gradient.
struct Given(Param, Tensor<f32>);

impl ParamGradients<f32> for Given {
    fn gradient(&self, _: &Params<f32>, param: Param) -> Option<&Tensor<f32>> {
        (param == self.0).then_some(&self.1)
    }
}

/// Measures steps and triads alternately.
pub(super) fn run(report: &mut Report) {
    let n = if report.args.quick { 1000 } else { 1_000_000 };
    let wave = |seed: f32| Tensor::from_fn(n, |i| (i[0] as f32 * 0.37 + seed).sin() * 0.01);
    // The number of elements that a step reads and writes for each parameter: w, g, the new w, and the state twice.
    let optimizers: [(&str, usize, Box<dyn Optimizer<f32>>); 12] = [
        ("sgd", 3, Box::new(Sgd::new(1e-3))),
        ("momentum", 5, Box::new(Sgd::new(1e-3).momentum(0.9))),
        ("nesterov", 5, Box::new(Sgd::new(1e-3).momentum(0.9).nesterov())),
        ("rmsprop", 5, Box::new(RmsProp::new(1e-3))),
        ("rmsprop_all", 9, Box::new(RmsProp::new(1e-3).momentum(0.9).centered())),
        ("adagrad", 5, Box::new(Adagrad::new(1e-3))),
        ("adadelta", 7, Box::new(Adadelta::new(1.0))),
        ("adam", 7, Box::new(Adam::new(1e-3).weight_decay(0.004))),
        ("amsgrad", 9, Box::new(Adam::new(1e-3).amsgrad())),
        ("adamax", 7, Box::new(Adamax::new(1e-3))),
        ("nadam", 7, Box::new(Nadam::new(1e-3))),
        ("lion", 5, Box::new(Lion::new(1e-4))),
    ];
    for (name, numbers, mut optimizer) in optimizers {
        for (place, held) in [("in_place", false), ("fresh", true)] {
            let mut params = Params::<f32>::new();
            let p = params.add("w", wave(0.0));
            let gradient = Given(p, wave(1.0));
            let step = || {
                let tape = held.then(|| params.get(p).clone());
                optimizer.step(&mut params, &gradient);
                drop(tape);
            };
            let (mut a, b, c) = (wave(2.0), wave(3.0), wave(4.0));
            let triad = || {
                if let (Some(b), Some(c)) = (b.as_slice(), c.as_slice()) {
                    dispatch(Triad { a: a.data_mut(), b, c, s: 3.0 });
                }
            };
            let [ours, bare] = interleave(report.plan(), [lap(step), lap(triad)]);
            let speed = |numbers: usize| move |seconds: f64| (4 * numbers * n) as f64 / seconds / 1e9;
            let (ours_speed, bare_speed) = (ours.map(speed(numbers)), bare.map(speed(3)));
            report.emit(
                Line::new("W8", format!("{name}.{place}"), report.args.threads)
                    .values("GB/s", &ours_speed, ours.repeats())
                    .with("yardstick", "triad")
                    .with("yardstick_median", bare_speed.median())
                    .with("ratio", ours_speed.median() / bare_speed.median())
                    .with("ratio_of_min", ours_speed.max() / bare_speed.max())
                    .with("step_ms", ours.median() * Unit::Ms.per_second()),
            );
        }
    }
}

/// a := b + s c
struct Triad<'a> {
    a: &'a mut [f32],
    b: &'a [f32],
    c: &'a [f32],
    s: f32,
}

impl Kernel for Triad<'_> {
    const SIMD512: bool = false;
    type Output = ();
    #[inline(always)]
    fn run<A: Arch>(self) {
        for ((a, &b), &c) in self.a.iter_mut().zip(self.b).zip(self.c) {
            *a = b + self.s * c;
        }
    }
}
