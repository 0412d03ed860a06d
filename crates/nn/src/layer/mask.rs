//! Random masks: one of two numbers for each element.

use crate::module::checked::is_rate;
use autograd::Scalar;
use rand::Rng;
use tensor::{Shape, Tensor};

/// `out` with probability p, else `kept`, p being rounded to a multiple of 2⁻³². Each draw of 64 bits decides two
/// numbers.
pub(super) fn mask<T: Scalar>(shape: &Shape, p: f64, out: T, kept: T, rng: &mut dyn Rng) -> Tensor<T> {
    let threshold = (p * 2.0_f64.powi(32)).round() as u64;
    let decide = |bits: u64| if bits < threshold { out } else { kept };
    Tensor::build(shape, |numbers| {
        for pair in numbers.chunks_mut(2) {
            let bits = rng.next_u64();
            for (o, bits) in pair.iter_mut().zip([bits >> 32, bits & 0xffff_ffff]) {
                *o = decide(bits);
            }
        }
    })
}

/// Refuses a rate outside 0..=1.
#[track_caller]
pub(super) fn check_rate(layer: &str, rate: f64) {
    assert!(is_rate(rate), "{layer}: the rate must lie in 0..=1, but is {rate}");
}
