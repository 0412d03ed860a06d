//! What stands between layers: functions of one number that are no straight lines, and two of a row.
//!
//! Their formulas are the engine's: this file gives them names. The one table says of each activation its name and
//! which primitive it is, and both ways of running it, on variables and on plain tensors, read that table.

use crate::mode::Mode;
use crate::module::Module;
use crate::named::{UnknownName, split};
use crate::shape_error::ShapeError;
use autograd::ledger::{Binary, Unary};
use autograd::{Lent, Param, Params, Scalar, Value, Var};
use std::fmt;
use std::str::FromStr;
use tensor::{Shape, Tensor};

/// What an activation is to the engine.
enum Primitive {
    Identity,
    Unary(Unary),
    /// With a number on the right.
    Binary(Binary, f64),
    /// Along the last axis.
    Softmax,
    LogSoftmax,
}

macro_rules! activations {
    ($( $(#[$doc:meta])* $variant:ident $(($field:ident = $default:literal))? $name:literal $primitive:expr; )*) => {
        /// An activation function.
        ///
        /// The variants are meant to be used by their bare names: `.activation(Relu)`. Their names as text are
        /// Keras's, with a number in brackets where there is a choice.
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
        /// assert_eq!(Activation::all().map(|a| a.to_string()).take(3).collect::<Vec<_>>(), ["linear", "relu", "relu6"]);
        /// ```
        #[derive(Clone, Copy, Debug, Default, PartialEq)]
        #[non_exhaustive]
        pub enum Activation { $( $(#[$doc])* $variant $((activations!(@type $field)))?, )* }

        impl Activation {
            /// Every activation, those with a number at their default.
            pub fn all() -> impl Iterator<Item = Activation> {
                [$( Activation::$variant $(($default))? ),*].into_iter()
            }

            /// The name without its number.
            fn spelled(self) -> &'static str {
                match self { $( Activation::$variant { .. } => $name, )* }
            }

            /// The number, if it has one.
            fn number(self) -> Option<f64> {
                match self { $( $( Activation::$variant($field) => Some($field), )? )* _ => None }
            }

            /// The same activation with another number.
            fn with_number(self, number: f64) -> Option<Activation> {
                match self { $( $( Activation::$variant($field) => { let _ = $field; Some(Activation::$variant(number)) } )? )* _ => None }
            }

            fn primitive(self) -> Primitive {
                match self { $( Activation::$variant $(($field))? => $primitive, )* }
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
}

impl Activation {
    /// The activation of a variable, recorded.
    ///
    /// # Panics
    /// If a softmax is asked for of a 0-d tensor.
    #[track_caller]
    pub fn apply<'t, T: Scalar>(self, x: Var<'t, Tensor<T>>) -> Var<'t, Tensor<T>> {
        match self.primitive() {
            Primitive::Identity => x,
            Primitive::Unary(op) => Value::unary(x, op),
            Primitive::Binary(op, c) => Value::with_number(x, T::from_f64(c), op),
            Primitive::Softmax => x.softmax(-1),
            Primitive::LogSoftmax => x.log_softmax(-1),
        }
    }

    /// The activation of plain numbers.
    ///
    /// ```
    /// use tensor::tensor;
    /// assert_eq!(nn::Elu(2.0).of(tensor![f64::NEG_INFINITY, 3.0]), tensor![-2.0, 3.0]);
    /// ```
    ///
    /// # Panics
    /// If a softmax is asked for of a 0-d tensor.
    #[track_caller]
    pub fn of<T: Scalar>(self, x: Tensor<T>) -> Tensor<T> {
        match self.primitive() {
            Primitive::Identity => x,
            Primitive::Unary(op) => T::apply_unary(op, &x),
            Primitive::Binary(op, c) => T::apply_binary(op, &x, &Tensor::scalar(T::from_f64(c))),
            Primitive::Softmax => x.softmax(-1),
            Primitive::LogSoftmax => x.log_softmax(-1),
        }
    }
}

impl<T: Scalar> Module<T> for Activation {
    #[track_caller]
    fn call<'t>(&self, _: &Lent<'_, 't, T>, x: Var<'t, Tensor<T>>, _: &mut Mode<'_, T>) -> Var<'t, Tensor<T>> {
        self.apply(x)
    }
    fn parameters(&self) -> Vec<Param> {
        Vec::new()
    }
    #[track_caller]
    fn predict(&self, _: &Params<T>, x: &Tensor<T>) -> Tensor<T> {
        self.of(x.clone())
    }
    fn output_shape(&self, _: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
        Ok(input.clone())
    }
    fn output_activation(&self) -> Activation {
        *self
    }
    fn logits<'t>(&self, _: &Lent<'_, 't, T>, x: Var<'t, Tensor<T>>, _: &mut Mode<'_, T>) -> Var<'t, Tensor<T>> {
        x
    }
}

impl fmt::Display for Activation {
    /// Keras's name, and its number in brackets if it has one: what [`FromStr`] reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.spelled())?;
        match self.number() {
            Some(c) => write!(f, "({c})"),
            None => Ok(()),
        }
    }
}

impl FromStr for Activation {
    type Err = UnknownName;

    /// Keras's name, or `swish`, with a number in brackets where there is a choice: `elu(0.5)`. Without it, Keras's
    /// default.
    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let read = || {
            let (name, numbers) = split(text)?;
            let name = if name == "swish" { "silu" } else { name };
            let default = Activation::all().find(|a| a.spelled() == name)?;
            match numbers[..] {
                [] => Some(default),
                [c] => default.with_number(c),
                _ => None,
            }
        };
        read().ok_or_else(|| UnknownName::new("activation", text, Activation::all()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Activation::*;
    use autograd::Tape;
    use tensor::tensor;

    /// The value at 1 and at -2, from the formulas in arbitrary precision.
    const VALUES: [(Activation, f64, f64); 18] = [
        (Linear, 1.0, -2.0),
        (Relu, 1.0, 0.0),
        (Relu6, 1.0, 0.0),
        (LeakyRelu(0.3), 1.0, -0.6),
        (Elu(1.0), 1.0, -0.8646647167633873),
        (Selu, 1.0507009873554805, -1.520166468595695),
        (Gelu, 0.8413447460685429, -0.04550026389635841),
        (GeluTanh, 0.8411919906082768, -0.04540230591222498),
        (Silu, 0.7310585786300049, -0.23840584404423512),
        (Mish, 0.8650983882673103, -0.2525014826957089),
        (Softplus, 1.3132616875182228, 0.1269280110429725),
        (Softsign, 0.5, -0.6666666666666666),
        (Sigmoid, 0.7310585786300049, 0.11920292202211755),
        (LogSigmoid, -0.31326168751822286, -2.1269280110429727),
        (HardTanh, 1.0, -1.0),
        (Tanh, 0.7615941559557649, -0.9640275800758169),
        (Exp, std::f64::consts::E, 0.1353352832366127),
        (Heaviside, 1.0, 0.0),
    ];

    #[test]
    fn each_is_its_formula_on_tapes_and_on_tensors() {
        let x = tensor![1.0, -2.0];
        for (activation, at_one, at_minus_two) in VALUES {
            let tape = Tape::new();
            let y = activation.apply(tape.var(x.clone())).value();
            for (got, want) in y.to_vec().into_iter().zip([at_one, at_minus_two]) {
                assert!((got - want).abs() < 1e-14, "{activation}: {got}, not {want}");
            }
            assert_eq!(activation.of(x.clone()), y, "{activation}");
        }
        for activation in [Softmax, LogSoftmax] {
            let x = tensor![[1.0, -2.0, 0.5], [3.0, 3.0, 3.0]];
            let y = activation.apply(Tape::new().var(x.clone())).value();
            assert_eq!(activation.of(x), y);
            let sum: f64 =
                (0..3).map(|i| y.at([0, i])).map(|y: f64| if activation == Softmax { y } else { y.exp() }).sum();
            assert!((sum - 1.0).abs() < 1e-15);
        }
        assert_eq!(VALUES.len() + 2, Activation::all().count());
    }

    #[test]
    fn slopes_come_from_the_engine() {
        let tape = Tape::new();
        let x = tape.var(tensor![2.0, -2.0]);
        let slope = |a: Activation| a.apply(x).sum().backward().wrt(x);
        assert_eq!(slope(LeakyRelu(0.25)), tensor![1.0, 0.25]);
        assert_eq!(slope(Linear), tensor![1.0, 1.0]);
        assert_eq!(slope(Heaviside), tensor![0.0, 0.0]);
    }

    #[test]
    fn names_there_and_back() {
        for a in Activation::all().chain([LeakyRelu(0.01), Elu(1e-3)]) {
            assert_eq!(a.to_string().parse(), Ok(a));
        }
        assert_eq!("leaky_relu".parse(), Ok(LeakyRelu(0.2)));
        assert_eq!("swish".parse(), Ok(Silu));
        for bad in ["", "Relu", "relu(1)", "elu(1, 2)", "elu(x)"] {
            assert!(bad.parse::<Activation>().is_err(), "{bad}");
        }
    }
}
