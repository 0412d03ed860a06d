//! The rule table, primitive by primitive: value, vjp, jvp and second order, in `f64` and `f32`, broadcast, through views,
//! with repeated operands, of nothing and of rank 0. The first gate is the adjoint identity, which needs no differences.

mod case;
#[path = "../common/mod.rs"]
mod common;
mod elementwise;
mod fused;
mod pairs;
mod products;
mod reductions;
mod scalars;
mod shapes;
