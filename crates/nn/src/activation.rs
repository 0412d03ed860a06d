//! What stands between layers: functions of one number that are no straight lines, and two of a row.
//!
//! Their formulas are the engine's: this file gives them names. The one table says of each activation its name and
//! which primitive it is, and both ways of running it, on variables and on plain tensors, read that table.

mod composed;

use crate::named::{UnknownName, split_any};
use autograd::rules::{Binary, Unary};
use autograd::{Scalar, Tape, TensorVar};
use std::fmt;
use std::str::FromStr;
use tensor::Tensor;

/// What an activation is to the engine.
enum Primitive {
    Identity,
    Unary(Unary),
    /// With a number on the right.
    Binary(Binary, f64),
    /// Along the last axis.
    Softmax,
    LogSoftmax,
    /// Of several primitives.
    Composed(composed::Composed),
}

macro_rules! activations {
    ($( $(#[$doc:meta])* $variant:ident $(($($field:ident = $default:expr),+))? $name:literal $primitive:expr; )*) => {
        /// An activation function.
        ///
        /// The variants are meant to be used by their bare names: `.activation(Relu)`. Their names as text are
        /// Keras's, with numbers in brackets where there is a choice.
        ///
        /// ```
        /// use autograd::Tape;
        /// use nn::{Activation, LeakyRelu, Relu};
        /// use tensor::tensor;
        ///
        /// let tape = Tape::new();
        /// let x = tape.var(tensor![-2.0, 3.0]);
        /// let y = Relu.apply(x);
        /// assert_eq!(y.value(), tensor![0.0, 3.0]);
        /// assert_eq!(y.sum().backward().wrt(x), tensor![0.0, 1.0]);
        ///
        /// assert_eq!("leaky_relu(0.1)".parse(), Ok(LeakyRelu(0.1)));
        /// assert_eq!(Activation::all().map(|a| a.to_string()).take(3).collect::<Vec<_>>(), ["linear", "relu", "relu(0, inf, 0)"]);
        /// ```
        #[derive(Clone, Copy, Debug, Default, PartialEq)]
        #[non_exhaustive]
        pub enum Activation { $( $(#[$doc])* $variant $(($(activations!(@type $field)),+))?, )* }

        impl Activation {
            /// Every activation, those with numbers at their defaults.
            pub fn all() -> impl Iterator<Item = Activation> {
                [$( Activation::$variant $(($($default),+))? ),*].into_iter()
            }

            /// The name without its numbers.
            fn spelled(self) -> &'static str {
                match self { $( Activation::$variant { .. } => $name, )* }
            }

            /// The numbers, if it has any.
            fn numbers(self) -> Vec<f64> {
                match self { $( $( Activation::$variant($($field),+) => vec![$($field),+], )? )* _ => Vec::new() }
            }

            /// The same activation with other numbers.
            fn with_numbers(self, numbers: &[f64]) -> Option<Activation> {
                match (self, numbers) {
                    $( $( (Activation::$variant { .. }, &[$($field),+]) => Some(Activation::$variant($($field),+)), )? )*
                    _ => None,
                }
            }

            fn primitive(self) -> Primitive {
                match self { $( Activation::$variant $(($($field),+))? => $primitive, )* }
            }
        }
    };
    (@type $field:ident) => { f64 };
}

activations! {
    /// x itself: no activation.
    #[default]
    Linear "linear" Primitive::Identity;
    /// max(x, 0), the rectified linear unit (Nair and Hinton 2010). Slope 0 at 0.
    Relu "relu" Primitive::Unary(Unary::Relu);
    /// ReLU with a slope below the threshold, an upper bound, and a threshold: `max` from there on, x from the
    /// threshold to `max`, and slope (x - threshold) below. In Keras these are the arguments of `relu`, 0, none and 0 by
    /// default; no bound is an infinite one. Slopes at the corners are those of the lower side at a threshold of 0, and 0
    /// at the bound.
    GeneralRelu(slope = 0.0, max = f64::INFINITY, threshold = 0.0) "relu"
        Primitive::Composed(composed::Composed::GeneralRelu { slope, max, threshold });
    /// x above the threshold, the given value from there down; Keras's defaults are 0 and 0.
    Threshold(threshold = 0.0, value = 0.0) "threshold"
        Primitive::Composed(composed::Composed::Threshold { threshold, value });
    /// min(max(x, 0), 6) (Krizhevsky 2010).
    Relu6 "relu6" Primitive::Unary(Unary::Relu6);
    /// x above 0, the given slope times x below (Maas, Hannun and Ng 2013); Keras's default slope is 0.2.
    LeakyRelu(slope = 0.2) "leaky_relu" Primitive::Binary(Binary::LeakyRelu, slope);
    /// x above 0, α (eˣ - 1) below (Clevert, Unterthiner and Hochreiter 2015); Keras's default α is 1.
    Elu(alpha = 1.0) "elu" Primitive::Binary(Binary::Elu, alpha);
    /// λ times ELU with constants that keep mean 0 and variance 1 from layer to layer (Klambauer et al. 2017). To be
    /// used with [`Init::LecunNormal`](crate::Init::LecunNormal).
    Selu "selu" Primitive::Unary(Unary::Selu);
    /// x Φ(x), Φ the normal distribution function (Hendrycks and Gimpel 2016).
    Gelu "gelu" Primitive::Unary(Unary::Gelu);
    /// [`Gelu`](Activation::Gelu) with Φ approximated by tanh, as GPT-2 has it.
    GeluTanh "gelu_tanh" Primitive::Unary(Unary::GeluTanh);
    /// x σ(x), also called swish (Elfwing, Uchibe and Doya 2017).
    Silu "silu" Primitive::Unary(Unary::Silu);
    /// x tanh(softplus(x)) (Misra 2019).
    Mish "mish" Primitive::Unary(Unary::Mish);
    /// ln(1 + eˣ), a smooth ReLU (Dugas et al. 2001).
    Softplus "softplus" Primitive::Unary(Unary::Softplus);
    /// x / (1 + |x|), which saturates slowly (Bergstra et al. 2009).
    Softsign "softsign" Primitive::Unary(Unary::Softsign);
    /// σ(x) = 1 / (1 + e⁻ˣ), the logistic function: a probability. With the loss `bce_with_logits` leave it out.
    Sigmoid "sigmoid" Primitive::Unary(Unary::Sigmoid);
    /// ln σ(x).
    LogSigmoid "log_sigmoid" Primitive::Unary(Unary::LogSigmoid);
    /// min(max(x, -1), 1).
    HardTanh "hard_tanh" Primitive::Unary(Unary::HardTanh);
    /// min(max(x/6 + 1/2, 0), 1), a sigmoid of three straight lines.
    HardSigmoid "hard_sigmoid" Primitive::Composed(composed::Composed::HardSigmoid);
    /// x times [`HardSigmoid`](Activation::HardSigmoid), also called hard swish (Howard et al. 2019).
    HardSilu "hard_silu" Primitive::Composed(composed::Composed::HardSilu);
    /// x above 0, α (e^(x/α) - 1) below: smooth at 0 for every α (Barron 2017); Keras's default α is 1.
    Celu(alpha = 1.0) "celu" Primitive::Composed(composed::Composed::Celu(alpha));
    /// x where |x| > λ, else 0; Keras's default λ is 0.5.
    HardShrink(lambda = 0.5) "hard_shrink" Primitive::Composed(composed::Composed::HardShrink(lambda));
    /// x brought nearer to 0 by λ, and 0 where |x| ≤ λ; Keras's default λ is 0.5.
    SoftShrink(lambda = 0.5) "soft_shrink" Primitive::Composed(composed::Composed::SoftShrink(lambda));
    /// x - tanh x.
    TanhShrink "tanh_shrink" Primitive::Composed(composed::Composed::TanhShrink);
    /// (x + √(x² + b)) / 2, a softplus without exponentials (Barron 2021); Keras's default b is 4.
    Squareplus(b = 4.0) "squareplus" Primitive::Composed(composed::Composed::Squareplus(b));
    /// (x + 1)²/4 between -1 and 1, 0 below, x above: a softplus that is exactly 0.
    SparsePlus "sparse_plus" Primitive::Composed(composed::Composed::SparsePlus);
    /// min(max((x + 1)/2, 0), 1), the slope of [`SparsePlus`](Activation::SparsePlus).
    SparseSigmoid "sparse_sigmoid" Primitive::Composed(composed::Composed::SparseSigmoid);
    /// The nearest point of the simplex along the last axis: probabilities of which many are exactly 0 (Martins and
    /// Astudillo 2016).
    Sparsemax "sparsemax" Primitive::Composed(composed::Composed::Sparsemax);
    /// The hyperbolic tangent.
    Tanh "tanh" Primitive::Unary(Unary::Tanh);
    /// eˣ.
    Exp "exponential" Primitive::Unary(Unary::Exp);
    /// eˣ / Σ eˣ along the last axis: probabilities of classes. With the loss `softmax_cross_entropy` leave it out.
    Softmax "softmax" Primitive::Softmax;
    /// ln softmax(x) along the last axis.
    LogSoftmax "log_softmax" Primitive::LogSoftmax;
    /// 0 below zero, 1 from zero on: the step of the first artificial neurons (McCulloch and Pitts 1943). Its slope is
    /// 0 everywhere, so nothing before it learns by gradients.
    Heaviside "heaviside" Primitive::Unary(Unary::Heaviside);
    /// [`Heaviside`](Activation::Heaviside) forwards, the slope of [`HardTanh`](Activation::HardTanh) backwards: the
    /// straight-through estimator (Bengio, Léonard and Courville 2013), cut off where it is far from the step. The slope
    /// is not that of the value, so gradient checks refuse it; yet neurons before it learn.
    StraightThrough "straight_through" Primitive::Composed(composed::Composed::StraightThrough);
}

impl Activation {
    /// The activation of a variable, recorded.
    #[track_caller]
    pub fn apply<'t, T: Scalar>(self, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        match self.primitive() {
            Primitive::Identity => x,
            Primitive::Unary(op) => x.unary(op),
            Primitive::Binary(op, c) => x.binary_with(op, T::from_f64(c)),
            Primitive::Softmax => x.softmax(-1),
            Primitive::LogSoftmax => x.log_softmax(-1),
            Primitive::Composed(function) => function.apply(x),
        }
    }

    /// The activation of plain numbers.
    ///
    /// ```
    /// use tensor::tensor;
    /// assert_eq!(nn::Elu(2.0).of(tensor![f64::NEG_INFINITY, 3.0]), tensor![-2.0, 3.0]);
    /// ```
    #[track_caller]
    pub fn of<T: Scalar>(self, x: Tensor<T>) -> Tensor<T> {
        match self.primitive() {
            Primitive::Identity => x,
            Primitive::Unary(op) => T::apply_unary(op, &x),
            Primitive::Binary(op, c) => T::apply_binary(op, &x, &Tensor::scalar(T::from_f64(c))),
            Primitive::Softmax => x.softmax(-1),
            Primitive::LogSoftmax => x.log_softmax(-1),
            Primitive::Composed(function) => {
                let tape = Tape::default();
                tape.no_grad(|| function.apply(tape.constant(x)).value())
            }
        }
    }
}

impl fmt::Display for Activation {
    /// Keras's name, and its numbers in brackets if it has any: what [`FromStr`] reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.spelled())?;
        let numbers: Vec<String> = self.numbers().iter().map(f64::to_string).collect();
        if numbers.is_empty() { Ok(()) } else { write!(f, "({})", numbers.join(", ")) }
    }
}

impl FromStr for Activation {
    type Err = UnknownName;

    /// Keras's name, or `swish` or `hard_swish`, with numbers in brackets where there is a choice: `elu(0.5)`, `relu(0.1, 6, 0)`. Without
    /// them, Keras's defaults.
    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let read = || {
            let (name, numbers) = split_any(text)?;
            let name = match name {
                "swish" => "silu",
                "hard_swish" => "hard_silu",
                name => name,
            };
            let mut of_name = Activation::all().filter(|a| a.spelled() == name);
            let found = match &numbers[..] {
                [] => of_name.next(),
                numbers => of_name.find_map(|a| a.with_numbers(numbers)),
            };
            found.filter(|a| match *a {
                // No bound is an infinite one.
                Activation::GeneralRelu(slope, max, threshold) => {
                    slope.is_finite() && threshold.is_finite() && max > threshold
                }
                a => a.numbers().iter().all(|c| c.is_finite()),
            })
        };
        read().ok_or_else(|| UnknownName::new("activation", text, Activation::all()))
    }
}

#[cfg(test)]
mod tests;
