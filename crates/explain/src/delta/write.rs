//! δ-notation as text and LaTeX.

use super::{DeltaEquation, DeltaNotation};
use crate::explanation::Convention;
use crate::notation::{Latex, Notation, Text};
use crate::report::{Equation, aligned, write_equation};
use std::fmt;

/// The default width in columns.
const WIDTH: usize = 100;

fn equation(e: &DeltaEquation, notation: &dyn Notation, numbers: Option<&str>, digits: usize) -> Equation {
    let mut stages = vec![e.right.write(notation)];
    stages.extend(numbers.map(String::from));
    stages.push(notation.tensor(&e.value, digits));
    stages.dedup();
    Equation { left: e.left.write(notation), stages, definitions: vec![] }
}

impl fmt::Display for DeltaNotation {
    /// Writes the equations with values and shapes. `{:80.12}` sets the width in columns and the number of digits.
    /// Default: 100 and 6.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = f.width().unwrap_or(WIDTH);
        let digits = f.precision().unwrap_or(6).clamp(1, 17);
        let mut out = String::from(match self.convention {
            Convention::Row => "Row convention: an example is a row, and a layer computes X W + b\n",
            Convention::Column => "Column convention: an example is a column, and a layer computes W x + b\n",
        });
        for layer in &self.layers {
            let activation = layer.activation.as_deref().unwrap_or("no activation");
            let within = if layer.unfused.is_empty() { "" } else { ", part of the loss" };
            out += &format!("\nLayer {} ({activation}{within})\n", layer.number);
            let write = |out: &mut String, e: &DeltaEquation| {
                let numbers = e.numbers.as_ref().map(|(text, _)| text.as_str());
                write_equation(out, &equation(e, &Text, numbers, digits), width, &e.value.shape().to_string());
            };
            layer.equations.iter().for_each(|e| write(&mut out, e));
            if !layer.unfused.is_empty() {
                out += "  in two steps, for loss and activation:\n";
                layer.unfused.iter().for_each(|e| write(&mut out, e));
            }
        }
        f.write_str(out.trim_end())
    }
}

impl DeltaNotation {
    /// Returns the equations in LaTeX, each as a displayed equation, for a document with `amsmath`.
    pub fn to_latex(&self) -> String {
        let mut out = String::new();
        for layer in &self.layers {
            for e in layer.equations.iter().chain(&layer.unfused) {
                let numbers = e.numbers.as_ref().map(|(_, latex)| latex.as_str());
                out += &format!("\\[\n{}\n\\]\n", aligned(&equation(e, &Latex, numbers, 6)));
            }
        }
        out
    }
}
