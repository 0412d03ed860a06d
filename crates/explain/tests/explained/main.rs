//! What an explanation says, held against the engine: one program, so that it is linked once.

mod checks;
mod delta;
mod formulas;
mod hostile;
mod rules;
mod sweep;
