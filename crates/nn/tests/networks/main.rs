//! Tests of networks against reference values and mathematical properties. They form one program, which is linked once.

mod perceptron;
mod properties;
mod reference_step;
mod weights;
mod xor;
