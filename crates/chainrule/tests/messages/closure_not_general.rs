// Compiles up to the call, where the message is the one about generality: `objective(|x: Var<f64>| ..)`.
use chainrule::prelude::*;

fn main() {
    let f = |x| x * x;
    println!("{}", grad(&f, 1.0));
}
