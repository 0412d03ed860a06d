//! Tests of L-BFGS.

use super::*;
use autograd::TensorVar;
use tensor::{Tensor, tensor};

fn rosenbrock<'t>(x: TensorVar<'t>) -> Var<'t, f64> {
    let (a, b) = (x.at([0]), x.at([1]));
    (b - a * a).square() * 100.0 + (1.0 - a).square()
}

#[test]
fn rosenbrock_from_three_starting_points() {
    for start in [[-1.2, 1.0], [2.0, -3.0], [0.0, 10.0]] {
        let mut params = Params::new();
        let x = params.add("x", Tensor::from_vec(2, start));
        let report = Lbfgs::new().minimize(&mut params, |net| rosenbrock(net.var(x)));
        assert!(report.converged() && report.evaluations < 100, "{report}");
        assert!(params.get(x).to_vec().iter().all(|x| (x - 1.0).abs() < 1e-5), "{report}");
    }
}

/// Σ i (xᵢ - i)², of two parameters.
#[test]
fn a_quadratic_over_two_parameters() {
    let mut params = Params::<f64>::new();
    let a = params.add("a", Tensor::zeros([2, 3]));
    let b = params.add("b", Tensor::zeros(4));
    let frozen = params.add("frozen", tensor![7.0]);
    params.freeze(frozen);
    let _unused = params.add("unused", tensor![5.0]);
    let i = Tensor::from_fn([2, 3], |i| (3 * i[0] + i[1] + 1) as f64);
    let j = Tensor::from_fn(4, |j| (j[0] + 7) as f64);
    let report = Lbfgs::new().minimize(&mut params, |net| {
        let (i, j) = (net.tape().constant(i.clone()), net.tape().constant(j.clone()));
        let loss = ((net.var(a) - i).square() * i).sum() + ((net.var(b) - j).square() * j).sum();
        loss + (net.var(frozen) - 1.0).square().sum()
    });
    assert!(report.converged() && report.iterations < 40 && (report.loss - 36.0).abs() < 1e-9, "{report}");
    let close = |x: &Tensor<f64>, y: &Tensor<f64>| x.to_vec().iter().zip(y.to_vec()).all(|(x, y)| (x - y).abs() < 1e-5);
    assert!(close(params.get(a), &i) && close(params.get(b), &j));
    assert_eq!((params.get(frozen).item(), params.find("unused").map(|p| params.get(p).item())), (7.0, Some(5.0)));
}

/// A network 2-8-1 with tanh, for the exclusive or.
struct Network([Param; 4]);

impl Network {
    fn new<T: Scalar>() -> (Params<T>, Network) {
        let value = |i: usize| T::from_f64((i as f64 * 12.9898 + 1.0).sin());
        let mut params = Params::new();
        let w1 = params.add("w1", Tensor::from_fn([2, 8], |i| value(8 * i[0] + i[1])));
        let b1 = params.add("b1", Tensor::zeros(8));
        let w2 = params.add("w2", Tensor::from_fn([8, 1], |i| value(i[0] + 50)));
        let b2 = params.add("b2", Tensor::zeros(1));
        (params, Network([w1, b1, w2, b2]))
    }

