//! Products of tensors: all combinations of ranks, batches that broadcast, inner sizes of 0 and 1, and einsum.

use crate::rules::case::check;
use autograd::{Scalar, TensorVar, einsum};
use tensor::Tensor;

#[test]
fn matrix_products_of_every_rank() {
    check!("vector by vector", [[4] in -2.0..2.0, [4] in -2.0..2.0], |x| x[0].matmul(x[1]));
    check!("matrix by vector", [[3, 4] in -2.0..2.0, [4] in -2.0..2.0], |x| x[0].matmul(x[1]));
    check!("vector by matrix", [[3] in -2.0..2.0, [3, 4] in -2.0..2.0], |x| x[0].matmul(x[1]));
    check!("matrix by matrix", [[2, 3] in -2.0..2.0, [3, 4] in -2.0..2.0], |x| x[0].matmul(x[1]));
    check!("square by square", [[3, 3] in -2.0..2.0, [3, 3] in -2.0..2.0], |x| x[0].matmul(x[1]));
    check!("batch by batch", [[2, 2, 3] in -2.0..2.0, [2, 3, 2] in -2.0..2.0], |x| x[0].matmul(x[1]));
    check!("batches broadcast", [[2, 1, 3, 4] in -2.0..2.0, [5, 4, 2] in -2.0..2.0], |x| x[0].matmul(x[1]));
    check!("batch by matrix", [[2, 3, 2] in -2.0..2.0, [2, 3] in -2.0..2.0], |x| x[0].matmul(x[1]));
    check!("matrix by batch", [[3, 2] in -2.0..2.0, [4, 2, 2] in -2.0..2.0], |x| x[0].matmul(x[1]));
    check!("batch by vector", [[2, 3, 4] in -2.0..2.0, [4] in -2.0..2.0], |x| x[0].matmul(x[1]));
    check!("vector by batch", [[3] in -2.0..2.0, [2, 3, 2] in -2.0..2.0], |x| x[0].matmul(x[1]));
    check!("column by row", [[3, 1] in -2.0..2.0, [1, 4] in -2.0..2.0], |x| x[0].matmul(x[1]));
    check!("past one tile", [[9, 19] in -1.0..1.0, [19, 17] in -1.0..1.0], |x| x[0].matmul(x[1]));
}

#[test]
fn matrix_products_of_empty_tensors() {
    check!("an inner dimension of 0", [[2, 0] in -2.0..2.0, [0, 3] in -2.0..2.0], |x| x[0].matmul(x[1]));
    check!("no rows", [[0, 2] in -2.0..2.0, [2, 3] in -2.0..2.0], |x| x[0].matmul(x[1]));
    check!("no columns", [[2, 2] in -2.0..2.0, [2, 0] in -2.0..2.0], |x| x[0].matmul(x[1]));
    check!("no batch", [[0, 2, 3] in -2.0..2.0, [3, 2] in -2.0..2.0], |x| x[0].matmul(x[1]));
    check!("empty vectors", [[0] in -2.0..2.0, [0] in -2.0..2.0], |x| x[0].matmul(x[1]));
}

#[test]
fn matrix_products_of_recorded_views() {
    check!("transposed left", [[3, 2] in -2.0..2.0, [3, 4] in -2.0..2.0], |x| x[0].transpose().matmul(x[1]));
    check!("transposed right", [[2, 3] in -2.0..2.0, [4, 3] in -2.0..2.0], |x| x[0].matmul(x[1].transpose()));
    check!("a Gram matrix", [[3, 2] in -2.0..2.0], |x| x[0].transpose().matmul(x[0]));
    check!("broadcast left", [[1, 3] in -2.0..2.0, [3, 2] in -2.0..2.0], |x| x[0].broadcast_to([4, 3]).matmul(x[1]));
    check!("a power", [[3, 3] in -1.0..1.0], |x| x[0].matmul(x[0]).matmul(x[0]));
}

#[test]
fn vectors() {
    check!("dot", [[5] in -2.0..2.0, [5] in -2.0..2.0], |x| x[0].dot(x[1]).to_tensor());
    check!("dot of nothing", [[0] in -2.0..2.0, [0] in -2.0..2.0], |x| x[0].dot(x[1]).to_tensor());
    check!("outer", [[3] in -2.0..2.0, [4] in -2.0..2.0], |x| x[0].outer(x[1]));
    check!("outer of one", [[3] in -2.0..2.0, [3] in -2.0..2.0], |x| x[0].outer(x[1]));
    check!("outer with nothing", [[3] in -2.0..2.0, [0] in -2.0..2.0], |x| x[0].outer(x[1]));
}

