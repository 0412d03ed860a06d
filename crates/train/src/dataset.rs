//! A data set: features and what to predict from them, checked once, shared by all its parts.

use crate::classes::Classes;
use crate::error::DataError;
use crate::features::{Features, IntoFeatures};
use crate::idx::Idx;
use crate::labels::Labels;
use crate::targets::Targets;
use std::fmt;
use std::ops::Range;
use tensor::{Real, Shape, Tensor};

/// Examples: the features of each, and a class ([`Classes`]) or numbers ([`Targets`]) to predict from them.
///
/// Everything that could be wrong with the data is found when the set is made. Clones and parts share the features'
/// storage. Batches of a classification set carry [`Indices`](tensor::Indices), those of a regression set tensors.
///
/// ```
/// use tensor::tensor;
/// use train::Dataset;
///
/// // The exclusive or.
/// let x = tensor![[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
/// let xor = Dataset::classification(x.clone(), [0, 1, 1, 0], 2)?;
/// assert_eq!((xor.len(), xor.classes(), xor.class_counts()), (4, 2, vec![2, 2]));
///
/// // The same as numbers to come close to.
/// let xor = Dataset::regression(x, tensor![0.0, 1.0, 1.0, 0.0])?;
/// assert_eq!(xor.targets().shape().to_string(), "(4, 1)");
/// # Ok::<(), train::DataError>(())
/// ```
#[derive(Clone)]
pub struct Dataset<T: Real = f32, Y: Labels = Classes> {
    features: Features<T>,
    labels: Y,
    pub(crate) weights: Option<Targets<T>>,
}

impl<T: Real, Y: Labels> Dataset<T, Y> {
    /// Features with labels of any form.
    ///
    /// # Errors
    /// If the features are refused (see [`Features::new`]), or there are not as many of them as labels.
    pub fn new(features: impl IntoFeatures<Elem = T>, labels: Y) -> Result<Self, DataError> {
        let features = features.into_features()?;
        if features.len() != labels.count() {
            return Err(DataError::Counts { features: features.len(), labels: labels.count() });
        }
        Ok(Dataset { features, labels, weights: None })
    }

    /// How many examples there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.features.len()
    }

    /// Whether there are no examples: never so, as a set without any is refused.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The shape of one example's features.
    #[inline]
    pub fn example_shape(&self) -> &Shape {
        self.features.example_shape()
    }

    /// The features.
    #[inline]
    pub fn features(&self) -> &Features<T> {
        &self.features
    }

    /// The features of all examples as one tensor, its first axis counting them.
    pub fn x(&self) -> Tensor<T> {
        self.features.x()
    }

    /// What to predict of all examples, in the form in which a batch carries it.
    pub fn y(&self) -> Y::Batch {
        self.labels.range(0..self.len())
    }

    /// The same set, each example's features seen in another shape: rows as images, images as rows.
    ///
    /// ```
    /// let images = train::digits().reshape([8, 8])?;
    /// assert_eq!(images.x().shape().to_string(), "(1797, 8, 8)");
    /// # Ok::<(), train::DataError>(())
    /// ```
    ///
    /// # Errors
    /// If that shape has another number of elements.
    pub fn reshape(self, example: impl Into<Shape>) -> Result<Self, DataError> {
        Ok(Dataset { features: self.features.reshape(example)?, ..self })
    }

    /// The same set, each example's features in one row.
    pub fn flatten(self) -> Self {
        Dataset { features: self.features.flatten(), ..self }
    }

    /// The examples at a run of positions.
    pub(crate) fn run(&self, positions: Range<usize>) -> Self {
        let weights = self.weights.as_ref().map(|w| w.slice(positions.clone()));
        Dataset { features: self.features.slice(positions.clone()), labels: self.labels.slice(positions), weights }
    }

    /// The examples at these positions.
    pub(crate) fn pick(&self, positions: &[usize]) -> Self {
        let weights = self.weights.as_ref().map(|w| w.select(positions));
        Dataset { features: self.features.select(positions), labels: self.labels.select(positions), weights }
    }

    /// The same labels and weights with other features, as many.
    pub(crate) fn with_features(&self, x: Tensor<T>) -> Result<Self, DataError> {
        let set = Dataset::new(x, self.labels.clone())?;
        Ok(Dataset { weights: self.weights.clone(), ..set })
    }

    /// What is predicted.
    pub(crate) fn entries(&self) -> &Y {
        &self.labels
    }
}

