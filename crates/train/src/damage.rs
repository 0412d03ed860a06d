//! Random damage to files, for property tests of file readers.

use proptest::prelude::*;

#[derive(Clone, Debug)]
pub(crate) enum Damage {
    Cut(prop::sample::Index),
    Flip(prop::sample::Index, u8),
    Extend(Vec<u8>),
    Drop(prop::sample::Index),
}

pub(crate) fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        any::<prop::sample::Index>().prop_map(Damage::Cut),
        (any::<prop::sample::Index>(), 1u8..).prop_map(|(i, bits)| Damage::Flip(i, bits)),
        prop::collection::vec(any::<u8>(), 1..20).prop_map(Damage::Extend),
        any::<prop::sample::Index>().prop_map(Damage::Drop),
    ]
}

pub(crate) fn damaged(mut bytes: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
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
