//! Less memory for more time: what lies within a checkpoint is computed again when the sweep gets there.

use crate::custom::CustomOp;
use crate::tape::Tape;
use crate::value::Scalar;
use crate::var::Var;
use std::fmt;
use tensor::Tensor;

/// f(x₁, ..., xₙ), of which the tape keeps the result and nothing on the way there.
///
/// The sweep runs `f` again, on a tape of its own, and hands its gradients on: to the bit those that a plain `f` gives,
/// for the price of a second evaluation. Forward mode and derivatives of any order go through it, too. Everything that
/// is to get a gradient must be among the operands; what `f` uses besides has to be plain numbers.
///
/// After Griewank and Walther, *Evaluating Derivatives* (2nd ed. 2008), chapter 12.
///
/// ```
/// use autograd::{Tape, checkpoint};
/// use tensor::tensor;
///
/// let tape = Tape::new();
/// let x = tape.var(tensor![0.5, -0.25]);
/// let before = tape.len();
/// let y = checkpoint(|x| (x[0].sin() * x[0]).exp().tanh(), &[x]);
/// assert_eq!(tape.len(), before + 1);
///
/// let plain = (x.sin() * x).exp().tanh();
/// assert_eq!(y.sum().backward().wrt(x), plain.sum().backward().wrt(x));
/// ```
///
/// # Panics
/// If there are no operands, or they are on different tapes.
#[track_caller]
pub fn checkpoint<'t, T: Scalar, F>(f: F, operands: &[Var<'t, Tensor<T>>]) -> Var<'t, Tensor<T>>
where
    F: for<'a> Fn(&[Var<'a, Tensor<T>>]) -> Var<'a, Tensor<T>> + 'static,
{
    let Some(tape) = operands.first().and_then(|x| x.tape()) else {
        panic!("checkpoint: without an operand there is no gradient to compute; call the function itself")
    };
    tape.apply(Checkpoint(f), operands)
}

struct Checkpoint<F>(F);

impl<F> fmt::Debug for Checkpoint<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Checkpoint")
    }
}

/// The operands as variables of a tape.
fn on<'a, T: Scalar>(tape: &'a Tape<T>, operands: &[&Tensor<T>]) -> Vec<Var<'a, Tensor<T>>> {
    operands.iter().map(|&x| tape.var(x.clone())).collect()
}

impl<T: Scalar, F> CustomOp<T> for Checkpoint<F>
where
    F: for<'a> Fn(&[Var<'a, Tensor<T>>]) -> Var<'a, Tensor<T>>,
{
    fn name(&self) -> &str {
        "checkpoint"
    }
    fn forward(&self, operands: &[&Tensor<T>]) -> Tensor<T> {
        let tape = Tape::new();
        tape.no_grad(|| (self.0)(&on(&tape, operands)).value())
    }
    fn vjp(&self, g: &Tensor<T>, operands: &[&Tensor<T>], _: &Tensor<T>) -> Vec<Tensor<T>> {
        let tape = Tape::new();
        let xs = on(&tape, operands);
        let gradients = (self.0)(&xs).backward_with(g);
        xs.iter().map(|&x| gradients.wrt(x)).collect()
    }
    fn jvp(&self, operands: &[&Tensor<T>], tangents: &[Option<&Tensor<T>>], _: &Tensor<T>) -> Option<Tensor<T>> {
        let tape = Tape::new();
        let xs = on(&tape, operands);
        let y = (self.0)(&xs);
        let moved = tape.tangents(|t| {
            for (&x, tangent) in xs.iter().zip(tangents) {
                if let Some(tangent) = tangent {
                    t.set(x, (*tangent).clone());
                }
            }
        });
        Some(moved.of(y))
    }
    fn vjp_recorded<'t>(
        &self,
        g: Var<'t, Tensor<T>>,
        operands: &[Var<'t, Tensor<T>>],
        _: Var<'t, Tensor<T>>,
    ) -> Option<Vec<Var<'t, Tensor<T>>>> {
        let along = ((self.0)(operands) * g).sum();
        Some(operands.iter().map(|&x| along.grad(x)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck;
    use tensor::tensor;

    fn body<'a>(x: &[Var<'a, Tensor<f64>>]) -> Var<'a, Tensor<f64>> {
        (x[0].matmul(x[1]).tanh() * x[0]).exp()
    }

    /// Gradients to the bit, with one checkpoint in another and an operand that is used outside as well.
    #[test]
    fn a_checkpointed_gradient_is_the_plain_one() {
        let (a, b) = (tensor![[0.5, -0.25], [1.0, 0.125]], tensor![[0.3, 0.7], [-0.2, 0.9]]);
        let gradients = |nested: bool| {
            let tape = Tape::new();
            let (a, b) = (tape.var(a.clone()), tape.var(b.clone()));
            let y = if nested { checkpoint(|x| checkpoint(body, x), &[a, b]) } else { body(&[a, b]) };
            let g = (y.sum() * b.sum()).backward();
            (y.value(), g.wrt(a), g.wrt(b))
        };
        assert_eq!(gradients(true), gradients(false));
    }

    #[test]
    fn every_mode_goes_through() {
        let points = (tensor![[0.5, -0.25], [1.0, 0.125]], tensor![[0.3, 0.7], [-0.2, 0.9]]);
        gradcheck(|(a, b)| checkpoint(body, &[a, b]).sum(), points).order(2).run().unwrap();
    }

    #[test]
    #[should_panic(expected = "checkpoint: without an operand")]
    fn nothing_to_differentiate() {
        checkpoint::<f64, _>(|x| x[0], &[]);
    }
}
