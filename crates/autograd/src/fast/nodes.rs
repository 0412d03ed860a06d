//! The scalar side of the tape: op code, two operands and value per node, in three parallel arrays.
//!
//! A node costs 17 bytes in f64 and one capacity check. The arrays are grown together and written through raw
//! pointers, because three `Vec`s cost three checks and three length updates per node: a third of the recording
//! time of a scalar program (README of the benches, S1).

use crate::fast::code::{self, Form};
use crate::rules::{Binary, Element};
use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;
use std::panic::Location;
use std::ptr::NonNull;

/// The handle of a constant: it has no node.
pub(crate) const NONE: u32 = u32::MAX;

/// Op code, operands and value of each node.
pub(crate) struct Nodes<T> {
    len: Cell<usize>,
    /// Where the next check fails: the capacity, or 0 while there is more to do than to append.
    limit: Cell<usize>,
    paused: Cell<bool>,
    /// Where in the user's program each node was recorded, if that is asked for.
    lines: Option<RefCell<Vec<&'static Location<'static>>>>,
    capacity: Cell<usize>,
    code: Cell<NonNull<u8>>,
    args: Cell<NonNull<[u32; 2]>>,
    value: Cell<NonNull<T>>,
}

/// The arrays of a tape, for a sweep.
#[derive(Clone, Copy)]
pub(crate) struct View<'a, T> {
    pub(crate) code: &'a [u8],
    pub(crate) args: &'a [[u32; 2]],
    pub(crate) value: &'a [T],
}

impl<T: Element> Nodes<T> {
    pub(crate) fn new() -> Self {
        Nodes {
            len: Cell::new(0),
            limit: Cell::new(0),
            paused: Cell::new(false),
            lines: None,
            capacity: Cell::new(0),
            code: Cell::new(NonNull::dangling()),
            args: Cell::new(NonNull::dangling()),
            value: Cell::new(NonNull::dangling()),
        }
    }

    /// Also keeps the line of the program that appends each node from now on.
    pub(crate) fn keep_lines(&mut self) {
        self.lines = Some(RefCell::default());
    }

    /// How many nodes there are.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.len.get()
    }

    /// Forgets all nodes and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.len.set(0);
        if let Some(lines) = &mut self.lines {
            lines.get_mut().clear();
        }
    }

    /// Where a node was recorded, if lines are kept.
    pub(crate) fn line(&self, id: u32) -> Option<&'static Location<'static>> {
        self.lines.as_ref()?.borrow().get(id as usize).copied()
    }

    /// Appends a node and returns its index, or [`NONE`] while recording is paused.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn push(&self, code: u8, args: [u32; 2], value: T) -> u32 {
        if self.len.get() < self.limit.get() {
            self.append(code, args, value)
        } else if self.paused.get() {
            NONE
        } else {
            self.push_slowly(code, args, value, Location::caller())
        }
    }

    /// Appends a node even while recording is paused: for values that later nodes refer to.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn push_always(&self, code: u8, args: [u32; 2], value: T) -> u32 {
        if self.len.get() < self.limit.get() {
            self.append(code, args, value)
        } else {
            self.push_slowly(code, args, value, Location::caller())
        }
    }

    /// Appends a node where there is room.
    #[inline(always)]
    fn append(&self, code: u8, args: [u32; 2], value: T) -> u32 {
        let i = self.len.get();
        debug_assert!(i < self.capacity.get());
        // SAFETY: i < capacity, by the callers' checks, and each array has room for `capacity` elements. `Nodes` is not
        // `Sync` and hands out no reference that outlives a call, except `view`, whose caller promises not to push.
        unsafe {
            self.code.get().as_ptr().add(i).write(code);
            self.args.get().as_ptr().add(i).write(args);
            self.value.get().as_ptr().add(i).write(value);
        }
        self.len.set(i + 1);
        i as u32
    }

    /// Appends a binary operation with a constant on the right: in place of the operand if an `f32` holds it exactly.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn push_right_constant(&self, op: Binary, a: u32, c: T, value: T) -> u32 {
        match exact_bits(c) {
            Some(bits) => self.push(code::binary(op, Form::VarBits), [a, bits], value),
            None => {
                let c = self.push(code::CONST, [0, 0], c);
                self.push(code::binary(op, Form::VarNode), [a, c], value)
            }
        }
    }

    /// Appends a binary operation with a constant on the left.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn push_left_constant(&self, op: Binary, c: T, b: u32, value: T) -> u32 {
        match exact_bits(c) {
            Some(bits) => self.push(code::binary(op, Form::BitsVar), [bits, b], value),
            None => {
                let c = self.push(code::CONST, [0, 0], c);
                self.push(code::binary(op, Form::NodeVar), [c, b], value)
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn push_slowly(&self, code: u8, args: [u32; 2], value: T, line: &'static Location<'static>) -> u32 {
        if self.len.get() == self.capacity.get() {
            self.grow();
        }
        if let Some(lines) = &self.lines {
            lines.borrow_mut().push(line);
        }
        self.append(code, args, value)
    }

    /// Whether [`push`](Nodes::push) is switched off.
    #[inline]
    pub(crate) fn is_paused(&self) -> bool {
        self.paused.get()
    }

    /// Switches [`push`](Nodes::push) off or on again.
    pub(crate) fn pause(&self, pause: bool) {
        self.paused.set(pause);
        self.set_limit();
    }

    fn set_limit(&self) {
        let quick = !self.paused.get() && self.lines.is_none();
        self.limit.set(if quick { self.capacity.get() } else { 0 });
    }

    #[cold]
    fn grow(&self) {
        let (len, old) = (self.len.get(), self.capacity.get());
        let new = (old * 2).clamp(256, NONE as usize);
        assert!(new > old, "a tape holds at most {NONE} nodes; reset it, or split the computation");
        // SAFETY: each array came from a `Vec` of capacity `old` (or is dangling, with capacity 0), and its first
        // `len` elements are initialized.
        unsafe {
            self.code.set(regrow(self.code.get(), len, old, new));
            self.args.set(regrow(self.args.get(), len, old, new));
            self.value.set(regrow(self.value.get(), len, old, new));
        }
        self.capacity.set(new);
        self.set_limit();
    }

    /// The op code of a node.
    #[inline]
    pub(crate) fn code(&self, id: u32) -> u8 {
        assert!((id as usize) < self.len(), "node {id} is not on this tape");
        // SAFETY: the index is below `len`, so the element is initialized.
        unsafe { self.code.get().as_ptr().add(id as usize).read() }
    }

    /// The operands of a node.
    #[inline]
    pub(crate) fn args(&self, id: u32) -> [u32; 2] {
        assert!((id as usize) < self.len(), "node {id} is not on this tape");
        // SAFETY: the index is below `len`, so the element is initialized.
        unsafe { self.args.get().as_ptr().add(id as usize).read() }
    }

    /// The value of a scalar node.
    #[inline]
    pub(crate) fn value(&self, id: u32) -> T {
        assert!((id as usize) < self.len(), "node {id} is not on this tape");
        // SAFETY: the index is below `len`, so the element is initialized.
        unsafe { self.value.get().as_ptr().add(id as usize).read() }
    }

    /// All nodes, for a sweep.
    ///
    /// # Safety
    /// Nothing may be pushed while the view is in use: growing moves the arrays.
    pub(crate) unsafe fn view(&self) -> View<'_, T> {
        let n = self.len();
        // SAFETY: the first `len` elements of each array are initialized, and by the caller's promise neither moved
        // nor written while the view lives.
        unsafe {
            View {
                code: std::slice::from_raw_parts(self.code.get().as_ptr(), n),
                args: std::slice::from_raw_parts(self.args.get().as_ptr(), n),
                value: std::slice::from_raw_parts(self.value.get().as_ptr(), n),
            }
        }
    }
}

