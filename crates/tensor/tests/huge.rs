//! Shapes that exceed memory: every operation that would create such a tensor panics and names the shape, and no tensor
//! has a wrong size.
#![cfg(target_pointer_width = "64")]

use proptest::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tensor::{Indices, Shape, Tensor, keep};

/// Generates sizes of axes: small ones, and ones for which no machine has enough memory.
fn size() -> impl Strategy<Value = usize> {
    prop_oneof![
        4 => 0_usize..4,
        2 => prop::sample::select(vec![1 << 46, (1 << 52) + 1, 1 << 61, isize::MAX as usize]),
        1 => prop::sample::select(vec![isize::MAX as usize + 1, usize::MAX - 1, usize::MAX]),
    ]
}

fn sizes() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(size(), 0..4)
}

/// Returns the number of elements if a view of this shape may exist: if the product of the nonzero sizes fits in
/// `isize`.
fn elements(shape: &[usize]) -> Option<usize> {
    let fits = shape.iter().filter(|&&n| n > 0).try_fold(1_usize, |n, &size| n.checked_mul(size));
    fits.filter(|&n| n <= isize::MAX as usize).map(|n| if shape.contains(&0) { 0 } else { n })
}

/// Returns the result of `f`, or its panic message.
fn attempt<R>(f: impl FnOnce() -> R) -> Result<R, String> {
    catch_unwind(AssertUnwindSafe(f)).map_err(|e| match e.downcast::<String>() {
        Ok(text) => *text,
        Err(e) => e.downcast_ref::<&str>().unwrap_or(&"").to_string(),
    })
}

/// Checks that `made` is a tensor of this shape and size, or that its construction panicked: because no view may have
/// this shape, or, if the elements are `stored`, because memory does not suffice.
fn check(what: &str, made: Result<Tensor<f32>, String>, shape: &[usize], stored: bool) -> Result<(), TestCaseError> {
    let expected = elements(shape).filter(|&n| !stored || n < 1 << 40);
    match (made, expected) {
        (Ok(made), Some(n)) => {
            prop_assert_eq!(made.shape(), &Shape::from(shape), "{}", what);
            prop_assert_eq!(made.size(), n, "{} of {:?}", what, shape);
        }
        (Err(message), None) => {
            let expected = format!("shape {} has more elements than memory can hold", Shape::from(shape));
            prop_assert_eq!(message, expected, "{} of {:?}", what, shape);
        }
        (made, expected) => {
            prop_assert!(
                false,
                "{what} of {shape:?}: expected {expected:?} elements, got {:?}",
                made.map(|t| t.size())
            );
        }
    }
    Ok(())
}

/// Returns `shape` with the size of `axis` replaced by `f` of it.
fn changed(shape: &[usize], axis: usize, f: impl Fn(usize) -> usize) -> Vec<usize> {
    shape.iter().enumerate().map(|(a, &n)| if a == axis { f(n) } else { n }).collect()
}

proptest! {
    #[test]
    fn constructors_have_the_right_size_or_panic(shape in sizes(), n in size()) {
        check("zeros", attempt(|| Tensor::zeros(&shape[..])), &shape, true)?;
        check("full", attempt(|| Tensor::full(&shape[..], 2.0)), &shape, true)?;
        check("from_fn", attempt(|| Tensor::from_fn(&shape[..], |_| 1.0)), &shape, true)?;
        check("build", attempt(|| Tensor::build(&shape[..], |out| out.fill(1.0))), &shape, true)?;
        check("arange", attempt(|| Tensor::arange(n)), &[n], true)?;
        check("linspace", attempt(|| Tensor::linspace(0.0, 1.0, n)), &[n], true)?;
        check("eye", attempt(|| Tensor::eye(n)), &[n, n], true)?;
        if n > 1 {
            check("one_hot", attempt(|| Tensor::one_hot(&[0, 1], n)), &[2, n], true)?;
        }
        prop_assert_eq!(attempt(|| Shape::from(&shape[..]).size()).ok(), elements(&shape));
        prop_assert_eq!(attempt(|| Indices::new(&shape[..], &[])).is_ok(), elements(&shape) == Some(0));
    }

    #[test]
    fn views_of_one_element_have_the_right_size_or_panic(shape in sizes(), other in sizes(), n in size()) {
        let one = Tensor::scalar(1.0_f32);
        check("broadcast_to", attempt(|| one.broadcast_to(&shape[..])), &shape, false)?;
        let Ok(x) = attempt(|| one.broadcast_to(&shape[..])) else { return Ok(()) };
        check("clone", attempt(|| x.clone()), &shape, false)?;
        check("copy", attempt(|| x.copy()), &shape, true)?;
        check("cast", attempt(|| x.cast::<f64>().cast()), &shape, true)?;
        check("softmax", attempt(|| x.softmax(-1)), &shape, true)?;
        prop_assert_eq!(attempt(|| x.to_vec().len()).ok(), elements(&shape).filter(|&n| n < 1 << 40));
        check("unsqueeze", attempt(|| x.unsqueeze(0)), &[&[1], &shape[..]].concat(), false)?;
        let reversed: Vec<usize> = shape.iter().rev().copied().collect();
        check("permute", attempt(|| x.permute((0..shape.len() as isize).rev().collect::<Vec<_>>())), &reversed, false)?;
        check("flatten", attempt(|| x.flatten()), &[x.size()], false)?;
        for axis in 0..shape.len() {
            check("flip", attempt(|| x.flip(axis as isize)), &shape, false)?;
            let twice = changed(&shape, axis, |n| n.saturating_mul(2));
            check("concat", attempt(|| Tensor::concat(&[&x, &x], axis as isize)), &twice, true)?;
            let wide = changed(&shape, axis, |size| size.saturating_add(n).saturating_add(1));
            let widths: Vec<_> = (0..shape.len()).map(|a| if a == axis { (n, 1) } else { (0, 0) }).collect();
            check("pad", attempt(|| x.pad(&widths, 0.0)), &wide, true)?;
            let kept = changed(&shape, axis, |_| 1);
            if shape.iter().all(|&n| n < 4) && shape[axis] > 0 {
                check("max", attempt(|| x.max_over(keep(axis as isize))), &kept, true)?;
            }
        }
        if let Some(joint) = Shape::broadcast(&shape, &other)
            && let Ok(y) = attempt(|| one.broadcast_to(&other[..]))
        {
            check("linear_scan", attempt(|| x.linear_scan(&y, -1, false)), &joint, true)?;
        }
    }

    #[test]
    fn repeats_have_the_right_size_or_panic(shape in prop::collection::vec(0_usize..3, 0..3), times in prop::collection::vec(size(), 3)) {
        let x = Tensor::<f32>::ones(&shape[..]);
        let lead = times.len() - shape.len();
        let want: Vec<usize> =
            (0..3).map(|a| times[a].saturating_mul(if a < lead { 1 } else { shape[a - lead] })).collect();
        let made = attempt(|| x.repeat(&times));
        match elements(&want) {
            Some(n) if n < 1 << 40 && times.iter().all(|&n| n < 4) => check("repeat", made, &want, true)?,
            _ => if let Ok(made) = made {
                prop_assert_eq!((made.shape(), Some(made.size())), (&Shape::from(&want[..]), elements(&want)));
            },
        }
    }
}
