//! Where weights start from.
//!
//! A layer's output should vary about as much as its input, and so should the gradients on their way back. With n
//! inputs of variance 1 a neuron's output has variance n Var(w): hence weights of a variance like 1/n. Which n counts,
//! and by what factor the activation shrinks the signal, is what the schemes differ in.

mod matrix;
mod name;
mod scaling;

pub use scaling::{Fan, Spread};

use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};
use tensor::{Real, Shape, Tensor};

/// How the numbers of a new parameter are chosen.
///
/// `fan_in` and `fan_out` are how many inputs feed a neuron and how many neurons an input feeds: the extents of a
/// kernel (in, out). A vector's length is both. The normal schemes are cut off at two standard deviations and drawn
/// wider by 1/0.8796 to make up for it, so that their variance is the one given here.
///
/// | scheme | variance of a weight | source |
/// |---|---|---|
/// | Glorot | 2 / (fan_in + fan_out) | Glorot and Bengio 2010; the default of Keras, and ours |
/// | He | 2 / fan_in | He, Zhang, Ren and Sun 2015: ReLU silences half of the neurons |
/// | LeCun | 1 / fan_in | LeCun, Bottou, Orr and Müller 1998; for SELU, Klambauer et al. 2017 |
///
/// Numbers are drawn in `f64` and rounded, so that one seed gives the same network in both precisions.
///
/// ```
/// use nn::Init;
/// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
/// use tensor::Tensor;
///
/// let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
/// let w: Tensor<f32> = Init::GlorotUniform.sample([300, 100], &mut rng);
/// let limit = (6.0_f32 / 400.0).sqrt();
/// assert!(w.abs().max() <= limit);
/// assert_eq!("he_normal".parse(), Ok(Init::HeNormal));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Init {
    /// Every number 0.
    Zeros,
    /// Every number 1.
    Ones,
    /// Every number this one.
    Constant(f64),
    /// Evenly from `low..high`; Keras's default is ±0.05.
    Uniform {
        /// The lower bound.
        low: f64,
        /// The upper bound.
        high: f64,
    },
    /// From the normal distribution; Keras's default is of standard deviation 0.05.
    Normal {
        /// The mean.
        mean: f64,
        /// The standard deviation.
        std: f64,
    },
    /// From a normal distribution cut off at two standard deviations; Keras's default is of standard deviation 0.05, which
    /// is that before the cut.
    TruncatedNormal {
        /// The mean.
        mean: f64,
        /// The standard deviation of the distribution that is cut.
        std: f64,
    },
    /// Of variance scale / fan; Keras's default is 1, fan_in, truncated normal.
    VarianceScaling {
        /// The factor.
        scale: f64,
        /// What it is divided by.
        fan: Fan,
        /// The form of the distribution.
        spread: Spread,
    },
    /// A matrix of orthonormal rows or columns, times a gain, 1 by default. Axes before the last count as one.
    Orthogonal(f64),
    /// Ones on the diagonal of a matrix, times a gain, 1 by default. Axes before the last count as one.
    Identity(f64),
    /// Evenly from ±√(6 / (fan_in + fan_out)).
    #[default]
    GlorotUniform,
    /// Normally, of variance 2 / (fan_in + fan_out).
    GlorotNormal,
    /// Evenly from ±√(6 / fan_in).
    HeUniform,
    /// Normally, of variance 2 / fan_in.
    HeNormal,
    /// Evenly from ±√(3 / fan_in).
    LecunUniform,
    /// Normally, of variance 1 / fan_in.
    LecunNormal,
}

/// A distribution, its numbers worked out.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Law {
    Constant(f64),
    Uniform(f64, f64),
    Normal(f64, f64),
    /// Mean and standard deviation of a normal distribution that is cut off at two of them.
    Truncated(f64, f64),
}

/// The standard deviation that is left of a normal distribution of standard deviation 1 when it is cut off at ±2.
const TRUNCATED_STD: f64 = 0.879_625_661_034_239_8;

