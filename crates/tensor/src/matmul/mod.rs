//! Matrix products.

mod large;
mod matrix;
mod small;
mod vector;

use crate::gemm::{Gemm, Kernel, Matrix};
use crate::operand::RightTensor;
use crate::real::Real;
use crate::shape::Shape;
use crate::tensor::Tensor;

macro_rules! gemm {
    ($($t:ty: $kernel:expr;)*) => {$(
        impl Gemm for $t {
            #[inline]
            fn kernel() -> Kernel<$t> {
                $kernel
            }
            fn multiply(a: &Matrix<$t>, b: &Matrix<$t>, bias: Option<&[$t]>, out: &mut [$t]) {
                matrix::product(a, b, bias, out);
            }
        }
    )*};
}
gemm! {
    f32: gemm_f32::gemm::f32::get_gemm_fn();
    f64: gemm_f64::gemm::f64::get_gemm_fn();
}

/// The weight of [`Tensor::linear`], for a bias of type `B`: tensors, or variables of the `autograd` crate.
#[diagnostic::on_unimplemented(
    message = "`linear` does not take a weight of type `{Self}` with a bias of type `{B}`",
    note = "write `x.linear(&w, &b)` or `x.linear(&w, None)` for tensors and `x.linear(w, b)` for variables; \
            without a bias, `x.matmul(w)` takes both"
)]
pub trait Weight<B, T: Real> {
    /// The type of the result: `Tensor<T>`, or a tensor variable.
    type Output;
    #[doc(hidden)]
    #[track_caller]
    fn linear(x: &Tensor<T>, w: Self, bias: B) -> Self::Output;
}

impl<T: Real> Weight<Option<&Tensor<T>>, T> for &Tensor<T> {
    type Output = Tensor<T>;
    #[track_caller]
    fn linear(x: &Tensor<T>, w: Self, bias: Option<&Tensor<T>>) -> Tensor<T> {
        x.affine(w, bias)
    }
}

impl<T: Real> Weight<&Tensor<T>, T> for &Tensor<T> {
    type Output = Tensor<T>;
    #[track_caller]
    fn linear(x: &Tensor<T>, w: Self, bias: &Tensor<T>) -> Tensor<T> {
        x.affine(w, Some(bias))
    }
}

impl<T: Real> Tensor<T> {
    /// Computes the matrix product over the last two axes of both operands.
    ///
    /// Leading axes are batch axes, which broadcast. A vector counts as one row on the left and as one column on the
    /// right, and that axis is removed from the result: v·v is 0-d.
    ///
    /// ```
    /// # use tensor::tensor;
    /// let a = tensor![[1.0, 2.0], [3.0, 4.0]];
    /// let v = tensor![1.0, 10.0];
    /// assert_eq!(a.matmul(&v), tensor![21.0, 43.0]);
    /// assert_eq!(v.matmul(&a), tensor![31.0, 42.0]);
    /// assert_eq!(v.matmul(&v).item(), 101.0);
    /// ```
    ///
    /// # Panics
    /// If either operand is 0-d, if the number of columns on the left differs from the number of rows on the right, or
    /// if the batch axes do not broadcast.
    #[inline]
    #[track_caller]
    pub fn matmul<O: RightTensor<T>>(&self, other: O) -> O::Output {
        O::matmul(self, other)
    }

    #[track_caller]
    pub(crate) fn matrix_product(&self, other: &Tensor<T>) -> Tensor<T> {
        let (a, b) = (Matrix::of(self), Matrix::of(other));
        match (&self.shape()[..], &other.shape()[..]) {
            ([m, k], [l, n]) if k == l => Tensor::build([*m, *n], |out| T::multiply(&a, &b, None, out)),
            ([m, k], [l]) if k == l => Tensor::build(*m, |out| T::multiply(&a, &b, None, out)),
            ([k], [l, n]) if k == l => Tensor::build(*n, |out| T::multiply(&a.transposed(), &b, None, out)),
            ([k], [l]) if k == l => Tensor::build((), |out| T::multiply(&a.transposed(), &b, None, out)),
            _ => self.matmul_any(other),
        }
    }

    /// The general case: batches, and the panics.
    #[track_caller]
    fn matmul_any(&self, other: &Tensor<T>) -> Tensor<T> {
        let (left, right) = (self.rank(), other.rank());
        if left == 0 || right == 0 {
            panic!(
                "matmul: shapes {} and {} do not match: operands must not be 0-d; multiply by a scalar with `*`",
                self.shape(),
                other.shape()
            );
        }
        let a = if left == 1 { self.unsqueeze(0) } else { self.clone() };
        let b = if right == 1 { other.unsqueeze(1) } else { other.clone() };
        let (a_lead, b_lead) = (a.rank() - 2, b.rank() - 2);
        let (m, k, l, n) = (a.shape()[a_lead], a.shape()[a_lead + 1], b.shape()[b_lead], b.shape()[b_lead + 1]);
        if k != l {
            let (columns, rows) =
                (if left == 1 { "elements" } else { "columns" }, if right == 1 { "elements" } else { "rows" });
            panic!(
                "matmul: shapes {} and {} do not match: the {k} {columns} of the left must equal the {l} {rows} of the right",
                self.shape(),
                other.shape()
            );
        }
        let Some(batch) = Shape::broadcast(&a.shape()[..a_lead], &b.shape()[..b_lead]) else {
            panic!(
                "matmul: shapes {} and {} do not match: the batch axes must broadcast, sizes equal or 1",
                self.shape(),
                other.shape()
            );
        };
        let mut shape = batch.clone();
        if left > 1 {
            shape = shape.with(shape.rank(), m);
        }
        if right > 1 {
            shape = shape.with(shape.rank(), n);
        }
        Tensor::build(shape, |out| matrix::batched(&a, &b, &batch, out))
    }

