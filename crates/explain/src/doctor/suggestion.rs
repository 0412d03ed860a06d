//! What helps against what.

/// What helps where a constant is asked for.
pub(crate) const CONSTANT: &str = "Make it a variable with `tape.var`, before anything is computed from it.";
/// What helps where a value was taken out as a constant.
pub(crate) const DETACHED: &str =
    "Take the value itself where its gradient is wanted, and `detach` only where it is not.";
/// What helps where a value is not used.
pub(crate) const UNUSED: &str = "Is another variable meant, of the same name or of the step before? What is computed within `no_grad`, or from \
     `value()`, is constant as well.";

/// What helps where an operation makes a value that is no number.
pub(crate) fn for_value(operation: &str) -> &'static str {
    match operation {
        "ln" | "log2" | "log10" | "ln_1p" => {
            "The logarithm of 0 is -∞, of a negative number NaN. Take the loss from logits (`softmax_cross_entropy`, \
             `bce_with_logits`, `log_softmax`), or use `xlogy` where the factor may be 0 as well."
        }
        "sqrt" | "rsqrt" => "A root of a negative number: clamp it, or take a norm, which is defined everywhere.",
        "div" | "recip" => "A division by 0: add a small number to the divisor, or choose another formula there.",
        "exp" | "exp2" | "exp_m1" | "cosh" | "sinh" => {
            "An overflow: keep it in logarithms (`logsumexp`, `log_softmax`, `softplus`), which do not overflow."
        }
        "pow" => "A negative base has no real power: use `powi` for whole exponents, or clamp the base.",
        "var" | "constant" => "It came in like this: look at the data, or at the update of the step before.",
        _ => "Look at its operands: they are in order, the result is not.",
    }
}

/// What helps where a slope is infinite or no number.
pub(crate) fn for_derivative(operation: &str) -> &'static str {
    match operation {
        "sqrt" => "The slope of a root at 0 is infinite: add a small number under it, or use `norm`, which is 0 there.",
        "ln" | "log2" | "log10" => "The slope of a logarithm at 0 is infinite: take the loss from logits.",
        "div" | "recip" => "The slope of a quotient at divisor 0 is infinite: add a small number to the divisor.",
        "pow" => "The slope of a power below 1 is infinite at 0: add a small number to the base.",
        _ => "Its slope is not finite here: keep its operand away from this point.",
    }
}

/// What helps against a trap of `where_`.
pub(crate) const WHERE: &str = "What is not chosen is still differentiated, and its slope is not finite. Choose before the function, not after: \
     f(where_(x > 0, x, 1)) in place of where_(x > 0, f(x), 0).";
/// What helps where an operation is flat.
pub(crate) const FLAT: &str =
    "Its slope is 0 everywhere, so nothing before it learns. Use a sigmoid of some steepness, or a loss made for it.";
/// What helps against dead units.
pub(crate) const DEAD: &str = "They pass nothing, and so do not learn. A smaller learning rate or smaller weights, a bias above 0, or \
     `leaky_relu`, `elu`, `gelu`, which pass something everywhere.";
/// What helps against saturation.
pub(crate) const SATURATED: &str = "In the tails next to nothing passes. Smaller weights (`GlorotUniform`), inputs of mean 0 and variance 1, \
     or take the loss from logits, which has no activation before it.";
/// What helps where all is lost.
pub(crate) const LOST: &str =
    "Something arrives, and nothing is handed on: a factor of exactly 0, a clamp, or shares that cancel.";
/// What helps against vanishing gradients.
pub(crate) const VANISHING: &str = "Each layer takes a share. ReLU with He initialization, SELU with LeCun initialization, layer normalization, or \
     connections past layers.";
/// What helps against exploding gradients.
pub(crate) const EXPLODING: &str =
    "Each layer adds to it. Clip the gradients, take smaller initial weights, or normalize between layers.";
