//! Elementwise operations with broadcasting: a formula is written once and compiled for each instruction set.
//!
//! A formula is a type that implements [`Map1`], [`Map2`] or [`Map3`] over any [`Number`]. [`map1`], [`map2`] and
//! [`map3`] apply it to tensors of any layout. The compiled loop runs over packed slices only: strided and broadcast
//! operands are copied to it in short packed chunks, so that each formula is compiled for one layout.

use crate::layout::{self, Walk};
use crate::math::simd::{Arch, Kernel, dispatch};
use crate::number::Number;
use crate::parallel;
use crate::real::Real;
use crate::shape::Shape;
use crate::tensor::Tensor;

/// A formula of one argument.
pub trait Map1: Copy + Sync {
    /// Whether the loop is also compiled for AVX-512; see [`Kernel::SIMD512`]. Default: false.
    const SIMD512: bool = false;
    /// Returns the value at `x`.
    fn call<N: Number>(&self, x: N) -> N;
}

/// A formula of two arguments.
pub trait Map2: Copy + Sync {
    /// Whether the loop is also compiled for AVX-512; see [`Kernel::SIMD512`]. Default: false.
    const SIMD512: bool = false;
    /// Returns the value at (`a`, `b`).
    fn call<N: Number>(&self, a: N, b: N) -> N;
}

/// A formula of three arguments.
pub trait Map3: Copy + Sync {
    /// Whether the loop is also compiled for AVX-512; see [`Kernel::SIMD512`]. Default: false.
    const SIMD512: bool = false;
    /// Returns the value at (`a`, `b`, `c`).
    fn call<N: Number>(&self, a: N, b: N, c: N) -> N;
}

/// A formula of `N` arguments: the common form of [`Map1`], [`Map2`] and [`Map3`].
pub(crate) trait Formula<const N: usize>: Copy + Sync {
    const SIMD512: bool;
    fn at<L: Number>(&self, x: [L; N]) -> L;
}
#[derive(Clone, Copy)]
pub(crate) struct By<F>(pub(crate) F);
impl<F: Map1> Formula<1> for By<F> {
    const SIMD512: bool = F::SIMD512;
    #[inline(always)]
    fn at<L: Number>(&self, [x]: [L; 1]) -> L {
        self.0.call(x)
    }
}
impl<F: Map2> Formula<2> for By<F> {
    const SIMD512: bool = F::SIMD512;
    #[inline(always)]
    fn at<L: Number>(&self, [a, b]: [L; 2]) -> L {
        self.0.call(a, b)
    }
}
impl<F: Map3> Formula<3> for By<F> {
    const SIMD512: bool = F::SIMD512;
    #[inline(always)]
    fn at<L: Number>(&self, [a, b, c]: [L; 3]) -> L {
        self.0.call(a, b, c)
    }
}

/// The loop that applies a formula to packed slices.
struct Loop<'a, T, F, const N: usize> {
    formula: F,
    inputs: [&'a [T]; N],
    out: &'a mut [T],
}

impl<T: Real, F: Formula<N>, const N: usize> Kernel for Loop<'_, T, F, N> {
    const SIMD512: bool = F::SIMD512;
    type Output = ();
    #[inline(always)]
    #[allow(clippy::needless_range_loop)] // the index runs over N slices at once
    fn run<A: Arch>(self) {
        // Loops over the operands instead of `array::map`, which may not be inlined and then runs code compiled for
        // the baseline CPU.
        let n = self.out.len();
        let mut inputs = self.inputs;
        for x in &mut inputs {
            *x = &x[..n];
        }
        for i in 0..n {
            let mut lanes = [T::ZERO.lane::<A>(); N];
            for k in 0..N {
                lanes[k] = inputs[k][i].lane::<A>();
            }
            self.out[i] = T::unlane::<A>(self.formula.at(lanes));
        }
    }
}

/// A compiled loop, behind a pointer so that the code for layouts and threads is compiled once for all formulas.
pub(crate) type Run<'f, T, const N: usize> = &'f (dyn Fn([&[T]; N], &mut [T]) + Sync);

#[inline(always)]
pub(crate) fn compiled<T: Real, F: Formula<N>, const N: usize>(formula: F) -> impl Fn([&[T]; N], &mut [T]) + Sync {
    move |inputs, out| dispatch(Loop { formula, inputs, out })
}

/// Computes f(x) for each element.
///
/// ```
/// use tensor::{Map1, Number, elementwise::map1, tensor};
/// #[derive(Clone, Copy)]
/// struct Cube;
/// impl Map1 for Cube {
///     fn call<N: Number>(&self, x: N) -> N { x * x * x }
/// }
/// assert_eq!(map1(&Cube, &tensor![1.0, 2.0, 3.0]), tensor![1.0, 8.0, 27.0]);
/// ```
#[inline]
#[track_caller]
pub fn map1<T: Real, F: Map1>(f: &F, x: &Tensor<T>) -> Tensor<T> {
    drive1(&compiled(By(*f)), x)
}

