// An integer beside a variable: `2.0`.
use chainrule::prelude::*;

fn main() {
    println!("{}", grad(|x| 2 * x, 1.0));
}
