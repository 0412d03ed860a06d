//! A NumPy array: the `.npy` format.

use super::header::{Header, element};
use crate::bytes::read_at_most;
use crate::element::{index, little_endian};
use crate::error::DataError;
use crate::error::NpyError;
use std::fmt;
use std::io::{self, Read, Write};
use std::path::Path;
use tensor::{Real, Shape, Tensor};

/// A NumPy array of float16, float32, float64, integer or bool elements.
///
/// The array is stored as in the file: element type, byte order and memory order (C or Fortran) are preserved when it
/// is written again.
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
    data: Vec<u8>,
}

impl Npy {
    /// Reads a file.
    ///
    /// # Errors
    /// If the file does not exist, cannot be read, or is not exactly one array of numbers.
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
        let header = Header::read(&mut reader)?;
        Npy::read_elements(header, reader)
    }

    /// Reads the elements, to the end of the data.
    pub(crate) fn read_elements(header: Header, mut reader: impl Read) -> Result<Npy, NpyError> {
        let expected = header.size()?;
        let data = read_at_most(&mut reader, expected)?;
        let found = data.len() + read_at_most(reader, 1)?.len();
        if found != expected {
            return Err(NpyError::Body { shape: Shape::from(&header.shape[..]), expected, found });
        }
        Ok(Npy { header, data })
    }

    /// Writes the array in version 1.0 of the format, with its elements aligned to 64 bytes.
    ///
    /// # Errors
    /// If the writer fails.
    pub fn write(&self, mut writer: impl Write) -> io::Result<()> {
        self.header.write(&mut writer)?;
        writer.write_all(&self.data)
    }

    /// The dimensions, outermost axis first.
    pub fn shape(&self) -> &[usize] {
        &self.header.shape
    }

    /// The NumPy `descr` of the element type, such as `<f4`.
    pub fn descr(&self) -> &str {
        &self.header.descr
    }

    /// The elements, rounded to the nearest `T`.
    pub fn tensor<T: Real>(&self) -> Tensor<T> {
        self.arranged(self.values().map(T::from_f64).collect())
    }

    /// The elements in row-major order, if `T` represents each of them exactly.
    #[cfg(feature = "npz")]
    pub(crate) fn exact<T: Real>(&self) -> Option<Tensor<T>> {
        Some(self.arranged(self.header.element.exact(&self.data)?).packed())
    }

    /// A tensor of elements that are in the memory order of the file.
    fn arranged<T: Real>(&self, elements: Vec<T>) -> Tensor<T> {
        if self.header.fortran_order {
            let reversed: Vec<usize> = self.header.shape.iter().rev().copied().collect();
            let axes: Vec<isize> = (0..reversed.len() as isize).rev().collect();
            return Tensor::from_vec(reversed, elements).permute(axes);
        }
        Tensor::from_vec(&self.header.shape[..], elements)
    }

    /// The elements as class ids, in row-major order.
    ///
    /// # Errors
    /// If an element is negative or not an integer.
    pub fn indices(&self) -> Result<Vec<usize>, NpyError> {
        let id = |(at, value)| index(value).ok_or(NpyError::NotAnIndex { at, value });
        self.tensor::<f64>().to_vec().into_iter().enumerate().map(id).collect()
    }

    fn values(&self) -> impl Iterator<Item = f64> + '_ {
        self.header.element.values(&self.data)
    }
}

impl<T: Real> From<&Tensor<T>> for Npy {
    /// An array of type `f4` or `f8`, as the tensor.
    fn from(x: &Tensor<T>) -> Self {
        let descr = if size_of::<T>() == 4 { "<f4" } else { "<f8" };
        let Some(element) = element(descr) else { unreachable!("`{descr}` is a supported type") };
        let header = Header { descr: descr.to_string(), element, fortran_order: false, shape: x.shape().to_vec() };
        Npy { header, data: little_endian(x) }
    }
}

