//! The header of a `.npy` file: a Python literal of three entries.

use super::NpyError;

/// What the header says of the elements that follow.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Header {
    pub(super) descr: String,
    pub(super) fortran_order: bool,
    pub(super) shape: Vec<usize>,
}

/// The axes an array may have: NumPy's own limit.
const MAX_RANK: usize = 64;

impl Header {
    /// The header of a packed array of this element type.
    pub(super) fn text(descr: &str, shape: &[usize]) -> String {
        let extents: String = shape.iter().map(|d| format!("{d}, ")).collect();
        format!(
            "{{'descr': '{descr}', 'fortran_order': False, 'shape': ({}), }}",
            match shape.len() {
                1 => extents.trim_end(),
                _ => extents.trim_end_matches(", "),
            }
        )
    }

    /// Reads the literal: keys in any order, quotes of either kind, blanks anywhere.
    pub(super) fn parse(text: &str) -> Result<Header, NpyError> {
        let bad = || NpyError::Header(text.chars().take(200).collect());
        let (mut descr, mut fortran_order, mut shape) = (None, None, None);
        let body = text.trim().strip_prefix('{').and_then(|t| t.strip_suffix('}')).ok_or_else(bad)?;
        let mut rest = body.trim_start();
        while !rest.is_empty() {
            let (key, after) = quoted(rest).ok_or_else(bad)?;
            rest = after.trim_start().strip_prefix(':').ok_or_else(bad)?.trim_start();
            match key {
                "descr" => {
                    let (value, after) = quoted(rest).ok_or_else(bad)?;
                    (descr, rest) = (Some(value.to_string()), after);
                }
                "fortran_order" => {
                    let value = rest.starts_with("True");
                    rest = rest.strip_prefix(if value { "True" } else { "False" }).ok_or_else(bad)?;
                    fortran_order = Some(value);
                }
                "shape" => {
                    let (extents, after) = rest.strip_prefix('(').and_then(|r| r.split_once(')')).ok_or_else(bad)?;
                    let extents = extents.trim().strip_suffix(',').unwrap_or(extents).trim();
                    let numbers = extents.split(',').filter(|_| !extents.is_empty());
                    let numbers: Vec<usize> =
                        numbers.map(|n| n.trim().parse()).collect::<Result<_, _>>().map_err(|_| bad())?;
                    (shape, rest) = (Some(numbers).filter(|s| s.len() <= MAX_RANK), after);
                }
                _ => return Err(bad()),
            }
            rest = rest.trim_start();
            rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
        }
        match (descr, fortran_order, shape) {
            (Some(descr), Some(fortran_order), Some(shape)) => Ok(Header { descr, fortran_order, shape }),
            _ => Err(bad()),
        }
    }
}

/// A string in quotes at the start of the text, and what follows it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    text[1..].split_once(quote)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_numpy_writes() {
        let header = Header::parse("{'descr': '<f8', 'fortran_order': True, 'shape': (3, 1), }   \n").unwrap();
        assert_eq!(header, Header { descr: "<f8".into(), fortran_order: true, shape: vec![3, 1] });
        for shape in [&[][..], &[4], &[2, 0, 7]] {
            let text = Header::text("<f4", shape);
            assert_eq!(
                Header::parse(&text).unwrap(),
                Header { descr: "<f4".into(), fortran_order: false, shape: shape.into() }
            );
        }
        assert_eq!(Header::text("<f4", &[4]), "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }");
        let other = "{\"shape\":(2,3),\"fortran_order\":False,\"descr\":\"|u1\"}";
        assert_eq!(Header::parse(other).unwrap().shape, [2, 3]);
    }

    #[test]
    fn what_it_does_not() {
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
            "{é: 1}",
        ] {
            assert!(matches!(Header::parse(text), Err(NpyError::Header(_))), "{text}");
        }
    }
}
