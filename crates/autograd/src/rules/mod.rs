//! The primitive rules: the value and the derivative of every operation, each written once.
//!
//! The primitives are closed enums, so a missing rule does not compile. Rules are generic over the type they compute
//! on: elementwise rules over [`Number`](tensor::Number), the others over the `Array` of `array.rs`. The same code
//! therefore runs on plain numbers (the reverse sweep), on variables (recorded gradients) and on formulas
//! (explanations).
//!
//! The derivative of an operation on tensors is one linear map per operand (`linear.rs`). Forward mode applies the map,
//! reverse mode its transpose.
//!
//! | file | primitives | the derivative is |
//! |---|---|---|
//! | `unary/` | sin, exp, relu, ... | a factor per element |
//! | `binary.rs` | +, pow, maximum, ... | two factors per element |
//! | `clamp.rs` | clamp | a factor per element |
//! | `reduce.rs` | sum, max, std, logsumexp, ... | a weight per element |
//! | `arrange.rs` | reshape, slice, gather, cumsum, ... | itself, since it is linear |
//! | `join.rs` | concat, stack | the operand's slice of the result |
//! | `scan.rs` | cumprod, linear recurrence | another recurrence |
//! | `product.rs` | matmul, linear, einsum | the product with the other factor |
//! | `determinant.rs` | det, slogdet, solve | the solution of another linear system |
//! | `normalize.rs` | softmax, log-softmax, layer normalization | a projection per row |
//! | `loss.rs` | cross-entropy | a weight per logit |
//! | `nary.rs` | sums and dot products of scalars | a weight per operand |
//! | `custom.rs` | user-defined operations | defined by the user |
//!
//! `op.rs` is the table of the value and the rule of each tensor primitive. `linear.rs` defines the linear maps,
//! `array.rs` the arrays they are applied to, and `element.rs` the element types.

pub(crate) mod arrange;
pub(crate) mod array;
pub(crate) mod binary;
pub(crate) mod clamp;
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
pub(crate) mod unary;

pub use arrange::Arrange;
pub use binary::Binary;
pub use clamp::Bounds;
pub use custom::CustomRule;
pub use element::Element;
pub use loss::Targets;
pub use nary::Nary;
pub use op::Op;
pub use tensor::formulas::{SELU_ALPHA, SELU_LAMBDA};
pub use unary::Unary;

pub(crate) use op::{jvp, rule, value, vjps};
