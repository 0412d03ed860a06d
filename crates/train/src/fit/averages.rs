//! Averaged weights in the place of the weights, and out again.

use autograd::{Params, Scalar};
use optim::Optimizer;

/// Which of the two stand in a model's store; an optimizer keeps the others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Averages {
    shown: bool,
}

impl Averages {
    /// As the optimizer left them.
    pub(super) fn of<T: Scalar>(optimizer: &dyn Optimizer<T>, params: &Params<T>) -> Self {
        Averages { shown: optimizer.state(params).swapped }
    }

    /// Puts the averages into the store, or the weights, unless they are there.
    pub(super) fn show<T: Scalar>(&mut self, averages: bool, by: &mut dyn Optimizer<T>, params: &mut Params<T>) {
        if self.shown != averages && by.swap_averages(params) {
            self.shown = averages;
        }
    }

    /// Overwrites the weights by their averages, from which the averages then go on.
    pub(super) fn keep<T: Scalar>(&mut self, by: &mut dyn Optimizer<T>, params: &mut Params<T>) {
        self.show(true, by, params);
        let averages = params.clone();
        self.show(false, by, params);
        *params = averages;
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Folder;
    use crate::{
        Callback, Dataset, Direction, EarlyStopping, Fit, FitError, ModelCheckpoint, Saving, Training, TrainingState,
        Verbosity,
    };
    use autograd::Params;
    use nn::{Dense, Model};
    use optim::{Adam, Optimizer};
    use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
    use std::path::Path;
    use tensor::Tensor;

    const MOMENTUM: f64 = 0.9;

    fn line() -> Dataset<f64> {
        let x = Tensor::linspace(-1.0, 1.0, 24);
        let y: Vec<f64> = x.to_vec().into_iter().map(|x| 3.0 * x + 1.0).collect();
        Dataset::regression(x, Tensor::from(y)).unwrap()
    }

    fn model() -> Model<f64> {
        let mut params = Params::new();
        let layer = Dense::new(1, 1).build(&mut params, &mut Xoshiro256PlusPlus::seed_from_u64(1));
        Model::new(layer, params, [1]).unwrap()
    }

    fn adam() -> Adam<f64> {
        Adam::new(0.05).ema(MOMENTUM)
    }

    fn fit<'a>(optimizer: &'a mut Adam<f64>, epochs: usize) -> Fit<'a, f64> {
        Fit::with(optimizer).epochs(epochs).batch_size(5).verbosity(Verbosity::Quiet)
    }

    fn numbers(model: &Model<f64>) -> Vec<f64> {
        model.params().iter().flat_map(|(_, value)| value.to_vec()).collect()
    }

    /// The weights after each step, and what averaging them by hand comes to.
    #[derive(Debug, Default)]
    struct ByHand {
        weights: Vec<f64>,
        averages: Vec<f64>,
    }

    impl Callback<f64> for ByHand {
        fn step_end(&mut self, cx: &mut TrainingState<'_, f64>, _: &crate::StepReport) -> Result<(), FitError> {
            self.weights = numbers(cx.model);
            match self.averages.is_empty() {
                true => self.averages = self.weights.clone(),
                false => {
                    let pairs = self.averages.iter_mut().zip(&self.weights);
                    pairs.for_each(|(a, w)| *a = MOMENTUM * *a + (1.0 - MOMENTUM) * w);
                }
            }
            Ok(())
        }
    }

    #[test]
    fn what_is_evaluated_and_saved_is_averaged_and_what_is_trained_is_not() {
        let (set, folder, mut by_hand) = (line(), Folder::new("averages"), ByHand::default());
        let saved = folder.join("saved");
        let (mut plain, mut averaged, mut kept) = (model(), model(), model());
        plain.fit(&set, fit(&mut adam(), 3).callback(&mut by_hand)).unwrap();
        let mut optimizer = adam();
        let checkpoint = ModelCheckpoint::new(saved.to_str().unwrap());
        let history = averaged
            .fit(&set, fit(&mut optimizer, 3).validation(&set).evaluate_averages(true).callback(checkpoint))
            .unwrap();
        assert_eq!(numbers(&averaged), numbers(&plain), "training goes on with the weights, and ends with them");
        kept.load(&saved).unwrap();
        let close = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(close(&numbers(&kept), &by_hand.averages) && !close(&numbers(&kept), &by_hand.weights));
        assert_eq!(kept.evaluate(&set).unwrap().get("loss"), history.last("val_loss"));

        // In the end averaged, if asked; and from there another run goes on.
        let mut ended = model();
        let mut optimizer = adam();
        ended.fit(&set, fit(&mut optimizer, 3).end_with_averages(true)).unwrap();
        assert_eq!(numbers(&ended), numbers(&kept));
        assert!(!optimizer.state(ended.params()).swapped);
        ended.fit(&set, fit(&mut optimizer, 1)).unwrap();
    }

    #[test]
    fn a_run_taken_up_again_comes_to_the_same_bits() {
        let folder = Folder::new("averages-resumed");
        let path = folder.join("run");
        let run = |path: Option<&Path>, epochs| {
            let (set, mut model, mut adam) = (line(), model(), adam());
            let fit = fit(&mut adam, epochs).validation(&set).evaluate_averages(true).end_with_averages(true);
            let fit = if let Some(path) = path { fit.resumable(path) } else { fit };
            let history = model.fit(&set, fit).unwrap();
            (numbers(&model), history)
        };
        let whole = run(None, 6);
        for epochs in [1, 2, 4] {
            run(Some(&path), epochs);
        }
        assert_eq!(run(Some(&path), 6), whole);
        assert_eq!(run(Some(&path), 6), whole, "a finished run is not trained further");
        // What is in the file are the averages.
        let mut loaded = model();
        loaded.load(&path).unwrap();
        assert_eq!(numbers(&loaded), whole.0);
    }

    #[test]
    fn the_best_averages_come_back_whole_or_in_pieces() {
        let (set, folder) = (line(), Folder::new("averages-best"));
        for end in [false, true] {
            let path = folder.join(if end { "ended" } else { "plain" });
            let run = |path: Option<&Path>, epochs| {
                // A rate that is too large in the long run, so that some epoch in the middle is the best.
                let (mut model, mut adam) = (model(), Adam::new(0.6).ema(MOMENTUM));
                let stopping = EarlyStopping::new("val_loss").patience(3).restore_best_weights(true);
                let fit = fit(&mut adam, epochs).validation(&set).evaluate_averages(true).end_with_averages(end);
                let fit = if let Some(path) = path { fit.resumable(path) } else { fit };
                let history = model.fit(&set, fit.callback(stopping)).unwrap();
                (numbers(&model), history, model.evaluate(&set).unwrap().get("loss"))
            };
            let whole = run(None, 60);
            let (epoch, loss) = whole.1.best("val_loss", Direction::Min).unwrap();
            assert_eq!((whole.2, whole.1.len()), (Some(loss), epoch + 4), "{}", whole.1);
            for epochs in [2, epoch + 2, 60] {
                run(Some(&path), epochs);
            }
            assert_eq!(run(Some(&path), 60), whole);
        }
    }

    /// Fails in its second epoch, while the averages stand in the store.
    #[derive(Debug)]
    struct Fails;

    impl Callback<f64> for Fails {
        fn epoch_end(&mut self, cx: &mut TrainingState<'_, f64>) -> Result<(), FitError> {
            if cx.epoch() == 1 { cx.figure("nothing").map(drop) } else { Ok(()) }
        }
    }

    #[test]
    fn after_an_error_weights_and_averages_are_as_before_the_epoch() {
        let (set, mut failed, mut one) = (line(), model(), model());
        let (mut first, mut second) = (adam(), adam());
        failed.fit(&set, fit(&mut first, 5).evaluate_averages(true).callback(Fails)).unwrap_err();
        one.fit(&set, fit(&mut second, 1)).unwrap();
        assert_eq!(numbers(&failed), numbers(&one));
        assert_eq!(first.state(failed.params()), second.state(one.params()));
    }

    #[test]
    fn an_optimizer_without_averages() {
        let fit = Fit::new(Adam::new(0.1)).evaluate_averages(true).verbosity(Verbosity::Quiet);
        let e = model().fit(&line(), fit).unwrap_err();
        assert!(matches!(e, FitError::Setting { .. }) && e.to_string().contains("one with `ema`"), "{e}");
    }
}
