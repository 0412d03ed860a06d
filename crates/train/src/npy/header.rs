//! The header of a `.npy` file: a Python literal with three entries.

use crate::bytes::read_at_most;
use crate::element::{Element, Kind};
use crate::error::NpyError;
use std::io::{self, Read, Write};
use tensor::Shape;

/// The header: element type, memory order and shape.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Header {
    /// The element type, as in NumPy's `dtype.descr`.
    pub(crate) descr: String,
    pub(crate) element: Element,
    /// Whether the first axis varies fastest.
    pub(crate) fortran_order: bool,
    pub(crate) shape: Vec<usize>,
}

const MAGIC: &[u8; 6] = b"\x93NUMPY";
/// The maximum number of axes, as in NumPy.
const MAX_RANK: usize = 64;
/// The maximum length of a header in bytes: the limit of version 1.0 of the format. (NumPy's own limit is 10,000.)
const MAX_LENGTH: usize = u16::MAX as usize;

impl Header {
    /// Reads all data before the elements.
    pub(crate) fn read(mut reader: impl Read) -> Result<Header, NpyError> {
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
            _ => return Err(NpyError::TruncatedHeader),
        };
        let text = read_at_most(&mut reader, length.min(MAX_LENGTH))?;
        if text.len() < length.min(MAX_LENGTH) {
            return Err(NpyError::TruncatedHeader);
        }
        let text = String::from_utf8_lossy(&text);
        if length > MAX_LENGTH { Err(not_a_header(&text)) } else { Header::parse(&text) }
    }

    /// Writes all data before the elements, in version 1.0 of the format; the elements start at a multiple of 64 bytes.
    pub(crate) fn write(&self, mut writer: impl Write) -> io::Result<()> {
        let mut text = self.text();
        let unpadded = MAGIC.len() + 4 + text.len() + 1;
        text.push_str(&" ".repeat(unpadded.next_multiple_of(64) - unpadded));
        text.push('\n');
        let length = u16::try_from(text.len()).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
        writer.write_all(MAGIC)?;
        writer.write_all(&[1, 0])?;
        writer.write_all(&length.to_le_bytes())?;
        writer.write_all(text.as_bytes())
    }

    /// The number of bytes of all elements.
    pub(crate) fn size(&self) -> Result<usize, NpyError> {
        // With a dimension of 0 the array is empty, but its strides, the products of the other dimensions, must not
        // overflow.
        let dims = self.shape.iter().filter(|&&d| d > 0);
        let size = dims.copied().try_fold(self.element.width, usize::checked_mul);
        match size.filter(|&n| n < isize::MAX as usize) {
            None => Err(NpyError::TooLarge { shape: Shape::from(&self.shape[..]) }),
            Some(_) if self.shape.contains(&0) => Ok(0),
            Some(size) => Ok(size),
        }
    }

    fn text(&self) -> String {
        let dims: String = self.shape.iter().map(|d| format!("{d}, ")).collect();
        let dims = if self.shape.len() == 1 { dims.trim_end() } else { dims.trim_end_matches(", ") };
        let order = if self.fortran_order { "True" } else { "False" };
        format!("{{'descr': '{}', 'fortran_order': {order}, 'shape': ({dims}), }}", self.descr)
    }

    /// Parses the literal: keys in any order, single or double quotes, spaces anywhere.
    pub(super) fn parse(text: &str) -> Result<Header, NpyError> {
        let bad = || not_a_header(text);
        let (mut descr, mut fortran_order, mut shape) = (None, None, None);
        let body = text.trim().strip_prefix('{').and_then(|t| t.strip_suffix('}')).ok_or_else(bad)?;
        let mut rest = body.trim_start();
        while !rest.is_empty() {
            let (key, after) = quoted(rest).ok_or_else(bad)?;
            rest = after.trim_start().strip_prefix(':').ok_or_else(bad)?.trim_start();
            match key {
                // Duplicate entries are ambiguous, so they are errors.
                "descr" if descr.is_none() => {
                    let (value, after) = quoted(rest).ok_or_else(bad)?;
                    (descr, rest) = (Some(value.to_string()), after);
                }
                "fortran_order" if fortran_order.is_none() => {
                    let value = rest.starts_with("True");
                    rest = rest.strip_prefix(if value { "True" } else { "False" }).ok_or_else(bad)?;
                    fortran_order = Some(value);
                }
                "shape" if shape.is_none() => {
                    let (text, after) = rest.strip_prefix('(').and_then(|r| r.split_once(')')).ok_or_else(bad)?;
                    let text = text.trim().strip_suffix(',').unwrap_or(text).trim();
                    let dims = text.split(',').filter(|_| !text.is_empty());
                    let dims: Vec<usize> =
                        dims.map(|n| n.trim().parse()).collect::<Result<_, _>>().map_err(|_| bad())?;
                    (shape, rest) = (Some(dims).filter(|s| s.len() <= MAX_RANK), after);
                }
                _ => return Err(bad()),
            }
            rest = rest.trim_start();
            rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
        }
        match (descr, fortran_order, shape) {
            (Some(descr), Some(fortran_order), Some(shape)) => match element(&descr) {
                Some(element) => Ok(Header { descr, element, fortran_order, shape }),
                None => Err(NpyError::Element(descr)),
            },
            _ => Err(bad()),
        }
    }
}

