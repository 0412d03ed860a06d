//! One pass of a batch through a model, to its loss.

use crate::batch::Batch;
use autograd::{Scalar, TensorVar, Var};
use nn::{Context, LossError, Model};
use smallvec::{SmallVec, smallvec};

/// What a batch came to.
#[derive(Debug)]
pub(super) struct Pass<'t, T: Scalar> {
    /// The raw outputs.
    pub(super) outputs: SmallVec<[TensorVar<'t, T>; 1]>,
    /// The loss of each output.
    pub(super) losses: SmallVec<[Var<'t, T>; 1]>,
    /// What training makes small.
    pub(super) total: Var<'t, T>,
}

impl<'t, T: Scalar> Pass<'t, T> {
    /// Runs the model on a batch.
    ///
    /// The common model has one input and one output, whose loss is all there is: for that one no list is made, so that
    /// a step takes nothing from the allocator.
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
