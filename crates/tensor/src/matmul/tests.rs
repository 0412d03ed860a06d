//! Tests of products against naive loops, for every layout and around every threshold.

use crate::{Real, Tensor, tensor};
use proptest::prelude::*;

fn wave<T: Real>(shape: &[usize], phase: f64) -> Tensor<T> {
    let mut i = phase;
    Tensor::from_fn(shape, |_| {
        i += 1.0;
        T::from_f64(f64::sin(i * i * 0.37))
    })
}

/// Returns a matrix of this shape in one of five layouts.
fn in_layout<T: Real>(rows: usize, cols: usize, layout: usize, phase: f64) -> Tensor<T> {
    match layout {
        0 => wave(&[rows, cols], phase),
        1 => wave(&[cols, rows], phase).transpose(),
        2 => wave::<T>(&[rows, 2, cols, 3], phase).with_gaps(),
        3 => wave::<T>(&[rows, cols], phase).flip([0, 1]),
        _ => wave::<T>(&[1, cols], phase).broadcast_to([rows, cols]),
    }
}

trait Gaps {
    fn with_gaps(&self) -> Self;
}
impl<T: Real> Gaps for Tensor<T> {
    /// Views shape (rows, 2, cols, 3) as (rows, cols), with both strides greater than 1.
    fn with_gaps(&self) -> Self {
        let (shape, s) = (self.shape(), self.strides());
        self.view([shape[0], shape[2]].into(), [s[0], s[2]].into_iter().collect(), self.offset())
    }
}

fn naive<T: Real>(a: &Tensor<T>, b: &Tensor<T>) -> Vec<f64> {
    let (m, k, n) = (a.shape()[0], a.shape()[1], b.shape()[1]);
    let (a, b) = (a.to_vec(), b.to_vec());
    let entry = |i: usize, j: usize| (0..k).map(|p| a[i * k + p].to_f64() * b[p * n + j].to_f64()).sum();
    (0..m * n).map(|at| entry(at / n, at % n)).collect()
}

fn assert_close<T: Real>(got: &Tensor<T>, expected: &[f64], k: usize, what: impl std::fmt::Debug) {
    assert_eq!(got.size(), expected.len());
    // A sum of k products of size up to 1.
    let tolerance = T::EPSILON.to_f64() * (k as f64 + 4.0) * (k as f64 / 4.0 + 1.0);
    for (x, y) in got.to_vec().into_iter().zip(expected) {
        assert!((x.to_f64() - y).abs() <= tolerance, "{what:?}: got {x}, expected {y}");
    }
}

fn check<T: Real>(m: usize, k: usize, n: usize, layouts: (usize, usize)) {
    let (a, b) = (in_layout::<T>(m, k, layouts.0, 0.0), in_layout::<T>(k, n, layouts.1, 0.5));
    let expected = naive(&a, &b);
    let product = a.matmul(&b);
    assert_eq!(product.shape(), &[m, n]);
    assert_close(&product, &expected, k, (m, k, n, layouts));
    let bias = wave::<T>(&[n], 0.25);
    let offset = bias.to_vec();
    let shifted: Vec<f64> = expected.iter().enumerate().map(|(at, x)| x + offset[at % n.max(1)].to_f64()).collect();
    assert_close(&a.linear(&b, Some(&bias)), &shifted, k, ("bias", m, k, n, layouts));
    if n == 1 {
        assert_close(&a.matmul(&b.reshape(k)), &expected, k, ("vector on the right", m, k, layouts));
    }
    if m == 1 {
        assert_close(&a.reshape(k).matmul(&b), &expected, k, ("vector on the left", k, n, layouts));
    }
}

