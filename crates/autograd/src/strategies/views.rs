//! The same numbers, lying otherwise in memory.

use crate::core::value::Scalar;
use proptest::collection::vec;
use proptest::prelude::*;
use tensor::{Slice, Tensor};

/// How one axis lies in memory.
#[derive(Clone, Copy, Debug)]
struct Lay {
    /// Every step-th place is used.
    step: usize,
    /// From the end.
    backwards: bool,
    /// Places before and behind that are not used.
    before: usize,
    behind: usize,
}

fn lay() -> impl Strategy<Value = Lay> {
    (1..=2usize, any::<bool>(), 0..=1usize, 0..=1usize).prop_map(|(step, backwards, before, behind)| Lay {
        step,
        backwards,
        before,
        behind,
    })
}

/// The same tensor as a view of another: transposed, in steps, backwards, inside a larger buffer. What is not seen of
/// that buffer is NaN, so a kernel that looks beside the view gives itself away.
///
/// ```
/// use autograd::strategies::view;
/// use proptest::prelude::*;
/// use tensor::tensor;
/// proptest! {
///     # #![proptest_config(ProptestConfig::with_cases(8))]
///     fn same_numbers(v in view(tensor![[1.0, 2.0], [3.0, 4.0]])) {
///         prop_assert_eq!(v.to_vec(), [1.0, 2.0, 3.0, 4.0]);
///     }
/// }
/// # same_numbers();
/// ```
pub fn view<T: Scalar>(x: Tensor<T>) -> impl Strategy<Value = Tensor<T>> {
    let rank = x.rank();
    let order: Vec<isize> = (0..rank as isize).collect();
    let packed = Just(x.packed());
    let strided = (Just(x), Just(order).prop_shuffle(), vec(lay(), rank));
    let strided = strided.prop_map(|(x, order, lays)| strided_copy(&x, &order, &lays));
    prop_oneof![packed, strided]
}

/// The tensors of another strategy as [views](view).
pub fn viewed<T: Scalar>(tensors: impl Strategy<Value = Tensor<T>>) -> impl Strategy<Value = Tensor<T>> {
    tensors.prop_flat_map(view)
}

/// A copy whose axes lie in memory in this order, each spread as its lay says.
fn strided_copy<T: Scalar>(x: &Tensor<T>, order: &[isize], lays: &[Lay]) -> Tensor<T> {
    if x.rank() == 0 {
        return x.packed();
    }
    // position i of axis a lies at places[a][i]
    let mut shape = Vec::new();
    let mut slices = Vec::new();
    for (&n, lay) in x.shape().iter().zip(lays) {
        let size = lay.before + n * lay.step + lay.behind;
        let (first, last) = (lay.before as isize, (lay.before + n * lay.step) as isize);
        shape.push(size);
        slices.push(Slice::from(first..last).step(lay.step as isize));
    }
    let backwards: Vec<isize> = (0..x.rank()).filter(|&a| lays[a].backwards).map(|a| a as isize).collect();
    let content = x.flip(&backwards[..]);
    let spread = Tensor::from_fn(&shape[..], |place| {
        let index: Option<Vec<usize>> = place
            .iter()
            .zip(lays)
            .zip(x.shape().iter())
            .map(|((&p, lay), &n)| {
                let i = p.checked_sub(lay.before)?;
                (i % lay.step == 0 && i / lay.step < n).then_some(i / lay.step)
            })
            .collect();
        match index {
            Some(index) => element(&content, &index),
            None => T::from_f64(f64::NAN),
        }
    });
    // in memory the axes come in another order
    let back: Vec<isize> =
        (0..order.len() as isize).map(|a| order.iter().position(|&o| o == a).unwrap_or(0) as isize).collect();
    let laid = spread.permute(order).copy().permute(&back[..]);
    laid.slice(&slices).flip(&backwards[..])
}

/// The element at an index of any rank.
fn element<T: Scalar>(x: &Tensor<T>, index: &[usize]) -> T {
    let slices: Vec<Slice> = index.iter().map(|&i| Slice::from(i as isize)).collect();
    x.slice(slices).item()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strategies::{shape, tensor};

    proptest! {
        #[test]
        fn a_view_shows_the_same_numbers(
            (x, v) in tensor(shape(0..5).dims(0..=3), -1.0..1.0)
                .prop_flat_map(|x: Tensor<f64>| (Just(x.clone()), view(x)))
        ) {
            prop_assert_eq!(x, v);
        }
    }

    #[test]
    fn some_views_are_not_packed() {
        use proptest::strategy::ValueTree;
        use proptest::test_runner::TestRunner;
        let mut runner = TestRunner::deterministic();
        let packed = (0..100)
            .filter(|_| view(Tensor::<f64>::ones([2, 3])).new_tree(&mut runner).is_ok_and(|v| v.current().is_packed()));
        assert!((20..80).contains(&packed.count()));
    }
}
