//! Operators, elementwise methods and elements of tensors, against loops over indices.

use proptest::collection::vec;
use proptest::prelude::*;
use tensor::{Shape, Slice, Tensor, tensor};

/// The bits of the elements, in row-major order; all NaN count as one.
fn bits(x: &Tensor<f64>) -> (Shape, Vec<u64>) {
    (x.shape().clone(), x.to_vec().into_iter().map(|x| if x.is_nan() { u64::MAX } else { x.to_bits() }).collect())
}

/// The element at an index of a tensor that is broadcast to the rank of the index.
fn broadcast_at(x: &Tensor<f64>, index: &[usize]) -> f64 {
    let own = &index[index.len() - x.rank()..];
    let at: Vec<Slice> =
        own.iter().zip(x.shape().iter()).map(|(&i, &n)| Slice::from(if n == 1 { 0 } else { i as isize })).collect();
    x.slice(&at).item()
}

/// f of each pair of elements, by a loop over the indices of the result.
fn pairs(a: &Tensor<f64>, b: &Tensor<f64>, f: impl Fn(f64, f64) -> f64) -> Tensor<f64> {
    let shape = Shape::broadcast(a.shape(), b.shape()).unwrap();
    Tensor::from_fn(shape, |i| f(broadcast_at(a, i), broadcast_at(b, i)))
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![8 => -4.0..4.0, 1 => prop::sample::select(vec![0.0, -0.0, 1.0, f64::INFINITY, f64::NAN])]
}

/// A tensor of this shape in a random layout: packed, transposed in memory, reversed, every second element of a larger
/// buffer, or broadcast.
fn any_layout(shape: Shape) -> impl Strategy<Value = Tensor<f64>> {
    let rank = shape.rank();
    let order: Vec<isize> = (0..rank as isize).collect();
    (vec(number(), shape.size()), Just(order).prop_shuffle(), 0..5_u8).prop_map(move |(data, order, kind)| {
        let x = Tensor::from_vec(&shape, data);
        match kind {
            1 => {
                let back: Vec<isize> =
                    (0..rank).map(|a| order.iter().position(|&o| o as usize == a).unwrap() as isize).collect();
                x.permute(&order).copy().permute(&back)
            }
            2 if rank > 0 => x.flip(0).copy().flip(0),
            3 if rank > 0 => {
                let wide = x.unsqueeze(-1).broadcast_to([&shape[..], &[2]].concat()).copy();
                let every: Vec<Slice> = (0..rank).map(|_| Slice::from(..)).chain([Slice::from(1)]).collect();
                wide.slice(&every)
            }
            4 if rank > 0 && shape[0] > 0 => x.slice([Slice::from(0..1)]).broadcast_to(&shape),
            _ => x,
        }
    })
}

/// Two tensors whose shapes broadcast, in random layouts; some rows are long enough for kernels to run on them directly.
fn operands() -> impl Strategy<Value = [Tensor<f64>; 2]> {
    let dim = prop_oneof![6 => 0..4_usize, 1 => 24..40_usize];
    let joint = vec(dim, 0..4);
    let shapes = joint.prop_flat_map(|joint| {
        let rank = joint.len();
        let one = move || (0..=rank, vec(prop::bool::weighted(0.25), rank));
        (one(), one()).prop_map(move |(a, b)| {
            [a, b].map(|(dropped, ones)| {
                let sizes = joint.iter().zip(&ones).skip(dropped);
                sizes.map(|(&n, &one)| if one { 1 } else { n }).collect::<Shape>()
            })
        })
    });
    shapes.prop_flat_map(|[a, b]| (any_layout(a), any_layout(b)).prop_map(|(a, b)| [a, b]))
}

type Pair = fn(f64, f64) -> f64;

macro_rules! forms_of_an_operator {
    ($($name:ident $op:tt $assign:tt;)*) => {
        proptest! {$(
            #[test]
            fn $name([a, b] in operands(), c in number()) {
                let f: Pair = |a, b| a $op b;
                let expected = bits(&pairs(&a, &b, f));
                prop_assert_eq!(bits(&(&a $op &b)), expected.clone());
                // copies have no other owner, so that their buffers are reused
                prop_assert_eq!(bits(&(a.copy() $op &b)), expected.clone());
                prop_assert_eq!(bits(&(&a $op b.copy())), expected.clone());
                prop_assert_eq!(bits(&(a.copy() $op b.copy())), expected.clone());
                prop_assert_eq!(bits(&(a.clone() $op b.clone())), expected.clone());
                if *a.shape() == expected.0 {
                    let (mut x, mut y, mut z) = (a.clone(), a.copy(), a.copy());
                    x $assign &b;
                    y $assign &b;
                    z $assign b.copy();
                    for x in [x, y, z] {
                        prop_assert_eq!(bits(&x), expected.clone());
                    }
                }

                let right = bits(&pairs(&a, &Tensor::scalar(c), f));
                let left = bits(&pairs(&Tensor::scalar(c), &a, f));
                let mut x = a.copy();
                x $assign c;
                for x in [x, &a $op c, a.copy() $op c, &a $op Tensor::scalar(c)] {
                    prop_assert_eq!(bits(&x), right.clone());
                }
                for x in [c $op &a, c $op a.copy(), Tensor::scalar(c) $op &a] {
                    prop_assert_eq!(bits(&x), left.clone());
                }
            }
        )*}
    };
}
forms_of_an_operator! {
    sums + +=;
    differences - -=;
    products * *=;
    quotients / /=;
    remainders % %=;
}

