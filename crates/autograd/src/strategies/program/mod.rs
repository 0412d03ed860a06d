//! Random programs: directed acyclic graphs of operations on scalars and tensors, with shared nodes.

mod arrays;
mod elementwise;
mod text;

use crate::core::tape::Tape;
use crate::core::var::{TensorVar, Var};
use arrays::Arrays;
use elementwise::{Binary, Unary};
use proptest::collection::{SizeRange, vec};
use proptest::prelude::*;
use tensor::{Shape, Tensor};

/// A random program: inputs, steps that operate on earlier values, and a scalar result.
///
/// It displays as the expression that it computes. See [`program`].
#[derive(Clone, PartialEq)]
pub struct Program {
    /// All tensors broadcast to (n, n).
    n: usize,
    inputs: Vec<Source>,
    steps: Vec<Step>,
}

/// An input: its value, whether it is a scalar, and whether it is a variable or a constant.
#[derive(Clone, Debug, PartialEq)]
struct Source {
    value: Tensor<f64>,
    is_scalar: bool,
    tracked: bool,
}

/// An operation on earlier values, by index: inputs come first, then steps.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Step {
    op: Op,
    a: usize,
    b: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Op {
    Unary(Unary),
    Binary(Binary),
    Arrays(Arrays),
}

impl Op {
    fn text(self) -> &'static str {
        match self {
            Op::Unary(op) => op.text(),
            Op::Binary(op) => op.text(),
            Op::Arrays(op) => op.text(),
        }
    }

    /// Whether the operation uses the second operand.
    fn is_binary(self) -> bool {
        self.text().contains("{1}")
    }
}

/// A value while a program runs.
#[derive(Clone, Copy, Debug)]
enum Handle<'t> {
    Scalar(Var<'t, f64>),
    Tensor(TensorVar<'t>),
}

impl Program {
    /// The values of the variables, scalars and tensors: the point at which to differentiate.
    pub fn point(&self) -> (Vec<f64>, Vec<Tensor<f64>>) {
        let tracked = || self.inputs.iter().filter(|x| x.tracked);
        let scalars = tracked().filter(|x| x.is_scalar).map(|x| x.value.item()).collect();
        (scalars, tracked().filter(|x| !x.is_scalar).map(|x| x.value.clone()).collect())
    }

    /// Runs the program on variables in the structure of [`point`](Program::point), and records its constants on their
    /// tape.
    ///
    /// # Panics
    /// If there are fewer variables than in [`point`](Program::point).
    #[track_caller]
    pub fn run<'t>(&self, (scalars, tensors): (Vec<Var<'t, f64>>, Vec<TensorVar<'t>>)) -> Var<'t, f64> {
        let tape = scalars.first().and_then(|x| x.tape()).or_else(|| tensors.first().and_then(|x| x.tape()));
        let Some(tape) = tape else { panic!("run: expected at least one variable, got none") };
        let (mut scalars, mut tensors) = (scalars.into_iter(), tensors.into_iter());
        let mut values: Vec<Handle<'t>> = Vec::with_capacity(self.inputs.len() + self.steps.len());
        for input in &self.inputs {
            let value = match (input.tracked, input.is_scalar) {
                (true, true) => scalars.next().map(Handle::Scalar),
                (true, false) => tensors.next().map(Handle::Tensor),
                (false, true) => Some(Handle::Scalar(tape.constant(input.value.item()))),
                (false, false) => Some(Handle::Tensor(tape.constant(input.value.clone()))),
            };
            match value {
                Some(value) => values.push(value),
                None => panic!("run: expected {} variables, as in `point`, got fewer", self.variables()),
            }
        }
        for step in &self.steps {
            let (a, b) = (values[step.a], values[step.b]);
            values.push(match step.op {
                Op::Unary(op) => op.apply(a),
                Op::Binary(op) => op.apply(a, b),
                Op::Arrays(op) => op.apply(a, b, self.n),
            });
        }
        self.results().into_iter().map(|i| values[i].into_scalar()).fold(tape.constant(0.0), |sum, x| sum + x)
    }

    /// Creates the variables of [`point`](Program::point) on a tape, runs the program, and returns its result.
    pub fn record<'t>(&self, tape: &'t Tape<f64>) -> Var<'t, f64> {
        let (scalars, tensors) = self.point();
        let scalars = scalars.into_iter().map(|x| tape.var(x)).collect();
        self.run((scalars, tensors.into_iter().map(|x| tape.var(x)).collect()))
    }

    /// The number of variables.
    pub fn variables(&self) -> usize {
        self.inputs.iter().filter(|x| x.tracked).count()
    }

    /// The number of operations.
    pub fn steps(&self) -> usize {
        self.steps.len()
    }

    /// The values that no other step uses, whose sum is the result; the first input if there are no steps.
    fn results(&self) -> Vec<usize> {
        let first = self.inputs.len();
        if self.steps.is_empty() {
            return vec![0];
        }
        let used = |i: usize| self.steps.iter().any(|s| s.a == i || (s.op.is_binary() && s.b == i));
        (first..first + self.steps.len()).filter(|&i| !used(i)).collect()
    }
}

impl<'t> Handle<'t> {
    fn into_scalar(self) -> Var<'t, f64> {
        match self {
            Handle::Scalar(x) => x,
            Handle::Tensor(x) => x.sum(),
        }
    }
}