impl Init {
    /// A tensor of new numbers.
    ///
    /// # Panics
    /// If a bound, mean or standard deviation is not finite, `low > high`, the standard deviation is negative, or a scale
    /// is not positive; if an orthogonal matrix or an identity is asked for of fewer than two axes.
    #[track_caller]
    pub fn sample<T: Real>(self, shape: impl Into<Shape>, rng: &mut (impl Rng + ?Sized)) -> Tensor<T> {
        let shape = shape.into();
        shape.size(); // refuses what is too large before fans are computed
        if let Init::Orthogonal(gain) | Init::Identity(gain) = self {
            let [ref before @ .., columns] = shape[..] else { self.no_matrix(&shape) };
            if before.is_empty() {
                self.no_matrix(&shape);
            }
            let rows = before.iter().product();
            let numbers = match self {
                Init::Identity(_) => matrix::identity(rows, columns, gain),
                _ => matrix::orthogonal(rows, columns, gain, rng),
            };
            return Tensor::from_vec(shape, numbers).cast();
        }
        let law = self.law(&shape);
        Tensor::build(shape, |out| {
            out.fill_with(|| {
                T::from_f64(match law {
                    Law::Constant(c) => c,
                    Law::Uniform(low, high) => low + (high - low) * rng.random::<f64>(),
                    Law::Normal(mean, std) => mean + std * normal(rng),
                    Law::Truncated(mean, std) => loop {
                        let z = normal(rng);
                        if z.abs() <= 2.0 {
                            break mean + std * z;
                        }
                    },
                })
            });
        })
    }

    /// Whether it starts matrices only.
    pub(crate) fn is_of_matrices(self) -> bool {
        matches!(self, Init::Orthogonal(_) | Init::Identity(_))
    }

    #[cold]
    #[track_caller]
    fn no_matrix(self, shape: &Shape) -> ! {
        panic!("Init: {self} starts a matrix, but shape {shape} has fewer than two axes")
    }

    #[track_caller]
    fn law(self, shape: &Shape) -> Law {
        let scaled = |scale: f64, fan: Fan, spread: Spread| {
            let variance = scale / fan.of(fans(shape));
            match spread {
                // A uniform distribution on ±l has variance l²/3.
                Spread::Uniform => Law::Uniform(-(3.0 * variance).sqrt(), (3.0 * variance).sqrt()),
                Spread::TruncatedNormal => Law::Truncated(0.0, variance.sqrt() / TRUNCATED_STD),
                Spread::Normal => Law::Normal(0.0, variance.sqrt()),
            }
        };
        let check = |mean: f64, std: f64| {
            let fits = mean.is_finite() && std.is_finite() && std >= 0.0;
            assert!(fits, "Init: there is no normal distribution of mean {mean} and standard deviation {std}");
        };
        match self {
            Init::Zeros => Law::Constant(0.0),
            Init::Ones => Law::Constant(1.0),
            Init::Constant(c) => Law::Constant(c),
            Init::Uniform { low, high } => {
                assert!(low <= high && (high - low).is_finite(), "Init: {low}..{high} is not a finite interval");
                Law::Uniform(low, high)
            }
            Init::Normal { mean, std } => {
                check(mean, std);
                Law::Normal(mean, std)
            }
            Init::TruncatedNormal { mean, std } => {
                check(mean, std);
                Law::Truncated(mean, std)
            }
            Init::VarianceScaling { scale, fan, spread } => {
                assert!(scale > 0.0 && scale.is_finite(), "Init: a variance cannot be scaled by {scale}");
                scaled(scale, fan, spread)
            }
            Init::GlorotUniform => scaled(1.0, Fan::Average, Spread::Uniform),
            Init::GlorotNormal => scaled(1.0, Fan::Average, Spread::TruncatedNormal),
            Init::HeUniform => scaled(2.0, Fan::In, Spread::Uniform),
            Init::HeNormal => scaled(2.0, Fan::In, Spread::TruncatedNormal),
            Init::LecunUniform => scaled(1.0, Fan::In, Spread::Uniform),
            Init::LecunNormal => scaled(1.0, Fan::In, Spread::TruncatedNormal),
            Init::Orthogonal(_) | Init::Identity(_) => unreachable!("a matrix is no sample of single numbers"),
        }
    }
}

/// A number from the normal distribution of mean 0 and standard deviation 1.
fn normal(rng: &mut (impl Rng + ?Sized)) -> f64 {
    StandardNormal.sample(rng)
}

/// fan_in and fan_out: the last two extents, each times all before them (the window of a convolution); 1 at least.
fn fans(shape: &Shape) -> (f64, f64) {
    let (a, b) = match shape[..] {
        [] => (1, 1),
        [n] => (n, n),
        [ref window @ .., fan_in, fan_out] => {
            let window: usize = window.iter().product();
            (window * fan_in, window * fan_out)
        }
    };
    (a.max(1) as f64, b.max(1) as f64)
}

#[cfg(test)]
mod tests;