proptest! {
    #[test]
    fn the_negative([a, _] in operands()) {
        let expected = bits(&Tensor::from_vec(a.shape(), a.to_vec().into_iter().map(|x| -x).collect::<Vec<_>>()));
        prop_assert_eq!(bits(&-&a), expected.clone());
        prop_assert_eq!(bits(&-a.copy()), expected.clone());
        prop_assert_eq!(bits(&a.neg()), expected);
    }

    #[test]
    fn comparisons_and_choices([a, b] in operands()) {
        let one_if = |f: fn(&f64, &f64) -> bool| pairs(&a, &b, move |a, b| if f(&a, &b) { 1.0 } else { 0.0 });
        prop_assert_eq!(a.gt(&b), one_if(f64::gt));
        prop_assert_eq!(a.ge(&b), one_if(f64::ge));
        prop_assert_eq!(a.lt(&b), one_if(f64::lt));
        prop_assert_eq!(a.le(&b), one_if(f64::le));
        prop_assert_eq!(a.equals(&b), one_if(f64::eq));
        let mask = a.gt(&b);
        let larger = pairs(&a, &b, |a, b| if a > b { a } else { b });
        prop_assert_eq!(bits(&a.where_(&mask, &b)), bits(&larger));
        prop_assert_eq!(bits(&a.masked_fill(&mask, 7.0)), bits(&a.zip_map(&mask, |a, m| if m == 1.0 { 7.0 } else { a })));
    }

    #[test]
    fn maps_call_the_function_in_row_major_order([a, b] in operands()) {
        let mut seen = Vec::new();
        let y = a.map(|x| { seen.push(x); x * 2.0 });
        prop_assert_eq!(bits(&Tensor::from_vec(a.shape(), &seen)), bits(&a));
        prop_assert_eq!(bits(&y), bits(&(&a * 2.0)));
        prop_assert_eq!(bits(&a.zip_map(&b, |a, b| a - b)), bits(&(&a - &b)));
    }

    #[test]
    fn iterators_follow_the_index([a, _] in operands()) {
        let read: Vec<f64> = a.iter().copied().collect();
        prop_assert_eq!(a.iter().len(), a.size());
        prop_assert_eq!(bits(&Tensor::from_vec(a.shape(), &read)), bits(&a));
        for taken in [1, 3, a.size() / 2] {
            let mut rest = a.iter();
            rest.by_ref().take(taken).for_each(drop);
            let mut folded = Vec::new();
            rest.for_each(|x| folded.push(x.to_bits()));
            prop_assert_eq!(folded, read.iter().skip(taken).map(|x| x.to_bits()).collect::<Vec<_>>());
        }
        let mut sum = 0.0;
        for x in &a {
            sum += if x.is_finite() { *x } else { 0.0 };
        }
        prop_assert_eq!(sum, read.iter().filter(|x| x.is_finite()).fold(0.0, |s, x| s + x));
        let mut doubled = a.clone();
        for x in &mut doubled {
            *x *= 2.0;
        }
        prop_assert_eq!(bits(&doubled), bits(&(&a * 2.0)));
        prop_assert_eq!(bits(&Tensor::from_vec(a.shape(), &read)), bits(&a)); // the clone was copied before it was written
    }

    #[test]
    fn rows_follow_the_index(a in vec(0..4_usize, 1..4).prop_flat_map(|s| any_layout(Shape::from(s)))) {
        let rows: Vec<Tensor<f64>> = a.rows().collect();
        prop_assert_eq!((rows.len(), a.rows().len()), (a.shape()[0], a.shape()[0]));
        prop_assert!(rows.iter().all(|row| row.shape()[..] == a.shape()[1..]));
        let elements: Vec<f64> = rows.iter().flat_map(Tensor::iter).copied().collect();
        prop_assert_eq!(bits(&Tensor::from_vec(a.shape(), elements)), bits(&a));
        prop_assert!(a.rows().rev().zip(rows.iter().rev()).all(|(one, other)| one.same(other)));
    }

    #[test]
    fn one_index_per_element(a in vec(1..5_usize, 3).prop_flat_map(|s| any_layout(Shape::from(s))), new in -9.0..-5.0) {
        let expected = a.to_vec();
        let [l, m, n] = [0, 1, 2].map(|axis| a.shape()[axis]);
        for i in 0..l * m * n {
            let at = [i / (m * n), i / n % m, i % n];
            prop_assert_eq!(a[at].to_bits(), expected[i].to_bits());
            let mut b = a.clone();
            b[at] = new;
            let mut changed = expected.clone();
            changed[i] = new;
            prop_assert_eq!(bits(&b), bits(&Tensor::from_vec(a.shape(), changed)));
        }
        prop_assert_eq!(bits(&a).1, bits(&Tensor::from(expected)).1);
    }
}

