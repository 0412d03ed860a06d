//! The tape of a transform: each thread keeps one between calls, since a new tape allocates.

use crate::core::tape::Tape;
use crate::core::value::Scalar;
use std::ops::Deref;

/// Number of nodes up to which a tape is kept: about 25 MB for scalars, with the arrays of its sweeps.
const LIMIT: usize = 1 << 20;

/// A tape for one call of a transform. Dropped, it is reset and kept for the next call on its thread.
///
/// A call within a call takes another tape. After a panic the tape is dropped, so a later call starts with a new one.
#[doc(hidden)]
#[derive(Debug)]
pub struct Lease<T: Scalar>(Option<Box<Tape<T>>>);

impl<T: Scalar> Lease<T> {
    #[inline]
    pub(crate) fn new() -> Self {
        Lease(Some(T::pool(|pool| pool.tape.take()).flatten().unwrap_or_default()))
    }
}

impl<T: Scalar> Deref for Lease<T> {
    type Target = Tape<T>;
    #[inline]
    fn deref(&self) -> &Tape<T> {
        match &self.0 {
            Some(tape) => tape,
            None => unreachable!("a lease holds its tape until it is dropped"),
        }
    }
}

impl<T: Scalar> Drop for Lease<T> {
    #[inline]
    fn drop(&mut self) {
        if let Some(mut tape) = self.0.take()
            && tape.len() <= LIMIT
            && !std::thread::panicking()
        {
            tape.reset();
            drop(T::pool(|pool| pool.tape.replace(tape)));
        }
    }
}
