//! Tests of reductions: against naive loops, for special values, and on one thread and two.

use crate::math::simd::{Isa, dispatch_on};
use crate::reduce::{fold, step};
use crate::{Reduction, Tensor, keep, tensor};
use proptest::prelude::*;

const ALL: [Reduction; 13] = [
    Reduction::Sum,
    Reduction::Mean,
    Reduction::Prod,
    Reduction::Max,
    Reduction::Min,
    Reduction::Var(0),
    Reduction::Var(1),
    Reduction::Std(0),
    Reduction::Std(1),
    Reduction::Norm1,
    Reduction::Norm2,
    Reduction::NormInf,
    Reduction::LogSumExp,
];

fn naive(reduction: Reduction, x: &[f64]) -> f64 {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let var = |ddof: usize| x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - ddof as f64).max(0.0);
    match reduction {
        Reduction::Sum => x.iter().sum(),
        Reduction::Mean => mean,
        Reduction::Prod => x.iter().product(),
        Reduction::Max => x.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        Reduction::Min => x.iter().copied().fold(f64::INFINITY, f64::min),
        Reduction::Var(ddof) => var(ddof),
        Reduction::Std(ddof) => var(ddof).sqrt(),
        Reduction::Norm1 => x.iter().map(|x| x.abs()).sum(),
        Reduction::Norm2 => x.iter().map(|x| x * x).sum::<f64>().sqrt(),
        Reduction::NormInf => x.iter().fold(0.0, |m, x| m.max(x.abs())),
        Reduction::LogSumExp => x.iter().map(|x| x.exp()).sum::<f64>().ln(),
    }
}

fn wave(shape: &[usize]) -> Tensor<f64> {
    let mut i = 0.0;
    Tensor::from_fn(shape, |_| {
        i += 1.0;
        1.2 * f64::sin(i * i * 0.37)
    })
}

fn assert_close(got: f64, expected: f64, what: impl std::fmt::Debug) {
    let same = got == expected || got.is_nan() && expected.is_nan();
    assert!(
        same || (got - expected).abs() <= 1e-11 * expected.abs().max(1e-2),
        "{what:?}: got {got}, expected {expected}"
    );
}

fn check(x: &Tensor<f64>, axes: &[usize]) {
    let kept: Vec<usize> = (0..x.rank()).filter(|a| !axes.contains(a)).collect();
    let order: Vec<isize> = kept.iter().chain(axes).map(|&a| a as isize).collect();
    let n: usize = axes.iter().map(|&a| x.shape()[a]).product();
    let outer: usize = kept.iter().map(|&a| x.shape()[a]).product();
    let rows = x.permute(order).to_vec();
    for reduction in ALL {
        if n == 0 && outer > 0 && matches!(reduction, Reduction::Max | Reduction::Min) {
            continue;
        }
        let got = x.reduce(reduction, axes, false);
        assert_eq!(got.shape().to_vec(), kept.iter().map(|&a| x.shape()[a]).collect::<Vec<_>>());
        for (o, got) in got.to_vec().into_iter().enumerate() {
            assert_close(got, naive(reduction, &rows[o * n..][..n]), (reduction, x.shape(), axes));
        }
        let with = x.reduce(reduction, axes, true);
        assert!((0..x.rank()).all(|a| with.shape()[a] == if axes.contains(&a) { 1 } else { x.shape()[a] }));
        assert_eq!(format!("{:?}", with.to_vec()), format!("{:?}", got.to_vec()));
    }
}

proptest! {
    /// Any axes of any shape, including empty axes, of packed, permuted, broadcast and reversed tensors.
    #[test]
    fn reductions_match_naive_loops(
        shape in prop::collection::vec(0_usize..6, 0..5), chosen in any::<[bool; 5]>(),
        turn in 0_usize..4, flipped in any::<bool>(), broadcast in any::<bool>(),
    ) {
        let mut x = wave(&shape);
        if broadcast && x.rank() > 0 && x.shape()[0] == 1 {
            x = x.broadcast_to(x.shape().set(0, 3));
        }
        if flipped && x.rank() > 0 {
            x = x.flip(0);
        }
        let mut order: Vec<isize> = (0..x.rank() as isize).collect();
        if x.rank() > 0 {
            let by = turn % x.rank();
            order.rotate_left(by);
        }
        let x = x.permute(order);
        let axes: Vec<usize> = (0..x.rank()).filter(|&a| chosen[a]).collect();
        check(&x, &axes);
    }

    /// Lengths around the sizes of lanes, blocks and narrow tiles.
    #[test]
    fn reductions_of_any_length(outer in 1_usize..4, n in 0_usize..300, inner in 1_usize..90) {
        check(&wave(&[outer, n]), &[1]);
        check(&wave(&[outer, n % 90, inner]), &[1]);
        check(&wave(&[n, inner % 20 + 1]), &[0]);
    }
}

