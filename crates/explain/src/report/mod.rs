//! The derivation as text, Markdown, LaTeX and JSON.

mod equations;
mod excerpt;
mod json;
mod latex;
mod markdown;
mod table;
mod text;

pub(crate) use equations::Equation;
pub(crate) use excerpt::operation_counts;
pub(crate) use latex::aligned;
pub(crate) use text::write_equation;

/// Returns the name of an enum variant in lower case.
pub(crate) fn variant_name(x: impl std::fmt::Debug) -> String {
    format!("{x:?}").to_lowercase()
}
