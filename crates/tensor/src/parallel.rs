//! Distribution of work over threads, if there is enough of it.

/// The least number of cheap element operations per thread: with fewer, starting a thread costs more than it gains
/// (measured: waking one takes as long as computing 16 to 32 thousand elements).
#[cfg(feature = "parallel")]
const GRAIN: usize = 1 << 17;

/// Splits `work` on `n` elements into pieces and runs `f` on each: one piece per thread if each has at least `GRAIN`
/// elements, otherwise fewer.
///
/// The pieces do not depend on timing, and `f` computes each element only from the inputs of that element, so results
/// are bitwise identical for any number of threads.
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
    // Split at a cache line, so that no two threads write to the same line.
    let at = n * left / threads / 16 * 16;
    let (a, b) = split(work, at);
    rayon::join(|| halve(at, left, a, split, f), || halve(n - at, right, b, split, f));
}

/// A function of the index of a first row and the rows from there on. Behind a pointer, so that the code that
/// distributes rows is compiled once.
type OnRows<'f, T> = &'f (dyn Fn(usize, &mut [T]) + Sync);

/// Splits `out` into groups of whole rows of `row` elements and runs `f` on each, with the index of its first row: one
/// group per thread if each has enough work, otherwise fewer. Computing a row costs as much as `work` cheap elements.
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
