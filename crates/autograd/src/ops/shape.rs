//! Methods that rearrange the elements of a tensor: shapes, axes, slices, indices, and joining.

use crate::core::record::common;
use crate::core::tape::Tape;
use crate::core::value::{Scalar, Value};
use crate::core::var::{TensorVar, Var};
use crate::ops::TensorOperand;
use crate::rules::arrange::Slices;
use crate::rules::array::{resolve, resolve_axis};
use crate::rules::{Arrange, Op};
use smallvec::SmallVec;
use tensor::{Axes, Indices, Shape, Slice, Tensor};

impl<'t, T: Scalar> TensorVar<'t, T> {
    #[track_caller]
    fn arranged(self, a: Arrange) -> Self {
        self.on_tape().record(Op::Arrange(a), &[self.id])
    }

    /// Resolves the axis that an operation runs along. A 0-d tensor is reshaped to a vector of one element, so that
    /// every rule has an axis; [`shaped`](Var::shaped) restores the shape.
    #[track_caller]
    pub(super) fn along(self, axis: isize, op: &str) -> (Self, usize) {
        let rank = self.shape().rank();
        let axis = resolve_axis(axis, rank, op);
        (if rank == 0 { self.reshape(1) } else { self }, axis)
    }

    /// Reshapes to the given shape, unless the variable has it already.
    #[track_caller]
    pub(super) fn shaped(self, shape: Shape) -> Self {
        if self.shape() == shape { self } else { self.reshape(shape) }
    }

    /// The same elements in row-major order, with another shape.
    ///
    /// # Panics
    /// If the numbers of elements differ.
    #[track_caller]
    pub fn reshape(self, shape: impl Into<Shape>) -> Self {
        self.arranged(Arrange::Reshape(shape.into()))
    }

    /// All elements as a vector, in row-major order.
    #[track_caller]
    pub fn flatten(self) -> Self {
        let n = self.shape().size();
        self.reshape(n)
    }

    /// Swaps the last two axes. Vectors and 0-d tensors are returned unchanged.
    #[track_caller]
    pub fn transpose(self) -> Self {
        let rank = self.shape().rank();
        if rank < 2 {
            return self;
        }
        let mut axes: SmallVec<[usize; 4]> = (0..rank).collect();
        axes.swap(rank - 2, rank - 1);
        self.arranged(Arrange::Permute(axes))
    }

    /// Permutes the axes: axis k of the result is axis `axes[k]` of this tensor.
    ///
    /// # Panics
    /// If `axes` is not a permutation of all axes.
    #[track_caller]
    pub fn permute(self, axes: impl AsRef<[isize]>) -> Self {
        let rank = self.shape().rank();
        let mut order: SmallVec<[usize; 4]> = SmallVec::new();
        for &axis in axes.as_ref() {
            order.push(resolve_axis(axis, rank, "permute"));
        }
        self.arranged(Arrange::Permute(order))
    }

    /// Drops these axes, which must have size 1; [`Axes::all`] drops all axes of size 1.
    ///
    /// # Panics
    /// If an axis does not exist or its size is not 1.
    #[track_caller]
    pub fn squeeze(self, axes: impl Into<Axes>) -> Self {
        let shape = self.value().squeeze(axes).shape().clone();
        self.reshape(shape)
    }

    /// Inserts an axis of size 1 at index `axis` of the result.
    #[track_caller]
    pub fn unsqueeze(self, axis: isize) -> Self {
        let shape = self.value().unsqueeze(axis).shape().clone();
        self.reshape(shape)
    }

