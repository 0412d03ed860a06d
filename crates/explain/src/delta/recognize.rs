//! Recognition of layers in a derivation: a product with weights, a bias, an activation, the next product, a loss.

use crate::explanation::{Convention, Explanation, Kind, Operand, Step};
use crate::form::Form;
use crate::naming::ACTIVATIONS;
use autograd::rules::Binary;

/// A layer z = W x + b or x W + b, a = f(z). The fields are indices of steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layer {
    pub(crate) input: usize,
    pub(crate) weight: usize,
    pub(crate) bias: Option<usize>,
    pub(crate) z: usize,
    /// The output; equal to `z` without an activation.
    pub(crate) a: usize,
    /// The convention of the tape.
    pub(crate) convention: Convention,
    /// The loss that is computed from z and includes the activation.
    pub(crate) fused: Option<usize>,
    /// The next layer, if a is used by no other step.
    pub(crate) next: Option<usize>,
}

/// Returns the layers of a derivation, starting at the input.
pub(crate) fn layers(e: &Explanation) -> Vec<Layer> {
    let mut layers: Vec<Layer> = (0..e.steps.len()).rev().filter_map(|at| layer(e, at)).collect();
    for k in 0..layers.len() {
        // The output of a layer is the input of the next one if it is used once, in the same convention.
        let next = layers.iter().position(|next| next.input == layers[k].a && next.convention == layers[k].convention);
        layers[k].next = next.filter(|_| e.steps[layers[k].a].incoming.len() == 1 && layers[k].fused.is_none());
    }
    layers
}

fn layer(e: &Explanation, at: usize) -> Option<Layer> {
    let step = &e.steps[at];
    step.adjoint.as_ref()?;
    let places: Vec<Option<usize>> =
        step.operands.iter().map(|x| if let Operand::Step(at) = x { Some(*at) } else { None }).collect();
    let is_variable = |at: usize| e.steps[at].kind == Kind::Variable;
    let (input, weight, mut bias, convention) = match (step.operation.as_str(), &places[..]) {
        ("linear", [Some(x), Some(w), rest @ ..]) => (*x, *w, rest.first().copied().flatten(), Convention::Row),
        ("matmul", [Some(a), Some(b)]) => {
            let rank = |at: usize| e.steps[at].value.rank();
            let first = match (is_variable(*a), is_variable(*b)) {
                (true, true) => rank(*b) == 1,
                (a, b) if a || b => a,
                _ => return None,
            };
            if first { (*b, *a, None, Convention::Column) } else { (*a, *b, None, Convention::Row) }
        }
        _ => return None,
    };
    let mut z = at;
    // The bias is added in a separate step.
    if bias.is_none()
        && let Some((sum, step)) = only_consumer(e, z).filter(|(_, s)| s.operation == Binary::Add.name())
        && let [Operand::Step(p), Operand::Step(q)] = step.operands[..]
        && let Some(b) = [p, q].into_iter().find(|&b| b != z && is_variable(b))
    {
        (z, bias) = (sum, Some(b));
    }
    let consumer = only_consumer(e, z);
    let fused = consumer.filter(|(_, s)| is_fused(s) && s.operands.first() == Some(&Operand::Step(z)));
    let activation = consumer.filter(|(_, s)| is_activation(s));
    let (a, fused) = (activation.map_or(z, |(a, _)| a), fused.map(|(at, _)| at));
    Some(Layer { input, weight, bias, z, a, convention, fused, next: None })
}

/// Returns the step that uses a value, if there is exactly one.
fn only_consumer(e: &Explanation, at: usize) -> Option<(usize, &Step)> {
    match e.steps[at].incoming[..] {
        [(from, _)] => Some((from, &e.steps[from])),
        _ => None,
    }
}

fn is_fused(s: &Step) -> bool {
    is_softmax_loss(s) || s.operation == Binary::BceWithLogits.name()
}

/// Whether a fused loss includes softmax; otherwise it includes the sigmoid.
pub(crate) fn is_softmax_loss(s: &Step) -> bool {
    s.operation == "softmax_cross_entropy"
}

pub(crate) fn is_softmax(s: &Step) -> bool {
    s.operation == "softmax"
}

fn is_activation(s: &Step) -> bool {
    let elementwise = s.edges.len() == 1 && s.edges[0].factor.form == Form::Elementwise;
    let with_number = [Binary::LeakyRelu, Binary::Elu].map(Binary::name);
    let name = s.operation.as_str();
    let is_one = ACTIVATIONS.iter().any(|f| f.name() == name) || with_number.contains(&name);
    is_softmax(s) || elementwise && is_one
}
