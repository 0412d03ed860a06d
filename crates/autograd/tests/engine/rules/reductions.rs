//! Reductions: over all elements, along one axis or several, kept or dropped, of one element and of empty tensors.

use crate::common::close;
use crate::rules::case::check;
use autograd::{Tape, TensorVar, Var};
use tensor::{Indices, Tensor, keep};

/// A reduction in all forms, on a range where it is smooth.
macro_rules! forms {
    ($whole:ident $over:ident $(($ddof:literal))?, $low:literal .. $high:literal) => {
        check!(concat!(stringify!($whole), ", whole"), [[2, 3, 4] in $low..$high], |x| x[0].$whole($($ddof)?).to_tensor());
        check!(concat!(stringify!($whole), ", vector"), [[7] in $low..$high], |x| x[0].$whole($($ddof)?).to_tensor());
        check!(concat!(stringify!($whole), ", axis 0"), [[3, 4] in $low..$high], |x| x[0].$over(0 $(, $ddof)?));
        check!(concat!(stringify!($whole), ", axis 1 of 3"), [[2, 3, 4] in $low..$high], |x| x[0].$over(1 $(, $ddof)?));
        check!(concat!(stringify!($whole), ", last axis, kept"), [[2, 3] in $low..$high], |x| x[0].$over(keep(-1) $(, $ddof)?));
        check!(concat!(stringify!($whole), ", outer axes"), [[2, 3, 4] in $low..$high], |x| x[0].$over([0, -1] $(, $ddof)?));
        check!(concat!(stringify!($whole), ", two axes, kept"), [[2, 3, 4] in $low..$high], |x| x[0].$over(keep([1, 2]) $(, $ddof)?));
        check!(concat!(stringify!($whole), ", empty beside"), [[0, 3] in $low..$high], |x| x[0].$over(1 $(, $ddof)?));
    };
}

#[test]
fn sums_and_means() {
    forms!(sum sum_over, -2.0..2.0);
    forms!(mean mean_over, -2.0..2.0);
}

#[test]
fn products() {
    forms!(prod prod_over, -1.5..1.5);
    check!("prod of 17", [[17] in 0.6..1.5], |x| x[0].prod().to_tensor());
}

#[test]
fn maxima_and_minima() {
    forms!(max max_over, -2.0..2.0);
    forms!(min min_over, -2.0..2.0);
}

#[test]
fn variances() {
    forms!(var var_over (1), -2.0..2.0);
    forms!(var var_over (0), -2.0..2.0);
    forms!(std std_over (1), -2.0..2.0);
    forms!(std std_over (0), -2.0..2.0);
}

#[test]
fn norms() {
    forms!(norm1 norm1_over, 0.1..2.0);
    forms!(norm1 norm1_over, -2.0..-0.1);
    forms!(norm norm_over, -2.0..2.0);
    forms!(norm_inf norm_inf_over, -2.0..2.0);
}

#[test]
fn logsumexp() {
    forms!(logsumexp logsumexp_over, -3.0..3.0);
}

#[test]
fn reductions_of_one_element() {
    check!("sum of a scalar", [[] in -2.0..2.0], |x| x[0].sum().to_tensor());
    check!("mean of one", [[1, 1] in -2.0..2.0], |x| x[0].mean().to_tensor());
    check!("prod of a scalar", [[] in -2.0..2.0], |x| x[0].prod().to_tensor());
    check!("max of a scalar", [[] in -2.0..2.0], |x| x[0].max().to_tensor());
    check!("norm of one", [[1] in -2.0..-0.5], |x| x[0].norm().to_tensor());
    check!("norm_inf of one", [[1] in -2.0..-0.5], |x| x[0].norm_inf().to_tensor());
    check!("logsumexp of one", [[1] in -2.0..2.0], |x| x[0].logsumexp().to_tensor());
    check!("var of one", [[1] in -2.0..2.0], |x| x[0].var(0).to_tensor());
    check!("sum over an axis of size 1", [[3, 1] in -2.0..2.0], |x| x[0].sum_over(1));
}

#[test]
fn reductions_of_empty_tensors() {
    check!("sum of nothing", [[0] in -2.0..2.0], |x| x[0].sum().to_tensor());
    check!("prod of nothing", [[2, 0] in -2.0..2.0], |x| x[0].prod().to_tensor());
    check!("sum along nothing", [[2, 0] in -2.0..2.0], |x| x[0].sum_over(1));
    check!("prod along nothing", [[2, 0] in -2.0..2.0], |x| x[0].prod_over(keep(1)));
    check!("norm along nothing", [[2, 0] in -2.0..2.0], |x| x[0].norm_over(1));
}

#[test]
fn cumulative_sums_and_products() {
    check!("cumsum", [[5] in -2.0..2.0], |x| x[0].cumsum(0));
    check!("cumsum of rows", [[2, 4] in -2.0..2.0], |x| x[0].cumsum(-1));
    check!("cumsum of columns", [[3, 2, 2] in -2.0..2.0], |x| x[0].cumsum(0));
    check!("cumsum of nothing", [[2, 0] in -2.0..2.0], |x| x[0].cumsum(1));
    check!("cumprod", [[5] in -1.5..1.5], |x| x[0].cumprod(0));
    check!("cumprod of rows", [[2, 4] in -1.5..1.5], |x| x[0].cumprod(1));
    check!("cumprod of columns", [[3, 2, 2] in -1.5..1.5], |x| x[0].cumprod(-3));
    check!("cumprod of nothing", [[0, 2] in -1.5..1.5], |x| x[0].cumprod(0));
    check!("linear_scan of a broadcast", [[3] in -1.0..1.0, [2, 1] in -1.0..1.0], |x| x[0].linear_scan(x[1], 1));
    check!("linear_scan", [[5] in -1.0..1.0, [5] in -1.0..1.0], |x| x[0].linear_scan(x[1], 0));
    check!("linear_scan of columns", [[4, 3] in -1.0..1.0, [4, 3] in -1.0..1.0], |x| x[0].linear_scan(x[1], 0));
}

