//! Iteration over strided memory, and copying a strided view into row-major order.

use crate::shape::{Shape, Strides};
use smallvec::SmallVec;

/// Returns whether these are the strides of a packed row-major tensor. An axis of size 1 may have any stride.
#[inline]
pub(crate) fn is_packed(shape: &[usize], strides: &[isize]) -> bool {
    let mut step = 1isize;
    for axis in (0..shape.len()).rev() {
        if shape[axis] == 1 {
            continue;
        }
        if strides[axis] != step {
            return shape.contains(&0);
        }
        step *= shape[axis] as isize;
    }
    true
}

/// Returns the strides of a view that broadcasts a tensor to the shape `to`: 0 along new and broadcast axes.
pub(crate) fn broadcast_strides(shape: &[usize], strides: &[isize], to: &[usize]) -> Strides {
    let lead = to.len() - shape.len();
    (0..to.len())
        .map(|i| if i < lead || (shape[i - lead] == 1 && to[i] != 1) { 0 } else { strides[i - lead] })
        .collect()
}

/// A joint iteration over several operands of one shape. Neighboring axes are merged if all operands allow it.
#[derive(Debug)]
pub(crate) struct Walk<const N: usize> {
    /// The sizes of the axes after merging; never empty.
    pub(crate) dims: SmallVec<[usize; 4]>,
    /// The strides after merging, by axis, then operand.
    pub(crate) strides: SmallVec<[[isize; N]; 4]>,
}

impl<const N: usize> Walk<N> {
    pub(crate) fn new(shape: &[usize], operands: [&[isize]; N]) -> Self {
        let mut dims: SmallVec<[usize; 4]> = SmallVec::new();
        let mut strides: SmallVec<[[isize; N]; 4]> = SmallVec::new();
        for (axis, &n) in shape.iter().enumerate() {
            if n == 1 {
                continue;
            }
            let here = operands.map(|s| s[axis]);
            match (dims.last_mut(), strides.last_mut()) {
                (Some(outer), Some(s)) if (0..N).all(|k| s[k] == here[k] * n as isize) => {
                    *outer *= n;
                    *s = here;
                }
                _ => {
                    dims.push(n);
                    strides.push(here);
                }
            }
        }
        if dims.is_empty() {
            dims.push(1);
            strides.push([0; N]);
        }
        Walk { dims, strides }
    }

    /// Returns the size of the innermost axis.
    #[inline]
    pub(crate) fn inner(&self) -> usize {
        self.dims[self.dims.len() - 1]
    }

    /// Returns the strides of the innermost axis.
    #[inline]
    pub(crate) fn inner_strides(&self) -> [isize; N] {
        self.strides[self.strides.len() - 1]
    }

    /// Calls `f` with the operands' offsets at the start of each innermost run, in row-major order.
    #[inline]
    pub(crate) fn runs(&self, start: [isize; N], mut f: impl FnMut([isize; N])) {
        if self.dims.contains(&0) {
            return;
        }
        let outer = self.dims.len() - 1;
        let mut at: SmallVec<[usize; 4]> = SmallVec::from_elem(0, outer);
        let mut offset = start;
        loop {
            f(offset);
            let mut axis = outer;
            loop {
                if axis == 0 {
                    return;
                }
                axis -= 1;
                at[axis] += 1;
                for (at, step) in offset.iter_mut().zip(self.strides[axis]) {
                    *at += step;
                }
                if at[axis] < self.dims[axis] {
                    break;
                }
                for (at, step) in offset.iter_mut().zip(self.strides[axis]) {
                    *at -= step * self.dims[axis] as isize;
                }
                at[axis] = 0;
            }
        }
    }
}

/// Copies one strided run into a slice.
#[inline]
pub(crate) fn copy_run<T: Copy>(data: &[T], offset: isize, stride: isize, out: &mut [T]) {
    match stride {
        1 => out.copy_from_slice(&data[offset as usize..offset as usize + out.len()]),
        0 => out.fill(data[offset as usize]),
        _ => {
            let mut at = offset;
            for o in out {
                *o = data[at as usize];
                at += stride;
            }
        }
    }
}

/// Copies a strided view into a packed slice, in row-major order.
pub(crate) fn gather<T: Copy>(data: &[T], offset: usize, shape: &Shape, strides: &[isize], out: &mut [T]) {
    let walk = Walk::new(shape, [strides]);
    // A transposed matrix is read in blocks, so that every element of a fetched cache line is used.
    if let ([.., rows, cols], [.., [1], [step]]) = (&walk.dims[..], &walk.strides[..])
        && *step > 1
        && *rows >= 8
        && *cols >= 8
    {
        let (rows, cols, step) = (*rows, *cols, *step as usize);
        let mut outer = walk;
        outer.dims.truncate(outer.dims.len() - 2);
        outer.strides.truncate(outer.strides.len() - 2);
        outer.dims.push(1); // the block takes the place of the innermost run
        outer.strides.push([0]);
        let mut done = 0;
        outer.runs([offset as isize], |[at]| {
            let block = &mut out[done..done + rows * cols];
            done += rows * cols;
            transpose_block(data, at as usize, step, rows, cols, block);
        });
        return;
    }
    let (inner, [stride]) = (walk.inner(), walk.inner_strides());
    let mut chunks = out.chunks_exact_mut(inner.max(1));
    walk.runs([offset as isize], |[at]| {
        if let Some(chunk) = chunks.next() {
            copy_run(data, at, stride, chunk);
        }
    });
}

/// out\[r, c\] = data\[at + r + c * step\], in 16 x 16 tiles.
fn transpose_block<T: Copy>(data: &[T], at: usize, step: usize, rows: usize, cols: usize, out: &mut [T]) {
    const TILE: usize = 16;
    for r0 in (0..rows).step_by(TILE) {
        for c0 in (0..cols).step_by(TILE) {
            for c in c0..(c0 + TILE).min(cols) {
                let column = &data[at + r0 + c * step..at + r0.max((r0 + TILE).min(rows)) + c * step];
                for (r, &x) in (r0..).zip(column) {
                    out[r * cols + c] = x;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walk_merges_adjacent_axes() {
        let w = Walk::new(&[2, 3, 4], [&[12, 4, 1], &[0, 0, 0]]);
        assert_eq!((w.dims.as_slice(), w.strides.as_slice()), (&[24][..], &[[1, 0]][..]));
        let w = Walk::new(&[2, 3, 4], [&[12, 4, 1], &[0, 4, 1]]);
        assert_eq!(w.dims.as_slice(), [2, 12]);
    }

    #[test]
    fn gather_transposed_matrices() {
        for (rows, cols) in [(3, 2), (40, 23), (8, 8), (17, 16)] {
            let data: Vec<usize> = (0..rows * cols).collect(); // (cols, rows) packed, read as its transpose
            let mut out = vec![0; rows * cols];
            gather(&data, 0, &Shape::from([rows, cols]), &[1, rows as isize], &mut out);
            for r in 0..rows {
                for c in 0..cols {
                    assert_eq!(out[r * cols + c], c * rows + r);
                }
            }
        }
    }

    #[test]
    fn is_packed_accepts_row_major_strides() {
        assert!(is_packed(&[2, 3], &[3, 1]) && is_packed(&[1, 3], &[99, 1]) && is_packed(&[], &[]));
        assert!(!is_packed(&[2, 3], &[1, 2]) && !is_packed(&[3], &[0]));
        assert!(is_packed(&[0, 3], &[7, 7]), "an empty view is packed");
    }
}
