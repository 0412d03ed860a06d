//! A model in use: plain numbers in, plain numbers out.

use super::{Head, Model};
use crate::activation::Activation;
use crate::loss::Loss;
use crate::module::Context;
use autograd::{Scalar, Tape};
use std::borrow::Borrow;
use tensor::{Shape, Tensor};

impl<T: Scalar> Model<T> {
    /// What the model predicts for a batch: probabilities where the output ends with a sigmoid or a softmax, or its loss
    /// undoes one; numbers otherwise. Nothing is recorded.
    ///
    /// # Panics
    /// If the model has several inputs or outputs (see [`predict_all`](Model::predict_all)), or the shape does not fit.
    #[track_caller]
    pub fn predict(&self, x: &Tensor<T>) -> Tensor<T> {
        let head = self.only_head();
        self.check_inputs([x.shape()].into_iter());
        head.finish(self.network.predict(&self.params, x))
    }

    /// What the model predicts, for each output, as [`predict`](Model::predict).
    ///
    /// # Panics
    /// If there are more or fewer inputs than the model has, or a shape does not fit.
    #[track_caller]
    pub fn predict_all(&self, inputs: &[Tensor<T>]) -> Vec<Tensor<T>> {
        self.check_inputs(inputs.iter().map(Tensor::shape));
        let outputs = self.network.predict_all(&self.params, inputs);
        outputs.into_iter().zip(&self.heads).map(|(y, head)| head.finish(y)).collect()
    }

    /// The class of each row of a batch: that of the largest output, or, of a single output, 1 where its probability is
    /// 1/2 at least. Under a loss of margins, such as [`Loss::Hinge`], an output is no probability: there it is 1 from 0
    /// on.
    ///
    /// # Panics
    /// As [`predict`](Model::predict).
    #[track_caller]
    pub fn predict_classes(&self, x: &Tensor<T>) -> Vec<usize> {
        let y = self.predict(x);
        let head = self.only_head();
        let threshold = match head.loss {
            // A sigmoid gives probabilities under any loss.
            Loss::Hinge | Loss::SquaredHinge | Loss::Perceptron if head.activation() != Activation::Sigmoid => 0.0,
            _ => 0.5,
        };
        match y.shape().last() {
            Some(&classes) if classes > 1 => y.argmax_over(-1),
            _ => y.to_vec().into_iter().map(|p| usize::from(p.to_f64() >= threshold)).collect(),
        }
    }

    /// The raw output for a batch, before any output activation.
    ///
    /// # Panics
    /// As [`predict`](Model::predict).
    #[track_caller]
    pub fn logits(&self, x: &Tensor<T>) -> Tensor<T> {
        self.only_head();
        self.check_inputs([x.shape()].into_iter());
        let tape = Tape::default();
        tape.no_grad(|| {
            let net = self.params.bind(&tape);
            self.network.logits(&mut Context::eval(&net), tape.constant(x.clone())).value()
        })
    }

    /// Refuses inputs that the model cannot take before a layer meets them: layers are called through trait objects, which
    /// hide the line of the caller. In front of the shape of an example there may be any axes, or none.
    #[track_caller]
    pub(super) fn check_inputs<S: Borrow<Shape>>(&self, inputs: impl ExactSizeIterator<Item = S>) {
        let (given, taken) = (inputs.len(), self.inputs.len());
        assert!(given == taken, "Model: {given} inputs were given, but the model takes {taken}");
        for (i, (found, example)) in inputs.zip(&self.inputs).enumerate() {
            if !found.borrow().ends_with(example) {
                let batch = ["n".to_string()].into_iter().chain(example.iter().map(usize::to_string));
                let batch = batch.collect::<Vec<_>>().join(", ");
                let found = found.borrow();
                panic!("Model: input {i} has shape {found}, but the model takes batches of shape ({batch})");
            }
        }
    }

    #[track_caller]
    fn only_head(&self) -> &Head {
        match (&self.heads[..], self.inputs.len()) {
            ([head], 1) => head,
            (heads, inputs) => panic!(
                "Model: this one has {inputs} inputs and {} outputs; use `predict_all`, or `forward`",
                heads.len()
            ),
        }
    }
}
