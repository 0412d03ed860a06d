//! The rules of recurrences along an axis, y_i = a_i y_(i-1) + b_i, and of cumulative products.
//!
//! The derivative of a recurrence is a recurrence: with g the adjoint of y, the contribution to b is the reversed
//! recurrence s_i = g_i + a_(i+1) s_(i+1), and the contribution to a is y_(i-1) s_i. There is no division, so zeros
//! are handled.

use super::arrange::Slices;
use super::linear::Linear;
use super::{Arrange, Op};
use crate::rules::array::{Array, Product};
use smallvec::SmallVec;
use tensor::{Shape, Slice, Tensor};

/// The previous element in the direction of the scan (`y_(i-1)`), `edge` for the first.
fn previous<A: Array>(x: &A, axis: usize, reverse: bool, edge: f64) -> A {
    shift(x, axis, reverse, edge)
}

/// The next element in the direction of the scan (`x_(i+1)`), 0 for the last.
pub(crate) fn next<A: Array>(x: &A, axis: usize, reverse: bool) -> A {
    shift(x, axis, !reverse, 0.0)
}

fn shift<A: Array>(x: &A, axis: usize, up: bool, edge: f64) -> A {
    let shape = x.shape();
    let n = shape[axis] as isize;
    if n == 0 {
        return x.clone();
    }
    let border: Shape = shape.iter().enumerate().map(|(i, &d)| if i == axis { 1 } else { d }).collect();
    let border = x.constant(Tensor::full(border, tensor::Real::from_f64(edge)));
    let mut slices: Slices = SmallVec::from_elem(Slice::from(..), axis);
    slices.push(if up { Slice::from(1..n) } else { Slice::from(0..n - 1) });
    let rest = x.arrange(Arrange::Slice(slices));
    A::apply(Op::Concat(axis), &if up { [&rest, &border] } else { [&border, &rest] })
}

pub(crate) fn scan<A: Array>(a: &A, b: &A, axis: usize, reverse: bool) -> A {
    A::apply(Op::Scan { axis, reverse }, &[a, b])
}

/// dy_i = a_i dy_(i-1) + (da_i y_(i-1) + db_i).
pub(crate) fn rule<'a, A: Array>(axis: usize, reverse: bool, k: usize, a: &'a A, y: &A) -> Linear<'a, A> {
    let weights = (k == 0).then(|| previous(y, axis, reverse, 0.0));
    Linear::Scan { axis, reverse, a, weights }
}

/// y_i = x_i y_(i-1) with y_(-1) = 1: dy_i = x_i dy_(i-1) + dx_i y_(i-1).
pub(crate) fn cumprod_rule<'a, A: Array>(axis: usize, x: &'a A, y: &A) -> Linear<'a, A> {
    Linear::Scan { axis, reverse: false, a: x, weights: Some(previous(y, axis, false, 1.0)) }
}

/// The tangent of a recurrence: one recurrence, over the sum of the operands' terms.
pub(crate) fn jvp<A: Array>(p: Product, axis: usize, reverse: bool, xs: &[&A], dxs: &[Option<&A>], y: &A) -> Option<A> {
    let source = |k: usize| {
        dxs[k].map(|dx| match rule(axis, reverse, k, xs[0], y) {
            Linear::Scan { weights: Some(w), .. } => dx.weigh(p, &w),
            _ => dx.clone(),
        })
    };
    let source = match (source(0), source(1)) {
        (Some(a), Some(b)) => a.add(&b),
        (a, b) => a.or(b)?,
    };
    Some(scan(xs[0], &source, axis, reverse))
}
