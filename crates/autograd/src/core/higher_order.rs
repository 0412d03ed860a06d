//! The recorded sweep: a reverse sweep on variables, whose result is on the tape and can be differentiated again.
//!
//! It runs the same rules as the reverse sweep: [`Number`] for scalars and [`Array`] for tensors are implemented here by
//! variables, so that every step of a rule records an operation.

use crate::core::custom;
use crate::core::node::Operand;
use crate::core::record;
use crate::core::tape::Tape;
use crate::core::value::{Scalar, Value};
use crate::core::var::Var;
use crate::fast::code;
use crate::fast::nodes::NONE;
use crate::rules::array::{Array, Product};
use crate::rules::linear::Weights;
use crate::rules::select::Compare;
use crate::rules::{self, Arrange, Binary, Bounds, Op, Unary};
use tensor::elementwise::map2;
use tensor::{Number, Real, Shape, Tensor};

macro_rules! number_for_var {
    ([$($t:tt)*] $v:ty, $($rest:tt)*) => {
        impl<'t, $($t)*> Number for Var<'t, $v> {
            $($rest)*
            #[track_caller]
            fn powi(self, n: i32) -> Self { record::unary(Unary::Powi(n), self, |x| x.powi(n)) }
            fn polygamma(self, n: u32) -> Self { Var::polygamma(self, n) }
            fn powf(self, exponent: Self) -> Self { self.binary(Binary::Pow, exponent) }
            fn atan2(self, other: Self) -> Self { self.binary(Binary::Atan2, other) }
            fn hypot(self, other: Self) -> Self { self.binary(Binary::Hypot, other) }
            fn rem(self, other: Self) -> Self { self.binary(Binary::Rem, other) }
            fn log_add_exp(self, other: Self) -> Self { self.binary(Binary::LogAddExp, other) }
            fn recip(self) -> Self { self.unary(Unary::Recip) }
            fn maximum(self, other: Self) -> Self { self.binary(Binary::Maximum, other) }
            fn minimum(self, other: Self) -> Self { self.binary(Binary::Minimum, other) }
            fn sign(self) -> Self { self.unary(Unary::Sign) }
            fn heaviside(self) -> Self { self.unary(Unary::Heaviside) }
            fn mul_add(self, other: Self, addend: Self) -> Self { self * other + addend }
            fn absent_mul(self, other: Self) -> Self { self.binary(Binary::AbsentMul, other) }
            fn direction(self, other: Self) -> Self { self.binary(Binary::Direction, other) }
            fn inversion(self, other: Self) -> Self { self.binary(Binary::Inversion, other) }
            fn pow_base(self, exponent: Self) -> Self { self.binary(Binary::PowBase, exponent) }
            fn pow_exponent(self, exponent: Self) -> Self { self.binary(Binary::PowExponent, exponent) }
            number_for_var!(@unary sqrt Sqrt cbrt Cbrt exp Exp exp2 Exp2 exp_m1 ExpM1 ln Ln log2 Log2 log10 Log10
                ln_1p Ln1p sin Sin cos Cos tan Tan asin Asin acos Acos atan Atan sinh Sinh cosh Cosh tanh Tanh
                abs Abs floor Floor ceil Ceil round Round trunc Trunc asinh Asinh acosh Acosh atanh Atanh
                sigmoid Sigmoid softplus Softplus erf Erf erfc Erfc ln_gamma LnGamma
                bell Bell twice Twice one_minus_square OneMinusSquare lorentzian Lorentzian);
        }
    };
    (@unary $($name:ident $op:ident)*) => {
        $( fn $name(self) -> Self { record::unary(Unary::$op, self, |x| x.$name()) } )*
    };
}

// A branch on numbers is taken when it is recorded.
number_for_var! { [T: Scalar] T,
    type Mask = bool;
    fn lit(self, value: f64) -> Self { Var { tape: self.tape, id: NONE, carried: T::from_f64(value) } }
    fn is_gt(self, other: Self) -> bool { self.carried > other.carried }
    fn is_ge(self, other: Self) -> bool { self.carried >= other.carried }
    fn is_eq(self, other: Self) -> bool { self.carried == other.carried }
    fn select(mask: bool, yes: Self, no: Self) -> Self { if mask { yes } else { no } }
    fn flat(self) -> Self {
        // 0 is its own derivative: only a NaN needs a node
        if Real::is_nan(self.carried) { self.unary(Unary::Flat) } else { self.lit(0.0) }
    }
    fn quotient_slope(self, divisor: Self) -> Self {
        let quotient = self.carried / divisor.carried;
        divisor.recip().nan_unless(!Real::is_nan(quotient), [self, divisor])
    }
    fn nan_unless<const K: usize>(self, mask: bool, of: [Self; K]) -> Self {
        if mask { self } else { (total(self, of) + self.lit(f64::NAN)).flat() }
    }
}

