//! The numerical conventions: the value and the derivative of every primitive at the edges of its domain, in the
//! reverse sweep, the recorded sweep and forward mode, for scalars and for tensors.
#![allow(clippy::approx_constant, clippy::type_complexity)] // values computed in arbitrary precision

mod determinants;
mod digits;
mod elementary;
mod exp_log;
mod kinks;
mod masks;
mod orders;
mod reductions;
mod roots;
mod scale;
mod second_order;
mod strict;
mod table;
