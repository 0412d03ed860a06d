//! Determinants of orders above 8, which are not expanded: nonsingular, singular and nearly singular matrices,
//! compared with values computed in rational arithmetic and with numbers of spanning trees.

use crate::common::close;
use autograd::{Tape, TensorVar, gradcheck, hvp};
use tensor::{Tensor, tensor};

/// An unstructured matrix of integers from -50 to 50.
fn integers(n: usize) -> Tensor<f64> {
    Tensor::from_fn([n, n], |at| {
        let (i, j) = (at[0], at[1]);
        ((7 * i * i + 11 * j * j + 5 * i * j + 3 * i * j * j) % 101) as f64 - 50.0
    })
}

/// The same matrix with the last row replaced by row 0 + 2 row 1, and `off` added to element 4 of it.
fn dependent(n: usize, off: f64) -> Tensor<f64> {
    let a = integers(n);
    let at = |i: usize, j: usize| a.at([i as isize, j as isize]);
    Tensor::from_fn([n, n], |i| match i[0] {
        last if last == n - 1 => at(0, i[1]) + 2.0 * at(1, i[1]) + if i[1] == 4 { off } else { 0.0 },
        row => at(row, i[1]),
    })
}

/// The matrix of zeros with a 1 at one index.
fn unit(n: usize, row: usize, column: usize) -> Tensor<f64> {
    Tensor::from_fn([n, n], |i| if i == [row, column] { 1.0 } else { 0.0 })
}

/// Asserts the determinant, its derivatives with respect to the elements (0, 0) and (n - 1, 2), and its second
/// derivatives with respect to (0, 0) and (1, 3), and to (2, 5) and (n - 1, 1), in all modes, relative to the size of
/// the derivatives.
#[track_caller]
fn holds(a: Tensor<f64>, det: f64, first: [f64; 2], second: [f64; 2]) {
    let n = a.shape()[0];
    let last = n - 1;
    let tape: Tape<f64> = Tape::new();
    let x = tape.var(a.clone());
    let y = x.det();
    let close = |what: &str, got: f64, want: f64, unit: f64| {
        assert!((got - want).abs() <= unit, "{what} of order {n}: got {got:e}, want {want:e}");
    };
    let scale = first.map(f64::abs).into_iter().fold(0.0, f64::max);
    close("det", y.value(), det, 1e-11 * scale.max(det.abs()));
    close("det of a tensor", a.det(), det, 1e-11 * scale.max(det.abs()));
    let places = [[0, 0], [last, 2]];
    let (swept, recorded) = (y.backward().wrt(x), y.grad(x));
    for ([i, j], want) in places.into_iter().zip(first) {
        let at = [i as isize, j as isize];
        close("eager gradient", swept.at(at), want, 1e-11 * scale);
        close("recorded gradient", recorded.value().at(at), want, 1e-11 * scale);
        close("tangent", tape.tangents(|t| t.set(x, unit(n, i, j))).of(y), want, 1e-11 * scale);
    }
    let scale = second.map(f64::abs).into_iter().fold(0.0, f64::max);
    for ([i, j], [k, l], want) in [([0, 0], [1, 3], second[0]), ([2, 5], [last, 1], second[1])] {
        let at = [k as isize, l as isize];
        let forward = tape.tangents(|t| t.set(x, unit(n, i, j))).of(recorded).at(at);
        let reverse = recorded.at(at).backward().wrt(x).at([i as isize, j as isize]);
        let product = hvp(|x: TensorVar| x.det(), a.clone(), &unit(n, i, j)).at(at);
        for (mode, got) in [("forward over reverse", forward), ("reverse over reverse", reverse), ("hvp", product)] {
            close(mode, got, want, 1e-10 * scale);
        }
    }
}

#[test]
fn determinants_of_nonsingular_matrices() {
    let small = [[146090396963900.0, -322092539953646.0], [-279714357888.0, 1199400181926.0]];
    holds(integers(9), 22353491331355858.0, small[0], small[1]);
    let middle =
        [[-2.559768399960726398e79, -3.3055394591824346369e78], [1.7233771491074774738e77, -2.6419273083266576825e76]];
    holds(integers(40), 5.6257118938119659675e81, middle[0], middle[1]);
    let large = [
        [-3.8395005855217414778e125, 3.8027557773435872481e124],
        [-1.0604324971976370969e123, 5.4123568597265120389e122],
    ];
    holds(integers(60), 2.6960690256885658599e126, large[0], large[1]);
}

#[test]
fn the_gradient_of_the_determinant_of_a_singular_matrix_is_the_transposed_adjugate() {
    let small = [[308545020407857.0, -322092539953646.0], [-4306435634984.0, 1199400181926.0]];
    holds(dependent(9, 0.0), 0.0, small[0], small[1]);
    let middle =
        [[-4.2300430133116732673e79, -3.3055394591824346369e78], [8.146819552773453479e77, -2.6419273083266576825e76]];
    holds(dependent(40, 0.0), 0.0, middle[0], middle[1]);
    let large = [
        [2.8326852940398722181e125, 3.8027557773435872481e124],
        [1.9375466359787560597e123, 5.4123568597265120389e122],
    ];
    holds(dependent(60, 0.0), 0.0, large[0], large[1]);
}

#[test]
fn derivatives_of_determinants_of_nearly_singular_matrices_are_accurate() {
    let off = 1.0 / (1u64 << 30) as f64;
    let small = [[308545020408997.96617, -322092539953646.0], [-4306435634973.09192, 1199400181926.0]];
    holds(dependent(9, off), -8623.4868889497593045, small[0], small[1]);
    let middle =
        [[-4.2300430132678266197e79, -3.3055394591824346369e78], [8.1468195527639203242e77, -2.6419273083266576825e76]];
    holds(dependent(40, off), -5.5983126175178340614e70, middle[0], middle[1]);
    let large =
        [[2.8326852940554607117e125, 3.8027557773435872481e124], [1.937546635982262483e123, 5.4123568597265120389e122]];
    holds(dependent(60, off), -1.5010773458700408983e116, large[0], large[1]);
}

