//! Splitting work over threads where it is worth their start.

/// Below this many cheap element operations a second thread costs more than it gives (measured: waking one
/// takes as long as computing 16 to 32 thousand elements).
#[cfg(feature = "parallel")]
const GRAIN: usize = 1 << 17;

/// Runs `f` over matching pieces of `0..n`: one piece, or one per thread where each gets at least a grain.
///
/// The pieces never depend on timing, and `f` writes each element from its own inputs only, so results are
/// the same bits on any number of threads.
pub(crate) fn pieces<S: Send>(n: usize, work: S, split: impl Fn(S, usize) -> (S, S) + Sync, f: impl Fn(S) + Sync) {
    #[cfg(feature = "parallel")]
    {
        let threads = if n >= 2 * GRAIN { rayon::current_num_threads().min(n / GRAIN) } else { 1 };
        if threads > 1 {
            return halve(n, threads, work, &split, &f);
        }
    }
    let _ = (n, &split);
    f(work);
}

#[cfg(feature = "parallel")]
fn halve<S: Send>(
    n: usize,
    threads: usize,
    work: S,
    split: &(impl Fn(S, usize) -> (S, S) + Sync),
    f: &(impl Fn(S) + Sync),
) {
    if threads == 1 {
        return f(work);
    }
    let (left, right) = (threads / 2, threads - threads / 2);
    // On a cache line's boundary, so that no two threads share one.
    let at = n * left / threads / 16 * 16;
    let (a, b) = split(work, at);
    rayon::join(|| halve(at, left, a, split, f), || halve(n - at, right, b, split, f));
}

/// Work on a run of rows, given its first one. A trait object, so that the code that distributes rows is compiled once.
type OnRows<'f, T> = &'f (dyn Fn(usize, &mut [T]) + Sync);

/// Runs `f` over runs of whole rows of `out` (a row is `row` elements of `out`, and as much work as computing `work`
/// cheap elements): one run, or one per thread where each gets at least a grain. `f` is told its first row.
pub(crate) fn rows<T: Send>(out: &mut [T], row: usize, work: usize, f: OnRows<'_, T>) {
    #[cfg(feature = "parallel")]
    {
        let rows = out.len() / row.max(1);
        let total = rows.saturating_mul(work);
        let threads = if total >= 2 * GRAIN { rayon::current_num_threads().min(total / GRAIN).min(rows) } else { 1 };
        if threads > 1 {
            return halve_rows(out, row, 0, threads, f);
        }
    }
    let _ = (row, work);
    f(0, out);
}

#[cfg(feature = "parallel")]
fn halve_rows<T: Send>(out: &mut [T], row: usize, first: usize, threads: usize, f: OnRows<'_, T>) {
    if threads == 1 {
        return f(first, out);
    }
    let (left, right) = (threads / 2, threads - threads / 2);
    let at = out.len() / row * left / threads;
    let (a, b) = out.split_at_mut(at * row);
    rayon::join(|| halve_rows(a, row, first, left, f), || halve_rows(b, row, first + at, right, f));
}
