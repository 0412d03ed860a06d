//! Custom operations with wrong rules: each kind of error is found, at the right elements; and right rules pass.

use super::*;
use crate::core::var::Var;
use crate::ops::CustomOp;
use std::fmt::Debug;
use tensor::{Tensor, tensor};

type T = Tensor<f64>;
type V<'t> = Var<'t, T>;

/// A custom operation whose rules are closures.
struct Closures<F, B, J> {
    forward: F,
    vjp: B,
    jvp: J,
    recorded: Recorded,
}

type Recorded = for<'t> fn(V<'t>, &[V<'t>]) -> Option<Vec<V<'t>>>;

impl<F, B, J> Debug for Closures<F, B, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("closures")
    }
}

impl<F, B, J> CustomOp<f64> for Closures<F, B, J>
where
    F: Fn(&[&T]) -> T + Send + Sync,
    B: Fn(&T, &[&T]) -> Vec<T> + Send + Sync,
    J: Fn(&[&T], &[Option<&T>]) -> Option<T> + Send + Sync,
{
    fn name(&self) -> &str {
        "closures"
    }
    fn forward(&self, x: &[&T]) -> T {
        (self.forward)(x)
    }
    fn vjp(&self, g: &T, x: &[&T], _: &T) -> Vec<T> {
        (self.vjp)(g, x)
    }
    fn jvp(&self, x: &[&T], dx: &[Option<&T>], _: &T) -> Option<T> {
        (self.jvp)(x, dx)
    }
    fn vjp_recorded<'t>(&self, g: V<'t>, x: &[V<'t>], _: V<'t>) -> Option<Vec<V<'t>>> {
        (self.recorded)(g, x)
    }
}

fn zip(a: &T, b: &T, f: impl Fn(f64, f64) -> f64) -> T {
    Tensor::from_vec(a.shape(), a.to_vec().iter().zip(b.to_vec()).map(|(&a, b)| f(a, b)).collect::<Vec<_>>())
}

fn no_jvp(_: &[&T], _: &[Option<&T>]) -> Option<T> {
    None
}

fn no_recorded<'t>(_: V<'t>, _: &[V<'t>]) -> Option<Vec<V<'t>>> {
    None
}

/// x y + x, element by element, with this vjp and no other rules.
fn with_vjp(vjp: impl Fn(&T, &[&T]) -> Vec<T> + Clone + Send + Sync + 'static) -> Result<Checked, GradCheckError> {
    let forward = |x: &[&T]| zip(x[0], x[1], |x, y| x * y + x);
    let point = (tensor![[0.3, -1.2, 0.7], [1.9, 0.4, -0.6]], tensor![[1.1, 0.2, -0.9], [0.5, -1.4, 2.0]]);
    gradcheck(
        move |(x, y): (V, V)| -> V {
            let op = Closures { forward, vjp: vjp.clone(), jvp: no_jvp, recorded: no_recorded };
            Var::tape(x).map_or(x, |tape| tape.apply(op, &[x, y]))
        },
        point,
    )
    .run()
}

fn right(g: &T, x: &[&T]) -> Vec<T> {
    vec![zip(g, x[1], |g, y| g * (y + 1.0)), zip(g, x[0], |g, x| g * x)]
}

#[test]
fn a_right_rule_passes_without_forward_mode() {
    let checked = with_vjp(right).unwrap();
    assert_eq!((checked.derivatives(), checked.forward()), (12, false));
    assert!(checked.largest_error() < 1e-9 && checked.kinks().is_empty() && checked.unresolved().is_empty());
}

/// The input and index of each failure, sorted.
pub(super) fn places(e: &GradCheckError) -> Vec<(usize, Vec<usize>)> {
    let mut places: Vec<_> = e.failures().iter().map(|f| (f.input.unwrap(), f.index.clone())).collect();
    places.sort();
    places.dedup();
    places
}

fn all_of(input: usize) -> Vec<(usize, Vec<usize>)> {
    (0..2).flat_map(|i| (0..3).map(move |j| (input, vec![i, j]))).collect()
}

#[test]
fn a_wrong_sign() {
    let e = with_vjp(|g, x| vec![zip(g, x[1], |g, y| g * (y + 1.0)), zip(g, x[0], |g, x| -g * x)]).unwrap_err();
    assert_eq!(places(&e), all_of(1));
    assert!(e.failures().iter().all(|f| (f.relative() - 2.0).abs() < 1e-6 && f.check == Check::Difference));
}

#[test]
fn a_factor() {
    let e = with_vjp(|g, x| vec![zip(g, x[1], |g, y| 2.0 * g * (y + 1.0)), right(g, x).remove(1)]).unwrap_err();
    assert_eq!(places(&e), all_of(0));
    let e = with_vjp(|g, x| vec![right(g, x).remove(0), zip(g, x[0], |g, x| g * x * (1.0 + 1e-7))]).unwrap_err();
    assert_eq!(places(&e), all_of(1));
}

#[test]
fn a_missing_term() {
    let e = with_vjp(|g, x| vec![zip(g, x[1], |g, y| g * y), right(g, x).remove(1)]).unwrap_err();
    assert_eq!(places(&e), all_of(0));
}

#[test]
fn swapped_operands() {
    let e = with_vjp(|g, x| {
        let mut contributions = right(g, x);
        contributions.swap(0, 1);
        contributions
    })
    .unwrap_err();
    assert_eq!(places(&e).len(), 12);
}

#[test]
fn one_element_only() {
    let e = with_vjp(|g, x| {
        let mut contributions = right(g, x);
        contributions[1].data_mut()[4] *= 1.001;
        contributions
    })
    .unwrap_err();
    assert_eq!(places(&e), [(1, vec![1, 1])]);
    let text = e.to_string();
    assert!(text.contains("1 comparison failed in checking 12 derivatives"), "{text}");
    assert!(text.contains("input 1 at [1, 1] of (2, 3)") && text.contains("the difference is"), "{text}");
}

/// x + y, with y of shape (3,) broadcast over the rows of x, and with this contribution to y.
fn broadcast(contribution: impl Fn(&T) -> T + Clone + Send + Sync + 'static) -> Result<Checked, GradCheckError> {
    let forward =
        |x: &[&T]| Tensor::from_fn([2, 3], |i| x[0].at([i[0] as isize, i[1] as isize]) + x[1].at([i[1] as isize]));
    gradcheck(
        move |(x, y): (V, V)| -> V {
            let contribution = contribution.clone();
            let vjp = move |g: &T, _: &[&T]| vec![g.clone(), contribution(g)];
            let op = Closures { forward, vjp, jvp: no_jvp, recorded: no_recorded };
            Var::tape(x).map_or(x, |tape| tape.apply(op, &[x, y]))
        },
        (Tensor::ones([2, 3]), tensor![0.5, 1.5, 2.5]),
    )
    .run()
}

#[test]
fn a_broadcast_whose_contribution_is_not_summed() {
    assert!(broadcast(|g| g.sum_over(0)).is_ok());
    // The right shape, but the first row instead of the sum of the rows.
    let e = broadcast(|g| g.slice([0.into()])).unwrap_err();
    assert_eq!(places(&e), [(1, vec![0]), (1, vec![1]), (1, vec![2])]);
}

#[test]
#[should_panic(
    expected = "vjp of `closures`: expected a contribution of shape (3,), the shape of operand 1, got (2, 3)"
)]
fn a_contribution_of_the_wrong_shape() {
    let _ = broadcast(T::clone);
}

