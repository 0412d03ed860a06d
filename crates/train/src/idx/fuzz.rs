//! Random damage to files: whatever comes of it is read as what it claims, or refused with a reason.

use super::Idx;
use super::tests::{file, gzip};
use crate::damage::{damage, damaged};
use proptest::prelude::*;

/// Whatever is read has the shape it claims; whatever is refused says why.
fn is_sane(bytes: &[u8]) -> Result<(), TestCaseError> {
    match Idx::read(bytes) {
        Ok(idx) => prop_assert_eq!(idx.shape().iter().product::<usize>(), idx.bytes().len()),
        Err(e) => prop_assert!(e.to_string().len() > 20),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        is_sane(&bytes)?;
        is_sane(&gzip(&bytes))?;
    }

    #[test]
    fn any_header(
        shape in prop::collection::vec(any::<u32>(), 0..10),
        data in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        is_sane(&file(&shape, &data))?;
    }

    #[test]
    fn damaged_files(
        shape in prop::collection::vec(0u32..5, 1..4),
        damages in prop::collection::vec(damage(), 1..4),
    ) {
        let size: u32 = shape.iter().product();
        let bytes = file(&shape, &vec![3; size as usize]);
        is_sane(&damaged(bytes.clone(), &damages))?;
        is_sane(&damaged(gzip(&bytes), &damages))?;
        is_sane(&gzip(&damaged(bytes, &damages)))?;
    }
}
