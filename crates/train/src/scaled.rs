//! Decodes rows of bytes to floats: the loop that fills a batch of images.

use tensor::Real;
use tensor::math::simd::{Arch, Kernel};

/// Writes the bytes of the k-th row, times `scale`, to the k-th row of `out`.
pub(crate) struct Scaled<'a, T, I> {
    pub(crate) data: &'a [u8],
    pub(crate) width: usize,
    pub(crate) rows: I,
    pub(crate) scale: T,
    pub(crate) out: &'a mut [T],
}

impl<T: Real, I: Iterator<Item = usize>> Kernel for Scaled<'_, T, I> {
    type Output = ();
    #[inline(always)]
    fn run<A: Arch>(self) {
        for (out, row) in self.out.chunks_exact_mut(self.width).zip(self.rows) {
            let bytes = &self.data[row * self.width..(row + 1) * self.width];
            for (o, &b) in out.iter_mut().zip(bytes) {
                *o = T::from_f64(f64::from(b)) * self.scale;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::math::simd::{Isa, dispatch_on};

    #[test]
    fn every_instruction_set_gives_the_same_values() {
        let data: Vec<u8> = (0..=255).collect();
        for isa in Isa::available() {
            let mut out = vec![0.0_f32; 512];
            dispatch_on(
                isa,
                Scaled { data: &data, width: 256, rows: [0, 0].into_iter(), scale: 1.0 / 255.0, out: &mut out },
            );
            assert!(out.iter().enumerate().all(|(i, &o)| o == (i % 256) as f32 * (1.0 / 255.0)), "{isa:?}");
        }
    }
}
