//! The engine: a tape, its reader, and the sweeps over it. Read this folder first.
//!
//! | file | idea |
//! |---|---|
//! | `tape.rs`, `var.rs`, `value.rs` | the list of nodes, handles to them, and the types of their values |
//! | `node.rs` | the reader: what a node computes, from which operands, with which partial derivatives |
//! | `record.rs` | recording: variables, constants and operations |
//! | `reverse.rs`, `adjoints.rs` | the reverse sweep, and the arrays that it fills |
//! | `higher_order.rs` | a reverse sweep that records what it computes, so that it can be differentiated again |
//! | `forward.rs` | the forward sweep |
//! | `forward_recorded.rs` | a forward sweep that records what it computes |
//! | `pool.rs` | what a thread keeps for its next sweeps and transforms |
//! | `bindings.rs` | which node stands for which parameter |

pub(crate) mod adjoints;
pub(crate) mod bindings;
pub(crate) mod forward;
pub(crate) mod forward_recorded;
pub(crate) mod higher_order;
pub(crate) mod node;
pub(crate) mod pool;
pub(crate) mod record;
pub(crate) mod reverse;
pub(crate) mod tape;
pub(crate) mod value;
pub(crate) mod var;