    fn loss<'t, T: Scalar>(&self, net: &BoundParams<'_, 't, T>) -> Var<'t, T> {
        let constant = |rows, columns, values: &[f64]| {
            let values: Vec<T> = values.iter().map(|&x| T::from_f64(x)).collect();
            net.tape().constant(Tensor::from_vec([rows, columns], values))
        };
        let x = constant(4, 2, &[0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
        let y = constant(4, 1, &[0.0, 1.0, 1.0, 0.0]);
        let [w1, b1, w2, b2] = self.0.map(|p| net.var(p));
        ((x.matmul(w1) + b1).tanh().matmul(w2) + b2 - y).square().sum()
    }
}

#[test]
fn a_small_network() {
    let (mut params, network) = Network::new::<f64>();
    let report = Lbfgs::new().minimize(&mut params, |net| network.loss(net));
    assert!(report.converged() && report.loss < 1e-10 && report.evaluations < 150, "{report}");
    let (mut params, network) = Network::new::<f32>();
    let report = Lbfgs::new().gradient_tolerance(1e-4).minimize(&mut params, |net| network.loss(net));
    assert!(report.converged() && report.loss < 1e-6, "{report}");
}

#[test]
fn a_resumed_minimization_continues_bit_for_bit() {
    let lbfgs = |steps| Lbfgs::new().history_size(4).max_iterations(steps);
    let (mut whole, network) = Network::new::<f32>();
    assert_eq!(lbfgs(12).minimize(&mut whole, |net| network.loss(net)).stopped, StopReason::MaxIterations);
    let (mut parts, network) = Network::new::<f32>();
    let mut first = lbfgs(7);
    first.minimize(&mut parts, |net| network.loss(net));
    let state = first.state(&parts);
    assert_eq!((state.step, state.slots.len()), (7, 4 * 2 * 4));
    let mut resumed = lbfgs(5);
    resumed.load_state(&parts, &state).unwrap();
    assert_eq!(resumed.state(&parts), state);
    resumed.minimize(&mut parts, |net| network.loss(net));
    for (a, b) in whole.iter().zip(parts.iter()) {
        assert_eq!(a.1, b.1);
    }
}

#[test]
fn a_state_that_does_not_match_is_rejected() {
    let (mut params, network) = Network::new::<f64>();
    let mut lbfgs = Lbfgs::new().max_iterations(2);
    lbfgs.minimize(&mut params, |net| network.loss(net));
    let mut state = lbfgs.state(&params);
    state.slots.retain(|(name, _)| name != "b1/y1");
    state.slots[0].1 = tensor![1.0];
    let error = lbfgs.load_state(&params, &state).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the optimizer state does not match the optimizer and its parameters, and was not loaded:\n  \
         `w1/s0` must have the shape of its parameter, (2, 8), found (1,)\n  `b1/y1` is missing"
    );
}

#[test]
fn every_stop_reason_is_reported() {
    let run = |lbfgs: &mut Lbfgs, loss: &mut dyn FnMut(f64) -> (f64, f64)| {
        let mut params = Params::<f64>::new();
        let p = params.add("x", tensor![1.0]);
        let report = lbfgs.minimize_with(&mut params, |params| {
            let (value, derivative) = loss(params.get(p).item());
            let mut sum = GradientSum::new();
            sum.add(params, &crate::testing::Given(vec![(p, tensor![derivative])]));
            (value, sum)
        });
        (report.stopped, params.get(p).item())
    };
    let stopped = |lbfgs: Lbfgs, loss: &mut dyn FnMut(f64) -> (f64, f64)| run(&mut lbfgs.clone(), loss);
    assert_eq!(stopped(Lbfgs::new(), &mut |x| (x * x, 2.0 * x)), (StopReason::SmallGradient, 0.0));
    assert_eq!(stopped(Lbfgs::new(), &mut |_| (f64::NAN, 1.0)), (StopReason::NotFinite, 1.0));
    assert_eq!(stopped(Lbfgs::new(), &mut |_| (1.0, f64::NAN)), (StopReason::NotFinite, 1.0));
    // A gradient of the wrong sign: the point stays where it was.
    assert_eq!(stopped(Lbfgs::new(), &mut |x| (x * x, -2.0 * x)), (StopReason::LineSearchFailed, 1.0));
    assert_eq!(stopped(Lbfgs::new().max_iterations(0), &mut |x| (x * x, 2.0 * x)), (StopReason::MaxIterations, 1.0));
    let loose = Lbfgs::new().change_tolerance(0.5);
    assert_eq!(stopped(loose, &mut |x| ((x - 0.3).powi(4) / 4.0, (x - 0.3).powi(3))).0, StopReason::SmallChange);
}
