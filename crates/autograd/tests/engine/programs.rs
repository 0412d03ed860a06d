//! Random programs: reverse mode against differences, forward mode and the recorded gradient. Then cases that are rare
//! in random programs: the same variable for several operands, diamonds, values used many times, unused inputs.

use autograd::strategies::{self, Program};
use autograd::{ParamGradients, Params, Tape, TensorVar, Var, concat, gradcheck, stack};
use proptest::prelude::*;
use tensor::Tensor;

proptest! {
    /// The gradients of random programs pass the gradient check.
    #[test]
    fn gradients(p in strategies::program(1..4, 1..12)) {
        gradcheck(|x| p.run(x), p.point()).run()?;
    }

    /// The second derivatives of random programs pass the gradient check.
    #[test]
    fn second_order(p in strategies::program(1..3, 1..7)) {
        gradcheck(|x| p.run(x), p.point()).order(2).run()?;
    }

    /// Repeated sweeps, and recording again on a reset tape, give the same bits.
    #[test]
    fn repeated_sweeps_and_resets(p in strategies::program(1..4, 1..20)) {
        let once = gradient(&p, &Tape::new());
        let mut tape = Tape::new();
        for _ in 0..3 {
            prop_assert_eq!(&gradient(&p, &tape), &once);
            tape.reset();
        }
    }

    /// The optimized sweep gives the same bits as the generic rules applied node by node.
    #[test]
    fn the_sweep_equals_pulling_node_by_node(p in strategies::program(1..4, 1..20)) {
        let tape = Tape::new();
        let (scalars, tensors) = on(&p, &tape);
        let y = p.run((scalars.clone(), tensors.clone()));
        let mut adjoints: Vec<Option<Tensor<f64>>> = vec![None; tape.len()];
        if let Some(root) = y.node() {
            adjoints[root] = Some(Tensor::scalar(1.0));
        }
        for node in tape.nodes().rev() {
            let Some(g) = adjoints[node.index()].clone() else { continue };
            for contribution in node.pull(&g) {
                let sum = &mut adjoints[contribution.node.index()];
                *sum = Some(match sum.take() {
                    None => contribution.adjoint,
                    Some(sum) => {
                        let terms = sum.to_vec().into_iter().zip(contribution.adjoint.to_vec());
                        Tensor::from_vec(sum.shape(), terms.map(|(a, b)| a + b).collect::<Vec<_>>())
                    }
                });
            }
        }
        let g = y.backward();
        // The signs of zeros are not compared: a sum that starts with 0 is never -0.
        let bits = |x: Vec<f64>| x.into_iter().map(|x| (x + 0.0).to_bits()).collect::<Vec<_>>();
        let pulled = |id: Option<usize>, like: Vec<f64>| {
            id.and_then(|id| adjoints[id].as_ref()).map_or(vec![0.0; like.len()], |g| g.to_vec())
        };
        for x in scalars {
            let got = vec![g.wrt(x)];
            prop_assert_eq!(bits(pulled(x.node(), got.clone())), bits(got));
        }
        for x in tensors {
            let got = g.wrt(x).to_vec();
            prop_assert_eq!(bits(pulled(x.node(), got.clone())), bits(got));
        }
    }

    /// The gradient of a function of a program follows the chain rule: (3y²)' = 6y y'.
    #[test]
    fn chained(p in strategies::program(1..4, 1..10)) {
        let tape = Tape::new();
        let (plain, y) = (gradient(&p, &tape), p.record(&tape).value());
        let (scalars, tensors) = on(&p, &tape);
        let g = (p.run((scalars.clone(), tensors.clone())).square() * 3.0).backward();
        let chained = scalars.into_iter().map(|x| g.wrt(x)).chain(tensors.into_iter().flat_map(|x| g.wrt(x).to_vec()));
        for (got, derivative) in chained.zip(plain.into_iter().map(f64::from_bits)) {
            let want = 6.0 * y * derivative;
            prop_assert!((got - want).abs() <= 1e-9 * want.abs().max(1e-3 * y.abs()), "{} {}", got, want);
        }
    }
}

proptest! {
    /// Parameters of clones of one store, which have the same keys, have the gradients of plain variables, by node and
    /// by key.
    #[test]
    fn clones_of_a_store_on_one_tape(p in strategies::program(1..5, 1..12)) {
        let (scalars, tensors) = p.point();
        let mut store = Params::new();
        let w = store.add("w", Tensor::zeros(()));
        let clones: Vec<Params<f64>> = tensors.iter().map(|x| with_value(&store, w, x)).collect();
        let tape = Tape::new();
        let scalars: Vec<_> = scalars.into_iter().map(|x| tape.var(x)).collect();
        let on: Vec<_> = clones.iter().map(|clone| clone.bind(&tape).var(w)).collect();
        let y = p.run((scalars.clone(), on.clone()));
        let plain = gradient(&p, &Tape::new());
        let g = y.backward();
        let by_node = on.iter().flat_map(|&x| g.wrt(x).to_vec());
        prop_assert_eq!(scalars.iter().map(|&x| g.wrt(x)).chain(by_node).map(f64::to_bits).collect::<Vec<_>>(), plain);
        for (clone, &x) in clones.iter().zip(&on) {
            match g.gradient(clone, w) {
                Some(by_key) => prop_assert_eq!(by_key, &g.wrt(x)),
                None => prop_assert!(!g.is_connected(x) || g.wrt(x).to_vec().iter().all(|&d| d == 0.0)),
            }
        }
    }

    /// If a parameter is changed before each binding, each binding has a separate gradient.
    #[test]
    fn a_parameter_that_changes_between_bindings(p in strategies::program(1..5, 1..12)) {
        let (scalars, tensors) = p.point();
        let mut store = Params::new();
        let w = store.add("w", Tensor::zeros(()));
        let tape = Tape::new();
        let scalars: Vec<_> = scalars.into_iter().map(|x| tape.var(x)).collect();
        let mut on = Vec::new();
        for x in &tensors {
            *store.get_mut(w) = x.clone();
            on.push(store.bind(&tape).var(w));
        }
        let y = p.run((scalars.clone(), on.clone()));
        let g = y.backward();
        let by_node = on.iter().flat_map(|&x| g.wrt(x).to_vec());
        let got: Vec<u64> = scalars.iter().map(|&x| g.wrt(x)).chain(by_node).map(f64::to_bits).collect();
        prop_assert_eq!(got, gradient(&p, &Tape::new()));
    }
}