#[test]
fn affine_maps() {
    check!("linear", [[4, 3] in -2.0..2.0, [3, 2] in -2.0..2.0, [2] in -2.0..2.0], |x| x[0].linear(x[1], x[2]));
    check!("linear of a vector", [[3] in -2.0..2.0, [3, 2] in -2.0..2.0, [2] in -2.0..2.0], |x| x[0].linear(x[1], x[2]));
    check!("linear of a batch", [[2, 4, 3] in -2.0..2.0, [3, 2] in -2.0..2.0, [2] in -2.0..2.0], |x| x[0].linear(x[1], x[2]));
    check!("linear of no rows", [[0, 3] in -2.0..2.0, [3, 2] in -2.0..2.0, [2] in -2.0..2.0], |x| x[0].linear(x[1], x[2]));
    check!("linear from nothing", [[4, 0] in -2.0..2.0, [0, 2] in -2.0..2.0, [2] in -2.0..2.0], |x| x[0].linear(x[1], x[2]));
    check!("linear, twice", [[4, 3] in -2.0..2.0, [3, 3] in -1.0..1.0, [3] in -1.0..1.0], |x| {
        x[0].linear(x[1], x[2]).tanh().linear(x[1], x[2])
    });
}

#[test]
fn einsums() {
    check!("ij,jk->ik", [[2, 3] in -2.0..2.0, [3, 4] in -2.0..2.0], |x| einsum("ij,jk->ik", x[0], x[1]));
    check!("ij,jk->ki", [[2, 3] in -2.0..2.0, [3, 4] in -2.0..2.0], |x| einsum("ij,jk->ki", x[0], x[1]));
    check!("i,i->", [[4] in -2.0..2.0, [4] in -2.0..2.0], |x| einsum("i,i->", x[0], x[1]));
    check!("i,j->ij", [[4] in -2.0..2.0, [3] in -2.0..2.0], |x| einsum("i,j->ij", x[0], x[1]));
    check!("ij,ij->ij", [[2, 3] in -2.0..2.0, [2, 3] in -2.0..2.0], |x| einsum("ij,ij->ij", x[0], x[1]));
    check!("ij,ij->i", [[2, 3] in -2.0..2.0, [2, 3] in -2.0..2.0], |x| einsum("ij,ij->i", x[0], x[1]));
    check!("bij,bjk->bik", [[2, 3, 2] in -2.0..2.0, [2, 2, 3] in -2.0..2.0], |x| einsum("bij,bjk->bik", x[0], x[1]));
    check!("bhqd,bhkd->bhqk", [[2, 2, 3, 2] in -2.0..2.0, [2, 2, 4, 2] in -2.0..2.0], |x| einsum("bhqd,bhkd->bhqk", x[0], x[1]));
    check!("ii,ij->j, a diagonal", [[3, 3] in -2.0..2.0, [3, 2] in -2.0..2.0], |x| einsum("ii,ij->j", x[0], x[1]));
    check!("ij,k->k, lone letters", [[2, 3] in -2.0..2.0, [4] in -2.0..2.0], |x| einsum("ij,k->k", x[0], x[1]));
    check!("ij,jk->, all summed", [[2, 3] in -2.0..2.0, [3, 4] in -2.0..2.0], |x| einsum("ij,jk->", x[0], x[1]));
    check!("with nothing", [[2, 0] in -2.0..2.0, [0, 4] in -2.0..2.0], |x| einsum("ij,jk->ik", x[0], x[1]));
    check!("a scalar and a matrix", [[] in -2.0..2.0, [2, 3] in -2.0..2.0], |x| einsum(",ij->ji", x[0], x[1]));
    check!("iji,j->ij", [[2, 3, 2] in -2.0..2.0, [3] in -2.0..2.0], |x| einsum("iji,j->ij", x[0], x[1]));
}

/// x + 3 I, far from singular matrices, near which differences and `f32` are inaccurate.
fn nonsingular<'t, T: Scalar>(x: TensorVar<'t, T>) -> TensorVar<'t, T> {
    x + x.tape().unwrap().constant(Tensor::full(x.shape()[0], T::from_f64(3.0)).diag())
}

#[test]
fn determinants_and_linear_systems() {
    check!("det of order 1", [[1, 1] in -2.0..2.0], |x| x[0].det().to_tensor());
    check!("det of order 4", [[4, 4] in -2.0..2.0], |x| x[0].det().to_tensor());
    check!("det of order 9", [[9, 9] in -1.0..1.0], |x| nonsingular(x[0]).det().to_tensor());
    check!("slogdet of order 1", [[1, 1] in 0.5..2.0], |x| x[0].slogdet().1.to_tensor());
    check!("slogdet of order 4", [[4, 4] in -1.0..1.0], |x| nonsingular(x[0]).slogdet().1.to_tensor());
    check!("slogdet of nothing", [[0, 0] in -2.0..2.0], |x| x[0].slogdet().1.to_tensor());
    check!("solve for a vector", [[3, 3] in -1.0..1.0, [3] in -2.0..2.0], |x| nonsingular(x[0]).solve(x[1]));
    check!("solve for a matrix", [[4, 4] in -1.0..1.0, [4, 3] in -2.0..2.0], |x| nonsingular(x[0]).solve(x[1]));
    check!("solve for nothing", [[3, 3] in -1.0..1.0, [3, 0] in -2.0..2.0], |x| nonsingular(x[0]).solve(x[1]));
    check!("solve of a shared matrix", [[3, 3] in -1.0..1.0, [3, 3] in -1.0..1.0], |x| {
        let a = nonsingular(x[0]);
        a.solve(a.solve(x[1]).matmul(a))
    });
}
