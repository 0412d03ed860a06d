//! The loop of all reductions: folds many elements into one, in several lanes and in a fixed order.
//!
//! A fold sums blocks of [`BLOCK`] rows, then groups of [`BLOCK`] block sums, then the sums of the groups. The rounding
//! error of a sum grows with the longest chain of additions, which is 3 · [`BLOCK`] for up to [`BLOCK`]³ rows. So it
//! hardly depends on n.

use super::step::Step;
use crate::math::simd::{Arch, Kernel, dispatch};
use crate::parallel;
use crate::real::Real;
use crate::tensor::Tensor;

/// Rows of at least twice this length are folded in pieces, which may run on several threads.
const LONG: usize = 1 << 15;

/// Computes out\[o, i\], the fold of data\[o, .., i\], for packed data of shape `(outer, n, inner)`. `center` holds the
/// argument `c` of the step for each element of `out`; without it, `c` is 0.
pub(crate) fn fold<T: Real, S: Step>(step: S, data: &[T], n: usize, inner: usize, center: Option<&[T]>, out: &mut [T]) {
    if inner > 1 || n < 2 * LONG {
        return run_fold(&mut Fold { step, data, n, inner, center, out });
    }
    for (o, out) in out.iter_mut().enumerate() {
        let (row, c) = (&data[o * n..][..n], center.map(|c| &c[o..=o]));
        let pieces = Tensor::<T>::build(n.div_ceil(LONG), |pieces| {
            parallel::rows(pieces, 1, LONG, &|first, pieces| {
                for (i, piece) in (first..).zip(pieces) {
                    let part = &row[i * LONG..n.min((i + 1) * LONG)];
                    run_fold(&mut Fold {
                        step,
                        data: part,
                        n: part.len(),
                        inner: 1,
                        center: c,
                        out: std::slice::from_mut(piece),
                    });
                }
            });
        });
        let data = pieces.as_slice().unwrap_or(&[]);
        run_fold(&mut Fold {
            step: S::JOIN,
            data,
            n: data.len(),
            inner: 1,
            center: None,
            out: std::slice::from_mut(out),
        });
    }
}

/// Runs a fold. Not inlined, so that its loops are compiled once.
#[inline(never)]
fn run_fold<T: Real, S: Step>(fold: &mut Fold<'_, T, S>) {
    dispatch(fold);
}

pub(super) struct Fold<'a, T, S> {
    pub(super) step: S,
    pub(super) data: &'a [T],
    pub(super) n: usize,
    pub(super) inner: usize,
    pub(super) center: Option<&'a [T]>,
    pub(super) out: &'a mut [T],
}

impl<T: Real, S: Step> Kernel for &mut Fold<'_, T, S> {
    const SIMD512: bool = false;
    type Output = ();
    #[inline(always)]
    fn run<A: Arch>(self) {
        let &mut Fold { step, data, n, inner, center, ref mut out } = self;
        if inner == 1 {
            for (o, out) in out.iter_mut().enumerate() {
                *out = row::<T, A, S>(step, &data[o * n..][..n], center.map_or(T::ZERO, |c| c[o]));
            }
            return;
        }
        for (o, out) in out.chunks_mut(inner.max(1)).enumerate() {
            columns::<T, A, S>(
                step,
                &data[o * n * inner..][..n * inner],
                center.map(|c| &c[o * inner..][..inner]),
                out,
            );
        }
    }
}

/// The number of rows in a block, which are summed one after the other.
const BLOCK: usize = 32;
/// The narrowest vectorized tile.
const NARROW: usize = 16;

/// Folds one row.
#[inline(always)]
pub(crate) fn row<T: Real, A: Arch, S: Step>(step: S, row: &[T], c: T) -> T {
    let c = c.lane::<A>();
    if row.len() < NARROW {
        let start = step.start(c);
        return T::unlane::<A>(row.iter().fold(start, |p, x| step.step(p, x.lane::<A>(), c)));
    }
    // Wider tiles are hardly faster and take several times as long to compile.
    if row.len() < 64 { lanes::<T, A, S, NARROW>(step, row, c) } else { lanes::<T, A, S, 32>(step, row, c) }
}

/// Folds one row as a matrix of `W` columns, then joins the results of the columns pairwise.
#[inline(always)]
fn lanes<T: Real, A: Arch, S: Step, const W: usize>(step: S, row: &[T], c: T::Lane<A>) -> T {
    let (rows, tail) = (row.len() / W, row.len() % W);
    let mut lanes = tile::<T, A, S, W>(step, row, W, rows, &[c; W]);
    if tail > 0 {
        let mut last = [T::unlane::<A>(step.neutral(c)); W];
        last[..tail].copy_from_slice(&row[rows * W..]);
        for j in 0..W {
            lanes[j] = step.step(lanes[j], last[j].lane::<A>(), c);
        }
    }
    let mut half = W / 2;
    while half > 0 {
        for j in 0..half {
            lanes[j] = step.join(lanes[j], lanes[j + half]);
        }
        half /= 2;
    }
    T::unlane::<A>(lanes[0])
}

