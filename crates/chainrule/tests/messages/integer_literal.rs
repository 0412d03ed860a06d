// An integer beside a variable: `2.0`.
use chainrule::prelude::*;

fn main() {
    println!("{}", grad(|x| x * 2, 1.0));
}
