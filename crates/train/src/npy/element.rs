//! The types of an array's elements: how bytes become a number.

/// The element types, by how a few little-endian bytes become a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Element {
    Float(usize),
    Signed(usize),
    Unsigned(usize),
}

impl Element {
    /// The type that NumPy describes so, and whether its bytes stand big end first.
    pub(super) fn of(descr: &str) -> Option<(Element, bool)> {
        let (order, kind) = descr.split_at_checked(1)?;
        let element = match kind {
            "f4" => Element::Float(4),
            "f8" => Element::Float(8),
            "i1" => Element::Signed(1),
            "i2" => Element::Signed(2),
            "i4" => Element::Signed(4),
            "i8" => Element::Signed(8),
            "u1" | "b1" => Element::Unsigned(1),
            "u2" => Element::Unsigned(2),
            "u4" => Element::Unsigned(4),
            "u8" => Element::Unsigned(8),
            _ => return None,
        };
        match (order, element.width()) {
            ("<", _) | ("|", 1) => Some((element, false)),
            (">", _) => Some((element, true)),
            _ => None,
        }
    }

    /// Bytes.
    pub(super) fn width(self) -> usize {
        let (Element::Float(width) | Element::Signed(width) | Element::Unsigned(width)) = self;
        width
    }

    /// The number in these bytes, the little end first; 64-bit whole numbers beyond 2^53 are rounded.
    pub(super) fn number(self, bytes: &[u8]) -> f64 {
        let mut wide = [0; 8];
        wide[..bytes.len()].copy_from_slice(bytes);
        let bits = u64::from_le_bytes(wide);
        let unused = 64 - 8 * bytes.len();
        match self {
            Element::Float(4) => f64::from(f32::from_bits(bits as u32)),
            Element::Float(_) => f64::from_bits(bits),
            Element::Signed(_) => ((bits << unused) as i64 >> unused) as f64,
            Element::Unsigned(_) => bits as f64,
        }
    }
}
