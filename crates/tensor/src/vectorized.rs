//! The elementwise functions whose kernels are compiled in this crate, and not again in every crate that uses them.
//!
//! The table names each function and its formula. `functions.rs` turns it into kernels.

/// Calls a macro with each table of functions: a variant, its name in messages, whether AVX-512 pays (`simd512`), and
/// the formula. Most are methods of tensors; the others are primitives of the `autograd` crate.
macro_rules! table {
    ($callback:ident!) => {
        $callback! { Function1 run1 Map1 1
            Neg "neg" simd |x| -x;
            Recip "recip" simd |x| x.recip();
            Square "square" simd |x| x * x;
            Sqrt "sqrt" simd |x| x.sqrt();
            Exp "exp" simd512 |x| x.exp();
            Ln "ln" simd512 |x| x.ln();
            Sin "sin" simd512 |x| x.sin();
            Cos "cos" simd512 |x| x.cos();
            Tanh "tanh" simd512 |x| x.tanh();
            Sigmoid "sigmoid" simd512 |x| x.sigmoid();
            LogSigmoid "log_sigmoid" simd512 |x| formulas::log_sigmoid(x);
            Softplus "softplus" simd512 |x| x.softplus();
            Relu "relu" simd |x| formulas::relu(x);
            Selu "selu" simd512 |x| formulas::selu(x);
            Gelu "gelu" simd512 |x| formulas::gelu(x);
            Silu "silu" simd512 |x| formulas::silu(x);
            HardTanh "hard_tanh" simd |x| formulas::hard_tanh(x);
            Abs "abs" simd |x| x.abs();
            Flat "flat" simd |x| x.flat();
            Twice "twice" simd |x| x.twice();
            OneMinusSquare "one_minus_square" simd |x| x.one_minus_square();
            Lorentzian "lorentzian" simd |x| x.lorentzian();
            Bell "bell" simd512 |x| x.bell();
        }
        $callback! { Function2 run2 Map2 2
            Add "add" simd |a, b| a + b;
            Sub "sub" simd |a, b| a - b;
            Mul "mul" simd |a, b| a * b;
            Div "div" simd |a, b| a / b;
            Rem "rem" simd |a, b| a.rem(b);
            Maximum "maximum" simd |a, b| a.maximum(b);
            Minimum "minimum" simd |a, b| a.minimum(b);
            LeakyRelu "leaky_relu" simd |x, negative_slope| formulas::leaky_relu(x, negative_slope);
            Elu "elu" simd |x, alpha| formulas::elu(x, alpha);
            SquaredError "squared_error" simd |a, b| formulas::squared_error(a, b);
            AbsoluteError "absolute_error" simd |a, b| formulas::absolute_error(a, b);
            BceWithLogits "bce_with_logits" simd |z, t| formulas::bce_with_logits(z, t);
            AbsentMul "absent_mul" simd |a, b| a.absent_mul(b);
            Gt "gt" simd |a, b| formulas::indicator(a, a.is_gt(b));
            Ge "ge" simd |a, b| formulas::indicator(a, a.is_ge(b));
            Lt "lt" simd |a, b| formulas::indicator(a, b.is_gt(a));
            Le "le" simd |a, b| formulas::indicator(a, b.is_ge(a));
            Equals "equals" simd |a, b| formulas::indicator(a, a.is_eq(b));
        }
        $callback! { Function3 run3 Map3 3
            Where "where_" simd |mask, yes, no| N::select(mask.is_eq(mask.lit(0.0)), no, yes);
            Clamp "clamp" simd |x, lo, hi| formulas::clamp(x, lo, hi);
            MulAdd "mul_add" simd |x, a, b| x.mul_add(a, b);
        }
    };
}
pub(crate) use table;

macro_rules! declare {
    ($function:ident $run:ident $map:ident $n:literal
     $($op:ident $name:literal $simd:ident |$($x:ident),+| $formula:expr;)*) => {
        #[doc = concat!("An elementwise function of ", $n, " argument(s) with a vectorized kernel.")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs)] // each has the name of its method or formula
        pub enum $function { $($op),* }

        impl $function {
            /// The name of the method or operator.
            pub fn name(self) -> &'static str {
                match self { $( $function::$op => $name ),* }
            }
        }
    };
}
table!(declare!);

/// A type whose elementwise kernels are compiled in this crate.
///
/// Each method writes the values of the function at matching elements of slices of one length.
pub trait Vectorized: Sized {
    #[doc(hidden)]
    fn run1(f: Function1, x: [&[Self]; 1], out: &mut [Self]);
    #[doc(hidden)]
    fn run2(f: Function2, x: [&[Self]; 2], out: &mut [Self]);
    #[doc(hidden)]
    fn run3(f: Function3, x: [&[Self]; 3], out: &mut [Self]);
}
