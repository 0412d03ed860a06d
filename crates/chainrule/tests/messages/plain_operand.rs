// An integer beside a plain tensor: `1.0`.
use chainrule::prelude::*;

fn main() {
    let x: Tensor<f64> = tensor![0.5, 2.0];
    println!("{}", x.maximum(1));
}
