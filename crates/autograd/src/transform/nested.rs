//! Points on the tape of an outer function: a transform records on that tape, and returns variables.

use super::input::Input;
use super::level::{Evaluation, Level, Root, call, empty, next, parts, sealed::Sealed};
use super::plain::slice;
use crate::core::higher_order::{self, Wanted};
use crate::core::record::Erased;
use crate::core::tape::Tape;
use crate::core::value::{Scalar, Value};
use crate::core::var::{TensorVar, Var};
use crate::fast::nodes::NONE;
use crate::ops::{concat, stack};
use crate::rules::{Arrange, Op};
use std::marker::PhantomData;
use std::ops::{Deref, Range};
use tensor::{Shape, Tensor};

/// The [`Level`] of points that are variables on a tape of lifetime `'o`, with elements of type `T`.
#[derive(Debug)]
pub struct Nested<'o, T: Scalar>(PhantomData<&'o Tape<T>>);

/// The tape of an outer function.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Outer<'o, T: Scalar> {
    tape: &'o Tape<T>,
    /// Whether the outer function has paused recording. A transform records all the same, and returns constants.
    paused: bool,
}

impl<T: Scalar> Deref for Outer<'_, T> {
    type Target = Tape<T>;
    fn deref(&self) -> &Tape<T> {
        self.tape
    }
}

impl<'o, T: Scalar> Outer<'o, T> {
    /// A result as the outer function sees it.
    fn keep(&self, result: Erased<'o, T>) -> Erased<'o, T> {
        if !self.paused {
            result
        } else if result.is_scalar {
            self.tape.constant(result.scalar).erase()
        } else {
            self.tape.constant(self.tape.value_of(result.id)).erase()
        }
    }
}

/// Returns a new variable for the point `x` of a function: a copy of it, so that uses of `x` itself count as constant.
pub(crate) fn copy<'o, V: Value>(x: Var<'o, V>) -> Var<'o, V> {
    let tape = x.on_tape();
    if x.is_constant() || tape.nodes.is_paused() {
        return tape.leaf(x.value());
    }
    tape.record(Op::Arrange(Arrange::Reshape(x.shape())), &[x.id])
}

/// Fills in zeros for a target that the root does not depend on.
pub(crate) fn or_zeros<'o, T: Scalar>(tape: &'o Tape<T>, g: Option<Erased<'o, T>>, target: u32) -> Erased<'o, T> {
    match g {
        Some(g) => g,
        None if target == NONE || tape.is_scalar(target) => tape.constant(T::ZERO).erase(),
        None => tape.constant(Tensor::zeros(tape.shape(target))).erase(),
    }
}

impl<T: Scalar> Sealed for Nested<'_, T> {}

impl<'o, T: Scalar> Level for Nested<'o, T> {
    type Elem = T;
    type Var<'t, V: Value<Elem = T>> = Var<'o, V>;
    type Out<V: Value<Elem = T>> = Var<'o, V>;
    type Part = Erased<'o, T>;
    type Tape = Outer<'o, T>;

