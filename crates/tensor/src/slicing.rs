//! Slices of tensors as views, and the adjoint of slicing.

use crate::layout::Walk;
use crate::real::Real;
use crate::shape::{Shape, Strides};
use crate::slice::{Resolved, Slice};
use crate::tensor::Tensor;
use smallvec::SmallVec;

impl<T: Real> Tensor<T> {
    /// Returns a part of the tensor, selected by one [`Slice`] per axis. Axes without a slice are kept whole. The
    /// result is a view.
    ///
    /// ```
    /// # use tensor::{s, tensor};
    /// let a = tensor![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
    /// assert_eq!(a.slice(s![.., 1..]), tensor![[2.0, 3.0], [5.0, 6.0]]);
    /// assert_eq!(a.slice(s![-1]), tensor![4.0, 5.0, 6.0]);
    /// ```
    ///
    /// # Panics
    /// If there are more slices than axes, or a single position is out of bounds.
    #[track_caller]
    pub fn slice(&self, slices: impl AsRef<[Slice]>) -> Self {
        let (shape, strides, offset) = sliced("slice", self.shape(), &self.strides(), self.offset(), slices.as_ref());
        self.view(shape, strides, offset)
    }

    /// Returns a tensor of the given shape that holds this tensor's elements at the positions that the slices select,
    /// and zeros elsewhere. This is the adjoint of [`slice`](Tensor::slice).
    ///
    /// For every u of that shape and every v of the shape of the slice, ⟨v, slice u⟩ = ⟨unslice v, u⟩.
    ///
    /// ```
    /// # use tensor::{s, tensor};
    /// assert_eq!(tensor![1.0, 2.0].unslice(4, &s![1..; 2]), tensor![0.0, 1.0, 0.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// If the shape of the slice differs from the shape of this tensor, or as [`slice`](Tensor::slice) does.
    #[track_caller]
    pub fn unslice(&self, shape: impl Into<Shape>, slices: &[Slice]) -> Self {
        let whole = shape.into();
        let (shape, strides, offset) = sliced("unslice", &whole, &whole.strides(), 0, slices);
        if shape != *self.shape() {
            panic!("unslice: the slice of shape {whole} has shape {shape}, but shape {} was given", self.shape());
        }
        Tensor::build(whole, |out| {
            out.fill(T::ZERO);
            place(self, out, offset, &strides);
        })
    }
}

/// Returns the shape, strides and offset of a slice of strided memory.
#[track_caller]
fn sliced(op: &str, shape: &Shape, strides: &[isize], offset: usize, slices: &[Slice]) -> (Shape, Strides, usize) {
    if slices.len() > shape.rank() {
        panic!("{op}: {} slices were given, but shape {shape} has {} axes", slices.len(), shape.rank());
    }
    let (mut dims, mut steps) = (SmallVec::<[usize; 4]>::new(), Strides::new());
    let mut at = offset as isize;
    for (axis, (&n, &stride)) in shape.iter().zip(strides).enumerate() {
        let Some(slice) = slices.get(axis) else {
            dims.push(n);
            steps.push(stride);
            continue;
        };
        match slice.resolve(op, shape, axis) {
            Resolved::Position(i) => at += i * stride,
            Resolved::Range { first, count, step } => {
                at += if count > 0 { first * stride } else { 0 };
                dims.push(count);
                steps.push(if count > 1 { stride * step } else { stride });
            }
        }
    }
    let shape = Shape::from(&dims[..]);
    // An empty view may not point past the end of its buffer.
    let at = if shape.contains(&0) { offset } else { at as usize };
    (shape, steps, at)
}

