//! Gradient checkpointing: the operations inside a checkpoint are not stored, but computed again when a sweep needs
//! them.

use crate::core::higher_order::{self, Wanted};
use crate::core::record::Erased;
use crate::core::tape::Tape;
use crate::core::value::Scalar;
use crate::core::var::TensorVar;
use crate::ops::CustomOp;
use crate::params::{BoundParams, Param};
use crate::rules::{Arrange, Op};
use std::fmt;
use tensor::Tensor;

/// Records f(x₁, ..., xₙ) as one operation: the tape stores the operands and the value, but no intermediate results.
///
/// The reverse sweep runs `f` again, on a separate tape, at the cost of a second evaluation. The gradients are those without
/// the checkpoint, bit for bit, if no operand is used outside it; contributions to an operand that is used elsewhere
/// are added in another order, and the last bits may differ. Forward mode, recorded gradients, derivatives of any order, and
/// checkpoints inside `f` work too. Only the operands receive gradients, so all other values that `f` uses must be
/// plain numbers and tensors.
///
/// Source: Griewank and Walther, *Evaluating Derivatives* (2nd ed. 2008), chapter 12.
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
/// assert_eq!(y.sum().grad(x).sum().backward().wrt(x), plain.sum().grad(x).sum().backward().wrt(x));
/// ```
///
/// # Panics
/// If there are no operands, or they are on different tapes. A sweep panics if `f` does not return the recorded value
/// again. A function that draws random numbers must therefore create its generator from the same seed in each call.
#[track_caller]
pub fn checkpoint<'t, T: Scalar, F>(f: F, operands: &[TensorVar<'t, T>]) -> TensorVar<'t, T>
where
    F: for<'a> Fn(&[TensorVar<'a, T>]) -> TensorVar<'a, T> + Send + Sync + 'static,
{
    let Some(tape) = operands.first().and_then(|x| x.tape()) else {
        panic!("checkpoint: expected at least one operand on a tape, got none; call the function without a checkpoint")
    };
    tape.apply(Checkpoint(f), operands)
}

impl<'t, T: Scalar> BoundParams<'_, 't, T> {
    /// Records a part of a network as one operation, as [`checkpoint`] does for functions of their operands alone: the tape
    /// stores the parameters that the part uses, its input and its value, and no intermediate results.
    ///
    /// `f` receives the bound parameters and the input. It owns what it uses: a layer is keys, so it is cheap to clone.
    /// Gradients flow to the parameters and to `x`, to any order, and to what a [`map`](BoundParams::map) put in their place.
    ///
    /// ```
    /// use autograd::{ParamGradients, Params, Tape};
    /// use tensor::tensor;
    /// let mut params = Params::new();
    /// let w = params.add("w", tensor![[0.5, -0.5], [1.0, 0.25]]);
    /// let tape = Tape::new();
    /// let net = params.bind(&tape);
    /// let x = tape.constant(tensor![[1.0, 2.0]]);
    ///
    /// let y = net.checkpoint(move |net, x| x.matmul(net.var(w)).tanh().exp(), x);
    /// let plain = x.matmul(net.var(w)).tanh().exp();
    /// let [g, expected] = [y, plain].map(|y| y.sum().backward().gradient(&params, w).cloned());
    /// assert_eq!(g, expected);
    /// ```
    ///
    /// # Panics
    /// If `x` is on another tape. A sweep panics if `f` reads a parameter that it did not read before, or does not return
    /// the recorded value again.
    #[track_caller]
    pub fn checkpoint<F>(&self, f: F, x: TensorVar<'t, T>) -> TensorVar<'t, T>
    where
        F: for<'a> Fn(BoundParams<'_, 'a, T>, TensorVar<'a, T>) -> TensorVar<'a, T> + Send + Sync + 'static,
    {
        let params = self.values();
        let inner = Tape::default();
        let value = inner.no_grad(|| f(params.bind(&inner), inner.constant(x.value())).value());
        let used: Vec<Param> =
            params.keys().filter(|p| inner.bindings.borrow().node(params.store, p.key).is_some()).collect();
        let operands: Vec<_> = used.iter().map(|&p| self.var(p)).chain([x]).collect();
        let part = operation(move |operands| {
            let (weights, x) = operands.split_at(used.len());
            let weights: Vec<_> = used.iter().copied().zip(weights.iter().copied()).collect();
            let tape = x[0].on_tape();
            let y = f(params.bind(tape).mapped(&weights), x[0]);
            assert!(
                !tape.bindings.borrow().is_bound(params.store),
                "checkpoint: expected the function to read the same parameters as in its first run, got one more, which \
                 would have no gradient; choose between parameters outside the function"
            );
            y
        });
        self.tape.apply_known(Checkpoint(part), &operands, value)
    }
}

