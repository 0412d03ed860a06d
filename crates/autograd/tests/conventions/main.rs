//! The numerical conventions, row by row: what every primitive gives at its edges, value and derivative, in the eager
//! sweep, the recorded sweep and forward mode alike, on numbers and on tensors.
#![allow(clippy::approx_constant, clippy::type_complexity)] // values as computed by the oracle

#[path = "../common/mod.rs"]
mod common;
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
