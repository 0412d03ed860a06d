//! Points outside all tapes: a transform computes on a tape of its own, and returns plain values.

use super::input::Input;
use super::lease::Lease;
use super::level::{Evaluation, Level, Root, call, next, sealed::Sealed};
use crate::core::higher_order::{self, Wanted};
use crate::core::value::{Scalar, Value};
use crate::core::var::Var;
use crate::fast::nodes::NONE;
use crate::ops::gradients;
use std::marker::PhantomData;
use std::ops::Range;
use tensor::{Shape, Slice, Tensor};

/// The [`Level`] of points that are plain scalars, tensors and parameters, with elements of type `T`.
#[derive(Debug)]
pub struct Plain<T: Scalar>(PhantomData<T>);

/// A scalar or a tensor.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub enum PlainPart<T: Scalar> {
    Scalar(T),
    Tensor(Tensor<T>),
}

impl<T: Scalar> PlainPart<T> {
    pub(crate) fn new<V: Value<Elem = T>>(value: V) -> Self {
        if V::IS_SCALAR { PlainPart::Scalar(value.to_scalar()) } else { PlainPart::Tensor(value.into_tensor()) }
    }

    pub(crate) fn value<V: Value<Elem = T>>(self) -> V {
        match self {
            PlainPart::Scalar(x) => V::from_scalar(x),
            PlainPart::Tensor(x) => V::from_tensor(x),
        }
    }

    pub(crate) fn into_tensor(self) -> Tensor<T> {
        match self {
            PlainPart::Scalar(x) => Tensor::scalar(x),
            PlainPart::Tensor(x) => x,
        }
    }

    fn copy_to(&self, out: &mut [T]) {
        match self {
            PlainPart::Scalar(x) => out[0] = *x,
            PlainPart::Tensor(x) => x.copy_to(out),
        }
    }
}

impl<T: Scalar> Sealed for Plain<T> {}

impl<T: Scalar> Level for Plain<T> {
    type Elem = T;
    type Var<'t, V: Value<Elem = T>> = Var<'t, V>;
    type Out<V: Value<Elem = T>> = V;
    type Part = PlainPart<T>;
    type Tape = Lease<T>;

    #[inline]
    fn open<X: Input<Level = Self>>(_: &str, _: &X) -> Lease<T> {
        Lease::new()
    }

    #[inline]
    #[track_caller]
    fn run<'t, V: Value<Elem = T>>(
        evaluation: Evaluation<'_>,
        tape: &'t Lease<T>,
        f: impl FnOnce() -> Self::Var<'t, V>,
    ) -> Root<V> {
        let y = call(evaluation, tape, f);
        Root { id: y.id, value: y.value() }
    }

    #[inline]
    fn pull<R>(
        tape: &Lease<T>,
        root: u32,
        seed: Option<PlainPart<T>>,
        targets: &[u32],
        give: impl FnOnce(&mut dyn FnMut() -> PlainPart<T>) -> R,
    ) -> R {
        let g = gradients::run(tape, root, seed.map(PlainPart::into_tensor), 0);
        let mut targets = targets.iter();
        give(&mut || {
            let id = *next(&mut targets);
            if tape.is_scalar(id) { PlainPart::Scalar(g.scalar(id)) } else { PlainPart::Tensor(g.by_node(id)) }
        })
    }

    fn gradient(tape: &Lease<T>, root: u32, targets: &[u32]) -> Vec<u32> {
        let seed = higher_order::constant_seed(tape, root, Tensor::scalar(T::ONE));
        let gradients = T::recorded(tape, root, seed, targets, Wanted::Tangents);
        gradients.into_iter().map(|g| g.map_or(NONE, |g| g.id)).collect()
    }

    #[track_caller]
    fn push(tape: &Lease<T>, roots: &[u32], shapes: &[Shape], sources: Vec<(u32, PlainPart<T>)>) -> Vec<PlainPart<T>> {
        let t = tape.tangents(|t| {
            for (id, part) in sources {
                if tape.is_tracked(id) {
                    t.put(id, part.into_tensor());
                }
            }
        });
        let mut tangents = Vec::with_capacity(roots.len());
        for (&root, shape) in roots.iter().zip(shapes) {
            let tangent = if root == NONE { Tensor::zeros(shape) } else { t.at(root) };
            tangents.push(PlainPart::Tensor(tangent));
        }
        tangents
    }

    fn part<V: Value<Elem = T>>(out: &V) -> PlainPart<T> {
        PlainPart::new(out.clone())
    }
    fn out<V: Value<Elem = T>>(part: PlainPart<T>) -> V {
        part.value()
    }
    fn shape(part: &PlainPart<T>) -> Shape {
        match part {
            PlainPart::Scalar(_) => Shape::from(()),
            PlainPart::Tensor(x) => x.shape().clone(),
        }
    }
    fn unit(_: &Lease<T>, like: &PlainPart<T>, at: usize) -> PlainPart<T> {
        let mut e = Tensor::zeros(Self::shape(like));
        e.data_mut()[at] = T::ONE;
        PlainPart::Tensor(e)
    }

    fn matrix(
        _: &Lease<T>,
        [rows, columns]: [usize; 2],
        transposed: bool,
        lines: impl Iterator<Item = Vec<PlainPart<T>>>,
    ) -> PlainPart<T> {
        let mut matrix = Tensor::zeros([rows, columns]);
        let data = matrix.data_mut();
        let mut column = vec![T::ZERO; if transposed { rows } else { 0 }];
        for (i, line) in lines.enumerate() {
            let line_data = if transposed { &mut column[..] } else { &mut data[i * columns..(i + 1) * columns] };
            let mut at = 0;
            for part in line {
                let size = Self::shape(&part).size();
                part.copy_to(&mut line_data[at..at + size]);
                at += size;
            }
            for (r, &x) in column.iter().enumerate() {
                data[r * columns + i] = x;
            }
        }
        PlainPart::Tensor(matrix)
    }

    /// (i, j) and (j, i) may differ by rounding. Both take the value of the earlier row, and both are NaN if either is.
    fn symmetric(matrix: PlainPart<T>) -> PlainPart<T> {
        let mut matrix = matrix.into_tensor();
        let n = matrix.shape()[0];
        let h = matrix.data_mut();
        for i in 0..n {
            for j in i + 1..n {
                let (above, below) = (h[i * n + j], h[j * n + i]);
                let both = if below.is_nan() { below } else { above };
                h[i * n + j] = both;
                h[j * n + i] = both;
            }
        }
        PlainPart::Tensor(matrix)
    }

    fn block(matrix: &PlainPart<T>, rows: Range<usize>, columns: Range<usize>, shape: Shape) -> PlainPart<T> {
        let PlainPart::Tensor(matrix) = matrix else { unreachable!("a matrix is a tensor") };
        PlainPart::Tensor(matrix.slice([slice(rows), slice(columns)]).reshape(shape))
    }
}

/// The positions of a range.
pub(crate) fn slice(range: Range<usize>) -> Slice {
    Slice::from(range.start as isize..range.end as isize)
}
