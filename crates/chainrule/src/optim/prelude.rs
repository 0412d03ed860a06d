//! The names of programs that choose an optimizer: `use chainrule::optim::prelude::*;`. They include the
//! [everyday prelude](crate::prelude).
//!
//! ```
//! use chainrule::optim::prelude::*;
//!
//! let mut params = Params::<f64>::new();
//! let w = params.add("w", tensor![3.0, -2.0]);
//! let mut optimizer = Nadam::new(OneCycle::new(0.2, 200))
//!     .group(ParamGroup::of([w]).constraint(Constraint::max_norm(3.0)))
//!     .global_clip_norm(1.0);
//! for _ in 0..200 {
//!     let tape = Tape::new();
//!     let gradients = params.bind(&tape).var(w).square().sum().backward();
//!     optimizer.step(&mut params, &gradients);
//! }
//! assert!(params.get(w).abs().max() < 0.1);
//! ```

pub use crate::prelude::*;

// --- optimizers
pub use ::autograd::GradientSum;
pub use ::optim::{Adadelta, Adagrad, Adamax, Lion, Nadam, RmsProp};
pub use ::optim::{Constraint, ParamGroup};

// --- learning rates
pub use ::optim::{
    CosineDecayRestarts, InverseTimeDecay, LrRangeTest, OneCycle, PiecewiseConstantDecay, Plateau, PolynomialDecay,
    PowerDecay,
};
