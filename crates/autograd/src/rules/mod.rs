//! The primitive rules: every operation with its value and its derivative, each written once.
//!
//! The primitives are closed enums, so a missing rule does not compile. A rule is generic over what it computes on:
//! elementwise rules over [`Number`](tensor::Number), the others over the `Array` of `array.rs`. So the same text serves
//! plain numbers (the reverse sweep), variables (recorded gradients) and formulas (explanations).
//!
//! The derivative of an operation on tensors is a linear map per operand (`linear.rs`). Reverse mode pulls the map, forward
//! mode pushes it.
//!
//! | file | primitives | the derivative is |
//! |---|---|---|
//! | `unary/` | sin, exp, relu, ... | a factor per element |
//! | `binary.rs` | +, pow, maximum, ... | two factors per element |
//! | `select.rs` | where, clamp, mul_add | a mask or a factor per element |
//! | `reduce.rs` | sum, max, std, logsumexp, ... | a weight per element |
//! | `arrange.rs` | reshape, slice, gather, cumsum, ... | itself, since it is linear |
//! | `join.rs` | concat, stack | the place of the operand in the result |
//! | `scan.rs` | cumprod, linear recurrence | another recurrence |
//! | `product.rs` | matmul, linear, einsum | the product with the other factor |
//! | `determinant.rs` | det, slogdet, solve | the solution of another linear system |
//! | `normalize.rs` | softmax, log-softmax, layer normalization | a projection per row |
//! | `loss.rs` | cross-entropy | a weight per logit |
//! | `nary.rs` | sums and dot products of scalars | a weight per operand |
//! | `custom.rs` | operations that users define | whatever their author wrote |
//! | `op.rs` | | the table: value and rule of each primitive |
//! | `linear.rs`, `array.rs`, `element.rs` | | the maps, what they are applied to, and the element types |

pub(crate) mod arrange;
pub(crate) mod array;
pub(crate) mod binary;
pub(crate) mod custom;
pub(crate) mod determinant;
pub(crate) mod element;
pub(crate) mod join;
pub(crate) mod linear;
pub(crate) mod loss;
pub(crate) mod nary;
pub(crate) mod normalize;
pub(crate) mod op;
pub(crate) mod product;
pub(crate) mod reduce;
pub(crate) mod scan;
pub(crate) mod select;
pub(crate) mod unary;

pub use arrange::Arrange;
pub use binary::Binary;
pub use custom::CustomRule;
pub use element::Element;
pub use loss::Targets;
pub use nary::Nary;
pub use op::Op;
pub use select::Bounds;
pub use unary::{SELU_ALPHA, SELU_LAMBDA, Unary};

pub(crate) use op::{jvp, rule, value, vjps};
