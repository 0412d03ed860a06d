//! Named NumPy arrays: the `.npz` format, a zip archive of `.npy` files.

use super::Npy;
use super::header::Header;
use crate::error::DataError;
use crate::error::NpyError;
use std::collections::HashSet;
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// The arrays of a `.npz` file, as written by `numpy.savez` and `numpy.savez_compressed`, in the order of the file.
///
/// An unsupported array, such as one of strings, is an error only in [`get`](Npz::get); the other arrays can be read.
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
/// assert_eq!(npz.get("y").unwrap_err().to_string(), "the archive has no array `y`; expected one of x");
/// # Ok::<(), train::NpyError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Npz {
    arrays: Vec<(String, Result<Npy, Arc<NpyError>>)>,
}

impl Npz {
    /// The maximum total size of the arrays in bytes for [`read`](Npz::read) and [`open`](Npz::open): 256 MiB, or the
    /// size of the file if that is larger. Uncompressed arrays are therefore always within the limit.
    pub const LIMIT: u64 = 1 << 28;

    /// An archive without arrays.
    pub fn new() -> Self {
        Npz::default()
    }

    /// Adds an array, and replaces one of the same name.
    pub fn insert(&mut self, name: impl Into<String>, array: Npy) {
        let name = name.into();
        self.remove(&name);
        self.arrays.push((name, Ok(array)));
    }

    /// Removes the array of this name, if there is one, also if it could not be read.
    pub fn remove(&mut self, name: &str) {
        self.arrays.retain(|(n, _)| n != name);
    }

    /// The array of this name.
    ///
    /// # Errors
    /// If there is no such array, or it could not be read.
    pub fn get(&self, name: &str) -> Result<&Npy, NpyError> {
        match self.arrays.iter().find(|(n, _)| n == name) {
            Some((_, Ok(array))) => Ok(array),
            Some((name, Err(source))) => Err(entry(name, source)),
            None => {
                Err(NpyError::NoArray { name: name.to_string(), known: self.names().map(str::to_string).collect() })
            }
        }
    }

    /// The names of all arrays, including those that could not be read.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.arrays.iter().map(|(name, _)| name.as_str())
    }

    /// The arrays that could be read, with their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Npy)> {
        self.arrays.iter().filter_map(|(name, array)| Some((name.as_str(), array.as_ref().ok()?)))
    }

    /// Reads a file.
    ///
    /// # Errors
    /// If the file does not exist, cannot be read, or is not an archive.
    pub fn open(path: impl AsRef<Path>) -> Result<Npz, DataError> {
        let path = path.as_ref();
        let file = crate::bytes::open(path)?;
        Npz::read(BufReader::new(file)).map_err(|source| DataError::Npy { path: Some(path.into()), source })
    }

    /// Reads an archive.
    ///
    /// # Errors
    /// If the data are not an archive, or two arrays have the same name. An array that cannot be read, or exceeds
    /// [`LIMIT`](Npz::LIMIT), is an error in [`get`](Npz::get).
    pub fn read(reader: impl Read + Seek) -> Result<Npz, NpyError> {
        Npz::read_limited(reader, Npz::LIMIT)
    }

    /// Like [`read`](Npz::read), with another limit in bytes, or the size of the file if that is larger.
    ///
    /// # Errors
    /// The errors of [`read`](Npz::read).
    pub fn read_limited(mut reader: impl Read + Seek, limit: u64) -> Result<Npz, NpyError> {
        let limit = limit.max(reader.seek(SeekFrom::End(0))?);
        let (mut left, mut arrays) = (limit, Vec::new());
        members(reader, |name, member| {
            let array = member.and_then(|(header, elements)| {
                let size = header.size()? as u64;
                left =
                    left.checked_sub(size).ok_or_else(|| NpyError::Limit { shape: header.shape[..].into(), limit })?;
                Npy::read_elements(header, elements)
            });
            arrays.push((name.to_string(), array.map_err(Arc::new)));
        })?;
        Ok(Npz { arrays })
    }

    /// Writes an uncompressed archive, as `numpy.savez` does.
    ///
    /// # Errors
    /// If the writer fails, or the archive contains an array that could not be read; [`remove`](Npz::remove) it first.
    pub fn write(&self, writer: impl Write + Seek) -> Result<(), NpyError> {
        if let Some((name, Err(source))) = self.arrays.iter().find(|(_, array)| array.is_err()) {
            return Err(entry(name, source));
        }
        let mut archive = ZipWriter::new(writer);
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
        for (name, array) in self.iter() {
            archive.start_file(format!("{name}.npy"), options).map_err(invalid)?;
            array.write(&mut archive)?;
        }
        archive.finish().map_err(invalid)?;
        Ok(())
    }
}

