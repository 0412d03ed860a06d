//! An allocator that counts: how many times a steady step asks the system for memory (it should be never).

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};

static CALLS: AtomicU64 = AtomicU64::new(0);

/// The system's allocator, counting allocations and reallocations of all threads.
///
/// A program counts by making it its global allocator; in one that does not, [`count`] stays 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counting;

/// How many times memory was asked for since the program began.
pub fn count() -> u64 {
    CALLS.load(Ordering::Relaxed)
}

// SAFETY: every call is handed to `System` as it came; counting touches no memory but its own counter.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps `alloc`'s contract, which is the same here.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        CALLS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as for `alloc`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        CALLS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps `realloc`'s contract, and `at` came from `System` through this allocator.
        unsafe { System.realloc(at, layout, size) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps `dealloc`'s contract, and `at` came from `System` through this allocator.
        unsafe { System.dealloc(at, layout) }
    }
}