/// Computes f(a, b) for each pair of elements, with broadcasting. `op` names the caller in the panic message.
///
/// # Panics
/// If the shapes do not broadcast.
#[inline]
#[track_caller]
pub fn map2<T: Real, F: Map2>(op: &str, f: &F, a: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
    drive(op, &compiled(By(*f)), [a, b])
}

/// Computes f(a, b, c) for each triple of elements, with broadcasting. `op` names the caller in the panic message.
///
/// # Panics
/// If the shapes do not broadcast.
#[inline]
#[track_caller]
pub fn map3<T: Real, F: Map3>(op: &str, f: &F, a: &Tensor<T>, b: &Tensor<T>, c: &Tensor<T>) -> Tensor<T> {
    drive(op, &compiled(By(*f)), [a, b, c])
}

/// Like [`map1`], for a function that does not vectorize: calls it once per element and compiles no kernel.
#[track_caller]
pub fn each1<T: Real>(f: &(dyn Fn(T) -> T + Sync), x: &Tensor<T>) -> Tensor<T> {
    drive1(&|[x], out| out.iter_mut().zip(x).for_each(|(o, &x)| *o = f(x)), x)
}

/// Like [`map2`], for a function that does not vectorize.
///
/// # Panics
/// If the shapes do not broadcast.
#[track_caller]
pub fn each2<T: Real>(op: &str, f: &(dyn Fn(T, T) -> T + Sync), a: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
    drive(op, &|[a, b], out| (0..out.len()).for_each(|i| out[i] = f(a[i], b[i])), [a, b])
}

/// Like [`map3`], for a function that does not vectorize.
///
/// # Panics
/// If the shapes do not broadcast.
#[track_caller]
pub fn each3<T: Real>(
    op: &str,
    f: &(dyn Fn(T, T, T) -> T + Sync),
    a: &Tensor<T>,
    b: &Tensor<T>,
    c: &Tensor<T>,
) -> Tensor<T> {
    drive(op, &|[a, b, c], out| (0..out.len()).for_each(|i| out[i] = f(a[i], b[i], c[i])), [a, b, c])
}

#[track_caller]
pub(crate) fn drive1<T: Real>(run: Run<'_, T, 1>, x: &Tensor<T>) -> Tensor<T> {
    if x.is_packed() { flat(run, [x], x.shape()) } else { flat(run, [&x.copy()], x.shape()) }
}

#[track_caller]
pub(crate) fn drive<T: Real, const N: usize>(op: &str, run: Run<'_, T, N>, xs: [&Tensor<T>; N]) -> Tensor<T> {
    let first = xs[0].shape();
    if xs.iter().all(|x| x.shape() == first && x.is_packed()) {
        return flat(run, xs, first);
    }
    let mut shape = first.clone();
    for x in &xs[1..] {
        shape = joint(op, &shape, x.shape());
    }
    rows(run, xs, &shape)
}

/// Returns the shape to which two operands broadcast. `op` names the caller in the panic message.
///
/// # Panics
/// If the shapes do not broadcast, or the resulting shape has more elements than memory can hold.
#[track_caller]
pub fn joint(op: &str, a: &Shape, b: &Shape) -> Shape {
    match Shape::broadcast(a, b) {
        Some(shape) => {
            shape.size();
            shape
        }
        None => {
            panic!("{op}: shapes {a} and {b} do not broadcast; aligned at their last axis, sizes must be equal or 1")
        }
    }
}

/// Runs the loop over packed operands of one shape.
#[inline]
#[track_caller]
fn flat<T: Real, const N: usize>(run: Run<'_, T, N>, xs: [&Tensor<T>; N], shape: &Shape) -> Tensor<T> {
    let inputs = xs.map(|x| x.as_slice().unwrap_or(&[]));
    Tensor::build(shape, |out| run_parallel(run, inputs, out))
}

/// Runs the loop over packed slices, on several threads if they are long enough.
#[inline]
fn run_parallel<T: Real, const N: usize>(run: Run<'_, T, N>, inputs: [&[T]; N], out: &mut [T]) {
    parallel::pieces(
        out.len(),
        (inputs, out),
        |(inputs, out), at| {
            let (left, right) = out.split_at_mut(at);
            ((inputs.map(|x| &x[..at]), left), (inputs.map(|x| &x[at..]), right))
        },
        |(inputs, out)| run(inputs, out),
    );
}

