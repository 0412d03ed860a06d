//! The points at which functions are differentiated: scalars, tensors, and structures of them.

use crate::core::tape::Tape;
use crate::core::value::{Scalar, Value};
use crate::core::var::Var;
use crate::ops::Gradients;
use crate::params::{BoundParams, Params};
use tensor::Tensor;

/// A point at which a function is differentiated: a scalar, a tensor, an array, `Vec`, slice or tuple of points, a
/// store of parameters, or a reference to one of these.
///
/// The function receives the same structure of variables, and the gradient has the same structure again.
pub trait Input {
    /// The element type of all scalars and tensors of the point.
    type Elem: Scalar;
    /// The structure of variables that the function receives.
    type On<'t>: Clone;
    /// The structure of gradients, and of tangents.
    type Gradient;

    /// Creates the variables of the point on a tape.
    fn on<'t>(&self, tape: &'t Tape<Self::Elem>) -> Self::On<'t>;
    /// Visits the scalars and tensors of the point (its parts), in order, as tensors.
    fn for_each(&self, f: &mut dyn FnMut(Tensor<Self::Elem>));
    /// Visits the nodes of the variables, in the same order.
    #[doc(hidden)]
    fn nodes(on: &Self::On<'_>, f: &mut dyn FnMut(u32));
    /// Builds a gradient from its parts, in the same order.
    fn build(&self, next: &mut dyn FnMut() -> Tensor<Self::Elem>) -> Self::Gradient;
    /// Visits the parts of a gradient or tangent, in the same order.
    fn parts(gradient: &Self::Gradient, f: &mut dyn FnMut(Tensor<Self::Elem>));
}

/// Builds the gradient of a point from the adjoints of its variables.
pub(crate) fn gradient<'t, X: Input>(x: &X, on: &X::On<'t>, g: &Gradients<'t, X::Elem>) -> X::Gradient {
    let mut ids = Vec::new();
    X::nodes(on, &mut |id| ids.push(id));
    let mut ids = ids.into_iter();
    let mut next = || match ids.next() {
        Some(id) => g.by_node(id),
        None => unreachable!("a point has as many parts as variables"),
    };
    x.build(&mut next)
}

macro_rules! leaf_input {
    ([$($generics:tt)*] $v:ty, $elem:ty) => {
        impl<$($generics)*> Input for $v {
            type Elem = $elem;
            type On<'t> = Var<'t, $v>;
            type Gradient = $v;
            fn on<'t>(&self, tape: &'t Tape<$elem>) -> Var<'t, $v> {
                tape.var(self.clone())
            }
            fn for_each(&self, f: &mut dyn FnMut(Tensor<$elem>)) {
                f(self.to_tensor());
            }
            fn nodes(on: &Var<'_, $v>, f: &mut dyn FnMut(u32)) {
                f(on.id);
            }
            fn build(&self, next: &mut dyn FnMut() -> Tensor<$elem>) -> $v {
                <$v>::from_tensor(next())
            }
            fn parts(gradient: &$v, f: &mut dyn FnMut(Tensor<$elem>)) {
                f(gradient.to_tensor());
            }
        }
    };
}
leaf_input!([] f32, f32);
leaf_input!([] f64, f64);
leaf_input!([T: Scalar] Tensor<T>, T);

impl<X: Input + ?Sized> Input for &X {
    type Elem = X::Elem;
    type On<'t> = X::On<'t>;
    type Gradient = X::Gradient;
    fn on<'t>(&self, tape: &'t Tape<X::Elem>) -> X::On<'t> {
        X::on(self, tape)
    }
    fn for_each(&self, f: &mut dyn FnMut(Tensor<X::Elem>)) {
        X::for_each(self, f);
    }
    fn nodes(on: &X::On<'_>, f: &mut dyn FnMut(u32)) {
        X::nodes(on, f);
    }
    fn build(&self, next: &mut dyn FnMut() -> Tensor<X::Elem>) -> X::Gradient {
        X::build(self, next)
    }
    fn parts(gradient: &X::Gradient, f: &mut dyn FnMut(Tensor<X::Elem>)) {
        X::parts(gradient, f);
    }
}

impl<X: Input, const N: usize> Input for [X; N] {
    type Elem = X::Elem;
    type On<'t> = [X::On<'t>; N];
    type Gradient = [X::Gradient; N];
    fn on<'t>(&self, tape: &'t Tape<X::Elem>) -> Self::On<'t> {
        std::array::from_fn(|i| self[i].on(tape))
    }
    fn for_each(&self, f: &mut dyn FnMut(Tensor<X::Elem>)) {
        self.iter().for_each(|x| x.for_each(f));
    }
    fn nodes(on: &Self::On<'_>, f: &mut dyn FnMut(u32)) {
        on.iter().for_each(|x| X::nodes(x, f));
    }
    fn build(&self, next: &mut dyn FnMut() -> Tensor<X::Elem>) -> Self::Gradient {
        std::array::from_fn(|i| self[i].build(next))
    }
    fn parts(gradient: &Self::Gradient, f: &mut dyn FnMut(Tensor<X::Elem>)) {
        gradient.iter().for_each(|g| X::parts(g, f));
    }
}