#[test]
fn long_rows_and_columns() {
    for n in [2000, 33_000, 70_000] {
        let x = wave(&[n]);
        assert_close(x.sum(), x.to_vec().iter().sum(), n);
        assert_close(x.norm(), x.to_vec().iter().map(|x| x * x).sum::<f64>().sqrt(), n);
        assert_close(x.var(1), naive(Reduction::Var(1), &x.to_vec()), n);
        assert_close(x.logsumexp(), naive(Reduction::LogSumExp, &x.to_vec()), n);
        let y = x.reshape([n / 10, 10]).sum_over(0);
        assert_close(y.at([3]), x.to_vec().iter().skip(3).step_by(10).sum(), n);
    }
}

#[test]
fn sums_of_f32_stay_accurate() {
    let n = 3_000_000;
    let x = Tensor::<f32>::full(n, 0.1);
    let exact = f64::from(0.1_f32) * n as f64;
    assert!((f64::from(x.sum()) / exact - 1.0).abs() < 5e-7, "got {}, expected {exact}", x.sum());
    let columns = x.reshape([n / 3, 3]).sum_over(0);
    let wide = Tensor::<f32>::full([100_000, 20], 0.1).sum_over(0);
    assert!((f64::from(columns.at([0])) / (exact / 3.0) - 1.0).abs() < 2e-6, "{columns:?}");
    assert!((f64::from(wide.at([19])) / (f64::from(0.1_f32) * 1e5) - 1.0).abs() < 2e-6, "{wide:?}");
}

/// Empty tensors, NaN, infinities, zeros, and values near overflow and underflow.
#[test]
fn special_values() {
    let (nan, inf) = (f64::NAN, f64::INFINITY);
    let empty = Tensor::<f64>::zeros(0);
    assert!(empty.mean().is_nan() && empty.var(0).is_nan());
    assert_eq!(
        (empty.sum(), empty.prod(), empty.norm(), empty.norm_inf(), empty.logsumexp()),
        (0.0, 1.0, 0.0, 0.0, -inf)
    );
    assert_eq!(Tensor::<f64>::zeros([0, 3]).sum_over(0), tensor![0.0, 0.0, 0.0]);
    assert_eq!(Tensor::<f64>::zeros([0, 3]).max_over(1).shape(), &[0]);
    assert_eq!((tensor![2.0, 3.0, 0.0].prod(), tensor![0.0, 3.0, 0.0].prod()), (0.0, 0.0));
    assert_close(tensor![1.0, 2.0, 3.0, 4.0].var(1), 5.0 / 3.0, "var");
    assert_eq!(tensor![1e8 + 1.0, 1e8 + 2.0, 1e8 + 3.0].var(1), 1.0);
    assert_eq!(tensor![0.1, 0.1, 0.1, 0.1].std(0), 0.0);
    assert!(tensor![1.0_f64].var(1).is_nan() && tensor![1.0, 2.0].var(5) == inf);
    assert!(tensor![1.0, nan, 2.0].max().is_nan() && tensor![1.0, nan, 2.0].min().is_nan());
    assert!(tensor![nan, inf].norm_inf().is_nan() && tensor![nan, 1.0].norm().is_nan());
    assert_eq!((tensor![-inf, -inf].max(), tensor![inf].min()), (-inf, inf));
    assert_eq!(tensor![1e4, 1e4].logsumexp(), 10000.69314718056);
    assert_eq!((tensor![-inf, -inf].logsumexp(), tensor![1.0, inf, -inf].logsumexp()), (-inf, inf));
    assert!(tensor![1.0, nan, inf].logsumexp().is_nan());
    assert_close(tensor![0.0, -40.0].logsumexp() * 1e18, 4.248354255291589, "the tail of logsumexp");
    assert_eq!(tensor![0.0, 0.0].norm(), 0.0);
    assert_close(tensor![3e200, -4e200].norm(), 5e200, "large");
    assert_close(tensor![3e-200, 4e-200].norm() * 1e200, 5.0, "small");
    assert_eq!(tensor![5e-324, 0.0].norm(), 5e-324);
    assert!((tensor![3e25_f32, 4e25].norm() / 5e25 - 1.0).abs() < 2.0 * f32::EPSILON);
    assert_eq!(tensor![[3e200, 4e200], [3.0, 4.0], [inf, 1.0]].norm_over(1).to_vec()[1..], [5.0, inf]);
    assert_eq!((tensor![2.0, -2.0].norm_inf(), tensor![2.0, -2.0].norm1()), (2.0, 4.0));
}

