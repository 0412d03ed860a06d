//! Normalisations of rows.

use super::Operand;
use crate::algebra::resolve_axis;
use crate::ledger::Op;
use crate::value::Scalar;
use crate::var::Var;
use tensor::Tensor;

impl<'t, T: Scalar> Var<'t, Tensor<T>> {
    /// eˣ / Σ eˣ along an axis, shifted by the largest x; the gradient is y (g - <y, g>).
    #[track_caller]
    pub fn softmax(self, axis: isize) -> Self {
        let axis = resolve_axis(axis, self.shape().rank(), "softmax");
        self.on_tape().record(Op::Softmax(axis), &[self.id])
    }

    /// x - ln Σ eˣ along an axis; the gradient is g - softmax(x) Σ g.
    #[track_caller]
    pub fn log_softmax(self, axis: isize) -> Self {
        let axis = resolve_axis(axis, self.shape().rank(), "log_softmax");
        self.on_tape().record(Op::LogSoftmax(axis), &[self.id])
    }

    /// Layer normalisation over the last axis (Ba, Kiros, Hinton 2016): gain · (x - mean) / √(var + eps) + bias, with
    /// the biased variance. Gain and bias may be tensors that broadcast, or numbers (1 and 0 for none).
    #[track_caller]
    pub fn layer_norm(self, gain: impl Operand<'t, Tensor<T>>, bias: impl Operand<'t, Tensor<T>>, eps: f64) -> Self {
        resolve_axis(-1, self.shape().rank(), "layer_norm");
        let (gain, bias) = (gain.node_beside(self, "layer_norm"), bias.node_beside(self, "layer_norm"));
        self.on_tape().record(Op::LayerNorm { eps }, &[self.id, gain, bias])
    }
}