fn with_value(store: &Params<f64>, key: autograd::Param, value: &Tensor<f64>) -> Params<f64> {
    let mut clone = store.clone();
    *clone.get_mut(key) = value.clone();
    clone
}

type Variables<'t> = (Vec<Var<'t, f64>>, Vec<TensorVar<'t>>);

fn on<'t>(p: &Program, tape: &'t Tape) -> Variables<'t> {
    let (scalars, tensors) = p.point();
    (scalars.into_iter().map(|x| tape.var(x)).collect(), tensors.into_iter().map(|x| tape.var(x)).collect())
}

/// The bits of the gradient; asserts that two sweeps agree.
fn gradient(p: &Program, tape: &Tape) -> Vec<u64> {
    let (scalars, tensors) = on(p, tape);
    let y = p.run((scalars.clone(), tensors.clone()));
    let sweep = || -> Vec<u64> {
        let g = y.backward();
        let tensors = tensors.iter().flat_map(|&x| g.wrt(x).to_vec());
        scalars.iter().map(|&x| g.wrt(x)).chain(tensors).map(f64::to_bits).collect()
    };
    let bits = sweep();
    assert_eq!(sweep(), bits);
    bits
}

/// A transposed view of a matrix without zeros and ties.
fn matrix() -> Tensor<f64> {
    Tensor::from_fn([3, 3], |i| 0.4 + 0.3 * i[0] as f64 + 0.17 * (i[1] * i[1]) as f64).transpose()
}

macro_rules! passes {
    ($( $name:ident: $f:expr, $x:expr; )*) => {$(
        #[test]
        fn $name() {
            if let Err(e) = gradcheck($f, $x).order(2).run() {
                panic!("{e}");
            }
        }
    )*};
}

passes! {
    a_scalar_with_itself: |x| x * x + x / x - (x - x) + x.pow(x), 1.3_f64;
    a_tensor_with_itself: |x| x * x + x / x - (x - x) + x.pow(x), matrix();
    both_operands_of_maximum: |x| x.maximum(x) + x.minimum(x) * 2.0, matrix();
    a_product_with_itself: |x| x.matmul(x), matrix();
    a_product_with_its_transpose: |x| x.matmul(x.transpose()).matmul(x), matrix();
    all_operands_of_mul_add: |x| x.mul_add(x, x), matrix();
    all_operands_of_linear: |x| x.linear(x, x.sum_over(1)), matrix();
    all_operands_of_clamp: |x| x.clamp(x, x), matrix();
    parts_of_one_concat: |x| concat(&[x, x, x.sin(), x], 1), matrix();
    parts_of_one_stack: |x| stack(&[x, x.exp(), x], 0), matrix();
    a_tensor_with_its_sum_and_mean: |x| x * x.sum() + x.mean() / x, matrix();
    a_tensor_with_its_broadcast_reductions: |x| x * x.sum_over(0) + x.transpose() * x.mean_over(1), matrix();
    scalars_stacked_twice: stacked, [0.7_f64, 1.9];
    a_power_where_the_exponent_is_zero: |(a, b)| (a * a + 1.0).pow(b), (matrix(), Tensor::zeros([3, 3]));
    a_tie_of_log_add_exp: |(a, b)| a.log_add_exp(b), (matrix(), matrix());
    zero_times_a_logarithm: |(a, b)| a.xlogy(b), (Tensor::zeros([3, 3]), matrix());
    a_diamond: |a| { let b = a + 1.0; let c = b + 1.5; let d = a * b; d * c + d }, 0.7_f64;
    diamonds_in_a_row: |x| (0..20).fold(x, |x, _| (x.sin() + x.cos()) * 0.7), 0.3_f64;
    a_value_used_many_times: |x| { let y = x.tanh(); (0..50).fold(y, |s, k| s + y * (f64::from(k) * 0.01)) }, matrix();
    unused_inputs: |(x, y, z)| { let _unused = (y.exp(), z); x * x }, (0.5_f64, matrix(), 2.0_f64);
}

/// The cumulative products of x₀, x₁, x₀, times x₁.
fn stacked<'t>(x: [Var<'t, f64>; 2]) -> TensorVar<'t> {
    match x[0].tape() {
        Some(tape) => tape.stack(&[x[0], x[1], x[0]]).cumprod(0) * x[1],
        None => panic!("a variable is on a tape"),
    }
}
