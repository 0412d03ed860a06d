//! The tapes that differentiate the scalar workloads.

use super::number::Objective;
use autograd::{Real, Tape, Var, value_and_grad};

/// Computes gradients on a tape that stays allocated between calls.
pub trait Engine {
    /// Computes a gradient: records, sweeps, reads all entries. Returns the value.
    fn gradient<F: Objective>(&mut self, f: &F, x: &[f64], g: &mut [f64]) -> f64;
}

/// The tape of chainrule.
#[derive(Debug, Default)]
pub struct Chainrule {
    tape: Tape<f64>,
}

impl Chainrule {
    /// Computes the gradient of a function written for variables of chainrule only.
    #[inline(always)]
    pub fn gradient_of(
        &mut self,
        f: impl for<'t> Fn(&[Var<'t, f64>]) -> Var<'t, f64>,
        x: &[f64],
        g: &mut [f64],
    ) -> f64 {
        self.tape.reset();
        let on: Vec<Var<f64>> = x.iter().map(|&x| self.tape.var(x)).collect();
        let y = f(&on);
        let gradients = y.backward();
        for (g, &x) in g.iter_mut().zip(&on) {
            *g = gradients.wrt(x);
        }
        y.value()
    }

    /// Returns the number of nodes of the last function, without its inputs.
    pub fn operations(&self, x: &[f64]) -> u64 {
        (self.tape.len() - x.len()) as u64
    }

    /// Returns the size in bytes of the nodes of the last function: an opcode, two operands and a value each.
    pub fn bytes(&self) -> usize {
        self.tape.len() * 17
    }
}

impl Engine for Chainrule {
    #[inline(always)]
    fn gradient<F: Objective>(&mut self, f: &F, x: &[f64], g: &mut [f64]) -> f64 {
        self.gradient_of(|x| f.eval(x), x, g)
    }
}

/// The tape of chainrule, through [`Real`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Recorded;

impl Engine for Recorded {
    #[inline(always)]
    fn gradient<F: Objective>(&mut self, f: &F, x: &[f64], g: &mut [f64]) -> f64 {
        Real::record(|scope| {
            let y = f.eval(&scope.inputs(x));
            scope.grad_into(y, g);
            y.value()
        })
    }
}

/// A function transform, which uses the tape of the thread.
#[derive(Clone, Copy, Debug, Default)]
pub struct Transform;

impl Engine for Transform {
    #[inline(always)]
    fn gradient<F: Objective>(&mut self, f: &F, x: &[f64], g: &mut [f64]) -> f64 {
        let (value, gradient) = value_and_grad(|x| f.eval(&x), x);
        g.copy_from_slice(&gradient);
        value
    }
}

/// The tape of the crate `reverse`.
#[derive(Debug, Default)]
pub struct Reverse {
    tape: reverse::Tape,
}

impl Engine for Reverse {
    #[inline(always)]
    fn gradient<F: Objective>(&mut self, f: &F, x: &[f64], g: &mut [f64]) -> f64 {
        self.tape.clear();
        let on = self.tape.add_vars(x);
        let y = f.eval(&on);
        // The inputs are the first nodes.
        g.copy_from_slice(&y.grad()[..x.len()]);
        y.val
    }
}
