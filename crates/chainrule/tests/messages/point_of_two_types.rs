// A point of `f64` and `f32`: one element type for all parts.
use chainrule::prelude::*;

fn main() {
    let w: Tensor<f32> = tensor![1.0, 2.0];
    println!("{:?}", grad(|(a, w)| w.sum() * a, (1.0, w)));
}
