//! Custom losses and further terms of a model's loss.

use super::Model;
use crate::loss::{CustomLoss, Loss};
use crate::term::Term;
use autograd::{BoundParams, Scalar, TensorVar, Var};

impl<T: Scalar> Model<T> {
    /// A custom loss for every output: a function of predictions and targets, of one shape, that gives a number for
    /// each example or for each element. Losses of the library that are set afterwards take its place, and
    /// [`Loss::Custom`] of its name puts it back.
    ///
    /// ```
    /// use autograd::Params;
    /// use nn::{Context, Dense, Loss, Model};
    /// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
    /// use tensor::{Tensor, tensor};
    ///
    /// let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
    /// let mut params = Params::<f64>::new();
    /// let layer = Dense::new(2, 1).build(&mut params, &mut rng);
    /// // Nine tenths of the targets are to lie below the prediction (Koenker and Bassett 1978).
    /// let model = Model::new(layer, params, [2])?.custom_loss("quantile", |p, y| {
    ///     let e = y - p;
    ///     (e * 0.9).maximum(e * -0.1)
    /// });
    /// assert_eq!(model.heads()[0].loss(), Loss::Custom("quantile"));
    ///
    /// let tape = autograd::Tape::new();
    /// let net = model.params().bind(&tape);
    /// let y = model.forward(&mut Context::eval(&net), &[tape.constant(Tensor::zeros([1, 2]))]);
    /// let objective = model.objective(&net, &y, &[tensor![[2.0]].into()], None)?;
    /// assert_eq!(objective.total.value(), 1.8);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Panics
    /// If the library has a loss of that name.
    #[must_use]
    #[track_caller]
    pub fn custom_loss(
        self,
        name: &'static str,
        f: impl for<'t> Fn(TensorVar<'t, T>, TensorVar<'t, T>) -> TensorVar<'t, T> + Send + Sync + 'static,
    ) -> Self {
        self.know(CustomLoss::new(name, f)).loss(Loss::Custom(name))
    }

    /// Adds a custom loss to those the model knows.
    pub(super) fn know(mut self, loss: CustomLoss<T>) -> Self {
        self.custom.retain(|known| known.name() != loss.name());
        self.custom.push(loss);
        self
    }

    /// A further term of what training makes small, beside the losses of the outputs: a number made of parameters and of
    /// the outputs as [`forward`](Model::forward) gives them. It needs no target; what it is to see of the inside of a
    /// network, a [`Graph`](crate::Graph) makes an output, with a loss weight of 0.
    ///
    /// ```
    /// use autograd::{Params, Tape};
    /// use nn::{Context, Dense, Loss, Model};
    /// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
    /// use tensor::tensor;
    ///
    /// let mut params = Params::<f64>::new();
    /// let layer = Dense::new(1, 2).build(&mut params, &mut Xoshiro256PlusPlus::seed_from_u64(42));
    /// params.set(layer.kernel(), tensor![[3.0, -1.0]]);
    /// // Outputs are to be small, and the first weight is to be 2.
    /// let kernel = layer.kernel();
    /// let model = Model::new(layer, params, [1])?.add_loss("small", move |net, y| {
    ///     y[0].square().mean() * 0.5 + (net.var(kernel).at([0, 0]) - 2.0).square()
    /// });
    ///
    /// let tape = Tape::new();
    /// let net = model.params().bind(&tape);
    /// let y = model.forward(&mut Context::eval(&net), &[tape.constant(tensor![[1.0]])]);
    /// let objective = model.objective(&net, &y, &[tensor![[3.0, 0.0]].into()], None)?;
    /// assert_eq!((objective.losses[0].value(), objective.total.value()), (0.5, 0.5 + 2.5 + 1.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn add_loss(
        self,
        name: impl Into<String>,
        f: impl for<'p, 't> Fn(&BoundParams<'p, 't, T>, &[TensorVar<'t, T>]) -> Var<'t, T> + Send + Sync + 'static,
    ) -> Self {
        self.with_term(Term::new(name, f))
    }

    pub(super) fn with_term(mut self, term: Term<T>) -> Self {
        self.terms.push(term);
        self
    }

    /// Whether training makes more small than the losses of the outputs: penalties, or [terms](Model::add_loss) of one's
    /// own.
    pub fn has_terms(&self) -> bool {
        !(self.penalties.is_empty() && self.terms.is_empty())
    }
}
