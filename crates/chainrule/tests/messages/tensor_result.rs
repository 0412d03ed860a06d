// A gradient of a tensor: reduce it, as in `x.square().sum()`, or use `jacobian`.
use chainrule::prelude::*;

fn main() {
    println!("{}", grad(|x| x.square(), tensor![1.0, 2.0]));
}
