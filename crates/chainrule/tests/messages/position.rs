// A position of type `usize`: `s![..half as isize]`.
use chainrule::prelude::*;

fn main() {
    let x: Tensor<f64> = tensor![1.0, 2.0];
    let half = x.shape()[0] / 2;
    println!("{}", x.slice(s![..half]));
}