proptest! {
    #[test]
    fn small_products(m in 0_usize..14, k in 0_usize..14, n in 0_usize..40, left in 0_usize..5, right in 0_usize..5) {
        check::<f32>(m, k, n, (left, right));
        check::<f64>(m, k, n, (left, right));
    }

    #[test]
    fn large_products(m in 20_usize..60, k in 20_usize..60, n in 20_usize..60, left in 0_usize..5, right in 0_usize..5) {
        check::<f32>(m, k, n, (left, right));
        check::<f64>(m, k, n, (left, right));
    }

    #[test]
    fn vectors(k in 0_usize..200, n in 0_usize..200, left in 0_usize..5, right in 0_usize..5) {
        for (m, k, n) in [(1, k, n), (n, k, 1), (1, k, 1), (n, 1, k)] {
            check::<f32>(m, k, n, (left, right));
            check::<f64>(m, k, n, (left, right));
        }
    }

    /// Batch axes broadcast. Each product of the batch is compared with a naive one.
    #[test]
    fn batches(batch in [1_usize..4, 1..4], ones in any::<[bool; 4]>(), short in any::<bool>(), m in 0_usize..5, k in 0_usize..5, n in 0_usize..5, transposed in any::<bool>()) {
        let lead = |side: usize| [0, 1].map(|i| if ones[2 * side + i] { 1 } else { batch[i] });
        let ([a0, a1], [b0, b1]) = (lead(0), lead(1));
        let a = if transposed { wave::<f64>(&[a0, a1, k, m], 0.0).transpose() } else { wave::<f64>(&[a0, a1, m, k], 0.0) };
        let b = if short { wave::<f64>(&[b1, k, n], 0.5) } else { wave::<f64>(&[b0, b1, k, n], 0.5) };
        let product = a.matmul(&b);
        let (c0, c1) = (a0.max(if short { 1 } else { b0 }), a1.max(b1));
        prop_assert_eq!(product.shape().to_vec(), vec![c0, c1, m, n]);
        let full_a = a.broadcast_to([c0, c1, m, k]).packed().reshape([c0 * c1, m * k]).to_vec();
        let full_b = b.broadcast_to([c0, c1, k, n]).packed().reshape([c0 * c1, k * n]).to_vec();
        for at in 0..c0 * c1 {
            let one = Tensor::from_vec([m, k], &full_a[at * m * k..][..m * k]);
            let other = Tensor::from_vec([k, n], &full_b[at * k * n..][..k * n]);
            let part = Tensor::from_vec([m, n], &product.to_vec()[at * m * n..][..m * n]);
            assert_close(&part, &naive(&one, &other), k, at);
        }
    }
}

#[test]
fn shapes_of_products() {
    let zeros = |shape: &[usize]| Tensor::<f64>::zeros(shape);
    let shape = |a: &[usize], b: &[usize]| zeros(a).matmul(&zeros(b)).shape().to_vec();
    assert_eq!(shape(&[3], &[3]), []);
    assert_eq!(shape(&[2, 3], &[3]), [2]);
    assert_eq!(shape(&[3], &[3, 4]), [4]);
    assert_eq!(shape(&[2, 1, 3, 4], &[5, 4, 6]), [2, 5, 3, 6]);
    assert_eq!(shape(&[4], &[5, 4, 6]), [5, 6]);
    assert_eq!(shape(&[5, 6, 4], &[4]), [5, 6]);
    assert_eq!(shape(&[0, 2, 3], &[3, 4]), [0, 2, 4]);
    assert_eq!(Tensor::<f64>::ones([2, 0]).matmul(&zeros(&[0, 3])), zeros(&[2, 3]));
    let bias = tensor![1.0, 2.0, 3.0];
    assert_eq!(zeros(&[1, 0]).linear(&zeros(&[0, 3]), Some(&bias)), tensor![[1.0, 2.0, 3.0]]);
    assert_eq!(zeros(&[2, 4, 0]).linear(&zeros(&[0, 3]), None).shape(), &[2, 4, 3]);
}

#[test]
fn linear_on_any_rank() {
    let (x, w) = (wave::<f64>(&[2, 3, 4], 0.0), wave::<f64>(&[4, 5], 0.5));
    let bias = wave::<f64>(&[5], 0.7).flip(0);
    let y = x.linear(&w, Some(&bias));
    assert_eq!(y.shape(), &[2, 3, 5]);
    assert_eq!(y.reshape([6, 5]), x.reshape([6, 4]).linear(&w, Some(&bias)));
    assert_eq!(x.linear(&w, None), x.matmul(&w));
}

