//! A model in a file, and its weights alone.

use super::file;
use super::model;
use super::torch;
use crate::error::SaveError;
use autograd::Scalar;
use nn::{Model, Registry};
use serde_json::Value;
use std::path::Path;

/// A [`Model`] in files: as a whole, or its weights alone.
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
/// loaded.load(&path)?;
/// let x = Tensor::ones([1, 3]);
/// assert_eq!(saved.predict(&x), loaded.predict(&x));
///
/// let e = model(1, 4)?.load(&path).unwrap_err().to_string();
/// assert!(e.ends_with(
///     "does not fit the model, and nothing was loaded:\n  \
///      `dense.w` has shape (3, 2) in the file and (3, 4) in the model\n  \
///      `dense.b` has shape (2,) in the file and (4,) in the model"
/// ));
///
/// let whole: Model = Model::open(&path)?; // by what the file says: no program has to know the layers
/// assert_eq!(whole.predict(&x), saved.predict(&x));
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Saving: Sized {
    /// The element type of the parameters.
    type Element: Scalar;

    /// Writes the model into a `.safetensors` file: all parameters under their names, and in the metadata, as JSON, all
    /// else that [`ModelConfig`](nn::ModelConfig) has.
    ///
    /// What was there before stays until the new file is whole, however many threads or processes save to the path or
    /// open it at a time. Missing folders are created, a symbolic link is followed, and the mode of an existing file is
    /// kept; its owner becomes the one of this process. While it is written, the file is called
    /// `.NAME.0123456789abcdef.part`; what a killed process leaves under such a name is removed when the path is saved or
    /// opened the next time.
    ///
    /// # Errors
    /// If the file cannot be written, or the model could not be opened from it, because a layer does not describe itself:
    /// a [`Lambda`](nn::Lambda), or a layer of your own without a [`description`](nn::Module::description). The error names
    /// the layer, and nothing is written; [`save_weights`](Saving::save_weights) works for every model.
    fn save(&self, path: impl AsRef<Path>) -> Result<(), SaveError>;

    /// Writes all parameters under their names into a `.safetensors` file, and nothing else: to be [loaded](Saving::load)
    /// into a model of the same layers that a program builds. [`open`](Saving::open) cannot read such a file.
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
    /// assert!(matches!(model.save(&path), Err(SaveError::NoConfig { .. }))); // a file cannot hold a function
    /// model.save_weights(&path)?;
    /// model.load(&path)?;
    /// # std::fs::remove_file(path)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If the file cannot be written; what was there before stays.
    fn save_weights(&self, path: impl AsRef<Path>) -> Result<(), SaveError>;

    /// The model in a file that [`save`](Saving::save) wrote, or a resumable [`fit`](crate::Training::fit): its layers,
    /// losses and metrics as well as its weights.
    ///
    /// # Errors
    /// If the file cannot be read, holds the weights alone (see [`save_weights`](Saving::save_weights)), names something of the user's own making, or does not fit
    /// together: then all mismatches are listed. No more is taken from memory than the file has numbers for.
    fn open(path: impl AsRef<Path>) -> Result<Self, SaveError> {
        Self::open_with(path, &Registry::new())
    }

    /// The same, with layers and losses of the user's own.
    ///
    /// # Errors
    /// As [`open`](Saving::open).
    fn open_with(path: impl AsRef<Path>, registry: &Registry<Self::Element>) -> Result<Self, SaveError>;

    /// Reads all parameters from a file that [`save`](Saving::save) or [`save_weights`](Saving::save_weights) wrote, or a
    /// resumable [`fit`](crate::Training::fit), for a model of the same layers.
    ///
    /// The file may hold numbers of another type (16-bit floats, `f32` for a model in `f64`, integers) if the model's type
    /// holds each of them exactly. So `f64` fits an `f32` model only where nothing would be rounded; to round, convert the
    /// file. This goes for [`open`](Saving::open), [`load_torch`](Saving::load_torch) and [`load_npz`](Saving::load_npz) as
    /// well.
    ///
    /// # Errors
    /// If the file cannot be read, or anything in it does not fit: then all mismatches are listed, and nothing is
    /// loaded.
    fn load(&mut self, path: impl AsRef<Path>) -> Result<(), SaveError>;

    /// Writes all parameters as PyTorch's `state_dict` has them, for `safetensors.torch.load_file`: kernels transposed,
    /// under `weight` and `bias`; the names of `nn.Linear`, `Embedding`, `BatchNorm1d`, `LayerNorm` and `PReLU`. `modules` names the modules of PyTorch, one for each layer that has parameters, in
    /// their order: for an `nn.Sequential` of Linear, ReLU and Linear `["0", "2"]`.
    ///
    /// # Errors
    /// If the file cannot be written, or there are more or fewer modules than layers.
    fn save_torch(&self, path: impl AsRef<Path>, modules: &[&str]) -> Result<(), SaveError>;

    /// Reads what PyTorch wrote with `safetensors.torch.save_file(model.state_dict(), path)`; `modules` is as for
    /// [`save_torch`](Saving::save_torch).
    ///
    /// # Errors
    /// As [`load`](Saving::load).
    fn load_torch(&mut self, path: impl AsRef<Path>, modules: &[&str]) -> Result<(), SaveError>;

    /// Writes all parameters into an archive of NumPy, under their names.
    ///
    /// # Errors
    /// If the file cannot be written; what was there before stays.
    #[cfg(feature = "npz")]
    fn save_npz(&self, path: impl AsRef<Path>) -> Result<(), SaveError>;

    /// Reads all parameters from an archive of NumPy. Only arrays of the name and shape of a parameter are expanded, so
    /// memory is bounded by the size of the model.
    ///
    /// # Errors
    /// As [`load`](Saving::load).
    #[cfg(feature = "npz")]
    fn load_npz(&mut self, path: impl AsRef<Path>) -> Result<(), SaveError>;
}

impl<T: Scalar> Saving for Model<T> {
    type Element = T;

    fn save(&self, path: impl AsRef<Path>) -> Result<(), SaveError> {
        file::write(path.as_ref(), &file::named(self.params()), model::openable(self, path.as_ref())?)
    }

    fn save_weights(&self, path: impl AsRef<Path>) -> Result<(), SaveError> {
        file::write(path.as_ref(), &file::named(self.params()), Value::Null)
    }

    fn open_with(path: impl AsRef<Path>, registry: &Registry<T>) -> Result<Self, SaveError> {
        model::open(path.as_ref(), registry)
    }

    fn load(&mut self, path: impl AsRef<Path>) -> Result<(), SaveError> {
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
