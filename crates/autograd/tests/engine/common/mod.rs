//! Helpers of the integration tests: comparisons with NaN and infinity, and reproducible random values.

pub(crate) mod mistakes;

pub(crate) use mistakes::panics;
use tensor::{Real, Shape, Tensor};

/// Whether `got` equals `want` up to a relative tolerance. NaN only matches NaN, 0 only 0, and an infinity only itself.
pub(crate) fn close(got: f64, want: f64, tolerance: f64) -> bool {
    if want.is_nan() {
        return got.is_nan();
    }
    got == want || want.is_finite() && (got - want).abs() <= tolerance * want.abs()
}

/// Panics unless all elements agree up to a relative tolerance.
#[track_caller]
pub(crate) fn assert_close(what: &str, got: &Tensor<f64>, want: &[f64], tolerance: f64) {
    let got = got.to_vec();
    assert_eq!(got.len(), want.len(), "{what}: got {got:?}, want {want:?}");
    for (i, (&g, &w)) in got.iter().zip(want).enumerate() {
        assert!(close(g, w, tolerance), "{what}, element {i}: got {g:e}, want {w:e}\n  all: {got:?}");
    }
}

/// Random values from a seed (SplitMix64), multiples of 2^-10, so that `f32` represents them exactly.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        Numbers(seed)
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A value in `low..high`, rounded to a multiple of 2^-10.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        let grid = (self.bits() >> 52) as f64 / 4096.0;
        ((low + (high - low) * grid) * 1024.0).round() / 1024.0
    }

    pub(crate) fn tensor(&mut self, shape: &Shape, low: f64, high: f64) -> Tensor<f64> {
        Tensor::from_fn(shape, |_| self.between(low, high))
    }
}

/// The inner product, and the sum of the absolute values of its terms, to which its rounding error is relative.
pub(crate) fn inner<T: Real>(a: &Tensor<T>, b: &Tensor<T>) -> (f64, f64) {
    assert_eq!(a.shape(), b.shape());
    let products = a.to_vec().into_iter().zip(b.to_vec()).map(|(a, b)| a.to_f64() * b.to_f64());
    products.fold((0.0, 0.0), |(sum, size), p| (sum + p, size + p.abs()))
}
