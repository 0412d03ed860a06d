//! Programs that are generic over `num_traits::Float`, differentiated unchanged.

use super::check;
use autograd::Real;
use num_traits::Float;

/// The classical Runge-Kutta method for y' = f(y).
fn rk4<T: Float + 'static, const N: usize>(f: impl Fn([T; N]) -> [T; N], mut y: [T; N], h: T, steps: usize) -> [T; N] {
    let two = T::one() + T::one();
    let sixth = (two + two + two).recip();
    let ahead = |y: [T; N], h: T, d: [T; N]| std::array::from_fn(|i| y[i] + h * d[i]);
    for _ in 0..steps {
        let a = f(y);
        let b = f(ahead(y, h / two, a));
        let c = f(ahead(y, h / two, b));
        let d = f(ahead(y, h, c));
        y = std::array::from_fn(|i| y[i] + h * sixth * (a[i] + two * (b[i] + c[i]) + d[i]));
    }
    y
}

#[test]
fn a_differential_equation() {
    // y' = k y from 1: the derivative of e^(k t) in k is t e^(k t).
    let (y, g) = Real::record(|scope| {
        let k = scope.input(-1.5);
        let [y] = rk4(|[y]| [k * y], [Real::from(1.0)], Real::from(0.01), 100);
        scope.value_and_grad(y)
    });
    let exact = (-1.5_f64).exp();
    assert!((y - exact).abs() < 1e-9 && (g[0] - exact).abs() < 1e-9, "{y} {g:?}");

    // A pendulum with friction, in its length, its friction and its first angle.
    let pendulum = |x: &[Real]| {
        let f = |[angle, speed]: [Real; 2]| [speed, -angle.sin() / x[0] - x[1] * speed];
        rk4(f, [x[2], Real::from(0.0)], Real::from(0.05), 60)[0]
    };
    check("pendulum", pendulum, &[0.8, 0.3, 1.2], 1e-9);
}

/// The negative log-likelihood of positions under a model of constant speed with noise, by a Kalman filter.
fn kalman<T: Float + 'static>(process: T, measurement: T, positions: &[f64]) -> T {
    let number = |x: f64| T::from(x).expect("a constant");
    let (mut x, mut v) = (T::zero(), T::zero());
    let [mut xx, mut xv, mut vv] = [number(10.0), T::zero(), number(10.0)];
    let mut loss = T::zero();
    for &z in positions {
        x = x + v;
        xx = xx + xv + xv + vv + process / number(3.0);
        xv = xv + vv + process / number(2.0);
        vv = vv + process;
        let (residual, variance) = (number(z) - x, xx + measurement);
        loss = loss + (variance.ln() + residual * residual / variance) / number(2.0);
        let (gain_x, gain_v) = (xx / variance, xv / variance);
        x = x + gain_x * residual;
        v = v + gain_v * residual;
        vv = vv - gain_v * xv;
        xv = xv - gain_v * xx;
        xx = xx - gain_x * xx;
    }
    loss
}

#[test]
fn a_kalman_filter() {
    let positions: Vec<f64> = (0..50).map(|i| 0.3 * i as f64 + (i as f64 * 1.7).sin() * 0.4).collect();
    check("the filter", |x| kalman(x[0].exp(), x[1].exp(), &positions), &[-4.0, -2.0], 1e-8);
    let value = Real::record(|scope| kalman(scope.input(0.02), scope.input(0.15), &positions).value());
    assert_eq!(value, kalman(Real::from(0.02), Real::from(0.15), &positions).value());
    assert!((value - kalman(0.02, 0.15, &positions)).abs() < 1e-12 * value.abs());
}
