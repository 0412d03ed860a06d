//! Derivations by the chain rule: the gradient of any recorded computation, step by step, in formulas and values.
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
//! An [`Explanation`] uses the derivative rules of the engine: the formulas are written by running the rules on
//! symbols, and the values are those of the engine's reverse sweep, bit for bit.
//!
//! | file, in reading order | contents |
//! |---|---|
//! | `explain.rs`, `explanation.rs`, `error.rs` | the request, its result, and its errors |
//! | `subgraph.rs`, `derive/` | the nodes that take part; the reverse sweep, the steps |
//! | `formula/`, `form.rs` | formulas, written by running the rules on symbols and on a second tape |
//! | `check/` | comparison of each factor and of the whole gradient with finite differences |
//! | `delta/` | recognition of layers, and their equations in δ-notation |
//! | `doctor/` | why a gradient is zero, NaN or vanishing |
//! | `compare.rs` | comparison of two sets of gradients |
//! | `trace.rs` | iteration over the steps of the reverse sweep |
//! | `paths.rs` | the contribution of each path from the output to a variable |
//! | `notation/`, `symbol.rs`, `naming.rs` | how formulas and names are written |
//! | `picture/`, `escape.rs` | the graph as DOT and SVG, and an interactive page |
//! | `report/` | the derivation as text, Markdown, LaTeX and JSON |
//! | `plot/` | plots, with the feature `plot` |

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod check;
mod compare;
mod delta;
mod derive;
mod doctor;
mod error;
mod escape;
mod explain;
mod explanation;
mod form;
mod formula;
mod naming;
pub mod notation;
mod paths;
mod picture;
#[cfg(feature = "plot")]
pub mod plot;
mod report;
mod subgraph;
mod symbol;
mod target;
mod trace;

pub use check::{Check, Verdict};
pub use compare::{DiffResult, GradientComparison, GradientDiff, compare};
pub use delta::{DeltaEquation, DeltaLayer, DeltaNotation};
pub use doctor::{Diagnosis, Finding, Problem, diagnose};
pub use error::ExplainError;
pub use explain::{Explain, Explainable};
pub use explanation::{Convention, Edge, Explanation, Factor, Kind, Line, Operand, Precision, Step};
pub use form::Form;
pub use formula::{Comparison, Condition, Expr, Infix};
pub use paths::{Path, Paths};
pub use symbol::Symbol;
pub use target::Target;
pub use trace::{BackwardTrace, Contribution, Visit};
