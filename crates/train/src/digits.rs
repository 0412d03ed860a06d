//! The UCI optical digits: 1,797 images of handwritten digits, 8 by 8, included in this crate.

use crate::dataset::Dataset;
use crate::error::DataError;
use crate::idx::Idx;

/// Handwritten digits: 1,797 images as rows of 64 pixels from 0 (white) to 1 (black), with the classes 0 to 9.
///
/// The set is included in the crate and trains in a second. Source: E. Alpaydin and C. Kaynak, *Optical Recognition of
/// Handwritten Digits* (1998), [UCI Machine Learning Repository](https://doi.org/10.24432/C50P49), under
/// [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/). The pixels, integers from 0 to 16, are divided by 16.
///
/// ```
/// let digits = train::digits();
/// assert_eq!((digits.len(), digits.classes(), digits.example_shape().to_string()), (1797, 10, "(64,)".to_string()));
/// for row in digits.reshape([8, 8])?.x().slice(tensor::s![0]).rows() {
///     println!("{}", row.iter().map(|&ink| if ink > 0.5 { '#' } else { ' ' }).collect::<String>());
/// }
/// # Ok::<(), train::DataError>(())
/// ```
pub fn digits() -> Dataset {
    match read() {
        Ok(digits) => digits,
        Err(e) => unreachable!("the digits are included in this crate: {e}"),
    }
}

fn read() -> Result<Dataset, DataError> {
    let images = Idx::read(&include_bytes!("../data/digits-images-idx3-ubyte.gz")[..])?;
    let labels = Idx::read(&include_bytes!("../data/digits-labels-idx1-ubyte.gz")[..])?;
    Ok(Dataset::from_idx_scaled(images, labels, 10, 1.0 / 16.0)?.flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The checksums in the README next to the data.
    #[test]
    fn pixels_and_labels_match_the_source() {
        let digits = digits();
        assert_eq!(digits.class_counts(), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
        let pixels: Vec<usize> = digits.x().to_vec().into_iter().map(|p| (p * 16.0) as usize).collect();
        assert_eq!(pixels.len(), 1797 * 64);
        assert_eq!(pixels.iter().sum::<usize>(), 561_718);
        assert_eq!(pixels.iter().enumerate().map(|(i, p)| i % 251 * p).sum::<usize>(), 70_223_000);
        assert_eq!(digits.labels().iter().enumerate().map(|(i, y)| i * y).sum::<usize>(), 7_264_791);
        assert_eq!(pixels.iter().max(), Some(&16));
    }
}
