use super::*;
use crate::layer::{Add, BatchNorm, Concatenate, Dense, Identity, Normalization};
use crate::loss::Loss;
use crate::testing::rng;
use crate::{Relu, Sigmoid, Softmax};
use autograd::Tape;
use tensor::tensor;

fn dense(params: &mut Params<f64>, inputs: usize, outputs: usize) -> Dense {
    Dense::new(inputs, outputs).activation(Relu).build(params, &mut rng((10 * inputs + outputs) as u64))
}

#[test]
fn wide_and_deep_of_one_input() {
    let mut params = Params::<f64>::new();
    let normalization = Normalization::new(8, &mut params);
    let layers = [dense(&mut params, 8, 30), dense(&mut params, 30, 30)];
    let last = Dense::new(38, 1).build(&mut params, &mut rng(1));
    let mut graph = Graph::new();
    let input = graph.input("input", [8]);
    let x = graph.layer(normalization.clone(), input);
    let h = layers.iter().fold(x, |h, layer| graph.layer(layer.clone(), h));
    let joined = graph.join(Concatenate::new(), &[x, h]);
    let y = graph.layer(last.clone(), joined);
    graph.output(y);
    let graph = graph.build(&params).unwrap();

    let frozen: usize = params.keys().filter(|&p| params.is_frozen(p)).map(|p| params.get(p).size()).sum();
    assert_eq!((params.size(), frozen, graph.parameters().len()), (1_256, 17, 9));
    let rows = graph.layers(&params, &[Shape::from(8)]).unwrap();
    let row = |l: &LayerSummary| (l.name.clone(), l.kind.clone(), l.outputs[0].to_string(), l.from.join(" "));
    let rows: Vec<_> = rows.iter().map(row).collect();
    let expected = [
        ("input", "Input", "(8,)", ""),
        ("normalization", "Normalization", "(8,)", "input"),
        ("dense", "Dense", "(30,)", "normalization"),
        ("dense_1", "Dense", "(30,)", "dense"),
        ("concatenate", "Concatenate", "(38,)", "normalization dense_1"),
        ("dense_2", "Dense", "(1,)", "concatenate"),
    ];
    assert_eq!(rows, expected.map(|(a, b, c, d)| (a.into(), b.into(), c.into(), d.into())));

    // The same by hand.
    use crate::module::Module;
    let x = Tensor::random_normal([4, 8], 0.0, 1.0, &mut rng(5));
    let n = normalization.predict(&params, &x);
    let h = layers.iter().fold(n.clone(), |h, layer| layer.predict(&params, &h));
    let by_hand = last.predict(&params, &Tensor::concat(&[&n, &h], 1));
    assert_eq!(graph.predict_all(&params, std::slice::from_ref(&x))[0], by_hand);
    let tape = Tape::new();
    let net = params.bind(&tape);
    let y = graph.call_all(&mut Context::eval(&net), &[tape.constant(x.clone())]);
    assert_eq!(y[0].value(), by_hand);
    assert_eq!(graph.into_model(params).unwrap().predict(&x), by_hand);
}

