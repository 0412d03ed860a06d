//! Ten computations.

use autograd::{CustomOp, Tape, TensorVar, Var, softmax_cross_entropy};
use explain::{Explain, Explainable, Explanation};
use tensor::{Tensor, tensor};

pub(crate) fn polynomial() -> Explanation {
    let tape = Tape::new();
    let (x, y) = (tape.var(3.0_f64).named("x"), tape.var(4.0).named("y"));
    (x * x * y + y + 2.0).named("f").explain()
}

/// z1 = W1 x + b1, a1 = tanh(z1), z2 = W2 a1 + b2, ŷ = σ(z2), L = ½ (ŷ - y)².
pub(crate) fn two_layers() -> Explanation {
    let tape = Tape::new();
    let x = tape.constant(tensor![1.0, 2.0]).named("x");
    let w1 = tape.var(tensor![[0.1, -0.2], [0.4, 0.3]]).named("W1");
    let b1 = tape.var(tensor![0.0, 0.1]).named("b1");
    let w2 = tape.var(tensor![0.5, -0.6]).named("W2");
    let b2 = tape.var(0.2).named("b2");
    let z1 = (w1.matmul(x) + b1).named("z1");
    let a1 = z1.tanh().named("a1");
    let z2 = (w2.dot(a1) + b2).named("z2");
    let y = z2.sigmoid().named("ŷ");
    let error: Var<f64> = y - 1.0;
    let loss = (error.square() * 0.5).named("L");
    loss.explain()
}

/// A value that is used several times, and one without a name.
pub(crate) fn diamond() -> Explanation {
    let tape = Tape::new();
    let a = tape.var(tensor![1.0, -2.0]).named("a");
    let b = a + 1.0;
    let c = b + 1.5;
    let d = a + b;
    let e: TensorVar = d + c;
    e.sum().explain()
}

pub(crate) fn cross_entropy() -> Explanation {
    let tape = Tape::new();
    let x = tape.constant(tensor![[1.0, 2.0], [0.5, -1.0]]).named("X");
    let w = tape.var(tensor![[0.1, -0.2], [0.3, 0.2]]).named("W");
    let z = x.linear(w, tape.var(tensor![0.1, 0.2]).named("b")).named("Z");
    softmax_cross_entropy(z, [1, 0]).named("L").explain()
}

pub(crate) fn kink() -> Explanation {
    let tape = Tape::new();
    let x = tape.var(tensor![-1.0, 0.0, 2.0]).named("x");
    let y = tape.var(1.0).named("y");
    (x.relu().sum() * y + y.maximum(1.0) + y.heaviside()).explain()
}

#[derive(Debug)]
struct Cube;
impl CustomOp<f64> for Cube {
    fn name(&self) -> &str {
        "cube"
    }
    fn forward(&self, x: &[&Tensor<f64>]) -> Tensor<f64> {
        x[0].to_vec().iter().map(|x| x * x * x).collect()
    }
    fn vjp(&self, g: &Tensor<f64>, x: &[&Tensor<f64>], _y: &Tensor<f64>) -> Vec<Tensor<f64>> {
        vec![g.to_vec().iter().zip(x[0].to_vec()).map(|(g, x)| g * 3.0 * x * x).collect()]
    }
}

pub(crate) fn custom() -> Explanation {
    let tape = Tape::new();
    let x = tape.var(tensor![1.0, 2.0]).named("x");
    let y: TensorVar = tape.apply(Cube, &[x]);
    (y * x).sum().explain()
}

pub(crate) fn cotangent() -> Explanation {
    let tape = Tape::new();
    let w = tape.var(tensor![[1.0, 2.0], [3.0, 4.0]]).named("W");
    let x = tape.var(tensor![0.5, -1.0]).named("x");
    let y = w.matmul(x).softmax(0).named("p");
    let v = tensor![1.0, -1.0];
    Explain::of(y).wrt(&[x.into()]).with_cotangent(v).run().expect("x is upstream")
}

pub(crate) fn broadcast() -> Explanation {
    let tape = Tape::new();
    let x = tape.var(Tensor::from_fn([3, 4], |i| i[0] as f64 - 0.5 * i[1] as f64)).named("x");
    let s = tape.var(tensor![1.0, 2.0, 3.0, 4.0]).named("s");
    let y = ((x * s).exp().mean_over(1) / (s.at([0]) + 3.0)).named("y");
    (y.norm() + x.max_over(0).logsumexp() + y.transpose().square().mean()).explain()
}

pub(crate) fn not_a_number() -> Explanation {
    let tape = Tape::new();
    let x = tape.var(-1.0_f64).named("x");
    let y = tape.var(0.0_f64).named("y");
    (x.ln() * 2.0 + y.sqrt() + 1.0 / y).explain()
}

/// A residual connection around a normalization, followed by a recurrence.
pub(crate) fn normalized() -> Explanation {
    let tape = Tape::new();
    let x = tape.var(tensor![0.5, -1.0, 2.0]).named("x");
    let (gain, bias) = (tape.var(tensor![1.0, 0.5, 2.0]).named("γ"), tape.var(tensor![0.0, 0.1, 0.0]).named("β"));
    let y = x.layer_norm(gain, bias, 1e-5).named("y");
    (y + x).named("r").cumprod(0).named("c").sum().explain()
}

pub(crate) fn long() -> Explanation {
    let tape = Tape::new();
    let (x, w) = (tape.var(0.5_f64).named("x"), tape.var(1.01_f64).named("w"));
    let mut h = x;
    for _ in 0..3334 {
        h = (h * w).sin() + x;
    }
    h.named("h").explain()
}
