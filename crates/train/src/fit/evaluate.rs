//! A model in use on some examples: nothing is recorded, nothing changes but the figures.

use super::pass::Pass;
use super::scores::Scores;
use crate::batch::Batch;
use crate::error::DataError;
use crate::error::FitError;
use autograd::{Scalar, Tape};
use nn::{Context, Model};
use tensor::{Shape, Tensor};

/// Goes through batches, and has each scored on a tape that is used again.
///
/// # Errors
/// If a batch does not fit the model, or there is none.
pub(super) fn evaluate<T: Scalar>(
    batches: impl Iterator<Item = Result<Batch<T>, DataError>>,
    mut score: impl FnMut(&Batch<T>, &mut Tape<T>) -> Result<(), FitError>,
) -> Result<(), FitError> {
    let (mut tape, mut seen) = (Tape::default(), 0);
    for batch in batches {
        let batch = batch?;
        score(&batch, &mut tape)?;
        seen += batch.len();
    }
    if seen == 0 { Err(FitError::NoExamples) } else { Ok(()) }
}

/// Adds the figures of a batch.
pub(super) fn score<T: Scalar>(
    model: &Model<T>,
    tape: &mut Tape<T>,
    batch: &Batch<T>,
    scores: &mut Scores<'_, T>,
) -> Result<(), FitError> {
    check_inputs(model, batch)?;
    tape.no_grad(|| {
        let net = model.params().bind(tape);
        let pass = Pass::of(model, &mut Context::eval(&net), batch)?;
        scores.update(model, batch, &pass);
        Ok::<(), FitError>(())
    })?;
    tape.reset();
    Ok(())
}

/// Refuses examples of another shape than the model takes.
pub(super) fn check_inputs<T: Scalar>(model: &Model<T>, batch: &Batch<T>) -> Result<(), FitError> {
    let example = |x: &Tensor<T>| Shape::from(x.shape().get(1..).unwrap_or(&[]));
    let expected = model.input_shapes();
    let fits = batch.inputs.len() == expected.len()
        && batch.inputs.iter().zip(expected).all(|(x, shape)| x.shape().get(1..) == Some(&shape[..]));
    match fits {
        true => Ok(()),
        false => {
            Err(FitError::Input { found: batch.inputs.iter().map(example).collect(), expected: expected.to_vec() })
        }
    }
}