/// Fixes the signature of a closure.
fn operation<T: Scalar, F: for<'a> Fn(&[TensorVar<'a, T>]) -> TensorVar<'a, T>>(f: F) -> F {
    f
}

struct Checkpoint<F>(F);

impl<F> fmt::Debug for Checkpoint<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Checkpoint")
    }
}

/// Creates variables of the operands on a tape.
fn variables<'a, T: Scalar>(tape: &'a Tape<T>, operands: &[&Tensor<T>]) -> Vec<TensorVar<'a, T>> {
    operands.iter().map(|&x| tape.var(x.clone())).collect()
}

impl<F> Checkpoint<F> {
    /// Runs the function again and checks that it still returns `y`.
    fn again<'a, T: Scalar>(&self, operands: &[TensorVar<'a, T>], y: &Tensor<T>) -> TensorVar<'a, T>
    where
        F: for<'b> Fn(&[TensorVar<'b, T>]) -> TensorVar<'b, T>,
    {
        let result = (self.0)(operands);
        assert!(
            same(&result.value(), y),
            "checkpoint: expected the function to return the recorded value again, got another value; draw random \
             numbers outside and capture them, or create the generator inside from a captured seed"
        );
        result
    }
}

/// Whether two tensors have the same elements; NaN equals NaN.
fn same<T: Scalar>(a: &Tensor<T>, b: &Tensor<T>) -> bool {
    let equal = |(a, b): (T, T)| a == b || (a.is_nan() && b.is_nan());
    a.shape() == b.shape() && a.to_vec().into_iter().zip(b.to_vec()).all(equal)
}

