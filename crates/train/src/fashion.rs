//! Fashion-MNIST: 70,000 grayscale images, 28 by 28, of ten kinds of clothing (Xiao, Rasul and Vollgraf 2017).

use crate::dataset::Dataset;
use crate::error::DataError;
use crate::idx::Idx;
use std::path::{Path, PathBuf};
use tensor::Shape;

/// The folder in which Debian's package `dataset-fashion-mnist` installs the files.
pub const FASHION_DIR: &str = "/usr/share/datasets/fashion-mnist";

/// The names of the ten classes.
pub const FASHION_CLASSES: [&str; 10] =
    ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

/// The number of training images held out for validation, taken from the end.
const VALID: usize = 5_000;

/// Fashion-MNIST, split into training, validation and test set. Each example is a row of 784 pixels from 0 (background)
/// to 1.
///
/// The pixels are stored as bytes; training and validation set share their storage.
#[derive(Clone, Debug)]
pub struct FashionMnist {
    /// The first 55,000 training images.
    pub train: Dataset,
    /// The last 5,000 training images.
    pub valid: Dataset,
    /// The 10,000 test images.
    pub test: Dataset,
}

/// Reads Fashion-MNIST from a folder that contains its four files, gzipped or not.
///
/// ```no_run
/// use train::{FASHION_CLASSES, FASHION_DIR, fashion_mnist};
/// let fashion = fashion_mnist(FASHION_DIR)?;
/// assert_eq!((fashion.train.len(), fashion.valid.len(), fashion.test.len()), (55_000, 5_000, 10_000));
/// println!("the first image shows: {}", FASHION_CLASSES[fashion.train.labels()[0]]);
/// # Ok::<(), train::DataError>(())
/// ```
///
/// # Errors
/// If a file is missing, unreadable or damaged, or contains an array of another shape.
pub fn fashion_mnist(dir: impl AsRef<Path>) -> Result<FashionMnist, DataError> {
    let dir = dir.as_ref();
    let whole = read(dir, "train", 60_000)?;
    let (train, valid) = whole.split_at(whole.len() - VALID)?;
    Ok(FashionMnist { train, valid, test: read(dir, "t10k", 10_000)? })
}

/// Reads one pair of files: n images and their labels.
fn read(dir: &Path, part: &str, n: usize) -> Result<Dataset, DataError> {
    let images = array(dir, &format!("{part}-images-idx3-ubyte"), [n, 28, 28].into())?;
    let labels = array(dir, &format!("{part}-labels-idx1-ubyte"), n.into())?;
    Ok(Dataset::from_idx(images, labels, FASHION_CLASSES.len())?.flatten())
}

/// Reads one file of known shape.
fn array(dir: &Path, name: &str, expected: Shape) -> Result<Idx, DataError> {
    let path = find(dir, name)?;
    let idx = Idx::open(&path)?;
    let found = Shape::from(idx.shape());
    if found != expected {
        return Err(DataError::Contents { path, found, expected });
    }
    Ok(idx)
}

/// The path of a file, gzipped or not.
fn find(dir: &Path, name: &str) -> Result<PathBuf, DataError> {
    let zipped = dir.join(format!("{name}.gz"));
    if zipped.is_file() {
        return Ok(zipped);
    }
    let plain = dir.join(name);
    if plain.is_file() { Ok(plain) } else { Err(DataError::Missing { path: zipped, suggestion: SUGGESTION }) }
}

const SUGGESTION: &str = "install Fashion-MNIST with `apt install dataset-fashion-mnist`, or pass the folder that \
                          contains its four files ({train,t10k}-{images-idx3,labels-idx1}-ubyte.gz) with `--data DIR`";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_labels_and_pixel_range() {
        if !Path::new(FASHION_DIR).is_dir() {
            eprintln!("skipped: {FASHION_DIR} does not exist");
            return;
        }
        let f = fashion_mnist(FASHION_DIR).unwrap();
        assert_eq!((f.train.len(), f.valid.len(), f.test.len()), (55_000, 5_000, 10_000));
        assert_eq!(f.train.example_shape(), &[784]);
        assert_eq!(f.train.labels()[..5], [9, 0, 0, 3, 0]);
        assert_eq!(f.test.class_counts(), [1000; 10]);
        let both: Vec<usize> = f.train.class_counts().iter().zip(f.valid.class_counts()).map(|(a, b)| a + b).collect();
        assert_eq!(both, [6000; 10]);
        let x = f.valid.x();
        assert_eq!((x.min(), x.max()), (0.0, 1.0));
    }

    #[test]
    fn missing_files_are_reported_with_a_suggestion() {
        let e = fashion_mnist("no-such-folder").unwrap_err().to_string();
        assert!(e.starts_with("no-such-folder"), "{e}");
        assert!(e.contains("apt install dataset-fashion-mnist") && e.contains("--data DIR"), "{e}");
    }

    #[test]
    fn files_with_other_contents_are_errors() {
        let dir = std::env::temp_dir().join(format!("chainrule-fashion-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let path = dir.join("train-images-idx3-ubyte");
        std::fs::write(&path, [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7]).unwrap();
        let small = fashion_mnist(&dir).unwrap_err();
        std::fs::write(&path, [0, 0, 8, 3, 0, 0]).unwrap();
        let short = fashion_mnist(&dir).unwrap_err();
        std::fs::remove_dir_all(&dir).unwrap();
        assert!(small.to_string().contains("expected an array of shape (60000, 28, 28), found (1, 1, 1)"), "{small}");
        let text = short.to_string();
        assert!(text.contains("train-images-idx3-ubyte: expected an IDX header of 16 bytes"), "{text}");
    }
}
