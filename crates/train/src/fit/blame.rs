//! Where a number that is not finite came from.

use crate::batch::Batch;
use autograd::inspect::Operation;
use autograd::{Gradients, ParamGradients, Params, Scalar, Tape};
use nn::{Model, Module};
use tensor::Tensor;

/// What first holds an infinity or NaN, on the way from the parameters and the inputs through the layers to the loss.
///
/// `tape` holds the step's computation: of its operations the first with such a value is named, too.
pub(super) fn culprit<T: Scalar>(model: &Model<T>, batch: &Batch<T>, tape: &Tape<T>) -> String {
    if let Some(found) = parameter(model.params()) {
        return found;
    }
    if let Some(i) = batch.inputs.iter().position(|x| !x.is_finite()) {
        return format!("input {i} holds {}", first(&batch.inputs[i]));
    }
    let place = match (&batch.inputs[..], model.heads()) {
        ([x], [_]) => match layer(model.network(), model.params(), x.clone()) {
            Err(found) => found,
            Ok(_) => "the loss, of outputs that are finite".to_string(),
        },
        _ => "some layer, or the loss".to_string(),
    };
    match tape.nodes().find(|node| !node.value().is_finite()) {
        Some(node) => format!("{place}; the first operation to give it is `{}`", node.operation().name()),
        None => place,
    }
}

/// The first parameter that holds an infinity or NaN.
pub(super) fn parameter<T: Scalar>(params: &Params<T>) -> Option<String> {
    let (key, value) = params.iter().find(|(_, value)| !value.is_finite())?;
    Some(format!("parameter `{}` holds {} after the steps before", params.name(key), first(value)))
}

/// The parameter whose gradient holds an infinity or NaN, and the operation whose slope made it so on the way back from
/// the loss, which is the node `root`.
pub(super) fn gradient<T: Scalar>(
    params: &Params<T>,
    gradients: &Gradients<'_, T>,
    tape: &Tape<T>,
    root: Option<usize>,
) -> Option<String> {
    let not_finite = |p| Some((p, gradients.gradient(params, p)?)).filter(|(_, g)| !g.is_finite());
    let (p, g) = params.keys().find_map(not_finite)?;
    let place = format!("the gradient of parameter `{}` holds {}", params.name(p), first(g));
    match root.and_then(|root| slope(tape, root)) {
        Some(operation) => {
            Some(format!("{place}; on the way back from the loss, `{operation}` is the first to give it"))
        }
        None => Some(place),
    }
}

/// The first operation, from the root downwards, to hand on an adjoint that is not finite.
fn slope<T: Scalar>(tape: &Tape<T>, root: usize) -> Option<String> {
    let mut adjoints: Vec<Option<Tensor<T>>> = vec![None; root + 1];
    adjoints[root] = Some(Tensor::ones(tape.node(root).value().shape()));
    for at in (0..=root).rev() {
        let (Some(adjoint), node) = (adjoints[at].take(), tape.node(at)) else { continue };
        if matches!(node.operation(), Operation::Variable | Operation::Constant) {
            continue;
        }
        for share in node.pull(&adjoint) {
            if !share.adjoint.is_finite() {
                return Some(node.operation().name());
            }
            match &mut adjoints[share.node.index()] {
                Some(sum) => sum.data_mut().iter_mut().zip(share.adjoint.to_vec()).for_each(|(a, b)| *a += b),
                none => *none = Some(share.adjoint),
            }
        }
    }
    None
}

/// The output of a module, or which of the layers in it is the first whose output is not finite.
fn layer<T: Scalar>(module: &dyn Module<T>, params: &Params<T>, x: Tensor<T>) -> Result<Tensor<T>, String> {
    let children = module.children();
    let y = match children.is_empty() {
        false => return children.into_iter().try_fold(x, |x, child| layer(child, params, x)),
        true => module.predict(params, &x),
    };
    if y.is_finite() {
        return Ok(y);
    }
    let name = module.parameters().first().and_then(|&p| params.name(p).split('.').next()).unwrap_or(module.name());
    let name = if name.is_empty() { String::new() } else { format!(" `{name}`") };
    Err(format!("layer{name} ({}) gives {}", module.kind(), first(&y)))
}

/// The first number that is not finite.
fn first<T: Scalar>(x: &Tensor<T>) -> T {
    x.to_vec().into_iter().find(|v| !v.is_finite()).unwrap_or(T::NAN)
}
