//! The everyday prelude stays small, and a typical program of each area compiles with the prelude of its area alone.

/// The most names that the everyday prelude may export. A name that an everyday program does not need belongs to the
/// prelude of its area.
const MAX_NAMES: usize = 60;

/// Returns the names that the `pub use` items of a prelude export.
fn exported(source: &str) -> Vec<&str> {
    let items = source.split("\npub use ").skip(1).map(|rest| rest.split_once(';').expect("the end of an item").0);
    let names = |item| {
        let (path, list): (&str, &str) = match str::split_once(item, '{') {
            Some((path, list)) => (path.trim_end_matches("::"), list.trim_end_matches('}')),
            None => item.rsplit_once("::").expect("a path"),
        };
        let name = move |name: &'_ str| if name == "self" { path.rsplit("::").next() } else { None };
        list.split(',').map(str::trim).filter(|n| !n.is_empty()).map(move |n| name(n).unwrap_or(n)).collect::<Vec<_>>()
    };
    items.flat_map(names).collect()
}

#[test]
fn the_everyday_prelude_is_small() {
    let names = exported(include_str!("../src/prelude.rs"));
    for expected in ["Tensor", "Activation", "Relu", "seeded"] {
        assert!(names.contains(&expected), "`{expected}` is missing in {names:?}");
    }
    assert!(!names.contains(&"*"), "the everyday prelude lists its names, so that they can be counted");
    assert!(names.len() <= MAX_NAMES, "expected at most {MAX_NAMES} names, found {}: {names:?}", names.len());
}

#[test]
fn every_area_includes_the_everyday_prelude_and_repeats_none_of_its_names() {
    let everyday = exported(include_str!("../src/prelude.rs"));
    for (area, source) in [
        ("autograd", include_str!("../src/autograd/prelude.rs")),
        ("explain", include_str!("../src/explain/prelude.rs")),
        ("nn", include_str!("../src/nn/prelude.rs")),
        ("optim", include_str!("../src/optim/prelude.rs")),
        ("train", include_str!("../src/train/prelude.rs")),
    ] {
        assert!(source.contains("pub use crate::prelude::*;"), "{area} does not include the everyday prelude");
        let repeated: Vec<_> = exported(source).into_iter().filter(|name| everyday.contains(name)).collect();
        assert!(repeated.is_empty(), "{area} repeats {repeated:?}");
    }
}

