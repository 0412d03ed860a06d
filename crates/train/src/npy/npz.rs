//! Several arrays under names: a zip archive of `.npy` files.

use super::{Npy, NpyError};
use crate::error::DataError;
use std::io::{BufReader, Read, Seek, Write};
use std::path::Path;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// The arrays of a `.npz` file, as `numpy.savez` and `numpy.savez_compressed` write them, in the file's order.
///
/// ```
/// use std::io::Cursor;
/// use tensor::{Tensor, tensor};
/// use train::{Npy, Npz};
/// let mut npz = Npz::new();
/// npz.insert("x", Npy::from(&tensor![1.0, 2.0]));
/// let mut file = Cursor::new(Vec::new());
/// npz.write(&mut file)?;
/// let npz = Npz::read(file)?;
/// assert_eq!(npz.get("x")?.tensor::<f64>(), tensor![1.0, 2.0]);
/// assert_eq!(npz.get("y").unwrap_err().to_string(), "there is no array `y`; there are x");
/// # Ok::<(), train::NpyError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Npz {
    arrays: Vec<(String, Npy)>,
}

impl Npz {
    /// Without arrays.
    pub fn new() -> Self {
        Npz::default()
    }

    /// Adds an array, in place of one of the same name.
    pub fn insert(&mut self, name: impl Into<String>, array: Npy) {
        let name = name.into();
        self.arrays.retain(|(n, _)| *n != name);
        self.arrays.push((name, array));
    }

    /// The array of this name.
    ///
    /// # Errors
    /// If there is none.
    pub fn get(&self, name: &str) -> Result<&Npy, NpyError> {
        let found = self.arrays.iter().find(|(n, _)| n == name).map(|(_, array)| array);
        found.ok_or_else(|| NpyError::NoArray {
            name: name.to_string(),
            known: self.arrays.iter().map(|(n, _)| n.clone()).collect(),
        })
    }

    /// All names and arrays.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Npy)> {
        self.arrays.iter().map(|(name, array)| (name.as_str(), array))
    }

    /// Reads a file.
    ///
    /// # Errors
    /// If it is not there, cannot be read, or is no archive of arrays.
    pub fn open(path: impl AsRef<Path>) -> Result<Npz, DataError> {
        let path = path.as_ref();
        let file = crate::bytes::open(path)?;
        Npz::read(BufReader::new(file)).map_err(|source| DataError::Npy { path: Some(path.into()), source })
    }

    /// Reads an archive.
    ///
    /// # Errors
    /// If it is none, or something in it is not an array of numbers.
    pub fn read(reader: impl Read + Seek) -> Result<Npz, NpyError> {
        let mut archive = ZipArchive::new(reader).map_err(broken)?;
        let mut npz = Npz::new();
        for i in 0..archive.len() {
            let entry = archive.by_index(i).map_err(broken)?;
            let name = entry.name().map_err(broken)?;
            let name = name.strip_suffix(".npy").unwrap_or(&name).to_string();
            let array = Npy::read(entry);
            npz.insert(name.clone(), array.map_err(|e| NpyError::Entry { name, source: Box::new(e) })?);
        }
        Ok(npz)
    }

    /// Writes an archive, not compressed, as `numpy.savez` does.
    ///
    /// # Errors
    /// If the writer fails.
    pub fn write(&self, writer: impl Write + Seek) -> Result<(), NpyError> {
        let mut archive = ZipWriter::new(writer);
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
        for (name, array) in self.iter() {
            archive.start_file(format!("{name}.npy"), options).map_err(broken)?;
            array.write(&mut archive)?;
        }
        archive.finish().map_err(broken)?;
        Ok(())
    }
}

fn broken(e: ZipError) -> NpyError {
    match e {
        ZipError::Io(source) => NpyError::Io(source),
        other => NpyError::Archive(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::damage::{damage, damaged};
    use proptest::prelude::*;
    use std::io::Cursor;
    use tensor::tensor;

    fn archive(method: CompressionMethod) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(method);
        for (name, x) in [("w", tensor![[1.0, 2.0]]), ("b", tensor![[0.5, -0.5]])] {
            zip.start_file(format!("{name}.npy"), options).unwrap();
            Npy::from(&x).write(&mut zip).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn stored_and_compressed() {
        for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
            let npz = Npz::read(Cursor::new(archive(method))).unwrap();
            assert_eq!(npz.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["w", "b"]);
            assert_eq!(npz.get("b").unwrap().tensor::<f64>(), tensor![[0.5, -0.5]]);
        }
    }

    /// NumPy takes any keyword of `savez` as a name, and one ending off each file's.
    #[test]
    fn odd_names() {
        let mut npz = Npz::new();
        let names = ["a", "a.npy", "", "dense/kernel:0", "größe ä", "../up"];
        names.iter().enumerate().for_each(|(i, &name)| npz.insert(name, Npy::from(&tensor![i as f64])));
        let mut file = Cursor::new(Vec::new());
        npz.write(&mut file).unwrap();
        assert_eq!(Npz::read(file).unwrap(), npz);
    }

    #[test]
    fn no_archive() {
        assert!(matches!(Npz::read(Cursor::new(b"no zip")), Err(NpyError::Archive(_))));
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("readme.txt", SimpleFileOptions::default().compression_method(CompressionMethod::Stored))
            .unwrap();
        zip.write_all(b"hello").unwrap();
        let e = Npz::read(zip.finish().unwrap()).unwrap_err();
        assert!(matches!(&e, NpyError::Entry { name, .. } if name == "readme.txt"), "{e}");
    }

    proptest! {
        #[test]
        fn damaged_archives(deflated: bool, damages in prop::collection::vec(damage(), 1..4)) {
            let method = if deflated { CompressionMethod::Deflated } else { CompressionMethod::Stored };
            if let Err(e) = Npz::read(Cursor::new(damaged(archive(method), &damages))) {
                prop_assert!(e.to_string().len() > 10);
            }
        }
    }
}
