// A variable of another tape in a function: make it a part of the point, `(1.0, 2.0)`, or capture its value.
use chainrule::prelude::*;

fn main() {
    let tape = Tape::new();
    let w = tape.var(2.0);
    println!("{}", grad(|x| x * w, 1.0));
}
