//! An output of a model: its name, its loss, and what stands between logits and a prediction.

use super::loss_of;
use crate::activation::Activation;
use crate::loss::Loss;
use crate::module::Output;
use autograd::{Scalar, TensorVar};
use tensor::{Shape, Tensor};

/// An output of a [`Model`](crate::Model).
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    pub(super) name: String,
    pub(super) loss: Loss,
    pub(super) weight: f64,
    pub(super) metrics: Vec<String>,
    shape: Shape,
    /// What the network itself ends with.
    written: Activation,
}

impl Head {
    pub(super) fn new(output: Output, shape: Shape) -> Self {
        let Output { name, activation: written } = output;
        Head { name, loss: loss_of(written), weight: 1.0, metrics: Vec::new(), shape, written }
    }

    /// The name of the output.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its loss.
    pub fn loss(&self) -> Loss {
        self.loss
    }

    /// How much its loss counts in the whole.
    pub fn weight(&self) -> f64 {
        self.weight
    }

    /// Its metrics, by name.
    pub fn metrics(&self) -> &[String] {
        &self.metrics
    }

    /// The shape of the output for one example.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The activation written into the network's last layer.
    pub fn written_activation(&self) -> Activation {
        self.written
    }

    /// What stands between a logit and a prediction: the activation written into the network, or the one that the loss
    /// undoes where none is.
    pub fn activation(&self) -> Activation {
        if self.written == Activation::Linear { self.loss.link() } else { self.written }
    }

    /// Predictions from raw outputs.
    #[track_caller]
    pub fn predictions<T: Scalar>(&self, logits: Tensor<T>) -> Tensor<T> {
        self.activation().of(logits)
    }

    pub(super) fn set_loss(&mut self, loss: Loss) {
        self.loss = loss;
    }

    /// Predictions from what the network gives, its own activation applied.
    #[track_caller]
    pub(super) fn finish<T: Scalar>(&self, y: Tensor<T>) -> Tensor<T> {
        if self.written == Activation::Linear { self.loss.link().of(y) } else { y }
    }

    /// What the loss takes, from raw outputs: themselves, if the loss undoes the activation.
    #[track_caller]
    pub(super) fn before_loss<'t, T: Scalar>(&self, logits: TensorVar<'t, T>) -> TensorVar<'t, T> {
        if self.activation() == self.loss.link() { logits } else { self.activation().apply(logits) }
    }
}
