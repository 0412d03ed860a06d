//! The operations of random programs on whole tensors. All tensors of a program broadcast to (n, n), so their shapes
//! fit.

use super::Handle;
use crate::core::var::TensorVar;
use crate::ops::{concat, einsum};
use crate::transform::checkpoint;
use tensor::{Slice, keep};

type Array<'t> = TensorVar<'t>;

macro_rules! arrays {
    ($(
        $name:ident $text:literal, |$b:ident, $n:ident| $fits:expr, $bound:expr, $kind:ident |$x:ident, $y:ident| $body:expr;
    )*) => {
        /// A function of one or two tensors. A scalar operand counts as a vector of n equal elements.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub(super) enum Arrays { $($name),* }

        impl Arrays {
            pub(super) const ALL: &[Arrays] = &[$(Arrays::$name),*];

            pub(super) fn text(self) -> &'static str {
                match self { $( Arrays::$name => $text, )* }
            }
            /// Whether the result is a scalar.
            pub(super) fn is_scalar(self) -> bool {
                match self { $( Arrays::$name => stringify!($kind) == "Scalar", )* }
            }
            /// Whether operands with elements of up to b in absolute value, and axes of size n, are allowed.
            pub(super) fn fits(self, b: f64, n: f64) -> bool {
                match self { $( Arrays::$name => { let ($b, $n) = (b, n); let _ = (&$b, &$n); $fits } )* }
            }
            /// The bound on the absolute value of the result.
            pub(super) fn bound(self, b: f64, n: f64) -> f64 {
                match self { $( Arrays::$name => { let ($b, $n) = (b, n); let _ = (&$b, &$n); $bound } )* }
            }
            pub(super) fn apply<'t>(self, x: Handle<'t>, y: Handle<'t>, n: usize) -> Handle<'t> {
                let (x, y) = (Operand::new(x, n), Operand::new(y, n));
                match self { $( Arrays::$name => { let ($x, $y) = (x, y); let _ = &$y; Handle::$kind($body) } )* }
            }
        }
    };
}

const LARGE: f64 = 20.0;

arrays! {
    Sum "sum({0})", |b, n| true, b * n * n, Scalar |x, y| x.it.sum();
    Transpose "{0}ᵀ", |b, n| true, b, Tensor |x, y| x.it.transpose();
    MatMul "square({0})·square({1})", |b, n| b * b * n <= LARGE, b * b * n, Tensor |x, y| x.square().matmul(y.square());
    SelfMatMul "square({0})·square({0})ᵀ", |b, n| b * b * n <= LARGE, b * b * n, Tensor
        |x, y| x.square().matmul(x.square().transpose());
    MatVec "square({0})·diagonal({1})", |b, n| b * b * n <= LARGE, b * b * n, Tensor
        |x, y| x.square().matmul(y.diagonal());
    Dot "<diagonal({0}), diagonal({1})>", |b, n| b * b * n <= LARGE, b * b * n, Scalar
        |x, y| x.diagonal().dot(y.diagonal());
    Einsum "einsum(ij,jk->ki, {0}, {1})", |b, n| b * b * n <= LARGE, b * b * n, Tensor
        |x, y| einsum("ij,jk->ki", x.square(), y.square());
    Linear "linear(square({0}), square({1}), diagonal({0}))", |b, n| b * b * n <= LARGE, b * b * n + b, Tensor
        |x, y| x.square().linear(y.square(), x.diagonal());
    Mean "mean({0})", |b, n| true, b, Scalar |x, y| x.it.mean();
    SumFirst "sum₀({0})", |b, n| true, b * n, Tensor |x, y| x.it.sum_over(keep(0));
    MeanLast "mean₋₁({0})", |b, n| true, b, Tensor |x, y| x.it.mean_over(keep(-1));
    Prod "prod({0})", |b, n| b.max(1.0).powf(n * n) <= LARGE, b.max(1.0).powf(n * n), Scalar |x, y| x.it.prod();
    Max "max({0})", |b, n| true, b, Scalar |x, y| x.it.max();
    MinLast "min₋₁({0})", |b, n| true, b, Tensor |x, y| x.it.min_over(keep(-1));
    Var "var({0})", |b, n| b <= 4.0, b * b, Scalar |x, y| x.it.var(0);
    LogSumExp "logsumexp₀({0})", |b, n| b <= LARGE, b + 3.0, Tensor |x, y| x.it.logsumexp_over(keep(0));
    Softmax "softmax₋₁({0})", |b, n| b <= LARGE, 1.0, Tensor |x, y| x.it.softmax(-1);
    LogSoftmax "log_softmax₋₁({0})", |b, n| b <= LARGE, 2.0 * b + 3.0, Tensor |x, y| x.it.log_softmax(-1);
    CumSum "cumsum₋₁({0})", |b, n| true, b * n, Tensor |x, y| x.it.cumsum(-1);
    CumProd "cumprod₀({0})", |b, n| b.max(1.0).powf(n) <= LARGE, b.max(1.0).powf(n), Tensor |x, y| x.it.cumprod(0);
    Flip "flip₀({0})", |b, n| true, b, Tensor |x, y| x.it.flip(0);
    Repeated "{0}[last, 0, last ...]", |b, n| true, b, Tensor |x, y| x.repeated();
    Shifted "concat₀({0}, {1})[1..n+1]", |b, n| true, b, Tensor |x, y| x.shifted(y);
    First "{0}[0 ...]", |b, n| true, b, Scalar |x, y| x.it.flatten().at([0]);
    Checkpoint "checkpoint(tanh({0})·{1})", |b, n| true, b, Tensor
        |x, y| checkpoint(|x| x[0].tanh() * x[1], &[x.it, y.it]);
    NestedCheckpoint "checkpoint(checkpoint(sin {0}))", |b, n| true, 1.0, Tensor
        |x, y| checkpoint(|x| checkpoint(|x| x[0].sin(), x), &[x.it]);
    Triangle "tril(square({0}))", |b, n| true, b, Tensor |x, y| x.square().tril(0);
}

/// An operand, and the size n of its program.
#[derive(Clone, Copy)]
struct Operand<'t> {
    it: Array<'t>,
    n: usize,
}

impl<'t> Operand<'t> {
    fn new(x: Handle<'t>, n: usize) -> Self {
        let it = match x {
            Handle::Tensor(x) => x,
            Handle::Scalar(x) => x.on_tape().stack(&vec![x; n]),
        };
        Operand { it, n }
    }

    /// Broadcast to (n, n).
    fn square(self) -> Array<'t> {
        self.it.broadcast_to([self.n, self.n])
    }

    /// The diagonal of the (n, n) matrix, a vector.
    fn diagonal(self) -> Array<'t> {
        let every: Vec<usize> = (0..self.n).map(|i| i * (self.n + 1)).collect();
        self.square().flatten().index_select(0, every)
    }

    /// The last and the first slice of the first axis, alternating.
    fn repeated(self) -> Array<'t> {
        let size = self.it.shape()[0];
        let places: Vec<usize> = (0..size).map(|i| if i % 2 == 0 { size - 1 } else { 0 }).collect();
        self.it.index_select(0, places)
    }

    /// n rows of both (n, n) matrices joined, starting with the second row.
    fn shifted(self, other: Self) -> Array<'t> {
        let n = self.n as isize;
        concat(&[self.square(), other.square()], 0).slice([Slice::from(1..n + 1)])
    }
}
