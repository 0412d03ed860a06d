//! What a program usually needs: `use chainrule::prelude::*;`.
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

// --- numbers
pub use tensor::{Indices, Shape, Tensor, keep, s, tensor};

// --- variables, and what is recorded of them
pub use autograd::{
    BoundParams, CustomOp, GradientSum, Gradients, Param, ParamGradients, Params, Scalar, Tape, TensorVar, Value, Var,
};
pub use autograd::{Real, concat, einsum, stack};

// --- functions of functions
pub use autograd::{
    ByParam, Evaluate, Single, checkpoint, flatten, function_at, grad, hessian, hessian_matrix, hvp, jacobian,
    jacobian_forward, jacobian_matrix, jacobian_reverse, jvp, objective, objective_at, objective_of_params, unflatten,
    value_and_grad, vjp,
};

// --- derivatives checked
#[cfg(feature = "proptest")]
pub use autograd::strategies;
pub use autograd::{GradCheckError, gradcheck};

// --- derivatives explained
pub use explain::{Convention, Explain, Explainable, Explanation, compare, diagnose};

// --- losses
pub use autograd::{
    bce_with_logits, huber, mae, mse, softmax_cross_entropy, softmax_cross_entropy_smoothed, softmax_cross_entropy_soft,
};

// --- networks
pub use nn::Activation::{self, *};
pub use nn::{BatchNorm, Concatenate, Dense, Dropout, Embedding, Flatten, LayerNorm, Normalization, Rescaling};
pub use nn::{Context, Graph, Init, Mlp, Module, Sequential};

// --- models: a network, its numbers, its loss
pub use nn::{Config, CustomLoss, Lint, Loss, Model, ModelConfig, Reduction, Registry, Regularizer, Target, Task};

// --- training
pub use optim::{
    Adadelta, Adagrad, Adam, AdamW, Adamax, Constraint, Lbfgs, Lion, LrRangeTest, Nadam, Optimizer, ParamGroup,
    Plateau, RmsProp, Sgd,
};
pub use optim::{
    CosineDecay, CosineDecayRestarts, ExponentialDecay, InverseTimeDecay, OneCycle, PiecewiseConstantDecay,
    PolynomialDecay, PowerDecay, Schedule,
};
#[cfg(feature = "csv")]
pub use train::Csv;
pub use train::{
    Batch, Classes, ConfusionMatrix, DataError, Dataset, Direction, History, Labels, Metric, Source, Standardizer,
    Stream, Targets, accuracy, digits, fashion_mnist,
};
pub use train::{
    Callback, CsvLogger, EarlyStopping, Fit, FitError, LearningRateScheduler, ModelCheckpoint, OnEpoch,
    ReduceLrOnPlateau, SaveError, Saving, TensorBoard, TerminateOnNan, Training, TrainingState, Verbosity,
};

// --- random numbers
pub use crate::seed::seeded;
pub use rand::rngs::Xoshiro256PlusPlus;
pub use rand::{Rng, RngExt, SeedableRng};
