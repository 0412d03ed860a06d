//! The points at which functions are differentiated: scalars, tensors, variables, and structures of them.

use super::level::{Elem, Level};
use super::nested::{self, Nested};
use super::plain::{Plain, PlainPart};
use crate::core::record::Erased;
use crate::core::tape::Tape;
use crate::core::value::{Scalar, Value};
use crate::core::var::Var;
use tensor::Tensor;

/// A point at which a function is differentiated: a scalar, a tensor, a variable, an array, `Vec`, slice or tuple of
/// points, a store of parameters, or a reference to one of these.
///
/// The function receives the same structure of variables, and the gradient has the same structure again. All parts of a
/// point are of one [`Level`]: either plain values, or variables of one tape.
///
/// | point | variables | gradient |
/// |---|---|---|
/// | `f64`, `Tensor<T>` | `Var<f64>`, `Var<Tensor<T>>` | `f64`, `Tensor<T>` |
/// | [`Single`]`(f32)` | `Var<f32>` | `f32` |
/// | `Var<V>` on an outer tape | `Var<V>` there | `Var<V>` there |
/// | `[X; N]`, `Vec<X>`, `[X]`, `(A, B, ..)` | the same of variables | the same of gradients |
/// | `&Params<T>` | [`BoundParams`](crate::BoundParams) | `Params<T>` |
/// | `BoundParams` of an outer function | `BoundParams` there | [`ByParam`](crate::ByParam) of variables there |
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a point at which a function can be differentiated",
    label = "expected a scalar, a tensor, a variable, `&Params`, or an array, `Vec`, slice or tuple of them",
    note = "all parts of a point must have one element type, and be either plain values or variables of one tape",
    note = "a float literal is an `f64`; for a scalar of type `f32` use `Single(x)`, and for an integer write `2.0`"
)]
pub trait Input {
    /// Where the point lies, with the element type of all its scalars and tensors.
    type Level: Level;
    /// The structure of variables that the function receives.
    type On<'t>: Clone;
    /// The structure of gradients, and of tangents.
    type Gradient;
    /// The structure with a `B` in place of each scalar and tensor.
    type Each<B>;

    /// Creates the variables of the point on a tape.
    fn on<'t>(&self, tape: &'t Tape<Elem<Self>>) -> Self::On<'t>;
    /// Creates variables of other parts in the structure of the point.
    #[doc(hidden)]
    fn on_parts<'t>(&self, tape: &'t Tape<Elem<Self>>, next: &mut dyn FnMut() -> Part<Self>) -> Self::On<'t>;
    /// Visits the scalars and tensors of the point (its parts), in order.
    fn for_each(&self, f: &mut dyn FnMut(Part<Self>));
    /// Visits the nodes of the variables, in the same order.
    #[doc(hidden)]
    fn nodes(on: &Self::On<'_>, f: &mut dyn FnMut(u32));
    /// Builds a gradient from its parts, in the same order.
    fn build(&self, next: &mut dyn FnMut() -> Part<Self>) -> Self::Gradient;
    /// Visits the parts of a gradient or tangent, in the same order.
    fn parts(gradient: &Self::Gradient, f: &mut dyn FnMut(Part<Self>));
    /// Builds a structure of any type from its parts, in the same order.
    fn each<B>(&self, next: &mut dyn FnMut() -> B) -> Self::Each<B>;
}

/// A scalar or a tensor of a point, without its type.
pub type Part<X> = <<X as Input>::Level as Level>::Part;

/// A scalar of type `f32` as a point. A float literal alone is an `f64`.
///
/// ```
/// use autograd::{Single, grad};
/// assert_eq!(grad(|x| x * x, Single(3.0)), 6.0_f32);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Single(pub f32);

