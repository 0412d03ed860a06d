//! The rules of reductions. Each is given by its weight, the elementwise derivative w = ∂y/∂x.
//!
//! The contribution is w · g, with g broadcast over the reduced axes; the tangent is the sum of w · dx over them. The
//! same weight serves both directions and all orders.

use super::linear::Linear;
use super::{Op, Unary};
use crate::rules::Element;
use crate::rules::arrange::Arrange;
use crate::rules::array::{Array, Product, kept_shape};
use tensor::elementwise::map2;
use tensor::{Number, Reduction, Shape, Tensor};

/// The derivative of a reduction, given y = r(x).
pub(crate) fn rule<'a, A: Array>(r: Reduction, axes: &'a [usize], keep: bool, x: &A, y: &A) -> Linear<'a, A> {
    let shape = x.shape();
    let n: usize = axes.iter().map(|&a| shape[a]).product();
    let factor = if r == Reduction::Mean { 1.0 / n as f64 } else { 1.0 };
    if matches!(r, Reduction::Sum | Reduction::Mean) {
        return Linear::Sum { axes, keep, shape, factor };
    }
    let y = if keep { y.clone() } else { y.reshape(&kept_shape(&shape, axes)) };
    Linear::Dot { weights: weights(r, axes, x, &y), axes: axes.into(), keep }
}

/// ∂y/∂x element by element, where `y` keeps the reduced axes with size 1.
fn weights<A: Array>(r: Reduction, axes: &[usize], x: &A, y: &A) -> A {
    let n: usize = axes.iter().map(|&a| x.shape()[a]).product();
    match r {
        Reduction::Sum | Reduction::Mean => unreachable!("sums and means have a constant weight"),
        // The product of all other elements, those before times those after, which is right for zeros too.
        Reduction::Prod => of_others(x, axes, Fold::Product),
        // The extreme elements get equal parts.
        Reduction::Max | Reduction::Min => x.constant(tie_weights(&x.primal(), &y.primal(), axes)),
        // 2 (x - mean) / (n - ddof)
        Reduction::Var(ddof) => centered(x, axes).scale(2.0 / (n as f64 - ddof as f64)),
        // (x - mean) / ((n - ddof) y), and 0 where y is 0
        Reduction::Std(ddof) => over_or_zero(&centered(x, axes).scale(1.0 / (n as f64 - ddof as f64)), y),
        Reduction::Norm1 => x.unary(Unary::Sign),
        Reduction::Norm2 => A::direction(x, y, axes),
        // The elements of largest absolute value get equal parts, with their signs.
        Reduction::NormInf => {
            let size = x.primal();
            let w = tie_weights(&size.abs(), &y.primal(), axes);
            x.constant(w).mul(&x.unary(Unary::Sign))
        }
        // e^(x - y), and 0 where y is -inf; divided by their sum, which is 1 up to the rounding of y.
        Reduction::LogSumExp => {
            let none = y.primal().equals(T::<A>(f64::NEG_INFINITY));
            let parts = x.zero().where_(none, &difference(x, y).unary(Unary::Exp));
            over_or_zero(&parts, &parts.sum_kept(axes))
        }
    }
}

/// A constant of the array's element type.
#[allow(non_snake_case)]
fn T<A: Array>(x: f64) -> A::T {
    tensor::Real::from_f64(x)
}

/// 1/count for the elements equal to the result y of their group (NaN counts as equal to NaN), 0 for the others.
fn tie_weights<T: Element>(x: &Tensor<T>, y: &Tensor<T>, axes: &[usize]) -> Tensor<T> {
    #[derive(Clone, Copy)]
    struct Hit;
    impl tensor::Map2 for Hit {
        #[inline(always)]
        fn call<N: Number>(&self, x: N, y: N) -> N {
            let (zero, one) = (x.lit(0.0), x.lit(1.0));
            let nan = N::select(x.is_eq(x), zero, one);
            N::select(y.is_eq(y), N::select(x.is_eq(y), one, zero), nan)
        }
    }
    let hit = map2("max", &Hit, x, y);
    let count = hit.reduce(Reduction::Sum, axes, true);
    hit / count
}

fn centered<A: Array>(x: &A, axes: &[usize]) -> A {
    x.sub(&x.reduce(Reduction::Mean, axes, true))
}

/// a / b, and 0 where b is 0.
fn over_or_zero<A: Array>(a: &A, b: &A) -> A {
    let zero = b.primal().equals(T::<A>(0.0));
    a.zero().where_(zero, &a.div(b))
}

