//! Softmax, log-softmax and layer normalization.

use super::Operand;
use crate::core::record;
use crate::core::value::Scalar;
use crate::core::var::TensorVar;
use crate::rules::Op;
use tensor::Tensor;

impl<'t, T: Scalar> TensorVar<'t, T> {
    /// eˣ / Σ eˣ along an axis, shifted by the largest x; the gradient is y (g - <y, g>). A 0-d tensor counts as a
    /// vector of one element.
    #[track_caller]
    pub fn softmax(self, axis: isize) -> Self {
        let (x, axis) = self.along(axis, "softmax");
        let y: Self = self.on_tape().record(Op::Softmax(axis), &[x.id]);
        y.shaped(self.shape())
    }

    /// x - ln Σ eˣ along an axis; the gradient is g - softmax(x) Σ g. A 0-d tensor counts as a vector of one element.
    #[track_caller]
    pub fn log_softmax(self, axis: isize) -> Self {
        let (x, axis) = self.along(axis, "log_softmax");
        let y: Self = self.on_tape().record(Op::LogSoftmax(axis), &[x.id]);
        y.shaped(self.shape())
    }

    /// Layer normalization over the last axis (Ba, Kiros, Hinton 2016): gain · (x - mean) / √(var + eps) + bias, with
    /// the biased variance. Gain and bias are tensors that broadcast, or plain numbers: 1 and 0 have no effect.
    ///
    /// # Panics
    /// If this is a 0-d tensor, or the gain or the bias does not broadcast to its shape.
    #[track_caller]
    pub fn layer_norm(self, gain: impl Operand<'t, Tensor<T>>, bias: impl Operand<'t, Tensor<T>>, eps: f64) -> Self {
        if self.shape().rank() == 0 {
            panic!("layer_norm: expected at least one axis, got a 0-d tensor");
        }
        record::tensor(Op::LayerNorm { eps }, &[self.erase(), gain.operand(self.tape), bias.operand(self.tape)])
    }
}
