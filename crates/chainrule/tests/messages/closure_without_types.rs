// The type of an argument is not known where the closure is written: `objective(|x: Var<f64>| ..)`.
use chainrule::prelude::*;

fn main() {
    let f = |x| x.sin();
    println!("{}", grad(&f, 1.0));
}