impl<T: Scalar, F> CustomOp<T> for Checkpoint<F>
where
    F: for<'a> Fn(&[TensorVar<'a, T>]) -> TensorVar<'a, T> + Send + Sync,
{
    fn name(&self) -> &str {
        "checkpoint"
    }
    fn forward(&self, operands: &[&Tensor<T>]) -> Tensor<T> {
        let tape = Tape::default();
        tape.no_grad(|| (self.0)(&variables(&tape, operands)).value())
    }
    fn vjp(&self, g: &Tensor<T>, operands: &[&Tensor<T>], y: &Tensor<T>) -> Vec<Tensor<T>> {
        let tape = Tape::default();
        let xs = variables(&tape, operands);
        let gradients = self.again(&xs, y).backward_with(g);
        xs.iter().map(|&x| gradients.wrt(x)).collect()
    }
    fn jvp(&self, operands: &[&Tensor<T>], tangents: &[Option<&Tensor<T>>], y: &Tensor<T>) -> Option<Tensor<T>> {
        let tape = Tape::default();
        let xs = variables(&tape, operands);
        let result = self.again(&xs, y);
        let moved = tape.tangents(|t| {
            for (&x, tangent) in xs.iter().zip(tangents) {
                if let Some(tangent) = tangent {
                    t.set(x, (*tangent).clone());
                }
            }
        });
        Some(moved.of(result))
    }
    /// Runs `f` on new nodes that copy the operands, and sweeps from the result back to the copies. So dependencies
    /// between the operands, and of `g` on the operands, are not differentiated here.
    fn vjp_recorded<'t>(
        &self,
        g: TensorVar<'t, T>,
        operands: &[TensorVar<'t, T>],
        y: TensorVar<'t, T>,
    ) -> Option<Vec<TensorVar<'t, T>>> {
        let tape = g.on_tape();
        let copy = |x: &TensorVar<'t, T>| tape.record(Op::Arrange(Arrange::Reshape(x.shape())), &[x.id]);
        let copies: Vec<TensorVar<'t, T>> = operands.iter().map(copy).collect();
        let result = self.again(&copies, &y.value());
        let targets: Vec<u32> = copies.iter().map(|x| x.id).collect();
        let found = higher_order::gradients(tape, result.id, g.erase(), &targets, Wanted::Values);
        let gradient = |(found, x): (Option<Erased<'t, T>>, &TensorVar<'t, T>)| match found {
            Some(g) => g.var(),
            None => tape.constant(Tensor::zeros(x.shape())),
        };
        Some(found.into_iter().zip(operands).map(gradient).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck;
    use std::sync::atomic::{AtomicU32, Ordering};
    use tensor::tensor;

    fn body<'a>(x: &[TensorVar<'a>]) -> TensorVar<'a> {
        (x[0].matmul(x[1]).tanh() * x[0]).exp()
    }

    /// The gradients are equal bit for bit, with nested checkpoints and an operand that is also used outside.
    #[test]
    fn gradients_equal_those_without_a_checkpoint() {
        let (a, b) = (tensor![[0.5, -0.25], [1.0, 0.125]], tensor![[0.3, 0.7], [-0.2, 0.9]]);
        let gradients = |nested: bool| {
            let tape = Tape::default();
            let (a, b) = (tape.var(a.clone()), tape.var(b.clone()));
            let y = if nested { checkpoint(|x| checkpoint(body, x), &[a, b]) } else { body(&[a, b]) };
            let g = (y.sum() * b.sum()).backward();
            (y.value(), g.wrt(a), g.wrt(b))
        };
        assert_eq!(gradients(true), gradients(false));
    }

    #[test]
    fn all_modes_pass_gradcheck() {
        let points = (tensor![[0.5, -0.25], [1.0, 0.125]], tensor![[0.3, 0.7], [-0.2, 0.9]]);
        gradcheck(|(a, b)| checkpoint(body, &[a, b]).sum(), points).order(2).run().unwrap();
    }

    /// Recorded gradients equal those without the checkpoint, bit for bit at first order, and up to rounding at higher
    /// orders, where contributions are added in another order. The cases include operands that depend on one another,
    /// cotangents that depend on the result, and nested checkpoints.
    #[test]
    fn recorded_gradients_equal_those_without_a_checkpoint() {
        type V<'t> = TensorVar<'t>;
        fn sine<'t>(x: V<'t>, checkpointed: bool) -> V<'t> {
            if checkpointed { checkpoint(|x| x[0].sin(), &[x]) } else { x.sin() }
        }
        fn product<'t>(x: V<'t>, y: V<'t>, checkpointed: bool) -> V<'t> {
            if checkpointed { checkpoint(|x| x[0] * x[1], &[x, y]) } else { x * y }
        }
        fn nested<'t>(x: V<'t>, checkpointed: bool) -> V<'t> {
            if checkpointed {
                checkpoint(|x| checkpoint(|x| x[0].sin(), &[x[0].square()]), &[x])
            } else {
                x.square().sin()
            }
        }
        type F = for<'t> fn(V<'t>, bool) -> V<'t>;
        let functions: [(&str, F); 6] = [
            ("square of a checkpoint", |x, checkpointed| sine(x, checkpointed).square()),
            ("sine of a checkpoint", |x, checkpointed| sine(x, checkpointed).sin()),
            ("operands that depend on one another", |x, checkpointed| product(x, x.sin(), checkpointed)),
            ("one operand twice", |x, checkpointed| product(x, x, checkpointed).exp()),
            ("checkpoint of a checkpoint's result", |x, checkpointed| sine(sine(x, checkpointed), checkpointed)),
            ("nested", |x, checkpointed| nested(x, checkpointed).cos()),
        ];
        for (name, f) in functions {
            let derivatives = |checkpointed: bool| {
                let tape = Tape::default();
                let x = tape.var(tensor![0.7, -0.3]);
                let y = f(x, checkpointed).sum();
                let d1 = y.grad(x);
                let d2 = d1.sum().grad(x);
                let d3 = d2.sum().grad(x);
                let moved = tape.tangents(|t| t.set(x, tensor![1.0, 1.0]));
                let first = y.backward().wrt(x);
                [first, d1.value(), d2.value(), d3.value(), moved.of(d1), moved.of(d2)]
            };
            let (checkpointed, plain) = (derivatives(true), derivatives(false));
            assert_eq!(checkpointed[..2], plain[..2], "{name}");
            for (a, b) in checkpointed.iter().zip(&plain) {
                let near = a.to_vec().into_iter().zip(b.to_vec()).all(|(a, b): (f64, f64)| (a - b).abs() < 1e-13);
                assert!(near, "{name}: got {a}, want {b}");
            }
        }
    }

    /// The derivatives of sin² x, sin sin x and x sin x at 0.7, which were wrong or did not terminate in an earlier
    /// version.
    #[test]
    fn known_values() {
        let tape = Tape::default();
        let x = tape.var(tensor![0.7]);
        let s = checkpoint(|x| x[0].sin(), &[x]);
        let p = checkpoint(|x| x[0] * x[1], &[x, x.sin()]);
        for (y, want) in [(s.square(), 0.9854497299884603), (s.sin(), 0.6115447511069771), (p, 1.179607218336833)] {
            let got: f64 = y.sum().grad(x).value().item();
            assert!((got - want).abs() < 1e-15, "got {got}, want {want}");
        }
    }

    #[test]
    #[should_panic(expected = "checkpoint: expected the function to return the recorded value again")]
    fn a_function_that_draws_another_mask() {
        let calls = AtomicU32::new(0);
        let tape = Tape::default();
        let x = tape.var(tensor![1.0, 2.0]);
        let masked = checkpoint(move |x| x[0] * f64::from(calls.fetch_add(1, Ordering::Relaxed)), &[x]);
        masked.sum().backward();
    }

    #[test]
    #[should_panic(expected = "checkpoint: expected at least one operand")]
    fn a_checkpoint_without_operands() {
        checkpoint::<f64, _>(|x| x[0], &[]);
    }
}
