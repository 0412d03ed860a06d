//! The names of programs that explain derivatives: `use chainrule::explain::prelude::*;`. They include the
//! [everyday prelude](crate::prelude).
//!
//! ```
//! use chainrule::explain::prelude::*;
//!
//! let tape = Tape::new();
//! let w = tape.var(tensor![[1.0, 2.0], [3.0, 4.0]]).named("W");
//! let x = tape.constant(tensor![0.5, -1.0]).named("x");
//! let y = w.matmul(x).named("y");
//! let explanation: Explanation = Explain::of(y).with_cotangent(tensor![1.0, 10.0]).run().unwrap();
//! assert_eq!(explanation.step("y").unwrap().formula.as_ref().unwrap().to_string(), "W x");
//! ```

pub use crate::prelude::*;

// --- derivations
pub use ::explain::{Convention, Explain, Explanation};

// --- checks of gradients
pub use ::explain::{compare, diagnose};