#[test]
fn sum_to_reverses_a_broadcast() {
    let x = wave(&[2, 3, 4]);
    assert!(x.sum_to(&[2, 3, 4]).same(&x));
    assert_eq!(x.sum_to(&[3, 1]).shape(), &[3, 1]);
    assert_eq!(x.sum_to(&[1, 4]), x.sum_over([0, 1]).reshape([1, 4]));
    assert_eq!(x.sum_to(&[2, 1, 4]), x.sum_over(keep(1)));
    assert_close(x.sum_to(&[]).item(), x.sum(), "to a scalar");
    assert_eq!(Tensor::<f64>::zeros([0, 3]).sum_to(&[1, 3]), tensor![[0.0, 0.0, 0.0]]);
}

#[test]
fn argmax_and_argmin() {
    let nan = f64::NAN;
    let x = tensor![[1.0, 5.0, 5.0], [7.0, -1.0, 7.0]];
    assert_eq!((x.argmax(), x.argmin()), (3, 4));
    assert_eq!((x.argmax_over(1), x.argmin_over(1)), (vec![1, 0], vec![0, 1]));
    assert_eq!((x.argmax_over(0), x.argmin_over(-2)), (vec![1, 0, 1], vec![0, 1, 0]));
    assert_eq!(x.transpose().argmax_over(0), [1, 0]);
    assert_eq!(x.max_with_index_over(0), (tensor![7.0, 5.0, 7.0], vec![1, 0, 1]));
    assert_eq!((tensor![1.0, nan, 9.0, nan].argmax(), tensor![1.0, nan, -9.0].argmin()), (1, 1));
    for at in 0..200 {
        let mut long = vec![0.0; 200];
        long[at..].fill(1.0); // the first of several equal elements
        assert_eq!(Tensor::from(long).argmax(), at);
    }
    assert_eq!(Tensor::<f64>::zeros([0, 3]).argmax_over(1), []);
}

/// Every instruction set performs the same additions in the same order.
#[test]
fn instruction_sets_agree() {
    let x = wave(&[777]);
    let data = x.as_slice().unwrap();
    for isa in Isa::available() {
        let mut out = [0.0];
        dispatch_on(isa, &mut fold::Fold { step: step::Sum, data, n: 777, inner: 1, center: None, out: &mut out });
        assert_eq!(out[0], x.sum(), "{isa:?}");
    }
}

#[cfg(feature = "parallel")]
#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let x = wave(&[700, 999]);
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let bits = |axes: &[usize]| {
                ALL.map(|r| x.reduce(r, axes, false).to_vec().iter().map(|x| x.to_bits()).collect::<Vec<_>>())
            };
            [bits(&[0]), bits(&[1]), bits(&[0, 1])]
        })
    };
    assert_eq!(on(1), on(2));
}

#[test]
#[should_panic(expected = "max: shape (0, 3) has no elements along the reduced axes")]
fn max_of_an_empty_axis_panics() {
    Tensor::<f64>::zeros([0, 3]).max_over(0);
}

#[test]
#[should_panic(expected = "argmin: shape (0,) has no elements")]
fn argmin_of_an_empty_tensor_panics() {
    Tensor::<f64>::zeros(0).argmin();
}

#[test]
#[should_panic(expected = "sum_to: shape (2,) does not broadcast to (2, 3)")]
fn sum_to_another_shape_panics() {
    Tensor::<f64>::zeros([2, 3]).sum_to(&[2]);
}

#[test]
#[should_panic(expected = "mean: axes [1, 0] of shape (2, 3) must exist and be in ascending order")]
fn unsorted_axes_panic() {
    Tensor::<f64>::zeros([2, 3]).reduce(Reduction::Mean, &[1, 0], false);
}
