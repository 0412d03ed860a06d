// A list beside a variable: `Tensor::from(list)`.
use chainrule::prelude::*;

fn main() {
    let tape = Tape::new();
    let x = tape.var(tensor![1.0, 2.0]);
    println!("{}", x.maximum(vec![2.0, 1.0]).value());
}
