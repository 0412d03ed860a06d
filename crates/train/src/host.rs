//! What not every platform has: a clock, and a number for the process.
//!
//! `wasm32-unknown-unknown` has neither, and the standard library panics when asked. Nothing else in this crate may ask.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Whether the platform has a clock and processes.
const ANY: bool = !cfg!(all(target_family = "wasm", target_os = "unknown"));

/// Measures the time since it was started, where there is a clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(Option<Instant>);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Stopwatch(ANY.then(Instant::now))
    }

    pub(crate) fn elapsed(self) -> Option<Duration> {
        self.0.map(|start| start.elapsed())
    }
}

/// The time since the beginning of 1970; zero without a clock.
pub(crate) fn unix_time() -> Duration {
    if ANY { SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() } else { Duration::ZERO }
}

/// A number that no other running process has; 0 without processes.
pub(crate) fn process_id() -> u32 {
    if ANY { std::process::id() } else { 0 }
}
