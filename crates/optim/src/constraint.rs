//! What parameters are brought back to after each step.

use crate::setting;
use autograd::Scalar;
use tensor::elementwise::{each1, each2};
use tensor::{Axes, Tensor, keep};

/// A set that a parameter must not leave: after each step it is projected back.
///
/// Norms are Euclidean, over the axes given with [`axes`](Constraint::axes): axis 0 unless set, which is over the
/// weights that lead into one unit, as a dense layer's matrix has shape (inputs, units). These are Keras's
/// `constraints`, but what already fits is left alone to the last bit, and a vector of zeros stays one.
///
/// ```
/// use optim::{Constraint, Group, Sgd};
/// let sgd = Sgd::<f32>::new(0.01).constraint(Constraint::max_norm(2.0));
/// let only_some = Sgd::<f32>::new(0.01)
///     .group(Group::named(|name| name.ends_with(".w")).constraint(Constraint::unit_norm()));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    kind: Kind,
    axes: Axes,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    NonNegative,
    /// A norm n becomes r clamp(n, min, max) + (1 - r) n.
    Norm {
        min: f64,
        max: f64,
        rate: f64,
    },
}

impl Constraint {
    /// Every number is at least 0.
    pub fn non_negative() -> Self {
        Constraint { kind: Kind::NonNegative, axes: 0.into() }
    }

    /// A norm of at most `max`; what is longer is shortened. Usual with dropout (Srivastava et al. 2014). Keras: 2.
    ///
    /// # Panics
    /// If `max` is not above 0, or infinite.
    #[track_caller]
    pub fn max_norm(max: f64) -> Self {
        Constraint::norm(0.0, setting::positive("the largest norm", max), 1.0)
    }

    /// A norm of 1.
    pub fn unit_norm() -> Self {
        Constraint::norm(1.0, 1.0, 1.0)
    }

    /// A norm from `min` to `max`; of what is missing or too much, the share `rate` is put right in each step. Keras: 0,
    /// 1 and 1.
    ///
    /// # Panics
    /// If not 0 <= `min` <= `max`, or `rate` does not lie in 0..=1.
    #[track_caller]
    pub fn min_max_norm(min: f64, max: f64, rate: f64) -> Self {
        setting::from_zero("the least norm", min);
        setting::positive("the largest norm", max);
        assert!(min <= max, "the least norm, {min}, must not exceed the largest, {max}");
        Constraint::norm(min, max, setting::share("the rate", rate))
    }

    fn norm(min: f64, max: f64, rate: f64) -> Self {
        Constraint { kind: Kind::Norm { min, max, rate }, axes: 0.into() }
    }

    /// Refuses norms that parameters of this type cannot have.
    #[track_caller]
    pub(crate) fn check<T: Scalar>(&self) {
        if let Kind::Norm { min, max, .. } = self.kind {
            setting::fits::<T>("the least norm", min);
            setting::fits::<T>("the largest norm", max);
        }
    }

    /// Over which axes norms are taken: for the kernel of a convolution, say, over all but the last.
    pub fn axes(mut self, axes: impl Into<Axes>) -> Self {
        self.axes = axes.into();
        self
    }

    /// The parameter, brought back.
    ///
    /// # Panics
    /// If it has no such axis.
    #[track_caller]
    pub fn apply<T: Scalar>(&self, w: &Tensor<T>) -> Tensor<T> {
        match self.kind {
            Kind::NonNegative => each1(&|x| T::select(T::ZERO.is_gt(x), T::ZERO, x), w),
            Kind::Norm { min, max, rate } => {
                let factor = |sum: T| {
                    let norm = sum.to_f64().sqrt();
                    // A NaN stays one, for others to find.
                    if norm == 0.0 || (min..=max).contains(&norm) {
                        return T::ONE;
                    }
                    T::from_f64((rate * norm.clamp(min, max) + (1.0 - rate) * norm) / norm)
                };
                let sums = each1(&|x| x * x, w).sum_over(keep(self.axes.clone()));
                each2("constraint", &|x, factor| x * factor, w, &each1(&factor, &sums))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::tensor;

    #[test]
    fn columns_are_measured() {
        let w = tensor![[3.0, 0.3, 0.0], [4.0, 0.4, 0.0]];
        let close = |got: Tensor<f64>, expected: Tensor<f64>| {
            for (a, b) in got.to_vec().into_iter().zip(expected.to_vec()) {
                assert!((a - b).abs() < 1e-15, "{got}, not {expected}");
            }
        };
        close(Constraint::max_norm(2.0).apply(&w), tensor![[1.2, 0.3, 0.0], [1.6, 0.4, 0.0]]);
        close(Constraint::unit_norm().apply(&w), tensor![[0.6, 0.6, 0.0], [0.8, 0.8, 0.0]]);
        close(Constraint::min_max_norm(1.0, 4.0, 0.5).apply(&w), tensor![[2.7, 0.45, 0.0], [3.6, 0.6, 0.0]]);
        let rows = tensor![[3.0, 4.0], [0.0, 0.5]];
        close(Constraint::max_norm(1.0).axes(1).apply(&rows), tensor![[0.6, 0.8], [0.0, 0.5]]);
        let zeros = Tensor::zeros([2, 2]);
        close(Constraint::max_norm(1.0).axes([0, 1]).apply(&zeros), zeros);
    }

    #[test]
    fn what_fits_stays_bit_for_bit_and_nan_stays_nan() {
        let w = tensor![[0.1, 0.7], [0.3, -0.2]];
        assert_eq!(Constraint::max_norm(2.0).apply(&w), w);
        assert_eq!(Constraint::non_negative().apply(&tensor![-1.0, 0.0, 2.0]), tensor![0.0, 0.0, 2.0]);
        assert!(Constraint::non_negative().apply(&tensor![f64::NAN]).item().is_nan());
        assert!(Constraint::max_norm(1.0).apply(&tensor![f64::NAN]).item().is_nan());
    }

    #[test]
    #[should_panic(expected = "the least norm, 3, must not exceed the largest, 2")]
    fn a_range_without_numbers() {
        Constraint::min_max_norm(3.0, 2.0, 1.0);
    }
}
