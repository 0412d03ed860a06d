//! Where a point lies: outside all tapes, or on the tape of an outer function. Transforms are written once over both.

use super::input::{Input, Part};
use crate::core::tape::Tape;
use crate::core::value::{Scalar, Value};
use crate::core::var::Var;
use crate::fast::nodes::NONE;
use std::ops::{Deref, Range};
use tensor::{Real, Shape};

/// Where a point lies, which decides what a transform returns.
///
/// | level | points | a transform computes on | and returns |
/// |---|---|---|---|
/// | [`Plain<T>`](super::Plain) | numbers, tensors, parameters | a tape of its own | numbers and tensors |
/// | [`Nested<'o, T>`](super::Nested) | variables | their tape | variables, which can be differentiated again |
///
/// The trait is sealed. A bound such as `X: Input<Level = Plain<f64>>` accepts all plain points of `f64`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a level of points",
    label = "expected `Plain<T>` or `Nested<'_, T>`",
    note = "all parts of a point must have one element type, and be either plain values or variables of one tape"
)]
pub trait Level: Sized + sealed::Sealed {
    /// The element type of all scalars and tensors of the point.
    type Elem: Scalar;
    /// What the function returns in place of a value of type `V`: a variable.
    type Var<'t, V: Value<Elem = Self::Elem>>;
    /// What the transform returns in place of a value of type `V`: the value, or a variable.
    type Out<V: Value<Elem = Self::Elem>>;
    /// A scalar or a tensor of a point or a gradient, without its type.
    #[doc(hidden)]
    type Part: Clone;
    #[doc(hidden)]
    type Tape: Deref<Target = Tape<Self::Elem>>;

    /// The tape to record on.
    #[doc(hidden)]
    #[track_caller]
    fn open<X: Input<Level = Self>>(transform: &str, x: &X) -> Self::Tape;
    /// Records a function, and returns the node and the value of its result.
    #[doc(hidden)]
    #[track_caller]
    fn run<'t, V: Value<Elem = Self::Elem>>(
        evaluation: Evaluation<'_>,
        tape: &'t Self::Tape,
        f: impl FnOnce() -> Self::Var<'t, V>,
    ) -> Root<Self::Out<V>>;
    /// Passes the gradients of `<seed, root>` with respect to the targets to `give`, in order. The default seed is 1.
    #[doc(hidden)]
    fn pull<R>(
        tape: &Self::Tape,
        root: u32,
        seed: Option<Self::Part>,
        targets: &[u32],
        give: impl FnOnce(&mut dyn FnMut() -> Self::Part) -> R,
    ) -> R;
    /// Records the gradients of a scalar node for use in [`push`](Level::push), and returns their nodes.
    #[doc(hidden)]
    fn gradient(tape: &Self::Tape, root: u32, targets: &[u32]) -> Vec<u32>;
    /// Returns the tangents of the roots, given those of the sources. The shapes are those of the roots.
    #[doc(hidden)]
    #[track_caller]
    fn push(tape: &Self::Tape, roots: &[u32], shapes: &[Shape], sources: Vec<(u32, Self::Part)>) -> Vec<Self::Part>;

    #[doc(hidden)]
    fn part<V: Value<Elem = Self::Elem>>(out: &Self::Out<V>) -> Self::Part;
    #[doc(hidden)]
    fn out<V: Value<Elem = Self::Elem>>(part: Self::Part) -> Self::Out<V>;
    #[doc(hidden)]
    fn shape(part: &Self::Part) -> Shape;
    /// Zeros with a 1 at one row-major index, for a scalar or a tensor like `part`.
    #[doc(hidden)]
    fn unit(tape: &Self::Tape, like: &Self::Part, at: usize) -> Self::Part;
    /// Joins rows, or columns if `transposed`, to a matrix. The elements of each are those of the parts in a list.
    #[doc(hidden)]
    fn matrix(
        tape: &Self::Tape,
        size: [usize; 2],
        transposed: bool,
        lines: impl Iterator<Item = Vec<Self::Part>>,
    ) -> Self::Part;
    /// Makes a matrix exactly symmetric, where the level can.
    #[doc(hidden)]
    fn symmetric(matrix: Self::Part) -> Self::Part;
    /// Some rows and columns of a matrix, in another shape.
    #[doc(hidden)]
    fn block(matrix: &Self::Part, rows: Range<usize>, columns: Range<usize>, shape: Shape) -> Self::Part;
}

