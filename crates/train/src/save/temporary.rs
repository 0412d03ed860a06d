//! Temporary files for atomic replacement, and the removal of those that killed processes leave.
//!
//! A temporary file is in the folder of its target, has a unique name, `.TARGET.0123456789abcdef.part`, and is locked
//! while it is written: the system releases the lock when the process ends in any way. So a temporary file that can be
//! locked is abandoned, and the next process that writes or opens the target removes it. On a file system without
//! locks, no file is removed.

use super::replace::folder_of;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata, OpenOptions, TryLockError};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

/// A temporary file of this process. Dropping it removes the file, except after [`rename`](Temporary::rename).
#[derive(Debug)]
pub(super) struct Temporary {
    pub(super) out: BufWriter<File>,
    path: PathBuf,
    renamed: bool,
}

impl Temporary {
    /// Creates a temporary file for a target, with the mode of the old file, `old`.
    pub(super) fn create(target: &Path, old: Option<&Metadata>) -> io::Result<Temporary> {
        let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        loop {
            let path = target.with_file_name(temporary_name(name));
            let file = match create_new(&path, old) {
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => continue,
                file => file?,
            };
            // Before it is locked, the file seems abandoned. If another process is removing it, or has removed it, the
            // loop creates another one.
            let lost = matches!(file.try_lock(), Err(TryLockError::WouldBlock)) || fs::symlink_metadata(&path).is_err();
            let file = Temporary { out: BufWriter::new(file), path, renamed: false };
            if !lost {
                return Ok(file);
            }
        }
    }

    /// Renames the file to the target.
    pub(super) fn rename(mut self, target: &Path) -> io::Result<()> {
        fs::rename(&self.path, target)?;
        self.renamed = true;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.renamed {
            // The error that led here is reported, not a failure to remove the file.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Creates a file with the permissions of the one it replaces, so that others cannot read it while it is written.
#[cfg(unix)]
fn create_new(path: &Path, old: Option<&Metadata>) -> io::Result<File> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    let Some(old) = old else { return options.open(path) };
    let file = options.mode(old.permissions().mode()).open(path)?;
    // The umask may clear bits at creation. A failure to set them leaves the file more private, which is not an error.
    let _ = file.set_permissions(old.permissions());
    Ok(file)
}

#[cfg(not(unix))]
fn create_new(path: &Path, _: Option<&Metadata>) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// The number of hexadecimal digits in the random part of a name.
const DIGITS: usize = 16;

fn temporary_name(target: &OsStr) -> OsString {
    let random = RandomState::new().hash_one(());
    let mut name = OsString::from(".");
    name.push(target);
    name.push(format!(".{random:0DIGITS$x}.part"));
    name
}

/// Whether [`temporary_name`] generates names of this form for the target.
fn is_temporary_name(name: &OsStr, target: &OsStr) -> bool {
    let middle = || {
        let rest = name.as_encoded_bytes().strip_prefix(b".")?.strip_prefix(target.as_encoded_bytes())?;
        rest.strip_prefix(b".")?.strip_suffix(b".part")
    };
    middle().is_some_and(|digits| digits.len() == DIGITS && digits.iter().all(u8::is_ascii_hexdigit))
}

/// Removes the abandoned temporary files of a target. Errors are ignored.
pub(super) fn remove_abandoned(target: &Path) {
    let (Some(name), Ok(entries)) = (target.file_name(), fs::read_dir(folder_of(target))) else { return };
    for entry in entries.flatten().filter(|entry| is_temporary_name(&entry.file_name(), name)) {
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            let _ = remove_if_abandoned(&entry.path());
        }
    }
}

fn remove_if_abandoned(path: &Path) -> io::Result<()> {
    // Some network file systems lock only files that are open for writing; without write permission, the file is opened
    // for reading.
    let file = OpenOptions::new().write(true).open(path).or_else(|_| File::open(path))?;
    file.try_lock()?;
    fs::remove_file(path)
}

#[cfg(test)]
mod tests {
    use crate::save::replace::{clean_up, replace};
    use crate::testing::Folder;
    use std::fs;
    use std::io::Write;
    use std::path::Path;
    use std::process::{Child, Command, Stdio};
    use std::time::Duration;

    /// The environment variable that tells a child process to write this file without end.
    const VARIABLE: &str = "CHAINRULE_SAVE_TO_BE_KILLED";

    /// The main function of the child process; has no effect in an ordinary test run.
    #[test]
    fn child() {
        if let Ok(path) = std::env::var(VARIABLE) {
            let endless = |out: &mut std::io::BufWriter<fs::File>| {
                out.write_all(&[1; 10_000])?;
                out.flush()?;
                loop {
                    std::thread::sleep(Duration::from_secs(60));
                }
            };
            replace(Path::new(&path), endless).unwrap();
        }
    }

    /// Starts a child process, and waits until it is writing the file.
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
        child.kill().unwrap(); // SIGKILL: the process cannot clean up
        child.wait().unwrap();
    }

    #[test]
    fn files_of_killed_processes_are_removed_by_the_next_save_or_load() {
        let folder = Folder::new("killed-save");
        let path = folder.join("run.safetensors");
        let save = || replace(&path, |f| f.write_all(b"whole")).unwrap();
        for next in [&save as &dyn Fn(), &|| clean_up(&path)] {
            save();
            kill(writing(&path));
            assert_eq!(temporaries(&path).len(), 1, "left by the killed process");
            next();
            assert_eq!(folder.files(), ["run.safetensors"]);
        }
    }

    #[test]
    fn files_of_running_processes_are_not_removed() {
        let folder = Folder::new("living-save");
        let path = folder.join("run");
        let others = [".run.draft.part", ".run.more.0123456789abcdef.part", ".run.0123456789abcdef", "run.part"];
        others.iter().for_each(|name| fs::write(folder.join(name), "of another program").unwrap());
        let living = writing(&path);
        let killed = writing(&path);
        assert_eq!(folder.files().len(), others.len() + 2);
        kill(killed);
        replace(&path, |f| f.write_all(b"x")).unwrap();
        clean_up(&path);
        assert_eq!(folder.files().len(), others.len() + 2, "the file, and that of the running process");
        kill(living);
        clean_up(&path);
        assert_eq!(folder.files().len(), others.len() + 1);
    }
}