/// x³ with all four rules, where the last two are arguments.
fn cube(
    derivative: impl Fn(f64) -> f64 + Copy + Send + Sync + 'static,
    recorded: Recorded,
    order: usize,
) -> Result<Checked, GradCheckError> {
    gradcheck(
        move |x: V| -> V {
            let op = Closures {
                forward: |x: &[&T]| zip(x[0], x[0], |x, _| x * x * x),
                vjp: |g: &T, x: &[&T]| vec![zip(g, x[0], |g, x| g * 3.0 * x * x)],
                jvp: move |x: &[&T], dx: &[Option<&T>]| Some(zip(dx[0]?, x[0], |d, x| d * derivative(x))),
                recorded,
            };
            Var::tape(x).map_or(x, |tape| tape.apply(op, &[x]))
        },
        tensor![0.5, -1.5, 2.0],
    )
    .order(order)
    .run()
}

fn recorded_cube<'t>(g: V<'t>, x: &[V<'t>]) -> Option<Vec<V<'t>>> {
    Some(vec![g * (x[0] * x[0] * 3.0)])
}

#[test]
fn all_four_rules_right() {
    let checked = cube(|x| 3.0 * x * x, recorded_cube, 3).unwrap();
    assert_eq!((checked.derivatives(), checked.forward()), (9, true));
}

#[test]
fn a_wrong_forward_rule() {
    let e = cube(|x| if x < 0.0 { 3.0 * x } else { 3.0 * x * x }, recorded_cube, 1).unwrap_err();
    assert_eq!(places(&e), [(0, vec![1])]);
    assert_eq!(e.failures()[0].check, Check::Adjoint);
    assert!(e.to_string().contains("but the forward mode is"), "{e}");
    // An error too small for differences.
    let e = cube(|x| 3.0 * x * x * (1.0 + 1e-11), recorded_cube, 1).unwrap_err();
    assert!(e.failures().iter().all(|f| f.check == Check::Adjoint));
}

#[test]
fn a_wrong_recorded_rule() {
    let e = cube(|x| 3.0 * x * x, |g, x| Some(vec![g * (x[0] * 3.0)]), 1).unwrap_err();
    assert_eq!(e.failures()[0].check, Check::Recorded);
    // The right values, but one factor recorded as a constant: wrong from the second order on.
    fn half<'t>(g: V<'t>, x: &[V<'t>]) -> Option<Vec<V<'t>>> {
        Some(vec![g * (x[0] * x[0].detach() * 3.0)])
    }
    assert!(cube(|x| 3.0 * x * x, half, 1).is_ok());
    let e = cube(|x| 3.0 * x * x, half, 2).unwrap_err();
    assert!(e.failures().iter().all(|f| f.order == 2 && f.input == Some(0)));
    assert!(e.failures().iter().any(|f| f.check == Check::Difference && (f.relative() - 0.5).abs() < 1e-6));
    assert!(e.to_string().contains("second order"), "{e}");
}

#[test]
#[should_panic(expected = "`vjp_recorded`")]
fn second_order_of_a_first_order_rule() {
    let op = || Closures {
        forward: |x: &[&T]| x[0].clone(),
        vjp: |g: &T, _: &[&T]| vec![g.clone()],
        jvp: no_jvp,
        recorded: no_recorded,
    };
    let _ = gradcheck(|x: V| -> V { Var::tape(x).map_or(x, |t| t.apply(op(), &[x])) }, tensor![1.0]).order(2).run();
}
