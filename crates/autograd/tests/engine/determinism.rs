//! Results are the same, bit for bit, for any number of threads: training steps, and gradients of tensors large enough
//! to be computed in parallel.

use crate::common::Numbers;
use autograd::{ParamGradients, Params, Tape, softmax_cross_entropy};
use tensor::{Shape, Tensor};

fn on_threads<R: Send>(threads: usize, f: impl FnOnce() -> R + Send) -> R {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool can be made");
    pool.install(f)
}

fn bits(x: &Tensor<f32>) -> Vec<u32> {
    x.to_vec().into_iter().map(f32::to_bits).collect()
}

/// All parameters after a few steps of a perceptron with one hidden layer.
fn trained() -> Vec<Vec<u32>> {
    let mut numbers = Numbers::new(42);
    let mut tensor = |shape: [usize; 2], size: f64| numbers.tensor(&Shape::from(shape), -size, size).cast::<f32>();
    let mut params = Params::<f32>::new();
    let w1 = params.add("w1", tensor([784, 300], 0.05));
    let b1 = params.add("b1", Tensor::zeros(300));
    let w2 = params.add("w2", tensor([300, 10], 0.1));
    let b2 = params.add("b2", Tensor::zeros(10));
    let x = tensor([512, 784], 1.0);
    let classes: Vec<usize> = (0..512).map(|i| i * 7 % 10).collect();
    let mut tape = Tape::default();
    for _ in 0..3 {
        let net = params.bind(&tape);
        let hidden = tape.constant(x.clone()).linear(net.var(w1), net.var(b1)).relu();
        let loss = softmax_cross_entropy(hidden.linear(net.var(w2), net.var(b2)), &classes);
        let grads = loss.backward();
        for p in [w1, b1, w2, b2] {
            let (old, g) = (params.get(p), grads.gradient(&params, p).unwrap().packed());
            let (old, shape) = (old.to_vec(), old.shape().clone());
            let new = old.iter().zip(g.as_slice().unwrap()).map(|(w, g)| w - 0.1 * g).collect::<Vec<_>>();
            params.set(p, Tensor::from_vec(shape, new));
        }
        tape.reset();
    }
    params.iter().map(|(_, value)| bits(value)).collect()
}

#[test]
fn training_gives_the_same_bits_on_one_thread_and_on_two() {
    let one = on_threads(1, trained);
    assert_eq!(one, on_threads(2, trained));
    assert_eq!(one, on_threads(1, trained), "and again");
}

/// Values and gradients of functions of a million elements: elementwise functions, reductions, scans, products, and
/// gathers.
fn large() -> Vec<Vec<u32>> {
    let mut numbers = Numbers::new(7);
    let x0 = numbers.tensor(&Shape::from([1000, 1000]), -2.0, 2.0).cast::<f32>();
    let v0 = numbers.tensor(&Shape::from(1000), -1.0, 1.0).cast::<f32>();
    let tape = Tape::default();
    let (x, v) = (tape.var(x0), tape.var(v0));
    let losses = [
        (x * v).tanh().sum(),
        x.exp().mean_over(0).sum(),
        (x.transpose() * v).sigmoid().norm(),
        x.logsumexp(),
        x.softmax(1).max_over(0).sum(),
        x.log_softmax(0).square().mean(),
        x.var(1),
        x.matmul(v).square().sum(),
        v.matmul(x).square().sum(),
        x.linear(x.transpose(), v).mean(),
        x.layer_norm(v, v, 1e-5).square().mean(),
        x.cumsum(1).mean(),
        x.index_select(0, (0..1500).map(|i| i * 31 % 1000).collect::<Vec<_>>()).square().sum(),
        x.relu().where_(&x.gt(0.5), v).sum(),
    ];
    let mut all = Vec::new();
    for loss in losses {
        let g = loss.backward();
        all.push(vec![loss.value().to_bits()]);
        all.push(bits(&g.wrt(x)));
        all.push(bits(&g.wrt(v)));
    }
    let t = tape.tangents(|t| t.set(x, Tensor::ones([1000, 1000])));
    all.push(losses.iter().map(|&loss| t.of(loss).to_bits()).collect());
    all
}

#[test]
fn a_million_elements_give_the_same_bits_on_one_thread_and_on_two() {
    let (one, two) = (on_threads(1, large), on_threads(2, large));
    for (k, (a, b)) in one.iter().zip(&two).enumerate() {
        assert!(a == b, "value {} of loss {}", k % 3, k / 3);
    }
}
