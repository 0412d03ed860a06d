//! From data to a trained model: data sets and their batches, `fit`, what is done meanwhile, and how well it went.
//!
//! A [`Dataset`] is checked when it is made. It feeds a loop of one's own:
//!
//! ```
//! use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
//!
//! let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
//! let (train, test) = train::digits().split_stratified(0.8, &mut rng)?;
//! for batch in train.batches(32, &mut rng) {
//!     assert_eq!(batch.x().shape()[1], 64); // a Tensor<f32> of up to 32 rows,
//!     assert!(batch.labels().as_slice().len() <= 32); // and as many class labels
//! }
//! assert_eq!((train.len(), test.len()), (1438, 359));
//! # Ok::<(), train::DataError>(())
//! ```
//!
//! or the loop that is here, [`Training::fit`] on an [`nn::Model`], with metrics, callbacks and a [`History`]:
//!
//! ```
//! use nn::Mlp;
//! use optim::Sgd;
//! use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
//! use train::{EarlyStopping, Fit, Saving, Training, Verbosity};
//!
//! let (train, valid) = train::digits().split_stratified(0.8, &mut Xoshiro256PlusPlus::seed_from_u64(42))?;
//! let mut model = Mlp::classifier(64, [32], 10).model::<f32>(42);
//! let history = model.fit(
//!     &train,
//!     Fit::new(Sgd::new(0.1))
//!         .epochs(5)
//!         .batch_size(32)
//!         .validation(&valid)
//!         .callback(EarlyStopping::new("val_loss").patience(10))
//!         .verbosity(Verbosity::Quiet),
//! )?;
//! assert!(history.last("val_accuracy").unwrap() > 0.85);
//! # let path = std::env::temp_dir().join(format!("chainrule-front-{}.safetensors", std::process::id()));
//! model.save(&path)?;
//! # std::fs::remove_file(path)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! * `csv` (default): tables.
//! * `npz` (default): NumPy's archives of arrays.
//! * `progress` (default): a bar that grows while a model is trained; without it there is a line for each epoch.
//!
//! | file | idea |
//! |---|---|
//! | `dataset.rs` | features and what to predict from them, checked once |
//! | `features.rs`, `rows.rs` | examples of one shape in shared storage, of which a set sees some rows |
//! | `table.rs`, `scaled.rs` | numbers, checked on their way in; bytes, made numbers on their way out |
//! | `labels.rs`, `classes.rs`, `targets.rs` | what is predicted: classes, or values |
//! | `split.rs`, `shuffle.rs` | parts of a set; the same order from the same seed |
//! | `weights.rs`, `standardize.rs` | examples that count more than others; features of mean 0 and deviation 1 |
//! | `batch.rs`, `batches.rs`, `positions.rs` | a few examples; a set, a few examples at a time |
//! | `source.rs`, `stream.rs` | data for training: a set, or an iterator |
//! | `csv/`, `npy/` | tables, and NumPy's arrays |
//! | `idx/`, `fashion.rs`, `digits.rs` | image files, and two sets of images |
//! | `bytes.rs`, `element.rs` | bytes from a file, and the numbers they are |
//! | [`playground`] | points in a plane, made by a generator |
//! | [`fit`] | training, evaluation and prediction in one call |
//! | [`callback`] | what is done meanwhile |
//! | `logs.rs`, `history.rs`, `curve/`, `csv_header.rs` | the metrics of every epoch, as numbers, pictures and tables |
//! | [`save`] | models and training runs in files |
//! | [`search`] | good settings, found by trying |
//! | [`metrics`], `accuracy.rs`, `confusion.rs` | how well a model does |
//! | `host.rs` | the clock, where there is one |
//! | `error/` | what can go wrong, and what to do about it |
//! | `progress/` | a bar, lines or a table, while a model is trained |
//! | `text.rs` | how much room text takes in a terminal |

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod accuracy;
mod batch;
mod batches;
mod bytes;
pub mod callback;
mod classes;
mod confusion;
#[cfg(feature = "csv")]
mod csv;
mod csv_header;
mod curve;
#[cfg(test)]
mod damage;
mod dataset;
mod digits;
mod element;
mod error;
mod fashion;
mod features;
pub mod fit;
mod history;
mod host;
mod idx;
mod labels;
mod logs;
pub mod metrics;
mod npy;
pub mod playground;
mod positions;
mod progress;
mod rows;
pub mod save;
mod scaled;
pub mod search;
mod shuffle;
mod source;
mod split;
mod standardize;
mod stream;
mod table;
mod targets;
#[cfg(test)]
mod testing;
mod text;
mod weights;

pub use accuracy::accuracy;
pub use batch::Batch;
pub use batches::Batches;
pub use callback::{
    Callback, CallbackState, CsvLogger, EarlyStopping, LearningRateScheduler, ModelCheckpoint, OnEpoch,
    ReduceLrOnPlateau, StepReport, TensorBoard, TerminateOnNan, TrainingState,
};
pub use classes::Classes;
pub use confusion::ConfusionMatrix;
#[cfg(feature = "csv")]
pub use csv::{Csv, Table};
pub use dataset::Dataset;
pub use digits::digits;
#[cfg(feature = "csv")]
pub use error::CsvError;
pub use error::{DataError, FitError, IdxError, NonFinite, NpyError, SaveError};
pub use fashion::{FASHION_CLASSES, FASHION_DIR, FashionMnist, fashion_mnist};
pub use features::{Features, IntoFeatures};
pub use fit::{Fit, Training};
pub use history::History;
pub use idx::Idx;
pub use labels::Labels;
pub use logs::Logs;
pub use metrics::{Direction, Metric};
pub use npy::Npy;
#[cfg(feature = "npz")]
pub use npy::Npz;
pub use progress::Verbosity;
pub use save::Saving;
pub use source::{EpochBatches, Source};
pub use standardize::Standardizer;
pub use stream::Stream;
pub use targets::Targets;
