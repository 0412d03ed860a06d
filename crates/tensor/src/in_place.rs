//! Elementwise functions whose result is written over one of the operands.
//!
//! A kernel reads and writes separate slices, so the operand that is overwritten is copied in pieces that stay in the
//! first-level cache. Each formula is compiled once, and the main memory holds no second tensor.

use crate::elementwise::{CHUNK, FEW, Run, SHORT};
use crate::layout::{self, Walk};
use crate::parallel;
use crate::real::Real;
use crate::shape::Shape;
use crate::tensor::Tensor;

/// Which operand of f(a, b) is overwritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    Right,
}

/// Evenly spaced elements of a buffer.
#[derive(Clone, Copy)]
struct Strided<'a, T> {
    data: &'a [T],
    at: isize,
    step: isize,
}

impl<T: Real> Strided<'_, T> {
    fn skip(self, n: usize) -> Self {
        Strided { at: self.at + n as isize * self.step, ..self }
    }
}

/// Writes f(x) over x. Returns false if that is impossible: x is not packed or shares its buffer.
pub(crate) fn overwrite1<T: Real>(run: Run<'_, T, 1>, x: &mut Tensor<T>) -> bool {
    let Some(own) = x.unique_mut() else { return false };
    parallel::pieces(
        own.len(),
        own,
        |own, at| own.split_at_mut(at),
        |own| match own.len() {
            ..=FEW => in_pieces::<T, FEW>(own, |_, copy, own| run([copy], own)),
            _ => in_pieces::<T, CHUNK>(own, |_, copy, own| run([copy], own)),
        },
    );
    true
}

/// Writes f(x, number) or f(number, x) over x. Returns false if x is not packed or shares its buffer.
pub(crate) fn overwrite_with_number<T: Real>(run: Run<'_, T, 2>, side: Side, x: &mut Tensor<T>, number: T) -> bool {
    let Some(own) = x.unique_mut() else { return false };
    overwrite_run(run, side, own, Strided { data: &[number], at: 0, step: 0 });
    true
}

/// Writes f(x, other) or f(other, x) over x. Returns false if that is impossible: x is not packed, it shares its
/// buffer, or `other` does not broadcast to its shape.
#[track_caller]
pub(crate) fn overwrite<T: Real>(run: Run<'_, T, 2>, side: Side, x: &mut Tensor<T>, other: &Tensor<T>) -> bool {
    if x.unique_mut().is_none() || !broadcasts_to(other.shape(), x.shape()) {
        return false;
    }
    if other.is_packed() && other.shape() == x.shape() {
        let Some(own) = x.unique_mut() else { return false };
        overwrite_run(run, side, own, Strided { data: other.buffer(), at: other.offset() as isize, step: 1 });
        return true;
    }
    let shape = x.shape().clone();
    let steps = layout::broadcast_strides(other.shape(), &other.strides(), &shape);
    let walk = Walk::new(&shape, [&shape.strides(), &steps]);
    let inner = walk.inner();
    if inner < SHORT && walk.dims.len() > 1 {
        // Rows too short for a kernel call each.
        return overwrite(run, side, x, &other.broadcast_to(&shape).packed());
    }
    let Some(own) = x.unique_mut() else { return false };
    let [_, step] = walk.inner_strides();
    walk.runs([0, other.offset() as isize], |[at, other_at]| {
        let own = &mut own[at as usize..at as usize + inner];
        overwrite_run(run, side, own, Strided { data: other.buffer(), at: other_at, step });
    });
    true
}

/// Whether a tensor of shape `from` broadcasts to the shape `to`.
pub(crate) fn broadcasts_to(from: &Shape, to: &Shape) -> bool {
    from == to || Shape::broadcast(from, to).as_ref() == Some(to)
}

/// One run of elements, on as many threads as it is worth.
fn overwrite_run<T: Real>(run: Run<'_, T, 2>, side: Side, own: &mut [T], other: Strided<'_, T>) {
    parallel::pieces(
        own.len(),
        (own, other),
        |(own, other), at| {
            let (left, right) = own.split_at_mut(at);
            ((left, other), (right, other.skip(at)))
        },
        |(own, other)| match own.len() {
            ..=FEW => overwrite_pieces::<T, FEW>(run, side, own, other),
            _ => overwrite_pieces::<T, CHUNK>(run, side, own, other),
        },
    );
}

fn overwrite_pieces<T: Real, const N: usize>(run: Run<'_, T, 2>, side: Side, own: &mut [T], other: Strided<'_, T>) {
    let call = |copy: &[T], other: &[T], own: &mut [T]| match side {
        Side::Left => run([copy, other], own),
        Side::Right => run([other, copy], own),
    };
    let Strided { data, step, .. } = other;
    if step == 1 {
        return in_pieces::<T, N>(own, |at, copy, own| {
            call(copy, &data[other.skip(at).at as usize..][..own.len()], own)
        });
    }
    let mut fed = [T::ZERO; N];
    in_pieces::<T, N>(own, |at, copy, own| {
        // A number fills its piece once.
        if step != 0 || at == 0 {
            layout::copy_run(data, other.skip(at).at, step, &mut fed[..own.len()]);
        }
        call(copy, &fed[..own.len()], own);
    });
}

/// Calls `f` with the position of each piece of `own`, a copy of it, and the piece.
fn in_pieces<T: Real, const N: usize>(own: &mut [T], mut f: impl FnMut(usize, &[T], &mut [T])) {
    let mut copy = [T::ZERO; N];
    for (i, own) in own.chunks_mut(N).enumerate() {
        let copy = &mut copy[..own.len()];
        copy.copy_from_slice(own);
        f(i * N, copy, own);
    }
}
