//! What a thread keeps between calls, so that sweeps and transforms do not allocate each time.

use crate::core::adjoints::Adjoints;
use crate::core::tape::Tape;
use crate::core::value::Scalar;

/// What a thread keeps for each element type: see [`Scalar::pool`].
///
/// A thread and not a tape keeps the arrays of sweeps: gradients return them when they are dropped, which may be after
/// the tape was reset and moved to another thread. So nothing is shared, and there is no lock.
#[derive(Debug)]
pub(crate) struct Pool<T: Scalar> {
    /// The arrays of earlier sweeps.
    pub(crate) sweeps: Vec<Adjoints<T>>,
    /// The tape of earlier transforms.
    pub(crate) tape: Option<Box<Tape<T>>>,
}
