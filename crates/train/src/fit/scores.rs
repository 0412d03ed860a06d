//! The loss and the metrics of a pass over some batches.

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

/// What is gathered of every output, and of all together.
#[derive(Debug)]
pub(super) struct Scores<'a, T: Scalar> {
    loss: Mean,
    heads: Vec<HeadScores<'a, T>>,
}

#[derive(Debug)]
struct HeadScores<'a, T: Scalar> {
    /// What the names of its figures begin with: nothing if it is the only output.
    prefix: String,
    loss: Mean,
    metrics: Vec<Figure<'a, T>>,
}

/// A metric under its name in a history.
#[derive(Debug)]
struct Figure<'a, T: Scalar> {
    name: String,
    metric: Box<dyn Metric<T> + 'a>,
    /// Whether examples count by their weights in it.
    weighed: bool,
}

impl<'a, T: Scalar> Scores<'a, T> {
    /// The metrics that the model names, and further ones for its first output: all examples alike, and weighed.
    pub(super) fn new(
        model: &Model<T>,
        extra: Vec<Box<dyn Metric<T> + 'a>>,
        weighted: Vec<Box<dyn Metric<T> + 'a>>,
    ) -> Result<Self, FitError> {
        let alone = model.heads().len() == 1;
        let mut heads = Vec::with_capacity(model.heads().len());
        for head in model.heads() {
            let prefix = if alone { String::new() } else { format!("{}_", head.name()) };
            let named = head.metrics().iter().map(|name| {
                Ok(Figure { name: format!("{prefix}{name}"), metric: resolve(name, head)?, weighed: false })
            });
            let metrics = named.collect::<Result<Vec<_>, FitError>>()?;
            heads.push(HeadScores { prefix, loss: Mean::new(), metrics });
        }
        if let Some(HeadScores { prefix, metrics, .. }) = heads.first_mut() {
            for metric in extra {
                metrics.push(Figure { name: format!("{prefix}{}", metric.name()), metric, weighed: false });
            }
            for metric in weighted {
                let name = format!("{prefix}{}", metric.name());
                let taken = metrics.iter().any(|figure| figure.name == name);
                let name = if taken { format!("{prefix}weighted_{}", metric.name()) } else { name };
                metrics.push(Figure { name, metric, weighed: true });
            }
        }
        Ok(Scores { loss: Mean::new(), heads })
    }

    /// Takes in a batch, from the very pass that it was trained in.
    pub(super) fn update(&mut self, model: &Model<T>, batch: &Batch<T>, pass: &Pass<'_, T>) {
        let n = batch.len() as f64;
        self.loss.add(pass.total.value().to_f64(), n);
        let weights = batch.weights.as_ref().map(Tensor::packed);
        let weights = weights.as_ref().and_then(|w| w.as_slice());
        for (i, (scores, head)) in self.heads.iter_mut().zip(model.heads()).enumerate() {
            scores.loss.add(pass.losses[i].value().to_f64(), n);
            let mut prediction = None;
            for Figure { metric, weighed, .. } in &mut scores.metrics {
                let weights = weights.filter(|_| *weighed);
                if metric.reads_order_only() {
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

    /// Writes all figures, their names behind `val_` or something of the kind.
    pub(super) fn write(&self, pass: &str, logs: &mut Logs) {
        logs.set(&format!("{pass}loss"), self.loss.value());
        for head in &self.heads {
            if !head.prefix.is_empty() {
                logs.set(&format!("{pass}{}loss", head.prefix), head.loss.value());
            }
            for Figure { name, metric, .. } in &head.metrics {
                logs.set(&format!("{pass}{name}"), metric.value());
            }
        }
    }

    /// All figures.
    pub(super) fn logs(&self) -> Logs {
        let mut logs = Logs::new();
        self.write("", &mut logs);
        logs
    }

    /// Starts again.
    pub(super) fn reset(&mut self) {
        self.loss.reset();
        for head in &mut self.heads {
            head.loss.reset();
            head.metrics.iter_mut().for_each(|figure| figure.metric.reset());
        }
    }

    /// Which values of a figure are the better ones, by its name in a history; losses are to be small.
    pub(super) fn directions(&self) -> Vec<(String, Direction)> {
        let figures = self.heads.iter().flat_map(|head| &head.metrics);
        figures.map(|figure| (figure.name.clone(), figure.metric.direction())).collect()
    }
}

/// The metric of a name; "accuracy" and "crossentropy" are those that the output calls for, as Keras resolves them.
fn resolve<'a, T: Scalar>(name: &str, head: &Head) -> Result<Box<dyn Metric<T> + 'a>, FitError> {
    Ok(match (name, head.activation()) {
        ("accuracy" | "acc", Activation::Sigmoid) => Box::new(BinaryAccuracy::new()),
        ("accuracy" | "acc", Activation::Softmax) => Box::new(CategoricalAccuracy::new()),
        ("crossentropy" | "ce", Activation::Sigmoid) => Box::new(BinaryCrossentropy::new()),
        ("crossentropy" | "ce", Activation::Softmax) => Box::new(CategoricalCrossentropy::new()),
        _ => name.parse::<Box<dyn Metric<T>>>()?,
    })
}
