// A tensor of `f32` on a tape of `f64`: `Tape::single()`, or `x.cast()`.
use chainrule::prelude::*;

fn main() {
    let tape = Tape::new();
    let x: Tensor<f32> = tensor![1.0, 2.0];
    println!("{}", tape.var(x).sum().value());
}
