//! Reductions: sums, extrema, moments and norms, over all elements or along axes.
//!
//! Every reduction is brought to one form, a packed block of shape `(outer, n, inner)` whose middle axis is reduced,
//! and computed by [`fold`](fold::fold). NaN propagates. The order of summation depends only on the shape.

mod arg;
pub(crate) mod fold;
mod passes;
pub(crate) mod step;

use crate::axes::Axes;
use crate::real::Real;
use crate::reduction::Reduction;
use crate::shape::Shape;
use crate::tensor::Tensor;
use smallvec::SmallVec;

/// Up to this many elements, a plain loop takes less time than setting up the general algorithm.
const FEW: usize = 64;

/// Returns the column sums of a packed matrix with `n` columns.
fn column_sums<T: Real>(data: &[T], n: usize) -> Tensor<T> {
    Tensor::build(n, |out| {
        out.fill(T::ZERO);
        for row in data.chunks_exact(n.max(1)) {
            for (o, &x) in out.iter_mut().zip(row) {
                *o += x;
            }
        }
    })
}

macro_rules! methods {
    ($($whole:ident $over:ident $reduction:ident($($ddof:ident)?) $doc:literal $example:literal;)*) => {
        impl<T: Real> Tensor<T> {$(
            #[doc = concat!($doc, " all elements.")]
            ///
            /// ```
            /// # use tensor::tensor;
            #[doc = $example]
            /// ```
            #[inline]
            #[track_caller]
            pub fn $whole(&self $(, $ddof: usize)?) -> T {
                self.reduce_all(Reduction::$reduction $(($ddof))?)
            }

            #[doc = concat!($doc, " the elements along some axes; see [`", stringify!($whole), "`](Tensor::", stringify!($whole), ").")]
            ///
            /// # Panics
            /// If an axis does not exist or is named twice.
            #[track_caller]
            pub fn $over(&self, axes: impl Into<Axes> $(, $ddof: usize)?) -> Tensor<T> {
                let axes = axes.into();
                let at = axes.resolve(self.rank(), stringify!($over));
                self.reduce(Reduction::$reduction $(($ddof))?, &at, axes.keeps())
            }
        )*}
    };
}
methods! {
    sum sum_over Sum() "The sum of" "assert_eq!(tensor![[1.0, 2.0], [3.0, 4.0]].sum(), 10.0);";
    mean mean_over Mean() "The mean of" "assert_eq!(tensor![1.0, 2.0, 6.0].mean(), 3.0);";
    prod prod_over Prod() "The product of" "assert_eq!(tensor![2.0, 3.0, 4.0].prod(), 24.0);";
    max max_over Max() "The largest of" "assert_eq!(tensor![3.0, 7.0, -9.0].max(), 7.0);";
    min min_over Min() "The smallest of" "assert_eq!(tensor![3.0, 7.0, -9.0].min(), -9.0);";
    var var_over Var(ddof) "The variance (divisor n - `ddof`) of" "assert_eq!(tensor![1.0, 3.0].var(1), 2.0);";
    std std_over Std(ddof) "The standard deviation (divisor n - `ddof`) of" "assert_eq!(tensor![1.0, 5.0].std(0), 2.0);";
    norm1 norm1_over Norm1() "The sum of the absolute values of" "assert_eq!(tensor![1.0, -2.0].norm1(), 3.0);";
    norm norm_over Norm2() "The Euclidean norm of" "assert_eq!(tensor![3.0, -4.0].norm(), 5.0);";
    norm_inf norm_inf_over NormInf() "The largest absolute value of" "assert_eq!(tensor![1.0, -2.0].norm_inf(), 2.0);";
    logsumexp logsumexp_over LogSumExp() "ln Σ eˣ over"
        "assert_eq!(tensor![1e4, 1e4].logsumexp(), 1e4 + std::f64::consts::LN_2);";
}

impl<T: Real> Tensor<T> {
    /// Applies a reduction over the given axes, which are counted from the front and must be in ascending order. If
    /// `keep` is true, the reduced axes are kept with size 1.
    ///
    /// ```
    /// use tensor::{Reduction, tensor};
    /// let x = tensor![[1.0, 2.0], [3.0, 4.0]];
    /// assert_eq!(x.reduce(Reduction::Sum, &[0], true), tensor![[4.0, 6.0]]);
    /// ```
    ///
    /// # Panics
    /// If the axes are not ascending or do not exist, or if [`Max`](Reduction::Max) or [`Min`](Reduction::Min) reduces
    /// an empty axis.
    #[track_caller]
    pub fn reduce(&self, reduction: Reduction, axes: &[usize], keep: bool) -> Tensor<T> {
        if !axes.is_sorted_by(|a, b| a < b) || axes.last().is_some_and(|&a| a >= self.rank()) {
            panic!(
                "{}: axes {axes:?} of shape {} must exist and be in ascending order, each named once",
                reduction.name(),
                self.shape()
            );
        }
        let mut left: SmallVec<[usize; 8]> = SmallVec::new();
        for (axis, &n) in self.shape().iter().enumerate() {
            match axes.contains(&axis) {
                false => left.push(n),
                true if keep => left.push(1),
                true => {}
            }
        }
        let shape = Shape::from(&left[..]);
        self.reduce_to(reduction, axes, shape)
    }