    /// Broadcasts to a larger shape, by NumPy's rules.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn broadcast_to(self, shape: impl Into<Shape>) -> Self {
        self.arranged(Arrange::BroadcastTo(shape.into()))
    }

    /// Sums over the axes along which `shape` would be repeated by a broadcast to the shape of `self`: the transpose of
    /// [`broadcast_to`](Var::broadcast_to).
    #[track_caller]
    pub fn sum_to(self, shape: impl Into<Shape>) -> Self {
        self.arranged(Arrange::SumTo(shape.into()))
    }

    /// Reverses the order of the elements along these axes.
    #[track_caller]
    pub fn flip(self, axes: impl Into<Axes>) -> Self {
        let (axes, _) = resolve(axes, self.shape().rank(), "flip");
        self.arranged(Arrange::Flip(axes.iter().map(|&a| a as isize).collect()))
    }

    /// Selects elements by slices: `x.slice(s![1..3, .., -1, ..;2])`, with negative indices and steps as in Python. A
    /// single index drops its axis.
    #[track_caller]
    pub fn slice(self, slices: impl AsRef<[Slice]>) -> Self {
        self.arranged(Arrange::Slice(slices.as_ref().iter().cloned().collect()))
    }

    /// One element, as a scalar; negative indices count from the end.
    ///
    /// # Panics
    /// If the number of indices differs from the number of axes, or an index is out of range.
    #[track_caller]
    pub fn at<const N: usize>(self, index: [isize; N]) -> Var<'t, T> {
        let tape = self.on_tape();
        self.value().at(index); // for its error message
        let slices = index.iter().map(|&i| Slice::from(i)).collect();
        tape.record(Op::Arrange(Arrange::Slice(slices)), &[self.id])
    }

    /// The only element, as a scalar.
    ///
    /// # Panics
    /// If the tensor does not have exactly one element.
    #[track_caller]
    pub fn item(self) -> Var<'t, T> {
        let tape = self.on_tape();
        self.value().item();
        tape.record(Op::Arrange(Arrange::Reshape(Shape::from(()))), &[self.id])
    }

    /// Selects slices of an axis by index, which may repeat (PyTorch's `index_select`).
    #[track_caller]
    pub fn index_select(self, axis: isize, indices: impl Into<Indices>) -> Self {
        let axis = resolve_axis(axis, self.shape().rank(), "index_select");
        self.arranged(Arrange::IndexSelect(axis, indices.into()))
    }

    /// Selects one element along an axis for each entry of `index` (PyTorch's `gather`). The result has the shape of
    /// `index`.
    #[track_caller]
    pub fn gather(self, axis: isize, index: impl Into<Indices>) -> Self {
        let axis = resolve_axis(axis, self.shape().rank(), "gather");
        self.arranged(Arrange::Gather(axis, index.into()))
    }

    /// Adds each element of `src` at its index along the axis (PyTorch's `scatter_add`); contributions to the same
    /// index add up. Elements of `src` outside the shape of `index` are not used.
    #[track_caller]
    pub fn scatter_add(self, axis: isize, index: impl Into<Indices>, src: impl TensorOperand<'t, T>) -> Self {
        let src = self.tensor_operand(src, "scatter_add");
        let shape = self.shape();
        let axis = resolve_axis(axis, shape.rank(), "scatter_add");
        let index = index.into();
        let (read, from) = (index.shape(), src.shape());
        if read.size() == 0 {
            return self;
        }
        // An index smaller than the source uses the leading part of it; 0-d tensors count as vectors.
        let src = match (read.rank(), from.rank()) {
            (0, 1) => src.slice([Slice::from(0)]),
            (1, 0) if read[0] == 1 => src.reshape(1),
            (a, b) if a == b && *read != from => {
                src.slice(read.iter().map(|&n| Slice::from(..n as isize)).collect::<SmallVec<[Slice; 4]>>())
            }
            _ => src,
        };
        self + src.arranged(Arrange::ScatterAdd(shape, axis, index))
    }

    /// Splits a tensor along an axis into parts of these lengths.
    ///
    /// # Panics
    /// If the lengths do not add up to the size of the axis.
    #[track_caller]
    pub fn split(self, axis: isize, lengths: &[usize]) -> Vec<Self> {
        let shape = self.shape();
        let axis = resolve_axis(axis, shape.rank(), "split");
        let Some(&size) = shape.get(axis) else { panic!("split: expected at least one axis, got a 0-d tensor") };
        let total = lengths.iter().fold(0, |sum: usize, &n| sum.saturating_add(n));
        if total != size {
            panic!(
                "split: expected lengths that add up to {size}, the size of axis {axis} of shape {shape}, got \
                 {lengths:?}, which add up to {total}"
            );
        }
        let mut start = 0;
        lengths
            .iter()
            .map(|&n| {
                let mut slices: Slices = SmallVec::from_elem(Slice::from(..), axis);
                slices.push(Slice::from(start as isize..(start + n) as isize));
                start += n;
                self.arranged(Arrange::Slice(slices))
            })
            .collect()
    }

    /// Pads each axis with `value`, by the given `(before, after)` numbers of elements.
    ///
    /// # Panics
    /// If `widths` does not have one entry per axis.
    #[track_caller]
    pub fn pad(self, widths: &[(usize, usize)], value: T) -> Self {
        let shape = self.shape();
        if widths.len() != shape.rank() {
            panic!("pad: expected one width per axis of shape {shape}, {} in all, got {}", shape.rank(), widths.len());
        }
        let padded: Shape = shape
            .iter()
            .zip(widths)
            .map(|(&n, (before, after))| n.saturating_add(*before).saturating_add(*after))
            .collect();
        padded.size(); // panics if it is too large, before indices are computed
        let slices: Slices = shape
            .iter()
            .zip(widths)
            .map(|(&n, &(before, _))| Slice::from(before as isize..(before + n) as isize))
            .collect();
        let inside = self.arranged(Arrange::Unslice(padded, slices));
        if value == T::ZERO {
            return inside;
        }
        let border = Tensor::zeros(&shape).pad(widths, value);
        inside + self.on_tape().constant(border)
    }

    /// Repeats the whole tensor along each axis (NumPy's `tile`). Additional counts add leading axes.
    ///
    /// # Panics
    /// If there are fewer counts than axes.
    #[track_caller]
    pub fn repeat(self, times: &[usize]) -> Self {
        let shape = self.shape();
        if times.len() < shape.rank() {
            panic!(
                "repeat: expected at least one count per axis of shape {shape}, {} in all, got {}",
                shape.rank(),
                times.len()
            );
        }
        let lead = times.len() - shape.rank();
        let size = |i: usize| if i < lead { 1 } else { shape[i - lead] };
        let split: Shape = (0..times.len()).flat_map(|i| [1, size(i)]).collect();
        let repeated: Shape = (0..times.len()).flat_map(|i| [times[i], size(i)]).collect();
        let tiled: Shape = (0..times.len()).map(|i| times[i].saturating_mul(size(i))).collect();
        tiled.size(); // panics if it is too large, with this shape in the message
        self.reshape(split).broadcast_to(repeated).reshape(tiled)
    }

    /// For a vector, the square matrix with this diagonal and zeros elsewhere; for a matrix, its diagonal.
    ///
    /// # Panics
    /// If the rank is neither 1 nor 2.
    #[track_caller]
    pub fn diag(self) -> Self {
        match self.shape().rank() {
            1 => self.arranged(Arrange::Diag),
            2 => self.arranged(Arrange::Diagonal),
            rank => panic!("diag: expected a vector or a matrix, got rank {rank}"),
        }
    }

    /// The trace of a matrix: the sum of its diagonal.
    ///
    /// # Panics
    /// If the rank is not 2.
    #[track_caller]
    pub fn trace(self) -> Var<'t, T> {
        let shape = self.shape();
        if shape.rank() != 2 {
            panic!("trace: expected a matrix, got shape {shape}");
        }
        self.arranged(Arrange::Diagonal).sum()
    }

    /// The elements on and below the k-th diagonal of the last two axes, zeros above (NumPy's `tril`).
    #[track_caller]
    pub fn tril(self, k: isize) -> Self {
        self.arranged(Arrange::Tril(k))
    }

    /// The elements on and above the k-th diagonal of the last two axes, zeros below (NumPy's `triu`).
    #[track_caller]
    pub fn triu(self, k: isize) -> Self {
        self.arranged(Arrange::Triu(k))
    }

    /// Cumulative sums along an axis. A 0-d tensor counts as a vector of one element.
    #[track_caller]
    pub fn cumsum(self, axis: isize) -> Self {
        let (x, axis) = self.along(axis, "cumsum");
        x.arranged(Arrange::CumSum(axis, false)).shaped(self.shape())
    }

    /// Cumulative products along an axis. The gradient is computed without division, so it is right for zeros too. A
    /// 0-d tensor counts as a vector of one element.
    #[track_caller]
    pub fn cumprod(self, axis: isize) -> Self {
        let (x, axis) = self.along(axis, "cumprod");
        let y: Self = self.on_tape().record(Op::CumProd(axis), &[x.id]);
        y.shaped(self.shape())
    }

    /// The recurrence y_i = x_i y_(i-1) + b_i along an axis, with y_(-1) = 0. The operands broadcast; 0-d tensors
    /// count as vectors of one element.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn linear_scan(self, b: impl TensorOperand<'t, T>, axis: isize) -> Self {
        let b = self.tensor_operand(b, "linear_scan");
        let Some(shape) = Shape::broadcast(&self.shape(), &b.shape()) else {
            panic!("linear_scan: shapes {} and {} do not broadcast", self.shape(), b.shape());
        };
        let full = |x: Self| if x.shape() == shape { x } else { x.broadcast_to(&shape) };
        let ((a, axis), (b, _)) = (full(self).along(axis, "linear_scan"), full(b).along(axis, "linear_scan"));
        let y: Self = self.on_tape().record(Op::Scan { axis, reverse: false }, &[a.id, b.id]);
        y.shaped(shape)
    }
}

