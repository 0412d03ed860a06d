//! The `.safetensors` format: named tensors and metadata.
//!
//! The format is that of the safetensors project, so Python can read the tensors. The metadata have one entry,
//! `chainrule`, which contains all other data as JSON.

use super::keys::check_keys;
use super::replace::{clean_up, replace};
use crate::element::{Element, Kind, little_endian};
use crate::error::{Mismatch, SaveError};
use autograd::{Params, Scalar};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensorError, SafeTensors};
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::path::Path;
use tensor::{Shape, Tensor};

/// The key of the entry in the metadata.
const ENTRY: &str = "chainrule";
/// The number of bytes before the header, which contain its length.
const PREFIX: usize = 8;
/// The version of the entry. Later versions are errors.
const VERSION: u64 = 1;

/// A tensor in a file.
#[derive(Clone, Debug)]
pub(crate) struct Entry<T: Scalar> {
    pub(crate) name: String,
    pub(crate) shape: Shape,
    /// The name of its element type in the format.
    pub(crate) element: String,
    /// `None` if `T` does not represent every element exactly.
    pub(crate) tensor: Option<Tensor<T>>,
}

impl<T: Scalar> Entry<T> {
    /// An entry with a name but no contents.
    #[cfg(feature = "npz")]
    pub(super) fn unknown(name: &str) -> Self {
        Entry { name: name.to_string(), shape: Shape::from(()), element: String::new(), tensor: None }
    }
}

/// The element type of `T`, and its name in messages.
pub(crate) fn element<T: Scalar>() -> (Dtype, &'static str) {
    if size_of::<T>() == 4 { (Dtype::F32, "F32") } else { (Dtype::F64, "F64") }
}

/// The encoding of an element type; `None` for unsupported types.
fn encoding(dtype: Dtype) -> Option<Element> {
    Some(match dtype {
        Dtype::F16 => Element::little(Kind::Float, 2),
        Dtype::BF16 => Element::little(Kind::BFloat16, 2),
        Dtype::F32 => Element::little(Kind::Float, 4),
        Dtype::F64 => Element::little(Kind::Float, 8),
        Dtype::I8 => Element::little(Kind::Signed, 1),
        Dtype::I16 => Element::little(Kind::Signed, 2),
        Dtype::I32 => Element::little(Kind::Signed, 4),
        Dtype::I64 => Element::little(Kind::Signed, 8),
        Dtype::U8 => Element::little(Kind::Unsigned, 1),
        Dtype::U16 => Element::little(Kind::Unsigned, 2),
        Dtype::U32 => Element::little(Kind::Unsigned, 4),
        Dtype::U64 => Element::little(Kind::Unsigned, 8),
        _ => return None,
    })
}

/// Writes tensors and metadata.
pub(crate) fn write<T: Scalar>(path: &Path, tensors: &[(String, Tensor<T>)], metadata: Value) -> Result<(), SaveError> {
    write_with_counters(path, tensors, &[], metadata)
}

/// Like [`write`], with additional counters of these names: 64-bit integers with the value 0.
pub(super) fn write_with_counters<T: Scalar>(
    path: &Path,
    tensors: &[(String, Tensor<T>)],
    counters: &[String],
    metadata: Value,
) -> Result<(), SaveError> {
    let file = serialize(tensors, counters, metadata);
    let file = file.map_err(|e| SaveError::Format { path: path.into(), what: e.to_string() })?;
    replace(path, |out| out.write_all(&file))
}

fn serialize<T: Scalar>(
    tensors: &[(String, Tensor<T>)],
    counters: &[String],
    metadata: Value,
) -> Result<Vec<u8>, SafeTensorError> {
    let (dtype, _) = element::<T>();
    let bytes: Vec<Vec<u8>> = tensors.iter().map(|(_, x)| little_endian(x)).collect();
    let mut views = Vec::with_capacity(tensors.len());
    for ((name, x), bytes) in tensors.iter().zip(&bytes) {
        views.push((name.as_str(), TensorView::new(dtype, x.shape().to_vec(), bytes)?));
    }
    for name in counters {
        views.push((name.as_str(), TensorView::new(Dtype::I64, Vec::new(), &[0; 8])?));
    }
    let text = json!({ "format": VERSION, "facts": metadata }).to_string();
    safetensors::serialize(views, Some([(ENTRY.to_string(), text)].into_iter().collect()))
}

/// Reads all tensors and the metadata, which are `Null` if another program wrote the file.
pub(crate) fn read<T: Scalar>(path: &Path) -> Result<(Vec<Entry<T>>, Value), SaveError> {
    clean_up(path);
    let bytes = fs::read(path).map_err(|source| SaveError::Read { path: path.into(), source })?;
    parse(&bytes, path)
}

