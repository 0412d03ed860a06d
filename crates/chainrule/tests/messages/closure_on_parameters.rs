// A closure on `&BoundParams` that returns a variable: `fn loss<'t>(net: &BoundParams<'_, 't, f64>) -> Var<'t, f64>`.
use chainrule::prelude::*;

fn main() {
    let params = Params::<f64>::new();
    let loss = |net: &BoundParams<f64>| net.tape().constant(1.0);
    println!("{}", grad(|net| loss(&net), &params).len());
}
