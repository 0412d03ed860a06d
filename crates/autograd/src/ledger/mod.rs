//! The ledger: every primitive with its value and its derivative, each written once.
//!
//! The primitives are closed enums, so a missing rule does not compile. A rule is generic over what it computes
//! on: elementwise rules over [`Number`](tensor::Number), the others over the `Array` of `algebra.rs`. Each interpreter runs the
//! same rules: on numbers (the eager sweep), on variables (a recorded gradient, which differentiates again), on
//! tangents (forward mode).
//!
//! | file | primitives | the derivative is |
//! |---|---|---|
//! | `unary/` | sin, exp, relu, ... | a slope per element |
//! | `binary.rs` | +, pow, maximum, ... | two slopes per element |
//! | `select.rs` | where, clamp, mul_add | slopes per element |
//! | `reduce.rs` | sum, max, std, logsumexp, ... | a weight per element |
//! | `arrange.rs` | reshape, slice, gather, cumsum, ... | linear: its transpose |
//! | `join.rs` | concat, stack | linear: its transpose |
//! | `scan.rs` | cumprod, linear recurrence | a recurrence backwards |
//! | `product.rs` | matmul, linear, einsum | bilinear: the product with the other factor |
//! | `determinant.rs` | det, slogdet, solve | the solution of another linear system |
//! | `normalise.rs` | softmax, log-softmax, layer norm | a projection per row (`normalise_rows.rs`: in one pass) |
//! | `loss.rs` | cross-entropy | a weight per logit |
//! | `linear.rs` | | the maps themselves |
//! | `nary.rs` | sums and dot products of scalars | a weight per operand |

pub(crate) mod arrange;
pub(crate) mod binary;
pub(crate) mod determinant;
pub(crate) mod join;
pub(crate) mod linear;
pub(crate) mod loss;
pub(crate) mod nary;
pub(crate) mod normalise;
pub(crate) mod normalise_rows;
pub(crate) mod op;
pub(crate) mod product;
pub(crate) mod reduce;
pub(crate) mod scan;
pub(crate) mod select;
pub(crate) mod unary;

pub use arrange::Arrange;
pub use binary::Binary;
pub use loss::Targets;
pub use op::Op;
pub use select::Bounds;
pub use unary::{SELU_ALPHA, SELU_LAMBDA, Unary};

pub(crate) use op::{jvp, value, vjp};
