//! The option `--svg DIR`, for pictures that an example writes.

use lexopt::Arg::Long;
use std::path::PathBuf;

/// The directory for pictures, if there is one.
#[derive(Clone, Debug, Default)]
pub struct Pictures {
    folder: Option<PathBuf>,
}

impl Pictures {
    /// Writes pictures to this directory, or none if it is `None`.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Pictures { folder }
    }

    /// Parses a command line whose only option is `--svg DIR`.
    ///
    /// # Errors
    /// If there are other arguments.
    pub fn from_args() -> Result<Self, lexopt::Error> {
        let mut folder = None;
        let mut parser = lexopt::Parser::from_env();
        while let Some(arg) = parser.next()? {
            match arg {
                Long("svg") => folder = Some(PathBuf::from(parser.value()?)),
                _ => return Err(arg.unexpected()),
            }
        }
        Ok(Pictures { folder })
    }

    /// Writes a picture and prints its path.
    ///
    /// # Errors
    /// If the directory or the file cannot be written.
    pub fn save(&self, name: &str, svg: &str) -> std::io::Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        std::fs::create_dir_all(folder)?;
        let path = folder.join(name);
        std::fs::write(&path, svg)?;
        println!("  -> {}", path.display());
        Ok(())
    }
}