#[test]
fn known_values() {
    let (a, b) = (tensor![[1.0, 2.0], [3.0, 4.0]], tensor![10.0, 20.0]);
    assert_eq!(&a + &b, tensor![[11.0, 22.0], [13.0, 24.0]]);
    assert_eq!(&b - &a, tensor![[9.0, 18.0], [7.0, 16.0]]);
    assert_eq!(&a * &a.transpose(), tensor![[1.0, 6.0], [6.0, 16.0]]);
    assert_eq!(1.0 / tensor![4.0, 0.0], tensor![0.25, f64::INFINITY]);
    assert_eq!(tensor![7.0, -7.0] % 4.0, tensor![3.0, -3.0]);
    assert_eq!(2.0_f32 * tensor![1.5_f32] - 1.0, tensor![2.0_f32]);
    assert_eq!((&a / &b).sum(), 0.1 + 0.1 + 0.3 + 0.2);
    assert_eq!(Tensor::scalar(2.0) * Tensor::scalar(3.0), Tensor::scalar(6.0));
    assert_eq!((Tensor::<f64>::zeros([0, 3]) + tensor![[1.0], [2.0]].slice(tensor::s![0..1])).shape(), &[0, 3]);
    let total: Tensor<f64> = [&a, &a].into_iter().sum();
    assert_eq!(total, tensor![[2.0, 4.0], [6.0, 8.0]]);
    assert_eq!(Vec::<Tensor<f64>>::new().into_iter().sum::<Tensor<f64>>(), Tensor::scalar(0.0));
}

#[test]
fn rows_are_views() {
    let a = tensor![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
    let mut rows = a.rows();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows.next_back(), Some(tensor![4.0, 5.0, 6.0]));
    assert!(rows.clone().next().unwrap().same(&a.slice([Slice::from(0)])));
    assert_eq!(rows.map(|row| row.sum()).collect::<Vec<_>>(), [6.0]);

    let columns: Vec<Tensor<f64>> = a.transpose().rows().collect();
    assert_eq!(columns, [tensor![1.0, 4.0], tensor![2.0, 5.0], tensor![3.0, 6.0]]);
    assert!(columns.iter().all(|column| !column.is_packed())); // read from the buffer of `a`

    assert_eq!(tensor![7.0, 8.0].rows().collect::<Vec<_>>(), [Tensor::scalar(7.0), Tensor::scalar(8.0)]);
    assert_eq!(Tensor::<f64>::zeros([0, 3]).rows().count(), 0);
    assert_eq!(Tensor::<f64>::zeros([3, 0]).rows().collect::<Vec<_>>(), vec![Tensor::zeros(0); 3]);
}

/// Numbers without a suffix take the element type.
#[test]
fn literals_need_no_suffix() {
    let a: Tensor<f64> = tensor![[1.0, 2.0]];
    let b = &a * 2.0 - 1.0;
    let c = (&a / &b).exp().sum();
    assert_eq!((c, b), (1.0_f64.exp() + (2.0_f64 / 3.0).exp(), tensor![[1.0, 3.0]]));
    assert_eq!(a.map(|v| v.max(1.5)), a.maximum(1.5));
    assert_eq!(tensor![1.0, -1.0].maximum(0.0) * 2.0, tensor![2.0, 0.0]);
    let d: Tensor<f32> = tensor![0.5, 1.0];
    let d = 2.0 * d + 1.0;
    assert_eq!((d[[0]], d.clamp(0.0, 2.5)[[1]]), (2.0_f32, 2.5));
}

/// The loop of a program: `x = x - g * 0.1`.
#[test]
#[allow(clippy::assign_op_pattern)]
fn a_descent_of_plain_tensors() {
    let mut x: Tensor<f64> = tensor![4.0, -2.0];
    for _ in 0..200 {
        let g = 2.0 * &x;
        x = x - g * 0.1;
    }
    assert!(x.norm() < 1e-15);
}

