//! Recorded gradients and tangents, with respect to several variables in one sweep.

use super::ByParam;
use super::level::next;
use super::nested::{Nested, or_zeros};
use crate::core::higher_order::{self, Wanted};
use crate::core::record::{self, Erased};
use crate::core::value::{Scalar, Value, ValueOf};
use crate::core::var::{TensorVar, Var};
use crate::ops::gradients;
use crate::params::BoundParams;
use crate::transform::level::Level;
use tensor::Tensor;

/// Variables on one tape: one, an array, `Vec`, slice or tuple of them, bound parameters, or a reference to one of
/// these.
///
/// [`grads`](Var::grads) returns the same structure of gradients.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a structure of variables on the tape of the result",
    label = "expected a `Var`, `&BoundParams`, or an array, `Vec`, slice or tuple of them",
    note = "all variables must be on one tape and have its element type"
)]
pub trait Vars<'t> {
    /// The element type of the tape.
    type Elem: Scalar;
    /// The structure of gradients, and of tangents.
    type Grads;
    /// Visits the variables in order.
    #[doc(hidden)]
    fn vars(&self, f: &mut dyn FnMut(Erased<'t, Self::Elem>));
    /// Builds the gradients, in the same order.
    #[doc(hidden)]
    fn build(&self, next: &mut dyn FnMut() -> Erased<'t, Self::Elem>) -> Self::Grads;
    /// Visits gradients or tangents, in the same order.
    #[doc(hidden)]
    fn parts(grads: &Self::Grads, f: &mut dyn FnMut(Erased<'t, Self::Elem>));
}

impl<'t, V: Value> Vars<'t> for Var<'t, V> {
    type Elem = V::Elem;
    type Grads = Var<'t, V>;
    fn vars(&self, f: &mut dyn FnMut(Erased<'t, V::Elem>)) {
        f(self.erase());
    }
    fn build(&self, next: &mut dyn FnMut() -> Erased<'t, V::Elem>) -> Var<'t, V> {
        next().var()
    }
    fn parts(grads: &Var<'t, V>, f: &mut dyn FnMut(Erased<'t, V::Elem>)) {
        f(grads.erase());
    }
}

impl<'t, X: Vars<'t> + ?Sized> Vars<'t> for &X {
    type Elem = X::Elem;
    type Grads = X::Grads;
    fn vars(&self, f: &mut dyn FnMut(Erased<'t, X::Elem>)) {
        X::vars(self, f);
    }
    fn build(&self, next: &mut dyn FnMut() -> Erased<'t, X::Elem>) -> X::Grads {
        X::build(self, next)
    }
    fn parts(grads: &X::Grads, f: &mut dyn FnMut(Erased<'t, X::Elem>)) {
        X::parts(grads, f);
    }
}

macro_rules! sequence_vars {
    ($([$($generics:tt)*] $v:ty, $grads:ty, $build:expr;)*) => {$(
        impl<'t, X: Vars<'t>, $($generics)*> Vars<'t> for $v {
            type Elem = X::Elem;
            type Grads = $grads;
            fn vars(&self, f: &mut dyn FnMut(Erased<'t, X::Elem>)) {
                self.iter().for_each(|x| x.vars(f));
            }
            fn build(&self, next: &mut dyn FnMut() -> Erased<'t, X::Elem>) -> $grads {
                $build(self, next)
            }
            fn parts(grads: &$grads, f: &mut dyn FnMut(Erased<'t, X::Elem>)) {
                grads.iter().for_each(|g| X::parts(g, f));
            }
        }
    )*};
}

/// Where a structure takes its gradients from.
type Next<'a, 't, T> = &'a mut dyn FnMut() -> Erased<'t, T>;

fn collect<'t, X: Vars<'t>>(xs: &[X], next: Next<'_, 't, X::Elem>) -> Vec<X::Grads> {
    xs.iter().map(|x| x.build(next)).collect()
}

sequence_vars! {
    [const N: usize] [X; N], [X::Grads; N], |xs: &[X; N], next: Next<'_, 't, X::Elem>| {
        std::array::from_fn(|i| xs[i].build(next))
    };
    [] [X], Vec<X::Grads>, collect;
    [] Vec<X>, Vec<X::Grads>, collect;
}

macro_rules! tuple_vars {
    ($($x:ident $i:tt),+) => {
        impl<'t, T: Scalar, $($x: Vars<'t, Elem = T>),+> Vars<'t> for ($($x,)+) {
            type Elem = T;
            type Grads = ($($x::Grads,)+);
            fn vars(&self, f: &mut dyn FnMut(Erased<'t, T>)) {
                $(self.$i.vars(f);)+
            }
            fn build(&self, next: &mut dyn FnMut() -> Erased<'t, T>) -> Self::Grads {
                ($(self.$i.build(next),)+)
            }
            fn parts(grads: &Self::Grads, f: &mut dyn FnMut(Erased<'t, T>)) {
                $($x::parts(&grads.$i, f);)+
            }
        }
    };
}
tuples!(tuple_vars!);

/// All parameters of a store. The gradient of a frozen parameter is 0.
impl<'t, T: Scalar> Vars<'t> for BoundParams<'_, 't, T> {
    type Elem = T;
    type Grads = ByParam<TensorVar<'t, T>>;
    fn vars(&self, f: &mut dyn FnMut(Erased<'t, T>)) {
        self.params().keys().for_each(|p| f(self.var(p).erase()));
    }
    fn build(&self, next: &mut dyn FnMut() -> Erased<'t, T>) -> Self::Grads {
        ByParam::in_order(self.params().keys().map(|p| (p, next().var())))
    }
    fn parts(grads: &Self::Grads, f: &mut dyn FnMut(Erased<'t, T>)) {
        grads.iter().for_each(|(_, g)| f(g.erase()));
    }
}

impl<'t, V: Value> Var<'t, V> {
    /// Returns the gradient with respect to `x` as a variable on the same tape, which can be differentiated again, to
    /// any order. Zeros if `self` does not depend on `x`.
    ///
    /// ```
    /// use autograd::Tape;
    /// let tape = Tape::new();
    /// let x = tape.var(2.0_f64);
    /// let p = x.powi(5);
    /// let d3 = p.grad(x).grad(x).grad(x);
    /// assert_eq!(d3.value(), 60.0 * 4.0);
    /// ```
    ///
    /// # Panics
    /// If `self` does not have exactly one element (sum it first, or use [`grad_with`](Var::grad_with)), or `x` is on
    /// another tape.
    #[track_caller]
    pub fn grad<W: Value<Elem = V::Elem>>(self, x: Var<'t, W>) -> Var<'t, W> {
        gradients::require_one_element("grad", "grad_with(x, &v)", &self.shape());
        self.pullback("grad", x, Tensor::ones(self.shape()))
    }

    /// Returns the gradient of `<cotangent, self>` with respect to `x` as a variable, like [`grad`](Var::grad), for
    /// tensors of any shape.
    ///
    /// ```
    /// use autograd::Tape;
    /// use tensor::tensor;
    /// let tape = Tape::new();
    /// let x = tape.var(tensor![1.0, 2.0]);
    /// let pulled = (x * x).grad_with(x, &tensor![1.0, 10.0]); // 2 x times the cotangent
    /// assert_eq!(pulled.value(), tensor![2.0, 40.0]);
    /// assert_eq!(pulled.sum().grad(x).value(), tensor![2.0, 20.0]);
    /// ```
    ///
    /// # Panics
    /// If `x` is on another tape, or the shape of the cotangent differs from that of `self`.
    #[track_caller]
    pub fn grad_with<W: Value<Elem = V::Elem>>(self, x: Var<'t, W>, cotangent: &V) -> Var<'t, W> {
        let cotangent = cotangent.to_tensor();
        gradients::require_shape("grad_with", &self.shape(), cotangent.shape());
        self.pullback("grad", x, cotangent)
    }

    /// Returns the gradients with respect to several variables, in their structure, from one recorded sweep. Like the
    /// result of [`grad`](Var::grad), they are variables on the same tape; zeros where `self` does not depend on one.
    ///
    /// The structure is an array, `Vec`, slice or tuple of variables, or [`BoundParams`]: the gradients are then
    /// indexed by parameter, as in `gradients.get(key)`.
    ///
    /// ```
    /// use autograd::{Params, Tape};
    /// use tensor::tensor;
    /// let tape = Tape::new();
    /// let (x, t) = (tape.var(2.0), tape.var(3.0));
    /// let u = x * x * t;
    /// let (u_x, u_t) = u.grads((x, t));
    /// assert_eq!((u_x.value(), u_t.value()), (12.0, 4.0));
    /// assert_eq!(u_x.grad(t).value(), 4.0);
    ///
    /// let mut params = Params::new();
    /// let w = params.add("w", tensor![1.0, 2.0]);
    /// let net = params.bind(&tape);
    /// let g = (net.var(w).square().sum() * x).grads(&net);
    /// assert_eq!(g.get(w).value(), tensor![4.0, 8.0]);
    /// assert_eq!(g.get(w).sum().backward().wrt(x), 6.0);
    /// ```
    ///
    /// # Panics
    /// If `self` does not have exactly one element, a variable is on another tape, or there are no variables.
    #[track_caller]
    pub fn grads<X: Vars<'t, Elem = V::Elem>>(self, x: X) -> X::Grads {
        gradients::require_one_element("grads", "grads_with(x, &v)", &self.shape());
        self.pullback("grads", x, Tensor::ones(self.shape()))
    }

    /// Returns the gradients of `<cotangent, self>` with respect to several variables, like [`grads`](Var::grads), for
    /// tensors of any shape.
    ///
    /// # Panics
    /// If a variable is on another tape, there are no variables, or the shape of the cotangent differs from that of
    /// `self`.
    #[track_caller]
    pub fn grads_with<X: Vars<'t, Elem = V::Elem>>(self, x: X, cotangent: &V) -> X::Grads {
        let cotangent = cotangent.to_tensor();
        gradients::require_shape("grads_with", &self.shape(), cotangent.shape());
        self.pullback("grads", x, cotangent)
    }

    #[track_caller]
    fn pullback<X: Vars<'t, Elem = V::Elem>>(self, method: &str, x: X, seed: Tensor<V::Elem>) -> X::Grads {
        let vars = visited(method, &x);
        let tape = match (self.tape, record::common_tape(&vars, method)) {
            (tape, None) => tape,
            (tape, of_vars) => record::common(tape, of_vars, method),
        };
        let Some(tape) = tape else {
            self.on_tape();
            unreachable!("a variable without a tape was refused")
        };
        let targets: Vec<u32> = vars.iter().map(|x| x.id).collect();
        let seed = higher_order::constant_seed(tape, self.id, seed);
        let found = V::Elem::recorded(tape, self.id, seed, &targets, Wanted::Values);
        let mut found = found.into_iter().zip(targets);
        x.build(&mut || {
            let (g, target) = next(&mut found);
            or_zeros(tape, g, target)
        })
    }

    /// Returns the tangent of this value for given tangents of the variables `x`, as a variable on the same tape: the
    /// directional derivative `Σ ∂self/∂x · direction`, which can be differentiated again, to any order. Zeros if
    /// `self` does not depend on `x`.
    ///
    /// This is a recorded forward sweep. It costs about as much as evaluating the operations between `x` and `self`,
    /// and gives the derivative of every element of a tensor along one direction: for a network that maps rows to
    /// rows, the derivative of each output by the input of its row. Second derivatives along a direction take two
    /// tangents:
    ///
    /// ```
    /// use autograd::Tape;
    /// use tensor::tensor;
    /// let tape = Tape::new();
    /// let x = tape.var(tensor![0.0, 1.0, 2.0]);
    /// let one = x.like(tensor![1.0, 1.0, 1.0]);
    /// let u = x.powi(3);
    /// let u_x = u.tangent(x, one);
    /// let u_xx = u_x.tangent(x, one);
    /// assert_eq!(u_x.value(), tensor![0.0, 3.0, 12.0]);
    /// assert_eq!(u_xx.value(), tensor![0.0, 6.0, 12.0]);
    /// ```
    ///
    /// # Panics
    /// If a variable or a direction is on another tape, a direction does not have the shape of its variable, or there
    /// are no variables.
    #[track_caller]
    pub fn tangent<X: Vars<'t, Elem = V::Elem>>(self, x: X, direction: X::Grads) -> Var<'t, V> {
        let vars = visited("tangent", &x);
        let mut directions = Vec::with_capacity(vars.len());
        X::parts(&direction, &mut |part| directions.push(part));
        let of_vars = record::common_tape(&vars, "tangent");
        let of_directions = record::common_tape(&directions, "tangent");
        record::common(of_vars, of_directions, "tangent");
        let tape = record::common(of_vars, self.tape, "tangent");
        require_directions("tangent", &vars, &directions);
        let Some(tape) = tape else {
            self.on_tape();
            unreachable!("a variable without a tape was refused")
        };
        let sources: Vec<(u32, Erased<'t, V::Elem>)> = vars.iter().map(|x| x.id).zip(directions).collect();
        match V::Elem::recorded_tangents(tape, &[self.id], &sources).pop().flatten() {
            Some(tangent) => tangent.var(),
            None => or_zeros(tape, None, self.id).var(),
        }
    }

    /// Returns a constant on the tape of this variable: the point of an inner function.
    ///
    /// ```
    /// use autograd::grad;
    /// let d = grad(|x| x * grad(|y| x * y * y, x.like(3.0)), 2.0);
    /// assert_eq!(d, 24.0); // the inner gradient is 2 x y, so the outer function is 6 x²
    /// ```
    ///
    /// # Panics
    /// If this is a constant without a tape.
    #[track_caller]
    pub fn like<W: ValueOf<V::Elem>>(self, value: W) -> Var<'t, W::Value> {
        self.on_tape().constant(value)
    }
}

/// The variables of a structure.
///
/// # Panics
/// If there are none.
#[track_caller]
fn visited<'t, X: Vars<'t>>(method: &str, x: &X) -> Vec<Erased<'t, X::Elem>> {
    let mut vars = Vec::new();
    x.vars(&mut |var| vars.push(var));
    assert!(
        !vars.is_empty(),
        "{method}: expected at least one variable, got an empty structure; pass the variables to differentiate with \
         respect to"
    );
    vars
}

/// Panics unless each direction has the shape of its variable.
#[track_caller]
pub(crate) fn require_directions<T: Scalar>(method: &str, vars: &[Erased<'_, T>], directions: &[Erased<'_, T>]) {
    let shapes = |parts: &[Erased<'_, T>]| parts.iter().map(Nested::shape).collect::<Vec<_>>();
    super::vjp::require_shapes(method, &shapes(vars), &shapes(directions));
}
