//! The README and the chapters of the book as documentation, so that the tests compile and run their programs.
//!
//! The build script prepares them as described in `programs.rs`. The examples are the files in the parent directory.
//! Their README lists them in reading order.

#![doc = include_str!("../README.md")]

pub mod book;
pub mod houses;
pub mod pictures;
#[cfg(test)]
mod programs;
mod quick;

pub use quick::quick;

#[doc = include_str!(concat!(env!("OUT_DIR"), "/README.md"))]
pub mod readme {}

/// The chapters, by the names of their files.
macro_rules! chapters {
    ($($name:ident)*) => { $(
        #[doc = include_str!(concat!(env!("OUT_DIR"), "/", stringify!($name), ".md"))]
        pub mod $name {}
    )* };
}

chapters! {
    introduction
    neuron
    perceptron
    multilayer
    chain_rule
    backpropagation
    explain
    training
    regression
    classification
    practice
    research
    compiler
    real
    scale
    custom_op
    gradcheck
    conventions
    pinn
    hmc
    variational
    least_squares
    maml
    architecture
    speed
    implicit
    neural_ode
    gaussian_process
    from_pytorch
    from_jax
}
