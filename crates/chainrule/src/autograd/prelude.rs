//! The names of programs about derivatives: `use chainrule::autograd::prelude::*;`. They include the
//! [everyday prelude](crate::prelude).
//!
//! ```
//! use chainrule::autograd::prelude::*;
//!
//! /// The residuals of the model p₀ exp(p₁ t).
//! fn residuals(p: TensorVar<'_>) -> TensorVar<'_> {
//!     let (t, y) = (tensor![0.0, 1.0, 2.0], tensor![2.0, 1.0, 0.5]);
//!     (p.at([1]) * &t).exp() * p.at([0]) - &y
//! }
//!
//! let p = tensor![2.0, -std::f64::consts::LN_2];
//! let j: Tensor<f64> = jacobian_forward(residuals, &p);
//! assert_eq!(j.shape(), &Shape::from([3, 2]));
//! assert_eq!(j, jacobian_reverse(residuals, &p));
//! ```

pub use crate::prelude::*;

// --- types of variables, gradients and shapes
pub use ::autograd::{CustomOp, GradientSum, Gradients, Real, Scalar, Value, einsum};
pub use ::tensor::{Indices, Shape};

// --- function transforms
pub use ::autograd::{
    ByParam, Single, checkpoint, flatten, function_at, hessian_matrix, jacobian_forward, jacobian_matrix,
    jacobian_reverse, objective_at, objective_of_params, unflatten,
};

// --- losses on variables
pub use ::autograd::{huber, softmax_cross_entropy_smoothed, softmax_cross_entropy_soft};

// --- property tests
#[cfg(feature = "proptest")]
pub use ::autograd::strategies;

// --- random numbers
pub use ::rand::rngs::Xoshiro256PlusPlus;
pub use ::rand::{Rng, RngExt, SeedableRng};
