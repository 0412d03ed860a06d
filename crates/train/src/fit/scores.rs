//! The loss and the metrics of a pass over some batches.

use super::error::FitError;
use super::pass::Pass;
use super::source::Minibatch;
use crate::logs::Logs;
use crate::metrics::{BinaryAccuracy, CategoricalAccuracy, Direction, Mean, Metric};
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
    metrics: Vec<(String, Box<dyn Metric<T> + 'a>)>,
}

impl<'a, T: Scalar> Scores<'a, T> {
    /// The metrics that the model names, and further ones for its first output.
    pub(super) fn new(model: &Model<T>, extra: Vec<Box<dyn Metric<T> + 'a>>) -> Result<Self, FitError> {
        let alone = model.heads().len() == 1;
        let mut heads = Vec::with_capacity(model.heads().len());
        for head in model.heads() {
            let prefix = if alone { String::new() } else { format!("{}_", head.name()) };
            let named = head.metrics().iter().map(|name| Ok((format!("{prefix}{name}"), resolve(name, head)?)));
            let metrics = named.collect::<Result<Vec<_>, FitError>>()?;
            heads.push(HeadScores { prefix, loss: Mean::new(), metrics });
        }
        if let Some(first) = heads.first_mut() {
            first.metrics.extend(extra.into_iter().map(|m| (format!("{}{}", first.prefix, m.name()), m)));
        }
        Ok(Scores { loss: Mean::new(), heads })
    }

    /// Takes in a batch, from the very pass that it was trained in.
    pub(super) fn update(&mut self, model: &Model<T>, batch: &Minibatch<T>, pass: &Pass<'_, T>) {
        let n = batch.len() as f64;
        self.loss.add(pass.total.value().to_f64(), n);
        let weights = batch.weights.as_ref().map(Tensor::packed);
        let weights = weights.as_ref().and_then(|w| w.as_slice());
        for (i, (scores, head)) in self.heads.iter_mut().zip(model.heads()).enumerate() {
            scores.loss.add(pass.losses[i].value().to_f64(), n);
            let mut prediction = None;
            for (_, metric) in &mut scores.metrics {
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

    /// How many examples were seen.
    pub(super) fn examples(&self) -> f64 {
        self.loss.weight()
    }

    /// Writes all figures, their names behind `val_` or something of the kind.
    pub(super) fn write(&self, pass: &str, logs: &mut Logs) {
        logs.set(&format!("{pass}loss"), self.loss.value());
        for head in &self.heads {
            if !head.prefix.is_empty() {
                logs.set(&format!("{pass}{}loss", head.prefix), head.loss.value());
            }
            head.metrics.iter().for_each(|(name, metric)| logs.set(&format!("{pass}{name}"), metric.value()));
        }
    }

    /// Starts again.
    pub(super) fn reset(&mut self) {
        self.loss.reset();
        for head in &mut self.heads {
            head.loss.reset();
            head.metrics.iter_mut().for_each(|(_, metric)| metric.reset());
        }
    }

    /// Which values of a figure are the better ones, by its name in a history; losses are to be small.
    pub(super) fn directions(&self) -> Vec<(String, Direction)> {
        let metrics = self.heads.iter().flat_map(|head| &head.metrics);
        metrics.map(|(name, metric)| (name.clone(), metric.direction())).collect()
    }
}

/// The metric of a name; "accuracy" is the one that the output calls for.
fn resolve<'a, T: Scalar>(name: &str, head: &Head) -> Result<Box<dyn Metric<T> + 'a>, FitError> {
    Ok(match (name, head.activation()) {
        ("accuracy" | "acc", Activation::Sigmoid) => Box::new(BinaryAccuracy::new()),
        ("accuracy" | "acc", Activation::Softmax) => Box::new(CategoricalAccuracy::new()),
        _ => name.parse::<Box<dyn Metric<T>>>()?,
    })
}
