//! Conversions to and from the arrays of the crate ndarray. Each copies the elements.
//!
//! ```
//! use ndarray::{Array2, ArrayD, arr2};
//! use tensor::{Tensor, tensor};
//!
//! let a = arr2(&[[1.0, 2.0], [3.0, 4.0]]);
//! let t = Tensor::from(a.t()); // a view, or an array by value or by reference
//! assert_eq!(t, tensor![[1.0, 3.0], [2.0, 4.0]]);
//! let d = ArrayD::from(&t);
//! assert_eq!(d.shape(), [2, 2]);
//! let b: Array2<f64> = t.try_into()?; // an error if the number of axes is not 2
//! assert_eq!(b, a.t());
//! # Ok::<(), ndarray::ShapeError>(())
//! ```

use crate::real::Real;
use crate::tensor::Tensor;
use ndarray::{
    Array, ArrayBase, ArrayD, Data, Dimension, Ix0, Ix1, Ix2, Ix3, Ix4, Ix5, Ix6, IxDyn, OwnedRepr, ShapeError,
};

impl<T: Real, S: Data<Elem = T>, D: Dimension> From<&ArrayBase<S, D>> for Tensor<T> {
    /// A tensor of the array's shape and elements.
    fn from(array: &ArrayBase<S, D>) -> Self {
        Tensor::build(array.shape(), |out| match array.as_slice() {
            Some(elements) => out.copy_from_slice(elements),
            None => {
                for (out, &x) in out.iter_mut().zip(array) {
                    *out = x;
                }
            }
        })
    }
}

impl<T: Real, S: Data<Elem = T>, D: Dimension> From<ArrayBase<S, D>> for Tensor<T> {
    /// A tensor of the array's shape and elements.
    fn from(array: ArrayBase<S, D>) -> Self {
        Tensor::from(&array)
    }
}

impl<T: Real> From<&Tensor<T>> for ArrayBase<OwnedRepr<T>, IxDyn> {
    /// An array of the tensor's shape and elements, in row-major order.
    fn from(tensor: &Tensor<T>) -> Self {
        match ArrayD::from_shape_vec(&tensor.shape()[..], tensor.to_vec()) {
            Ok(array) => array,
            Err(e) => unreachable!("a tensor holds as many elements as its shape says: {e}"),
        }
    }
}

impl<T: Real> From<Tensor<T>> for ArrayBase<OwnedRepr<T>, IxDyn> {
    /// An array of the tensor's shape and elements, in row-major order.
    fn from(tensor: Tensor<T>) -> Self {
        ArrayD::from(&tensor)
    }
}

macro_rules! fixed_rank {
    ($($d:ty)*) => { $(
        impl<T: Real> TryFrom<&Tensor<T>> for ArrayBase<OwnedRepr<T>, $d> {
            type Error = ShapeError;
            /// An array of the tensor's shape and elements; an error if the tensor has another number of axes.
            fn try_from(tensor: &Tensor<T>) -> Result<Array<T, $d>, ShapeError> {
                ArrayD::from(tensor).into_dimensionality()
            }
        }
        impl<T: Real> TryFrom<Tensor<T>> for ArrayBase<OwnedRepr<T>, $d> {
            type Error = ShapeError;
            /// An array of the tensor's shape and elements; an error if the tensor has another number of axes.
            fn try_from(tensor: Tensor<T>) -> Result<Array<T, $d>, ShapeError> {
                Array::try_from(&tensor)
            }
        }
    )* };
}
fixed_rank!(Ix0 Ix1 Ix2 Ix3 Ix4 Ix5 Ix6);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor;
    use ndarray::{Array1, Array2, Array3, Axis, s};

    #[test]
    fn every_layout_keeps_its_elements() {
        let a = Array3::from_shape_fn((2, 3, 4), |(i, j, k)| (100 * i + 10 * j + k) as f64);
        let permuted = a.view().permuted_axes([2, 0, 1]);
        let reversed = a.slice(s![.., ..;-1, 1..;2]);
        for (t, elements, shape) in [
            (Tensor::from(&a), a.iter().copied().collect::<Vec<_>>(), vec![2, 3, 4]),
            (Tensor::from(permuted), permuted.iter().copied().collect(), vec![4, 2, 3]),
            (Tensor::from(reversed), reversed.iter().copied().collect(), vec![2, 3, 2]),
            (
                Tensor::from(a.index_axis(Axis(0), 1)),
                (0..12).map(|i| (100 + i / 4 * 10 + i % 4) as f64).collect(),
                vec![3, 4],
            ),
        ] {
            assert_eq!((t.to_vec(), &t.shape()[..]), (elements, &shape[..]));
        }
    }

    #[test]
    fn strided_and_empty_tensors() {
        let t = tensor![[1.0_f32, 2.0], [3.0, 4.0]].transpose();
        assert_eq!(ArrayD::from(t.clone()).into_raw_vec_and_offset().0, [1.0, 3.0, 2.0, 4.0]);
        assert_eq!(Array2::try_from(t.clone()).map(|a| a[(0, 1)]), Ok(3.0));
        assert!(Array1::try_from(t).is_err());
        let empty = ArrayD::from(&Tensor::<f64>::zeros([0, 3]));
        assert_eq!((empty.shape(), Tensor::from(&empty)), (&[0, 3][..], Tensor::zeros([0, 3])));
        assert_eq!(Array::<f64, Ix0>::try_from(Tensor::scalar(2.0)).map(|a| a.into_scalar()), Ok(2.0));
    }
}
