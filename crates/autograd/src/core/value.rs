//! The types that a variable can hold: a scalar, or a tensor of scalars.

use crate::core::adjoints::Adjoints;
use crate::core::forward::Tangents;
use crate::core::higher_order::Wanted;
use crate::core::pool::Pool;
use crate::core::record::Erased;
use crate::core::tape::Tape;
use crate::rules::Element;
use std::cell::RefCell;
use std::fmt::Debug;
use tensor::Tensor;

/// The type a variable stands for: `f32`, `f64`, or a [`Tensor`] of one of them.
///
/// This trait is sealed. Its hidden items convert between a value and its two forms on a tape: a scalar, and a tensor.
pub trait Value: Clone + Debug + sealed::Sealed + 'static {
    /// The type of the elements.
    type Elem: Scalar;
    /// What a handle carries besides its place on the tape: the value of a scalar, nothing for a tensor.
    #[doc(hidden)]
    type Carried: Copy + Debug;

    #[doc(hidden)]
    const IS_SCALAR: bool;
    /// What the handle of this scalar carries; nothing for a tensor.
    #[doc(hidden)]
    fn carry(scalar: Self::Elem) -> Self::Carried;
    /// The value of a carried scalar; 0 for a tensor.
    #[doc(hidden)]
    fn carried(carried: Self::Carried) -> Self::Elem;
    #[doc(hidden)]
    fn from_scalar(scalar: Self::Elem) -> Self;
    /// The value of a scalar, or of the only element of a tensor.
    #[doc(hidden)]
    fn to_scalar(&self) -> Self::Elem;
    /// The value, from a tensor of its shape.
    #[doc(hidden)]
    fn from_tensor(t: Tensor<Self::Elem>) -> Self;
    #[doc(hidden)]
    fn into_tensor(self) -> Tensor<Self::Elem>;

    #[doc(hidden)]
    fn to_tensor(&self) -> Tensor<Self::Elem> {
        self.clone().into_tensor()
    }
}

/// What a tape of `T` can hold: a number, or a tensor by value or by reference.
///
/// As a bound, it lets the compiler infer the type of a literal from the tape: `tape.var(1.0)` is a variable of `f64` on a
/// `Tape<f64>`.
#[diagnostic::on_unimplemented(
    message = "a tape of `{T}` cannot hold `{Self}`",
    note = "a `Tape<f64>`, made by `Tape::new()`, holds `f64` and `Tensor<f64>`; a `Tape<f32>`, made by \
            `Tape::single()`, holds `f32` and `Tensor<f32>`",
    note = "`cast` converts a tensor; write `2.0` for an integer"
)]
pub trait ValueOf<T: Scalar>: sealed::Sealed {
    /// The type of the variable's value.
    type Value: Value<Elem = T>;
    /// The value; a tensor that is passed by reference shares its buffer with it.
    #[doc(hidden)]
    fn into_value(self) -> Self::Value;
}

impl<T: Scalar> ValueOf<T> for Tensor<T> {
    type Value = Tensor<T>;
    #[inline(always)]
    fn into_value(self) -> Tensor<T> {
        self
    }
}

impl<T: Scalar> ValueOf<T> for &Tensor<T> {
    type Value = Tensor<T>;
    #[inline(always)]
    fn into_value(self) -> Tensor<T> {
        self.clone()
    }
}

