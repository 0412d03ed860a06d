//! Tensor workloads: training, inference, kernels, second order; all in f32.

mod products;
mod w1;
mod w2;
mod w3;
mod w4;
mod w5;
mod w6;
mod w7;
mod w8;
mod w9;

pub use products::{Id, Products};
pub use w1::Training;
pub use w3::Xor;

use crate::args::Workload;
use crate::report::Report;

/// Measures a workload if it is one of these. Returns whether it is.
pub fn run(workload: Workload, report: &mut Report) -> bool {
    match workload {
        Workload::W1 => w1::run(report),
        Workload::W2 => w2::run(report),
        Workload::W3 => w3::run(report),
        Workload::W4 => w4::run(report),
        Workload::W5 => w5::run(report),
        Workload::W6 => w6::run(report),
        Workload::W7 => w7::run(report),
        Workload::W8 => w8::run(report),
        Workload::W9 => w9::run(report),
        _ => return false,
    }
    true
}