/// The result of a function: its node, `NONE` for a scalar constant, and its value.
#[doc(hidden)]
#[derive(Debug)]
pub struct Root<O> {
    pub(crate) id: u32,
    pub(crate) value: O,
}

/// What a transform at a point `X` returns in place of a value of type `V`: the value, or a variable.
pub type Out<X, V> = <<X as Input>::Level as Level>::Out<V>;

/// The element type of a point.
pub(crate) type Elem<X> = <<X as Input>::Level as Level>::Elem;

/// The nodes of a point's variables.
///
/// # Panics
/// If there is none.
#[track_caller]
pub(crate) fn nodes<X: Input>(transform: &str, on: &X::On<'_>) -> Nodes {
    let mut nodes = Nodes::new();
    X::nodes(on, &mut |id| nodes.push(id));
    if nodes.is_empty() {
        empty(transform)
    }
    nodes
}

pub(crate) type Nodes = smallvec::SmallVec<[u32; 8]>;

/// The parts of a point.
pub(crate) fn parts<X: Input>(x: &X) -> Vec<Part<X>> {
    let mut parts = Vec::new();
    x.for_each(&mut |part| parts.push(part));
    parts
}

/// The next part of a structure that has as many as are asked for.
pub(crate) fn next<P>(parts: &mut impl Iterator<Item = P>) -> P {
    match parts.next() {
        Some(part) => part,
        None => unreachable!("a structure has as many parts as variables"),
    }
}

#[cold]
#[track_caller]
pub(crate) fn empty(transform: &str) -> ! {
    panic!(
        "{transform}: expected a point with at least one scalar or tensor, got an empty structure; add an element to \
         the `Vec`, slice or array, or a parameter to the `Params`"
    )
}

/// What a transform evaluates a function for.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Evaluation<'a> {
    Value,
    /// Derivatives, by the transform of this name.
    Derivatives(&'a str),
}

/// Calls a function that computes on a tape, and checks its result.
#[track_caller]
pub(crate) fn call<'t, V: Value>(
    evaluation: Evaluation<'_>,
    tape: &Tape<V::Elem>,
    f: impl FnOnce() -> Var<'t, V>,
) -> Var<'t, V> {
    let before = tape.detached.borrow().len();
    let y = f();
    let (transform, differentiated) = match evaluation {
        Evaluation::Value => ("value", false),
        Evaluation::Derivatives(transform) => (transform, true),
    };
    if y.tape.is_some_and(|of| !std::ptr::eq(of, tape)) {
        panic!(
            "{transform}: expected the function to return a variable of the tape it computes on, got one of another \
             tape; compute the result from the function's argument"
        );
    }
    if differentiated && is_detached(tape, before, y) {
        panic!(
            "{transform}: expected a result that depends on the function's argument, got one that was detached, whose \
             derivatives are all 0; return it without `detach`, or a constant made by `x.like(value)` if 0 is meant"
        );
    }
    y
}

/// Whether a result is what `detach` returned since there were `before` detached nodes.
///
/// A scalar constant has no node, so it is recognized by its value, but for 0, which functions also return as a constant
/// in one of their branches.
fn is_detached<V: Value>(tape: &Tape<V::Elem>, before: usize, y: Var<'_, V>) -> bool {
    let bits = |x: V::Elem| x.to_f64().to_bits();
    let value = V::carried(y.carried);
    let same = |&(from, constant): &(u32, u32)| match y.id {
        NONE => constant == NONE && value != V::Elem::ZERO && bits(tape.nodes.value(from)) == bits(value),
        id => constant == id,
    };
    tape.detached.borrow()[before..].iter().any(same)
}

pub(crate) mod sealed {
    pub trait Sealed {}
}
