//! Explanations compared with the engine. One program, so that it is linked once.

mod checks;
mod delta;
mod formulas;
mod hostile;
mod rules;
mod sweep;
