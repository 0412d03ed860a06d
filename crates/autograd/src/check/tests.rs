//! The checker checked: right rules pass, and every kind of wrong one is found, at its place.

use super::*;
use crate::{CustomOp, Tape, Var, concat, einsum, softmax_cross_entropy, stack};
use std::fmt::Debug;
use tensor::{Tensor, tensor};

type T = Tensor<f64>;
type V<'t> = Var<'t, T>;

/// An operation whose rules are closures, to plant errors in.
struct Planted<F, B, J> {
    forward: F,
    vjp: B,
    jvp: J,
    recorded: Recorded,
}

type Recorded = for<'t> fn(V<'t>, &[V<'t>]) -> Option<Vec<V<'t>>>;

impl<F, B, J> Debug for Planted<F, B, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("planted")
    }
}

impl<F, B, J> CustomOp<f64> for Planted<F, B, J>
where
    F: Fn(&[&T]) -> T,
    B: Fn(&T, &[&T]) -> Vec<T>,
    J: Fn(&[&T], &[Option<&T>]) -> Option<T>,
{
    fn name(&self) -> &str {
        "planted"
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

/// x y + x, element by element, with rules for numbers only.
fn with_vjp(vjp: impl Fn(&T, &[&T]) -> Vec<T> + Clone + 'static) -> Result<Checked, GradCheckError> {
    let forward = |x: &[&T]| zip(x[0], x[1], |x, y| x * y + x);
    let point = (tensor![[0.3, -1.2, 0.7], [1.9, 0.4, -0.6]], tensor![[1.1, 0.2, -0.9], [0.5, -1.4, 2.0]]);
    gradcheck(
        move |(x, y): (V, V)| -> V {
            let op = Planted { forward, vjp: vjp.clone(), jvp: no_jvp, recorded: no_recorded };
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

/// Asserts that exactly these elements are reported.
fn places(e: &GradCheckError) -> Vec<(usize, Vec<usize>)> {
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
        let mut shares = right(g, x);
        shares.swap(0, 1);
        shares
    })
    .unwrap_err();
    assert_eq!(places(&e).len(), 12);
}

#[test]
fn one_element_only() {
    let e = with_vjp(|g, x| {
        let mut shares = right(g, x);
        shares[1].data_mut()[4] *= 1.001;
        shares
    })
    .unwrap_err();
    assert_eq!(places(&e), [(1, vec![1, 1])]);
    let text = e.to_string();
    assert!(text.contains("1 comparison failed in checking 12 derivatives"), "{text}");
    assert!(text.contains("input 1 at [1, 1] of (2, 3)") && text.contains("the difference is"), "{text}");
}

/// x + y with y of shape (3,) stretched over the rows of x.
fn stretched(share: impl Fn(&T) -> T + Clone + 'static) -> Result<Checked, GradCheckError> {
    let forward =
        |x: &[&T]| Tensor::from_fn([2, 3], |i| x[0].at([i[0] as isize, i[1] as isize]) + x[1].at([i[1] as isize]));
    gradcheck(
        move |(x, y): (V, V)| -> V {
            let share = share.clone();
            let vjp = move |g: &T, _: &[&T]| vec![g.clone(), share(g)];
            let op = Planted { forward, vjp, jvp: no_jvp, recorded: no_recorded };
            Var::tape(x).map_or(x, |tape| tape.apply(op, &[x, y]))
        },
        (Tensor::ones([2, 3]), tensor![0.5, 1.5, 2.5]),
    )
    .run()
}

#[test]
fn a_stretch_that_is_not_undone() {
    assert!(stretched(|g| g.sum_over(0)).is_ok());
    // the right shape, with the first row for the sum over rows
    let e = stretched(|g| g.slice([0.into()])).unwrap_err();
    assert_eq!(places(&e), [(1, vec![0]), (1, vec![1]), (1, vec![2])]);
}

#[test]
#[should_panic(expected = "the vjp of `planted` returned shape (2, 3) for operand 1, which has shape (3,)")]
fn a_stretch_that_leaves_the_wrong_shape() {
    let _ = stretched(T::clone);
}

/// x³ with all four rules; the closures say what the last two give.
fn cube(
    slope: impl Fn(f64) -> f64 + Copy + 'static,
    recorded: Recorded,
    order: usize,
) -> Result<Checked, GradCheckError> {
    gradcheck(
        move |x: V| -> V {
            let op = Planted {
                forward: |x: &[&T]| zip(x[0], x[0], |x, _| x * x * x),
                vjp: |g: &T, x: &[&T]| vec![zip(g, x[0], |g, x| g * 3.0 * x * x)],
                jvp: move |x: &[&T], dx: &[Option<&T>]| Some(zip(dx[0]?, x[0], |d, x| d * slope(x))),
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
    // an error that no difference would see
    let e = cube(|x| 3.0 * x * x * (1.0 + 1e-11), recorded_cube, 1).unwrap_err();
    assert!(e.failures().iter().all(|f| f.check == Check::Adjoint));
}

#[test]
fn a_wrong_recorded_rule() {
    let e = cube(|x| 3.0 * x * x, |g, x| Some(vec![g * (x[0] * 3.0)]), 1).unwrap_err();
    assert_eq!(e.failures()[0].check, Check::Recorded);
    // right numbers, but one factor recorded as a constant: wrong from the second order on
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
    let op = || Planted {
        forward: |x: &[&T]| x[0].clone(),
        vjp: |g: &T, _: &[&T]| vec![g.clone()],
        jvp: no_jvp,
        recorded: no_recorded,
    };
    let _ = gradcheck(|x: V| -> V { Var::tape(x).map_or(x, |t| t.apply(op(), &[x])) }, tensor![1.0]).order(2).run();
}

#[test]
fn values_that_are_not_numbers_are_named() {
    let e = gradcheck(|x| x.sqrt(), tensor![1.0, -1.0, 4.0]).run().unwrap_err();
    assert_eq!((e.failures()[0].check, &e.failures()[0].index[..]), (Check::Value, &[1][..]));
    assert!(e.to_string().contains("output at [1] of (3,): the value is NaN"), "{e}");
}

#[test]
fn gradients_that_are_not_numbers_are_named() {
    let e = gradcheck(|(x, p)| x.pow(p), (-2.0_f64, 3.0_f64)).run().unwrap_err();
    assert_eq!(places(&e), [(1, vec![])]);
    assert_eq!(e.failures()[0].check, Check::Gradient);
    assert!(e.to_string().contains("input 1: the gradient is NaN"), "{e}");
}

#[test]
fn infinities_that_agree() {
    gradcheck(|x| x.sqrt(), tensor![0.0, 1.0, 4.0]).run().unwrap();
    gradcheck(|x| x.ln(), tensor![1.0, 0.0, 4.0]).run().unwrap();
    gradcheck(|x| x.recip(), 0.0_f64).run().unwrap();
}

#[test]
fn kinks_are_reported() {
    let checked = gradcheck(|x| x.relu() + x.abs(), tensor![0.0, 1.0, -1.0, 1e-7]).order(2).run().unwrap();
    let kinks: Vec<_> = checked.kinks().iter().map(|k| (k.input, k.index.clone(), k.order)).collect();
    assert_eq!(kinks, [(0, vec![0], 1), (0, vec![0], 2)]);
    let checked = gradcheck(|(x, y)| x.maximum(y) * 3.0, (2.0_f64, 2.0_f64)).run().unwrap();
    assert_eq!(checked.kinks().len(), 2);
    let checked = gradcheck(|x| x.max(), tensor![3.0, 1.0, 3.0]).run().unwrap();
    assert_eq!(checked.kinks().len(), 2);
    gradcheck(|x| x.norm(), tensor![0.0, 0.0]).run().unwrap();
}

#[test]
fn the_calls_of_the_design() {
    fn ce<'t>(w: V<'t>, x: V<'t>) -> Var<'t, f64> {
        softmax_cross_entropy(x.matmul(w), [0, 2])
    }
    let (w0, x0) = (tensor![[0.1, -0.4, 0.2], [0.3, 0.9, -0.5]], tensor![[1.0, 2.0], [-0.5, 0.3]]);
    let checked = gradcheck(|(w, x)| ce(w, x), (w0.clone(), x0.clone())).order(2).run().unwrap();
    assert_eq!((checked.derivatives(), checked.forward()), (20, true));
    // by reference, in arrays, vectors and nested tuples, with numbers among tensors
    gradcheck(|(w, x)| ce(w, x), (&w0, &x0)).run().unwrap();
    gradcheck(|x| x[0] * x[1].exp(), [0.5_f64, 2.0]).order(3).run().unwrap();
    gradcheck(|x| x[0] * x[1].sin(), vec![0.5_f64, 2.0]).run().unwrap();
    gradcheck(|((a, b), w)| (w * a).tanh().sum() / b, ((0.5_f64, 2.0_f64), w0)).order(2).run().unwrap();
    let _: fn(GradCheckError) -> Box<dyn std::error::Error + Send + Sync + 'static> = |e| Box::new(e);
}

#[test]
fn settings() {
    let x = Tensor::from_fn([7, 9], |i| 0.1 * i[0] as f64 - 0.2 * i[1] as f64);
    let checked = gradcheck(|x| x.sin(), &x).max_elements(10).seed(7).method(Method::Central).run().unwrap();
    assert_eq!(checked.derivatives(), 10);
    gradcheck(|x| x.sin(), &x).step(1e-3).tolerance(1e-12, 1e-7).run().unwrap();
    // tighter than differences can be
    assert!(gradcheck(|x| x.sin(), &x).tolerance(0.0, 0.0).run().is_ok_and(|c| c.largest_error() < 1e-9));
}

#[test]
fn empty_inputs_and_constant_outputs() {
    assert_eq!(gradcheck(|x| x.sum(), Tensor::zeros([0, 3])).run().unwrap().derivatives(), 0);
    let checked = gradcheck(|(x, y)| y.exp() + x.detach() * 0.0, (2.0_f64, 3.0_f64)).run();
    assert!(checked.is_ok());
    gradcheck(|x: Var<f64>| x * 0.0 + 1.0, 2.0).order(2).run().unwrap();
}

/// Each function at all scales of its input.
#[test]
fn scales() {
    for e in [-6, -3, 0, 3, 6] {
        let s = 10f64.powi(e);
        let x = || tensor![[0.3 * s, 1.7 * s], [0.9 * s, 0.6 * s]];
        let y = || tensor![1.1 * s, 0.4 * s];
        gradcheck(|(x, y)| x * y / (x + y), (x(), y())).order(2).run().unwrap();
        gradcheck(|(x, y)| x.matmul(y).norm(), (x(), y())).order(2).run().unwrap();
        gradcheck(|x| x.ln().sum_over(0), x()).order(2).run().unwrap();
        gradcheck(|x| (x / s).softmax(1), x()).order(2).run().unwrap();
        gradcheck(|x| x.powi(3).mean(), x()).order(2).run().unwrap();
        gradcheck(|x| x.prod() / s, x()).order(2).run().unwrap();
        gradcheck(|x| x.sqrt().var(1), x()).order(2).run().unwrap();
    }
}

#[test]
fn gradients_of_very_different_size() {
    gradcheck(|x| x[0] * 1e6 + x[1] * 1e-6 + x[0] * x[1], [0.3_f64, 0.7]).order(2).run().unwrap();
    gradcheck(|x| (x[0] * 1e3).sin() + (x[1] * 1e-3).exp(), [0.3_f64, 0.7]).order(2).run().unwrap();
    gradcheck(|x| (x[0] * 10.0).exp() + x[1].ln(), [2.0_f64, 1e-5]).run().unwrap();
    let e = gradcheck(|x| x[0] * 1e6 + (x[1] + x[1].detach()) * 1e-6, [0.3_f64, 0.7]).run().unwrap_err();
    assert_eq!(places(&e), [(1, vec![])]);
}

#[test]
fn aliases_and_views() {
    let x = Tensor::from_fn([3, 4], |i| 0.3 + 0.1 * (3 * i[0] + i[1]) as f64).transpose();
    gradcheck(|x| x * x, &x).order(2).run().unwrap();
    gradcheck(|x| x / x, &x).order(2).run().unwrap();
    gradcheck(|x| x - x, &x).order(2).run().unwrap();
    gradcheck(|x| x.matmul(x.transpose()), &x).order(2).run().unwrap();
    gradcheck(|x| einsum("ij,kj->ik", x, x), &x).order(2).run().unwrap();
    gradcheck(|x| concat(&[x, x.sin()], 0), &x).order(2).run().unwrap();
    gradcheck(|x| stack(&[x, x.exp(), x], 1), &x).order(2).run().unwrap();
    gradcheck(|x| x.exp().ln() - x, &x).run().unwrap();
}

#[test]
fn a_tape_of_its_own_inside() {
    // a gradient inside the function
    gradcheck(|x: Var<f64>| x.powi(4).grad(x).sin(), 0.7_f64).order(2).run().unwrap();
    let outer = Tape::new();
    let c = outer.var(2.0).value();
    gradcheck(move |x: Var<f64>| x * c, 0.7_f64).run().unwrap();
}
