//! Reference-counted buffers, recycled when their last owner is dropped.
//!
//! A training step creates the same few dozen buffers over and over. New memory is slow (the first access to a page
//! costs more than filling it), so a buffer whose last owner is dropped goes to a thread-local pool, from which later
//! requests of a similar size are served: after the first few steps, training allocates no memory. Capacities are
//! rounded up to one of four sizes per power of two, so at most a quarter is wasted. Each pool holds at most
//! [`recycle::limit`] bytes.

use std::ops::Deref;
use std::sync::Arc;

/// An element type whose buffers are pooled.
pub trait Pooled: Copy + Default + Send + Sync + 'static {
    #[doc(hidden)]
    fn with_pool<R>(f: impl FnOnce(&mut Pool<Self>) -> R) -> Option<R>;
}

macro_rules! pooled {
    ($($t:ty),*) => {$(
        impl Pooled for $t {
            #[inline]
            fn with_pool<R>(f: impl FnOnce(&mut Pool<Self>) -> R) -> Option<R> {
                thread_local! {
                    static POOL: std::cell::RefCell<Pool<$t>> = const { std::cell::RefCell::new(Pool::new()) };
                }
                // The pool of a thread that is shutting down is gone; its buffers are freed.
                POOL.try_with(|p| f(&mut p.borrow_mut())).ok()
            }
        }
    )*};
}
pooled!(f32, f64, usize);

/// A reference-counted slice of initialized elements, at least as long as requested.
///
/// Every owner may read it; writing requires a single owner ([`Buffer::unique`]).
pub struct Buffer<T: Pooled>(Option<Arc<[T]>>);

impl<T: Pooled> Buffer<T> {
    /// Returns a buffer of at least `len` elements. Their values are unspecified: they may be left from an earlier use.
    ///
    /// # Panics
    /// If there is not enough memory.
    #[inline]
    #[track_caller]
    pub fn scratch(len: usize) -> Self {
        match Buffer::try_scratch(len) {
            Some(buffer) => buffer,
            None => panic!("not enough memory for a buffer of {len} elements"),
        }
    }

    /// Like [`scratch`](Buffer::scratch), but returns `None` if there is not enough memory.
    #[inline]
    pub fn try_scratch(len: usize) -> Option<Self> {
        if let Some(Some(arc)) = T::with_pool(|p| p.take(len)) {
            return Some(Buffer(Some(arc)));
        }
        let capacity = class(len).1;
        can_allocate::<T>(capacity).then(|| Buffer(Some(std::iter::repeat_n(T::default(), capacity).collect())))
    }

    /// Returns the elements for writing if this is the only owner, otherwise `None`.
    #[inline]
    pub fn unique(&mut self) -> Option<&mut [T]> {
        self.0.as_mut().and_then(Arc::get_mut)
    }

    /// Returns whether two handles refer to the same memory.
    pub fn same(&self, other: &Self) -> bool {
        std::ptr::eq(self.as_ptr(), other.as_ptr())
    }
}

impl<T: Pooled> Deref for Buffer<T> {
    type Target = [T];
    #[inline]
    fn deref(&self) -> &[T] {
        self.0.as_deref().unwrap_or(&[])
    }
}

impl<T: Pooled> Clone for Buffer<T> {
    #[inline]
    fn clone(&self) -> Self {
        Buffer(self.0.clone())
    }
}

impl<T: Pooled> Drop for Buffer<T> {
    #[inline]
    fn drop(&mut self) {
        // A count of 1 cannot grow concurrently: there is no other handle to clone, and no weak handle is ever created.
        if let Some(arc) = self.0.take()
            && Arc::strong_count(&arc) == 1
        {
            T::with_pool(|p| p.put(arc));
        }
    }
}

impl<T: Pooled> std::fmt::Debug for Buffer<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Buffer").field("len", &self.len()).finish_non_exhaustive()
    }
}

/// Returns whether `capacity` elements can be allocated. Creating an `Arc` aborts the process if memory runs out, so a
/// large allocation is tried beforehand with `try_reserve_exact`.
#[inline]
fn can_allocate<T>(capacity: usize) -> bool {
    const LARGE: usize = 16 << 20;
    capacity < LARGE / size_of::<T>() || Vec::<T>::new().try_reserve_exact(capacity).is_ok()
}