/// The bits of the `f32` that is exactly `c`, if there is one.
#[inline(always)]
fn exact_bits<T: Element>(c: T) -> Option<u32> {
    let c32 = c.to_f64() as f32;
    (T::from_f64(c32 as f64) == c).then(|| c32.to_bits())
}

/// # Safety
/// `at` must come from a `Vec` of this capacity (or be dangling with 0), its first `len` elements initialized.
unsafe fn regrow<E>(at: NonNull<E>, len: usize, old: usize, new: usize) -> NonNull<E> {
    // SAFETY: by the caller's promise these are the parts of a `Vec`.
    let mut v = ManuallyDrop::new(unsafe { Vec::from_raw_parts(at.as_ptr(), len, old) });
    v.reserve_exact(new - len);
    debug_assert_eq!(v.capacity(), new);
    // SAFETY: a `Vec` never holds a null pointer.
    unsafe { NonNull::new_unchecked(v.as_mut_ptr()) }
}

// SAFETY: the arrays belong to this value alone: no handle and no sweep keeps a pointer to them. So they may move to another
// thread. `Cell` and `NonNull` keep `Nodes` from being `Sync`, so one thread at a time appends.
unsafe impl<T: Send> Send for Nodes<T> {}

impl<T> Drop for Nodes<T> {
    fn drop(&mut self) {
        let n = self.capacity.get();
        // SAFETY: the parts of the `Vec`s that `grow` made; their elements need no drop, so a length of 0 will do.
        unsafe {
            drop(Vec::from_raw_parts(self.code.get().as_ptr(), 0, n));
            drop(Vec::from_raw_parts(self.args.get().as_ptr(), 0, n));
            drop(Vec::from_raw_parts(self.value.get().as_ptr(), 0, n));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_survive_growth() {
        let nodes = Nodes::new();
        for i in 0..10_000u32 {
            assert_eq!(nodes.push(i as u8, [i, i + 1], i as f64), i);
        }
        for i in (0..10_000).step_by(777) {
            assert_eq!((nodes.code(i), nodes.args(i), nodes.value(i)), (i as u8, [i, i + 1], i as f64));
        }
    }

    #[test]
    fn a_paused_tape_takes_nothing() {
        let nodes = Nodes::new();
        nodes.pause(true);
        assert!(nodes.is_paused());
        assert_eq!(nodes.push(1, [0, 0], 1.0), NONE);
        assert_eq!(nodes.push_always(1, [0, 0], 2.0), 0);
        assert!(nodes.is_paused());
        nodes.pause(false);
        assert_eq!(nodes.push(1, [0, 0], 3.0), 1);
    }

    #[test]
    #[should_panic(expected = "node 3 is not on this tape")]
    fn reading_past_the_end() {
        Nodes::<f64>::new().value(3);
    }
}