/// Writes the elements of a tensor to `out`, at the positions given by an offset and strides.
pub(crate) fn place<T: Real>(x: &Tensor<T>, out: &mut [T], offset: usize, strides: &[isize]) {
    let walk = Walk::new(x.shape(), [strides, &x.strides()]);
    let (n, data) = (walk.inner(), x.buffer());
    let steps = walk.inner_strides();
    walk.runs([offset as isize, x.offset() as isize], |[to, from]| {
        if steps == [1, 1] {
            out[to as usize..to as usize + n].copy_from_slice(&data[from as usize..from as usize + n]);
            return;
        }
        for i in 0..n as isize {
            out[(to + i * steps[0]) as usize] = data[(from + i * steps[1]) as usize];
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slice::tests::{any_slice, naive};
    use crate::{s, tensor};
    use proptest::prelude::*;

    #[test]
    fn slices_of_several_axes() {
        let a = Tensor::<f64>::arange(24).reshape([2, 3, 4]);
        let whole: [Slice; 0] = s![];
        assert!(a.slice(whole).same(&a));
        assert_eq!(a.slice(s![1, 2, 3]).shape(), &[0; 0]);
        assert_eq!(a.slice(s![1, 2, 3]).item(), 23.0);
        assert_eq!(a.slice(s![0, .., -1]), tensor![3.0, 7.0, 11.0]);
        assert_eq!(a.slice(s![.., 1..2, ..; -3]), tensor![[[7.0, 4.0]], [[19.0, 16.0]]]);
        assert_eq!(a.slice(s![.., 3.., ..]).shape(), &[2, 0, 4]);
        assert_eq!(a.slice(s![2.., 3.., 4..]).to_vec(), [0.0; 0]);
        assert_eq!(Tensor::scalar(1.0).slice(whole).item(), 1.0);
    }

    #[test]
    fn unslice_empty_and_scalar() {
        assert_eq!(Tensor::<f64>::zeros([0, 2]).unslice([1, 2], &s![1..]), tensor![[0.0, 0.0]]);
        assert_eq!(Tensor::scalar(3.0).unslice([2, 2], &s![1, -1]), tensor![[0.0, 0.0], [0.0, 3.0]]);
        assert_eq!(Tensor::scalar(3.0).unslice((), &[]).item(), 3.0);
    }

    #[test]
    #[should_panic(expected = "slice: position -4 lies outside axis 1 of shape (2, 3); positions run from -3 to 2")]
    fn position_out_of_bounds_panics() {
        Tensor::<f64>::zeros([2, 3]).slice(s![.., -4]);
    }

    #[test]
    #[should_panic(
        expected = "slice: position 0 lies outside axis 0 of shape (0,); an axis of size 0 has no positions"
    )]
    fn position_in_an_empty_axis_panics() {
        Tensor::<f64>::zeros(0).slice(s![0]);
    }

    #[test]
    #[should_panic(expected = "slice: 2 slices were given, but shape (3,) has 1 axes")]
    fn too_many_slices_panic() {
        Tensor::<f64>::zeros(3).slice(s![.., 0]);
    }

    #[test]
    #[should_panic(expected = "unslice: the slice of shape (4,) has shape (2,), but shape (3,) was given")]
    fn unslice_of_another_shape_panics() {
        tensor![1.0, 2.0, 3.0].unslice(4, &s![1..; 2]);
    }

    proptest! {
        #[test]
        fn slice_matches_indexing(n in 0usize..6, m in 0usize..6, a in any_slice(), b in any_slice(), transposed: bool) {
            let x = Tensor::<f64>::arange(n * m);
            let x = if transposed { x.reshape([m, n]).transpose() } else { x.reshape([n, m]) };
            let rows = naive(a.0, a.1, a.2, n as isize);
            let columns = naive(b.0, b.1, b.2, m as isize);
            let expected = Tensor::from_fn([rows.len(), columns.len()], |i| x.at([rows[i[0]] as isize, columns[i[1]] as isize]));
            prop_assert_eq!(x.slice([a.3, b.3]), expected);
            if let Some(&row) = rows.first() {
                prop_assert_eq!(x.slice([Slice::from(row as isize), b.3]), x.slice([a.3, b.3]).slice(s![0]));
            }
        }

        /// ⟨v, slice u⟩ = ⟨unslice v, u⟩ holds exactly, because the elements are small integers.
        #[test]
        fn unslice_is_the_adjoint(n in 0usize..6, m in 0usize..6, a in any_slice(), b in any_slice(), seed in 1usize..100) {
            let u = Tensor::<f64>::from_fn([n, m], |i| ((7 * i[0] + 3 * i[1] + seed) % 11) as f64);
            let seen = u.slice([a.3, b.3]);
            let v = Tensor::from_fn([seen.shape()[1], seen.shape()[0]], |i| ((5 * i[0] + i[1] + seed) % 13) as f64).transpose();
            let dot = |x: &Tensor<f64>, y: &Tensor<f64>| x.to_vec().iter().zip(y.to_vec()).map(|(a, b)| a * b).sum::<f64>();
            prop_assert_eq!(dot(&v, &seen), dot(&v.unslice([n, m], &[a.3, b.3]), &u));
            prop_assert_eq!(v.unslice([n, m], &[a.3, b.3]).slice([a.3, b.3]), v);
        }
    }
}
