//! `Number` and `Array` for variables, so that a rule can run on variables and record its operations.
//!
//! Recorded gradients use this: the recorded sweep (`core/higher_order.rs`) runs the rules of the reverse sweep on
//! variables.

use crate::core::record;
use crate::core::value::Scalar;
use crate::core::var::{TensorVar, Var};
use crate::fast::nodes::NONE;
use crate::ops::custom;
use crate::rules::array::Array;
use crate::rules::linear::Weights;
use crate::rules::{Binary, Bounds, CustomRule, Op, Unary};
use std::sync::Arc;
use tensor::{Number, Real, Shape, Tensor};

macro_rules! number_for_var {
    ([$($t:tt)*] $v:ty, $($rest:tt)*) => {
        impl<'t, $($t)*> Number for Var<'t, $v> {
            $($rest)*
            #[track_caller]
            fn powi(self, n: i32) -> Self { record::unary(Unary::Powi(n), self, |x| x.powi(n)) }
            fn polygamma(self, n: u32) -> Self { Var::polygamma(self, n) }
            fn powf(self, exponent: Self) -> Self { self.binary(Binary::Pow, exponent) }
            fn atan2(self, other: Self) -> Self { self.binary(Binary::Atan2, other) }
            fn hypot(self, other: Self) -> Self { self.binary(Binary::Hypot, other) }
            fn rem(self, other: Self) -> Self { self.binary(Binary::Rem, other) }
            fn log_add_exp(self, other: Self) -> Self { self.binary(Binary::LogAddExp, other) }
            fn recip(self) -> Self { self.unary(Unary::Recip) }
            fn maximum(self, other: Self) -> Self { self.binary(Binary::Maximum, other) }
            fn minimum(self, other: Self) -> Self { self.binary(Binary::Minimum, other) }
            fn sign(self) -> Self { self.unary(Unary::Sign) }
            fn heaviside(self) -> Self { self.unary(Unary::Heaviside) }
            fn mul_add(self, other: Self, addend: Self) -> Self { self * other + addend }
            fn absent_mul(self, other: Self) -> Self { self.binary(Binary::AbsentMul, other) }
            fn direction(self, other: Self) -> Self { self.binary(Binary::Direction, other) }
            fn inversion(self, other: Self) -> Self { self.binary(Binary::Inversion, other) }
            fn pow_base(self, exponent: Self) -> Self { self.binary(Binary::PowBase, exponent) }
            fn pow_exponent(self, exponent: Self) -> Self { self.binary(Binary::PowExponent, exponent) }
            number_for_var!(@unary sqrt Sqrt cbrt Cbrt exp Exp exp2 Exp2 exp_m1 ExpM1 ln Ln log2 Log2 log10 Log10
                ln_1p Ln1p sin Sin cos Cos tan Tan asin Asin acos Acos atan Atan sinh Sinh cosh Cosh tanh Tanh
                abs Abs floor Floor ceil Ceil round Round trunc Trunc asinh Asinh acosh Acosh atanh Atanh
                sigmoid Sigmoid softplus Softplus erf Erf erfc Erfc ln_gamma LnGamma
                bell Bell twice Twice one_minus_square OneMinusSquare lorentzian Lorentzian);
        }
    };
    (@unary $($name:ident $op:ident)*) => {
        $( fn $name(self) -> Self { record::unary(Unary::$op, self, |x| x.$name()) } )*
    };
}

// For scalars, a branch is decided when it is recorded.
number_for_var! { [T: Scalar] T,
    type Mask = bool;
    fn lit(self, value: f64) -> Self { Var { tape: self.tape, id: NONE, carried: T::from_f64(value) } }
    fn is_gt(self, other: Self) -> bool { self.carried > other.carried }
    fn is_ge(self, other: Self) -> bool { self.carried >= other.carried }
    fn is_eq(self, other: Self) -> bool { self.carried == other.carried }
    fn select(mask: bool, yes: Self, no: Self) -> Self { if mask { yes } else { no } }
    fn flat(self) -> Self {
        // The derivative of 0 is 0, so only a NaN needs a node.
        if Real::is_nan(self.carried) { self.unary(Unary::Flat) } else { self.lit(0.0) }
    }
    fn quotient_derivative(self, divisor: Self) -> Self {
        let quotient = self.carried / divisor.carried;
        divisor.recip().nan_unless(!Real::is_nan(quotient), [self, divisor])
    }
    fn nan_unless<const K: usize>(self, mask: bool, of: [Self; K]) -> Self {
        if mask { self } else { (total(self, of) + self.lit(f64::NAN)).flat() }
    }
}

