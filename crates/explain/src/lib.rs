//! The chain rule made visible: the derivation of any recorded computation, in symbols and in numbers.
//!
//! ```
//! use autograd::Tape;
//! use explain::Explainable;
//!
//! let tape = Tape::new();
//! let z = tape.var(0.5_f64).named("z");
//! let a = z.tanh().named("a");
//! let explanation = (a * a).named("L").explain();
//!
//! let step = explanation.step("a").unwrap();
//! assert_eq!(step.formula.as_ref().unwrap().to_string(), "tanh(z)");
//! assert_eq!(step.edges[0].factor.textbook.as_ref().unwrap().to_string(), "1 - a²");
//! assert_eq!(step.edges[0].product.as_ref().unwrap().to_string(), "∂L/∂a · 4 · σ(2 · z) · σ(-2 · z)");
//! assert_eq!(step.edges[0].contribution.item(), (a * a).backward().wrt(z));
//! ```
//!
//! An [`Explanation`] is one more reading of the engine's derivative rules: its rules are run on formulas, which
//! write down what the rules compute, and its sweep is the engine's, to the bit.
//!
//! | to read, in this order | idea |
//! |---|---|
//! | `explain.rs`, `explanation.rs`, `error.rs` | the question, the answer, and why there may be none |
//! | `derive/` | which nodes take part, the sweep, the steps |
//! | `formula/` | the rules run on formulas, and those of arrays on a tape that is read |
//! | `check/` | each factor, and the whole, against differences |
//! | `delta/` | layers recognized, and the equations of books for them |
//! | `doctor/` | why a gradient is zero, no number, vanishing |
//! | `compare.rs` | gradients by hand beside those of the tape |
//! | `trace.rs` | the sweep a step at a time |
//! | `paths.rs` | what each way from the output to a variable contributes |
//! | `notation/`, `symbol.rs`, `naming.rs` | how formulas and names are written |
//! | `picture/` | the graph as DOT and SVG, and a page to step through |
//! | `report/` | the derivation as text, Markdown, LaTeX, JSON |
//! | `plot/` | plots, with the feature `plot` |

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod check;
mod compare;
mod delta;
mod derive;
mod doctor;
mod error;
mod explain;
mod explanation;
mod formula;
mod naming;
pub mod notation;
mod paths;
mod picture;
#[cfg(feature = "plot")]
pub mod plot;
mod report;
mod symbol;
mod target;
mod trace;

pub use check::{Check, Verdict};
pub use compare::{DiffResult, GradientComparison, GradientDiff, compare};
pub use delta::{DeltaEquation, DeltaLayer, DeltaNotation};
pub use doctor::{Diagnosis, Finding, Problem, diagnose};
pub use error::ExplainError;
pub use explain::{Explain, Explainable};
pub use explanation::{Convention, Edge, Explanation, Factor, Form, Kind, Line, Operand, Precision, Step};
pub use formula::{Comparison, Condition, Expr, Infix};
pub use paths::{Path, Paths};
pub use symbol::Symbol;
pub use target::Target;
pub use trace::{BackwardTrace, Contribution, Visit};
