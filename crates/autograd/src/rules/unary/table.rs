//! From the table of the elementwise primitives to everything that reads it: the enum, a type per rule, the op codes.

use tensor::Number;

/// The rule of one primitive: f and f'.
pub(crate) trait UnaryRule: Copy + Sync {
    /// Whether the formula computes much per element.
    const HEAVY: bool;
    /// y = f(x).
    fn value<N: Number>(self, x: N) -> N;
    /// f'(x), given y = f(x).
    fn derivative<N: Number>(self, x: N, y: N) -> N;
}

/// Something to do with a rule whose type is known: how the tensor kernels are compiled per primitive.
pub(crate) trait UnaryVisitor {
    type Output;
    fn visit<R: UnaryRule>(self, rule: R) -> Self::Output;
}

/// Declares the primitives, from lines of a doc comment, a name, the value and the derivative.
macro_rules! unary {
    ($( $(#[$doc:meta])* $op:ident $(($field:ident: $ty:ty))? $name:literal $(#$wide:ident)?
        |$x:ident| $value:expr,
        |$x2:ident, $y:ident| $derivative:expr; )*) => {
        /// An elementwise primitive of one argument.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Unary { $( $(#[$doc])* $op $(($ty))?, )* }

        /// One type per primitive, carrying its rule.
        pub(crate) mod rule {
            use super::*;
            $(
                #[derive(Clone, Copy, Debug)]
                pub(crate) struct $op $((pub(crate) $ty))?;
                impl UnaryRule for $op {
                    const HEAVY: bool = unary!(@heavy $($wide)?);
                    #[inline(always)]
                    #[allow(unused_variables)]
                    fn value<N: Number>(self, $x: N) -> N { $(let $field: $ty = self.0;)? $value }
                    #[inline(always)]
                    #[allow(unused_variables)]
                    fn derivative<N: Number>(self, $x2: N, $y: N) -> N { $(let $field: $ty = self.0;)? $derivative }
                }
            )*
        }

        #[derive(Clone, Copy)]
        #[repr(u8)]
        pub(crate) enum Code { $( $op, )* Count }

        impl Unary {
            /// How many codes there are.
            pub(crate) const CODES: u8 = Code::Count as u8;

            /// The primitive as a number below [`CODES`](Unary::CODES), and its field's bits.
            #[inline(always)]
            pub(crate) fn code(self) -> (u8, u32) {
                match self { $( unary!(@bind $op $(($field))?) => (Code::$op as u8, 0 $(+ $field as u32)?), )* }
            }

            /// The inverse of [`code`](Unary::code).
            #[inline]
            #[allow(non_upper_case_globals)]
            pub(crate) fn from_code(code: u8, bits: u32) -> Unary {
                $( const $op: u8 = Code::$op as u8; )*
                let _ = bits;
                match code {
                    $( $op => Unary::$op $(({ let $field = bits as $ty; $field }))?, )*
                    _ => unreachable!("no unary primitive has code {code}"),
                }
            }

            /// The name of the method that records it.
            pub fn name(self) -> &'static str {
                match self { $( Unary::$op { .. } => $name, )* }
            }

            /// y = f(x), on any kind of number.
            #[inline]
            pub fn value<N: Number>(self, x: N) -> N {
                match self { $( unary!(@bind $op $(($field))?) => rule::$op $(($field))?.value(x), )* }
            }

            /// f'(x) given y = f(x), on any kind of number.
            #[inline]
            pub fn derivative<N: Number>(self, x: N, y: N) -> N {
                match self { $( unary!(@bind $op $(($field))?) => rule::$op $(($field))?.derivative(x, y), )* }
            }

            /// Hands the rule's own type to the visitor, if the primitive has vectorized kernels.
            #[inline]
            pub(crate) fn visit<V: UnaryVisitor>(self, visitor: V) -> Option<V::Output> {
                match self {
                    $( Unary::$op { .. } => unary!(@visit visitor $op $($wide)?), )*
                }
            }

            /// Every primitive, those with a field at the given number.
            #[cfg(test)]
            pub(crate) fn all(field: u32) -> Vec<Unary> {
                (0..Self::CODES).map(|c| Unary::from_code(c, field)).collect()
            }
        }
    };
    (@bind $op:ident ($field:ident)) => { Unary::$op($field) };
    (@bind $op:ident) => { Unary::$op };
    (@heavy heavy) => { true };
    (@heavy $($other:ident)?) => { false };
    (@visit $visitor:ident $op:ident wide) => { Some($visitor.visit(rule::$op)) };
    (@visit $visitor:ident $op:ident heavy) => { Some($visitor.visit(rule::$op)) };
    (@visit $visitor:ident $op:ident) => { { let _ = &$visitor; None } };
}
pub(super) use unary;