macro_rules! leaf_input {
    ([$($generics:tt)*] $point:ty, $v:ty, $elem:ty, $value:expr) => {
        impl<$($generics)*> Input for $point {
            type Level = Plain<$elem>;
            type On<'t> = Var<'t, $v>;
            type Gradient = $v;
            type Each<B> = B;
            #[inline]
            fn on<'t>(&self, tape: &'t Tape<$elem>) -> Var<'t, $v> {
                tape.var($value(self))
            }
            fn on_parts<'t>(&self, tape: &'t Tape<$elem>, next: &mut dyn FnMut() -> PlainPart<$elem>) -> Var<'t, $v> {
                tape.var(next().value::<$v>())
            }
            fn for_each(&self, f: &mut dyn FnMut(PlainPart<$elem>)) {
                f(PlainPart::new($value(self)));
            }
            #[inline]
            fn nodes(on: &Var<'_, $v>, f: &mut dyn FnMut(u32)) {
                f(on.id);
            }
            #[inline]
            fn build(&self, next: &mut dyn FnMut() -> PlainPart<$elem>) -> $v {
                next().value()
            }
            fn parts(gradient: &$v, f: &mut dyn FnMut(PlainPart<$elem>)) {
                f(PlainPart::new(gradient.clone()));
            }
            fn each<B>(&self, next: &mut dyn FnMut() -> B) -> B {
                next()
            }
        }
    };
}
leaf_input!([] f64, f64, f64, f64::clone);
leaf_input!([] Single, f32, f32, |x: &Single| x.0);
leaf_input!([T: Scalar] Tensor<T>, Tensor<T>, T, Tensor::clone);

/// A variable of an outer function, at which an inner function is differentiated.
impl<'o, V: Value> Input for Var<'o, V> {
    type Level = Nested<'o, V::Elem>;
    type On<'t> = Var<'o, V>;
    type Gradient = Var<'o, V>;
    type Each<B> = B;
    fn on<'t>(&self, _: &'t Tape<V::Elem>) -> Var<'o, V> {
        nested::copy(*self)
    }
    fn on_parts<'t>(&self, _: &'t Tape<V::Elem>, next: &mut dyn FnMut() -> Erased<'o, V::Elem>) -> Var<'o, V> {
        next().var()
    }
    fn for_each(&self, f: &mut dyn FnMut(Erased<'o, V::Elem>)) {
        f(self.erase());
    }
    fn nodes(on: &Var<'o, V>, f: &mut dyn FnMut(u32)) {
        f(on.id);
    }
    fn build(&self, next: &mut dyn FnMut() -> Erased<'o, V::Elem>) -> Var<'o, V> {
        Nested::out(next())
    }
    fn parts(gradient: &Var<'o, V>, f: &mut dyn FnMut(Erased<'o, V::Elem>)) {
        f(gradient.erase());
    }
    fn each<B>(&self, next: &mut dyn FnMut() -> B) -> B {
        next()
    }
}

impl<X: Input + ?Sized> Input for &X {
    type Level = X::Level;
    type On<'t> = X::On<'t>;
    type Gradient = X::Gradient;
    type Each<B> = X::Each<B>;
    #[inline]
    fn on<'t>(&self, tape: &'t Tape<Elem<X>>) -> X::On<'t> {
        X::on(self, tape)
    }
    fn on_parts<'t>(&self, tape: &'t Tape<Elem<X>>, next: &mut dyn FnMut() -> Part<X>) -> X::On<'t> {
        X::on_parts(self, tape, next)
    }
    fn for_each(&self, f: &mut dyn FnMut(Part<X>)) {
        X::for_each(self, f);
    }
    #[inline]
    fn nodes(on: &X::On<'_>, f: &mut dyn FnMut(u32)) {
        X::nodes(on, f);
    }
    #[inline]
    fn build(&self, next: &mut dyn FnMut() -> Part<X>) -> X::Gradient {
        X::build(self, next)
    }
    fn parts(gradient: &X::Gradient, f: &mut dyn FnMut(Part<X>)) {
        X::parts(gradient, f);
    }
    fn each<B>(&self, next: &mut dyn FnMut() -> B) -> X::Each<B> {
        X::each(self, next)
    }
}

impl<X: Input, const N: usize> Input for [X; N] {
    type Level = X::Level;
    type On<'t> = [X::On<'t>; N];
    type Gradient = [X::Gradient; N];
    type Each<B> = [X::Each<B>; N];
    #[inline]
    fn on<'t>(&self, tape: &'t Tape<Elem<X>>) -> Self::On<'t> {
        std::array::from_fn(|i| self[i].on(tape))
    }
    fn on_parts<'t>(&self, tape: &'t Tape<Elem<X>>, next: &mut dyn FnMut() -> Part<X>) -> Self::On<'t> {
        std::array::from_fn(|i| self[i].on_parts(tape, next))
    }
    fn for_each(&self, f: &mut dyn FnMut(Part<X>)) {
        self.iter().for_each(|x| x.for_each(f));
    }
    #[inline]
    fn nodes(on: &Self::On<'_>, f: &mut dyn FnMut(u32)) {
        on.iter().for_each(|x| X::nodes(x, f));
    }
    #[inline]
    fn build(&self, next: &mut dyn FnMut() -> Part<X>) -> Self::Gradient {
        std::array::from_fn(|i| self[i].build(next))
    }
    fn parts(gradient: &Self::Gradient, f: &mut dyn FnMut(Part<X>)) {
        gradient.iter().for_each(|g| X::parts(g, f));
    }
    fn each<B>(&self, next: &mut dyn FnMut() -> B) -> Self::Each<B> {
        std::array::from_fn(|i| self[i].each(next))
    }
}

