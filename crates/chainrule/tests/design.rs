//! Programs that must compile as written, and give the right results.

use chainrule::autograd::prelude::*;

#[test]
fn a_network_and_a_training_loop() {
    let mut rng = seeded(42);
    let (train, test) = digits().split_stratified(0.8, &mut rng).unwrap();

    let mut params = Params::<f32>::new();
    let model = Mlp::new(64, [32, 16], 10).activation(Relu).build(&mut params, &mut rng);
    let mut sgd = Sgd::new(0.1);
    let mut tape = Tape::default();
    for _ in 0..8 {
        for batch in train.batches(32, &mut rng) {
            let net = params.bind(&tape);
            let loss = softmax_cross_entropy(model.forward(&net, tape.constant(batch.x())), batch.labels());
            let grads = loss.backward();
            sgd.step(&mut params, &grads);
            tape.reset();
        }
    }

    let right = accuracy(&model.predict(&params, &test.x()), test.labels());
    assert!(right > 0.9, "{right}");
}

#[test]
fn a_model_with_fit() -> Result<(), Box<dyn std::error::Error>> {
    let (train, valid) = digits().split_stratified(0.8, &mut seeded(42))?;
    let mut model = Mlp::classifier(64, [32, 16], 10).model::<f32>(42);
    let history = model.fit(
        &train,
        Fit::new(Sgd::new(0.1))
            .epochs(8)
            .batch_size(32)
            .validation(&valid)
            .callback(EarlyStopping::new("val_loss").patience(10)),
    )?;
    assert!(history.last("val_accuracy").is_some_and(|right| right > 0.9), "{history}");
    let path = std::env::temp_dir().join(format!("chainrule-design-{}.safetensors", std::process::id()));
    model.save(&path)?;
    let mut again = Mlp::classifier(64, [32, 16], 10).model::<f32>(7);
    again.load_weights(&path)?;
    assert_eq!(again.predict(&valid.x()), model.predict(&valid.x()));
    std::fs::remove_file(path)?;
    Ok(())
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    let run = || {
        let mut rng = seeded(7);
        let mut params = Params::<f32>::new();
        let model = Mlp::new(64, [32], 10).activation(Tanh).dropout(0.2).build(&mut params, &mut rng);
        let mut sgd = Sgd::new(0.05).momentum(0.9).nesterov();
        let mut tape = Tape::default();
        for batch in digits().batches(64, &mut rng) {
            let net = params.bind(&tape);
            let logits = model.forward_train(&net, tape.constant(batch.x()), &mut rng);
            let grads = softmax_cross_entropy(logits, batch.labels()).backward();
            sgd.step(&mut params, &grads);
            tape.reset();
        }
        params.iter().flat_map(|(_, value)| value.to_vec()).map(f32::to_bits).collect::<Vec<_>>()
    };
    assert_eq!(run(), run());
}

#[test]
fn scalars_and_tensors_on_one_tape() {
    let tape = Tape::default();
    let (x, y) = (tape.var(2.0_f64), tape.var(3.0));
    let w = tape.var(tensor![[0.1, -0.2], [0.4, 0.3]]);
    let v = tape.constant(tensor![1.0, 2.0]);
    let s = w.matmul(v).tanh().sum() * x;
    let t = tape.stack(&[x, y, s]);
    let g = t.at([2]).backward();
    let (gw, gx): (Tensor<f64>, f64) = (g.wrt(w), g.wrt(x));
    assert_eq!((gw.shape(), gx), (w.value().shape(), s.value() / 2.0));
}

