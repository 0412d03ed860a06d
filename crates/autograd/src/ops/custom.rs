//! Custom operations: a forward function and its vector-Jacobian product.

use crate::core::record::common;
use crate::core::tape::Tape;
use crate::core::value::{Scalar, Value};
use crate::core::var::{TensorVar, Var};
use crate::rules::{CustomRule, Op};
use smallvec::SmallVec;
use std::any::Any;
use std::fmt;
use std::sync::Arc;
use tensor::{Shape, Tensor};

/// A custom operation, defined by its value and its derivative rule.
///
/// Two methods are required: [`forward`](CustomOp::forward), the value, and [`vjp`](CustomOp::vjp), the vector-Jacobian
/// product. They take plain tensors, with scalars as 0-d tensors. Check the rule with [`gradcheck`](crate::gradcheck).
///
/// ```
/// use autograd::{CustomOp, Tape};
/// use tensor::{Tensor, tensor};
///
/// /// x³, with the vjp g · 3x².
/// #[derive(Debug)]
/// struct Cube;
/// impl CustomOp<f64> for Cube {
///     fn name(&self) -> &str { "cube" }
///     fn forward(&self, x: &[&Tensor<f64>]) -> Tensor<f64> {
///         x[0].powi(3)
///     }
///     fn vjp(&self, g: &Tensor<f64>, x: &[&Tensor<f64>], _y: &Tensor<f64>) -> Vec<Tensor<f64>> {
///         vec![g * 3.0 * x[0].square()]
///     }
/// }
///
/// let tape = Tape::new();
/// let x = tape.var(tensor![1.0, 2.0]);
/// let y: autograd::TensorVar = tape.apply(Cube, &[x]);
/// assert_eq!(y.sum().backward().wrt(x), tensor![3.0, 12.0]);
/// ```
pub trait CustomOp<T: Scalar>: fmt::Debug + Send + Sync {
    /// The name shown in messages and derivations.
    fn name(&self) -> &str;

    /// Computes the value from the operands' values.
    fn forward(&self, operands: &[&Tensor<T>]) -> Tensor<T>;

    /// Computes the contribution `g · ∂y/∂x` to the adjoint of each operand, in the operand's shape, from the adjoint
    /// `g` of the value `y`.
    fn vjp(&self, g: &Tensor<T>, operands: &[&Tensor<T>], y: &Tensor<T>) -> Vec<Tensor<T>>;

    /// Computes the tangent of the value `y` from the tangents of the operands, `None` for an operand without a
    /// tangent. This is the rule for forward mode.
    ///
    /// Default: `None`; forward mode then panics with a message that names this method.
    fn jvp(&self, operands: &[&Tensor<T>], tangents: &[Option<&Tensor<T>>], y: &Tensor<T>) -> Option<Tensor<T>> {
        let _ = (operands, tangents, y);
        None
    }

    /// [`vjp`](CustomOp::vjp) computed on variables, so that the gradient can be differentiated again.
    ///
    /// Default: `None`. A recorded gradient then has the right value, and differentiating it panics with a message
    /// that names this method.
    fn vjp_recorded<'t>(
        &self,
        g: TensorVar<'t, T>,
        operands: &[TensorVar<'t, T>],
        y: TensorVar<'t, T>,
    ) -> Option<Vec<TensorVar<'t, T>>> {
        let _ = (g, operands, y);
        None
    }
}

impl<T: Scalar> Tape<T> {
    /// Records a custom operation on scalars or tensors. The result type is inferred; a scalar `Var` requires a value
    /// of one element.
    ///
    /// # Panics
    /// If an operand is on another tape, or if the result is a scalar `Var` and the value does not have exactly one
    /// element.
    #[track_caller]
    pub fn apply<'t, V, W>(&'t self, op: impl CustomOp<T> + 'static, operands: &[Var<'t, V>]) -> Var<'t, W>
    where
        V: Value<Elem = T>,
        W: Value<Elem = T>,
    {
        let ids = self.operands_of(op.name(), operands);
        // The user's code may record on this tape, so no borrow of the tape is held: it runs on clones, which share
        // buffers.
        let xs: Vec<Tensor<T>> = operands.iter().map(|x| x.value().to_tensor()).collect();
        let value = op.forward(&xs.iter().collect::<Vec<_>>());
        self.take(Custom::op(op), &ids, W::from_tensor(value).into_tensor())
    }

    /// Records a custom operation whose value is known.
    #[track_caller]
    pub(crate) fn apply_known<'t>(
        &'t self,
        op: impl CustomOp<T> + 'static,
        operands: &[TensorVar<'t, T>],
        value: Tensor<T>,
    ) -> TensorVar<'t, T> {
        let ids = self.operands_of(op.name(), operands);
        self.take(Custom::op(op), &ids, value)
    }

    #[track_caller]
    fn operands_of<V: Value<Elem = T>>(&self, op: &str, operands: &[Var<'_, V>]) -> SmallVec<[u32; 4]> {
        let mut ids = SmallVec::new();
        for x in operands {
            common(Some(self), x.tape, op);
            ids.push(self.node_of(x.erase()));
        }
        ids
    }
}

