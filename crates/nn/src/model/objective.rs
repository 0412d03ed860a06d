//! A model in training: what a step makes small.

use super::Model;
use crate::loss::{Loss, LossError, Reduction, Target};
use crate::module::Context;
use autograd::rules::Binary;
use autograd::{BoundParams, Scalar, TensorVar, Var};
use tensor::Tensor;

/// What one step makes small, recorded on its tape.
#[derive(Clone, Debug)]
pub struct Objective<'t, T: Scalar> {
    /// Σ weight · loss over the outputs, plus the penalties, and any custom [terms](Model::add_loss).
    pub total: Var<'t, T>,
    /// The loss of each output, without its weight.
    pub losses: Vec<Var<'t, T>>,
}

impl<T: Scalar> Model<T> {
    /// The raw outputs, recorded: what [`objective`](Model::objective) takes.
    ///
    /// # Panics
    /// If there are more or fewer inputs than the model has, or a shape does not fit.
    #[track_caller]
    pub fn forward<'t>(&self, ctx: &mut Context<'_, 't, T>, inputs: &[TensorVar<'t, T>]) -> Vec<TensorVar<'t, T>> {
        self.check_inputs(inputs.iter().map(|x| x.shape()));
        self.network.logits_all(ctx, inputs)
    }

    /// What a step makes small, from the outputs of [`forward`](Model::forward): each output's loss times its weight,
    /// summed, the penalties, and custom terms. `weights` says how much each example counts.
    ///
    /// ```
    /// use autograd::{Params, Tape};
    /// use nn::{Context, Dense, Init, Loss, Model, Regularizer};
    /// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
    /// use tensor::tensor;
    ///
    /// let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
    /// let mut params = Params::<f64>::new();
    /// let layer = Dense::new(1, 1).kernel_init(Init::Ones).kernel_regularizer(Regularizer::L2(0.5));
    /// let layer = layer.build(&mut params, &mut rng);
    /// let model = Model::new(layer, params, [1])?.loss(Loss::Mse);
    ///
    /// let tape = Tape::new();
    /// let net = model.params().bind(&tape);
    /// let y = model.forward(&mut Context::train(&net, &mut rng), &[tape.constant(tensor![[3.0]])]);
    /// let objective = model.objective(&net, &y, &[tensor![[1.0]].into()], None)?;
    /// assert_eq!((objective.losses[0].value(), objective.total.value()), (4.0, 4.5));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If the targets or the weights do not match the outputs.
    #[track_caller]
    pub fn objective<'t>(
        &self,
        net: &BoundParams<'_, 't, T>,
        outputs: &[TensorVar<'t, T>],
        targets: &[Target<T>],
        weights: Option<&Tensor<T>>,
    ) -> Result<Objective<'t, T>, LossError> {
        let times = |x: Var<'t, T>, c: f64| match c {
            1.0 => x,
            // The output is not trained on, even if its loss is infinite.
            0.0 => x.binary_with(Binary::AbsentMul, T::ZERO),
            c => x.binary_with(Binary::Mul, T::from_f64(c)),
        };
        if targets.len() != outputs.len() {
            return Err(LossError::Targets { outputs: outputs.len(), targets: targets.len() });
        }
        let mut losses = Vec::with_capacity(self.heads.len());
        for ((head, &z), target) in self.heads.iter().zip(outputs).zip(targets) {
            losses.push(self.loss_of(head.loss, head.before_loss(z), target, weights)?);
        }
        let parts = losses.iter().zip(&self.heads).map(|(&loss, head)| times(loss, head.weight));
        let penalties = self.penalties.iter().map(|&(param, regularizer)| regularizer.penalty(net.var(param)));
        let terms = self.terms.iter().map(|term| term.of(net, outputs));
        let total = parts.chain(penalties).chain(terms).reduce(|a, b| a + b);
        Ok(Objective { total: total.unwrap_or_else(|| net.tape().constant(T::ZERO)), losses })
    }

    /// A loss of a batch, the functions that this model knows among them: of what stands before an activation that the
    /// loss undoes, or after any other.
    ///
    /// # Errors
    /// If the target or the weights do not match the prediction, or the loss is a function that the model was not given.
    #[track_caller]
    pub fn loss_of<'t>(
        &self,
        loss: Loss,
        prediction: TensorVar<'t, T>,
        target: &Target<T>,
        weights: Option<&Tensor<T>>,
    ) -> Result<Var<'t, T>, LossError> {
        if let Loss::Custom(name) = loss
            && let Some(custom) = self.custom.iter().find(|custom| custom.name() == name)
        {
            return custom.of(prediction, target, weights);
        }
        match weights {
            Some(weights) => loss.weighted(prediction, target, weights, Reduction::default()),
            None => loss.of(prediction, target),
        }
    }
}
