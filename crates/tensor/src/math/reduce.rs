//! The argument reduction of the exponential functions: x = n ln 2 + r, where n is an integer and |r| <= ln 2 / 2.
//!
//! The method is that of Cody and Waite: ln 2 is split into two parts, of which the first has so few bits that its
//! product with n is exact.

use super::simd::Arch;

/// Adding this constant rounds an `f32` to an integer, which is then in the low bits of the sum.
///
/// A cast to an integer saturates, which costs a comparison and a selection per element.
pub(super) const ROUND32: f32 = 12_582_912.0; // 1.5 * 2^23
/// Like [`ROUND32`], for `f64`.
pub(super) const ROUND64: f64 = 6_755_399_441_055_744.0; // 1.5 * 2^52

/// ln 2 rounded to 15 bits, and the remainder.
pub(super) const LN2_HI_32: f32 = 0.693_145_75;
pub(super) const LN2_LO_32: f32 = 1.428_606_8e-6;
/// ln 2 rounded to 32 bits, and the remainder.
pub(super) const LN2_HI_64: f64 = 0.693_147_180_369_123_8;
pub(super) const LN2_LO_64: f64 = 1.908_214_929_270_587_7e-10;

/// Clamps x to `[low, high]`. NaN stays NaN, unlike with `max` and `min`.
#[inline(always)]
pub(super) fn clamp32(x: f32, low: f32, high: f32) -> f32 {
    let x = if x < low { low } else { x };
    if x > high { high } else { x }
}

/// Like [`clamp32`].
#[inline(always)]
pub(super) fn clamp64(x: f64, low: f64, high: f64) -> f64 {
    let x = if x < low { low } else { x };
    if x > high { high } else { x }
}

/// Returns `(bits, r)`, with `n + bias` in the low bits of `bits`. Adding the exponent bias here is free.
#[inline(always)]
pub(super) fn reduce32<A: Arch>(x: f32, bias: u8) -> (u32, f32) {
    let shift = ROUND32 + f32::from(bias);
    let rounded = A::fma32(x, std::f32::consts::LOG2_E, shift);
    let n = rounded - shift;
    let r = A::fma32(n, -LN2_HI_32, x);
    (rounded.to_bits(), A::fma32(n, -LN2_LO_32, r))
}

/// Like [`reduce32`].
#[inline(always)]
pub(super) fn reduce64<A: Arch>(x: f64, bias: u16) -> (u64, f64) {
    let shift = ROUND64 + f64::from(bias);
    let rounded = A::fma64(x, std::f64::consts::LOG2_E, shift);
    let n = rounded - shift;
    let r = A::fma64(n, -LN2_HI_64, x);
    (rounded.to_bits(), A::fma64(n, -LN2_LO_64, r))
}

/// Returns 2^n from `n + 127` in the low bits, if 2^n is a normal number.
#[inline(always)]
pub(super) fn power32(bits: u32) -> f32 {
    f32::from_bits(bits << 23)
}

/// Returns 2^n from `n + 1023` in the low bits, if 2^n is a normal number.
#[inline(always)]
pub(super) fn power64(bits: u64) -> f64 {
    f64::from_bits(bits << 52)
}

/// Returns 2^n as two factors, from `n + 254` in the low bits: 2^128 and the subnormal 2^-149 do not fit in one
/// exponent field.
#[inline(always)]
pub(super) fn two_powers32(bits: u32) -> (f32, f32) {
    let half = bits >> 1;
    (power32(half), power32(bits.wrapping_sub(half)))
}

/// Returns 2^n as two factors, from `n + 2046` in the low bits.
#[inline(always)]
pub(super) fn two_powers64(bits: u64) -> (f64, f64) {
    let half = bits >> 1;
    (power64(half), power64(bits.wrapping_sub(half)))
}
