//! Storage and kernels: the parts with unsafe code and SIMD. They may be skipped on a first reading.
//!
//! | file | idea |
//! |---|---|
//! | `nodes.rs`, `code.rs` | scalar nodes: 17 bytes each in f64, in parallel arrays |
//! | `scalars.rs` | the jump table of the scalar reverse sweep |
//! | `kernels.rs` | the rules on plain tensors, in one pass over memory |
//! | `normalize_rows.rs` | softmax and layer normalization, in one pass per row |

pub(crate) mod code;
pub(crate) mod kernels;
pub(crate) mod nodes;
pub(crate) mod normalize_rows;
pub(crate) mod scalars;
