//! An operation of your own: its value, its gradient, and the proof that they belong together.
//!
//! The operation is softplus with a sharpness, y = ln(1 + e^(k x)) / k: a smooth stand-in for max(x, 0). Written as one
//! operation it cannot overflow, and its slope is simply σ(k x).
//!
//! Run it with `cargo run --release --example custom_op`.

use chainrule::autograd::CustomOp;
use chainrule::prelude::*;

/// ln(1 + e^(k x)) / k, element by element.
#[derive(Debug)]
struct SharpSoftplus {
    k: f64,
}

impl CustomOp<f64> for SharpSoftplus {
    fn name(&self) -> &str {
        "sharp_softplus"
    }
    // The value, from the operands' values. max(z, 0) + ln(1 + e^-|z|) overflows nowhere.
    fn forward(&self, x: &[&Tensor<f64>]) -> Tensor<f64> {
        let z = self.k * x[0];
        (z.maximum(0.0) + (-z.abs()).exp().ln_1p()) / self.k
    }
    // For each operand g · ∂y/∂x, in the operand's shape: one operand here, and its slope is σ(k x).
    fn vjp(&self, g: &Tensor<f64>, x: &[&Tensor<f64>], _y: &Tensor<f64>) -> Vec<Tensor<f64>> {
        vec![g * (self.k * x[0]).sigmoid()]
    }
}

/// The same with a mistake in its gradient: σ(x), where the sharpness was forgotten.
#[derive(Debug)]
struct Forgetful(SharpSoftplus);

impl CustomOp<f64> for Forgetful {
    fn name(&self) -> &str {
        "forgetful_softplus"
    }
    fn forward(&self, x: &[&Tensor<f64>]) -> Tensor<f64> {
        self.0.forward(x)
    }
    fn vjp(&self, g: &Tensor<f64>, x: &[&Tensor<f64>], y: &Tensor<f64>) -> Vec<Tensor<f64>> {
        SharpSoftplus { k: 1.0 }.vjp(g, x, y)
    }
}

/// Records an operation of one operand where its operand is recorded.
fn apply<'t>(op: impl CustomOp<f64> + 'static, x: TensorVar<'t>) -> TensorVar<'t> {
    x.tape().expect("a tensor variable lives on a tape").apply(op, &[x])
}

fn main() {
    // In use it is an operation like any other.
    let tape = Tape::new();
    let x = tape.var(tensor![-400.0, -0.5, 0.0, 0.5, 400.0]);
    let y = apply(SharpSoftplus { k: 3.0 }, x);
    let g = (y * y).sum().backward();
    println!("x            {}", x.value());
    println!("y            {:.4}", y.value());
    println!("d(Σ y²)/dx   {:.4}", g.wrt(x));

    // The check: reverse mode against finite differences, element by element, with a random cotangent.
    let at = tensor![-0.9, -0.2, 0.3, 1.4];
    let checked = gradcheck(|x| apply(SharpSoftplus { k: 3.0 }, x), &at).run().expect("the rule is right");
    println!("\nsharp_softplus: {checked}");
    assert!(checked.largest_error() < 1e-8);

    // A wrong rule does not pass, and the report says where, what, and what it should have been.
    let mistaken = gradcheck(|x| apply(Forgetful(SharpSoftplus { k: 3.0 }), x), &at).run();
    println!("\nforgetful_softplus: {}", mistaken.expect_err("the rule is wrong"));

    println!(
        "\nWhat was to be seen: an operation is its value and g · ∂y/∂x, on plain tensors; the check needs one line."
    );
    println!(
        "Two further methods are optional: `jvp` for forward mode, and `vjp_recorded` for derivatives of derivatives."
    );
}
