//! The names of programs that train models: `use chainrule::train::prelude::*;`. They include the
//! [everyday prelude](crate::prelude).
//!
//! ```
//! use chainrule::train::prelude::*;
//!
//! let (train, valid) = digits().split_stratified(0.8, &mut seeded(42))?;
//! let mut model = Mlp::classifier(64, [16], 10).model::<f32>(42);
//! let fit = Fit::new(Adam::new(0.01))
//!     .epochs(3)
//!     .validation(&valid)
//!     .verbosity(Verbosity::Quiet)
//!     .callback(ReduceLrOnPlateau::new("val_loss").patience(2))
//!     .callback(TerminateOnNan);
//! let history: History = model.fit(&train, fit)?;
//! let mut matrix = ConfusionMatrix::new(10);
//! matrix.add(&model.predict(&valid.x()), valid.labels());
//! assert!(history.last("val_accuracy").unwrap() > 0.7, "{matrix}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use crate::prelude::*;

// --- data
#[cfg(feature = "csv")]
pub use ::train::Csv;
pub use ::train::{Batch, Classes, Labels, Source, Standardizer, Stream, fashion_mnist};

// --- metrics
pub use ::train::{ConfusionMatrix, Direction, History, Metric};

// --- training
pub use ::optim::{LrRangeTest, Plateau};
pub use ::train::{
    Callback, CsvLogger, LearningRateScheduler, ModelCheckpoint, OnEpochEnd, ReduceLrOnPlateau, SaveError, TensorBoard,
    TerminateOnNan, TrainingState,
};

// --- random numbers
pub use ::rand::rngs::Xoshiro256PlusPlus;
pub use ::rand::{Rng, RngExt, SeedableRng};
