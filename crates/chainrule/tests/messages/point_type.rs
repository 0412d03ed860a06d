// A number of type `f32` as a point: `Single(1.0)`.
use chainrule::prelude::*;

fn main() {
    println!("{}", grad(|x| x.sin(), 1.0_f32));
}
