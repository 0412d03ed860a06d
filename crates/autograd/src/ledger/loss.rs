//! Softmax cross-entropy from logits: one row of logits per example, classes along the last axis.
//!
//! With p = softmax(z) and target distribution t, the loss of a row is -Σ t_i ln p_i, and its derivative is
//! p Σt - t: bounded, whatever the logits. A class with t_i = 0 is absent, even where ln p_i is -inf. Label smoothing s
//! mixes the target with the even distribution over c classes: t = (1 - s) onehot + s/c (Szegedy et al. 2016; PyTorch's
//! convention).

use super::{Op, Unary};
use crate::algebra::{Array, Product};
use crate::value::Scalar;
use tensor::{Indices, Shape, Tensor};

/// The classes of the examples, and how much they are smoothed.
#[derive(Clone, Debug, PartialEq)]
pub struct Targets {
    /// The class of each row.
    pub classes: Indices,
    /// Label smoothing, in 0..1.
    pub smoothing: f64,
}

impl Targets {
    /// A tensor of the logits' shape that holds `own` at the class of each row and `other` elsewhere.
    fn rows<T: Scalar>(&self, shape: &Shape, own: f64, other: f64) -> Tensor<T> {
        let c = shape[shape.rank() - 1];
        Tensor::build(shape, |out| {
            out.fill(T::from_f64(other));
            for (row, &class) in out.chunks_exact_mut(c.max(1)).zip(self.classes.as_slice()) {
                row[class] = T::from_f64(own);
            }
        })
    }
}

/// The axis of the classes and the shape of the losses.
fn rows(shape: &Shape) -> (usize, Shape) {
    let last = shape.rank() - 1;
    (last, Shape::from(&shape[..last]))
}

/// (1 - s)(lse(z) - z_class) + s (lse(z) - mean(z)).
pub(crate) fn cross_entropy_value<T: Scalar>(t: &Targets, z: &Tensor<T>) -> Tensor<T> {
    let (last, shape) = rows(z.shape());
    let log_p = z.log_softmax(last as isize);
    let c = z.shape()[last];
    let (hit, even) = (T::from_f64(1.0 - t.smoothing), T::from_f64(t.smoothing / c as f64));
    let data = log_p.as_slice().unwrap_or(&[]);
    Tensor::build(shape, |out| {
        for ((o, row), &class) in out.iter_mut().zip(data.chunks_exact(c.max(1))).zip(t.classes.as_slice()) {
            *o = -(hit * row[class]);
            if t.smoothing != 0.0 {
                *o -= even * row.iter().copied().sum::<T>();
            }
        }
    })
}

/// softmax(z) - t. At the class of a row, p - 1 is computed as minus the sum of the other probabilities, since the
/// difference itself has no digits left where p rounds to 1.
fn weight<A: Array>(t: &Targets, z: &A) -> A {
    let shape = z.shape();
    let last = shape.rank() - 1;
    let hit = t.rows(&shape, 1.0, 0.0);
    let others = z.zero().where_(hit.clone(), &A::apply(Op::Softmax(last), &[z]));
    let weight = others.sum_kept(&[last]).neg().where_(hit, &others);
    if t.smoothing == 0.0 {
        return weight;
    }
    let even = t.smoothing / shape[last] as f64;
    weight.sub(&z.constant(t.rows(&shape, even - t.smoothing, even)))
}

pub(crate) fn cross_entropy_vjp<A: Array>(p: Product, t: &Targets, g: &A, z: &A) -> A {
    column(g).weigh(p, &weight(t, z))
}

pub(crate) fn cross_entropy_jvp<A: Array>(p: Product, t: &Targets, dz: &A, z: &A) -> A {
    let (last, shape) = rows(&z.shape());
    dz.weigh(p, &weight(t, z)).sum_kept(&[last]).reshape(&shape)
}

/// One number per row, as a column that broadcasts against the logits.
fn column<A: Array>(g: &A) -> A {
    let shape = g.shape();
    g.reshape(&shape.iter().copied().chain([1]).collect())
}

pub(crate) fn cross_entropy_soft_value<T: Scalar>(z: &Tensor<T>, t: &Tensor<T>) -> Tensor<T> {
    let last = z.rank() - 1;
    // a class that is not aimed at is absent, even where its logit is -inf
    let terms = T::apply_binary(super::Binary::AbsentMul, t, &z.log_softmax(last as isize));
    T::apply_unary(Unary::Neg, &terms.sum_over(last as isize))
}

/// softmax(z) Σt - t for the logits, -ln softmax(z) for the targets.
///
/// The first is computed as p (Σt - t) + t (p - 1), with p - 1 from ln p, which keeps its digits where p rounds to 1.
fn soft_weight<A: Array>(p: Product, k: usize, z: &A, t: &A) -> A {
    let last = z.shape().rank() - 1;
    let log_y = A::apply(Op::LogSoftmax(last), &[z]);
    if k == 1 {
        return log_y.neg();
    }
    let y = A::apply(Op::Softmax(last), &[z]);
    t.sum_kept(&[last]).sub(t).weigh(p, &y).add(&t.weigh(p, &log_y.unary(Unary::ExpM1)))
}

pub(crate) fn cross_entropy_soft_vjp<A: Array>(p: Product, k: usize, g: &A, z: &A, t: &A) -> A {
    column(g).weigh(p, &soft_weight(p, k, z, t))
}

pub(crate) fn cross_entropy_soft_jvp<A: Array>(p: Product, k: usize, dx: &A, z: &A, t: &A) -> A {
    let (last, shape) = rows(&z.shape());
    dx.weigh(p, &soft_weight(p, k, z, t)).sum_kept(&[last]).reshape(&shape)
}