fn parse<T: Scalar>(bytes: &[u8], path: &Path) -> Result<(Vec<Entry<T>>, Value), SaveError> {
    let format = |what: String| SaveError::Format { path: path.into(), what };
    let (length, header) = SafeTensors::read_metadata(bytes).map_err(|e| format(e.to_string()))?;
    check_keys(&bytes[PREFIX..PREFIX + length]).map_err(|e| format(e.to_string()))?;
    let file = SafeTensors::deserialize(bytes).map_err(|e| format(e.to_string()))?;
    let metadata = match header.metadata().as_ref().and_then(|m| m.get(ENTRY)) {
        None => Value::Null,
        Some(text) => {
            check_keys(text.as_bytes()).map_err(|e| format(e.to_string()))?;
            let mut text: Value = serde_json::from_str(text).map_err(|e| format(e.to_string()))?;
            match text["format"].as_u64() {
                Some(VERSION) => text["facts"].take(),
                Some(found) if found > VERSION => {
                    return Err(SaveError::Version { path: path.into(), found, known: VERSION });
                }
                _ => return Err(format("the format version is missing".to_string())),
            }
        }
    };
    if let Some((name, view)) = file.iter().find(|(_, view)| !strides_fit(view.shape())) {
        return Err(format(format!("`{name}` has the shape {:?}, which exceeds the address space", view.shape())));
    }
    let tensor = |view: &TensorView<'_>| {
        let elements = encoding(view.dtype())?.exact(view.data())?;
        Some(Tensor::from_vec(view.shape(), elements))
    };
    let mut entries: Vec<Entry<T>> = file
        .iter()
        .map(|(name, view)| Entry {
            name: name.to_string(),
            shape: Shape::from(view.shape()),
            element: format!("{:?}", view.dtype()),
            tensor: tensor(&view),
        })
        .collect();
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok((entries, metadata))
}

/// Whether the strides of this shape do not overflow. An empty array needs no memory, but its strides are products of
/// the other dimensions.
fn strides_fit(shape: &[usize]) -> bool {
    shape.iter().try_fold(1_isize, |n, &d| n.checked_mul(isize::try_from(d.max(1)).ok()?)).is_some()
}

/// The mismatches between the parameters of a model and the tensors of a file.
pub(crate) fn mismatches<T: Scalar>(params: &Params<T>, entries: &[Entry<T>]) -> Vec<Mismatch> {
    let mut found = Vec::new();
    for p in params.keys() {
        let (name, expected) = (params.name(p).to_string(), params.get(p).shape().clone());
        match entries.iter().find(|entry| entry.name == name) {
            None => found.push(Mismatch::Missing(name)),
            Some(entry) if entry.shape != expected => {
                found.push(Mismatch::Shape { name, found: entry.shape.clone(), expected });
            }
            Some(Entry { tensor: None, element: of, .. }) => {
                found.push(Mismatch::Element { name, found: of.clone(), expected: element::<T>().1 });
            }
            Some(_) => {}
        }
    }
    let unknown = entries.iter().filter(|entry| params.find(&entry.name).is_none());
    found.extend(unknown.map(|entry| Mismatch::Unknown(entry.name.clone())));
    found
}

/// Sets the parameters of a model to the tensors of a file.
///
/// # Errors
/// If there are mismatches. Then no parameter is changed.
pub(crate) fn assign<T: Scalar>(params: &mut Params<T>, entries: Vec<Entry<T>>, path: &Path) -> Result<(), SaveError> {
    let mismatches = mismatches(params, &entries);
    if !mismatches.is_empty() {
        return Err(SaveError::Mismatch { path: path.into(), mismatches });
    }
    for entry in entries {
        if let (Some(p), Some(tensor)) = (params.find(&entry.name), entry.tensor) {
            params.set(p, tensor);
        }
    }
    Ok(())
}