/// Elements per chunk when an operand must be copied: few enough to stay in the first-level cache.
pub(crate) const CHUNK: usize = 256;
/// Up to this many elements, clearing a whole chunk takes longer than the computation.
pub(crate) const FEW: usize = 64;
/// For shorter rows, one kernel call per row costs too much: the operands are packed first.
pub(crate) const SHORT: usize = 24;

/// Runs the loop over operands of any layout, broadcast to a common shape.
#[track_caller]
fn rows<T: Real, const N: usize>(run: Run<'_, T, N>, xs: [&Tensor<T>; N], shape: &Shape) -> Tensor<T> {
    let strides = xs.map(|x| layout::broadcast_strides(x.shape(), &x.strides(), shape));
    let walk = Walk::new(shape, std::array::from_fn(|k| &strides[k][..]));
    let inner = walk.inner();
    if inner < SHORT && walk.dims.len() > 1 {
        let packed = xs.map(|x| x.broadcast_to(shape).packed());
        return flat(run, std::array::from_fn(|k| &packed[k]), shape);
    }
    let steps = walk.inner_strides();
    let data = xs.map(Tensor::buffer);
    Tensor::build(shape, |out| {
        let mut chunks = out.chunks_exact_mut(inner.max(1));
        walk.runs(xs.map(|x| x.offset() as isize), |at| {
            let Some(out) = chunks.next() else { return };
            if steps.iter().all(|&s| s == 1) {
                let inputs = std::array::from_fn(|k| &data[k][at[k] as usize..at[k] as usize + inner]);
                return run_parallel(run, inputs, out);
            }
            let mut copies = [[T::ZERO; CHUNK]; N];
            for (i, out) in out.chunks_mut(CHUNK).enumerate() {
                let n = out.len();
                for k in 0..N {
                    // A broadcast element (stride 0) fills its chunk once.
                    if steps[k] != 1 && (steps[k] != 0 || i == 0) {
                        let from = at[k] + (i * CHUNK) as isize * steps[k];
                        layout::copy_run(data[k], from, steps[k], &mut copies[k][..n]);
                    }
                }
                let inputs = std::array::from_fn(|k| {
                    let from = at[k] as usize + i * CHUNK;
                    if steps[k] == 1 { &data[k][from..from + n] } else { &copies[k][..n] }
                });
                run(inputs, out);
            }
        });
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor;

    #[derive(Clone, Copy)]
    struct Sub;
    impl Map2 for Sub {
        fn call<N: Number>(&self, a: N, b: N) -> N {
            a - b
        }
    }
    #[derive(Clone, Copy)]
    struct Fma;
    impl Map3 for Fma {
        fn call<N: Number>(&self, a: N, b: N, c: N) -> N {
            a * b + c
        }
    }

    /// Compares every layout with explicit indexing, at sizes around the thresholds.
    #[test]
    fn all_layouts_match_indexing() {
        for (m, n) in [(1, 1), (3, 5), (4, 30), (30, 4), (3, 600), (40, 40)] {
            let a = Tensor::<f64>::from_fn([m, n], |i| (i[0] * 1000 + i[1]) as f64);
            let at = Tensor::<f64>::from_fn([n, m], |i| (i[1] * 1000 + i[0]) as f64).transpose();
            let row = Tensor::<f64>::from_fn([n], |i| i[0] as f64 * 0.5);
            let column = Tensor::<f64>::from_fn([m, 1], |i| i[0] as f64 * 0.25);
            for a in [a, at] {
                let d = map2("sub", &Sub, &a, &row);
                let e = map3("fma", &Fma, &column, &row, &a);
                for i in 0..m as isize {
                    for j in 0..n as isize {
                        let x = (i * 1000 + j) as f64;
                        assert_eq!(d.at([i, j]), x - j as f64 * 0.5);
                        assert_eq!(e.at([i, j]), i as f64 * 0.25 * (j as f64 * 0.5) + x);
                    }
                }
            }
        }
    }

    #[test]
    fn empty_and_0d_operands() {
        let empty = Tensor::<f64>::zeros([0, 3]);
        assert_eq!(map2("sub", &Sub, &empty, &tensor![[1.0, 2.0, 3.0]]).shape(), &Shape::from([0, 3]));
        assert_eq!(map2("sub", &Sub, &Tensor::scalar(3.0), &Tensor::scalar(1.0)).item(), 2.0);
    }

    #[test]
    #[should_panic(expected = "sub: shapes (2,) and (3,) do not broadcast")]
    fn shape_mismatch_panics() {
        map2("sub", &Sub, &tensor![1.0, 2.0], &tensor![1.0, 2.0, 3.0]);
    }
}