// On tensors a branch is a mask: a constant on the tape.
number_for_var! { [T: Scalar] Tensor<T>,
    type Mask = Self;
    fn lit(self, value: f64) -> Self { self.on_tape().constant(Tensor::scalar(T::from_f64(value))) }
    fn is_gt(self, other: Self) -> Self { compare(Compare::Gt, self, other) }
    fn is_ge(self, other: Self) -> Self { compare(Compare::Ge, self, other) }
    fn is_eq(self, other: Self) -> Self { compare(Compare::Eq, self, other) }
    fn select(mask: Self, yes: Self, no: Self) -> Self { Var::where_(yes, &mask.primal(), no) }
    fn flat(self) -> Self {
        if self.primal().is_finite() { self.lit(0.0) } else { self.unary(Unary::Flat) }
    }
    fn quotient_slope(self, divisor: Self) -> Self {
        let quotient = self.on_tape().constant(T::apply_binary(Binary::Div, &self.primal(), &divisor.primal()));
        divisor.recip().nan_unless(quotient.is_eq(quotient), [self, divisor])
    }
    fn nan_unless<const K: usize>(self, mask: Self, of: [Self; K]) -> Self {
        if mask.primal().to_vec().iter().all(|&m| m != T::ZERO) {
            return self;
        }
        // Added, not chosen: a NaN not taken would spoil the derivatives of a strict tape.
        self + Self::select(mask, self.lit(0.0), total(self, of) + self.lit(f64::NAN)).flat()
    }
}

/// The sum of the variables that `x` is computed from.
fn total<N: Number, const K: usize>(x: N, of: [N; K]) -> N {
    of.into_iter().reduce(|a, b| a + b).unwrap_or(x)
}

fn compare<'t, T: Scalar>(c: Compare, a: Var<'t, Tensor<T>>, b: Var<'t, Tensor<T>>) -> Var<'t, Tensor<T>> {
    let tape = a.on_tape();
    tape.constant(map2("compare", &c, &a.primal(), &b.primal()))
}

impl<'t, T: Scalar> Array for Var<'t, Tensor<T>> {
    type T = T;

    fn shape(&self) -> Shape {
        (*self).shape()
    }
    #[track_caller]
    fn apply(op: Op<T>, xs: &[&Self]) -> Self {
        let ids: smallvec::SmallVec<[u32; 4]> = xs.iter().map(|x| x.id).collect();
        xs[0].on_tape().record(op, &ids)
    }
    fn constant(&self, value: Tensor<T>) -> Self {
        self.on_tape().constant(value)
    }
    fn primal(&self) -> Tensor<T> {
        (*self).value()
    }
    fn weights(slope: &Weights<Self>) -> Self {
        match slope {
            Weights::Given(w) => *w,
            Weights::Unary(op, x, y) => op.derivative(**x, **y),
            Weights::Binary(op, k, a, b) => op.wrt(*k, **a, **b),
        }
    }
    fn clamp_slope(bounds: Bounds, k: usize, [x, lo, hi]: [&Self; 3]) -> Self {
        bounds.slope(k, *x, *lo, *hi)
    }
    fn direction(x: &Self, _: &Self, axes: &[usize]) -> Self {
        Self::apply(Op::Direction(axes.into()), &[x])
    }
}

/// The adjoint of a node while a gradient is recorded: itself a variable.
#[derive(Clone, Copy)]
pub(crate) enum Adjoint<'t, T: Scalar> {
    Number(Var<'t, T>),
    Tensor(Var<'t, Tensor<T>>),
}

/// `g * d`, leaving out a factor that is the constant 1.
fn weigh<'t, T: Scalar>(p: Product, g: Var<'t, T>, d: Var<'t, T>) -> Var<'t, T> {
    if d.id == NONE && d.carried == T::ONE {
        g
    } else if g.id == NONE && g.carried == T::ONE {
        d
    } else {
        g.binary(p.op(), d)
    }
}

impl<'t, T: Scalar> Adjoint<'t, T> {
    /// The adjoint of a variable of this kind.
    pub(crate) fn into_var<V: Value<Elem = T>>(self) -> Var<'t, V> {
        let g = match self {
            Adjoint::Number(g) => g.erase(),
            Adjoint::Tensor(g) => g.erase(),
        };
        debug_assert_eq!(g.is_scalar, V::IS_SCALAR, "a node's adjoint is of the node's kind");
        Var { tape: g.tape, id: g.id, carried: V::carry(g.scalar) }
    }
}

