//! Programs as text: one line for each input and for each value used more than once, and the expression.

use super::{Op, Program};
use std::fmt;

impl Program {
    /// The number of uses of each value, as an operand or as a result.
    fn uses(&self) -> Vec<usize> {
        let mut uses = vec![0; self.inputs.len() + self.steps.len()];
        for step in &self.steps {
            uses[step.a] += step.op.text().matches("{0}").count();
            uses[step.b] += step.op.text().matches("{1}").count();
        }
        self.results().into_iter().for_each(|i| uses[i] += 1);
        uses
    }

    fn is_scalar(&self, i: usize) -> bool {
        match i.checked_sub(self.inputs.len()).map(|k| self.steps[k]) {
            None => self.inputs[i].is_scalar,
            Some(step) => match step.op {
                Op::Unary(_) => self.is_scalar(step.a),
                Op::Binary(_) => self.is_scalar(step.a) && self.is_scalar(step.b),
                Op::Arrays(op) => op.is_scalar(),
            },
        }
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (uses, first) = (self.uses(), self.inputs.len());
        let mut texts: Vec<String> = Vec::new();
        for (i, input) in self.inputs.iter().enumerate() {
            texts.push(format!("x{i}"));
            if uses[i] == 0 {
                continue;
            }
            let kind = if input.tracked { "" } else { " (constant)" };
            match input.is_scalar {
                true => writeln!(f, "x{i} = {}{kind}", input.value.item())?,
                false => writeln!(f, "x{i} = {:?} of shape {}{kind}", input.value.to_vec(), input.value.shape())?,
            }
        }
        for (k, step) in self.steps.iter().enumerate() {
            let text = step.op.text().replace("{0}", &texts[step.a]).replace("{1}", &texts[step.b]);
            if uses[first + k] > 1 {
                writeln!(f, "t{k} = {text}")?;
                texts.push(format!("t{k}"));
            } else {
                texts.push(text);
            }
        }
        let results = self.results().into_iter();
        let terms = results.map(|i| if self.is_scalar(i) { texts[i].clone() } else { format!("sum({})", texts[i]) });
        write!(f, "y = {}", terms.collect::<Vec<_>>().join(" + "))
    }
}

impl fmt::Debug for Program {
    /// The program's text: what a failing property test prints.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::super::elementwise::{Binary, Unary};
    use super::super::{Source, Step};
    use super::*;
    use tensor::Tensor;

    #[test]
    fn shared_values_have_their_own_line() {
        let source = |x: f64, tracked| Source { value: Tensor::scalar(x), is_scalar: true, tracked };
        let step = |op, a, b| Step { op, a, b };
        let p = Program {
            n: 1,
            inputs: vec![source(0.5, true), source(2.0, false), source(9.0, true)],
            steps: vec![
                step(Op::Unary(Unary::Sin), 0, 0),
                step(Op::Binary(Binary::Mul), 3, 3),
                step(Op::Binary(Binary::Add), 4, 1),
                step(Op::Unary(Unary::Exp), 0, 0),
            ],
        };
        assert_eq!(p.to_string(), "x0 = 0.5\nx1 = 2 (constant)\nt0 = sin(x0)\ny = (t0·t0 + x1) + exp(x0)");
    }
}
