//! The op code of a scalar node: one byte.
//!
//! A binary primitive has five codes, one per form of its operands: both variables, or one of them a constant. A
//! constant that an `f32` holds exactly is stored in place of the operand; any other constant has its own node.

use crate::rules::{Binary, Nary, Unary};

/// An independent variable.
pub(crate) const LEAF: u8 = 0;
/// A constant that some node refers to.
pub(crate) const CONST: u8 = 1;
/// A tensor: the first operand is its slot among the records.
pub(crate) const TENSOR: u8 = 2;
/// A scalar computed by a tensor operation: the first operand is its slot among the records.
pub(crate) const RECORD: u8 = 3;
/// A scalar of many operands: the operands are where their list starts, and how long it is.
pub(crate) const NARY: u8 = 4;
/// The first unary primitive.
pub(crate) const UNARY: u8 = 16;
/// The first form of the first binary primitive.
pub(crate) const BINARY: u8 = UNARY + Unary::CODES;

/// How a binary node's operands are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Form {
    /// Two variables.
    VarVar,
    /// A variable and the bits of an `f32`.
    VarBits,
    /// The bits of an `f32` and a variable.
    BitsVar,
    /// A variable and a constant's node.
    VarNode,
    /// A constant's node and a variable.
    NodeVar,
}
/// How many forms there are.
pub(crate) const FORMS: u8 = 5;

const FORM: [Form; 5] = [Form::VarVar, Form::VarBits, Form::BitsVar, Form::VarNode, Form::NodeVar];

const _: () = assert!(BINARY as usize + Binary::ALL.len() * FORMS as usize <= 256, "op codes must fit in a byte");

/// The code of a binary primitive in a form.
#[inline(always)]
pub(crate) const fn binary(op: Binary, form: Form) -> u8 {
    BINARY + op as u8 * FORMS + form as u8
}

/// What a code stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Leaf,
    Const,
    Tensor,
    Record,
    Nary(Nary),
    Unary(Unary),
    Binary(Binary, Form),
}

const _: () = assert!(NARY as usize + Nary::ALL.len() <= UNARY as usize);

/// Reads a code; `bits` is the second operand, which holds a unary primitive's field.
#[inline]
pub(crate) fn read(code: u8, bits: u32) -> Kind {
    match code {
        LEAF => Kind::Leaf,
        CONST => Kind::Const,
        TENSOR => Kind::Tensor,
        RECORD => Kind::Record,
        c if c >= BINARY => {
            let c = c - BINARY;
            Kind::Binary(Binary::ALL[(c / FORMS) as usize], FORM[(c % FORMS) as usize])
        }
        c if c >= UNARY => Kind::Unary(Unary::from_code(c - UNARY, bits)),
        c => Kind::Nary(Nary::ALL[(c - NARY) as usize]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_back() {
        for &op in Binary::ALL {
            for form in FORM {
                assert_eq!(read(binary(op, form), 0), Kind::Binary(op, form));
            }
        }
        for op in Unary::all(2) {
            let (code, bits) = op.code();
            assert_eq!(read(UNARY + code, bits), Kind::Unary(op));
        }
        for op in Nary::ALL {
            assert_eq!(read(NARY + op as u8, 0), Kind::Nary(op));
        }
    }
}
