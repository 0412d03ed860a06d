//! The elementwise operations of random programs, one line each.
//!
//! A line has the text, the largest operand it allows, the bound on its result, and the operation. Larger operands pass
//! through a sine first, so that the values of programs of any length stay moderate.

use super::Handle;

macro_rules! unary {
    ($( $name:ident $text:literal, $limit:expr, |$b:ident| $bound:expr, |$x:ident| $body:expr; )*) => {
        /// A function of one operand.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub(super) enum Unary { $($name),* }

        impl Unary {
            pub(super) const ALL: &[Unary] = &[$(Unary::$name),*];

            pub(super) fn text(self) -> &'static str {
                match self { $( Unary::$name => $text, )* }
            }
            pub(super) fn fits(self, b: f64) -> bool {
                match self { $( Unary::$name => b <= $limit, )* }
            }
            pub(super) fn bound(self, b: f64) -> f64 {
                match self { $( Unary::$name => { let $b = b; $bound } )* }
            }
            pub(super) fn apply<'t>(self, x: Handle<'t>) -> Handle<'t> {
                match (self, x) { $(
                    (Unary::$name, Handle::Scalar($x)) => Handle::Scalar($body),
                    (Unary::$name, Handle::Tensor($x)) => Handle::Tensor($body),
                )* }
            }
        }
    };
}

/// The largest operand of most functions.
const LARGE: f64 = 20.0;
const ANY: f64 = f64::INFINITY;

unary! {
    Neg "-{0}", ANY, |b| b, |x| -x;
    Sin "sin({0})", ANY, |_b| 1.0, |x| x.sin();
    Cos "cos({0})", ANY, |_b| 1.0, |x| x.cos();
    Square "{0}²", 4.0, |b| b * b, |x| x.square();
    Cube "{0}³", 2.5, |b| b.powi(3), |x| x.powi(3);
    Exp "exp({0})", 3.0, |b| b.exp(), |x| x.exp();
    Log "ln(1 + {0}²)", LARGE, |b| (1.0 + b * b).ln(), |x| (x.square() + 1.0).ln();
    Root "√(1 + {0}²)", LARGE, |b| 1.0 + b, |x| (x.square() + 1.0).sqrt();
    Recip "1/(1 + {0}²)", LARGE, |_b| 1.0, |x| 1.0 / (x * x + 1.0);
    Tanh "tanh({0})", LARGE, |_b| 1.0, |x| x.tanh();
    Sigmoid "σ({0})", LARGE, |_b| 1.0, |x| x.sigmoid();
    LogSigmoid "ln σ({0})", LARGE, |b| b + 1.0, |x| x.log_sigmoid();
    Softplus "softplus({0})", LARGE, |b| b + 1.0, |x| x.softplus();
    Relu "relu({0})", ANY, |b| b, |x| x.relu();
    Abs "|{0}|", ANY, |b| b, |x| x.abs();
    Clamp "clamp({0}, -1, 1)", ANY, |_b| 1.0, |x| x.clamp(-1.0, 1.0);
    Atan "atan({0})", LARGE, |_b| 1.6, |x| x.atan();
    Asinh "asinh({0})", LARGE, |b| b, |x| x.asinh();
    Sinh "sinh({0})", 3.0, |b| b.sinh(), |x| x.sinh();
    Erf "erf({0})", LARGE, |_b| 1.0, |x| x.erf();
    Gelu "gelu({0})", LARGE, |b| b, |x| x.gelu();
    Silu "silu({0})", LARGE, |b| b, |x| x.silu();
    Mish "mish({0})", LARGE, |b| b, |x| x.mish();
    Softsign "softsign({0})", LARGE, |_b| 1.0, |x| x.softsign();
}

macro_rules! binary {
    ($( $name:ident $text:literal, |$a:ident, $b:ident| $fits:expr, $bound:expr, |$x:ident, $y:ident| $body:expr; )*) => {
        /// A function of two operands, which broadcast.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub(super) enum Binary { $($name),* }

        impl Binary {
            pub(super) const ALL: &[Binary] = &[$(Binary::$name),*];

            pub(super) fn text(self) -> &'static str {
                match self { $( Binary::$name => $text, )* }
            }
            pub(super) fn fits(self, a: f64, b: f64) -> bool {
                match self { $( Binary::$name => { let ($a, $b) = (a, b); let _ = (&$a, &$b); $fits } )* }
            }
            pub(super) fn bound(self, a: f64, b: f64) -> f64 {
                match self { $( Binary::$name => { let ($a, $b) = (a, b); let _ = (&$a, &$b); $bound } )* }
            }
            /// A number on the left of a tensor is promoted to a 0-d one, where a method asks for the same kind.
            pub(super) fn apply<'t>(self, x: Handle<'t>, y: Handle<'t>) -> Handle<'t> {
                match (self, x, y) { $(
                    (Binary::$name, Handle::Scalar($x), Handle::Scalar($y)) => Handle::Scalar($body),
                    (Binary::$name, Handle::Tensor($x), Handle::Tensor($y)) => Handle::Tensor($body),
                    (Binary::$name, Handle::Tensor($x), Handle::Scalar($y)) => Handle::Tensor($body),
                    (Binary::$name, Handle::Scalar(x), Handle::Tensor($y)) => {
                        let $x = x.to_tensor();
                        Handle::Tensor($body)
                    }
                )* }
            }
        }
    };
}

binary! {
    Add "({0} + {1})", |a, b| true, a + b, |x, y| x + y;
    Sub "({0} - {1})", |a, b| true, a + b, |x, y| x - y;
    Mul "{0}·{1}", |a, b| a * b <= LARGE, a * b, |x, y| x * y;
    Div "{0}/(1 + {1}²)", |a, b| b <= LARGE, a, |x, y| x / (y * y + 1.0);
    Maximum "max({0}, {1})", |a, b| true, a.max(b), |x, y| x.maximum(y);
    Minimum "min({0}, {1})", |a, b| true, a.max(b), |x, y| x.minimum(y);
    LogAddExp "ln(exp {0} + exp {1})", |a, b| a.max(b) <= LARGE, a.max(b) + 1.0, |x, y| x.log_add_exp(y);
    Atan2 "atan2({0}, 1 + {1}²)", |a, b| a.max(b) <= LARGE, 1.6, |x, y| x.atan2(y * y + 1.0);
    Hypot "hypot({0}, 1 + {1}²)", |a, b| b <= 4.0 && a <= LARGE, a + b * b + 1.0, |x, y| x.hypot(y * y + 1.0);
    Pow "(1 + {0}²)^{1}", |a, b| a <= 2.0 && b <= 2.0, (1.0 + a * a).powf(b), |x, y| (x * x + 1.0).pow(y);
    Xlogy "{0}·ln(1 + {1}²)", |a, b| a * b <= LARGE, a * b, |x, y| x.xlogy(y * y + 1.0);
    MulAdd "({0}·{1} + {0})", |a, b| a * b <= LARGE, a * b + a, |x, y| x.mul_add(y, x);
}