impl<T: Real> Dataset<T, Classes> {
    /// Examples of `classes` classes, numbered from 0: a label for each row of the features.
    ///
    /// # Errors
    /// If the features are refused (see [`Features::new`]), a label is not below `classes`, or there is not one for
    /// each example.
    pub fn classification(
        x: impl IntoFeatures<Elem = T>,
        labels: impl AsRef<[usize]>,
        classes: usize,
    ) -> Result<Self, DataError> {
        Dataset::new(x, Classes::new(labels, classes)?)
    }

    /// The class of each example.
    #[inline]
    pub fn labels(&self) -> &[usize] {
        self.labels.labels()
    }

    /// How many classes there are, whether or not all of them occur.
    #[inline]
    pub fn classes(&self) -> usize {
        self.labels.classes()
    }

    /// How many examples of each class there are.
    pub fn class_counts(&self) -> Vec<usize> {
        self.labels.class_counts()
    }

    /// The same set with features of another type; bytes stay bytes.
    ///
    /// ```
    /// let digits = train::digits().cast::<f64>();
    /// assert_eq!(digits.x().at([0, 2]), 5.0_f64 / 16.0);
    /// ```
    pub fn cast<U: Real>(&self) -> Dataset<U, Classes> {
        let weights = self.weights.as_ref().map(Targets::cast);
        Dataset { features: self.features.cast(), labels: self.labels.clone(), weights }
    }
}

impl Dataset<f32, Classes> {
    /// Images and their labels from two IDX files, as the MNIST family of sets comes: pixels divided by 255.
    ///
    /// Examples have the shape of an image; [`flatten`](Dataset::flatten) makes rows of them.
    ///
    /// ```
    /// use train::{Dataset, Idx};
    /// let images = Idx::read(&[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 51, 255, 102][..])?;
    /// let labels = Idx::read(&[0, 0, 8, 1, 0, 0, 0, 2, 1, 0][..])?;
    /// let set = Dataset::from_idx(images, labels, 2)?;
    /// assert_eq!(set.x().at([1, 0, 0]), 1.0);
    /// # Ok::<(), train::DataError>(())
    /// ```
    ///
    /// # Errors
    /// If there are no images or no labels, not as many of the one as of the other, images are not of type `ubyte`, a
    /// label is not below `classes`, or the two files have been exchanged.
    pub fn from_idx(images: Idx, labels: Idx, classes: usize) -> Result<Self, DataError> {
        Self::from_idx_scaled(images, labels, classes, 1.0 / 255.0)
    }

    pub(crate) fn from_idx_scaled(images: Idx, labels: Idx, classes: usize, scale: f64) -> Result<Self, DataError> {
        if labels.shape().len() != 1 {
            let shape = Shape::from(labels.shape());
            let expected = "one number per image, from the file named like labels-idx1; the images are given first";
            return Err(DataError::Axes { what: "labels", shape, expected });
        }
        let (n, image) = match images.shape() {
            [n, image @ ..] if !image.is_empty() => (*n, Shape::from(image)),
            _ => {
                let shape = Shape::from(images.shape());
                let expected = "two axes or more, from the file named like images-idx3; the labels are given second";
                return Err(DataError::Axes { what: "features", shape, expected });
            }
        };
        let ids = labels.indices()?;
        if n != ids.len() {
            return Err(DataError::Counts { features: n, labels: ids.len() });
        }
        let labels = Classes::new(ids, classes)?;
        Dataset::new(Features::bytes(image, images.into_unsigned_bytes()?, scale)?, labels)
    }
}

impl<T: Real> Dataset<T, Targets<T>> {
    /// Examples with numbers to predict: a row of targets for each row of the features.
    ///
    /// # Errors
    /// If features or targets are refused (see [`Features::new`]), or there are not as many of the one as of the other.
    pub fn regression(x: impl IntoFeatures<Elem = T>, targets: Tensor<T>) -> Result<Self, DataError> {
        Dataset::new(x, Targets::new(targets)?)
    }

    /// The numbers to predict, a row for each example.
    #[inline]
    pub fn targets(&self) -> &Tensor<T> {
        self.labels.values()
    }

    /// The same set with another element type.
    pub fn cast<U: Real>(&self) -> Dataset<U, Targets<U>> {
        let weights = self.weights.as_ref().map(Targets::cast);
        Dataset { features: self.features.cast(), labels: self.labels.cast(), weights }
    }
}