#[test]
fn function_transforms() {
    let (value, derivative) = value_and_grad(|x| x.sin() * x, 2.0_f64);
    assert_eq!((value, derivative), (2.0_f64.sin() * 2.0, 2.0_f64.cos() * 2.0 + 2.0_f64.sin()));
    let x0 = tensor![1.0, 2.0];
    assert_eq!(hessian(|x| x.powi(3).sum(), &x0), tensor![[6.0, 0.0], [0.0, 12.0]]);
    assert_eq!(hvp(|x| x.powi(3).sum(), &x0, &tensor![1.0, 1.0]), tensor![6.0, 12.0]);
    assert_eq!(jacobian(|x| x.square(), &x0), tensor![[2.0, 0.0], [0.0, 4.0]]);
    let (_, pull) = vjp(|x| x.square(), &x0);
    assert_eq!(pull(&tensor![1.0, 1.0]), tensor![2.0, 4.0]);
}

#[test]
fn a_closure_kept_in_a_variable() {
    let (scale, data) = (2.0, [3.0]);
    let f = objective(|x: Var<f64>| (x * scale).sin() * data[0]);
    let (v, d) = (f.value(1.0), grad(&f, 1.0));
    assert_eq!((v, d), (3.0 * 2.0_f64.sin(), 6.0 * 2.0_f64.cos()));
}

#[test]
fn transforms_nest() {
    assert_eq!(grad(|x| x * grad(|y| x * y * y, x.like(3.0)), 2.0), 24.0);
}

#[test]
fn several_recorded_gradients() {
    let tape = Tape::new();
    let (x, t) = (tape.var(2.0), tape.var(3.0));
    let u = x * x * t;
    let (u_x, u_t) = u.grads((x, t));
    assert_eq!((u_x.value(), u_t.value()), (12.0, 4.0));

    let mut params = Params::<f64>::new();
    let model = Mlp::new(2, [3], 1).activation(Tanh).build(&mut params, &mut seeded(1));
    let net = params.bind(&tape);
    let loss = model.forward(&net, tape.constant(tensor![[1.0, 2.0]])).square().sum();
    let (g, plain) = (loss.grads(&net), loss.backward());
    for key in params.keys() {
        assert_eq!(Some(&g.get(key).value()), plain.gradient(&params, key));
    }
}

#[test]
fn a_jacobian_of_a_network() {
    let mut params = Params::<f64>::new();
    let model = Mlp::new(2, [3], 1).activation(Tanh).build(&mut params, &mut seeded(1));
    let data = tensor![[1.0, 2.0], [0.5, -1.0], [0.0, 0.0]];
    let j = jacobian(|net| model.forward(&net, net.tape().constant(data.clone())), &params);
    let first = params.keys().next().unwrap();
    assert_eq!(j[first].shape().to_string(), "(3, 1, 2, 3)");
}

#[test]
fn gradcheck_of_two_inputs() -> Result<(), GradCheckError> {
    let w = tensor![[0.1, -0.2], [0.4, 0.3]];
    gradcheck(|(w, x)| Tanh.apply(w.matmul(x)).sum(), (w, tensor![1.0, 2.0])).order(2).run()?;
    Ok(())
}

/// Code that is generic over floats is differentiated without changes.
#[test]
fn code_generic_over_float() {
    fn norm<R: num_traits::Float>(x: &[R]) -> R {
        x.iter().fold(R::zero(), |s, &v| s + v * v).sqrt()
    }
    let tape = Tape::default();
    let x = [tape.var(3.0_f64), tape.var(4.0)];
    let g = norm(&x).backward();
    assert!((g.wrt(x[0]) - 0.6).abs() < 1e-15 && (g.wrt(x[1]) - 0.8).abs() < 1e-15);
}

/// A scalar type without a lifetime, for code that requires `'static`.
#[test]
fn code_generic_over_static_types() {
    fn boxed<T: num_traits::Float + 'static>(f: Box<dyn Fn(T) -> T>, x: &[T]) -> T {
        x.iter().fold(T::one(), |product, &x| product * f(x))
    }
    let x0 = [2.0, 3.0, 4.0];
    let (v, g) = Real::record(|scope| {
        let x = scope.inputs(&x0);
        let y: Real = boxed(Box::new(|x: Real| x * x), &x);
        scope.value_and_grad(y)
    });
    assert_eq!((v, g), (576.0, vec![576.0, 384.0, 288.0]));
}
