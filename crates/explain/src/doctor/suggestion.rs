//! The suggestions for each problem.

pub(crate) const CONSTANT: &str = "Make it a variable with `tape.var` before anything is computed from it.";

pub(crate) const DETACHED: &str =
    "Use the value itself where its gradient is wanted, and `detach` only where it is not.";

pub(crate) const UNUSED: &str = "\
    Check whether another variable of the same name, or one of an earlier step, is used instead. Values computed \
    within `no_grad` or from `value()` are constants, too.";

/// For an operation whose value is not finite.
pub(crate) fn for_value(operation: &str) -> &'static str {
    match operation {
        "ln" | "log2" | "log10" | "ln_1p" => {
            "The logarithm of 0 is -∞, that of a negative number NaN. Compute the loss from logits \
             (`softmax_cross_entropy`, `bce_with_logits`, `log_softmax`), or use `xlogy` where the factor may be 0, \
             too."
        }
        "sqrt" | "rsqrt" => {
            "The root of a negative number is NaN: clamp it, or use a norm, which is defined everywhere."
        }
        "div" | "recip" => "Division by 0: add a small number to the divisor, or use another formula at this point.",
        "exp" | "exp2" | "exp_m1" | "cosh" | "sinh" => {
            "Overflow: compute with logarithms (`logsumexp`, `log_softmax`, `softplus`), which do not overflow."
        }
        "pow" => "A power of a negative base is not real: use `powi` for integer exponents, or clamp the base.",
        "var" | "constant" => "The input itself is not finite: check the data, or the update of the previous step.",
        _ => "The operands are finite, but the result is not: check whether they are in the domain of the operation.",
    }
}

/// For an operation whose derivative is not finite.
pub(crate) fn for_derivative(operation: &str) -> &'static str {
    match operation {
        "sqrt" => {
            "The derivative of a root at 0 is infinite: add a small number to the operand, or use `norm`, whose \
             derivative at 0 is 0."
        }
        "ln" | "log2" | "log10" => "The derivative of a logarithm at 0 is infinite: compute the loss from logits.",
        "div" | "recip" => "The derivative of a quotient at divisor 0 is infinite: add a small number to the divisor.",
        "pow" => "The derivative of a power with an exponent below 1 is infinite at 0: add a small number to the base.",
        _ => "The derivative is not finite here: keep the operand away from this point.",
    }
}

pub(crate) const WHERE: &str = "\
    The branch that is not selected is still differentiated, and its derivative is not finite. Select the argument \
    instead of the result: f(where_(x > 0, x, 1)) instead of where_(x > 0, f(x), 0).";

pub(crate) const FLAT: &str = "\
    The derivative is 0 everywhere, so nothing before this operation is trained. Use a steep sigmoid, or a loss made \
    for such functions.";

pub(crate) const DEAD: &str = "\
    Dead units pass no gradient, so they are not trained. Use a smaller learning rate, smaller weights or a positive \
    bias, or `leaky_relu`, `elu` or `gelu`, whose derivative is not 0.";

pub(crate) const SATURATED: &str = "\
    In the tails of the activation the derivative is almost 0. Use smaller weights (`GlorotUniform`), inputs of mean \
    0 and variance 1, or a loss computed from logits, without the activation.";

pub(crate) const LOST: &str = "\
    The adjoint is not 0, but the contribution is: because of a factor of 0, a clamp, or contributions that cancel.";

pub(crate) const VANISHING: &str = "\
    The gradient shrinks in each layer. Use ReLU with He initialization, SELU with LeCun initialization, layer \
    normalization, or residual connections.";

pub(crate) const EXPLODING: &str = "\
    The gradient grows in each layer. Clip the gradients, use smaller initial weights, or normalize between layers.";
