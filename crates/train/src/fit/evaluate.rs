//! Evaluation of a model: no gradients are recorded, and only the scores change.

use super::pass::Pass;
use super::scores::Scores;
use crate::batch::Batch;
use crate::error::{DataError, FitError};
use autograd::{Scalar, Tape};
use nn::{Context, Model};
use tensor::{Shape, Tensor};

/// Calls `score` for each batch, with a tape that is reused.
///
/// # Errors
/// If there are no examples, or a batch or `score` fails.
pub(super) fn evaluate<T: Scalar>(
    batches: impl Iterator<Item = Result<Batch<T>, DataError>>,
    mut score: impl FnMut(&Batch<T>, &mut Tape<T>) -> Result<(), FitError>,
) -> Result<(), FitError> {
    let (mut tape, mut examples) = (Tape::default(), 0);
    for batch in batches {
        let batch = batch?;
        score(&batch, &mut tape)?;
        examples += batch.len();
    }
    if examples == 0 { Err(FitError::NoExamples) } else { Ok(()) }
}

/// Adds the loss and the metrics of a batch, in evaluation mode.
pub(super) fn score<T: Scalar>(
    model: &Model<T>,
    tape: &mut Tape<T>,
    batch: &Batch<T>,
    scores: &mut Scores<'_, T>,
) -> Result<(), FitError> {
    check_inputs(model, batch)?;
    tape.no_grad(|| {
        let bound = model.params().bind(tape);
        let pass = Pass::of(model, &mut Context::eval(&bound), batch)?;
        scores.update(model, batch, &pass);
        Ok::<(), FitError>(())
    })?;
    tape.reset();
    Ok(())
}

/// Checks that the examples have the input shapes of the model.
pub(super) fn check_inputs<T: Scalar>(model: &Model<T>, batch: &Batch<T>) -> Result<(), FitError> {
    let expected = model.input_shapes();
    let example = |x: &Tensor<T>| Shape::from(x.shape().get(1..).unwrap_or(&[]));
    let fits = |(x, shape): (&Tensor<T>, &Shape)| x.shape().get(1..) == Some(&shape[..]);
    if batch.inputs.len() == expected.len() && batch.inputs.iter().zip(expected).all(fits) {
        return Ok(());
    }
    Err(FitError::Input { found: batch.inputs.iter().map(example).collect(), expected: expected.to_vec() })
}
