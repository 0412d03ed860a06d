//! Clock and process id, which not every platform has.
//!
//! On `wasm32-unknown-unknown` the standard library panics when asked for either, so all other modules of this crate
//! use these functions.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Whether the platform has a clock and processes.
const SUPPORTED: bool = !cfg!(all(target_family = "wasm", target_os = "unknown"));

/// Measures the time since its start, if the platform has a clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(Option<Instant>);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Stopwatch(SUPPORTED.then(Instant::now))
    }

    pub(crate) fn elapsed(self) -> Option<Duration> {
        self.0.map(|start| start.elapsed())
    }
}

/// The time since 1970-01-01; zero without a clock.
pub(crate) fn unix_time() -> Duration {
    if SUPPORTED { SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() } else { Duration::ZERO }
}

/// The process id; 0 if the platform has no processes.
pub(crate) fn process_id() -> u32 {
    if SUPPORTED { std::process::id() } else { 0 }
}