/// The element type of a tape: `f32` or `f64`.
///
/// Its hidden methods are where the generic algorithms are compiled, once per element type, in this crate.
#[allow(private_bounds, private_interfaces)]
pub trait Scalar: Element + ValueOf<Self, Value = Self> + Value<Elem = Self, Carried = Self> {
    #[doc(hidden)]
    fn reverse(tape: &Tape<Self>, adjoints: &mut Adjoints<Self>, root: u32, low: u32);
    #[doc(hidden)]
    fn forward(tangents: &mut Tangents<'_, Self>);
    #[doc(hidden)]
    fn recorded<'t>(
        tape: &'t Tape<Self>,
        root: u32,
        seed: Erased<'t, Self>,
        targets: &[u32],
        wanted_for: Wanted,
    ) -> Vec<Option<Erased<'t, Self>>>;
    #[doc(hidden)]
    fn recorded_tangents<'t>(
        tape: &'t Tape<Self>,
        roots: &[u32],
        sources: &[(u32, Erased<'t, Self>)],
    ) -> Vec<Option<Erased<'t, Self>>>;
    /// Accesses the pool of this thread; `None` if the thread is shutting down.
    ///
    /// A dropped tape accesses the pool, so `access` must not drop one.
    #[doc(hidden)]
    fn pool<R>(access: impl FnOnce(&mut Pool<Self>) -> R) -> Option<R>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
    impl<T: super::Scalar> Sealed for tensor::Tensor<T> {}
    impl<T: super::Scalar> Sealed for &tensor::Tensor<T> {}
}

macro_rules! scalar_value {
    ($($t:ty),*) => {$(
        impl ValueOf<$t> for $t {
            type Value = $t;
            #[inline(always)]
            fn into_value(self) -> $t { self }
        }

        impl Value for $t {
            type Elem = $t;
            type Carried = $t;

            const IS_SCALAR: bool = true;
            #[inline(always)]
            fn carry(scalar: $t) -> $t { scalar }
            #[inline(always)]
            fn carried(carried: $t) -> $t { carried }
            #[inline(always)]
            fn from_scalar(scalar: $t) -> $t { scalar }
            #[inline(always)]
            fn to_scalar(&self) -> $t { *self }
            #[track_caller]
            fn from_tensor(t: Tensor<$t>) -> $t { t.item() }
            fn into_tensor(self) -> Tensor<$t> { Tensor::scalar(self) }
        }
    )*};
}
scalar_value!(f32, f64);

impl<T: Scalar> Value for Tensor<T> {
    type Elem = T;
    type Carried = ();

    const IS_SCALAR: bool = false;
    #[inline(always)]
    fn carry(_: T) {}
    #[inline(always)]
    fn carried((): ()) -> T {
        T::ZERO
    }
    fn from_scalar(scalar: T) -> Self {
        Tensor::scalar(scalar)
    }
    fn to_scalar(&self) -> T {
        self.item()
    }
    fn from_tensor(t: Tensor<T>) -> Self {
        t
    }
    #[inline]
    fn into_tensor(self) -> Tensor<T> {
        self
    }
}

// The generic algorithms, compiled once per element type.
macro_rules! scalar {
    ($($t:ty),*) => {$(
        #[allow(private_bounds, private_interfaces)]
        impl Scalar for $t {
            fn reverse(tape: &Tape<$t>, adjoints: &mut Adjoints<$t>, root: u32, low: u32) {
                crate::core::reverse::sweep(tape, adjoints, root, low)
            }
            fn forward(tangents: &mut Tangents<'_, $t>) {
                tangents.sweep()
            }
            fn recorded<'t>(
                tape: &'t Tape<$t>,
                root: u32,
                seed: Erased<'t, $t>,
                targets: &[u32],
                wanted_for: Wanted,
            ) -> Vec<Option<Erased<'t, $t>>> {
                crate::core::higher_order::gradients(tape, root, seed, targets, wanted_for)
            }
            fn recorded_tangents<'t>(
                tape: &'t Tape<$t>,
                roots: &[u32],
                sources: &[(u32, Erased<'t, $t>)],
            ) -> Vec<Option<Erased<'t, $t>>> {
                crate::core::forward_recorded::tangents(tape, roots, sources)
            }
            #[inline]
            fn pool<R>(access: impl FnOnce(&mut Pool<$t>) -> R) -> Option<R> {
                thread_local! {
                    static POOL: RefCell<Pool<$t>> = const { RefCell::new(Pool { sweeps: Vec::new(), tape: None }) };
                }
                POOL.try_with(|pool| access(&mut pool.borrow_mut())).ok()
            }
        }
    )*};
}
scalar!(f32, f64);