/// Folds `W` neighboring columns of a matrix whose rows are `stride` elements apart.
#[inline(always)]
fn tile<T: Real, A: Arch, S: Step, const W: usize>(
    step: S,
    data: &[T],
    stride: usize,
    rows: usize,
    c: &[T::Lane<A>; W],
) -> [T::Lane<A>; W] {
    let start = step.start(T::ZERO.lane::<A>());
    let join = |mut a: [T::Lane<A>; W], b: &[T::Lane<A>; W]| {
        for j in 0..W {
            a[j] = step.join(a[j], b[j]);
        }
        a
    };
    let (mut top, mut middle) = ([start; W], [start; W]);
    let mut done = 0;
    while done < rows {
        let end = rows.min(done + BLOCK);
        let mut low = [start; W];
        for r in done..end {
            let x = &data[r * stride..r * stride + W];
            for j in 0..W {
                low[j] = step.step(low[j], x[j].lane::<A>(), c[j]);
            }
        }
        done = end;
        middle = join(middle, &low);
        if done % (BLOCK * BLOCK) == 0 {
            top = join(top, &middle);
            middle = [start; W];
        }
    }
    join(top, &middle)
}

/// Folds all columns of a packed matrix.
#[inline(always)]
fn columns<T: Real, A: Arch, S: Step>(step: S, data: &[T], center: Option<&[T]>, out: &mut [T]) {
    let width = out.len();
    if width < NARROW {
        return narrow::<T, A, S>(step, data, center, out);
    }
    if width >= WIDE {
        for (i, out) in out.chunks_mut(PANEL).enumerate() {
            let center = center.map(|c| &c[i * PANEL..][..out.len()]);
            panel::<T, A, S>(step, data.get(i * PANEL..).unwrap_or(&[]), width, data.len() / width, center, out);
        }
        return;
    }
    let mut at = 0;
    while at < width {
        // The last tile is shifted back to fit, so some columns are computed twice.
        tile_to::<T, A, S, NARROW>(step, data, center, at.min(width - NARROW), out);
        at += NARROW;
    }
}

/// From this many columns on, whole rows are read instead of tiles, because sequential access to memory is faster.
const WIDE: usize = 64;
/// The number of columns in a panel, whose partial results fit into the first-level cache beside the rows.
const PANEL: usize = 512;

/// Folds `out.len()` neighboring columns of a matrix whose rows are `stride` elements apart. Like [`tile`], but with
/// the partial results in memory.
#[inline(always)]
fn panel<T: Real, A: Arch, S: Step>(
    step: S,
    data: &[T],
    stride: usize,
    rows: usize,
    center: Option<&[T]>,
    out: &mut [T],
) {
    let width = out.len();
    let start = T::unlane::<A>(step.start(T::ZERO.lane::<A>()));
    let (zeros, mut low, mut middle) = ([T::ZERO; PANEL], [start; PANEL], [start; PANEL]);
    let center = &center.unwrap_or(&zeros)[..width];
    let (low, middle) = (&mut low[..width], &mut middle[..width]);
    let join = |into: &mut [T], from: &mut [T]| {
        for (a, b) in into.iter_mut().zip(from) {
            *a = T::unlane::<A>(step.join(a.lane::<A>(), b.lane::<A>()));
            *b = start;
        }
    };
    out.fill(start);
    let mut done = 0;
    while done < rows {
        let end = rows.min(done + BLOCK);
        for r in done..end {
            let x = &data[r * stride..][..width];
            for (p, (&x, &c)) in low.iter_mut().zip(x.iter().zip(center)) {
                *p = T::unlane::<A>(step.step(p.lane::<A>(), x.lane::<A>(), c.lane::<A>()));
            }
        }
        done = end;
        join(middle, low);
        if done % (BLOCK * BLOCK) == 0 {
            join(out, middle);
        }
    }
    join(out, middle);
}

/// Folds `W` columns of a packed matrix from column `at` on into `out`, one element of which belongs to each column.
#[inline(always)]
fn tile_to<T: Real, A: Arch, S: Step, const W: usize>(
    step: S,
    data: &[T],
    center: Option<&[T]>,
    at: usize,
    out: &mut [T],
) {
    let width = out.len();
    let mut c = [T::ZERO.lane::<A>(); W];
    if let Some(center) = center {
        for (c, x) in c.iter_mut().zip(&center[at..at + W]) {
            *c = x.lane::<A>();
        }
    }
    let folded = tile::<T, A, S, W>(step, data.get(at..).unwrap_or(&[]), width, data.len() / width, &c);
    for (o, x) in out[at..at + W].iter_mut().zip(folded) {
        *o = T::unlane::<A>(x);
    }
}

/// Folds all columns of a packed matrix with few columns. Several rows are treated as one, to fill a tile.
#[inline(always)]
fn narrow<T: Real, A: Arch, S: Step>(step: S, data: &[T], center: Option<&[T]>, out: &mut [T]) {
    let width = out.len();
    let c = |j: usize| center.map_or(T::ZERO, |c| c[j]).lane::<A>();
    let group = 64 / width;
    let (mut grouped, mut at) = ([T::ZERO; 64], 0);
    if data.len() >= 256 {
        let wide = group * width;
        let mut centers = [T::ZERO; 64];
        for (j, x) in centers.iter_mut().enumerate() {
            *x = T::unlane::<A>(c(j % width));
        }
        at = data.len() / wide * wide;
        let mut from = 0;
        while from < wide {
            let back = from.min(wide - NARROW);
            tile_to::<T, A, S, NARROW>(step, &data[..at], Some(&centers[..wide]), back, &mut grouped[..wide]);
            from += NARROW;
        }
    }
    for (j, out) in out.iter_mut().enumerate() {
        let mut partial = step.start(T::ZERO.lane::<A>());
        if at > 0 {
            for g in 0..group {
                partial = step.join(partial, grouped[g * width + j].lane::<A>());
            }
        }
        let mut i = at + j;
        while i < data.len() {
            partial = step.step(partial, data[i].lane::<A>(), c(j));
            i += width;
        }
        *out = T::unlane::<A>(partial);
    }
}