#[test]
fn two_inputs_two_outputs_and_loss_weights() {
    let mut params = Params::<f64>::new();
    let deep = dense(&mut params, 6, 30);
    let (main, aux) = (dense(&mut params, 35, 1), dense(&mut params, 30, 1));
    let mut graph = Graph::new();
    let (wide_in, deep_in) = (graph.input("wide", [5]), graph.input("deep", [6]));
    let h = graph.layer(deep, deep_in);
    let joined = graph.join(Concatenate::new(), &[wide_in, h]);
    let (y, z) = (graph.layer(main, joined), graph.layer(aux, h));
    graph.output_named("main", y);
    graph.output_named("aux", z);
    let model = graph.build(&params).unwrap().into_model(params).unwrap();
    let model = model.loss(Loss::Mse).loss_weights([0.9, 0.1]);
    assert_eq!(model.heads().iter().map(|h| h.name()).collect::<Vec<_>>(), ["main", "aux"]);

    let inputs = [[7, 5], [7, 6]].map(|shape| Tensor::random_normal(shape, 0.0, 1.0, &mut rng(2)));
    let y = Tensor::random_normal([7, 1], 0.0, 1.0, &mut rng(3));
    let tape = Tape::new();
    let net = model.params().bind(&tape);
    let outputs = model.forward(&mut Context::eval(&net), &inputs.clone().map(|x| tape.constant(x)));
    let objective = model.objective(&net, &outputs, &[(&y).into(), (&y).into()], None).unwrap();
    let each: Vec<f64> = objective.losses.iter().map(|l| l.value()).collect();
    assert!((objective.total.value() - 0.9 * each[0] - 0.1 * each[1]).abs() < 1e-15);
    let predicted = model.predict_all(&inputs);
    for (k, loss) in each.into_iter().enumerate() {
        let squares = predicted[k].to_vec().into_iter().zip(y.to_vec()).map(|(p, y)| (p - y) * (p - y));
        assert!((squares.sum::<f64>() / 7.0 - loss).abs() < 1e-14);
    }
}

#[test]
fn a_shared_layer_has_one_kernel_and_one_row() {
    let mut params = Params::<f64>::new();
    let layer = Dense::new(2, 2).build(&mut params, &mut rng(1));
    let mut graph = Graph::new();
    let (a, b) = (graph.input("a", [2]), graph.input("b", [2]));
    let left = graph.layer(layer.clone(), a);
    let right = graph.share(left, b);
    let sum = graph.join(Add, &[left, right]);
    graph.output(sum);
    let graph = graph.build(&params).unwrap();
    assert_eq!(graph.parameters(), layer.parameters());
    let rows = graph.layers(&params, &graph.input_shapes()).unwrap();
    assert_eq!((rows.len(), rows[2].from.clone()), (4, vec!["a".to_string(), "b".to_string()]));

    let tape = Tape::new();
    let net = params.bind(&tape);
    let inputs = [tape.constant(tensor![[1.0, 2.0]]), tape.constant(tensor![[10.0, 20.0]])];
    let grads = graph.call_all(&mut Context::eval(&net), &inputs)[0].sum().backward();
    assert_eq!(grads.wrt(net.var(layer.kernel())), tensor![[11.0, 11.0], [22.0, 22.0]]);
}

#[test]
fn a_graph_within_a_graph() {
    let mut params = Params::<f64>::new();
    let (first, second) = (dense(&mut params, 3, 4), BatchNorm::new(4).build(&mut params));
    let mut inner = Graph::new();
    inner.name("encoder");
    let x = inner.input("x", [3]);
    let h = inner.layer(first, x);
    let n = inner.layer(second.clone(), h);
    inner.output_named("hidden", h);
    inner.output_named("normal", n);
    let inner = inner.build(&params).unwrap();
    let mut outer = Graph::new();
    let x = outer.input("x", [3]);
    let codes = outer.network(inner.clone(), &[x]);
    let sum = outer.join(Add, &codes);
    outer.output(sum);
    let outer = outer.build(&params).unwrap();

    let x = Tensor::ones([2, 3]);
    let parts = inner.predict_all(&params, std::slice::from_ref(&x));
    let sum = parts[0].to_vec().iter().zip(parts[1].to_vec()).map(|(a, b)| a + b).collect::<Vec<_>>();
    assert_eq!(outer.predict_all(&params, std::slice::from_ref(&x))[0].to_vec(), sum);
    assert_eq!(outer.parameters(), inner.parameters());
    assert_eq!(outer.layers(&params, &[Shape::from(3)]).unwrap()[1].name, "encoder");

    // The context reaches the layers of the inner graph.
    let (tape, mut rng) = (Tape::new(), rng(0));
    let net = params.bind(&tape);
    let mut ctx = Context::train(&net, &mut rng);
    outer.call_all(&mut ctx, &[tape.constant(x)]);
    let updates = ctx.into_updates();
    let updated: Vec<_> = updates.iter().map(|(param, _)| param).collect();
    assert_eq!(updated, [second.moving_mean(), second.moving_var()]);
}

