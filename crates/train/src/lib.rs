//! Training: data sets and batches, `fit`, metrics, callbacks, and saved models.
//!
//! A [`Dataset`] is validated on construction. It feeds a custom training loop:
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
//! or [`Training::fit`], the built-in loop for an [`nn::Model`], with metrics, callbacks and a [`History`]:
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
//! * `csv` (default): reading CSV tables.
//! * `npz` (default): reading and writing NumPy's `.npz` archives.
//! * `progress` (default): a progress bar; without this feature, `fit` prints one line per epoch.
//!
//! | file | idea |
//! |---|---|
//! | `dataset.rs` | data sets: features and labels, validated on construction |
//! | `features.rs`, `rows.rs` | features in shared storage; the rows of it that a data set contains |
//! | `table.rs`, `scaled.rs` | validation of floats; u8 storage, decoded to floats per batch |
//! | `labels.rs`, `classes.rs`, `targets.rs` | labels: classes or regression targets |
//! | `split.rs`, `shuffle.rs` | slices and random splits; a reproducible shuffle |
//! | `weights.rs`, `standardize.rs` | sample and class weights; standardized features |
//! | `batch.rs`, `batches.rs`, `positions.rs` | a batch; the iterator over batches; the positions of its examples |
//! | `source.rs`, `stream.rs` | training data: a data set or a stream of batches |
//! | `csv/`, `npy/` | CSV tables and NumPy arrays |
//! | `idx/`, `fashion.rs`, `digits.rs` | IDX files and two image data sets |
//! | `bytes.rs`, `element.rs` | reading files with bounded memory; decoding the element types of files |
//! | [`playground`] | synthetic data sets of points in a plane |
//! | [`fit`] | training, evaluation and prediction in one call |
//! | [`callback`] | callbacks: early stopping, checkpoints, logging |
//! | `logs.rs`, `history.rs`, `curve/`, `csv_header.rs` | the metrics of every epoch, as values, SVG curves and CSV |
//! | [`save`] | saved models, weights and training runs |
//! | [`search`] | hyperparameter search |
//! | [`metrics`], `accuracy.rs`, `confusion.rs` | metrics, accuracy and the confusion matrix |
//! | `host.rs` | platform support: clock and process id |
//! | `error/` | error types and their messages |
//! | `progress/` | progress bars, lines and tables |
//! | `text.rs` | the width of text in a terminal |

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
    Callback, CallbackState, CsvLogger, EarlyStopping, LearningRateScheduler, ModelCheckpoint, OnEpochEnd,
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