    /// Sums over the axes along which `shape` broadcasts to this tensor's shape. This is the adjoint of
    /// [`broadcast_to`](Tensor::broadcast_to).
    ///
    /// ```
    /// # use tensor::tensor;
    /// let g = tensor![[1.0, 2.0], [3.0, 4.0]];
    /// assert_eq!(g.sum_to(&[2]), tensor![4.0, 6.0]);
    /// assert_eq!(g.sum_to(&[2, 1]), tensor![[3.0], [7.0]]);
    /// ```
    ///
    /// # Panics
    /// If `shape` does not broadcast to this tensor's shape.
    #[track_caller]
    pub fn sum_to(&self, shape: &[usize]) -> Tensor<T> {
        if self.shape() == shape {
            return self.clone();
        }
        if let (&[m, n], &[k], Some(data)) = (&self.shape()[..], shape, self.as_slice())
            && k == n
            && m * n <= FEW
        {
            return column_sums(data, n);
        }
        let lead = self.rank().wrapping_sub(shape.len());
        let fits = lead <= self.rank() && self.shape()[lead..].iter().zip(shape).all(|(&n, &s)| s == n || s == 1);
        if !fits {
            panic!(
                "sum_to: shape {} does not broadcast to {}; aligned at their last axis, sizes must be equal or 1",
                Shape::from(shape),
                self.shape()
            );
        }
        let broadcast = |axis: usize| axis < lead || shape[axis - lead] != self.shape()[axis];
        let axes: SmallVec<[usize; 4]> = (0..self.rank()).filter(|&a| broadcast(a)).collect();
        self.reduce_to(Reduction::Sum, &axes, Shape::from(shape))
    }

    /// Reduces all elements to one value.
    #[inline]
    #[track_caller]
    fn reduce_all(&self, reduction: Reduction) -> T {
        let mut out = [T::ZERO];
        passes::check(reduction, self.size(), self.shape(), 1);
        match self.as_slice() {
            Some(data) => T::reduce(reduction, data, data.len(), 1, &mut out),
            // The order of the elements does not matter, so a permuted view is read in memory order.
            None => {
                let ordered = self.in_memory_order().0.packed();
                T::reduce(reduction, ordered.as_slice().unwrap_or(&[]), ordered.size(), 1, &mut out);
            }
        }
        out[0]
    }

    /// Reduces the axes into a tensor of the given shape: the remaining axes in order, with or without axes of size 1.
    #[track_caller]
    fn reduce_to(&self, reduction: Reduction, axes: &[usize], shape: Shape) -> Tensor<T> {
        if let ([first, .., last] | [first @ last], true) = (axes, self.is_packed())
            && last - first + 1 == axes.len()
        {
            let n = self.shape()[*first..=*last].iter().product();
            let inner = self.shape()[last + 1..].iter().product();
            let data = self.as_slice().unwrap_or(&[]);
            passes::check(reduction, n, self.shape(), shape.size());
            return Tensor::build(shape, |out| T::reduce(reduction, data, n, inner, out));
        }
        self.reduce_arranged(reduction, axes, shape)
    }

    /// The general case: reorders the axes so that the reduced axes are adjacent.
    #[track_caller]
    fn reduce_arranged(&self, reduction: Reduction, axes: &[usize], shape: Shape) -> Tensor<T> {
        // In memory order the elements may be packed, with the reduced axes adjacent and the others still in order.
        let (ordered, order) = self.in_memory_order();
        if axes.len() == self.rank() && !axes.is_empty() {
            return ordered.packed().reduce_to(reduction, axes, shape); // the order of `reduce_all`
        }
        let reduced: SmallVec<[usize; 4]> = (0..order.len()).filter(|&i| axes.contains(&order[i])).collect();
        let kept_in_order = order.iter().filter(|a| !axes.contains(a)).is_sorted();
        let adjacent = reduced.last().is_none_or(|l| l - reduced[0] + 1 == reduced.len());
        if ordered.is_packed() && kept_in_order && adjacent && !reduced.is_empty() {
            return ordered.reduce_to(reduction, &reduced, shape);
        }
        let order: SmallVec<[usize; 4]> =
            (0..self.rank()).filter(|a| !axes.contains(a)).chain(axes.iter().copied()).collect();
        let arranged = self.reordered(&order).packed();
        let n = axes.iter().map(|&a| self.shape()[a]).product();
        let data = arranged.as_slice().unwrap_or(&[]);
        passes::check(reduction, n, self.shape(), shape.size());
        Tensor::build(shape, |out| T::reduce(reduction, data, n, 1, out))
    }

    /// Returns a view with the axes ordered from the largest stride to the smallest, and that order of the axes.
    fn in_memory_order(&self) -> (Tensor<T>, SmallVec<[usize; 4]>) {
        let mut order: SmallVec<[usize; 4]> = (0..self.rank()).collect();
        order.sort_by_key(|&a| std::cmp::Reverse(self.strides()[a].unsigned_abs()));
        (self.reordered(&order), order)
    }

    /// Returns a view with the axes in this order.
    fn reordered(&self, order: &[usize]) -> Tensor<T> {
        let shape = order.iter().map(|&a| self.shape()[a]).collect();
        let strides = order.iter().map(|&a| self.strides()[a]).collect();
        self.view(shape, strides, self.offset())
    }
}

#[cfg(test)]
mod tests;
