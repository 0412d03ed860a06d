//! The forward pass of a batch, up to the loss.

use crate::batch::Batch;
use autograd::{Scalar, TensorVar, Var};
use nn::{Context, LossError, Model};
use smallvec::{SmallVec, smallvec};

/// The results of a forward pass.
#[derive(Debug)]
pub(super) struct Pass<'t, T: Scalar> {
    /// The raw outputs (logits).
    pub(super) outputs: SmallVec<[TensorVar<'t, T>; 1]>,
    /// The loss of each output.
    pub(super) losses: SmallVec<[Var<'t, T>; 1]>,
    /// The objective that training minimizes: the weighted losses plus penalties.
    pub(super) total: Var<'t, T>,
}

impl<'t, T: Scalar> Pass<'t, T> {
    /// Runs the model on a batch.
    ///
    /// A model with one input, one output and no penalties takes a path without lists, so that a step does not
    /// allocate.
    pub(super) fn of(model: &Model<T>, ctx: &mut Context<'_, 't, T>, batch: &Batch<T>) -> Result<Self, LossError> {
        let (net, tape) = (ctx.net(), ctx.tape());
        if let ([x], [head], [target]) = (&batch.inputs[..], model.heads(), &batch.targets[..])
            && !model.has_terms()
            && head.weight() == 1.0
            && head.activation() == head.loss().link()
        {
            let z = model.network().logits(ctx, tape.constant(x.clone()));
            let total = model.loss_of(head.loss(), z, target, batch.weights.as_ref())?;
            return Ok(Pass { outputs: smallvec![z], losses: smallvec![total], total });
        }
        let inputs: SmallVec<[_; 1]> = batch.inputs.iter().map(|x| tape.constant(x.clone())).collect();
        let outputs = model.forward(ctx, &inputs);
        let objective = model.objective(&net, &outputs, &batch.targets, batch.weights.as_ref())?;
        Ok(Pass { outputs: outputs.into(), losses: objective.losses.into(), total: objective.total })
    }
}