macro_rules! sequence_input {
    ($($v:ty),*) => {$(
        impl<X: Input> Input for $v {
            type Level = X::Level;
            type On<'t> = Vec<X::On<'t>>;
            type Gradient = Vec<X::Gradient>;
            type Each<B> = Vec<X::Each<B>>;
            fn on<'t>(&self, tape: &'t Tape<Elem<X>>) -> Self::On<'t> {
                self.iter().map(|x| x.on(tape)).collect()
            }
            fn on_parts<'t>(&self, tape: &'t Tape<Elem<X>>, next: &mut dyn FnMut() -> Part<X>) -> Self::On<'t> {
                self.iter().map(|x| x.on_parts(tape, next)).collect()
            }
            fn for_each(&self, f: &mut dyn FnMut(Part<X>)) {
                self.iter().for_each(|x| x.for_each(f));
            }
            fn nodes(on: &Self::On<'_>, f: &mut dyn FnMut(u32)) {
                on.iter().for_each(|x| X::nodes(x, f));
            }
            fn build(&self, next: &mut dyn FnMut() -> Part<X>) -> Self::Gradient {
                self.iter().map(|x| x.build(next)).collect()
            }
            fn parts(gradient: &Self::Gradient, f: &mut dyn FnMut(Part<X>)) {
                gradient.iter().for_each(|g| X::parts(g, f));
            }
            fn each<B>(&self, next: &mut dyn FnMut() -> B) -> Self::Each<B> {
                self.iter().map(|x| x.each(next)).collect()
            }
        }
    )*};
}
sequence_input!(Vec<X>, [X]);

macro_rules! tuple_input {
    ($first:ident 0 $(, $x:ident $i:tt)*) => {
        #[diagnostic::do_not_recommend] // parts of two levels: the message is that of the whole point
        impl<$first: Input $(, $x: Input<Level = $first::Level>)*> Input for ($first, $($x,)*) {
            type Level = $first::Level;
            type On<'t> = ($first::On<'t>, $($x::On<'t>,)*);
            type Gradient = ($first::Gradient, $($x::Gradient,)*);
            type Each<Z> = ($first::Each<Z>, $($x::Each<Z>,)*);
            #[inline]
            fn on<'t>(&self, tape: &'t Tape<Elem<Self>>) -> Self::On<'t> {
                (self.0.on(tape), $(self.$i.on(tape),)*)
            }
            fn on_parts<'t>(&self, tape: &'t Tape<Elem<Self>>, next: &mut dyn FnMut() -> Part<Self>) -> Self::On<'t> {
                (self.0.on_parts(tape, next), $(self.$i.on_parts(tape, next),)*)
            }
            fn for_each(&self, f: &mut dyn FnMut(Part<Self>)) {
                self.0.for_each(f);
                $(self.$i.for_each(f);)*
            }
            #[inline]
            fn nodes(on: &Self::On<'_>, f: &mut dyn FnMut(u32)) {
                $first::nodes(&on.0, f);
                $($x::nodes(&on.$i, f);)*
            }
            #[inline]
            fn build(&self, next: &mut dyn FnMut() -> Part<Self>) -> Self::Gradient {
                (self.0.build(next), $(self.$i.build(next),)*)
            }
            fn parts(gradient: &Self::Gradient, f: &mut dyn FnMut(Part<Self>)) {
                $first::parts(&gradient.0, f);
                $($x::parts(&gradient.$i, f);)*
            }
            fn each<Z>(&self, next: &mut dyn FnMut() -> Z) -> Self::Each<Z> {
                (self.0.each(next), $(self.$i.each(next),)*)
            }
        }
    };
}
tuples!(tuple_input!);