/// Returns the index and the capacity of the size class for `len`: four classes per power of two, from 16 elements up.
#[inline]
fn class(len: usize) -> (usize, usize) {
    if len <= 16 {
        return (0, 16);
    }
    let bits = usize::BITS - (len - 1).leading_zeros(); // 2^(bits-1) < len <= 2^bits
    let step = 1usize << (bits - 3);
    let quarter = (len - 1 - (1 << (bits - 1))) / step; // 0..4 within the octave
    ((bits as usize - 5) * 4 + quarter + 1, (1 << (bits - 1)) + (quarter + 1) * step)
}

/// Unused buffers by size class.
#[doc(hidden)]
#[derive(Debug)]
pub struct Pool<T> {
    free: Vec<Vec<Arc<[T]>>>,
    bytes: usize,
}

impl<T> Pool<T> {
    const fn new() -> Self {
        Pool { free: Vec::new(), bytes: 0 }
    }

    #[inline]
    fn take(&mut self, len: usize) -> Option<Arc<[T]>> {
        let arc = self.free.get_mut(class(len).0)?.pop()?;
        self.bytes -= size_of_val(&*arc);
        Some(arc)
    }

    #[inline]
    fn put(&mut self, arc: Arc<[T]>) {
        let bytes = size_of_val(&*arc);
        if self.bytes + bytes > recycle::limit() {
            return;
        }
        let class = class(arc.len()).0;
        if class >= self.free.len() {
            self.free.resize_with(class + 1, Vec::new);
        }
        self.bytes += bytes;
        self.free[class].push(arc);
    }
}

/// Settings of the buffer pools, for programs that limit their memory use.
pub mod recycle {
    use super::Pooled;
    use std::sync::atomic::{AtomicUsize, Ordering};

    static LIMIT: AtomicUsize = AtomicUsize::new(512 << 20);

    /// Returns the maximum size of a pool in bytes, per thread and element type. Default: 512 MiB.
    #[inline]
    pub fn limit() -> usize {
        LIMIT.load(Ordering::Relaxed)
    }

    /// Sets [`limit`] for all threads. 0 turns recycling off.
    pub fn set_limit(bytes: usize) {
        LIMIT.store(bytes, Ordering::Relaxed);
    }

    /// Frees the buffers in this thread's pools.
    pub fn clear() {
        f32::with_pool(|p| *p = super::Pool::new());
        f64::with_pool(|p| *p = super::Pool::new());
        usize::with_pool(|p| *p = super::Pool::new());
    }

    /// Returns the total size of the buffers in this thread's pools, in bytes.
    pub fn pooled() -> usize {
        f32::with_pool(|p| p.bytes).unwrap_or(0)
            + f64::with_pool(|p| p.bytes).unwrap_or(0)
            + usize::with_pool(|p| p.bytes).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_large_enough_and_waste_at_most_a_quarter() {
        let mut last = 0;
        for len in 0..5000 {
            let (index, capacity) = class(len);
            assert!(capacity >= len && (len <= 16 || capacity <= len + len / 4 + 1), "{len} -> {capacity}");
            assert_eq!(class(capacity), (index, capacity), "the capacity of a class is in that class");
            assert!(index == last || index == last + 1, "{len}: {last} -> {index}");
            last = index;
        }
    }

    #[test]
    fn dropping_the_last_owner_recycles_the_buffer() {
        let a = Buffer::<f64>::scratch(1000);
        let at = a.as_ptr();
        let b = a.clone();
        drop(a);
        assert_ne!(Buffer::<f64>::scratch(1000).as_ptr(), at, "still owned");
        drop(b);
        assert_eq!(Buffer::<f64>::scratch(1000).as_ptr(), at, "recycled");
    }

    #[test]
    fn a_shared_buffer_cannot_be_written() {
        let mut a = Buffer::<f32>::scratch(4);
        assert!(a.unique().is_some());
        let b = a.clone();
        assert!(a.unique().is_none());
        drop(b);
        assert!(a.unique().is_some());
    }
}
