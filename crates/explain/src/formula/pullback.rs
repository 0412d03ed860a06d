//! What an adjoint becomes on its way back through a linear map: products, rearrangements, projections.

use super::expr::{Expr, Infix};
use super::local::Setting;
use autograd::Scalar;
use autograd::ledger::{Arrange, Op};
use tensor::EinsumSpec;

/// The share of operand `k` as a formula of the adjoint.
pub(crate) fn product<T: Scalar>(op: &Op<T>, k: usize, s: &Setting<'_>) -> Expr {
    let g = s.g();
    let times = |a: Expr, b: Expr| a.infix(Infix::Product, b);
    match op {
        // y = A B; a vector on the right is a column, on the left a row
        Op::MatMul if k == 0 => times(g, s.x(1).transpose()),
        Op::MatMul => times(s.x(0).transpose(), g),
        // y = x W + b
        Op::Affine => match k {
            0 => times(g, s.x(1).transpose()),
            1 => times(s.x(0).transpose(), g),
            _ if s.args[0].rank() > 1 => Expr::call("sum_rows", [g]),
            _ => g,
        },
        Op::Einsum(spec) => {
            let (l, r, o) = (spec.left(), spec.right(), spec.output());
            let (name, other) = if k == 0 {
                (EinsumSpec::new(o, r, l).to_string(), s.x(1))
            } else {
                (EinsumSpec::new(l, o, r).to_string(), s.x(0))
            };
            let pair = if k == 0 { [g, other] } else { [other, g] };
            Expr::call(format!("einsum[{name}]"), pair)
        }
        Op::Arrange(Arrange::Permute(axes)) if axes.len() == 2 => g.transpose(),
        Op::Arrange(a) => Expr::call(transposed(a), [g]),
        Op::Concat(_) => Expr::call("part", [g, (k as f64).into()]),
        Op::Stack { .. } => Expr::call("element", [g, (k as f64).into()]),
        // the Jacobian diag(y) - y yᵀ, applied
        Op::Softmax(_) => {
            let along = Expr::call("sum", [g.clone().infix(Infix::Hadamard, s.y())]);
            s.y().infix(Infix::Hadamard, g.infix(Infix::Minus, along))
        }
        Op::LogSoftmax(_) => {
            let total = Expr::call("sum", [g.clone()]);
            g.infix(Infix::Minus, Expr::call("softmax", [s.x(0)]).infix(Infix::Times, total))
        }
        Op::LayerNorm { .. } if k == 2 => Expr::call("sum_rows", [g]),
        op => Expr::call(format!("{}_pullback", op.name()), [g]),
    }
}

/// The name of the transpose of a rearrangement.
fn transposed(a: &Arrange) -> &'static str {
    match a {
        Arrange::Reshape(_) => "reshape",
        Arrange::Permute(_) => "permute",
        Arrange::BroadcastTo(_) => "sum_to",
        Arrange::SumTo(_) => "broadcast_to",
        Arrange::Flip(_) => "flip",
        Arrange::Slice(_) => "unslice",
        Arrange::Unslice(..) => "slice",
        Arrange::IndexSelect(..) => "index_add",
        Arrange::IndexAdd(..) => "index_select",
        Arrange::Gather(..) => "scatter_add",
        Arrange::ScatterAdd(..) => "gather",
        Arrange::Diag => "diagonal",
        Arrange::Diagonal => "undiagonal",
        Arrange::Undiagonal(_) => "diagonal",
        Arrange::Tril(_) => "tril",
        Arrange::Triu(_) => "triu",
        Arrange::CumSum(_, false) => "cumsum_from_end",
        Arrange::CumSum(_, true) => "cumsum",
        _ => "transpose",
    }
}
