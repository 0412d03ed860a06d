//! Weights in an archive of NumPy.

use super::error::SaveError;
use super::file::{Entry, element, is_held, named};
use super::replace::{replace, tidy};
use crate::error::DataError;
use crate::npy::{Npy, NpyError, Npz};
use autograd::{Params, Scalar};
use std::io::{Cursor, Write};
use std::path::Path;
use tensor::Shape;

pub(super) fn write<T: Scalar>(params: &Params<T>, path: &Path) -> Result<(), SaveError> {
    let mut npz = Npz::new();
    named(params).iter().for_each(|(name, value)| npz.insert(name, Npy::from(value)));
    let mut bytes = Cursor::new(Vec::new());
    npz.write(&mut bytes).map_err(|e| SaveError::Format { path: path.into(), what: e.to_string() })?;
    replace(path, |file| file.write_all(bytes.get_ref()))
}

pub(super) fn read<T: Scalar>(path: &Path) -> Result<Vec<Entry<T>>, SaveError> {
    tidy(path);
    let npz = Npz::open(path).map_err(|e| match e {
        DataError::Io { path, source } | DataError::Npy { path: Some(path), source: NpyError::Io(source) } => {
            SaveError::Read { path, source }
        }
        DataError::Missing { path, .. } => SaveError::Read { path, source: std::io::ErrorKind::NotFound.into() },
        other => SaveError::Format { path: path.into(), what: other.to_string() },
    })?;
    if let Some((name, array)) = npz.iter().find(|(_, array)| !is_held(array.shape())) {
        let what = format!("`{name}` has the extents {:?}, which no memory holds", array.shape());
        return Err(SaveError::Format { path: path.into(), what });
    }
    let descr = if element::<T>().1 == "F32" { ["<f4", ">f4"] } else { ["<f8", ">f8"] };
    let entry = |(name, array): (&str, &Npy)| Entry {
        name: name.to_string(),
        shape: Shape::from(array.shape()),
        element: array.descr().to_string(),
        tensor: descr.contains(&array.descr()).then(|| array.tensor()),
    };
    Ok(npz.iter().map(entry).collect())
}
