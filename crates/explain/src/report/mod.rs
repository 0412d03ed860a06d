//! The derivation as text, Markdown, LaTeX and JSON.

mod equations;
mod excerpt;
mod json;
mod latex;
mod markdown;
mod substituted;
mod table;
mod text;
pub(crate) mod values;

pub(crate) use equations::Equation;
pub(crate) use latex::aligned;
pub(crate) use substituted::Substituted;
pub(crate) use text::write_equation;
pub(crate) use values::{Matrices, Plain, Values, is_small};
