// A variable of a step that the tape has forgotten: take out `x.value()` before the reset.
use chainrule::prelude::*;

fn main() {
    let mut tape = Tape::new();
    let x = tape.var(2.0);
    tape.reset();
    println!("{}", x.value());
}