/// The parameters of a model, by name.
pub(crate) fn named<T: Scalar>(params: &Params<T>) -> Vec<(String, Tensor<T>)> {
    params.iter().map(|(p, value)| (params.name(p).to_string(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::damage::{damage, damaged};
    use proptest::prelude::*;
    use tensor::tensor;

    fn file() -> Vec<u8> {
        let tensors = [("b".to_string(), tensor![0.5_f32]), ("a".to_string(), tensor![[1.0, -0.0], [f32::NAN, 1e-45]])];
        serialize(&tensors, &[], json!({ "epoch": 3 })).unwrap()
    }

    #[test]
    fn tensors_and_metadata_round_trip() {
        let (entries, metadata) = parse::<f32>(&file(), Path::new("x")).unwrap();
        let bits = |x: &Tensor<f32>| x.to_vec().into_iter().map(f32::to_bits).collect::<Vec<_>>();
        let a = entries[0].tensor.as_ref().unwrap();
        assert_eq!((&entries[0].name[..], metadata["epoch"].as_u64()), ("a", Some(3)));
        assert_eq!(bits(a), bits(&tensor![[1.0, -0.0], [f32::NAN, 1e-45]]));
    }

    /// A file with one tensor `a` of this type and shape.
    fn of(dtype: &str, shape: &str, data: &[u8]) -> Vec<u8> {
        let offsets = format!("[0,{}]", data.len());
        with_header(&format!(r#"{{"a":{{"dtype":"{dtype}","shape":{shape},"data_offsets":{offsets}}}}}"#), data)
    }

    fn with_header(header: &str, data: &[u8]) -> Vec<u8> {
        let padded = format!("{header:<width$}", width = header.len().next_multiple_of(8));
        [&(padded.len() as u64).to_le_bytes(), padded.as_bytes(), data].concat()
    }

    #[test]
    fn elements_of_any_type_are_read_if_each_is_exact() {
        let wide = |dtype: &str, data: &[u8]| {
            let (entries, _) = parse::<f64>(&of(dtype, "[1]", data), Path::new("x")).unwrap();
            entries[0].tensor.as_ref().map(|x| x.to_vec()[0])
        };
        let narrow = |dtype: &str, data: &[u8]| {
            let (entries, _) = parse::<f32>(&of(dtype, "[1]", data), Path::new("x")).unwrap();
            assert_eq!(entries[0].element, dtype);
            entries[0].tensor.as_ref().map(|x| x.to_vec()[0])
        };
        assert_eq!(
            (wide("F16", &[0x55, 0x35]), narrow("F16", &[0x55, 0x35])),
            (Some(0.333251953125), Some(0.333251953125))
        );
        assert_eq!(
            (wide("BF16", &[0xab, 0x3e]), narrow("BF16", &[0xab, 0x3e])),
            (Some(0.333984375), Some(0.333984375))
        );
        assert_eq!(wide("F32", &0.1_f32.to_le_bytes()), Some(f64::from(0.1_f32)));
        assert_eq!((narrow("F64", &0.5_f64.to_le_bytes()), narrow("F64", &0.1_f64.to_le_bytes())), (Some(0.5), None));
        assert_eq!(
            (narrow("I64", &7_i64.to_le_bytes()), narrow("I64", &16_777_217_i64.to_le_bytes())),
            (Some(7.0), None)
        );
        assert_eq!((narrow("C64", &[0; 8]), wide("F8_E4M3", &[0])), (None, None));
    }

    #[test]
    fn duplicate_keys_are_errors() {
        let a = |start| format!(r#""a":{{"dtype":"U8","shape":[1],"data_offsets":[{start},{}]}}"#, start + 1);
        let b = r#""b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}"#;
        parse::<f32>(&with_header(&format!("{{{b},{}}}", a(1)), &[1, 2]), Path::new("x")).unwrap();
        for header in [
            format!("{{{},{}}}", a(0), a(0)),
            format!(r#"{{{b},{},"\u0061":{{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}}}"#, a(1)),
            format!(r#"{{"__metadata__":{{"k":"1","k":"2"}},{b}}}"#),
        ] {
            let data = if header.contains("\"b\"") && header.contains("[1,2]") { &[1, 2][..] } else { &[1] };
            let e = parse::<f32>(&with_header(&header, data), Path::new("x")).unwrap_err();
            assert!(matches!(&e, SaveError::Format { .. }) && e.to_string().contains("duplicate key"), "{header}: {e}");
        }
        // In the metadata, too.
        let text = r#"{"__metadata__":{"chainrule":"{\"format\":1,\"format\":1,\"facts\":{}}"},"#;
        let e = parse::<f32>(&with_header(&format!("{text}{b}}}"), &[1]), Path::new("x")).unwrap_err();
        assert!(e.to_string().contains("duplicate key `format`"), "{e}");
    }

    #[test]
    fn serialization_is_deterministic() {
        assert_eq!(file(), file());
    }

    #[test]
    fn later_versions_and_other_formats_are_errors() {
        let mut later = file();
        let at = later.windows(12).position(|w| w == b"\\\"format\\\":1").unwrap() + 11;
        later[at] = b'9';
        let e = parse::<f32>(&later, Path::new("x")).unwrap_err();
        assert!(matches!(e, SaveError::Version { found: 9, known: 1, .. }), "{e}");
        assert!(matches!(parse::<f32>(b"", Path::new("x")), Err(SaveError::Format { .. })));
        let e = parse::<f32>(&u64::MAX.to_le_bytes(), Path::new("x")).unwrap_err();
        assert!(matches!(e, SaveError::Format { .. }), "{e}");
    }

    #[test]
    fn shapes_beyond_the_address_space_are_errors() {
        let of = |shape: &str| parse::<f32>(&of("F32", shape, &[]), Path::new("x"));
        assert_eq!(of("[0,4]").unwrap().0[0].shape, Shape::from([0, 4]));
        for shape in ["[0,4611686018427387904,4]", "[4611686018427387904,4,0]", "[18446744073709551615,0]"] {
            assert!(matches!(of(shape), Err(SaveError::Format { .. })), "{shape}");
        }
    }

    proptest! {
        #[test]
        fn damaged_files(damages in prop::collection::vec(damage(), 1..4)) {
            if let Err(e) = parse::<f32>(&damaged(file(), &damages), Path::new("x")) {
                prop_assert!(e.to_string().len() > 10);
            }
        }
    }
}
