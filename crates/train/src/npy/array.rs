//! One array.

use super::NpyError;
use super::element::Element;
use super::header::Header;
use crate::bytes::read_at_most;
use crate::error::DataError;
use std::fmt;
use std::io::{self, Read, Write};
use std::path::Path;
use tensor::{Real, Shape, Tensor};

/// An array out of a `.npy` file, of numbers of any type NumPy has (complex and 16-bit floats apart).
///
/// ```
/// use tensor::tensor;
/// use train::Npy;
/// let mut bytes = Vec::new();
/// Npy::from(&tensor![[1.0_f32, 2.0], [3.0, 4.0]]).write(&mut bytes)?;
/// let array = Npy::read(&bytes[..])?;
/// assert_eq!((array.shape(), array.descr()), (&[2, 2][..], "<f4"));
/// assert_eq!(array.tensor::<f64>(), tensor![[1.0, 2.0], [3.0, 4.0]]);
/// assert_eq!(array.indices()?, [1, 2, 3, 4]);
/// # Ok::<(), train::NpyError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Npy {
    header: Header,
    element: Element,
    /// Little-endian.
    data: Vec<u8>,
}

const MAGIC: &[u8; 6] = b"\x93NUMPY";

impl Npy {
    /// Reads a file.
    ///
    /// # Errors
    /// If it is not there, cannot be read, or is not exactly one array of numbers.
    pub fn open(path: impl AsRef<Path>) -> Result<Npy, DataError> {
        let path = path.as_ref();
        let file = crate::bytes::open(path)?;
        Npy::read(file).map_err(|source| DataError::Npy { path: Some(path.into()), source })
    }

    /// Reads an array to the end of the data.
    ///
    /// # Errors
    /// If the data are not exactly one array of numbers.
    pub fn read(mut reader: impl Read) -> Result<Npy, NpyError> {
        let start = read_at_most(&mut reader, 8)?;
        let wide = match start.strip_prefix(MAGIC) {
            Some([1, _]) => false,
            Some([2 | 3, _]) => true,
            _ => return Err(NpyError::Magic(start)),
        };
        let length = read_at_most(&mut reader, if wide { 4 } else { 2 })?;
        let length = match length[..] {
            [a, b] => usize::from(u16::from_le_bytes([a, b])),
            [a, b, c, d] => u32::from_le_bytes([a, b, c, d]) as usize,
            _ => return Err(NpyError::CutHeader),
        };
        let header = read_at_most(&mut reader, length)?;
        if header.len() < length {
            return Err(NpyError::CutHeader);
        }
        let header = Header::parse(&String::from_utf8_lossy(&header))?;
        let Some((element, big_end_first)) = Element::of(&header.descr) else {
            return Err(NpyError::Element(header.descr));
        };
        let shape = || Shape::from(&header.shape[..]);
        // An extent of 0 makes an array empty, but not the steps from row to row: the others must fit all the same.
        let extents = header.shape.iter().filter(|&&d| d > 0);
        let most = extents.copied().try_fold(element.width(), usize::checked_mul);
        let most = most.filter(|&n| n < isize::MAX as usize).ok_or_else(|| NpyError::TooLarge { shape: shape() })?;
        let expected = if header.shape.contains(&0) { 0 } else { most };
        // One byte more, to see that nothing follows.
        let mut data = read_at_most(&mut reader, expected + 1)?;
        if data.len() != expected {
            return Err(NpyError::Body { shape: shape(), expected, found: data.len() });
        }
        if big_end_first {
            data.chunks_exact_mut(element.width()).for_each(<[u8]>::reverse);
        }
        Ok(Npy { header, element, data })
    }