#[test]
fn dots_and_outer_products() {
    let x = wave::<f64>(&[100, 2], 0.0);
    let column = x.transpose().reshape([200]);
    assert!((column.dot(&column) - column.to_vec().iter().map(|x| x * x).sum::<f64>()).abs() < 1e-12);
    assert_eq!(
        column.flip(0).dot(&column.flip(0)).to_bits(),
        column.flip(0).packed().dot(&column.flip(0).packed()).to_bits()
    );
    assert_eq!(Tensor::<f64>::zeros(0).dot(&Tensor::zeros(0)), 0.0);
    assert_eq!(Tensor::<f64>::zeros(0).outer(&tensor![1.0]).shape(), &[0, 1]);
    // A long sum of f32 stays accurate.
    let long = Tensor::<f32>::full(1_000_000, 0.1);
    assert!((f64::from(long.dot(&long)) / (f64::from(0.1_f32).powi(2) * 1e6) - 1.0).abs() < 1e-5);
}

#[test]
fn nan_and_infinity_propagate() {
    let (nan, inf) = (f64::NAN, f64::INFINITY);
    assert!(tensor![[0.0, 0.0]].matmul(&tensor![[nan], [1.0]]).item().is_nan());
    assert!(tensor![[0.0, 1.0], [1.0, 1.0]].matmul(&tensor![[inf, 1.0], [1.0, 1.0]]).at([0, 0]).is_nan());
}

#[cfg(feature = "parallel")]
#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let operands = [
        (wave::<f32>(&[300, 300], 0.0), wave(&[300, 300], 0.5)),
        (wave::<f32>(&[300, 300], 0.0).transpose(), wave(&[300, 300], 0.5)),
        (wave::<f32>(&[300, 300], 0.0), wave::<f32>(&[300, 300], 0.5).transpose()),
        (wave::<f32>(&[64, 40, 50], 0.0), wave(&[64, 50, 40], 0.5)),
    ];
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| operands.iter().map(|(a, b)| a.matmul(b)).collect::<Vec<_>>())
    };
    assert_eq!(on(1), on(2));
}

macro_rules! panics {
    ($($name:ident $product:expr, $message:literal;)*) => {$(
        #[test]
        #[should_panic(expected = $message)]
        fn $name() {
            let zeros = |shape: &[usize]| Tensor::<f64>::zeros(shape);
            let _ = $product(zeros);
        }
    )*};
}
type Zeros = fn(&[usize]) -> Tensor<f64>;
panics! {
    inner_sizes |z: Zeros| z(&[2, 3]).matmul(&z(&[4, 5])),
        "matmul: shapes (2, 3) and (4, 5) do not match: the 3 columns of the left must equal the 4 rows of the right";
    vector_sizes |z: Zeros| z(&[2]).matmul(&z(&[3])),
        "matmul: shapes (2,) and (3,) do not match: the 2 elements of the left must equal the 3 elements of the right";
    batch_sizes |z: Zeros| z(&[2, 3, 3]).matmul(&z(&[4, 3, 3])), "must broadcast";
    scalars |z: Zeros| z(&[]).matmul(&z(&[3])), "operands must not be 0-d";
    dot_sizes |z: Zeros| z(&[2]).dot(&z(&[3])), "dot: expected two vectors of equal length, got shapes (2,) and (3,)";
    outer_ranks |z: Zeros| z(&[2, 2]).outer(&z(&[3])), "outer: expected two vectors, got shapes (2, 2) and (3,)";
    linear_sizes |z: Zeros| z(&[2, 3]).linear(&z(&[4, 5]), None),
        "linear: shapes (2, 3) and (4, 5) do not match: the input's last size 3 must equal the weight's 4 rows";
    linear_bias |z: Zeros| z(&[2, 3]).linear(&z(&[3, 5]), Some(&z(&[3]))),
        "linear: expected a bias of shape (5,) for weight (3, 5), got (3,)";
    linear_weight |z: Zeros| z(&[2, 3]).linear(&z(&[3]), None), "expected an input (..., in) and a weight (in, out)";
}
