//! Products of a matrix and a vector, whose speed is limited by reading the matrix.

use crate::gemm::Matrix;
use crate::math::simd::{Arch, Kernel, dispatch};
use crate::number::Number;
use crate::real::Real;

/// Computes out += a x, where x is one column. The rows or the columns of a must be contiguous.
#[inline]
pub(super) fn add_product<T: Real>(a: &Matrix<T>, x: &Matrix<T>, out: &mut [T]) {
    if x.row_step != 1 && x.rows > 1 {
        return x.with_packed(|x| add_product(a, x, out));
    }
    let x = &x.data[x.at..x.at + x.rows];
    if a.has_rows() {
        dispatch(&mut Dots { a, x, out });
    } else {
        dispatch(&mut Combination { a: &a.transposed(), x, out });
    }
}

/// Computes out\[i\] += (row i of a) · x.
struct Dots<'a, T> {
    a: &'a Matrix<'a, T>,
    x: &'a [T],
    out: &'a mut [T],
}

/// Long dot products are computed in chunks of this many elements, which keeps the rounding error low.
const CHUNK: usize = 4096;

impl<T: Real> Kernel for &mut Dots<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<A: Arch>(self) {
        let Dots { a, x, out } = self;
        for (chunk, x) in x.chunks(CHUNK).enumerate() {
            let row = |i: usize| &a.row(i)[chunk * CHUNK..][..x.len()];
            let mut i = 0;
            while i + 4 <= out.len() {
                let sums = dots::<T, A, 4, 16>([row(i), row(i + 1), row(i + 2), row(i + 3)], x);
                for (o, s) in out[i..i + 4].iter_mut().zip(sums) {
                    *o += s;
                }
                i += 4;
            }
            while i < out.len() {
                out[i] += dots::<T, A, 1, 64>([row(i)], x)[0];
                i += 1;
            }
        }
    }
}

/// Computes the dot products of `M` rows with x, in `W` lanes, then in 8 lanes, then element by element.
#[inline(always)]
fn dots<T: Real, A: Arch, const M: usize, const W: usize>(mut rows: [&[T]; M], x: &[T]) -> [T; M] {
    let n = x.len();
    for r in &mut rows {
        *r = &r[..n];
    }
    let mut wide = [[T::ZERO.lane::<A>(); W]; M];
    let mut at = 0;
    while at + W <= n {
        for i in 0..M {
            multiply_add::<T, A, W>(&mut wide[i], &rows[i][at..at + W], &x[at..at + W]);
        }
        at += W;
    }
    let mut narrow = [[T::ZERO.lane::<A>(); 8]; M];
    if at > 0 {
        for i in 0..M {
            for j in 0..W {
                narrow[i][j % 8] = narrow[i][j % 8] + wide[i][j];
            }
        }
    }
    while at + 8 <= n {
        for i in 0..M {
            multiply_add::<T, A, 8>(&mut narrow[i], &rows[i][at..at + 8], &x[at..at + 8]);
        }
        at += 8;
    }
    let mut out = [T::ZERO; M];
    for i in 0..M {
        let s = &narrow[i];
        let mut sum = ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
        for p in at..n {
            sum = rows[i][p].lane::<A>().mul_add(x[p].lane::<A>(), sum);
        }
        out[i] = T::unlane::<A>(sum);
    }
    out
}

/// Computes sums\[j\] += a\[j\] b\[j\].
#[inline(always)]
fn multiply_add<T: Real, A: Arch, const W: usize>(sums: &mut [T::Lane<A>; W], a: &[T], b: &[T]) {
    for j in 0..W {
        sums[j] = a[j].lane::<A>().mul_add(b[j].lane::<A>(), sums[j]);
    }
}

/// Computes out += Σ x\[p\] (row p of a).
struct Combination<'a, T> {
    a: &'a Matrix<'a, T>,
    x: &'a [T],
    out: &'a mut [T],
}

impl<T: Real> Kernel for &mut Combination<'_, T> {
    type Output = ();
    #[inline(always)]
    fn run<A: Arch>(self) {
        let Combination { a, x, out } = self;
        let mut p = 0;
        while p + 8 <= x.len() {
            let mut rows: [&[T]; 8] = [&[]; 8];
            for (i, r) in rows.iter_mut().enumerate() {
                *r = a.row(p + i);
            }
            combine::<T, A, 8>(rows, x[p..].first_chunk().copied().unwrap_or([T::ZERO; 8]), out);
            p += 8;
        }
        while p < x.len() {
            combine::<T, A, 1>([a.row(p)], [x[p]], out);
            p += 1;
        }
    }
}

/// Computes out += Σ x\[i\] rows\[i\].
#[inline(always)]
fn combine<T: Real, A: Arch, const M: usize>(mut rows: [&[T]; M], x: [T; M], out: &mut [T]) {
    let n = out.len();
    for r in &mut rows {
        *r = &r[..n];
    }
    let mut at = 0;
    while at + 32 <= n {
        combine_at::<T, A, M, 32>(&rows, &x, at, out);
        at += 32;
    }
    while at + 8 <= n {
        combine_at::<T, A, M, 8>(&rows, &x, at, out);
        at += 8;
    }
    if at + 4 <= n {
        combine_at::<T, A, M, 4>(&rows, &x, at, out);
        at += 4;
    }
    if at + 2 <= n {
        combine_at::<T, A, M, 2>(&rows, &x, at, out);
        at += 2;
    }
    if at < n {
        combine_at::<T, A, M, 1>(&rows, &x, at, out);
    }
}

#[inline(always)]
fn combine_at<T: Real, A: Arch, const M: usize, const W: usize>(
    rows: &[&[T]; M],
    x: &[T; M],
    at: usize,
    out: &mut [T],
) {
    let out = &mut out[at..at + W];
    // Two chains of additions, one for even rows and one for odd rows, halve the latency.
    let mut sums = [[T::ZERO.lane::<A>(); W]; 2];
    for j in 0..W {
        sums[0][j] = out[j].lane::<A>();
    }
    for i in 0..M {
        multiply_add::<T, A, W>(&mut sums[i % 2], &[x[i]; W], &rows[i][at..at + W]);
    }
    for j in 0..W {
        out[j] = T::unlane::<A>(sums[0][j] + sums[1][j]);
    }
}
