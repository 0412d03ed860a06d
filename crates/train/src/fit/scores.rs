//! The loss and the metrics of a pass over the data.

use super::pass::Pass;
use crate::batch::Batch;
use crate::error::FitError;
use crate::logs::Logs;
use crate::metrics::{
    BinaryAccuracy, BinaryCrossentropy, CategoricalAccuracy, CategoricalCrossentropy, Direction, Mean, Metric,
};
use autograd::Scalar;
use nn::{Activation, Head, Model};
use tensor::Tensor;

/// The accumulated total loss, and the loss and metrics of every output.
#[derive(Debug)]
pub(super) struct Scores<'a, T: Scalar> {
    loss: Mean,
    heads: Vec<HeadScores<'a, T>>,
}

#[derive(Debug)]
struct HeadScores<'a, T: Scalar> {
    /// The prefix of its metrics in the logs; empty for a single output.
    prefix: String,
    loss: Mean,
    metrics: Vec<NamedMetric<'a, T>>,
}

#[derive(Debug)]
struct NamedMetric<'a, T: Scalar> {
    /// The name in the logs.
    name: String,
    metric: Box<dyn Metric<T> + 'a>,
    /// Whether the metric uses the weights of the examples.
    weighted: bool,
}

impl<'a, T: Scalar> Scores<'a, T> {
    /// The metrics of the model, and further unweighted and weighted metrics of its first output.
    pub(super) fn new(
        model: &Model<T>,
        extra: Vec<Box<dyn Metric<T> + 'a>>,
        weighted: Vec<Box<dyn Metric<T> + 'a>>,
    ) -> Result<Self, FitError> {
        let single = model.heads().len() == 1;
        let mut heads = Vec::with_capacity(model.heads().len());
        for head in model.heads() {
            let prefix = if single { String::new() } else { format!("{}_", head.name()) };
            let named = head.metrics().iter().map(|name| {
                Ok(NamedMetric { name: format!("{prefix}{name}"), metric: resolve(name, head)?, weighted: false })
            });
            let metrics = named.collect::<Result<Vec<_>, FitError>>()?;
            heads.push(HeadScores { prefix, loss: Mean::new(), metrics });
        }
        if let Some(HeadScores { prefix, metrics, .. }) = heads.first_mut() {
            for metric in extra {
                metrics.push(NamedMetric { name: format!("{prefix}{}", metric.name()), metric, weighted: false });
            }
            for metric in weighted {
                let mut name = format!("{prefix}{}", metric.name());
                if metrics.iter().any(|other| other.name == name) {
                    name = format!("{prefix}weighted_{}", metric.name());
                }
                metrics.push(NamedMetric { name, metric, weighted: true });
            }
        }
        Ok(Scores { loss: Mean::new(), heads })
    }

    /// Adds a batch, given its forward pass.
    pub(super) fn update(&mut self, model: &Model<T>, batch: &Batch<T>, pass: &Pass<'_, T>) {
        let n = batch.len() as f64;
        self.loss.add(pass.total.value().to_f64(), n);
        let weights = batch.weights.as_ref().map(Tensor::packed);
        let weights = weights.as_ref().and_then(|w| w.as_slice());
        for (i, (scores, head)) in self.heads.iter_mut().zip(model.heads()).enumerate() {
            scores.loss.add(pass.losses[i].value().to_f64(), n);
            let mut prediction = None;
            for NamedMetric { metric, weighted, .. } in &mut scores.metrics {
                let weights = weights.filter(|_| *weighted);
                if metric.accepts_logits() {
                    metric.update(&pass.outputs[i].value(), &batch.targets[i], weights);
                } else {
                    let prediction = prediction.get_or_insert_with(|| head.predictions(pass.outputs[i].value()));
                    metric.update(prediction, &batch.targets[i], weights);
                }
            }
        }
    }

    /// The mean loss so far.
    pub(super) fn loss(&self) -> f64 {
        self.loss.value()
    }

    /// Writes the losses and metrics into the logs, with a prefix such as `val_`.
    pub(super) fn write(&self, pass: &str, logs: &mut Logs) {
        logs.set(&format!("{pass}loss"), self.loss.value());
        for head in &self.heads {
            if !head.prefix.is_empty() {
                logs.set(&format!("{pass}{}loss", head.prefix), head.loss.value());
            }
            for NamedMetric { name, metric, .. } in &head.metrics {
                logs.set(&format!("{pass}{name}"), metric.value());
            }
        }
    }

    /// The losses and metrics so far.
    pub(super) fn logs(&self) -> Logs {
        let mut logs = Logs::new();
        self.write("", &mut logs);
        logs
    }

    pub(super) fn reset(&mut self) {
        self.loss.reset();
        for head in &mut self.heads {
            head.loss.reset();
            head.metrics.iter_mut().for_each(|named| named.metric.reset());
        }
    }

    /// The names and directions of all metrics.
    pub(super) fn directions(&self) -> Vec<(String, Direction)> {
        let metrics = self.heads.iter().flat_map(|head| &head.metrics);
        metrics.map(|named| (named.name.clone(), named.metric.direction())).collect()
    }
}

/// The metric of this name. As in Keras, "accuracy" and "crossentropy" depend on the activation of the output.
fn resolve<'a, T: Scalar>(name: &str, head: &Head) -> Result<Box<dyn Metric<T> + 'a>, FitError> {
    Ok(match (name, head.activation()) {
        ("accuracy" | "acc", Activation::Sigmoid) => Box::new(BinaryAccuracy::new()),
        ("accuracy" | "acc", Activation::Softmax) => Box::new(CategoricalAccuracy::new()),
        ("crossentropy" | "ce", Activation::Sigmoid) => Box::new(BinaryCrossentropy::new()),
        ("crossentropy" | "ce", Activation::Softmax) => Box::new(CategoricalCrossentropy::new()),
        _ => name.parse::<Box<dyn Metric<T>>>()?,
    })
}
