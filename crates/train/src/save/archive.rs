//! Weights in a NumPy archive (`.npz`).

use super::file::{Entry, named};
use super::replace::{clean_up, replace};
use crate::error::NpyError;
use crate::error::SaveError;
use crate::npy::{Npy, Npz, members};
use autograd::{Params, Scalar};
use std::fs::File;
use std::io::{BufReader, Cursor, Write};
use std::path::Path;
use tensor::Shape;

pub(super) fn write<T: Scalar>(params: &Params<T>, path: &Path) -> Result<(), SaveError> {
    let mut npz = Npz::new();
    named(params).iter().for_each(|(name, value)| npz.insert(name, Npy::from(value)));
    let mut bytes = Cursor::new(Vec::new());
    npz.write(&mut bytes).map_err(|e| SaveError::Format { path: path.into(), what: e.to_string() })?;
    replace(path, |file| file.write_all(bytes.get_ref()))
}

/// Reads the arrays of an archive. Only arrays with the name and shape of a parameter are decompressed; for the others,
/// the header is sufficient to report the mismatch.
pub(super) fn read<T: Scalar>(params: &Params<T>, path: &Path) -> Result<Vec<Entry<T>>, SaveError> {
    clean_up(path);
    let failed = |e: NpyError| match e {
        NpyError::Io(source) => SaveError::Read { path: path.into(), source },
        other => SaveError::Format { path: path.into(), what: other.to_string() },
    };
    let file = File::open(path).map_err(|e| failed(NpyError::Io(e)))?;
    let (mut entries, mut unreadable) = (Vec::new(), None);
    members(BufReader::new(file), |name, member| {
        let expected = params.find(name).map(|p| params.get(p).shape().clone());
        let read = member.and_then(|(header, elements)| {
            header.size()?;
            let (shape, element) = (Shape::from(&header.shape[..]), header.descr.clone());
            let fits = expected.as_ref() == Some(&shape);
            let tensor = if fits { Npy::read_elements(header, elements)?.exact() } else { None };
            Ok(Entry { name: name.to_string(), shape, element, tensor })
        });
        match read {
            Ok(entry) => entries.push(entry),
            // An array without a parameter is reported as unknown, even if it is unreadable.
            Err(_) if expected.is_none() => entries.push(Entry::unknown(name)),
            Err(e) => unreadable = unreadable.take().or(Some(NpyError::Entry { name: name.into(), source: e.into() })),
        }
    })
    .map_err(failed)?;
    unreadable.map_or(Ok(entries), |e| Err(failed(e)))
}
