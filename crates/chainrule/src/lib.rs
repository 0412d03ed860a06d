//! Automatic differentiation of scalars and tensors, and neural networks on top of it.
//!
//! Record a computation on a [`Tape`](autograd::Tape), ask for gradients; or hand a closure to
//! [`grad`](autograd::grad), [`hessian`](autograd::hessian), [`jacobian`](autograd::jacobian) and related functions.
//! Numbers and tensors share one tape, `f32` and `f64` alike, and a gradient can itself be differentiated. A network is
//! plain data over a store of parameters; training it is a loop of your own:
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
//!     let net = params.bind(&tape); // lends the parameters to this tape
//!     let loss = softmax_cross_entropy(model.forward(&net, tape.constant(batch.x())), batch.labels());
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
//! # The map
//!
//! Each crate stands on those below it, and can be used without those above.
//!
//! | crate | holds |
//! |---|---|
//! | [`explain`] | the chain rule made visible: derivations, pictures, pages |
//! | [`train`] | data sets, `fit`, metrics, callbacks, saving, search |
//! | [`nn`] | neurons, layers, losses, initializers, networks, models |
//! | [`optim`] | gradient descent |
//! | [`autograd`] | the tape, the rules of derivatives, gradients, Jacobians, Hessians |
//! | [`tensor`] | n-dimensional arrays and their kernels |
//!
//! # Features
//!
//! * `parallel` (default): threads, where a product or a loop is long enough to be worth one. The results are the same
//!   bits with any number of them.
//! * `full`, that is `csv` (tables), `npz` (NumPy's archives) and `progress` (a bar while `fit` runs, instead of a line
//!   for each epoch): off by default, for the crates they bring in.
//! * `plot`: plots as SVG, in [`explain`]'s module `plot`.
//! * `nalgebra`: the linear algebra of the crate nalgebra, differentiated through [`Real`](autograd::Real). One result is
//!   wrong without notice: the eigenvectors of an exactly diagonal matrix have derivative 0, since nalgebra takes a
//!   shortcut there.
//! * `ndarray`: arrays of the crate ndarray that hold `Real`s, and conversions between its arrays and tensors.
//! * `proptest`: strategies for property tests of your own functions.
//!
//! Without default features the library also builds for `wasm32-unknown-unknown`. That target has no clock and no files:
//! training shows no times there, and saving returns an error.

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