/// Adapts a [`CustomOp`] to the rule table.
#[derive(Debug)]
struct Custom<T: Scalar>(Box<dyn CustomOp<T>>);

impl<T: Scalar> Custom<T> {
    fn op(op: impl CustomOp<T> + 'static) -> Op<T> {
        Op::Custom(Arc::new(Custom(Box::new(op))))
    }
}

impl<T: Scalar> CustomRule<T> for Custom<T> {
    fn name(&self) -> &str {
        self.0.name()
    }
    fn forward(&self, operands: &[&Tensor<T>]) -> Tensor<T> {
        self.0.forward(operands)
    }
    fn vjp(&self, g: &Tensor<T>, operands: &[&Tensor<T>], y: &Tensor<T>) -> Vec<Tensor<T>> {
        let contributions = self.0.vjp(g, operands, y);
        check(self.name(), "vjp", contributions.iter().map(Tensor::shape), operands.iter().map(|x| x.shape()));
        contributions
    }
    fn jvp(&self, operands: &[&Tensor<T>], tangents: &[Option<&Tensor<T>>], y: &Tensor<T>) -> Option<Tensor<T>> {
        let dy = self.0.jvp(operands, tangents, y)?;
        let (found, expected) = (dy.shape(), y.shape());
        assert!(
            found == expected,
            "jvp of `{}`: expected a tangent of shape {expected}, the shape of the value, got {found}",
            self.name()
        );
        Some(dy)
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Computes the contributions as variables: by the rule on variables if there is one, otherwise as operations that
/// cannot be differentiated again.
pub(crate) fn vjp_recorded<'t, T: Scalar>(
    op: &Arc<dyn CustomRule<T>>,
    g: TensorVar<'t, T>,
    xs: &[TensorVar<'t, T>],
    y: TensorVar<'t, T>,
) -> Vec<TensorVar<'t, T>> {
    let custom = op.as_any().downcast_ref::<Custom<T>>();
    let rule = |custom: &Custom<T>| recorded(g.on_tape(), || custom.0.vjp_recorded(g, xs, y));
    if let Some(contributions) = custom.and_then(rule) {
        let shapes = |vars: &[TensorVar<'t, T>]| vars.iter().map(|x| x.shape()).collect::<Vec<_>>();
        check(op.name(), "vjp_recorded", shapes(&contributions).iter(), shapes(xs).iter());
        return contributions;
    }
    let values: Vec<Tensor<T>> = xs.iter().map(|x| x.value()).collect();
    let contributions = op.vjp(&g.value(), &values.iter().collect::<Vec<_>>(), &y.value());
    let ids: SmallVec<[u32; 4]> = [g.id, y.id].into_iter().chain(xs.iter().map(|x| x.id)).collect();
    let record = |(k, value)| g.on_tape().take(Op::CustomVjp(op.clone(), k), &ids, value);
    contributions.into_iter().enumerate().map(record).collect()
}

/// Computes the tangent of the value as a variable, from the rule on variables: the contributions are linear in the
/// adjoint `g`, so the tangent is the gradient of their products with the tangents `dxs`, by `g`.
pub(crate) fn jvp_recorded<'t, T: Scalar>(
    op: &Arc<dyn CustomRule<T>>,
    xs: &[TensorVar<'t, T>],
    dxs: &[Option<TensorVar<'t, T>>],
    y: TensorVar<'t, T>,
) -> TensorVar<'t, T> {
    let tape = y.on_tape();
    let tangent = || {
        let g = tape.var(Tensor::zeros(y.shape()));
        let mut sum = tape.constant(T::ZERO);
        for (contribution, dx) in vjp_recorded(op, g, xs, y).into_iter().zip(dxs) {
            if let Some(dx) = dx {
                sum += (contribution * *dx).sum();
            }
        }
        Some(vec![sum.grad(g)])
    };
    match recorded(tape, tangent).and_then(|mut tangents| tangents.pop()) {
        Some(tangent) => tangent,
        None => unreachable!("the closure returns one tangent"),
    }
}

/// Runs a rule that differentiates what it records, so it records also while recording is paused. The results are
/// constants then.
fn recorded<'t, T: Scalar>(
    tape: &'t Tape<T>,
    rule: impl FnOnce() -> Option<Vec<TensorVar<'t, T>>>,
) -> Option<Vec<TensorVar<'t, T>>> {
    if !tape.nodes.is_paused() {
        return rule();
    }
    let results = tape.recording(rule)?;
    Some(results.into_iter().map(|x| tape.constant(x.value())).collect())
}

/// Checks that a custom rule returned one contribution per operand, in the operand's shape.
fn check<'a>(
    op: &str,
    method: &str,
    contributions: impl ExactSizeIterator<Item = &'a Shape>,
    operands: impl ExactSizeIterator<Item = &'a Shape>,
) {
    let (found, expected) = (contributions.len(), operands.len());
    assert!(
        found == expected,
        "{method} of `{op}`: expected one contribution for each of the {expected} operands, got {found}"
    );
    for (k, (found, expected)) in contributions.zip(operands).enumerate() {
        assert!(
            found == expected,
            "{method} of `{op}`: expected a contribution of shape {expected}, the shape of operand {k}, got {found}"
        );
    }
}
