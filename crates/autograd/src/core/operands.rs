//! What an operation is computed from, looked up on the tape.

use crate::core::tape::{Record, Tape};
use crate::core::value::Scalar;
use smallvec::SmallVec;
use tensor::Tensor;

/// The operands of a tensor operation, numbers among them made into 0-d tensors.
pub(crate) struct Operands<T: Scalar> {
    /// Slots among the records, or `LIFTED` for a number.
    slots: SmallVec<[u32; 4]>,
    /// The numbers, in order: usually none, so nothing of their size is moved.
    lifted: SmallVec<[Tensor<T>; 1]>,
}

const LIFTED: u32 = u32::MAX;

impl<T: Scalar> Operands<T> {
    #[inline]
    pub(crate) fn new(tape: &Tape<T>, ids: &[u32]) -> Self {
        let mut operands = Operands { slots: SmallVec::new(), lifted: SmallVec::new() };
        for &id in ids {
            match tape.lift(id) {
                None => operands.slots.push(tape.nodes.args(id)[0]),
                Some(number) => {
                    operands.slots.push(LIFTED);
                    operands.lifted.push(number);
                }
            }
        }
        operands
    }

    /// Their values.
    #[inline]
    pub(crate) fn values<'a>(&'a self, records: &'a [Record<T>]) -> SmallVec<[&'a Tensor<T>; 4]> {
        let mut lifted = self.lifted.iter();
        let mut values = SmallVec::new();
        for &slot in &self.slots {
            values.push(match slot {
                LIFTED => match lifted.next() {
                    Some(number) => number,
                    None => unreachable!("a number was lifted for each mark"),
                },
                slot => value_in(records, slot),
            });
        }
        values
    }
}

/// The value of the record in a slot.
#[inline]
pub(crate) fn value_in<T: Scalar>(records: &[Record<T>], slot: u32) -> &Tensor<T> {
    match &records[slot as usize].value {
        Some(value) => value,
        None => unreachable!("a scalar's value stands with its node"),
    }
}

/// The tape of two operands, either of which may be a number without one.
///
/// # Panics
/// If they are on two tapes.
#[inline]
#[track_caller]
pub(crate) fn common<'t, T: Scalar>(a: Option<&'t Tape<T>>, b: Option<&'t Tape<T>>, op: &str) -> Option<&'t Tape<T>> {
    match (a, b) {
        (Some(a), Some(b)) if !std::ptr::eq(a, b) => mixed(a, b, op),
        (Some(a), _) => Some(a),
        (None, b) => b,
    }
}

#[cold]
#[track_caller]
fn mixed<T: Scalar>(a: &Tape<T>, b: &Tape<T>, op: &str) -> ! {
    panic!(
        "{op}: one operand is on {a:?} and the other on {b:?}; \
         record both on one tape, or bring a value over with `tape.constant(x.value())`"
    )
}
