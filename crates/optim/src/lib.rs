//! Gradient descent: optimisers that update a store of parameters from their gradients.
//!
//! An optimiser reads gradients by parameter and writes the store; what it remembers of a parameter, such as a
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
//!     let loss = params.on(&tape).var(w).square().sum();
//!     let grads = loss.backward();
//!     sgd.step(&mut params, &grads);
//!     tape.reset();
//! }
//! assert!(params.get(w).to_vec().iter().all(|w| w.abs() < 1e-8));
//! ```
//!
//! | file | idea |
//! |---|---|
//! | `optimizer.rs` | what every optimiser does |
//! | `update.rs` | one fused pass over a parameter, its gradient and its state, for any formula |
//! | `state.rs` | what an optimiser remembers of each parameter |
//! | `setting.rs` | settings, checked where they are made |
//! | `sgd.rs` | stochastic gradient descent, with momentum |

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod optimizer;
mod setting;
mod sgd;
mod state;
#[cfg(test)]
mod testing;
mod update;

pub use optimizer::Optimizer;
pub use sgd::Sgd;
pub use state::StateMap;
