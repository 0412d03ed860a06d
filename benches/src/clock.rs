//! The two clocks: elapsed time, and CPU time of a thread.

use std::time::Instant;

/// A clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// Elapsed time.
    #[default]
    Wall,
    /// CPU time of this thread, which is more stable on a busy machine. Only for work on one thread.
    Cpu,
}

/// A point in time on a clock.
#[derive(Clone, Copy, Debug)]
pub enum Moment {
    /// Of the elapsed time.
    Wall(Instant),
    /// Of the CPU time of this thread, in seconds.
    Cpu(f64),
}

impl Clock {
    /// Returns the current time.
    pub fn now(self) -> Moment {
        match self {
            Clock::Wall => Moment::Wall(Instant::now()),
            Clock::Cpu => thread_seconds().map_or_else(|| Moment::Wall(Instant::now()), Moment::Cpu),
        }
    }
}

impl Moment {
    /// Returns the seconds since this point, on the same clock and, for CPU time, on the same thread.
    pub fn elapsed(self) -> f64 {
        match self {
            Moment::Wall(start) => start.elapsed().as_secs_f64(),
            Moment::Cpu(start) => thread_seconds().map_or(f64::NAN, |now| now - start),
        }
    }
}

/// Returns the CPU time of this thread; none if the system does not provide it.
#[cfg(unix)]
fn thread_seconds() -> Option<f64> {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call writes one `timespec` to its argument, which points to `t`.
    let outcome = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut t) };
    (outcome == 0).then_some(t.tv_sec as f64 + t.tv_nsec as f64 * 1e-9)
}

#[cfg(not(unix))]
fn thread_seconds() -> Option<f64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn sleeping_is_not_working() {
        let [wall, cpu] = [Clock::Wall, Clock::Cpu].map(Clock::now);
        std::thread::sleep(Duration::from_millis(20));
        assert!(wall.elapsed() >= 0.02);
        if let Moment::Cpu(_) = cpu {
            // CPU time does not include the time asleep, even on a busy machine.
            let worked = cpu.elapsed();
            assert!(worked + 0.02 <= wall.elapsed(), "{worked}");
        }
    }
}