#[test]
fn long_tensors_on_threads_have_the_bits_of_a_plain_loop() {
    let n = 300_001;
    let a = Tensor::<f64>::from_fn(n, |i| (i[0] as f64 * 0.37).sin());
    let b = Tensor::<f64>::from_fn([n, 2], |i| (i[0] + 3 * i[1]) as f64 * 0.25).slice(tensor::s![.., 1]);
    let expected: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a - b).collect();
    let mut c = a.copy();
    c -= &b;
    for c in [&a - &b, a.copy() - &b, &a - b.copy(), c] {
        assert_eq!(c.to_vec(), expected);
    }
    let mut c = a.copy();
    c *= 0.1;
    for c in [&a * 0.1, a.copy() * 0.1, c] {
        assert!(c.iter().zip(&a).all(|(c, a)| *c == a * 0.1));
    }
}

mod messages {
    use super::*;

    #[test]
    #[should_panic(expected = "add: shapes (2,) and (3,) do not broadcast")]
    fn operands_that_do_not_broadcast() {
        let _ = tensor![1.0, 2.0] + tensor![1.0, 2.0, 3.0];
    }

    #[test]
    #[should_panic(expected = "mul_assign: shapes (2,) and (3,) do not broadcast")]
    fn a_right_side_that_does_not_broadcast() {
        let mut x = tensor![1.0, 2.0];
        x *= tensor![1.0, 2.0, 3.0];
    }

    #[test]
    #[should_panic(expected = "add_assign: expected a right side that broadcasts to the shape (2,) of the left side, \
                               got shape (3, 2)")]
    fn a_right_side_that_would_change_the_shape() {
        let mut x = tensor![1.0, 2.0];
        x += Tensor::ones([3, 2]);
    }

    #[test]
    #[should_panic(expected = "index: [0, 3] is outside shape (2, 3): axis 1 has size 3, got position 3")]
    fn an_index_outside() {
        let _ = Tensor::<f64>::zeros([2, 3])[[0, 3]];
    }

    #[test]
    #[should_panic(expected = "index: expected one position per axis of shape (2, 3), got [0]")]
    fn an_index_of_another_rank() {
        Tensor::<f64>::zeros([2, 3])[[0]] = 1.0;
    }

    #[test]
    #[should_panic(expected = "rows: expected a tensor with at least one axis, got shape ()")]
    fn rows_of_a_0d_tensor() {
        let _ = Tensor::scalar(1.0).rows();
    }

    /// The line of the panic is in this file.
    #[test]
    fn panics_are_at_the_line_of_the_caller() {
        use std::panic::{self, AssertUnwindSafe};
        use std::sync::{Arc, Mutex};
        let (a, b) = (tensor![1.0, 2.0], tensor![1.0, 2.0, 3.0]);
        let files = Arc::new(Mutex::new(Vec::new()));
        let (seen, this_thread) = (files.clone(), std::thread::current().id());
        let earlier = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if std::thread::current().id() == this_thread {
                seen.lock().unwrap().push(info.location().unwrap().file().to_string());
            } else {
                earlier(info);
            }
        }));
        let mut calls: Vec<Box<dyn FnMut() + '_>> = vec![
            Box::new(|| _ = &a + &b),
            Box::new(|| _ = a.copy() - &b),
            Box::new(|| _ = &a * b.copy()),
            Box::new(|| _ = a.copy() / b.copy()),
            Box::new(|| a.clone().rem_assign_by(&b)),
            Box::new(|| _ = a.maximum(&b)),
            Box::new(|| _ = a.pow(&b)),
            Box::new(|| _ = a.clamp(&b, 1.0)),
            Box::new(|| _ = a.where_(&b, 1.0)),
            Box::new(|| _ = a.zip_map(&b, |a, _| a)),
            Box::new(|| _ = a[[2]]),
            Box::new(|| a.clone()[[2]] = 1.0),
            Box::new(|| _ = a.polygamma(1000)),
            Box::new(|| _ = Tensor::scalar(1.0).rows().len()),
        ];
        let n = calls.len();
        for call in &mut calls {
            assert!(panic::catch_unwind(AssertUnwindSafe(call)).is_err());
        }
        let _ = panic::take_hook();
        let files = files.lock().unwrap();
        assert_eq!(files.len(), n);
        assert!(files.iter().all(|file| file.ends_with("arithmetic.rs")), "{files:?}");
    }

    trait RemAssignBy {
        fn rem_assign_by(self, other: &Self);
    }
    impl RemAssignBy for Tensor<f64> {
        fn rem_assign_by(mut self, other: &Self) {
            self %= other;
        }
    }
}
