//! Operators reuse the buffers of their operands. A global allocator counts the allocations of each thread; recycling
//! of buffers is off, so that each new buffer is counted.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use tensor::{Tensor, recycle};

/// The system allocator, with a count of the allocations of each thread.
struct Counting;

thread_local! {
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call is forwarded to `System` unchanged; counting does not access allocated memory.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // A thread may allocate after its counter was destroyed, when it ends.
        let _ = CALLS.try_with(|calls| calls.set(calls.get() + 1));
        // SAFETY: the caller keeps `alloc`'s contract.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps `dealloc`'s contract.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// The number of allocations of `f` on this thread.
fn allocations<R>(f: impl FnOnce() -> R) -> (usize, R) {
    let before = CALLS.with(Cell::get);
    let result = f();
    (CALLS.with(Cell::get) - before, result)
}

#[test]
fn operators_reuse_buffers_without_another_owner() {
    recycle::set_limit(0);
    let wave = |shape: [usize; 2]| Tensor::<f64>::from_fn(shape, |i| (i[0] * 7 + i[1]) as f64);
    let (x, row, column) = (wave([40, 50]), wave([1, 50]), wave([40, 1]));

    let (n, sum) = allocations(|| &x + &row);
    assert_eq!(n, 1, "a new buffer");

    let (n, y) = allocations(|| (-(sum * 2.0 - &row) / &column - 1.0) % 7.0 + 0.5);
    assert_eq!(n, 0, "each result is written over the left operand");
    assert_eq!(y[[3, 4]], (-((25.0 + 4.0) * 2.0 - 4.0) / 21.0 - 1.0) % 7.0 + 0.5);

    let (n, z) = allocations(|| 1.0 - (&row - (&x * y)));
    assert_eq!(n, 0, "each result is written over the right operand");

    let (mut n, mut z) = (0, z);
    for other in [&x, &row, &column] {
        n += allocations(|| z += other).0 + allocations(|| z *= 0.5).0;
    }
    assert_eq!(n, 0, "assignment writes in place");

    let before = z.clone();
    let (n, ()) = allocations(|| z -= &row);
    assert_eq!(n, 1, "a shared buffer is copied");
    assert_eq!(before[[3, 4]] - 4.0, z[[3, 4]]);
}
