//! Rearrangements. They are linear, so a square after them makes their second derivatives nonzero.

use crate::rules::case::check;
use autograd::{concat, stack};
use tensor::{Axes, s};

#[test]
fn reshapes() {
    check!("reshape", [[2, 6] in -2.0..2.0], |x| x[0].square().reshape([3, 4]).square());
    check!("reshape to rank 0", [[1, 1] in -2.0..2.0], |x| x[0].reshape(()).square());
    check!("reshape of nothing", [[0, 3] in -2.0..2.0], |x| x[0].reshape([5, 0]).square());
    check!("flatten", [[2, 3, 2] in -2.0..2.0], |x| x[0].flatten().square());
    check!("squeeze", [[1, 3, 1] in -2.0..2.0], |x| x[0].squeeze(0).square());
    check!("squeeze, all", [[1, 3, 1] in -2.0..2.0], |x| x[0].squeeze(Axes::all()).square());
    check!("unsqueeze", [[2, 3] in -2.0..2.0], |x| x[0].unsqueeze(-1).square());
    check!("item", [[1, 1] in -2.0..2.0], |x| x[0].item().square().to_tensor());
}

#[test]
fn permutations() {
    check!("transpose", [[2, 3] in -2.0..2.0], |x| x[0].transpose().square());
    check!("transpose of a vector", [[3] in -2.0..2.0], |x| x[0].square().transpose());
    check!("transpose of a batch", [[2, 3, 4] in -2.0..2.0], |x| x[0].transpose().square());
    check!("permute", [[2, 3, 4] in -2.0..2.0], |x| x[0].permute([2, 0, 1]).square());
    check!("permute, negative", [[2, 3, 4] in -2.0..2.0], |x| x[0].permute([-1, -3, -2]).square());
    check!("permute of nothing", [[2, 0, 4] in -2.0..2.0], |x| x[0].permute([2, 0, 1]).square());
    check!("flip", [[2, 3] in -2.0..2.0], |x| x[0].flip([0, -1]).square());
    check!("flip of one axis", [[2, 3] in -2.0..2.0], |x| x[0].flip(1) * x[0]);
}

#[test]
fn broadcasts_and_sums() {
    check!("broadcast_to", [[3] in -2.0..2.0], |x| x[0].broadcast_to([2, 3]).square());
    check!("broadcast_to, inner", [[2, 1] in -2.0..2.0], |x| x[0].broadcast_to([4, 2, 3]).square());
    check!("broadcast_to of a scalar", [[] in -2.0..2.0], |x| x[0].broadcast_to([2, 2]).square());
    check!("broadcast_to nothing", [[1, 3] in -2.0..2.0], |x| x[0].broadcast_to([0, 3]).square());
    check!("sum_to", [[2, 3] in -2.0..2.0], |x| x[0].sum_to([1, 3]).square());
    check!("sum_to a scalar", [[2, 3] in -2.0..2.0], |x| x[0].sum_to(()).square());
    check!("sum_to from nothing", [[0, 3] in -2.0..2.0], |x| x[0].sum_to([1, 3]).square());
}

#[test]
fn slices() {
    check!("slice, a range", [[5, 2] in -2.0..2.0], |x| x[0].slice(s![1..4]).square());
    check!("slice, steps", [[7, 3] in -2.0..2.0], |x| x[0].slice(s![..; 2, 1..]).square());
    check!("slice, backwards", [[7, 3] in -2.0..2.0], |x| x[0].slice(s![..; -2, ..; -1]).square());
    check!("slice, from the end", [[5, 4] in -2.0..2.0], |x| x[0].slice(s![-3..-1, -1]).square());
    check!("slice, one position", [[5, 4] in -2.0..2.0], |x| x[0].slice(s![2]).square());
    check!("slice, nothing left", [[5, 4] in -2.0..2.0], |x| x[0].slice(s![2..2]).square());
    check!("slice to rank 0", [[5, 4] in -2.0..2.0], |x| x[0].slice(s![2, 3]).square());
    check!("slice of a slice", [[9] in -2.0..2.0], |x| x[0].slice(s![1..; 2]).slice(s![..; -1]).square());
    check!("at", [[2, 3] in -2.0..2.0], |x| (x[0].at([1, -1]) * x[0].at([0, 0])).to_tensor());
    check!("split", [[6, 2] in -2.0..2.0], |x| {
        let parts = x[0].split(0, &[1, 3, 2]);
        parts[1].sum_over(0) * parts[0].squeeze(0) + parts[2].prod_over(0)
    });
}

