//! The two clocks: the one on the wall, and the one that stands still while the machine does something else.

use std::time::Instant;

/// What a time is the time of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// What passes for everyone.
    #[default]
    Wall,
    /// What this thread spends on a processor: on a busy machine the steadier of the two, for work on one thread.
    Cpu,
}

/// A moment on a clock.
#[derive(Clone, Copy, Debug)]
pub enum Moment {
    /// On the wall.
    Wall(Instant),
    /// Of this thread, in seconds.
    Cpu(f64),
}

impl Clock {
    /// Now.
    pub fn now(self) -> Moment {
        match self {
            Clock::Wall => Moment::Wall(Instant::now()),
            Clock::Cpu => thread_seconds().map_or_else(|| Moment::Wall(Instant::now()), Moment::Cpu),
        }
    }
}

impl Moment {
    /// The seconds since then, on the same clock and, for that of the processor, on the same thread.
    pub fn elapsed(self) -> f64 {
        match self {
            Moment::Wall(start) => start.elapsed().as_secs_f64(),
            Moment::Cpu(start) => thread_seconds().map_or(f64::NAN, |now| now - start),
        }
    }
}

/// How long this thread has been on a processor; none where the system cannot tell.
#[cfg(unix)]
fn thread_seconds() -> Option<f64> {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call writes one `timespec` to where it is told, which is `t`.
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
            // However busy the machine is, the time asleep is missing.
            let worked = cpu.elapsed();
            assert!(worked + 0.02 <= wall.elapsed(), "{worked}");
        }
    }
}