/// Random programs with numbers of inputs and operations in the given ranges.
///
/// Inputs are scalars and small tensors, each a variable or a constant; the first is a variable. Operations use any
/// earlier values, also the same value several times. Values stay moderate for programs of any length. Some programs
/// have kinks. Programs shrink to few steps and few inputs.
///
/// ```
/// use autograd::{gradcheck, strategies};
/// use proptest::prelude::*;
/// proptest! {
///     # #![proptest_config(ProptestConfig::with_cases(4))]
///     fn reverse_mode_is_right(p in strategies::program(1..4, 1..8)) {
///         gradcheck(|x| p.run(x), p.point()).run()?;
///     }
/// }
/// # reverse_mode_is_right();
/// ```
pub fn program(inputs: impl Into<SizeRange>, ops: impl Into<SizeRange>) -> impl Strategy<Value = Program> {
    let input = (0..6usize, vec(-2.0..2.0, 9), prop::bool::weighted(0.8));
    let step = (any::<prop::sample::Index>(), 0..6usize, 0..6usize);
    let (inputs, ops) = (inputs.into(), ops.into());
    (1..=3usize, vec(input, inputs + 1), vec(step, ops)).prop_map(|(n, inputs, steps)| {
        let mut program = Program { n, inputs: Vec::new(), steps: Vec::new() };
        for (k, (shape, values, tracked)) in inputs.into_iter().enumerate() {
            program.add_input(shape, &values, tracked || k == 0);
        }
        let mut builder = Builder { bounds: vec![2.0; program.inputs.len()], program };
        for (op, a, b) in steps {
            builder.step(pick(op), a, b);
        }
        builder.program
    })
}

/// Picks an operation, each of the three kinds with the same probability.
fn pick(index: prop::sample::Index) -> Op {
    let i = index.index(3 * 120);
    match i % 3 {
        0 => Op::Binary(Binary::ALL[i / 3 % Binary::ALL.len()]),
        1 => Op::Unary(Unary::ALL[i / 3 % Unary::ALL.len()]),
        _ => Op::Arrays(Arrays::ALL[i / 3 % Arrays::ALL.len()]),
    }
}

impl Program {
    /// Adds an input of one of six kinds: 0 and 1 are scalars, the others tensors.
    fn add_input(&mut self, kind: usize, values: &[f64], tracked: bool) {
        let n = self.n;
        let shape = match kind {
            0 | 1 => Shape::from(()),
            2 => Shape::from([n]),
            3 => Shape::from([n, n]),
            4 => Shape::from([n, 1]),
            _ => Shape::from([1, n]),
        };
        let value = Tensor::from_vec(&shape, &values[..shape.size()]);
        self.inputs.push(Source { value, is_scalar: kind < 2, tracked });
    }
}

/// A program under construction, with bounds on the absolute values of its inputs and steps.
struct Builder {
    program: Program,
    bounds: Vec<f64>,
}

impl Builder {
    /// Adds a step on the values `a` and `b` positions before the last. Operands that are too large pass through a
    /// sine first.
    fn step(&mut self, op: Op, a: usize, b: usize) {
        let last = self.bounds.len() - 1;
        let (mut a, mut b) = (last - a % (last + 1), last - b % (last + 1));
        let n = self.program.n as f64;
        let (x, y) = (self.bounds[a], self.bounds[b]);
        let fits = match op {
            Op::Unary(op) => op.fits(x),
            Op::Binary(op) => op.fits(x, y),
            Op::Arrays(op) => op.fits(if op_is_binary(op) { x.max(y) } else { x }, n),
        };
        if !fits {
            let same = a == b;
            a = self.push(Op::Unary(Unary::Sin), a, a, 1.0);
            b = if same || !op.is_binary() { a } else { self.push(Op::Unary(Unary::Sin), b, b, 1.0) };
        }
        let (x, y) = (self.bounds[a], self.bounds[b]);
        let bound = match op {
            Op::Unary(op) => op.bound(x),
            Op::Binary(op) => op.bound(x, y),
            Op::Arrays(op) => op.bound(x.max(y), n),
        };
        self.push(op, a, b, bound);
    }

    fn push(&mut self, op: Op, a: usize, b: usize, bound: f64) -> usize {
        self.program.steps.push(Step { op, a, b });
        self.bounds.push(bound);
        self.bounds.len() - 1
    }
}

fn op_is_binary(op: Arrays) -> bool {
    Op::Arrays(op).is_binary()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::strategy::ValueTree;
    use proptest::test_runner::{Config, TestRunner};

    proptest! {
        #[test]
        fn values_stay_moderate(p in program(1..4, 0..40)) {
            let tape = Tape::new();
            prop_assert!(p.record(&tape).value().abs() < 1e6, "{}", p);
            prop_assert!(p.variables() >= 1);
        }
    }

    /// A program with a fault in one operation shrinks to that operation alone.
    #[test]
    fn programs_shrink() {
        let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
        let mut found = None;
        for _ in 0..1000 {
            let Ok(mut tree) = program(1..5, 1..20).new_tree(&mut runner) else { continue };
            let faulty = |p: &Program| p.steps.iter().any(|s| s.op == Op::Unary(Unary::Gelu));
            if !faulty(&tree.current()) {
                continue;
            }
            while tree.simplify() {
                while !faulty(&tree.current()) && tree.complicate() {}
            }
            found = Some(tree.current());
            break;
        }
        let p = found.expect("one program in a thousand has a gelu");
        assert!(p.steps() == 1 && p.inputs.len() <= 2, "{p}");
    }

    #[test]
    fn inputs_are_scalars_and_tensors_constants_and_variables() {
        let mut runner = TestRunner::deterministic();
        let programs: Vec<Program> =
            (0..50).filter_map(|_| Some(program(3..4, 10..11).new_tree(&mut runner).ok()?.current())).collect();
        assert!(programs.iter().any(|p| !p.point().0.is_empty()) && programs.iter().any(|p| !p.point().1.is_empty()));
        assert!(programs.iter().any(|p| p.variables() < p.inputs.len()));
    }
}
