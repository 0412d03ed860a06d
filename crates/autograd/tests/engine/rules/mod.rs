//! Tests of the rules of all primitives: value, vjp, jvp and second derivatives, in `f64` and `f32`, with
//! broadcasting, views, repeated operands, empty tensors and tensors of rank 0. The main test is the adjoint identity,
//! which needs no finite differences.

mod case;
mod elementwise;
mod fused;
mod pairs;
mod products;
mod reductions;
mod scalars;
mod shapes;
