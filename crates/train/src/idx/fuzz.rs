//! Random damage to files: whatever comes of it is read as what it claims, or refused with a reason.

use super::Idx;
use super::tests::{file, gzip};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Damage {
    Cut(prop::sample::Index),
    Flip(prop::sample::Index, u8),
    Extend(Vec<u8>),
    Drop(prop::sample::Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        any::<prop::sample::Index>().prop_map(Damage::Cut),
        (any::<prop::sample::Index>(), 1u8..).prop_map(|(i, bits)| Damage::Flip(i, bits)),
        prop::collection::vec(any::<u8>(), 1..20).prop_map(Damage::Extend),
        any::<prop::sample::Index>().prop_map(Damage::Drop),
    ]
}

fn damaged(mut bytes: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
    for damage in damages {
        match damage {
            Damage::Extend(more) => bytes.extend(more),
            _ if bytes.is_empty() => {}
            Damage::Cut(i) => bytes.truncate(i.index(bytes.len())),
            Damage::Flip(i, bits) => {
                let i = i.index(bytes.len());
                bytes[i] ^= bits;
            }
            Damage::Drop(i) => {
                bytes.remove(i.index(bytes.len()));
            }
        }
    }
    bytes
}

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
