//! Functions of the caller, applied to each element.

use crate::elementwise::joint;
use crate::real::Real;
use crate::tensor::Tensor;

impl<T: Real> Tensor<T> {
    /// `f` of each element, in row-major order.
    ///
    /// ```
    /// # use tensor::tensor;
    /// let x = tensor![[1.0_f64, -2.0], [3.0, 4.0]];
    /// assert_eq!(x.map(|v| v.max(0.0) + 1.0), tensor![[2.0, 1.0], [4.0, 5.0]]);
    /// ```
    #[track_caller]
    pub fn map(&self, mut f: impl FnMut(T) -> T) -> Tensor<T> {
        let x = self.packed();
        Tensor::build(self.shape(), |out| {
            out.iter_mut().zip(x.as_slice().unwrap_or(&[])).for_each(|(o, &x)| *o = f(x));
        })
    }

    /// `f` of each pair of elements, broadcasting, in row-major order of the result.
    ///
    /// ```
    /// # use tensor::tensor;
    /// let (x, y) = (tensor![[1.0], [2.0]], tensor![10.0, 20.0]);
    /// assert_eq!(x.zip_map(&y, |a, b| a + b), tensor![[11.0, 21.0], [12.0, 22.0]]);
    /// ```
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn zip_map(&self, other: &Tensor<T>, mut f: impl FnMut(T, T) -> T) -> Tensor<T> {
        let shape = joint("zip_map", self.shape(), other.shape());
        let (a, b) = (self.broadcast_to(&shape).packed(), other.broadcast_to(&shape).packed());
        Tensor::build(&shape, |out| {
            let pairs = a.as_slice().unwrap_or(&[]).iter().zip(b.as_slice().unwrap_or(&[]));
            out.iter_mut().zip(pairs).for_each(|(o, (&a, &b))| *o = f(a, b));
        })
    }
}
