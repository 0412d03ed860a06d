//! Finds the origin of a non-finite value.

use crate::batch::Batch;
use autograd::inspect::Operation;
use autograd::{Gradients, ParamGradients, Params, Scalar, Tape};
use nn::{Model, Module};
use tensor::Tensor;

/// Describes the first parameter, input, layer or loss whose value is infinite or NaN, in the order of the forward
/// pass, and the first such operation on `tape`, the recorded computation of the step.
pub(super) fn culprit<T: Scalar>(model: &Model<T>, batch: &Batch<T>, tape: &Tape<T>) -> String {
    if let Some(found) = parameter(model.params()) {
        return found;
    }
    if let Some(i) = batch.inputs.iter().position(|x| !x.is_finite()) {
        return format!("input {i} contains {}", first(&batch.inputs[i]));
    }
    let place = match (&batch.inputs[..], model.heads()) {
        ([x], [_]) => match layer(model.network(), model.params(), x.clone()) {
            Err(found) => found,
            Ok(_) => "the loss, computed from finite outputs".to_string(),
        },
        _ => "a layer, or the loss".to_string(),
    };
    match tape.nodes().find(|node| !node.value().is_finite()) {
        Some(node) => format!("{place}; the first non-finite operation is `{}`", node.operation().name()),
        None => place,
    }
}

/// Describes the first parameter that is infinite or NaN.
pub(super) fn parameter<T: Scalar>(params: &Params<T>) -> Option<String> {
    let (key, value) = params.iter().find(|(_, value)| !value.is_finite())?;
    Some(format!("parameter `{}` contains {} after an update", params.name(key), first(value)))
}

/// Describes the first parameter with an infinite or NaN gradient, and the operation whose vjp introduced it. `root` is
/// the node of the loss.
pub(super) fn gradient<T: Scalar>(
    params: &Params<T>,
    gradients: &Gradients<'_, T>,
    tape: &Tape<T>,
    root: Option<usize>,
) -> Option<String> {
    let non_finite = |p| Some((p, gradients.gradient(params, p)?)).filter(|(_, g)| !g.is_finite());
    let (p, g) = params.keys().find_map(non_finite)?;
    let place = format!("the gradient of parameter `{}` contains {}", params.name(p), first(g));
    Some(match root.and_then(|root| non_finite_vjp(tape, root)) {
        Some(operation) => {
            format!("{place}; in the reverse sweep, the vjp of `{operation}` is the first non-finite one")
        }
        None => place,
    })
}

/// The first operation of the reverse sweep from `root` whose vjp gives a non-finite contribution.
fn non_finite_vjp<T: Scalar>(tape: &Tape<T>, root: usize) -> Option<String> {
    let mut adjoints: Vec<Option<Tensor<T>>> = vec![None; root + 1];
    adjoints[root] = Some(Tensor::ones(tape.node(root).value().shape()));
    for at in (0..=root).rev() {
        let (Some(adjoint), node) = (adjoints[at].take(), tape.node(at)) else { continue };
        if matches!(node.operation(), Operation::Variable | Operation::Constant) {
            continue;
        }
        for contribution in node.pull(&adjoint) {
            if !contribution.adjoint.is_finite() {
                return Some(node.operation().name());
            }
            match &mut adjoints[contribution.node.index()] {
                Some(sum) => sum.data_mut().iter_mut().zip(contribution.adjoint.to_vec()).for_each(|(a, b)| *a += b),
                none => *none = Some(contribution.adjoint),
            }
        }
    }
    None
}

/// The output of a module, or a description of the first layer in it whose output is not finite.
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
    Err(format!("layer{name} ({}) outputs {}", module.kind(), first(&y)))
}

/// The first non-finite element.
fn first<T: Scalar>(x: &Tensor<T>) -> T {
    x.to_vec().into_iter().find(|v| !v.is_finite()).unwrap_or(T::NAN)
}
