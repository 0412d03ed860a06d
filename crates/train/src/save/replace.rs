//! A new file in place of an old one, at once.

use super::SaveError;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes a file beside its target, brings it to the disk, and renames it.
///
/// If anything fails, what was there before stays, and the part that was written is removed.
pub(crate) fn replace(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<(), SaveError> {
    let beside = beside(path);
    let written = write_all(&beside, write).and_then(|()| fs::rename(&beside, path));
    if let Err(source) = written {
        // What cannot be removed either is left: the first error is the one to tell.
        let _ = fs::remove_file(&beside);
        return Err(SaveError::Write { path: path.into(), source });
    }
    // The new name itself is on the disk once its folder is; not every system can be asked for that.
    if let Some(folder) = path.parent() {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let _ = File::open(folder).and_then(|f| f.sync_all());
    }
    Ok(())
}

fn write_all(beside: &Path, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(beside)?);
    write(&mut file)?;
    file.flush()?;
    file.get_ref().sync_all()
}

/// A name in the same folder that no other process uses.
fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Folder;

    #[test]
    fn the_old_file_stays_until_the_new_one_is_whole() {
        let folder = Folder::new("replace");
        let path = folder.join("model");
        replace(&path, |f| f.write_all(b"old")).unwrap();
        let full = |f: &mut BufWriter<File>| {
            f.write_all(b"half of the n")?;
            Err(io::ErrorKind::StorageFull.into())
        };
        let e = replace(&path, full).unwrap_err();
        assert!(matches!(&e, SaveError::Write { source, .. } if source.kind() == io::ErrorKind::StorageFull), "{e}");
        assert_eq!((fs::read(&path).unwrap(), folder.files()), (b"old".to_vec(), vec!["model".to_string()]));
        replace(&path, |f| f.write_all(b"new")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }

    #[test]
    fn paths_that_cannot_be_written() {
        let folder = Folder::new("unwritable");
        fs::create_dir(folder.join("taken")).unwrap();
        for path in [folder.join("no/such/folder"), folder.join("taken")] {
            assert!(matches!(replace(&path, |f| f.write_all(b"x")), Err(SaveError::Write { .. })));
        }
        assert_eq!(folder.files(), ["taken"]);
    }
}
