//! Automatic differentiation of scalars and tensors, and neural networks on top of it.
//!
//! Record a computation on a [`Tape`](autograd::Tape) and compute its gradients, or pass a closure to
//! [`grad`](autograd::grad), [`hessian`](autograd::hessian), [`jacobian`](autograd::jacobian) or a related function.
//! Scalars and tensors share one tape, in `f32` or `f64`, and gradients can themselves be differentiated. A network
//! holds keys into a store of parameters, and a training loop is a few lines:
//!
//! ```
//! use chainrule::prelude::*;
//!
//! let mut rng = seeded(42);
//! let (train, test) = digits().split_stratified(0.8, &mut rng)?;
//! let mut params = Params::<f32>::new();
//! let model = Mlp::new(64, [32], 10).activation(Relu).build(&mut params, &mut rng);
//! let mut sgd = Sgd::new(0.1);
//! let mut tape = Tape::single();
//! for batch in train.batches(32, &mut rng) {
//!     let bound = params.bind(&tape); // the parameters as variables of this tape
//!     let loss = softmax_cross_entropy(model.forward(&bound, tape.constant(batch.x())), batch.labels());
//!     let grads = loss.backward();
//!     sgd.step(&mut params, &grads);
//!     tape.reset();
//! }
//! let right = accuracy(&model.predict(&params, &test.x()), test.labels());
//! assert!(right > 0.7, "{right}"); // after one pass; 0.1 is guessing
//! # Ok::<(), DataError>(())
//! ```
//!
//! `Tape::new()` is a tape of `f64`; `Tape::single()` is one of `f32`, for the parameters of a network.
//!
//! # Crates
//!
//! Each crate depends only on crates below it in this table, and can be used without those above it.
//!
//! | crate | contents |
//! |---|---|
//! | [`explain`] | derivations of gradients as text, pictures and interactive pages |
//! | [`train`] | data sets, `fit`, metrics, callbacks, saving and loading, hyperparameter search |
//! | [`nn`] | layers, losses, initializers, networks, models |
//! | [`optim`] | optimizers, learning rate schedules, L-BFGS |
//! | [`autograd`] | the tape, the derivative rules, gradients, Jacobians, Hessians, `gradcheck` |
//! | [`tensor`] | n-dimensional arrays and their kernels |
//!
//! The [`prelude`] exports the names of everyday programs. Each of the five upper crates also has a prelude of its own
//! with the other names of its area, such as [`nn::prelude`].
//!
//! # Features
//!
//! * `parallel` (default): threads for large matrix products and long loops. The results have the same bits with any
//!   number of threads.
//! * `full`: turns on `csv` (tables), `npz` (NumPy archives) and `progress` (a progress bar during `fit` instead of a
//!   line per epoch). They are off by default because they add dependencies.
//! * `plot`: plots as SVG, in the module `explain::plot`.
//! * `nalgebra`: the linear algebra of the crate nalgebra, differentiated through [`Real`](autograd::Real). One result
//!   is silently wrong: the eigenvectors of an exactly diagonal matrix have derivative 0, because nalgebra takes a
//!   shortcut there.
//! * `ndarray`: arrays of the crate ndarray that hold `Real`s, and conversions between its arrays and tensors.
//! * `proptest`: strategies for property tests.
//!
//! Without default features the library also builds for `wasm32-unknown-unknown`. That target has no clock and no
//! files, so training shows no times and saving returns an error.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod prelude;
mod seed;

pub use rand;
pub use seed::seeded;
pub use tensor;

/// Scalars and tensors on a tape, derivative rules and function transforms: the crate `chainrule-autograd`.
pub mod autograd {
    pub use ::autograd::*;
    pub mod prelude;
}

/// Optimizers, learning rate schedules and L-BFGS: the crate `chainrule-optim`.
pub mod optim {
    pub use ::optim::*;
    pub mod prelude;
}

/// Layers, losses, networks and models: the crate `chainrule-nn`.
pub mod nn {
    pub use ::nn::*;
    pub mod prelude;
}

/// Data sets, training, metrics and callbacks: the crate `chainrule-train`.
pub mod train {
    pub use ::train::*;
    pub mod prelude;
}

/// Derivations of gradients as text, pictures and pages: the crate `chainrule-explain`.
pub mod explain {
    pub use ::explain::*;
    pub mod prelude;
}
