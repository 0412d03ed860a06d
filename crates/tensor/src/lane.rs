//! The scalar that vectorized kernels compute with.

use std::fmt;
use std::marker::PhantomData;

/// A scalar inside a kernel compiled for the instruction set `A`.
#[derive(Clone, Copy)]
pub struct Lane<T, A>(T, PhantomData<A>);

impl<T: Copy, A> Lane<T, A> {
    #[inline(always)]
    pub(crate) fn new(x: T) -> Self {
        Lane(x, PhantomData)
    }
    #[inline(always)]
    pub(crate) fn get(self) -> T {
        self.0
    }
}

impl<T: fmt::Debug, A> fmt::Debug for Lane<T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! arithmetic {
    ($($trait:ident $method:ident),*) => {$(
        impl<T: std::ops::$trait<Output = T>, A> std::ops::$trait for Lane<T, A> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Lane(self.0.$method(other.0), PhantomData)
            }
        }
    )*};
}
arithmetic!(Add add, Sub sub, Mul mul, Div div);

impl<T: std::ops::Neg<Output = T>, A> std::ops::Neg for Lane<T, A> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Lane(-self.0, PhantomData)
    }
}
