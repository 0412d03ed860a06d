//! Constraints on parameters, enforced after each step.

use crate::setting;
use autograd::Scalar;
use tensor::elementwise::{each1, each2};
use tensor::{Axes, Tensor, keep};

/// A constraint on a parameter: after each step, the parameter is projected onto the set of allowed values.
///
/// Norms are Euclidean and taken over [`axes`](Constraint::axes). Default: axis 0. For the matrix of a dense layer, of
/// shape (inputs, units), this is the norm of the weights into each unit. These are Keras's `constraints`, except that
/// values that satisfy the constraint keep their bits and a vector of zeros stays zero.
///
/// ```
/// use optim::{Constraint, ParamGroup, Sgd};
/// let sgd = Sgd::<f32>::new(0.01).constraint(Constraint::max_norm(2.0));
/// let some_parameters = Sgd::<f32>::new(0.01)
///     .group(ParamGroup::named(|name| name.ends_with(".w")).constraint(Constraint::unit_norm()));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    kind: Kind,
    axes: Axes,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    NonNegative,
    /// Changes a norm n to r clamp(n, min, max) + (1 - r) n, with r = `rate`.
    Norm {
        min: f64,
        max: f64,
        rate: f64,
    },
}

impl Constraint {
    /// Requires every element to be at least 0.
    pub fn non_negative() -> Self {
        Constraint { kind: Kind::NonNegative, axes: 0.into() }
    }

    /// Requires a norm of at most `max`. Often used with dropout (Srivastava et al. 2014). Keras's default is 2.
    ///
    /// # Panics
    /// If `max` is not positive and finite.
    #[track_caller]
    pub fn max_norm(max: f64) -> Self {
        Constraint::norm(0.0, setting::positive("the maximum norm", max), 1.0)
    }

    /// Requires a norm of 1.
    pub fn unit_norm() -> Self {
        Constraint::norm(1.0, 1.0, 1.0)
    }

    /// Requires a norm from `min` to `max`. Each step removes the fraction `rate` of the violation; 1 removes all of
    /// it. Keras's defaults are 0, 1 and 1.
    ///
    /// # Panics
    /// If not 0 <= `min` <= `max`, or if `rate` is outside [0, 1].
    #[track_caller]
    pub fn min_max_norm(min: f64, max: f64, rate: f64) -> Self {
        setting::non_negative("the minimum norm", min);
        setting::positive("the maximum norm", max);
        assert!(min <= max, "the minimum norm, {min}, must not exceed the maximum norm, {max}");
        Constraint::norm(min, max, setting::fraction("the rate", rate))
    }

    fn norm(min: f64, max: f64, rate: f64) -> Self {
        Constraint { kind: Kind::Norm { min, max, rate }, axes: 0.into() }
    }

    /// # Panics
    /// If a norm is not [representable](setting::representable) in `T`.
    #[track_caller]
    pub(crate) fn check<T: Scalar>(&self) {
        if let Kind::Norm { min, max, .. } = self.kind {
            setting::representable::<T>("the minimum norm", min);
            setting::representable::<T>("the maximum norm", max);
        }
    }

    /// Sets the axes over which norms are taken: for the kernel of a convolution, for example, all but the last.
    pub fn axes(mut self, axes: impl Into<Axes>) -> Self {
        self.axes = axes.into();
        self
    }

    /// Returns the projection of a parameter onto the allowed values.
    ///
    /// # Panics
    /// If the parameter does not have the [`axes`](Constraint::axes).
    #[track_caller]
    pub fn apply<T: Scalar>(&self, w: &Tensor<T>) -> Tensor<T> {
        match self.kind {
            Kind::NonNegative => each1(&|x| T::select(T::ZERO.is_gt(x), T::ZERO, x), w),
            Kind::Norm { min, max, rate } => {
                let factor = |sum: T| {
                    let norm = sum.to_f64().sqrt();
                    // A norm that is NaN gives a factor that is NaN, so NaN is not hidden.
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
    fn norms_are_taken_over_the_axes() {
        let w = tensor![[3.0, 0.3, 0.0], [4.0, 0.4, 0.0]];
        let close = |got: Tensor<f64>, expected: Tensor<f64>| {
            for (a, b) in got.to_vec().into_iter().zip(expected.to_vec()) {
                assert!((a - b).abs() < 1e-15, "expected {expected}, got {got}");
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
    fn allowed_values_keep_their_bits_and_nan_stays_nan() {
        let w = tensor![[0.1, 0.7], [0.3, -0.2]];
        assert_eq!(Constraint::max_norm(2.0).apply(&w), w);
        assert_eq!(Constraint::non_negative().apply(&tensor![-1.0, 0.0, 2.0]), tensor![0.0, 0.0, 2.0]);
        assert!(Constraint::non_negative().apply(&tensor![f64::NAN]).item().is_nan());
        assert!(Constraint::max_norm(1.0).apply(&tensor![f64::NAN]).item().is_nan());
    }

    #[test]
    #[should_panic(expected = "the minimum norm, 3, must not exceed the maximum norm, 2")]
    fn an_empty_range_is_rejected() {
        Constraint::min_max_norm(3.0, 2.0, 1.0);
    }
}
