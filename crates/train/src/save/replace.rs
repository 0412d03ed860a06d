//! Atomic replacement of a file.

use super::SaveError;
use super::temporary::{Temporary, remove_abandoned};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes to a temporary file in the same folder, flushes it to the disk, and renames it: at every moment, `path` is
/// the complete old file or the complete new one. Several threads and processes may write to the same path
/// concurrently; the last to finish wins.
///
/// Missing folders are created. A symbolic link is followed, and the new file has the mode of the old one. A device or
/// a pipe, such as `/dev/stdout`, is written to directly. Temporary files that killed processes left are removed.
///
/// # Errors
/// If writing fails. Then the old file is unchanged, and the temporary file is removed.
pub(crate) fn replace(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<(), SaveError> {
    try_replace(path, write).map_err(|source| SaveError::Write { path: path.into(), source })
}

fn try_replace(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<()> {
    let (target, found) = follow(path)?;
    if let Some(found) = &found
        && !found.is_file()
    {
        let mut stream = BufWriter::new(OpenOptions::new().write(true).open(&target)?);
        write(&mut stream)?;
        return stream.flush();
    }
    remove_abandoned(&target);
    create_folder_of(&target)?;
    let mut new = Temporary::create(&target, found.as_ref())?;
    write(&mut new.out)?;
    new.out.flush()?;
    new.out.get_ref().sync_all()?;
    new.rename(&target)?;
    // Flushing the folder makes the new name durable; not every system supports it.
    let _ = File::open(folder_of(&target)).and_then(|folder| folder.sync_all());
    Ok(())
}

/// Creates the folder of a file, and checks that [`replace`] can write it: so that a long computation does not fail at
/// its end with an error that could have been reported before.
///
/// # Errors
/// If the file cannot be written.
pub(crate) fn check_writable(path: &Path) -> Result<(), SaveError> {
    let check = || {
        let (target, found) = follow(path)?;
        match &found {
            Some(found) if !found.is_file() => OpenOptions::new().write(true).open(&target).map(drop),
            _ => create_folder_of(&target).and_then(|()| Temporary::create(&target, found.as_ref())).map(drop),
        }
    };
    check().map_err(|source| SaveError::Write { path: path.into(), source })
}

/// Removes temporary files that killed processes left for this path. Readers call it before they open the file.
pub(crate) fn clean_up(path: &Path) {
    if let Ok((target, _)) = follow(path) {
        remove_abandoned(&target);
    }
}

/// Creates the folder of a file, and its parent folders.
pub(crate) fn create_folder_of(path: &Path) -> io::Result<()> {
    fs::create_dir_all(folder_of(path))
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Resolves symbolic links. Returns the path of the file, and its metadata if it exists.
fn follow(path: &Path) -> io::Result<(PathBuf, Option<Metadata>)> {
    let found = match fs::metadata(path) {
        Ok(found) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(found) => Some(found),
        Err(e) if e.kind() == io::ErrorKind::NotFound => None,
        // This includes cyclic links, for which the loop below would not end.
        Err(e) => return Err(e),
    };
    let mut path = path.to_path_buf();
    while let Ok(next) = fs::read_link(&path) {
        path = folder_of(&path).join(next);
    }
    Ok((path, found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Folder;
    use proptest::prelude::*;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    #[test]
    fn an_error_leaves_the_old_file() {
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
    fn missing_folders_are_created() {
        let folder = Folder::new("make-folders");
        let path = folder.join("runs/first/model");
        check_writable(&path).unwrap();
        assert!(folder.join("runs/first").is_dir() && !path.exists());
        fs::remove_dir_all(folder.join("runs")).unwrap();
        replace(&path, |f| f.write_all(b"x")).unwrap();
        assert_eq!(fs::read(path).unwrap(), b"x");
    }

    #[test]
    fn unwritable_paths_are_errors() {
        let folder = Folder::new("unwritable-paths");
        fs::create_dir(folder.join("folder")).unwrap();
        fs::write(folder.join("file"), "").unwrap();
        for path in [folder.join("file/in/a/file"), folder.join("folder"), PathBuf::new()] {
            assert!(matches!(check_writable(&path), Err(SaveError::Write { .. })), "{path:?}");
            assert!(matches!(replace(&path, |f| f.write_all(b"x")), Err(SaveError::Write { .. })), "{path:?}");
        }
        assert_eq!(folder.files(), ["file", "folder"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_modes_are_preserved() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = Folder::new("links");
        let at = |name: &str| folder.join(name);
        fs::create_dir(at("store")).unwrap();
        fs::write(at("store/v1"), "old").unwrap();
        symlink("store/v1", at("latest")).unwrap();
        symlink("latest", at("link-to-link")).unwrap();
        symlink("store/later", at("dangling")).unwrap();
        for mode in [0o600, 0o640, 0o444, 0o666] {
            fs::set_permissions(at("store/v1"), fs::Permissions::from_mode(mode)).unwrap();
            replace(&at("link-to-link"), |f| f.write_all(b"new")).unwrap();
            assert_eq!(fs::metadata(at("store/v1")).unwrap().permissions().mode() & 0o777, mode, "{mode:o}");
        }
        replace(&at("dangling"), |f| f.write_all(b"first")).unwrap();
        assert_eq!(fs::read(at("store/v1")).unwrap(), b"new");
        assert_eq!(fs::read(at("store/later")).unwrap(), b"first");
        for link in ["latest", "link-to-link", "dangling"] {
            assert!(fs::symlink_metadata(at(link)).unwrap().is_symlink(), "{link}");
        }
        symlink("b", at("a")).unwrap();
        symlink("a", at("b")).unwrap();
        assert!(replace(&at("a"), |f| f.write_all(b"x")).is_err(), "cyclic links");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn devices_are_not_replaced() {
        let e = replace(Path::new("/dev/full"), |f| f.write_all(b"x")).unwrap_err();
        assert!(matches!(&e, SaveError::Write { source, .. } if source.kind() == io::ErrorKind::StorageFull), "{e}");
        replace(Path::new("/dev/null"), |f| f.write_all(b"x")).unwrap();
        for device in ["/dev/full", "/dev/null"] {
            assert!(!fs::metadata(device).unwrap().is_file(), "{device}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn concurrent_writers_and_a_reader_share_a_path(
            writers in prop::collection::vec(prop::collection::vec(0usize..60_000, 1..6), 2..5),
        ) {
            let folder = Folder::new("writers");
            let path = folder.join("model");
            // A complete file consists of its length and equal bytes.
            let write = |byte: u8, n: usize| replace(&path, |f| {
                f.write_all(&(n as u64).to_le_bytes())?;
                f.write_all(&vec![byte; n])
            });
            write(0, 0).unwrap();
            let (done, complete) = (AtomicBool::new(false), |bytes: &[u8]| {
                let (length, rest) = bytes.split_first_chunk::<8>().expect("a length");
                rest.len() as u64 == u64::from_le_bytes(*length) && rest.iter().all(|b| *b == rest[0])
            });
            thread::scope(|s| {
                let reader = s.spawn(|| {
                    while !done.load(Ordering::Relaxed) {
                        clean_up(&path);
                        assert!(complete(&fs::read(&path).expect("the file exists at every moment")));
                    }
                });
                let write = &write;
                let saves = writers.iter().enumerate().map(|(i, sizes)| {
                    s.spawn(move || sizes.iter().try_for_each(|&n| write(i as u8, n)))
                });
                let saves: Vec<_> = saves.collect();
                let saved: Vec<_> = saves.into_iter().map(|save| save.join().expect("no panic")).collect();
                done.store(true, Ordering::Relaxed);
                reader.join().expect("every file is complete");
                saved.into_iter().collect::<Result<(), _>>().expect("every save succeeds");
            });
            prop_assert_eq!(folder.files(), ["model"]);
        }
    }
}