/// The Laplacian matrix of a graph is singular, and each cofactor is the number of its spanning trees (Kirchhoff).
#[test]
fn the_gradient_of_a_laplacians_determinant_counts_spanning_trees() {
    for n in [2, 8, 9, 20, 50] {
        let cycle = Tensor::from_fn([n, n], |i| match (i[0] + n - i[1]) % n {
            0 => 2.0,
            1 if n == 2 => -2.0,
            step if step == 1 || step == n - 1 => -1.0,
            _ => 0.0,
        });
        let complete = Tensor::from_fn([n, n], |i| if i[0] == i[1] { n as f64 - 1.0 } else { -1.0 });
        for (graph, trees) in [(cycle, n as f64), (complete, (n as f64).powi(n as i32 - 2))] {
            let tape: Tape<f64> = Tape::new();
            let x = tape.var(graph);
            let cofactors = x.det().backward().wrt(x).to_vec();
            assert!(cofactors.iter().all(|c| close(*c, trees, 1e-11)), "{n} nodes, {trees} trees: {cofactors:?}");
        }
    }
}

/// With rank n - k, all derivatives of orders below k are 0, and that of order k is not.
#[test]
fn determinants_of_matrices_of_low_rank() {
    let ones = Tensor::ones([12, 12]);
    let tape: Tape<f64> = Tape::new();
    let x = tape.var(ones);
    assert_eq!((x.det().value(), x.det().backward().wrt(x)), (0.0, Tensor::zeros([12, 12])));
    // the identity with the last two diagonal elements set to 0
    let lacks_two = Tensor::from_fn([12, 12], |i| if i[0] == i[1] && i[0] < 10 { 3.0 } else { 0.0 });
    let x = tape.var(lacks_two);
    assert_eq!((x.det().value(), x.det().backward().wrt(x)), (0.0, Tensor::zeros([12, 12])));
    let second = x.det().grad(x).at([10, 11]).backward().wrt(x);
    assert!(close(second.at([11, 10]), -(3.0_f64.powi(10)), 1e-13), "{}", second.at([11, 10]));
    let none = tape.var(Tensor::zeros([12, 12]));
    assert_eq!((none.det().value(), none.det().grad(none).value()), (0.0, Tensor::zeros([12, 12])));
}

#[test]
fn logarithms_of_determinants_to_second_order() {
    for (n, log, first, second) in [
        (9, 37.645758915464261352, [0.0065354621700179325559, -0.014409048464918673461], 1.1485503130726707106e-6),
        (40, 188.23674003150018736, [-0.0045501235190809510114, -0.0005875770962992935535], 0.00003349744930432611307),
        (60, 291.11751651297227546, [-0.14241106399496383481, 0.014104816090056810641], 0.0011942921769423972309),
    ] {
        let tape: Tape<f64> = Tape::new();
        let x = tape.var(integers(n));
        let (sign, y) = x.slogdet();
        assert_eq!(sign, 1.0);
        assert!(close(y.value(), log, 1e-14), "order {n}: {}", y.value());
        let (swept, recorded) = (y.backward().wrt(x), y.grad(x));
        for (at, want) in [[0, 0], [n as isize - 1, 2]].into_iter().zip(first) {
            let tangent = tape.tangents(|t| t.set(x, unit(n, at[0] as usize, at[1] as usize))).of(y);
            for (mode, got) in [("eager", swept.at(at)), ("recorded", recorded.value().at(at)), ("forward", tangent)] {
                assert!(close(got, want, 1e-11), "{mode} gradient of order {n}: got {got:e}, want {want:e}");
            }
        }
        let reverse = recorded.at([1, 3]).backward().wrt(x).at([0, 0]);
        let forward = tape.tangents(|t| t.set(x, unit(n, 0, 0))).of(recorded).at([1, 3]);
        assert!(close(reverse, second, 1e-9) && close(forward, second, 1e-9), "{reverse:e} {forward:e} {second:e}");
    }
}

#[test]
fn the_logarithm_of_a_singular_determinant_has_no_derivative() {
    for singular in [tensor![[1.0, 2.0], [2.0, 4.0]], Tensor::zeros([1, 1])] {
        let tape: Tape<f64> = Tape::new();
        let x = tape.var(singular);
        let (sign, log) = x.slogdet();
        assert_eq!((sign, log.value()), (0.0, f64::NEG_INFINITY));
        assert!(log.backward().wrt(x).to_vec().iter().all(|d| d.is_nan()));
    }
    let tape: Tape<f64> = Tape::new();
    let (sign, log) = tape.var(Tensor::<f64>::zeros([0, 0])).slogdet();
    assert_eq!((sign, log.value()), (1.0, 0.0));
}

#[test]
fn determinants_and_systems_pass_gradcheck() {
    let a = |n: usize| Tensor::from_fn([n, n], |i| f64::sin((3 + i[0] * n + 2 * i[1] * i[0] + i[1]) as f64));
    for n in [1, 2, 8, 9, 11] {
        gradcheck(|x| x.det(), a(n)).order(2).run().unwrap();
        gradcheck(|x| x.slogdet().1, a(n)).order(2).run().unwrap();
        let b = Tensor::from_fn([n, 2], |i| (i[0] + 2 * i[1]) as f64 * 0.3 - 1.0);
        gradcheck(|[a, b]: [TensorVar; 2]| a.solve(b), [a(n), b]).order(2).run().unwrap();
    }
}
