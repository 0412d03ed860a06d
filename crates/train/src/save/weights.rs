//! The methods of a model to save and load it.

use super::file;
use super::model;
use super::torch;
use crate::error::SaveError;
use autograd::Scalar;
use nn::{Model, Registry};
use serde_json::Value;
use std::path::Path;

/// Saving and loading of a [`Model`], or of its weights only.
///
/// ```
/// use nn::{Dense, Model};
/// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
/// use tensor::Tensor;
/// use train::Saving;
///
/// let model = |seed, outputs| {
///     let mut params = autograd::Params::<f32>::new();
///     let layer = Dense::new(3, outputs).build(&mut params, &mut Xoshiro256PlusPlus::seed_from_u64(seed));
///     Model::new(layer, params, [3])
/// };
/// let path = std::env::temp_dir().join(format!("chainrule-doc-{}.safetensors", std::process::id()));
/// let (saved, mut loaded) = (model(1, 2)?, model(2, 2)?);
/// saved.save(&path)?;
/// loaded.load_weights(&path)?;
/// let x = Tensor::ones([1, 3]);
/// assert_eq!(saved.predict(&x), loaded.predict(&x));
///
/// let e = model(1, 4)?.load_weights(&path).unwrap_err().to_string();
/// assert!(e.ends_with(
///     "does not match the model, and nothing was loaded:\n  \
///      `dense.w` has shape (3, 2) in the file and (3, 4) in the model\n  \
///      `dense.b` has shape (2,) in the file and (4,) in the model"
/// ));
///
/// let model: Model = Model::load(&path)?; // builds the layers from the configuration in the file
/// assert_eq!(model.predict(&x), saved.predict(&x));
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Saving: Sized {
    /// The element type of the parameters.
    type Element: Scalar;

    /// Saves the model to a `.safetensors` file: all parameters by name, and the [`ModelConfig`](nn::ModelConfig) as
    /// JSON in the metadata.
    ///
    /// An existing file is replaced atomically, also if several threads or processes save and load it concurrently.
    /// Missing folders are created, a symbolic link is followed, and the mode of an existing file is preserved; its
    /// owner becomes that of this process. The temporary file is named `.NAME.0123456789abcdef.part`; one that a killed
    /// process left is removed when the path is saved or loaded the next time.
    ///
    /// # Errors
    /// If the file cannot be written, or a layer has no serialized configuration: a [`Lambda`](nn::Lambda), or a custom
    /// layer without a [`config`](nn::Module::config). The error names the layer, and no file is written;
    /// [`save_weights`](Saving::save_weights) works for every model.
    fn save(&self, path: impl AsRef<Path>) -> Result<(), SaveError>;

    /// Saves only the weights to a `.safetensors` file: all parameters by name. [`load_weights`](Saving::load_weights)
    /// loads them into a model with the same layers; [`load`](Saving::load) cannot read such a file.
    ///
    /// ```
    /// use nn::{Dense, Lambda, Model, Sequential};
    /// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
    /// use train::{SaveError, Saving};
    ///
    /// let mut params = autograd::Params::<f32>::new();
    /// let layer = Dense::new(3, 1).build(&mut params, &mut Xoshiro256PlusPlus::seed_from_u64(42));
    /// let network = Sequential::new().push(layer).push(Lambda::new("square", |x| x.square()));
    /// let mut model = Model::new(network, params, [3])?;
    /// let path = std::env::temp_dir().join(format!("chainrule-doc-weights-{}.safetensors", std::process::id()));
    /// assert!(matches!(model.save(&path), Err(SaveError::NoConfig { .. }))); // a closure cannot be serialized
    /// model.save_weights(&path)?;
    /// model.load_weights(&path)?;
    /// # std::fs::remove_file(path)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If the file cannot be written. Then an existing file is unchanged.
    fn save_weights(&self, path: impl AsRef<Path>) -> Result<(), SaveError>;

    /// Loads a model from a file written by [`save`](Saving::save) or a resumable [`fit`](crate::Training::fit):
    /// layers, losses and metrics as well as weights.
    ///
    /// # Errors
    /// If the file cannot be read, contains only weights (see [`save_weights`](Saving::save_weights)), contains a
    /// custom layer or loss, or configuration and weights do not match: then all mismatches are listed. The memory used
    /// is bounded by the size of the file.
    fn load(path: impl AsRef<Path>) -> Result<Self, SaveError> {
        Self::load_with(path, &Registry::new())
    }

    /// Like [`load`](Saving::load), with custom layers and losses.
    ///
    /// # Errors
    /// The errors of [`load`](Saving::load).
    fn load_with(path: impl AsRef<Path>, registry: &Registry<Self::Element>) -> Result<Self, SaveError>;

    /// Loads the weights from a file written by [`save`](Saving::save), [`save_weights`](Saving::save_weights) or a
    /// resumable [`fit`](crate::Training::fit), for a model with the same layers.
    ///
    /// The element type of the file may differ (16-bit floats, `f32` for an `f64` model, integers) if the model's type
    /// represents every value exactly: `f64` values are loaded into an `f32` model only if none of them is rounded. To
    /// round, convert the file. The same holds for [`load`](Saving::load), [`load_torch`](Saving::load_torch) and
    /// [`load_npz`](Saving::load_npz).
    ///
    /// # Errors
    /// If the file cannot be read, or does not match the model: then all mismatches are listed, and nothing is loaded.
    fn load_weights(&mut self, path: impl AsRef<Path>) -> Result<(), SaveError>;

    /// Saves all parameters in the format of PyTorch's `state_dict`, for `safetensors.torch.load_file`: kernels are
    /// transposed, and parameters have the names of `nn.Linear`, `Embedding`, `BatchNorm1d`, `LayerNorm` and `PReLU`.
    /// `modules` are the PyTorch module names of the layers with parameters, in order: `["0", "2"]` for an
    /// `nn.Sequential` of Linear, ReLU and Linear.
    ///
    /// # Errors
    /// If the file cannot be written, or the number of modules differs from the number of layers with parameters.
    fn save_torch(&self, path: impl AsRef<Path>, modules: &[&str]) -> Result<(), SaveError>;

    /// Loads the weights from a file written by `safetensors.torch.save_file(model.state_dict(), path)`. `modules` is
    /// as for [`save_torch`](Saving::save_torch).
    ///
    /// # Errors
    /// The errors of [`load_weights`](Saving::load_weights).
    fn load_torch(&mut self, path: impl AsRef<Path>, modules: &[&str]) -> Result<(), SaveError>;

    /// Saves all parameters by name to a NumPy archive.
    ///
    /// # Errors
    /// If the file cannot be written. Then an existing file is unchanged.
    #[cfg(feature = "npz")]
    fn save_npz(&self, path: impl AsRef<Path>) -> Result<(), SaveError>;

    /// Loads the weights from a NumPy archive. Only arrays with the name and shape of a parameter are decompressed, so
    /// the memory used is bounded by the size of the model.
    ///
    /// # Errors
    /// The errors of [`load_weights`](Saving::load_weights).
    #[cfg(feature = "npz")]
    fn load_npz(&mut self, path: impl AsRef<Path>) -> Result<(), SaveError>;
}

