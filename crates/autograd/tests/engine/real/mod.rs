//! `Real`: its scope, its functions against those of `Var`, and foreign code that runs on it.

mod functions;
mod generic;
#[cfg(feature = "nalgebra")]
mod nalgebra;
#[cfg(feature = "ndarray")]
mod ndarray;
mod scope;
mod traits;

use autograd::Real;

/// Panics unless the gradient of `f` agrees with central differences of fourth order, to `tolerance` of its largest
/// entry.
#[track_caller]
fn check(what: &str, f: impl Fn(&[Real]) -> Real, x: &[f64], tolerance: f64) {
    let (value, gradient) = Real::record(|scope| {
        let x = scope.inputs(x);
        scope.value_and_grad(f(&x))
    });
    let at = |i: usize, step: f64| {
        let mut x: Vec<Real> = x.iter().map(|&x| Real::from(x)).collect();
        x[i] += step;
        f(&x).value()
    };
    let largest = gradient.iter().fold(1e-3, |largest: f64, g| largest.max(g.abs()));
    for (i, g) in gradient.iter().enumerate() {
        let h = 1e-3;
        let difference = (8.0 * (at(i, h) - at(i, -h)) - (at(i, 2.0 * h) - at(i, -2.0 * h))) / (12.0 * h);
        let error = (g - difference).abs() / largest;
        assert!(error < tolerance, "{what} = {value}, entry {i}: gradient {g}, differences {difference}");
    }
    assert!(gradient.iter().any(|&g| g != 0.0), "{what}: the gradient is 0");
}