/// Joins tensors along an existing axis.
///
/// ```
/// use autograd::{Tape, concat};
/// use tensor::tensor;
/// let tape = Tape::new();
/// let (a, b) = (tape.var(tensor![1.0, 2.0]), tape.constant(tensor![3.0]));
/// assert_eq!(concat(&[a, b], 0).value(), tensor![1.0, 2.0, 3.0]);
/// ```
///
/// # Panics
/// If `parts` is empty, or the sizes of the other axes differ.
#[track_caller]
pub fn concat<'t, T: Scalar>(parts: &[TensorVar<'t, T>], axis: isize) -> TensorVar<'t, T> {
    let Some(first) = parts.first() else { panic!("concat: expected at least one tensor, got none") };
    let axis = resolve_axis(axis, first.shape().rank(), "concat");
    let ids = ids(parts, "concat");
    first.on_tape().record(Op::Concat(axis), &ids)
}

/// Joins tensors of the same shape along a new axis.
///
/// # Panics
/// If `parts` is empty, or the shapes differ.
#[track_caller]
pub fn stack<'t, T: Scalar>(parts: &[TensorVar<'t, T>], axis: isize) -> TensorVar<'t, T> {
    let Some(first) = parts.first() else { panic!("stack: expected at least one tensor, got none") };
    let shape = first.shape();
    if let Some(other) = parts.iter().map(|p| p.shape()).find(|s| *s != shape) {
        panic!("stack: expected tensors of the same shape, got {shape} and {other}");
    }
    let axis = resolve_axis(axis, shape.rank() + 1, "stack") as isize;
    ids(parts, "stack");
    let parts: Vec<_> = parts.iter().map(|p| p.unsqueeze(axis)).collect();
    concat(&parts, axis)
}

#[track_caller]
fn ids<V: Value>(parts: &[Var<'_, V>], op: &str) -> SmallVec<[u32; 8]> {
    for p in parts {
        common(parts[0].tape, p.tape, op);
    }
    parts.iter().map(|p| p.id).collect()
}

impl<T: Scalar> Tape<T> {
    /// Stacks scalar variables to a vector.
    ///
    /// # Panics
    /// If a variable is on another tape.
    #[track_caller]
    pub fn stack<'t>(&'t self, scalars: &[Var<'t, T>]) -> TensorVar<'t, T> {
        for x in scalars {
            common(Some(self), x.tape, "stack");
        }
        let ids: SmallVec<[u32; 8]> = scalars.iter().map(|x| self.node_of(x.erase())).collect();
        if ids.is_empty() {
            return self.constant(Tensor::zeros(0));
        }
        self.record(Op::Stack, &ids)
    }
}
