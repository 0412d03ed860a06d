//! The macro that turns the table of unary primitives into the enum `Unary`, one type per rule, and the op codes.

use tensor::Number;

/// The rule of a unary primitive: f and f'.
pub(crate) trait UnaryRule: Copy + Sync {
    /// Whether the formula computes enough per element for AVX-512 to be faster.
    const SIMD512: bool;
    /// y = f(x).
    fn value<N: Number>(self, x: N) -> N;
    /// f'(x), given y = f(x).
    fn derivative<N: Number>(self, x: N, y: N) -> N;
}

/// A function that is generic over the type of a unary rule, for kernels compiled per primitive.
pub(crate) trait UnaryVisitor {
    type Output;
    fn visit<R: UnaryRule>(self, rule: R) -> Self::Output;
}

/// Declares the primitives, each by a doc comment, a name, the value and the derivative.
macro_rules! unary {
    ($( $(#[$doc:meta])* $op:ident $(($field:ident: $ty:ty))? $name:literal $(#$simd:ident)?
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
                    const SIMD512: bool = unary!(@simd512 $($simd)?);
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
            /// The number of codes.
            pub(crate) const CODES: u8 = Code::Count as u8;

            /// The primitive as an integer below [`CODES`](Unary::CODES), and the bits of its field.
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

            /// The name of the method that records this primitive.
            pub fn name(self) -> &'static str {
                match self { $( Unary::$op { .. } => $name, )* }
            }

            /// y = f(x), for any [`Number`].
            #[inline]
            pub fn value<N: Number>(self, x: N) -> N {
                match self { $( unary!(@bind $op $(($field))?) => rule::$op $(($field))?.value(x), )* }
            }

            /// f'(x) given y = f(x), for any [`Number`].
            #[inline]
            pub fn derivative<N: Number>(self, x: N, y: N) -> N {
                match self { $( unary!(@bind $op $(($field))?) => rule::$op $(($field))?.derivative(x, y), )* }
            }

            /// The function of `tensor` whose vectorized kernel computes the value, if there is one.
            #[inline]
            pub(crate) fn vectorized(self) -> Option<Function1> {
                match self {
                    $( Unary::$op { .. } => unary!(@vectorized $op $($simd)?), )*
                }
            }

            /// Calls the visitor with the type of the rule; `None` if the primitive has no vectorized kernels.
            #[inline]
            pub(crate) fn visit<V: UnaryVisitor>(self, visitor: V) -> Option<V::Output> {
                match self {
                    $( Unary::$op { .. } => unary!(@visit visitor $op $($simd)?), )*
                }
            }

            /// Every primitive, with `field` as the field of those that have one.
            #[cfg(test)]
            pub(crate) fn all(field: u32) -> Vec<Unary> {
                (0..Self::CODES).map(|c| Unary::from_code(c, field)).collect()
            }
        }
    };
    (@bind $op:ident ($field:ident)) => { Unary::$op($field) };
    (@bind $op:ident) => { Unary::$op };
    (@simd512 simd512) => { true };
    (@simd512 $($other:ident)?) => { false };
    (@vectorized $op:ident $simd:ident) => { Some(Function1::$op) };
    (@vectorized $op:ident) => { None };
    (@visit $visitor:ident $op:ident simd) => { Some($visitor.visit(rule::$op)) };
    (@visit $visitor:ident $op:ident simd512) => { Some($visitor.visit(rule::$op)) };
    (@visit $visitor:ident $op:ident) => { { let _ = &$visitor; None } };
}
pub(super) use unary;
