//! The tests of the public interface: one program, because each would be compiled and linked with all it uses.

mod allocations;
mod common;
mod conventions;
mod design;
mod determinism;
mod kept_tape;
mod layout;
mod mistakes;
mod mistakes_in_transforms;
mod nesting;
mod plain_left;
mod plain_tensors;
mod programs;
mod real;
mod rules;
mod scale;
mod structures;
mod tangents;
mod weights;
