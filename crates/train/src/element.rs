//! Decoding the element types of array files.

use tensor::{Real, Tensor};

/// The element type of a file: how its bytes encode a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) kind: Kind,
    /// Bytes per element: 1, 2, 4 or 8.
    pub(crate) width: usize,
    pub(crate) big_endian: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// IEEE 754 with 16, 32 or 64 bits.
    Float,
    /// The upper 16 bits of a 32-bit float.
    BFloat16,
    Signed,
    Unsigned,
}

impl Element {
    pub(crate) const fn little(kind: Kind, width: usize) -> Element {
        Element { kind, width, big_endian: false }
    }

    pub(crate) const fn big(kind: Kind, width: usize) -> Element {
        Element { kind, width, big_endian: true }
    }

    /// The elements, each as the nearest `f64`: only integers beyond 2^53 are rounded.
    pub(crate) fn values(self, data: &[u8]) -> impl Iterator<Item = f64> + '_ {
        data.chunks_exact(self.width).map(move |bytes| self.value(self.bits(bytes)))
    }

    /// The elements as `T`, if `T` represents each of them exactly. NaN counts as exact.
    pub(crate) fn exact<T: Real>(self, data: &[u8]) -> Option<Vec<T>> {
        let exact = |bytes| {
            let bits = self.bits(bytes);
            let wide = self.value(bits);
            let (narrow, integer) = (T::from_f64(wide), wide as i128);
            let exact_in_f64 = match self.kind {
                Kind::Signed => integer == i128::from(self.signed(bits)),
                Kind::Unsigned => integer == i128::from(bits),
                Kind::Float | Kind::BFloat16 => true,
            };
            (exact_in_f64 && (narrow.to_f64() == wide || wide.is_nan())).then_some(narrow)
        };
        data.chunks_exact(self.width).map(exact).collect()
    }

    fn bits(self, bytes: &[u8]) -> u64 {
        let shifted = |bits, &byte: &u8| bits << 8 | u64::from(byte);
        if self.big_endian { bytes.iter().fold(0, shifted) } else { bytes.iter().rev().fold(0, shifted) }
    }

    fn signed(self, bits: u64) -> i64 {
        let unused = 64 - 8 * self.width;
        (bits << unused) as i64 >> unused
    }

    fn value(self, bits: u64) -> f64 {
        match (self.kind, self.width) {
            (Kind::Float, 2) => half(bits as u16),
            (Kind::Float, 4) => f64::from(f32::from_bits(bits as u32)),
            (Kind::Float, _) => f64::from_bits(bits),
            (Kind::BFloat16, _) => f64::from(f32::from_bits((bits as u32) << 16)),
            (Kind::Signed, _) => self.signed(bits) as f64,
            (Kind::Unsigned, _) => bits as f64,
        }
    }
}

/// Decodes IEEE 754 binary16: 1 sign bit, 5 exponent bits, 10 fraction bits.
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    let size = match exponent {
        0 => fraction * 2.0_f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction / 1024.0) * 2.0_f64.powi(exponent - 15),
    };
    if bits >> 15 == 0 { size } else { -size }
}

/// The elements of a tensor as little-endian bytes of type `T`, in row-major order.
pub(crate) fn little_endian<T: Real>(x: &Tensor<T>) -> Vec<u8> {
    let narrow = size_of::<T>() == 4;
    let bits = |v: T| if narrow { u64::from((v.to_f64() as f32).to_bits()) } else { v.to_f64().to_bits() };
    x.to_vec().into_iter().flat_map(|v| bits(v).to_le_bytes().into_iter().take(size_of::<T>())).collect()
}

/// The value as a class id, if it is a non-negative integer.
pub(crate) fn index(value: f64) -> Option<usize> {
    (value >= 0.0 && value.fract() == 0.0 && value < 2.0_f64.powi(53)).then_some(value as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reference values of IEEE 754 binary16, and PyTorch's bfloat16 value of 1/3.
    #[test]
    fn floats_of_16_bits() {
        let half = |bits: u16| Element::little(Kind::Float, 2).values(&bits.to_le_bytes()).next().unwrap();
        let table = [
            (0x0001, 5.960464477539063e-8),
            (0x03ff, 6.097555160522461e-5),
            (0x0400, 6.103515625e-5),
            (0x3555, 0.333251953125),
            (0x3bff, 0.99951171875),
            (0x3c00, 1.0),
            (0x3c01, 1.0009765625),
            (0x7bff, 65504.0),
            (0x7c00, f64::INFINITY),
            (0xc000, -2.0),
            (0xfc00, f64::NEG_INFINITY),
        ];
        for (bits, value) in table {
            assert_eq!(half(bits), value, "{bits:04x}");
        }
        assert!(half(0x7e00).is_nan() && half(0x8000).to_bits() == (-0.0_f64).to_bits());
        let brain = Element::big(Kind::BFloat16, 2);
        assert_eq!(brain.values(&[0x3e, 0xab]).next(), Some(0.333984375));
    }

    #[test]
    fn big_and_little_endian() {
        for (kind, bytes, value) in [
            (Kind::Signed, &[0xff, 0xfe][..], -2.0),
            (Kind::Unsigned, &[0xff, 0xfe], 65534.0),
            (Kind::Signed, &[200], -56.0),
            (Kind::Float, &[0x3f, 0xc0, 0, 0], 1.5),
            (Kind::Unsigned, &[0, 0, 0, 0, 0, 0, 1, 2], 258.0),
        ] {
            let backwards: Vec<u8> = bytes.iter().rev().copied().collect();
            assert_eq!(Element::big(kind, bytes.len()).values(bytes).next(), Some(value));
            assert_eq!(Element::little(kind, bytes.len()).values(&backwards).next(), Some(value));
        }
    }

    #[test]
    fn inexact_conversions_give_none() {
        let double = |x: f64| Element::little(Kind::Float, 8).exact::<f32>(&x.to_le_bytes()).map(|v| v[0]);
        assert_eq!((double(0.5), double(-0.0), double(f64::INFINITY)), (Some(0.5), Some(-0.0), Some(f32::INFINITY)));
        assert!(double(f64::NAN).is_some_and(f32::is_nan));
        assert_eq!((double(0.1), double(1e300), double(1e-60)), (None, None, None));
        let signed = |x: i64| Element::little(Kind::Signed, 8).exact::<f64>(&x.to_le_bytes()).map(|v| v[0]);
        assert_eq!((signed(-3), signed((1 << 53) + 1), signed(i64::MIN)), (Some(-3.0), None, Some(i64::MIN as f64)));
        let unsigned = Element::little(Kind::Unsigned, 8).exact::<f64>(&u64::MAX.to_le_bytes());
        assert_eq!(unsigned, None);
        assert_eq!(
            Element::little(Kind::Float, 4).exact::<f64>(&0.1_f32.to_le_bytes()),
            Some(vec![f64::from(0.1_f32)])
        );
    }
}