macro_rules! sequence_input {
    ($($v:ty),*) => {$(
        impl<X: Input> Input for $v {
            type Elem = X::Elem;
            type On<'t> = Vec<X::On<'t>>;
            type Gradient = Vec<X::Gradient>;
            fn on<'t>(&self, tape: &'t Tape<X::Elem>) -> Self::On<'t> {
                self.iter().map(|x| x.on(tape)).collect()
            }
            fn for_each(&self, f: &mut dyn FnMut(Tensor<X::Elem>)) {
                self.iter().for_each(|x| x.for_each(f));
            }
            fn nodes(on: &Self::On<'_>, f: &mut dyn FnMut(u32)) {
                on.iter().for_each(|x| X::nodes(x, f));
            }
            fn build(&self, next: &mut dyn FnMut() -> Tensor<X::Elem>) -> Self::Gradient {
                self.iter().map(|x| x.build(next)).collect()
            }
            fn parts(gradient: &Self::Gradient, f: &mut dyn FnMut(Tensor<X::Elem>)) {
                gradient.iter().for_each(|g| X::parts(g, f));
            }
        }
    )*};
}
sequence_input!(Vec<X>, [X]);

macro_rules! tuple_input {
    ($($x:ident $i:tt),+) => {
        impl<T: Scalar, $($x: Input<Elem = T>),+> Input for ($($x,)+) {
            type Elem = T;
            type On<'t> = ($($x::On<'t>,)+);
            type Gradient = ($($x::Gradient,)+);
            fn on<'t>(&self, tape: &'t Tape<T>) -> Self::On<'t> {
                ($(self.$i.on(tape),)+)
            }
            fn for_each(&self, f: &mut dyn FnMut(Tensor<T>)) {
                $(self.$i.for_each(f);)+
            }
            fn nodes(on: &Self::On<'_>, f: &mut dyn FnMut(u32)) {
                $($x::nodes(&on.$i, f);)+
            }
            fn build(&self, next: &mut dyn FnMut() -> Tensor<T>) -> Self::Gradient {
                ($(self.$i.build(next),)+)
            }
            fn parts(gradient: &Self::Gradient, f: &mut dyn FnMut(Tensor<T>)) {
                $($x::parts(&gradient.$i, f);)+
            }
        }
    };
}
tuple_input!(A 0);
tuple_input!(A 0, B 1);
tuple_input!(A 0, B 1, C 2);
tuple_input!(A 0, B 1, C 2, D 3);
tuple_input!(A 0, B 1, C 2, D 3, E 4);
tuple_input!(A 0, B 1, C 2, D 3, E 4, F 5);

/// A store of parameters. The function receives the [bound parameters](BoundParams); the gradient is a store with the
/// same keys.
impl<'p, T: Scalar> Input for &'p Params<T> {
    type Elem = T;
    type On<'t> = BoundParams<'p, 't, T>;
    type Gradient = Params<T>;
    fn on<'t>(&self, tape: &'t Tape<T>) -> BoundParams<'p, 't, T> {
        Params::bind(self, tape)
    }
    fn for_each(&self, f: &mut dyn FnMut(Tensor<T>)) {
        self.iter().for_each(|(_, value)| f(value.clone()));
    }
    fn nodes(on: &BoundParams<'p, '_, T>, f: &mut dyn FnMut(u32)) {
        on.params().keys().for_each(|p| f(on.var(p).id));
    }
    fn build(&self, next: &mut dyn FnMut() -> Tensor<T>) -> Params<T> {
        let mut gradient = (*self).clone();
        for p in self.keys() {
            gradient.set(p, next());
        }
        gradient
    }
    fn parts(gradient: &Params<T>, f: &mut dyn FnMut(Tensor<T>)) {
        gradient.iter().for_each(|(_, value)| f(value.clone()));
    }
}

/// A function from the variables of a point to a scalar. All closures of this form implement it.
///
/// The trait lets the compiler infer the argument type of a closure, which it cannot for the bound
/// `for<'t> Fn(X::On<'t>) -> Var<'t, X::Elem>`.
pub trait Objective<'t, X: Input>: Fn(X::On<'t>) -> Var<'t, X::Elem> {}
impl<'t, X: Input, F: Fn(X::On<'t>) -> Var<'t, X::Elem>> Objective<'t, X> for F {}

/// A function from the variables of a point to a scalar or a tensor. All closures of this form implement it.
pub trait Function<'t, X: Input, V: Value<Elem = X::Elem>>: Fn(X::On<'t>) -> Var<'t, V> {}
impl<'t, X: Input, V: Value<Elem = X::Elem>, F: Fn(X::On<'t>) -> Var<'t, V>> Function<'t, X, V> for F {}
