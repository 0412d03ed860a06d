//! Gradient descent: optimizers that update a store of parameters from their gradients.
//!
//! An optimizer reads gradients by parameter and writes the store; what it remembers of a parameter, such as a
//! velocity, it keeps beside the store under the same key. There is no gradient field to clear and nothing to register.
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
//! What optimizers share, such as clipping, weight decay, groups and averages, is set in the same way on each of them;
//! a learning rate is a number or a [`Schedule`]:
//!
//! ```
//! use optim::{AdamW, Cosine, Group, Schedule};
//! let optimizer = AdamW::<f32>::new(Cosine::new(1e-3, 10_000).warm_up(500))
//!     .weight_decay(0.01)
//!     .group(Group::named(|name| name.ends_with(".b")).weight_decay(0.0))
//!     .global_clip_norm(1.0);
//! ```
//!
//! Names and defaults are Keras's; where PyTorch's form differs, `pytorch()` gives it, as in [`Adam::pytorch`]. All
//! that an optimizer has come to know is data, to be saved and gone on from: [`OptimizerState`].
//!
//! | file | idea |
//! |---|---|
//! | `optimizer.rs` | what every optimizer does |
//! | `rule.rs` | what tells one from another |
//! | `descent/` | what all have in common |
//! | `sgd.rs`, `rmsprop.rs`, `adagrad.rs`, `adadelta.rs`, `adam.rs`, `adamax.rs`, `nadam.rs`, `lion.rs` | the rules |
//! | `update.rs` | one fused pass over a parameter, its gradient and its state, for any rule |
//! | `clip.rs`, `group.rs`, `constraint.rs`, `average.rs` | parts of a step |
//! | `state.rs`, `saved.rs` | what an optimizer remembers of each parameter; the same as data, to be saved |
//! | `lbfgs/` | no rule, but whole steps along searched lines |
//! | `rate.rs`, `schedule/` | learning rates; as functions of the step, one in each file |
//! | `plateau.rs`, `range_test.rs` | a lower rate when nothing gets better; which rate to begin with |
//! | `setting.rs` | settings, checked where they are made |

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
pub use descent::Descent;
pub use group::Group;
pub use lbfgs::{Lbfgs, LbfgsReport, Stopped};
pub use lion::{Lion, LionRule};
pub use nadam::{Nadam, NadamRule};
pub use optimizer::Optimizer;
pub use plateau::Plateau;
pub use range_test::RangeTest;
pub use rate::RateError;
pub use rmsprop::{RmsProp, RmsPropRule};
pub use rule::{Rule, Step};
pub use saved::{Difference, OptimizerState, StateError};
pub use schedule::{
    Cosine, CosineRestarts, Exponential, InverseTime, OneCycle, Piecewise, Polynomial, Power, Schedule, Then, WarmUp,
};
pub use sgd::{Sgd, SgdRule};
pub use state::StateMap;
pub use update::Pass;
