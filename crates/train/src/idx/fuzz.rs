//! Property tests with damaged files: each is either read with the shape in its header, or an error with a message.

use super::Idx;
use super::tests::{file, file_of, gzip};
use crate::damage::{damage, damaged};
use proptest::prelude::*;

/// The array has the shape of its header, or the error has a message.
fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    match Idx::read(bytes) {
        Ok(idx) => prop_assert_eq!(idx.tensor::<f64>().shape().to_vec(), idx.shape()),
        Err(e) => prop_assert!(e.to_string().len() > 20),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        check(&bytes)?;
        check(&gzip(&bytes))?;
    }

    #[test]
    fn any_header(
        shape in prop::collection::vec(any::<u32>(), 0..10),
        data in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        check(&file(&shape, &data))?;
    }

    /// Arrays encoded by the definition of the format are read as the same values.
    #[test]
    fn any_type_and_shape(
        code in prop::sample::select(vec![0x08_u8, 0x09, 0x0b, 0x0c, 0x0d, 0x0e]),
        shape in prop::collection::vec(0u32..4, 1..4),
        seed in prop::collection::vec(-128_i16..256, 27),
        zipped: bool,
    ) {
        let size = shape.iter().product::<u32>() as usize;
        let value = |x: i16| match code {
            0x08 => f64::from(x as u8),
            0x09 => f64::from(x as i8),
            _ => f64::from(x),
        };
        let bytes = |x: i16| match code {
            0x08 | 0x09 => vec![x as u8],
            0x0b => x.to_be_bytes().to_vec(),
            0x0c => i32::from(x).to_be_bytes().to_vec(),
            0x0d => f32::from(x).to_be_bytes().to_vec(),
            _ => f64::from(x).to_be_bytes().to_vec(),
        };
        let file = file_of(code, &shape, &seed[..size].iter().flat_map(|&x| bytes(x)).collect::<Vec<_>>());
        let idx = Idx::read(&(if zipped { gzip(&file) } else { file })[..]).unwrap();
        prop_assert_eq!(idx.tensor::<f64>().to_vec(), seed[..size].iter().map(|&x| value(x)).collect::<Vec<_>>());
    }

    #[test]
    fn damaged_files(
        shape in prop::collection::vec(0u32..5, 1..4),
        damages in prop::collection::vec(damage(), 1..4),
    ) {
        let size: u32 = shape.iter().product();
        let bytes = file(&shape, &vec![3; size as usize]);
        check(&damaged(bytes.clone(), &damages))?;
        check(&damaged(gzip(&bytes), &damages))?;
        check(&gzip(&damaged(bytes, &damages)))?;
    }
}