/// A reduction to a scalar.
type Reduction = for<'t> fn(TensorVar<'t>) -> Var<'t, f64>;

#[test]
fn modes_agree_at_infinities_and_nan() {
    const INF: f64 = f64::INFINITY;
    let points = [
        [INF, 1.0, 2.0],
        [INF, INF, 0.0],
        [-INF, -INF, -INF],
        [-INF, 1.0, INF],
        [f64::NAN, 1.0, -INF],
        [0.0, -0.0, 0.0],
        [1e300, -1e300, 1e300],
        [1e-300, 1e-310, 0.0],
        [1e300, 1e-300, 700.0],
    ];
    let reductions: [(&str, Reduction); 12] = [
        ("sum", |x| x.sum()),
        ("mean", |x| x.mean()),
        ("prod", |x| x.prod()),
        ("max", |x| x.max()),
        ("min", |x| x.min()),
        ("var", |x| x.var(1)),
        ("std", |x| x.std(0)),
        ("norm1", |x| x.norm1()),
        ("norm", |x| x.norm()),
        ("norm_inf", |x| x.norm_inf()),
        ("logsumexp", |x| x.logsumexp()),
        ("softmax", |x| x.softmax(0).at([0])),
    ];
    let mut wrong = Vec::new();
    for (name, f) in reductions {
        for point in points {
            let tape = Tape::new();
            let x = tape.var(Tensor::from(point));
            let y = f(x);
            let (eager, recorded) = (y.backward().wrt(x).to_vec(), y.grad(x).value().to_vec());
            for k in 0..3 {
                let unit = Tensor::from_fn(3, |i| if i[0] == k { 1.0 } else { 0.0 });
                let forward = tape.tangents(|t| t.set(x, unit)).of(y);
                let same = |p: f64, q: f64| close(p, q, 1e-13) || (p - q).abs() < 1e-300;
                if !same(recorded[k], eager[k]) || !same(forward, eager[k]) {
                    let [e, r] = [eager[k], recorded[k]];
                    wrong.push(format!(
                        "{name} of {point:?}, element {k}: eager {e:e}, recorded {r:e}, forward {forward:e}"
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Along axis 0 or -1, a 0-d tensor counts as a vector of one element.
#[test]
fn axes_of_0d_tensors() {
    check!("cumsum, 0-d", [[] in -2.0..2.0], |x| x[0].cumsum(0));
    check!("cumprod, 0-d", [[] in -2.0..2.0], |x| x[0].cumprod(-1));
    check!("linear_scan, 0-d", [[] in -2.0..2.0, [] in -2.0..2.0], |x| x[0].linear_scan(x[1], 0));
    check!("linear_scan, 0-d beside a vector", [[] in -1.0..1.0, [3] in -1.0..1.0], |x| x[0].linear_scan(x[1], 0));
    check!("softmax, 0-d", [[] in -2.0..2.0], |x| x[0].softmax(0) * x[0]);
    check!("log_softmax, 0-d", [[] in -2.0..2.0], |x| x[0].log_softmax(-1) + x[0]);
    check!("flip, 0-d", [[] in -2.0..2.0], |x| x[0].flip(0));
    check!("squeeze, 0-d", [[] in -2.0..2.0], |x| x[0].squeeze(0));
    check!("gather, 0-d", [[] in -2.0..2.0], |x| x[0].gather(0, Indices::new((), &[0])));
    check!("gather, 0-d twice", [[] in -2.0..2.0], |x| x[0].gather(-1, [0, 0]));
    check!("gather of a vector, 0-d index", [[3] in -2.0..2.0], |x| x[0].gather(0, Indices::new((), &[1])));
    check!("gather, an empty index of another rank", [[3, 2] in -2.0..2.0], |x| x[0].gather(0, Indices::new(0, &[])));
    check!("index_select, 0-d", [[] in -2.0..2.0], |x| x[0].index_select(0, [0, 0]));
    check!("scatter_add, 0-d", [[] in -2.0..2.0, [] in -2.0..2.0], |x| x[0].scatter_add(0, Indices::new((), &[0]), x[1]));
    check!("scatter_add from 0-d", [[3] in -2.0..2.0, [] in -2.0..2.0], |x| x[0].scatter_add(0, [1], x[1]));
    check!("scatter_add, 0-d index", [[3] in -2.0..2.0, [2] in -2.0..2.0], |x| {
        x[0].scatter_add(0, Indices::new((), &[1]), x[1])
    });
    check!("sum, 0-d", [[] in -2.0..2.0], |x| x[0].sum_over(0));
    check!("max, 0-d, kept", [[] in -2.0..2.0], |x| x[0].max_over(keep(-1)));
    check!("norm, 0-d", [[] in 0.5..2.0], |x| x[0].norm_over(0));
    check!("logsumexp, 0-d", [[] in -2.0..2.0], |x| x[0].logsumexp_over(-1));
    check!("var, 0-d", [[] in -2.0..2.0], |x| x[0].var_over(0, 0) + x[0]);
}