/// Adds a contribution to an adjoint; the first one takes its place.
fn add<'t, T: Scalar>(adjoint: &mut Option<Adjoint<'t, T>>, contribution: Adjoint<'t, T>) {
    *adjoint = Some(match (*adjoint, contribution) {
        (None, contribution) => contribution,
        (Some(Adjoint::Number(a)), Adjoint::Number(b)) => Adjoint::Number(a + b),
        (Some(Adjoint::Tensor(a)), Adjoint::Tensor(b)) => Adjoint::Tensor(a + b),
        _ => unreachable!("a node's adjoint is of the node's kind"),
    });
}

/// The number at a node: a constant if the node is one.
pub(crate) fn number_at<T: Scalar>(tape: &Tape<T>, id: u32) -> Var<'_, T> {
    let carried = tape.nodes.value(id);
    let id = if tape.nodes.code(id) == code::CONST { NONE } else { id };
    Var { tape: Some(tape), id, carried }
}

/// The tensor at a node; a number as a 0-d one.
pub(crate) fn tensor_at<T: Scalar>(tape: &Tape<T>, id: u32) -> Var<'_, Tensor<T>> {
    match tape.nodes.code(id) {
        code::TENSOR => Var { tape: Some(tape), id, carried: () },
        _ => tape.record(Op::Stack { lift: true }, &[id]),
    }
}

/// A scalar operand as a variable; a constant is one without a node.
fn scalar_at<T: Scalar>(tape: &Tape<T>, operand: Operand<T>) -> Var<'_, T> {
    match operand {
        Operand::Node(id) => number_at(tape, id),
        Operand::Const(carried) => Var { tape: Some(tape), id: NONE, carried },
    }
}

/// A contribution in the operand's shape: summed over what was broadcast, or broadcast over what the rule left out.
pub(crate) fn fitted<'t, T: Scalar>(contribution: Var<'t, Tensor<T>>, shape: &Shape) -> Var<'t, Tensor<T>> {
    if crate::core::reverse::stretches(&contribution.shape(), shape) {
        Array::broadcast_to(&contribution, shape)
    } else {
        Array::sum_to(&contribution, shape)
    }
}

/// What a recorded gradient is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Its values, and whatever is computed from them.
    Values,
    /// Its tangents alone: the values of its last products need not be computed.
    Tangents,
}

/// Whether a node depends on a target, given that for all nodes from `low` on; no node below does.
fn is_wanted(wanted: &[bool], low: u32, id: u32) -> bool {
    id >= low && wanted[(id - low) as usize]
}

/// A reverse sweep that records what it computes.
struct Sweep<'t, T: Scalar> {
    tape: &'t Tape<T>,
    product: Product,
    wanted_for: Wanted,
    /// The lowest node of interest; everything below is left alone.
    low: u32,
    /// Whether a node depends on one of the targets (from `low` on).
    wanted: Vec<bool>,
    adjoints: Vec<Option<Adjoint<'t, T>>>,
}

impl<'t, T: Scalar> Sweep<'t, T> {
    fn new(tape: &'t Tape<T>, root: u32, targets: &[u32], wanted_for: Wanted) -> Self {
        let low = targets.iter().copied().min().unwrap_or(root);
        let mut wanted = vec![false; (root + 1 - low) as usize];
        for id in low..=root {
            let mut depends = targets.contains(&id);
            if !depends {
                tape.for_each_operand(id, |operand| depends |= is_wanted(&wanted, low, operand));
            }
            wanted[(id - low) as usize] = depends;
        }
        let adjoints = vec![None; wanted.len()];
        Sweep { tape, product: tape.product(), wanted_for, low, wanted, adjoints }
    }

    fn wants(&self, id: u32) -> bool {
        is_wanted(&self.wanted, self.low, id)
    }

    fn give(&mut self, id: u32, contribution: Adjoint<'t, T>) {
        if self.wants(id) {
            add(&mut self.adjoints[(id - self.low) as usize], contribution);
        }
    }

    /// Gives an operand the contribution of a tensor rule, in the operand's own shape and kind.
    fn give_tensor(&mut self, id: u32, contribution: Var<'t, Tensor<T>>) {
        let shape = self.tape.shape(id);
        let contribution = fitted(contribution, &shape);
        self.give(
            id,
            match self.tape.nodes.code(id) {
                code::TENSOR => Adjoint::Tensor(contribution),
                _ => Adjoint::Number(self.tape.record(Op::Arrange(Arrange::Reshape(shape)), &[contribution.id])),
            },
        );
    }

