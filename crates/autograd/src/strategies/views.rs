//! Strided views with the same elements as a tensor.

use crate::core::value::Scalar;
use proptest::collection::vec;
use proptest::prelude::*;
use tensor::{Slice, Tensor};

/// The memory layout of one axis.
#[derive(Clone, Copy, Debug)]
struct AxisLayout {
    /// The distance between two elements.
    step: usize,
    /// Whether the elements are in reverse order.
    reversed: bool,
    /// The numbers of unused elements before and after the axis.
    before: usize,
    after: usize,
}

fn axis_layout() -> impl Strategy<Value = AxisLayout> {
    (1..=2usize, any::<bool>(), 0..=1usize, 0..=1usize).prop_map(|(step, reversed, before, after)| AxisLayout {
        step,
        reversed,
        before,
        after,
    })
}

/// The same tensor as a random view: transposed, with steps, reversed, inside a larger buffer, or contiguous. The
/// elements of the buffer outside the view are NaN, so that a kernel that reads them is detected.
///
/// ```
/// use autograd::strategies::view;
/// use proptest::prelude::*;
/// use tensor::tensor;
/// proptest! {
///     # #![proptest_config(ProptestConfig::with_cases(8))]
///     fn same_elements(v in view(tensor![[1.0, 2.0], [3.0, 4.0]])) {
///         prop_assert_eq!(v, tensor![[1.0, 2.0], [3.0, 4.0]]);
///     }
/// }
/// # same_elements();
/// ```
pub fn view<T: Scalar>(x: Tensor<T>) -> impl Strategy<Value = Tensor<T>> {
    let rank = x.rank();
    let order: Vec<isize> = (0..rank as isize).collect();
    let packed = Just(x.packed());
    let strided = (Just(x), Just(order).prop_shuffle(), vec(axis_layout(), rank));
    let strided = strided.prop_map(|(x, order, layouts)| strided_copy(&x, &order, &layouts));
    prop_oneof![packed, strided]
}

/// The tensors of another strategy as [views](view).
pub fn viewed<T: Scalar>(tensors: impl Strategy<Value = Tensor<T>>) -> impl Strategy<Value = Tensor<T>> {
    tensors.prop_flat_map(view)
}

/// A copy with its axes in this order in memory, each with its layout.
fn strided_copy<T: Scalar>(x: &Tensor<T>, order: &[isize], layouts: &[AxisLayout]) -> Tensor<T> {
    if x.rank() == 0 {
        return x.packed();
    }
    let mut shape = Vec::new();
    let mut slices = Vec::new();
    for (&n, layout) in x.shape().iter().zip(layouts) {
        let size = layout.before + n * layout.step + layout.after;
        let (first, last) = (layout.before as isize, (layout.before + n * layout.step) as isize);
        shape.push(size);
        slices.push(Slice::from(first..last).step(layout.step as isize));
    }
    let reversed: Vec<isize> = (0..x.rank()).filter(|&a| layouts[a].reversed).map(|a| a as isize).collect();
    let content = x.flip(&reversed[..]);
    let spread = Tensor::from_fn(&shape[..], |place| {
        let index: Option<Vec<usize>> = place
            .iter()
            .zip(layouts)
            .zip(x.shape().iter())
            .map(|((&p, layout), &n)| {
                let i = p.checked_sub(layout.before)?;
                (i % layout.step == 0 && i / layout.step < n).then_some(i / layout.step)
            })
            .collect();
        match index {
            Some(index) => element(&content, &index),
            None => T::from_f64(f64::NAN),
        }
    });
    // Permute the axes in memory, and back in the view.
    let back: Vec<isize> =
        (0..order.len() as isize).map(|a| order.iter().position(|&o| o == a).unwrap_or(0) as isize).collect();
    let laid = spread.permute(order).copy().permute(&back[..]);
    laid.slice(&slices).flip(&reversed[..])
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
        fn a_view_has_the_same_elements(
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