#[test]
fn indices_and_diagonals() {
    check!("index_select", [[4, 2] in -2.0..2.0], |x| x[0].index_select(0, [3, 0, 0, 1]).square());
    check!("index_select, last axis", [[2, 4] in -2.0..2.0], |x| x[0].index_select(-1, [1, 1, 2]).square());
    check!("index_select, none", [[4, 2] in -2.0..2.0], |x| x[0].index_select(0, Vec::new()).square());
    check!("gather", [[2, 4] in -2.0..2.0], |x| x[0].gather(1, [[0, 0, 3], [2, 1, 2]]).square());
    check!("gather, axis 0", [[3, 2] in -2.0..2.0], |x| x[0].gather(0, [[2, 0], [2, 1], [0, 0], [1, 1]]).square());
    check!("scatter_add", [[2, 4] in -2.0..2.0, [2, 3] in -2.0..2.0], |x| {
        x[0].scatter_add(1, [[0, 0, 3], [2, 1, 2]], x[1]).square()
    });
    check!("scatter_add, a longer source", [[2, 4] in -2.0..2.0, [2, 3] in -2.0..2.0], |x| {
        x[0].scatter_add(1, [[0, 3]], x[1]).square()
    });
    check!("gather, a shorter index", [[3, 4] in -2.0..2.0], |x| x[0].gather(1, [[0, 3, 3]]).square());
    check!("diag of a vector", [[3] in -2.0..2.0], |x| x[0].diag().square());
    check!("diag of a matrix", [[3, 4] in -2.0..2.0], |x| x[0].diag().square());
    check!("trace", [[3, 3] in -2.0..2.0], |x| x[0].square().trace().to_tensor());
    check!("trace of a matrix of more columns", [[2, 4] in -2.0..2.0], |x| x[0].square().trace().to_tensor());
    check!("tril", [[4, 3] in -2.0..2.0], |x| x[0].tril(0).square());
    check!("tril, above", [[2, 3, 3] in -2.0..2.0], |x| x[0].tril(1).square());
    check!("triu", [[3, 4] in -2.0..2.0], |x| x[0].triu(-1).square());
}

#[test]
fn joins() {
    check!("concat", [[2, 3] in -2.0..2.0, [1, 3] in -2.0..2.0, [0, 3] in -2.0..2.0], |x| concat(x, 0).square());
    check!("concat, last axis", [[2, 1] in -2.0..2.0, [2, 3] in -2.0..2.0], |x| concat(x, -1).square());
    check!("concat of one operand", [[2, 2] in -2.0..2.0, [2, 2] in -2.0..2.0], |x| concat(&[x[0], x[1], x[0]], 1).square());
    check!("stack", [[2, 3] in -2.0..2.0, [2, 3] in -2.0..2.0], |x| stack(x, 1).square());
    check!("stack of scalars", [[] in -2.0..2.0, [] in -2.0..2.0], |x| stack(x, 0).square());
    check!("tape.stack", [[3] in -2.0..2.0], |x| {
        let tape = x[0].tape().unwrap();
        tape.stack(&[x[0].at([2]), x[0].at([0]) * x[0].at([1]), x[0].at([2])]).square()
    });
    check!("pad", [[2, 3] in -2.0..2.0], |x| x[0].pad(&[(1, 0), (2, 1)], 0.5).square());
    check!("pad by zeros", [[2, 3] in -2.0..2.0], |x| x[0].pad(&[(1, 2), (0, 0)], 0.0).square());
    check!("repeat", [[2, 3] in -2.0..2.0], |x| x[0].repeat(&[2, 3]).square());
    check!("repeat, new axes", [[3] in -2.0..2.0], |x| x[0].repeat(&[2, 2]).square());
    check!("repeat no times", [[3] in -2.0..2.0], |x| x[0].repeat(&[0]).square());
}