    /// Writes the array as version 1.0 of the format, its elements aligned to 64 bytes.
    ///
    /// # Errors
    /// If the writer fails.
    pub fn write(&self, mut writer: impl Write) -> io::Result<()> {
        let mut text = Header::text(&self.header.descr, &self.header.shape);
        let unpadded = MAGIC.len() + 4 + text.len() + 1;
        text.push_str(&" ".repeat(unpadded.next_multiple_of(64) - unpadded));
        text.push('\n');
        let length = u16::try_from(text.len()).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
        writer.write_all(MAGIC)?;
        writer.write_all(&[1, 0])?;
        writer.write_all(&length.to_le_bytes())?;
        writer.write_all(text.as_bytes())?;
        writer.write_all(&self.data)
    }

    /// The extents, outermost axis first.
    pub fn shape(&self) -> &[usize] {
        &self.header.shape
    }

    /// The element type as NumPy spells it, as `<f4`.
    pub fn descr(&self) -> &str {
        &self.header.descr
    }

    /// The numbers, rounded to the nearest of `T`.
    pub fn tensor<T: Real>(&self) -> Tensor<T> {
        let numbers: Vec<T> = self.numbers().map(T::from_f64).collect();
        if self.header.fortran_order {
            let backwards: Vec<usize> = self.header.shape.iter().rev().copied().collect();
            let axes: Vec<isize> = (0..backwards.len() as isize).rev().collect();
            return Tensor::from_vec(backwards, numbers).permute(axes);
        }
        Tensor::from_vec(&self.header.shape[..], numbers)
    }

    /// The numbers as class ids, in row-major order.
    ///
    /// # Errors
    /// If one is negative or not whole.
    pub fn indices(&self) -> Result<Vec<usize>, NpyError> {
        let whole = |(at, value): (usize, f64)| match value {
            v if v >= 0.0 && v.fract() == 0.0 && v < 2.0_f64.powi(53) => Ok(v as usize),
            _ => Err(NpyError::NotAnIndex { at, value }),
        };
        self.tensor::<f64>().to_vec().into_iter().enumerate().map(whole).collect()
    }

    fn numbers(&self) -> impl Iterator<Item = f64> + '_ {
        self.data.chunks_exact(self.element.width()).map(|bytes| self.element.number(bytes))
    }
}

impl<T: Real> From<&Tensor<T>> for Npy {
    /// An array of the tensor's own element type.
    fn from(x: &Tensor<T>) -> Self {
        let width = size_of::<T>();
        let narrow = width == 4;
        let data = x.to_vec().into_iter().flat_map(|v| {
            let bytes = if narrow { u64::from((v.to_f64() as f32).to_bits()) } else { v.to_f64().to_bits() };
            bytes.to_le_bytes().into_iter().take(width)
        });
        let descr = if narrow { "<f4" } else { "<f8" }.to_string();
        let header = Header { descr, fortran_order: false, shape: x.shape().to_vec() };
        Npy { header, element: Element::Float(width), data: data.collect() }
    }
}

