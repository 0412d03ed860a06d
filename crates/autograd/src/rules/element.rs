//! The element types of tensors on a tape.

use super::array::Product;
use super::linear::{Direction, Linear};
use super::{Binary, Op, Unary};
use tensor::{Real, Tensor};

/// An element type whose tensor kernels are compiled in this crate: `f32` or `f64`.
#[allow(private_interfaces)]
pub trait Element: Real {
    #[doc(hidden)]
    fn apply(op: &Op<Self>, xs: &[&Tensor<Self>]) -> Tensor<Self>;
    #[doc(hidden)]
    fn apply_unary(op: Unary, x: &Tensor<Self>) -> Tensor<Self>;
    #[doc(hidden)]
    fn apply_binary(op: Binary, a: &Tensor<Self>, b: &Tensor<Self>) -> Tensor<Self>;
    #[doc(hidden)]
    fn apply_map(map: &Linear<Tensor<Self>>, direction: Direction, p: Product, a: &Tensor<Self>) -> Tensor<Self>;
}