/// A member of an archive: its header, and its elements, which are decompressed as they are read.
pub(crate) type Member<'a> = (Header, &'a mut dyn Read);

/// Visits the members of an archive in order. Elements that the visitor does not read are not decompressed.
///
/// # Errors
/// If the data are not an archive, or two members have the same name.
pub(crate) fn members(
    reader: impl Read + Seek,
    mut visit: impl FnMut(&str, Result<Member<'_>, NpyError>),
) -> Result<(), NpyError> {
    let mut archive = ZipArchive::new(reader).map_err(invalid)?;
    let duplicate = |what: &str| NpyError::Archive(format!("two members have the same name{what}"));
    if archive.has_duplicate_names() {
        return Err(duplicate(""));
    }
    let mut seen = HashSet::new();
    for i in 0..archive.len() {
        let name = archive.name_for_index(i).ok_or(ZipError::FileNotFound).flatten().map_err(invalid)?;
        let name = name.strip_suffix(".npy").unwrap_or(&name).to_string();
        match archive.by_index(i) {
            Ok(mut elements) => match Header::read(&mut elements) {
                Ok(header) => visit(&name, Ok((header, &mut elements))),
                Err(e) => visit(&name, Err(e)),
            },
            Err(e) => visit(&name, Err(invalid(e))),
        }
        if let Some(name) = seen.replace(name) {
            return Err(duplicate(&format!(" `{name}`")));
        }
    }
    Ok(())
}

fn entry(name: &str, source: &Arc<NpyError>) -> NpyError {
    NpyError::Entry { name: name.to_string(), source: source.clone() }
}

fn invalid(e: ZipError) -> NpyError {
    match e {
        ZipError::Io(source) => NpyError::Io(source),
        other => NpyError::Archive(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::damage::{damage, damaged};
    use crate::npy::array::tests::{file as npy, foreign};
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

    /// NumPy accepts any keyword of `savez` as a name, and removes one `.npy` suffix from each file name.
    #[test]
    fn unusual_names_round_trip() {
        let mut npz = Npz::new();
        let names = ["a", "a.npy", "", "dense/kernel:0", "größe ä", "../up"];
        names.iter().enumerate().for_each(|(i, &name)| npz.insert(name, Npy::from(&tensor![i as f64])));
        let mut file = Cursor::new(Vec::new());
        npz.write(&mut file).unwrap();
        let back = Npz::read(file).unwrap();
        assert_eq!(back.names().collect::<Vec<_>>(), names);
        assert!(names.iter().all(|name| back.get(name).unwrap() == npz.get(name).unwrap()));
    }

    /// An archive of these members, compressed.
    fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (name, bytes) in members {
            zip.start_file(*name, options).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn data_that_are_not_an_archive_are_an_error() {
        assert!(matches!(Npz::read(Cursor::new(b"no zip")), Err(NpyError::Archive(_))));
    }

    #[test]
    fn one_unreadable_array_leaves_the_others_readable() {
        let strings = npy("{'descr': '<U3', 'fortran_order': False, 'shape': (1,), }", &[0; 12]);
        let x = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", &0.5_f64.to_le_bytes());
        let short = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", &[0; 8]);
        let file = zip(&[("names.npy", &strings), ("readme.txt", b"hello"), ("x.npy", &x), ("short.npy", &short)]);
        let mut npz = Npz::read(Cursor::new(file)).unwrap();
        assert_eq!(npz.get("x").unwrap().tensor::<f64>(), tensor![0.5]);
        assert_eq!(npz.names().collect::<Vec<_>>(), ["names", "readme.txt", "x", "short"]);
        assert_eq!(npz.iter().count(), 1);
        let e = npz.get("names").unwrap_err();
        assert!(e.to_string().starts_with("array `names`: expected elements of type float16"), "{e}");
        for (name, magic) in [("readme.txt", true), ("short", false)] {
            let e = npz.get(name).unwrap_err();
            let NpyError::Entry { source, .. } = &e else { panic!("{e}") };
            assert_eq!(
                (matches!(**source, NpyError::Magic(_)), matches!(**source, NpyError::Body { .. })),
                (magic, !magic)
            );
        }
        // An array that could not be read is an error in `write`, too, and not dropped silently.
        let e = npz.write(Cursor::new(Vec::new())).unwrap_err();
        assert!(matches!(&e, NpyError::Entry { name, .. } if name == "names"), "{e}");
        ["names", "readme.txt", "short"].iter().for_each(|name| npz.remove(name));
        npz.write(Cursor::new(Vec::new())).unwrap();
    }

    #[test]
    fn two_arrays_of_the_same_name_are_an_error() {
        let x = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }", &[7]);
        let e = Npz::read(Cursor::new(zip(&[("x.npy", &x), ("x", &x)]))).unwrap_err();
        assert!(e.to_string().contains("two members have the same name `x`"), "{e}");
        let mut same = zip(&[("x.npy", &x), ("y.npy", &x)]);
        for at in 0..same.len() - 5 {
            if &same[at..at + 5] == b"y.npy" {
                same[at] = b'x';
            }
        }
        assert!(matches!(Npz::read(Cursor::new(same)), Err(NpyError::Archive(_))));
    }

    #[test]
    fn arrays_beyond_the_limit_are_not_decompressed() {
        let zeros = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (67108864,), }", &vec![0; 64 << 20]);
        let small = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }", &[1, 2, 3]);
        let bomb = zip(&[("a.npy", &zeros), ("b.npy", &zeros), ("small.npy", &small)]);
        assert!(bomb.len() < 1 << 20);
        let read = |limit| Npz::read_limited(Cursor::new(&bomb[..]), limit).unwrap();
        let limits = [(0, [false, false]), ((64 << 20) + 3, [true, false]), ((128 << 20) + 2, [true, true])];
        for (limit, readable) in limits {
            let npz = read(limit);
            assert_eq!(["a", "b"].map(|name| npz.get(name).is_ok()), readable, "{limit}");
        }
        // The limit is at least the size of the file.
        assert_eq!(read(0).get("small").unwrap().indices().unwrap(), [1, 2, 3]);
        let e = read(0).get("a").unwrap_err();
        assert!(e.to_string().contains("shape (67108864,)") && e.to_string().contains("Npz::read_limited"), "{e}");
        // A header that claims 1 GiB exceeds the default limit.
        let claim = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1073741824,), }", &[]);
        let npz = Npz::read(Cursor::new(zip(&[("x.npy", &claim)]))).unwrap();
        assert!(
            matches!(npz.get("x"), Err(NpyError::Entry { source, .. }) if matches!(*source, NpyError::Limit { .. }))
        );
    }

    proptest! {
        #[test]
        fn any_type_and_order_round_trips(arrays in prop::collection::vec(foreign(), 0..5)) {
            let mut npz = Npz::new();
            for (i, array) in arrays.iter().enumerate() {
                npz.insert(i.to_string(), Npy::read(&array.file()[..]).unwrap());
            }
            let mut file = Cursor::new(Vec::new());
            npz.write(&mut file).unwrap();
            let back = Npz::read(file).unwrap();
            prop_assert_eq!(back.names().count(), arrays.len());
            for (i, array) in arrays.iter().enumerate() {
                let mut bytes = Vec::new();
                let back = back.get(&i.to_string()).unwrap();
                back.write(&mut bytes).unwrap();
                prop_assert!(bytes.ends_with(&array.data));
                prop_assert_eq!(back, npz.get(&i.to_string()).unwrap());
            }
        }

        #[test]
        fn damaged_archives(deflated: bool, damages in prop::collection::vec(damage(), 1..4)) {
            let method = if deflated { CompressionMethod::Deflated } else { CompressionMethod::Stored };
            match Npz::read(Cursor::new(damaged(archive(method), &damages))) {
                Ok(npz) => for name in npz.names() {
                    match npz.get(name) {
                        Ok(array) => prop_assert_eq!(array.tensor::<f64>().shape().to_vec(), array.shape()),
                        Err(e) => prop_assert!(e.to_string().len() > 10),
                    }
                },
                Err(e) => prop_assert!(e.to_string().len() > 10),
            }
        }
    }
}
