//! Gradient descent: optimizers that update a store of parameters from their gradients.
//!
//! An optimizer reads the gradient of each parameter and writes new values into the store. It keeps its own state, such
//! as a velocity, under the key of the parameter. Parameters need not be registered, and no gradients need to be
//! cleared between steps.
//!
//! ```
//! use autograd::{Params, Tape};
//! use optim::{Optimizer, Sgd};
//! use tensor::tensor;
//!
//! let mut params = Params::<f64>::new();
//! let w = params.add("w", tensor![3.0, -2.0]);
//! let mut sgd = Sgd::new(0.1);
//! let mut tape = Tape::new();
//! for _ in 0..100 {
//!     let loss = params.bind(&tape).var(w).square().sum();
//!     let grads = loss.backward();
//!     sgd.step(&mut params, &grads);
//!     tape.reset();
//! }
//! assert!(params.get(w).abs().max() < 1e-8);
//! ```
//!
//! Gradient clipping, weight decay, parameter groups and weight averages are set in the same way on every optimizer. A
//! learning rate is a constant or a [`Schedule`]:
//!
//! ```
//! use optim::{AdamW, CosineDecay, ParamGroup, Schedule};
//! let optimizer = AdamW::<f32>::new(CosineDecay::new(1e-3, 10_000).warm_up(500))
//!     .weight_decay(0.01)
//!     .group(ParamGroup::named(|name| name.ends_with(".b")).weight_decay(0.0))
//!     .global_clip_norm(1.0);
//! ```
//!
//! Names, formulas and defaults follow Keras. Where PyTorch differs, a constructor `pytorch()` selects its formula and
//! defaults, as in [`Adam::pytorch`]. Optimizer state can be saved and restored: see [`OptimizerState`].
//!
//! | file | contents |
//! |---|---|
//! | `optimizer.rs` | the trait of all optimizers |
//! | `rule.rs` | the trait of update rules: the formula that distinguishes one optimizer from another |
//! | `descent/` | everything that optimizers with an update rule have in common |
//! | `sgd.rs`, `rmsprop.rs`, `adagrad.rs`, `adadelta.rs`, `adam.rs`, `adamax.rs`, `nadam.rs`, `lion.rs` | the rules |
//! | `update.rs` | the fused loop over a parameter, its gradient and its state |
//! | `clip.rs`, `group.rs`, `constraint.rs`, `average.rs` | the optional parts of a step |
//! | `state.rs`, `saved.rs` | state per parameter; the same in serialized form |
//! | `lbfgs/` | L-BFGS, which has a line search instead of an update rule |
//! | `rate.rs`, `schedule/` | learning rates; the schedules |
//! | `plateau.rs`, `range_test.rs` | reducing the learning rate on a plateau; finding an initial learning rate |
//! | `setting.rs` | checks of settings |

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod adadelta;
mod adagrad;
mod adam;
mod adamax;
mod average;
mod clip;
mod constraint;
mod descent;
mod group;
mod lbfgs;
mod lion;
mod nadam;
mod optimizer;
mod plateau;
mod range_test;
mod rate;
mod rmsprop;
mod rule;
mod saved;
mod schedule;
mod setting;
mod sgd;
mod state;
#[cfg(test)]
mod testing;
mod update;

pub use adadelta::{Adadelta, AdadeltaRule};
pub use adagrad::{Adagrad, AdagradRule};
pub use adam::{Adam, AdamRule, AdamW};
pub use adamax::{Adamax, AdamaxRule};
pub use constraint::Constraint;
pub use descent::GradientDescent;
pub use group::ParamGroup;
pub use lbfgs::{Lbfgs, LbfgsReport, StopReason};
pub use lion::{Lion, LionRule};
pub use nadam::{Nadam, NadamRule};
pub use optimizer::Optimizer;
pub use plateau::Plateau;
pub use range_test::LrRangeTest;
pub use rate::LearningRateError;
pub use rmsprop::{RmsProp, RmsPropRule};
pub use rule::{Step, UpdateRule};
pub use saved::{OptimizerState, StateError, StateMismatch};
pub use schedule::{
    CosineDecay, CosineDecayRestarts, ExponentialDecay, InverseTimeDecay, OneCycle, PiecewiseConstantDecay,
    PolynomialDecay, PowerDecay, Schedule, Then, WarmUp,
};
pub use sgd::{Sgd, SgdRule};
pub use state::StateMap;
pub use update::ParamUpdate;
