//! The output of a progress display: the standard output, or a writer that is treated as a terminal.

use console::Term;
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// The width of a progress bar in a writer, which has no size.
#[cfg(feature = "progress")]
pub(crate) const WRITER_WIDTH: usize = 160;

/// A writer, or the standard output if `None`.
#[derive(Clone, Default)]
pub(crate) struct Screen(Option<Arc<Mutex<dyn Write + Send>>>);

impl Screen {
    pub(crate) fn of(writer: impl Write + Send + 'static) -> Self {
        Screen(Some(Arc::new(Mutex::new(writer))))
    }

    /// Whether the output supports colors and bars.
    pub(crate) fn is_terminal(&self) -> bool {
        self.0.is_some() || io::stdout().is_terminal()
    }

    /// The maximum width of a line on a terminal; `None` for files and writers, whose lines are not shortened. One
    /// column remains free, because some terminals start a new line after the last column.
    pub(crate) fn width(&self) -> Option<usize> {
        let size = if self.0.is_some() { None } else { Term::stdout().size_checked() };
        size.map(|(_, columns)| usize::from(columns).saturating_sub(1)).filter(|&columns| columns > 0)
    }

    /// Writes a line. Errors are ignored, because a closed output should not end a training run.
    pub(crate) fn print(&self, line: &str) {
        let _ = self.with(|out| writeln!(out, "{line}"));
    }

    fn with(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        match &self.0 {
            // A writer that panicked in another thread is still usable.
            Some(writer) => write(&mut *writer.lock().unwrap_or_else(PoisonError::into_inner)),
            None => write(&mut io::stdout()),
        }
    }

    /// The draw target of a bar.
    #[cfg(feature = "progress")]
    pub(crate) fn target(&self, hertz: u8) -> indicatif::ProgressDrawTarget {
        use indicatif::ProgressDrawTarget;
        match &self.0 {
            Some(_) => ProgressDrawTarget::term_like_with_hz(Box::new(self.clone()), hertz),
            None => ProgressDrawTarget::stdout_with_hz(hertz),
        }
    }
}

impl fmt::Debug for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Screen(a writer)" } else { "Screen(stdout)" })
    }
}

/// The control sequences of ECMA-48.
#[cfg(feature = "progress")]
impl indicatif::TermLike for Screen {
    fn width(&self) -> u16 {
        WRITER_WIDTH as u16
    }
    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.with(|out| write!(out, "\x1b[{n}A"))
    }
    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.with(|out| write!(out, "\x1b[{n}B"))
    }
    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.with(|out| write!(out, "\x1b[{n}C"))
    }
    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.with(|out| write!(out, "\x1b[{n}D"))
    }
    fn write_line(&self, s: &str) -> io::Result<()> {
        self.with(|out| writeln!(out, "{s}"))
    }
    fn write_str(&self, s: &str) -> io::Result<()> {
        self.with(|out| out.write_all(s.as_bytes()))
    }
    fn clear_line(&self) -> io::Result<()> {
        self.with(|out| out.write_all(b"\r\x1b[2K"))
    }
    fn flush(&self) -> io::Result<()> {
        self.with(|out| out.flush())
    }
}
