// A closure in a variable needs `objective(|x: Var<f64>| ..)`, which lets it take the variables of any tape.
use chainrule::prelude::*;

fn main() {
    let f = |x: Var<f64>| x.sin();
    println!("{}", grad(&f, 1.0));
}