// For tensors, a branch is a mask, a constant on the tape.
number_for_var! { [T: Scalar] Tensor<T>,
    type Mask = Self;
    fn lit(self, value: f64) -> Self { self.on_tape().constant(Tensor::scalar(T::from_f64(value))) }
    fn is_gt(self, other: Self) -> Self { self.on_tape().constant(self.primal().gt(other.primal())) }
    fn is_ge(self, other: Self) -> Self { self.on_tape().constant(self.primal().ge(other.primal())) }
    fn is_eq(self, other: Self) -> Self { self.on_tape().constant(self.primal().equals(other.primal())) }
    fn select(mask: Self, yes: Self, no: Self) -> Self { Var::where_(yes, &mask.primal(), no) }
    fn flat(self) -> Self {
        if self.primal().is_finite() { self.lit(0.0) } else { self.unary(Unary::Flat) }
    }
    fn quotient_derivative(self, divisor: Self) -> Self {
        let quotient = self.on_tape().constant(T::apply_binary(Binary::Div, &self.primal(), &divisor.primal()));
        divisor.recip().nan_unless(quotient.is_eq(quotient), [self, divisor])
    }
    fn nan_unless<const K: usize>(self, mask: Self, of: [Self; K]) -> Self {
        if mask.primal().to_vec().iter().all(|&m| m != T::ZERO) {
            return self;
        }
        // Added, not selected: on a strict tape, a NaN that is not selected would make the derivatives NaN.
        self + Self::select(mask, self.lit(0.0), total(self, of) + self.lit(f64::NAN)).flat()
    }
}

/// The sum of `of`, the variables that `x` is computed from.
fn total<N: Number, const K: usize>(x: N, of: [N; K]) -> N {
    of.into_iter().reduce(|a, b| a + b).unwrap_or(x)
}

impl<'t, T: Scalar> Array for TensorVar<'t, T> {
    type T = T;

    fn shape(&self) -> Shape {
        (*self).shape()
    }
    #[track_caller]
    fn apply(op: Op<T>, xs: &[&Self]) -> Self {
        let ids: smallvec::SmallVec<[u32; 4]> = xs.iter().map(|x| x.id).collect();
        xs[0].on_tape().record(op, &ids)
    }
    fn constant(&self, value: Tensor<T>) -> Self {
        self.on_tape().constant(value)
    }
    fn primal(&self) -> Tensor<T> {
        (*self).value()
    }
    fn weights(derivative: &Weights<Self>) -> Self {
        match derivative {
            Weights::Given(w) => *w,
            Weights::Unary(op, x, y) => op.derivative(**x, **y),
            Weights::Binary(op, k, a, b) => op.wrt(*k, **a, **b),
        }
    }
    /// Runs the custom rule on variables if there is one; otherwise the result cannot be differentiated again.
    fn custom_vjp(op: &Arc<dyn CustomRule<T>>, g: &Self, xs: &[&Self], y: &Self) -> Vec<Self> {
        custom::vjp_recorded(op, *g, &xs.iter().map(|&&x| x).collect::<Vec<_>>(), *y)
    }
    fn custom_jvp(op: &Arc<dyn CustomRule<T>>, xs: &[&Self], dxs: &[Option<&Self>], y: &Self) -> Option<Self> {
        let owned = |dxs: &[Option<&Self>]| dxs.iter().map(|dx| dx.copied()).collect::<Vec<_>>();
        Some(custom::jvp_recorded(op, &xs.iter().map(|&&x| x).collect::<Vec<_>>(), &owned(dxs), *y))
    }
    fn clamp_derivative(bounds: Bounds, k: usize, [x, lo, hi]: [&Self; 3]) -> Self {
        bounds.derivative(k, *x, *lo, *hi)
    }
    fn direction(x: &Self, _: &Self, axes: &[usize]) -> Self {
        Self::apply(Op::Direction(axes.into()), &[x])
    }
}
