//! The derivation written: for a terminal, in Markdown, in LaTeX, as JSON.

mod equations;
mod excerpt;
mod json;
mod latex;
mod markdown;
mod table;
mod text;
mod values;