impl<T: Real, Y: Labels> fmt::Debug for Dataset<T, Y> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dataset({} examples of shape {}, {:?})", self.len(), self.example_shape(), self.labels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::tensor;

    #[test]
    fn wholes() {
        let x: Tensor<f64> = tensor![[1.0, 2.0], [3.0, 4.0]];
        let set = Dataset::classification(x.clone(), [1, 0], 3).unwrap();
        assert_eq!((set.x(), set.y().as_slice(), set.is_empty()), (x.clone(), &[1, 0][..], false));
        assert_eq!(format!("{set:?}"), "Dataset(2 examples of shape (2,), 3 classes)");
        let set = Dataset::regression(x.clone(), x.transpose()).unwrap();
        assert_eq!((set.y(), set.targets()), (x.transpose(), &x.transpose()));
        assert_eq!(set.cast::<f32>().x(), x.cast());
        assert_eq!(format!("{set:?}"), "Dataset(2 examples of shape (2,), targets of shape (2, 2))");
    }

    #[test]
    fn features_and_labels_come_in_pairs() {
        let x: Tensor<f32> = Tensor::zeros([3, 2]);
        let e = Dataset::classification(x.clone(), vec![0; 4], 2).unwrap_err();
        assert!(matches!(e, DataError::Counts { features: 3, labels: 4 }));
        let e = Dataset::regression(x, Tensor::zeros([2, 1])).unwrap_err();
        assert!(matches!(e, DataError::Counts { features: 3, labels: 2 }));
    }

    fn idx(shape: &[u8], data: &[u8]) -> Idx {
        let dims = shape.iter().flat_map(|&d| [0, 0, 0, d]);
        let bytes: Vec<u8> = [0, 0, 8, shape.len() as u8].into_iter().chain(dims).chain(data.iter().copied()).collect();
        Idx::read(&bytes[..]).unwrap()
    }

    #[test]
    fn image_and_label_files_that_do_not_belong_together() {
        let images = || idx(&[3, 1, 2], &[0, 1, 2, 3, 4, 5]);
        let set = Dataset::from_idx(images(), idx(&[3], &[1, 0, 1]), 2).unwrap();
        assert_eq!((set.example_shape(), set.labels()), (&Shape::from([1, 2]), &[1, 0, 1][..]));
        assert_eq!(set.flatten().example_shape(), &[2]);
        let refused = |images, labels, classes| Dataset::from_idx(images, labels, classes).unwrap_err();
        let e = refused(images(), idx(&[4], &[0; 4]), 2);
        assert!(matches!(e, DataError::Counts { features: 3, labels: 4 }), "{e}");
        let e = refused(images(), idx(&[3], &[0, 2, 1]), 2);
        assert!(matches!(e, DataError::Label { example: 1, label: 2, classes: 2 }), "{e}");
        let e = refused(idx(&[3], &[0; 3]), images(), 2);
        assert!(matches!(e, DataError::Axes { what: "labels", .. }), "{e}");
        let e = refused(idx(&[3], &[0; 3]), idx(&[3], &[0; 3]), 2);
        assert!(matches!(e, DataError::Axes { what: "features", .. }), "{e}");
        let e = refused(idx(&[0, 2], &[]), idx(&[0], &[]), 2);
        assert!(matches!(e, DataError::Empty), "{e}");
        let int = |shape: &[u8], data: &[u8]| {
            let dims = shape.iter().flat_map(|&d| [0, 0, 0, d]);
            let ints = data.iter().flat_map(|&x| [0, 0, 0, x]);
            let bytes = [0, 0, 0x0c, shape.len() as u8].into_iter().chain(dims).chain(ints);
            Idx::read(&bytes.collect::<Vec<u8>>()[..]).unwrap()
        };
        let set = Dataset::from_idx(images(), int(&[3], &[1, 0, 1]), 2).unwrap();
        assert_eq!(set.labels(), [1, 0, 1], "labels of any type");
        let e = refused(int(&[1, 1, 2], &[0, 255]), idx(&[1], &[0]), 2);
        assert!(matches!(e, DataError::Idx { source: crate::IdxError::Element("int"), .. }), "{e}");
        let e = refused(idx(&[2, 0], &[]), idx(&[2], &[0, 0]), 2);
        assert!(matches!(e, DataError::Bytes { bytes: 0, .. }), "{e}");
    }
}
