//! Networks, held against figures of the literature and against laws: one program, so that it is linked once.

mod hand_worked;
mod perceptron;
mod properties;
mod weights;
mod xor;