#[test]
fn an_output_that_is_also_an_input_of_another_layer() {
    let mut params = Params::<f64>::new();
    let first = Dense::new(2, 3).activation(Softmax).build(&mut params, &mut rng(1));
    let second = Dense::new(3, 1).activation(Sigmoid).build(&mut params, &mut rng(2));
    let mut graph = Graph::new();
    let x = graph.input("x", [2]);
    let p = graph.layer(first, x);
    let q = graph.layer(second, p);
    graph.output(p);
    graph.output(q);
    let model = graph.build(&params).unwrap().into_model(params).unwrap();
    let x = Tensor::random_normal([4, 2], 0.0, 1.0, &mut rng(3));
    let tape = Tape::new();
    let net = model.params().bind(&tape);
    let z = model.forward(&mut Context::eval(&net), &[tape.constant(x.clone())]);
    let predicted = model.predict_all(&[x]);
    for (k, activation) in [Softmax, Sigmoid].into_iter().enumerate() {
        assert_eq!(activation.of(z[k].value()), predicted[k], "{activation}");
        assert_eq!(model.heads()[k].activation(), activation);
    }
    assert_eq!(model.heads()[0].loss(), Loss::SparseCategoricalCrossentropy(0.0));
}

#[test]
fn what_leads_nowhere_is_left_out() {
    let mut params = Params::<f64>::new();
    let (used, idle) = (dense(&mut params, 2, 2), dense(&mut params, 2, 5));
    let mut graph = Graph::new();
    let x = graph.input("x", [2]);
    graph.layer(idle, x);
    let y = graph.layer(used.clone(), x);
    graph.output(y);
    let graph = graph.build(&params).unwrap();
    assert_eq!((graph.parameters(), graph.layers(&params, &[Shape::from(2)]).unwrap().len()), (used.parameters(), 2));
}

#[test]
fn a_mismatch_names_the_layer_and_the_shapes() {
    let mut params = Params::<f64>::new();
    let build = |params: &mut Params<f64>, width| {
        let layer = dense(params, width, 2);
        let mut graph = Graph::new();
        let (a, b) = (graph.input("a", [3]), graph.input("b", [4]));
        let joined = graph.join(Concatenate::new(), &[a, b]);
        let y = graph.layer(layer, joined);
        graph.output(y);
        graph.build(params)
    };
    assert!(build(&mut params, 7).is_ok());
    let e = build(&mut params, 8).unwrap_err();
    assert_eq!(e.to_string(), "layer `dense_1` cannot take an input of shape (7,): it takes (8,)");

    let mut graph = Graph::<f64>::new();
    let (a, b) = (graph.input("a", [3]), graph.input("b", [4]));
    graph.join(Add, &[a, a]);
    let sum = graph.join(Add, &[a, b]);
    graph.output(sum);
    let e = graph.build(&params).unwrap_err();
    let text = "layer `add_1` cannot take inputs of shapes (3,) and (4,): it takes inputs of one shape";
    assert_eq!(e.to_string(), text);
}

#[test]
#[should_panic(expected = "Graph: there is something named `x` already")]
fn two_inputs_of_one_name() {
    let mut graph = Graph::<f32>::new();
    graph.input("x", [1]);
    graph.input("x", [1]);
}

#[test]
#[should_panic(expected = "Graph: 1 inputs were given, but there are 2: a, b")]
fn too_few_inputs() {
    let mut graph = Graph::<f32>::new();
    let (a, _) = (graph.input("a", [1]), graph.input("b", [1]));
    let y = graph.layer(Identity, a);
    graph.output(y);
    let params = Params::new();
    graph.build(&params).unwrap().predict_all(&params, &[Tensor::zeros([1, 1])]);
}