impl fmt::Debug for Npy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Npy({} of shape {})", self.header.descr, Shape::from(&self.header.shape[..]))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::damage::{damage, damaged};
    use proptest::prelude::*;
    use tensor::tensor;

    /// A file with this header and these elements.
    pub(crate) fn file(header: &str, data: &[u8]) -> Vec<u8> {
        let length = (header.len() as u16).to_le_bytes();
        [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), data].concat()
    }

    fn read(descr: &str, shape: &str, data: &[u8]) -> Result<Npy, NpyError> {
        Npy::read(&file(&format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n"), data)[..])
    }

    /// The bytes that `numpy.save` writes for `numpy.array([[1, 2], [3, 4]], dtype='<f4')`.
    #[test]
    fn bytes_match_numpy() {
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
    fn every_element_type_and_byte_order() {
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
        same("<f2", &[0x55, 0x35], 0.333251953125);
        same(">f2", &[0xc0, 0x00], -2.0);
        for descr in ["<c8", "<f3", "|f2", "|S3", "=f4", "|f4", "", "é"] {
            assert!(matches!(read(descr, "(1,)", &[0; 16]), Err(NpyError::Element(_))), "{descr}");
        }
    }

    #[test]
    fn fortran_order() {
        let bytes = file("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }", &[1, 4, 2, 5, 3, 6]);
        let array = Npy::read(&bytes[..]).unwrap();
        assert_eq!(array.tensor::<f32>(), tensor![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        assert_eq!(array.indices().unwrap(), [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn invalid_files_are_errors() {
        assert!(matches!(Npy::read(&b"PK\x03\x04"[..]), Err(NpyError::Magic(_))));
        assert!(matches!(Npy::read(&b"\x93NUMPY\x01\x00\xff"[..]), Err(NpyError::TruncatedHeader)));
        assert!(matches!(Npy::read(&b"\x93NUMPY\x02\x00\xff\xff\xff\xff{"[..]), Err(NpyError::TruncatedHeader)));
        assert!(matches!(read("<f4", "(2,)", &[0; 7]), Err(NpyError::Body { expected: 8, found: 7, .. })));
        assert!(matches!(read("<f4", "(2,)", &[0; 19]), Err(NpyError::Body { expected: 8, found: 9, .. })));
        assert!(matches!(read("<f8", "(4294967296, 4294967296)", &[]), Err(NpyError::TooLarge { .. })));
        for empty in ["(0, 4611686018427387904, 4)", "(4611686018427387904, 4, 0)"] {
            assert!(matches!(read("<f8", empty, &[]), Err(NpyError::TooLarge { .. })), "{empty}");
        }
        assert!(matches!(read("<f8", "(1000000000000,)", &[0; 8]), Err(NpyError::Body { found: 8, .. })));
        assert!(matches!(read("|i1", "(2,)", &[1, 255]).unwrap().indices(), Err(NpyError::NotAnIndex { at: 1, .. })));
    }

    /// An array of any supported type, byte order and memory order.
    #[derive(Clone, Debug)]
    pub(crate) struct Foreign {
        descr: String,
        fortran: bool,
        shape: Vec<usize>,
        pub(crate) data: Vec<u8>,
    }

    impl Foreign {
        pub(crate) fn file(&self) -> Vec<u8> {
            let Foreign { descr, fortran, shape, data } = self;
            let order = if *fortran { "True" } else { "False" };
            let dims: String = shape.iter().map(|d| format!("{d},")).collect();
            file(&format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': ({dims}), }}"), data)
        }
    }

    pub(crate) fn foreign() -> impl Strategy<Value = Foreign> {
        let kinds = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"];
        let descr = (prop::sample::select(vec!["<", ">"]), prop::sample::select(kinds.to_vec()));
        let shape = prop::collection::vec(0usize..4, 0..4);
        let bytes = prop::collection::vec(any::<u8>(), 27 * 8);
        (descr, any::<bool>(), shape, bytes).prop_map(|((order, kind), fortran, shape, mut data)| {
            data.truncate(shape.iter().product::<usize>() * kind[1..].parse::<usize>().unwrap());
            let order = if kind.ends_with('1') { "|" } else { order };
            Foreign { descr: format!("{order}{kind}"), fortran, shape, data }
        })
    }

    proptest! {
        #[test]
        fn tensors_round_trip(shape in prop::collection::vec(0usize..4, 0..4), seed in -1e9..1e9) {
            let n: usize = shape.iter().product();
            let x = Tensor::from_vec(&shape[..], (0..n).map(|i| seed * (i as f64).sin()).collect::<Vec<_>>());
            let mut bytes = Vec::new();
            Npy::from(&x).write(&mut bytes).unwrap();
            prop_assert_eq!(Npy::read(&bytes[..]).unwrap().tensor::<f64>(), x.clone());
            let mut bytes = Vec::new();
            Npy::from(&x.cast::<f32>()).write(&mut bytes).unwrap();
            prop_assert_eq!(Npy::read(&bytes[..]).unwrap().tensor::<f32>(), x.cast::<f32>());
        }

        /// Reading and writing preserves the bytes of the elements and the header.
        #[test]
        fn any_type_and_order_round_trips(foreign in foreign()) {
            let array = Npy::read(&foreign.file()[..]).unwrap();
            let Foreign { descr, fortran, shape, data } = foreign;
            let mut written = Vec::new();
            array.write(&mut written).unwrap();
            prop_assert!(written.ends_with(&data) && (written.len() - data.len()).is_multiple_of(64));
            let again = Npy::read(&written[..]).unwrap();
            prop_assert_eq!(&again, &array);
            prop_assert_eq!((again.descr(), again.shape()), (&descr[..], &shape[..]));
            let bits = |x: Tensor<f64>| x.to_vec().into_iter().map(f64::to_bits).collect::<Vec<_>>();
            prop_assert_eq!(bits(again.tensor()), bits(array.tensor()));
            // Element (i, j, ...) is at position i + d0 (j + ...) in Fortran order, and in row-major order in C order.
            let values: Vec<f64> = array.values().collect();
            for (row_major, value) in array.tensor::<f64>().to_vec().into_iter().enumerate() {
                let mut rest = row_major;
                let index: Vec<usize> = shape.iter().rev().map(|&d| { let i = rest % d; rest /= d; i }).collect();
                let fortran_major = index.iter().zip(shape.iter().rev()).fold(0, |at, (&i, &d)| at * d + i);
                let at = if fortran { fortran_major } else { row_major };
                prop_assert_eq!(value.to_bits(), values[at].to_bits());
            }
        }

        #[test]
        fn damaged_files(damages in prop::collection::vec(damage(), 1..4)) {
            let valid = file("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", &[0; 16]);
            let bytes = damaged(valid, &damages);
            match Npy::read(&bytes[..]) {
                Ok(array) => prop_assert_eq!(array.tensor::<f32>().shape().to_vec(), array.shape()),
                Err(e) => prop_assert!(e.to_string().len() > 10),
            }
        }
    }
}
