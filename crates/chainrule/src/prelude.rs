//! The names of everyday programs: `use chainrule::prelude::*;`.
//!
//! ```
//! use chainrule::prelude::*;
//!
//! let tape = Tape::new();
//! let (x, y) = (tape.var(2.0), tape.var(3.0));
//! let f = x * x * y + y.sin();
//! assert_eq!(f.backward().wrt(x), 12.0);
//!
//! let h = hessian(|x| (x.square().sum()).exp(), &tensor![0.0, 0.0]);
//! assert_eq!(h, tensor![[2.0, 0.0], [0.0, 2.0]]);
//! ```
//!
//! Each area has a larger prelude, which includes this one. Import one of them instead, or several:
//!
//! | prelude | adds |
//! |---|---|
//! | [`chainrule::autograd::prelude`](crate::autograd::prelude) | all function transforms, custom operations, `Real` |
//! | [`chainrule::optim::prelude`](crate::optim::prelude) | all optimizers and learning rate schedules |
//! | [`chainrule::nn::prelude`](crate::nn::prelude) | all activations, more layers, graphs, custom losses |
//! | [`chainrule::train::prelude`](crate::train::prelude) | more data types, metrics and callbacks |
//! | [`chainrule::explain::prelude`](crate::explain::prelude) | options of derivations, checks of gradients |

// --- tensors
pub use ::tensor::{Tensor, keep, s, tensor};

// --- variables and parameters
pub use ::autograd::{BoundParams, Param, ParamGradients, Params, Tape, TensorVar, Var, concat, stack};

// --- derivatives of functions
pub use ::autograd::{
    Evaluate, GradCheckError, grad, gradcheck, hessian, hvp, jacobian, jvp, objective, value_and_grad, vjp,
};
pub use ::explain::Explainable;

// --- losses on variables
pub use ::autograd::{bce_with_logits, mae, mse, softmax_cross_entropy};

// --- networks and models
pub use ::nn::Activation::{self, Relu, Sigmoid, Tanh};
pub use ::nn::{Dense, Loss, Mlp, Model, Module, Sequential, Task};

// --- optimizers
pub use ::optim::{Adam, AdamW, CosineDecay, ExponentialDecay, Lbfgs, Optimizer, Schedule, Sgd};

// --- data and training
pub use ::train::{DataError, Dataset, Targets, accuracy, digits};
pub use ::train::{EarlyStopping, Fit, FitError, Saving, Training, Verbosity};

// --- random numbers
pub use crate::seed::seeded;