    /// Computes the dot product Σ aᵢ bᵢ of two vectors.
    ///
    /// ```
    /// # use tensor::tensor;
    /// assert_eq!(tensor![1.0, 2.0].dot(&tensor![3.0, 4.0]), 11.0);
    /// ```
    ///
    /// # Panics
    /// If either is not a vector, or their lengths differ.
    #[inline]
    #[track_caller]
    pub fn dot<O: RightTensor<T>>(&self, other: O) -> O::Scalar {
        O::dot(self, other)
    }

    #[track_caller]
    pub(crate) fn inner_product(&self, other: &Tensor<T>) -> T {
        if self.rank() != 1 || self.shape() != other.shape() {
            panic!("dot: expected two vectors of equal length, got shapes {} and {}", self.shape(), other.shape());
        }
        let mut out = [T::ZERO];
        T::multiply(&Matrix::of(self).transposed(), &Matrix::of(other), None, &mut out);
        out[0]
    }

    /// Computes the outer product of two vectors: the matrix of aᵢ bⱼ.
    ///
    /// ```
    /// # use tensor::tensor;
    /// assert_eq!(tensor![1.0, 2.0].outer(&tensor![3.0, 4.0]), tensor![[3.0, 4.0], [6.0, 8.0]]);
    /// ```
    ///
    /// # Panics
    /// If either is not a vector.
    #[track_caller]
    pub fn outer<O: RightTensor<T>>(&self, other: O) -> O::Output {
        O::outer(self, other)
    }

    #[track_caller]
    pub(crate) fn outer_product(&self, other: &Tensor<T>) -> Tensor<T> {
        if self.rank() != 1 || other.rank() != 1 {
            panic!("outer: expected two vectors, got shapes {} and {}", self.shape(), other.shape());
        }
        let (a, b) = (Matrix::of(self), Matrix::of(other).transposed());
        Tensor::build([self.size(), other.size()], |out| T::multiply(&a, &b, None, out))
    }

    /// Computes x W + b for each row x of `self`. Shapes: `self` is `(..., in)`, `w` is `(in, out)`, `bias` is
    /// `(out,)`, and the result is `(..., out)`. `None` as the bias stands for zeros, and `Some(&b)` for `&b`.
    ///
    /// Both may be variables of the `autograd` crate; then the result is a variable too.
    ///
    /// ```
    /// # use tensor::tensor;
    /// let (w, b) = (tensor![[1.0, 2.0], [3.0, 4.0]], tensor![10.0, 20.0]);
    /// assert_eq!(tensor![[1.0, 1.0]].linear(&w, &b), tensor![[14.0, 26.0]]);
    /// assert_eq!(tensor![1.0, 1.0].linear(&w, None), tensor![4.0, 6.0]);
    /// ```
    ///
    /// # Panics
    /// If the shapes do not match.
    #[track_caller]
    pub fn linear<W: Weight<B, T>, B>(&self, w: W, bias: B) -> W::Output {
        W::linear(self, w, bias)
    }

    #[track_caller]
    fn affine(&self, w: &Tensor<T>, bias: Option<&Tensor<T>>) -> Tensor<T> {
        let ([.., k], [l, n]) = (&self.shape()[..], &w.shape()[..]) else {
            panic!(
                "linear: shapes {} and {} do not match: expected an input (..., in) and a weight (in, out)",
                self.shape(),
                w.shape()
            );
        };
        if k != l {
            panic!(
                "linear: shapes {} and {} do not match: the input's last size {k} must equal the weight's {l} rows",
                self.shape(),
                w.shape()
            );
        }
        let packed;
        let bias = match bias {
            None => None,
            Some(b) if b.shape()[..] != [*n] => {
                panic!("linear: expected a bias of shape ({n},) for weight {}, got {}", w.shape(), b.shape())
            }
            Some(b) => match b.as_slice() {
                Some(b) => Some(b),
                None => {
                    packed = b.copy();
                    packed.as_slice()
                }
            },
        };
        if let [m, _] = self.shape()[..] {
            return Tensor::build([m, *n], |out| T::multiply(&Matrix::of(self), &Matrix::of(w), bias, out));
        }
        let x = self.packed();
        let shape = self.shape().set(self.rank() - 1, *n);
        let rows = self.shape()[..self.rank() - 1].iter().product();
        let x = Matrix::packed(x.as_slice().unwrap_or(&[]), rows, *k);
        Tensor::build(shape, |out| T::multiply(&x, &Matrix::of(w), bias, out))
    }
}

#[cfg(test)]
mod tests;