/// A network, its parameters and a training loop.
#[test]
fn everyday() -> Result<(), Box<dyn std::error::Error>> {
    use chainrule::prelude::*;

    let mut rng = seeded(42);
    let (train, test) = digits().split_stratified(0.8, &mut rng)?;
    let mut params = Params::<f32>::new();
    let network = Sequential::new()
        .push(Dense::new(64, 32).build(&mut params, &mut rng))
        .push(Relu)
        .push(Dense::new(32, 10).build(&mut params, &mut rng));
    let mut adam = Adam::new(CosineDecay::new(0.01, 100).warm_up(10));
    let mut tape = Tape::single();
    for batch in train.batches(32, &mut rng) {
        let bound = params.bind(&tape);
        let loss = softmax_cross_entropy(network.forward(&bound, tape.constant(batch.x())), batch.labels());
        let gradients = loss.backward();
        adam.step(&mut params, &gradients);
        tape.reset();
    }
    let right = accuracy(&network.predict(&params, &test.x()), test.labels());
    assert!(right > 0.7, "{right}");
    assert_eq!(grad(|x: TensorVar<'_>| x.square().sum(), tensor![1.0, 2.0]), tensor![2.0, 4.0]);
    Ok(())
}

/// A custom operation, parameters as a point, and code over a scalar type without a lifetime.
#[test]
fn autograd() -> Result<(), Box<dyn std::error::Error>> {
    use chainrule::autograd::prelude::*;

    #[derive(Debug)]
    struct Double;
    impl<T: Scalar> CustomOp<T> for Double {
        fn name(&self) -> &str {
            "double"
        }
        fn forward(&self, x: &[&Tensor<T>]) -> Tensor<T> {
            x[0] + x[0]
        }
        fn vjp(&self, g: &Tensor<T>, _: &[&Tensor<T>], _: &Tensor<T>) -> Vec<Tensor<T>> {
            vec![g + g]
        }
    }
    fn double<'t>(x: TensorVar<'t>) -> TensorVar<'t> {
        x.tape().expect("a variable").apply(Double, &[x])
    }
    let x = tensor![1.0, 2.0];
    gradcheck(|x: TensorVar<'_>| double(x).square().sum(), x.clone()).run()?;
    let j: Tensor<f64> = jacobian_reverse(double, &x);
    assert_eq!(j, tensor![[2.0, 0.0], [0.0, 2.0]]);
    let (value, gradient) = Real::record(|scope| {
        let x = scope.inputs(&[3.0]);
        scope.value_and_grad(x[0] * x[0])
    });
    assert_eq!((value, gradient), (9.0, vec![6.0]));
    Ok(())
}

/// A custom layer within a model.
#[test]
fn nn() -> Result<(), Box<dyn std::error::Error>> {
    use chainrule::nn::prelude::*;

    let (mut params, mut rng) = (Params::<f32>::new(), seeded(1));
    let network = Sequential::new()
        .push(Normalization::new(2, &mut params))
        .push(Dense::new(2, 8).kernel_init(Init::HeNormal).build(&mut params, &mut rng))
        .push(BatchNorm::new(8).build(&mut params))
        .push(LeakyRelu(0.1))
        .push(Dropout::new(0.2))
        .push(Dense::new(8, 3).build(&mut params, &mut rng));
    let model = Model::new(network, params, [2])?.task(Task::Multiclass).loss(Loss::SparseCategoricalCrossentropy(0.0));
    assert_eq!(model.predict(&Tensor::ones([5, 2])).shape(), &Shape::from([5, 3]));
    Ok(())
}

/// Groups, schedules and the range test.
#[test]
fn optim() -> Result<(), Box<dyn std::error::Error>> {
    use chainrule::optim::prelude::*;

    let mut params = Params::<f64>::new();
    let w = params.add("w", tensor![3.0, -2.0]);
    let mut rmsprop = RmsProp::new(0.1).group(ParamGroup::of([w]).constraint(Constraint::max_norm(3.0)));
    let mut plateau = Plateau::new().patience(1);
    for _ in 0..5 {
        let tape = Tape::new();
        let loss = params.bind(&tape).var(w).square().sum();
        rmsprop.step(&mut params, &loss.backward());
        if let Some(rate) = plateau.observe(loss.value(), rmsprop.learning_rate()) {
            rmsprop.set_learning_rate(rate)?;
        }
    }
    let schedule = PiecewiseConstantDecay::new([10], [0.1, 0.01]).warm_up(5);
    assert_eq!((schedule.rate(0), schedule.rate(5), schedule.rate(16)), (0.0, 0.1, 0.01));
    Ok(())
}

/// A custom callback and a custom data source for `fit`.
#[test]
fn train() -> Result<(), Box<dyn std::error::Error>> {
    use chainrule::train::prelude::*;

    #[derive(Debug)]
    struct Count(u64);
    impl Callback for Count {
        fn epoch_end(&mut self, _: &mut TrainingState<'_>) -> Result<(), FitError> {
            self.0 += 1;
            Ok(())
        }
    }
    let (train, valid) = digits().split_stratified(0.8, &mut seeded(42))?;
    let mut model = Mlp::classifier(64, [8], 10).model::<f32>(42);
    let mut count = Count(0);
    let fit = Fit::new(Sgd::new(0.1)).epochs(2).verbosity(Verbosity::Quiet).callback(&mut count);
    let history: History = model.fit(&train, fit.callback(EarlyStopping::new("loss")))?;
    assert!(history.last("loss").is_some() && count.0 == 2);
    let mut matrix = ConfusionMatrix::new(10);
    matrix.add(&model.predict(&valid.x()), valid.labels());
    assert!(matrix.accuracy() > 0.2, "{matrix}");
    Ok(())
}

/// A derivation as text, and a comparison with a gradient computed by other means.
#[test]
fn explain() {
    use chainrule::explain::prelude::*;

    let tape = Tape::new();
    let (x, y) = (tape.var(3.0).named("x"), tape.var(4.0).named("y"));
    let loss = x * x * y + y + 2.0;
    let explanation: Explanation = loss.explain();
    let gradients: Vec<_> = explanation.gradients().map(|(name, g)| (name.text(), g.item())).collect();
    assert_eq!(gradients, [("x", 24.0), ("y", 10.0)]);
    assert!(explanation.to_svg().starts_with("<svg"));
}