impl fmt::Debug for Npy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Npy({} of shape {})", self.header.descr, Shape::from(&self.header.shape[..]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::damage::{damage, damaged};
    use proptest::prelude::*;
    use tensor::tensor;

    fn file(header: &str, data: &[u8]) -> Vec<u8> {
        let length = (header.len() as u16).to_le_bytes();
        [&MAGIC[..], &[1, 0], &length, header.as_bytes(), data].concat()
    }

    fn read(descr: &str, shape: &str, data: &[u8]) -> Result<Npy, NpyError> {
        Npy::read(&file(&format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n"), data)[..])
    }

    /// The bytes that `numpy.save` writes for `numpy.array([[1, 2], [3, 4]], dtype='<f4')`.
    #[test]
    fn the_bytes_of_numpy() {
        let mut expected =
            b"\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }".to_vec();
        expected.resize(127, b' ');
        expected.push(b'\n');
        expected.extend([1.0_f32, 2.0, 3.0, 4.0].iter().flat_map(|x| x.to_le_bytes()));
        let mut bytes = Vec::new();
        Npy::from(&tensor![[1.0_f32, 2.0], [3.0, 4.0]]).write(&mut bytes).unwrap();
        assert_eq!(bytes, expected);
    }

    #[test]
    fn every_element_type_in_either_order() {
        let same = |descr: &str, data: &[u8], value: f64| {
            assert_eq!(read(descr, "(1,)", data).unwrap().tensor::<f64>(), Tensor::from(vec![value]), "{descr}");
        };
        same("|u1", &[200], 200.0);
        same("|b1", &[1], 1.0);
        same("|i1", &[200], -56.0);
        same("<i2", &[0xfe, 0xff], -2.0);
        same(">i2", &[0xff, 0xfe], -2.0);
        same("<u4", &[0xff; 4], 4294967295.0);
        same(">i8", &(-5_i64).to_be_bytes(), -5.0);
        same("<f4", &1.5_f32.to_le_bytes(), 1.5);
        same(">f8", &(-0.1_f64).to_be_bytes(), -0.1);
        for descr in ["<c8", "<f2", "|S3", "=f4", "|f4", "", "é"] {
            assert!(matches!(read(descr, "(1,)", &[0; 16]), Err(NpyError::Element(_))), "{descr}");
        }
    }

    #[test]
    fn columns_first() {
        let bytes = file("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }", &[1, 4, 2, 5, 3, 6]);
        let array = Npy::read(&bytes[..]).unwrap();
        assert_eq!(array.tensor::<f32>(), tensor![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        assert_eq!(array.indices().unwrap(), [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn what_is_no_array() {
        assert!(matches!(Npy::read(&b"PK\x03\x04"[..]), Err(NpyError::Magic(_))));
        assert!(matches!(Npy::read(&b"\x93NUMPY\x01\x00\xff"[..]), Err(NpyError::CutHeader)));
        assert!(matches!(Npy::read(&b"\x93NUMPY\x02\x00\xff\xff\xff\xff{"[..]), Err(NpyError::CutHeader)));
        assert!(matches!(read("<f4", "(2,)", &[0; 7]), Err(NpyError::Body { expected: 8, found: 7, .. })));
        assert!(matches!(read("<f4", "(2,)", &[0; 19]), Err(NpyError::Body { expected: 8, found: 9, .. })));
        assert!(matches!(read("<f8", "(4294967296, 4294967296)", &[]), Err(NpyError::TooLarge { .. })));
        for empty in ["(0, 4611686018427387904, 4)", "(4611686018427387904, 4, 0)"] {
            assert!(matches!(read("<f8", empty, &[]), Err(NpyError::TooLarge { .. })), "{empty}");
        }
        assert!(matches!(read("<f8", "(1000000000000,)", &[0; 8]), Err(NpyError::Body { found: 8, .. })));
        assert!(matches!(read("|i1", "(2,)", &[1, 255]).unwrap().indices(), Err(NpyError::NotAnIndex { at: 1, .. })));
    }

    proptest! {
        #[test]
        fn there_and_back(shape in prop::collection::vec(0usize..4, 0..4), seed in -1e9..1e9) {
            let n: usize = shape.iter().product();
            let x = Tensor::from_vec(&shape[..], (0..n).map(|i| seed * (i as f64).sin()).collect::<Vec<_>>());
            let mut bytes = Vec::new();
            Npy::from(&x).write(&mut bytes).unwrap();
            prop_assert_eq!(Npy::read(&bytes[..]).unwrap().tensor::<f64>(), x.clone());
            let mut bytes = Vec::new();
            Npy::from(&x.cast::<f32>()).write(&mut bytes).unwrap();
            prop_assert_eq!(Npy::read(&bytes[..]).unwrap().tensor::<f32>(), x.cast::<f32>());
        }

        #[test]
        fn damaged_files(damages in prop::collection::vec(damage(), 1..4)) {
            let bytes = damaged(file("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", &[0; 16]), &damages);
            match Npy::read(&bytes[..]) {
                Ok(array) => prop_assert_eq!(array.tensor::<f32>().shape().to_vec(), array.shape()),
                Err(e) => prop_assert!(e.to_string().len() > 10),
            }
        }
    }
}
