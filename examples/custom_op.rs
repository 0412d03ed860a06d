//! A custom operation: its value, its gradient, and a check of the gradient.
//!
//! The operation is softplus with a sharpness k, y = ln(1 + e^(k x)) / k, a smooth approximation of max(x, 0). As a
//! single operation it does not overflow, and its derivative is σ(k x).
//!
//! Run it with `cargo run --release --example custom_op`.

use chainrule::autograd::CustomOp;
use chainrule::autograd::prelude::*;

/// ln(1 + e^(k x)) / k, element by element.
#[derive(Debug)]
struct SharpSoftplus {
    k: f64,
}

impl CustomOp<f64> for SharpSoftplus {
    fn name(&self) -> &str {
        "sharp_softplus"
    }
    // max(z, 0) + ln(1 + e^-|z|) does not overflow.
    fn forward(&self, x: &[&Tensor<f64>]) -> Tensor<f64> {
        let z = self.k * x[0];
        (z.maximum(0.0) + (-z.abs()).exp().ln_1p()) / self.k
    }
    // g · ∂y/∂x for each operand, in the shape of the operand. The derivative is σ(k x).
    fn vjp(&self, g: &Tensor<f64>, x: &[&Tensor<f64>], _y: &Tensor<f64>) -> Vec<Tensor<f64>> {
        vec![g * (self.k * x[0]).sigmoid()]
    }
}

/// The same with a mistake in its gradient: σ(x) without the sharpness.
#[derive(Debug)]
struct WrongGradient(SharpSoftplus);

impl CustomOp<f64> for WrongGradient {
    fn name(&self) -> &str {
        "wrong_softplus"
    }
    fn forward(&self, x: &[&Tensor<f64>]) -> Tensor<f64> {
        self.0.forward(x)
    }
    fn vjp(&self, g: &Tensor<f64>, x: &[&Tensor<f64>], y: &Tensor<f64>) -> Vec<Tensor<f64>> {
        SharpSoftplus { k: 1.0 }.vjp(g, x, y)
    }
}

/// Records an operation with one operand on the tape of the operand.
fn apply<'t>(op: impl CustomOp<f64> + 'static, x: TensorVar<'t>) -> TensorVar<'t> {
    x.tape().expect("a tensor variable lives on a tape").apply(op, &[x])
}

fn main() {
    // It is used like any other operation.
    let tape = Tape::new();
    let x = tape.var(tensor![-400.0, -0.5, 0.0, 0.5, 400.0]);
    let y = apply(SharpSoftplus { k: 3.0 }, x);
    let g = (y * y).sum().backward();
    println!("x            {}", x.value());
    println!("y            {:.4}", y.value());
    println!("d(Σ y²)/dx   {:.4}", g.wrt(x));

    // The check compares reverse mode with finite differences, for each element.
    let at = tensor![-0.9, -0.2, 0.3, 1.4];
    let checked = gradcheck(|x| apply(SharpSoftplus { k: 3.0 }, x), &at).run().expect("the rule is right");
    println!("\nsharp_softplus: {checked}");
    assert!(checked.largest_error() < 1e-8);

    // For a wrong rule, the report lists the wrong elements with the computed and the expected values.
    let failed = gradcheck(|x| apply(WrongGradient(SharpSoftplus { k: 3.0 }), x), &at).run();
    println!("\nwrong_softplus: {}", failed.expect_err("the rule is wrong"));

    println!(
        "\nTakeaway: an operation consists of its value and g · ∂y/∂x, on plain tensors. The check takes one line."
    );
    println!("Two more methods are optional: `jvp` for forward mode, and `vjp_recorded` for higher derivatives.");
}