    fn run(&mut self, root: u32, targets: &[u32]) {
        for id in (self.low..=root).rev() {
            if !self.wants(id) {
                continue;
            }
            let Some(g) = self.adjoints[(id - self.low) as usize] else { continue };
            match (self.tape.nodes.code(id), g) {
                (code::TENSOR | code::RECORD, g) => self.record(id, g),
                (_, Adjoint::Number(g)) => self.scalar(id, g),
                (_, Adjoint::Tensor(_)) => unreachable!("a scalar's adjoint is a scalar"),
            }
            if !targets.contains(&id) {
                self.adjoints[(id - self.low) as usize] = None;
            }
        }
    }

    /// Gives each operand of a scalar operation the adjoint times its partial derivative.
    fn scalar(&mut self, id: u32, g: Var<'t, T>) {
        let (tape, product, low, wanted) = (self.tape, self.product, self.low, &self.wanted);
        let wants = |id: u32| is_wanted(wanted, low, id);
        let adjoints = &mut self.adjoints;
        let give = |_, operand: u32, d| {
            add(&mut adjoints[(operand - low) as usize], Adjoint::Number(weigh(product, g, d)));
        };
        tape.read(id, |node| node.partials(number_at(tape, id), |x| scalar_at(tape, x), wants, give));
    }

    /// Gives each operand of a tensor operation its contribution, by the operation's rule.
    fn record(&mut self, id: u32, g: Adjoint<'t, T>) {
        let (op, operands) = {
            let (slot, records) = (self.tape.nodes.args(id)[0] as usize, self.tape.records.borrow());
            (records[slot].op.clone(), records[slot].operands.clone())
        };
        if !operands.iter().any(|&o| self.wants(o)) {
            return;
        }
        let g = match g {
            Adjoint::Tensor(g) => g,
            Adjoint::Number(g) => g.to_tensor(),
        };
        let y = tensor_at(self.tape, id);
        let xs: Vec<Var<'t, Tensor<T>>> = operands.iter().map(|&o| tensor_at(self.tape, o)).collect();
        if let Op::Custom(op) = &op {
            // One call gives the contributions to all operands. It may look at values that it computes on the way.
            for (&operand, share) in operands.iter().zip(custom::vjp_recorded(op, g, &xs, y)) {
                if self.wants(operand) {
                    self.give_tensor(operand, share);
                }
            }
            return;
        }
        let xs: Vec<&Var<'t, Tensor<T>>> = xs.iter().collect();
        for (k, &operand) in operands.iter().enumerate() {
            if self.wants(operand) {
                let unseen = self.wanted_for == Wanted::Tangents && self.tape.is_leaf(operand);
                let share = self.tape.leaving_out_products(unseen, || rules::vjp(self.product, &op, k, &g, &xs, &y));
                self.give_tensor(operand, share);
            }
        }
    }
}

/// A plain cotangent of a node, as a constant for [`gradients`] to start with.
pub(crate) fn constant_seed<T: Scalar>(tape: &Tape<T>, root: u32, seed: Tensor<T>) -> Adjoint<'_, T> {
    if root != NONE && tape.nodes.code(root) == code::TENSOR {
        Adjoint::Tensor(tape.constant(seed))
    } else {
        Adjoint::Number(Var { tape: Some(tape), id: NONE, carried: seed.item() })
    }
}

/// The recorded gradients of `<seed, root>` with respect to the targets; `None` where the root does not depend on one.
///
/// The seed is not differentiated, and the sweep stops at the targets: what they were computed from is left alone.
pub(crate) fn gradients<'t, T: Scalar>(
    tape: &'t Tape<T>,
    root: u32,
    seed: Adjoint<'t, T>,
    targets: &[u32],
    wanted_for: Wanted,
) -> Vec<Option<Adjoint<'t, T>>> {
    let known: Vec<u32> = targets.iter().copied().filter(|&t| t != NONE && t <= root).collect();
    if root == NONE || known.is_empty() || !tape.is_tracked(root) {
        return vec![None; targets.len()];
    }
    let mut sweep = Sweep::new(tape, root, &known, wanted_for);
    sweep.give(root, seed);
    sweep.run(root, &known);
    targets.iter().map(|t| sweep.adjoints.get(t.wrapping_sub(sweep.low) as usize).copied().flatten()).collect()
}
