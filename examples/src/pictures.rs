//! Pictures that an example writes where it is told to: `-- --svg DIR`.

use lexopt::Arg::Long;
use std::path::PathBuf;

/// Where pictures go, if anywhere.
#[derive(Clone, Debug, Default)]
pub struct Pictures {
    folder: Option<PathBuf>,
}

impl Pictures {
    /// Into this folder; without one, nowhere.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Pictures { folder }
    }

    /// As the command line says, which may say nothing else.
    ///
    /// # Errors
    /// If it does.
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

    /// Writes a picture, and says where.
    ///
    /// # Errors
    /// If the folder or the file cannot be written.
    pub fn save(&self, name: &str, svg: &str) -> std::io::Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        std::fs::create_dir_all(folder)?;
        let path = folder.join(name);
        std::fs::write(&path, svg)?;
        println!("  -> {}", path.display());
        Ok(())
    }
}