fn not_a_header(text: &str) -> NpyError {
    NpyError::Header(text.chars().take(200).collect())
}

/// The element type with this NumPy `descr`.
pub(super) fn element(descr: &str) -> Option<Element> {
    let (order, kind) = descr.split_at_checked(1)?;
    let (kind, width) = match kind {
        "f2" => (Kind::Float, 2),
        "f4" => (Kind::Float, 4),
        "f8" => (Kind::Float, 8),
        "i1" => (Kind::Signed, 1),
        "i2" => (Kind::Signed, 2),
        "i4" => (Kind::Signed, 4),
        "i8" => (Kind::Signed, 8),
        "u1" | "b1" => (Kind::Unsigned, 1),
        "u2" => (Kind::Unsigned, 2),
        "u4" => (Kind::Unsigned, 4),
        "u8" => (Kind::Unsigned, 8),
        _ => return None,
    };
    match (order, width) {
        ("<", _) | ("|", 1) => Some(Element::little(kind, width)),
        (">", _) => Some(Element::big(kind, width)),
        _ => None,
    }
}

/// A quoted string at the start of the text, and the text after it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    text[1..].split_once(quote)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numpy_headers_are_parsed() {
        let header = Header::parse("{'descr': '<f8', 'fortran_order': True, 'shape': (3, 1), }   \n").unwrap();
        let of = |descr: &str, fortran_order, shape: &[usize]| Header {
            descr: descr.into(),
            element: element(descr).unwrap(),
            fortran_order,
            shape: shape.into(),
        };
        assert_eq!(header, of("<f8", true, &[3, 1]));
        for shape in [&[][..], &[4], &[2, 0, 7]] {
            for header in [of("<f4", false, shape), of(">i2", true, shape)] {
                assert_eq!(Header::parse(&header.text()).unwrap(), header);
            }
        }
        assert_eq!(of("<f4", false, &[4]).text(), "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }");
        let other = "{\"shape\":(2,3),\"fortran_order\":False,\"descr\":\"|u1\"}";
        assert_eq!(Header::parse(other).unwrap().shape, [2, 3]);
    }

    #[test]
    fn invalid_headers_are_errors() {
        for text in [
            "",
            "{}",
            "{'descr': '<f8'}",
            "{'descr': [('x', '<f8')], 'fortran_order': False, 'shape': ()}",
            "{'descr': '<f8', 'fortran_order': Maybe, 'shape': ()}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (2,,3)}",
            "{'descr': '<f8, 'fortran_order'",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (), 'more': 1}",
            "{'descr': '<f8', 'descr': '<f4', 'fortran_order': False, 'shape': ()}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (), 'shape': (2,)}",
            "{é: 1}",
        ] {
            assert!(matches!(Header::parse(text), Err(NpyError::Header(_))), "{text}");
        }
    }
}
