//! The file that is written beside its target, and what is left of it when its writer is killed.
//!
//! It lies in the folder of its target under a name that nobody else uses, `.TARGET.0123456789abcdef.part`, and is
//! locked as long as its writer lives: the system releases a lock with the process that holds it, however that ends. So a
//! temporary file that can be locked is abandoned, and is removed by whoever next writes or opens the target. On a file
//! system without locks nothing is removed.

use super::replace::folder_of;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata, OpenOptions, TryLockError};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

/// A file of this process; removed when dropped, unless it was renamed.
#[derive(Debug)]
pub(super) struct Temporary {
    pub(super) out: BufWriter<File>,
    path: PathBuf,
    renamed: bool,
}

impl Temporary {
    /// A new file beside the target, with the mode of the file `old` that is to be replaced.
    pub(super) fn create(target: &Path, old: Option<&Metadata>) -> io::Result<Temporary> {
        let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        loop {
            let path = target.with_file_name(temporary_name(name));
            let file = match create_new(&path, old) {
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => continue,
                file => file?,
            };
            // Between its creation and its lock the file looks abandoned: if somebody is about to remove it, or has done
            // so, another is made.
            let lost = matches!(file.try_lock(), Err(TryLockError::WouldBlock)) || fs::symlink_metadata(&path).is_err();
            let file = Temporary { out: BufWriter::new(file), path, renamed: false };
            if !lost {
                return Ok(file);
            }
        }
    }

    /// Puts the file in the place of the target.
    pub(super) fn rename(mut self, target: &Path) -> io::Result<()> {
        fs::rename(&self.path, target)?;
        self.renamed = true;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.renamed {
            // What cannot be removed stays: the error that led here is the one to tell.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Creates a file that others can never read more freely than the one it replaces, not even while it is written.
#[cfg(unix)]
fn create_new(path: &Path, old: Option<&Metadata>) -> io::Result<File> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    let Some(old) = old else { return options.open(path) };
    let file = options.mode(old.permissions().mode()).open(path)?;
    // The process may mask bits at creation. Without them the file is the more private one: no reason to fail.
    let _ = file.set_permissions(old.permissions());
    Ok(file)
}

#[cfg(not(unix))]
fn create_new(path: &Path, _: Option<&Metadata>) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// Digits of the random part of a name.
const DIGITS: usize = 16;

fn temporary_name(target: &OsStr) -> OsString {
    let random = RandomState::new().hash_one(());
    let mut name = OsString::from(".");
    name.push(target);
    name.push(format!(".{random:0DIGITS$x}.part"));
    name
}

/// Whether [`temporary_name`] gives such names for this target.
fn is_temporary_name(name: &OsStr, target: &OsStr) -> bool {
    let middle = || {
        let rest = name.as_encoded_bytes().strip_prefix(b".")?.strip_prefix(target.as_encoded_bytes())?;
        rest.strip_prefix(b".")?.strip_suffix(b".part")
    };
    middle().is_some_and(|digits| digits.len() == DIGITS && digits.iter().all(u8::is_ascii_hexdigit))
}

/// Removes temporary files of this target whose writers are dead. What cannot be removed stays.
pub(super) fn remove_abandoned(target: &Path) {
    let (Some(name), Ok(entries)) = (target.file_name(), fs::read_dir(folder_of(target))) else { return };
    for entry in entries.flatten().filter(|entry| is_temporary_name(&entry.file_name(), name)) {
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            let _ = remove_if_abandoned(&entry.path());
        }
    }
}

fn remove_if_abandoned(path: &Path) -> io::Result<()> {
    // Some network file systems give locks to writers only; without permission to write it is locked as it can be.
    let file = OpenOptions::new().write(true).open(path).or_else(|_| File::open(path))?;
    file.try_lock()?;
    fs::remove_file(path)
}

#[cfg(test)]
mod tests {
    use crate::save::replace::{replace, tidy};
    use crate::testing::Folder;
    use std::fs;
    use std::io::Write;
    use std::path::Path;
    use std::process::{Child, Command, Stdio};
    use std::time::Duration;

    /// Where a child process is to begin a file that it never ends; only a child has it.
    const VARIABLE: &str = "CHAINRULE_SAVE_TO_BE_KILLED";

    /// What the child process does; nothing when the tests are run.
    #[test]
    fn child() {
        if let Ok(path) = std::env::var(VARIABLE) {
            let unending = |out: &mut std::io::BufWriter<fs::File>| {
                out.write_all(&[1; 10_000])?;
                out.flush()?;
                loop {
                    std::thread::sleep(Duration::from_secs(60));
                }
            };
            replace(Path::new(&path), unending).unwrap();
        }
    }

    /// A process in the middle of a save.
    fn writing(path: &Path) -> Child {
        let before = temporaries(path).len();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "save::temporary::tests::child"])
            .env(VARIABLE, path)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let written = || temporaries(path).iter().filter(|name| fs::metadata(name).is_ok_and(|m| m.len() > 0)).count();
        while written() <= before {
            std::thread::sleep(Duration::from_millis(1));
        }
        child
    }

    fn temporaries(path: &Path) -> Vec<std::path::PathBuf> {
        let files = fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|path| path.extension().is_some_and(|e| e == "part")).collect()
    }

    fn kill(mut child: Child) {
        child.kill().unwrap(); // SIGKILL: the process tidies nothing up
        child.wait().unwrap();
    }

    #[test]
    fn what_a_killed_writer_leaves_is_removed_by_the_next_save_or_open() {
        let folder = Folder::new("killed-save");
        let path = folder.join("run.safetensors");
        let save = || replace(&path, |f| f.write_all(b"whole")).unwrap();
        for next in [&save as &dyn Fn(), &|| tidy(&path)] {
            save();
            kill(writing(&path));
            assert_eq!(temporaries(&path).len(), 1, "left by the killed process");
            next();
            assert_eq!(folder.files(), ["run.safetensors"]);
        }
    }

    #[test]
    fn what_a_living_writer_is_writing_stays() {
        let folder = Folder::new("living-save");
        let path = folder.join("run");
        let others = [".run.draft.part", ".run.more.0123456789abcdef.part", ".run.0123456789abcdef", "run.part"];
        others.iter().for_each(|name| fs::write(folder.join(name), "of somebody else").unwrap());
        let living = writing(&path);
        let killed = writing(&path);
        assert_eq!(folder.files().len(), others.len() + 2);
        kill(killed);
        replace(&path, |f| f.write_all(b"x")).unwrap();
        tidy(&path);
        assert_eq!(folder.files().len(), others.len() + 2, "the file itself, and that of the living writer");
        kill(living);
        tidy(&path);
        assert_eq!(folder.files().len(), others.len() + 1);
    }
}
