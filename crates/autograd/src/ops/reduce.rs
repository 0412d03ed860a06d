//! Reductions of a tensor, to a scalar or along axes.

use crate::core::value::Scalar;
use crate::core::var::{TensorVar, Var};
use crate::rules::Op;
use crate::rules::array::resolve;
use tensor::{Axes, Reduction};

macro_rules! reductions {
    ($( $(#[$doc:meta])* $whole:ident $over:ident $reduction:ident $(($ddof:ident))?; )*) => {
        impl<'t, T: Scalar> TensorVar<'t, T> {
            $( $(#[$doc])*
               ///
               /// Reduces over all elements; the result is a scalar.
               #[track_caller]
               pub fn $whole(self $(, $ddof: usize)?) -> Var<'t, T> {
                   let (axes, _) = resolve(Axes::all(), self.shape().rank(), stringify!($whole));
                   self.on_tape().record(Op::Reduce(Reduction::$reduction $(($ddof))?, axes, false), &[self.id])
               }

               #[doc = concat!("[`", stringify!($whole), "`](Var::", stringify!($whole), ") along axes, given as ")]
               /// `0` or `[0, -1]`, or as [`keep(1)`](tensor::keep) to keep the reduced axis with size 1.
               ///
               /// # Panics
               /// If an axis does not exist.
               #[track_caller]
               pub fn $over(self, axes: impl Into<Axes> $(, $ddof: usize)?) -> Self {
                   let (axes, keep) = resolve(axes, self.shape().rank(), stringify!($whole));
                   self.on_tape().record(Op::Reduce(Reduction::$reduction $(($ddof))?, axes, keep), &[self.id])
               } )*
        }
    };
}

reductions! {
    /// The sum; weight 1.
    sum sum_over Sum;
    /// The mean; weight 1/n. NaN for an empty tensor.
    mean mean_over Mean;
    /// The product; the weight of an element is the product of the other elements, also where some are 0.
    prod prod_over Prod;
    /// The largest element; on ties the gradient is divided equally.
    max max_over Max;
    /// The smallest element; on ties the gradient is divided equally.
    min min_over Min;
    /// The variance with divisor n - `ddof`, computed in two passes; weight 2(x - mean)/(n - ddof).
    var var_over Var(ddof);
    /// The standard deviation with divisor n - `ddof`; weight (x - mean)/((n - ddof) std), 0 where std is 0.
    std std_over Std(ddof);
    /// The sum of absolute values; weight sign(x).
    norm1 norm1_over Norm1;
    /// The Euclidean norm, without intermediate overflow or underflow; weight x/norm, 0 at the origin.
    norm norm_over Norm2;
    /// The largest absolute value; on ties the gradient is divided equally. Each part has the sign of its element.
    norm_inf norm_inf_over NormInf;
    /// ln Σ eˣ, shifted by the largest x; weight e^(x - y).
    logsumexp logsumexp_over LogSumExp;
}