impl<T: Scalar> Saving for Model<T> {
    type Element = T;

    fn save(&self, path: impl AsRef<Path>) -> Result<(), SaveError> {
        file::write(path.as_ref(), &file::named(self.params()), model::config_metadata(self, path.as_ref())?)
    }

    fn save_weights(&self, path: impl AsRef<Path>) -> Result<(), SaveError> {
        file::write(path.as_ref(), &file::named(self.params()), Value::Null)
    }

    fn load_with(path: impl AsRef<Path>, registry: &Registry<T>) -> Result<Self, SaveError> {
        model::load(path.as_ref(), registry)
    }

    fn load_weights(&mut self, path: impl AsRef<Path>) -> Result<(), SaveError> {
        let (entries, _) = file::read(path.as_ref())?;
        file::assign(self.params_mut(), model::parameters(entries), path.as_ref())
    }

    fn save_torch(&self, path: impl AsRef<Path>, modules: &[&str]) -> Result<(), SaveError> {
        torch::write(self.params(), modules, path.as_ref())
    }

    fn load_torch(&mut self, path: impl AsRef<Path>, modules: &[&str]) -> Result<(), SaveError> {
        let (entries, _) = file::read(path.as_ref())?;
        let entries = torch::from_torch(self.params(), modules, entries, path.as_ref())?;
        file::assign(self.params_mut(), entries, path.as_ref())
    }

    #[cfg(feature = "npz")]
    fn save_npz(&self, path: impl AsRef<Path>) -> Result<(), SaveError> {
        super::archive::write(self.params(), path.as_ref())
    }

    #[cfg(feature = "npz")]
    fn load_npz(&mut self, path: impl AsRef<Path>) -> Result<(), SaveError> {
        let entries = super::archive::read(self.params(), path.as_ref())?;
        file::assign(self.params_mut(), entries, path.as_ref())
    }
}
