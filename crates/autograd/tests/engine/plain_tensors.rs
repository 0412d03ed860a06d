//! The methods and operators of plain tensors have the values of those of variables, to the bit, and a plain tensor as the
//! second argument of a variable's method is a constant.

use autograd::{
    Tape, TensorVar, Var, bce_with_logits, einsum, huber, mae, mse, softmax_cross_entropy_soft, strategies,
};
use proptest::prelude::*;
use tensor::{Real, Shape, Tensor, keep};

/// The bits of the elements; all NaN count as one.
fn bits<T: Real>(x: Tensor<T>) -> (Shape, Vec<u64>) {
    let bits = x.iter().map(|x| if x.is_nan() { u64::MAX } else { x.to_f64().to_bits() }).collect();
    (x.shape().clone(), bits)
}

fn value(x: Var<'_, Tensor<f64>>) -> (Shape, Vec<u64>) {
    bits(x.value())
}

/// Numbers in the domains of most functions, in their tails, and at their kinks.
fn numbers() -> impl Strategy<Value = f64> + Clone {
    let special =
        vec![0.0, -0.0, 1.0, -1.0, 0.5, 6.0, 1e300, -1e300, 5e-324, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    prop_oneof![4 => -1.0..1.0, 4 => -30.0..30.0, 2 => prop::sample::select(special)]
}

/// Tensors of up to three axes in any layout, some of them empty and some long enough for whole vectors.
fn tensors() -> impl Strategy<Value = Tensor<f64>> {
    let short = strategies::tensor(0..4, numbers()).dims(0..=4).views();
    prop_oneof![3 => short, 1 => strategies::tensor([5, 67], numbers()).views()]
}

/// Tensors whose shapes broadcast, in any layout.
fn several() -> impl Strategy<Value = [Tensor<f64>; 3]> {
    strategies::broadcasting(strategies::shape(0..4).dims(0..=4)).prop_flat_map(|[a, b, c]| {
        let of = |shape: Shape| strategies::tensor(shape, numbers()).views();
        (of(a), of(b), of(c)).prop_map(|(a, b, c)| [a, b, c])
    })
}

proptest! {
    #[test]
    fn functions_of_one_argument(x in tensors()) {
        let tape = Tape::default();
        let v = tape.var(x.clone());
        macro_rules! equal {
            ($($name:ident $(($($argument:expr),*))?)*) => {$(
                prop_assert_eq!(
                    bits(x.$name($($($argument),*)?)), value(v.$name($($($argument),*)?)), "{} of {}", stringify!($name), x
                );
            )*};
        }
        equal!(neg recip square sqrt rsqrt cbrt exp exp2 exp_m1 ln log2 log10 ln_1p sin cos tan asin acos atan sinh cosh
            tanh asinh acosh atanh sigmoid log_sigmoid softplus relu relu6 selu gelu gelu_tanh silu mish softsign
            hard_tanh abs sign floor ceil round trunc heaviside erf erfc ln_gamma
            powi(3) powi(-2) powf(0.5) powf(-1.0) polygamma(0) polygamma(2) clamp(-0.5, 0.5) mul_add(2.0, -0.25));
        prop_assert_eq!(bits(-&x), value(-v));
    }

    #[test]
    fn functions_of_two_arguments([x, y, _] in several(), c in numbers()) {
        let tape = Tape::default();
        let (v, w) = (tape.var(x.clone()), tape.var(y.clone()));
        macro_rules! equal {
            ($($name:ident)*) => {$(
                prop_assert_eq!(bits(x.$name(&y)), value(v.$name(w)), "{} of {} and {}", stringify!($name), x, y);
                prop_assert_eq!(bits(x.$name(c)), value(v.$name(c)), "{} of {} and {}", stringify!($name), x, c);
            )*};
        }
        macro_rules! equal_operators {
            ($($op:tt)*) => {$(
                prop_assert_eq!(bits(&x $op &y), value(v $op w));
                prop_assert_eq!(bits(&x $op c), value(v $op c));
                prop_assert_eq!(bits(c $op &x), value(c $op v));
            )*};
        }
        macro_rules! equal_comparisons {
            ($($name:ident)*) => {$(
                prop_assert_eq!(x.$name(&y), v.$name(w));
                prop_assert_eq!(x.$name(c), v.$name(c));
            )*};
        }
        equal!(pow atan2 hypot maximum minimum log_add_exp xlogy leaky_relu elu);
        equal_operators!(+ - * / %);
        equal_comparisons!(gt ge lt le equals);
    }

    #[test]
    fn functions_of_three_arguments([x, y, z] in several()) {
        let tape = Tape::default();
        let [u, v, w] = [&x, &y, &z].map(|x| tape.var(x.clone()));
        prop_assert_eq!(bits(x.clamp(&y, &z)), value(u.clamp(v, w)));
        prop_assert_eq!(bits(x.mul_add(&y, &z)), value(u.mul_add(v, w)));
        let mask = y.gt(0.0);
        prop_assert_eq!(bits(x.where_(&mask, &z)), value(u.where_(&mask, w)));
        prop_assert_eq!(bits(x.masked_fill(&mask, 2.5)), value(u.masked_fill(&mask, 2.5)));
    }

    #[test]
    fn reductions(x in strategies::tensor(1..4, numbers()).views()) {
        let tape = Tape::default();
        let v = tape.var(x.clone());
        macro_rules! equal {
            ($($whole:ident $over:ident $(($ddof:expr))?),*) => {$(
                prop_assert_eq!(
                    bits(Tensor::scalar(x.$whole($($ddof)?))), bits(Tensor::scalar(v.$whole($($ddof)?).value()))
                );
                prop_assert_eq!(bits(x.$over(0 $(, $ddof)?)), value(v.$over(0 $(, $ddof)?)));
                prop_assert_eq!(bits(x.$over(keep(-1) $(, $ddof)?)), value(v.$over(keep(-1) $(, $ddof)?)));
            )*};
        }
        equal!(sum sum_over, mean mean_over, prod prod_over, max max_over, min min_over, var var_over(1),
            std std_over(0), norm1 norm1_over, norm norm_over, norm_inf norm_inf_over, logsumexp logsumexp_over);
        prop_assert_eq!((x.argmax(), x.argmin()), (v.argmax(), v.argmin()));
        prop_assert_eq!((x.argmax_over(0), x.argmin_over(-1)), (v.argmax_over(0), v.argmin_over(-1)));
        prop_assert_eq!(bits(x.softmax(-1)), value(v.softmax(-1)));
        prop_assert_eq!(bits(x.log_softmax(0)), value(v.log_softmax(0)));
    }
}

#[test]
fn single_precision() {
    let tape = Tape::default();
    let x = Tensor::<f32>::from_fn([7, 9], |i| (i[0] as f32 - 3.0) * 0.4 + i[1] as f32 * 0.11);
    let v = tape.var(x.clone());
    assert_eq!(bits(x.exp()), bits(v.exp().value()));
    assert_eq!(bits(x.gelu() * 0.1 + &x), bits((v.gelu() * 0.1 + v).value()));
    assert_eq!(bits(1.0 / &x), bits((1.0 / v).value()));
    assert_eq!(bits(x.maximum(0.5).clamp(0.6, &x)), bits(v.maximum(0.5).clamp(0.6, v).value()));
}

/// Each function twice: with a plain tensor, and with the same tensor as a constant on the tape.
#[test]
fn a_plain_second_argument_is_a_constant() {
    let tape = Tape::new();
    let matrix =
        Tensor::from_fn([3, 3], |i| 0.3 * i[0] as f64 - 0.2 * i[1] as f64 + if i[0] == i[1] { 2.0 } else { 0.1 });
    let vector = Tensor::from_fn([3], |i| 0.25 + 0.2 * i[0] as f64);
    let (a, x) = (tape.var(matrix.clone()), tape.var(vector.clone()));
    macro_rules! equal {
        ($($name:literal $var:ident $other:ident |$v:ident, $w:ident| $call:expr;)*) => {$({
            let run = |y: TensorVar<'_>| (bits(y.value()), bits(y.sum().backward().wrt($var)));
            let plain = { let ($v, $w) = ($var, &$other); run($call) };
            let constant = { let ($v, $w) = ($var, tape.constant($other.clone())); run($call) };
            assert_eq!(plain, constant, $name);
        })*};
    }
    equal! {
        "matmul" a matrix |v, w| v.matmul(w);
        "dot" x vector |v, w| v.dot(w).to_tensor();
        "outer" x vector |v, w| v.outer(w);
        "linear" a matrix |v, w| v.linear(w, &vector);
        "einsum" a vector |v, w| einsum("ij,j->i", v, w);
        "solve" a vector |v, w| v.solve(w);
        "linear_scan" x vector |v, w| v.linear_scan(w, 0);
        "scatter_add" a matrix |v, w| v.scatter_add(0, [[2, 0, 1]], w);
        "maximum" x vector |v, w| (v * 2.0 - 1.0).maximum(w);
        "mse" a matrix |v, w| mse(v.square(), w).to_tensor();
        "mae" x vector |v, w| mae(v.square(), w).to_tensor();
        "huber" x vector |v, w| huber(v.exp(), w, 0.5).to_tensor();
        "bce_with_logits" x vector |v, w| bce_with_logits(v, w).to_tensor();
        "softmax_cross_entropy_soft" a matrix |v, w| softmax_cross_entropy_soft(v, w).to_tensor();
    }
}
