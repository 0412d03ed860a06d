//! Activations against their formulas, and their names.

use super::*;
use Activation::*;
use autograd::Tape;
use tensor::tensor;

/// The value at 1 and at -2, from the formulas in arbitrary precision.
const VALUES: [(Activation, f64, f64); 30] = [
    (Linear, 1.0, -2.0),
    (Relu, 1.0, 0.0),
    (GeneralRelu(0.25, 0.75, 0.5), 0.75, -0.625),
    (Threshold(0.5, -3.0), 1.0, -3.0),
    (StraightThrough, 1.0, 0.0),
    (Relu6, 1.0, 0.0),
    (LeakyRelu(0.3), 1.0, -0.6),
    (Elu(1.0), 1.0, -0.8646647167633873),
    (Selu, 1.0507009873554805, -1.520166468595695),
    (Gelu, 0.8413447460685429, -0.04550026389635841),
    (GeluTanh, 0.8411919906082768, -0.04540230591222498),
    (Silu, 0.7310585786300049, -0.23840584404423512),
    (Mish, 0.8650983882673103, -0.2525014826957089),
    (Softplus, 1.3132616875182228, 0.1269280110429725),
    (Softsign, 0.5, -0.6666666666666666),
    (Sigmoid, 0.7310585786300049, 0.11920292202211755),
    (LogSigmoid, -0.31326168751822286, -2.1269280110429727),
    (HardTanh, 1.0, -1.0),
    (Tanh, 0.7615941559557649, -0.9640275800758169),
    (Exp, std::f64::consts::E, 0.1353352832366127),
    (Heaviside, 1.0, 0.0),
    (HardSigmoid, 2.0 / 3.0, 1.0 / 6.0),
    (HardSilu, 2.0 / 3.0, -1.0 / 3.0),
    (Celu(1.0), 1.0, -0.8646647167633873),
    (HardShrink(0.5), 1.0, -2.0),
    (SoftShrink(0.5), 0.5, -1.5),
    (TanhShrink, 0.23840584404423515, -1.0359724199241832),
    (SparsePlus, 1.0, 0.0),
    (SparseSigmoid, 1.0, 0.0),
    (Squareplus(4.0), 1.618033988749895, 0.41421356237309503),
];

#[test]
fn each_is_its_formula_on_tapes_and_on_tensors() {
    let x = tensor![1.0, -2.0];
    for (activation, at_one, at_minus_two) in VALUES {
        let tape = Tape::new();
        let y = activation.apply(tape.var(x.clone())).value();
        for (got, want) in y.to_vec().into_iter().zip([at_one, at_minus_two]) {
            assert!((got - want).abs() < 1e-14, "{activation}: {got}, not {want}");
        }
        assert_eq!(activation.of(x.clone()), y, "{activation}");
    }
    for activation in [Softmax, LogSoftmax, Sparsemax] {
        let x = tensor![[1.0, -2.0, 0.5], [3.0, 3.0, 3.0]];
        let y = activation.apply(Tape::new().var(x.clone())).value();
        assert_eq!(activation.of(x), y);
        let sum: f64 =
            (0..3).map(|i| y.at([0, i])).map(|y: f64| if activation == LogSoftmax { y.exp() } else { y }).sum();
        assert!((sum - 1.0).abs() < 1e-15);
    }
    assert_eq!(VALUES.len() + 3, Activation::all().count());
}

#[test]
fn slopes_come_from_the_engine() {
    let tape = Tape::new();
    let x = tape.var(tensor![2.0, -2.0]);
    let slope = |a: Activation| a.apply(x).sum().backward().wrt(x);
    assert_eq!(slope(LeakyRelu(0.25)), tensor![1.0, 0.25]);
    assert_eq!(slope(Linear), tensor![1.0, 1.0]);
    assert_eq!(slope(Heaviside), tensor![0.0, 0.0]);
}

#[test]
fn names_there_and_back() {
    for a in Activation::all().chain([LeakyRelu(0.01), Elu(1e-3), GeneralRelu(0.1, 6.0, 1.0), Threshold(-1.0, 0.5)]) {
        assert_eq!(a.to_string().parse(), Ok(a));
    }
    assert_eq!("leaky_relu".parse(), Ok(LeakyRelu(0.2)));
    assert_eq!(("swish".parse(), "hard_swish".parse()), (Ok(Silu), Ok(HardSilu)));
    assert_eq!("relu".parse(), Ok(Relu));
    let bad = [
        "",
        "Relu",
        "relu(1)",
        "elu(1, 2)",
        "elu(x)",
        "elu(inf)",
        "relu(inf, 6, 0)",
        "relu(0, 1, 2)",
        "relu(0, nan, 0)",
    ];
    for bad in bad {
        assert!(bad.parse::<Activation>().is_err(), "{bad}");
    }
}