/// x - y, and 0 where both are +inf: equal infinities are a tie, although their difference is NaN.
fn difference<A: Array>(x: &A, y: &A) -> A {
    let (difference, top) = (x.sub(y), y.primal());
    let infinite = top.equals(T::<A>(f64::INFINITY));
    if infinite.to_vec().iter().all(|&m| m == tensor::Real::from_f64(0.0)) {
        return difference;
    }
    let tie = x.primal().equals(top) * &infinite;
    x.zero().where_(tie, &difference)
}

/// x / y, and 0 where y is 0, with y the norm of x over `axes`, which it keeps with size 1. If elements are infinite,
/// the finite ones get 0 and the n infinite ones ±1/√n.
pub(crate) fn direction_value<T: Element>(x: &Tensor<T>, y: &Tensor<T>, axes: &[usize]) -> Tensor<T> {
    let finite = over_or_zero(x, y);
    if !y.to_vec().contains(&T::INFINITY) {
        return finite;
    }
    let infinite = x.abs().equals(T::INFINITY);
    let count = infinite.reduce(Reduction::Sum, axes, true);
    let tied = x.sign() / count.sqrt();
    tied.where_(&infinite, &finite)
}

/// Applies the Jacobian of the direction u = x / |x|, which is symmetric, to `g`: (g - u <u, g>) / |x|.
///
/// In element i the term g_i u_i² cancels. It is left out of both sums, which run over the other elements only, so the
/// difference keeps its precision.
pub(crate) fn direction_map<A: Array>(p: Product, axes: &[usize], g: &A, x: &A, u: &A) -> A {
    let scaled = over_or_zero(u, &x.reduce(Reduction::Norm2, axes, true));
    let others = |a: &A| of_others(a, axes, Fold::Sum);
    let g = g.broadcast_to(&x.shape());
    g.weigh(p, &others(&scaled.mul(u))).sub(&others(&g.weigh(p, u)).weigh(p, &scaled))
}

/// A sum or a product.
#[derive(Clone, Copy)]
enum Fold {
    Sum,
    Product,
}

impl Fold {
    /// The result for no elements.
    fn neutral(self) -> f64 {
        match self {
            Fold::Sum => 0.0,
            Fold::Product => 1.0,
        }
    }
    fn join<A: Array>(self, a: &A, b: &A) -> A {
        match self {
            Fold::Sum => a.add(b),
            Fold::Product => a.mul(b),
        }
    }
    /// The cumulative sums or products of each row.
    fn scan<A: Array>(self, table: &A) -> A {
        match self {
            Fold::Sum => table.arrange(Arrange::CumSum(1, false)),
            Fold::Product => A::apply(Op::CumProd(1), &[table]),
        }
    }
}

/// For each element the sum or product of all other elements of its group: those before it joined with those after it.
fn of_others<A: Array>(x: &A, axes: &[usize], fold: Fold) -> A {
    let shape = x.shape();
    // Merge the reduced axes to one last axis.
    let order: smallvec::SmallVec<[usize; 4]> =
        (0..shape.rank()).filter(|a| !axes.contains(a)).chain(axes.iter().copied()).collect();
    let moved: Shape = order.iter().map(|&a| shape[a]).collect();
    let n: usize = axes.iter().map(|&a| shape[a]).product();
    let rows = moved.size() / n.max(1);
    let table = x.arrange(Arrange::Permute(order.clone())).reshape(&Shape::from([rows, n]));
    let before = exclusive(&table, n, false, fold);
    let after = exclusive(&table, n, true, fold);
    let w = fold.join(&before, &after).reshape(&moved);
    let mut back: smallvec::SmallVec<[usize; 4]> = smallvec::SmallVec::from_elem(0, order.len());
    for (i, &a) in order.iter().enumerate() {
        back[a] = i;
    }
    w.arrange(Arrange::Permute(back))
}

/// For each element of a row the sum or product of the elements before it (after it, if `reverse`).
fn exclusive<A: Array>(table: &A, n: usize, reverse: bool, fold: Fold) -> A {
    if n == 0 {
        return table.clone();
    }
    let flip = |a: &A| if reverse { a.arrange(Arrange::Flip([1].as_slice().into())) } else { a.clone() };
    let rows = table.shape()[0];
    let whole = flip(table);
    let head = whole.arrange(Arrange::Slice([(0..).into(), (0..n as isize - 1).into()].as_slice().into()));
    let edge = table.constant(Tensor::full([rows, 1], tensor::Real::from_f64(fold.neutral())));
    let shifted = A::apply(Op::Concat(1), &[&edge, &head]);
    flip(&fold.scan(&shifted))
}