    #[track_caller]
    fn open<X: Input<Level = Self>>(transform: &str, x: &X) -> Outer<'o, T> {
        let parts = parts(x);
        if parts.is_empty() {
            empty(transform)
        }
        let Some(tape) = crate::core::record::common_tape(&parts, transform) else {
            panic!(
                "{transform}: expected a point on a tape, got a constant without one; make the point with \
                 `x.like(value)`, a constant on the tape of `x`"
            )
        };
        Outer { tape, paused: tape.nodes.is_paused() }
    }

    #[track_caller]
    fn run<'t, V: Value<Elem = T>>(
        evaluation: Evaluation<'_>,
        tape: &'t Outer<'o, T>,
        f: impl FnOnce() -> Self::Var<'t, V>,
    ) -> Root<Var<'o, V>> {
        let y = call(evaluation, tape.tape, || tape.tape.recording(f));
        let placed = Erased { tape: Some(tape.tape), ..y.erase() };
        Root { id: y.id, value: tape.keep(placed).var() }
    }

    fn pull<R>(
        tape: &Outer<'o, T>,
        root: u32,
        seed: Option<Erased<'o, T>>,
        targets: &[u32],
        give: impl FnOnce(&mut dyn FnMut() -> Erased<'o, T>) -> R,
    ) -> R {
        let gradients = tape.tape.recording(|| {
            let seed = seed.unwrap_or_else(|| tape.tape.constant(T::ONE).erase());
            T::recorded(tape.tape, root, seed, targets, Wanted::Values)
        });
        let mut gradients = gradients.into_iter().zip(targets);
        give(&mut || {
            let (g, &target) = next(&mut gradients);
            tape.keep(or_zeros(tape.tape, g, target))
        })
    }

    fn gradient(tape: &Outer<'o, T>, root: u32, targets: &[u32]) -> Vec<u32> {
        let gradients = tape.tape.recording(|| {
            let seed = higher_order::constant_seed(tape.tape, root, Tensor::scalar(T::ONE));
            T::recorded(tape.tape, root, seed, targets, Wanted::Values)
        });
        gradients.into_iter().map(|g| g.map_or(NONE, |g| g.id)).collect()
    }

    #[track_caller]
    fn push(
        tape: &Outer<'o, T>,
        roots: &[u32],
        shapes: &[Shape],
        sources: Vec<(u32, Erased<'o, T>)>,
    ) -> Vec<Erased<'o, T>> {
        let tangents = tape.tape.recording(|| T::recorded_tangents(tape.tape, roots, &sources));
        let zeros = |shape: &Shape, is_scalar: bool| {
            if is_scalar {
                tape.tape.constant(T::ZERO).erase()
            } else {
                tape.tape.constant(Tensor::zeros(shape)).erase()
            }
        };
        let tangents = tangents.into_iter().zip(roots.iter().zip(shapes));
        tangents
            .map(|(t, (&root, shape))| {
                let is_scalar = if root == NONE { shape.rank() == 0 } else { tape.is_scalar(root) };
                tape.keep(t.unwrap_or_else(|| zeros(shape, is_scalar)))
            })
            .collect()
    }

    fn part<V: Value<Elem = T>>(out: &Var<'o, V>) -> Erased<'o, T> {
        out.erase()
    }
    fn out<V: Value<Elem = T>>(part: Erased<'o, T>) -> Var<'o, V> {
        match (part.is_scalar, V::IS_SCALAR) {
            (true, false) => part.to_tensor().erase().var(),
            _ => part.var(),
        }
    }
    fn shape(part: &Erased<'o, T>) -> Shape {
        match part.tape {
            Some(tape) if !part.is_scalar => tape.shape(part.id),
            _ => Shape::from(()),
        }
    }
    fn unit(tape: &Outer<'o, T>, like: &Erased<'o, T>, at: usize) -> Erased<'o, T> {
        if like.is_scalar {
            return tape.tape.constant(T::ONE).erase();
        }
        let mut e = Tensor::zeros(Self::shape(like));
        e.data_mut()[at] = T::ONE;
        tape.tape.constant(e).erase()
    }

    fn matrix(
        tape: &Outer<'o, T>,
        [rows, columns]: [usize; 2],
        transposed: bool,
        lines: impl Iterator<Item = Vec<Erased<'o, T>>>,
    ) -> Erased<'o, T> {
        let flat = |parts: Vec<Erased<'o, T>>| {
            let flat: Vec<TensorVar<'o, T>> = parts.into_iter().map(|part| part.to_tensor().flatten()).collect();
            if flat.len() == 1 { flat[0] } else { concat(&flat, 0) }
        };
        let lines: Vec<TensorVar<'o, T>> = lines.map(flat).collect();
        if lines.is_empty() {
            return tape.tape.constant(Tensor::zeros([rows, columns])).erase();
        }
        stack(&lines, if transposed { 1 } else { 0 }).erase()
    }

    /// Recorded values are not symmetrized: they are symmetric up to rounding.
    fn symmetric(matrix: Erased<'o, T>) -> Erased<'o, T> {
        matrix
    }

    fn block(matrix: &Erased<'o, T>, rows: Range<usize>, columns: Range<usize>, shape: Shape) -> Erased<'o, T> {
        let matrix: TensorVar<'o, T> = matrix.var();
        let [m, n] = [matrix.shape()[0], matrix.shape()[1]];
        let whole = (rows.len(), columns.len()) == (m, n);
        let block = if whole { matrix } else { matrix.slice([slice(rows), slice(columns)]) };
        block.reshape(shape).erase()
    }
}
