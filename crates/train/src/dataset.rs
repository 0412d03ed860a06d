//! A data set: features and what to predict from them, checked once, shared by all its parts.

use crate::batch::Batch;
use crate::classes::Classes;
use crate::error::DataError;
use crate::features::{Features, IntoFeatures};
use crate::idx::Idx;
use crate::labels::Labels;
use crate::positions::Positions;
use crate::targets::Targets;
use autograd::Scalar;
use smallvec::{SmallVec, smallvec};
use std::fmt;
use tensor::{Shape, Tensor};

/// Examples: the features of each, and a class ([`Classes`]) or values ([`Targets`]) to predict from them.
///
/// Everything that could be wrong with the data is found when the set is made. Clones and parts share the storage of the
/// features. Models with several inputs or outputs take sets with as many: see [`with_input`](Dataset::with_input) and
/// [`with_labels`](Dataset::with_labels).
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
/// // The same as values to come close to.
/// let xor = Dataset::regression(x, tensor![0.0, 1.0, 1.0, 0.0])?;
/// assert_eq!(xor.targets().shape().to_string(), "(4, 1)");
/// # Ok::<(), train::DataError>(())
/// ```
#[derive(Clone)]
pub struct Dataset<T: Scalar = f32> {
    /// One or more.
    inputs: SmallVec<[Features<T>; 1]>,
    /// One or more.
    labels: SmallVec<[Labels<T>; 1]>,
    pub(crate) weights: Option<Targets<T>>,
}

impl<T: Scalar> Dataset<T> {
    /// Features with labels of either form.
    ///
    /// # Errors
    /// If the features are refused (see [`Features::new`]), or there are not as many of them as labels.
    pub fn new(features: impl IntoFeatures<Elem = T>, labels: impl Into<Labels<T>>) -> Result<Self, DataError> {
        let set = Dataset { inputs: smallvec![features.into_features()?], labels: SmallVec::new(), weights: None };
        set.with_labels(labels)
    }

    /// The same examples with one more input, in the order in which a model takes them.
    ///
    /// ```
    /// use tensor::tensor;
    /// use train::Dataset;
    /// let (wide, deep) = (tensor![[1.0], [2.0]], tensor![[0.1, 0.2], [0.3, 0.4]]);
    /// let set = Dataset::regression(wide, tensor![5.0, 6.0])?.with_input(deep.clone())?;
    /// let batch = set.batches_in_order(2).next().unwrap();
    /// assert_eq!((batch.inputs.len(), &batch.inputs[1]), (2, &deep));
    /// # Ok::<(), train::DataError>(())
    /// ```
    ///
    /// # Errors
    /// If the features are refused (see [`Features::new`]), or belong to more or fewer examples.
    pub fn with_input(mut self, features: impl IntoFeatures<Elem = T>) -> Result<Self, DataError> {
        let features = features.into_features()?;
        if features.len() != self.len() {
            return Err(DataError::Counts { features: features.len(), labels: self.len() });
        }
        self.inputs.push(features);
        Ok(self)
    }

    /// The same examples with one more thing to predict of each, for one more output of a model.
    ///
    /// ```
    /// use tensor::tensor;
    /// use train::{Dataset, Targets};
    /// // Which of two kinds, and how heavy?
    /// let set = Dataset::classification(tensor![[1.0], [2.0]], [0, 1], 2)?;
    /// let set = set.with_labels(Targets::new(tensor![3.5, 7.25])?)?;
    /// assert_eq!(set.batches_in_order(2).next().unwrap().targets.len(), 2);
    /// # Ok::<(), train::DataError>(())
    /// ```
    ///
    /// # Errors
    /// If they belong to more or fewer examples.
    pub fn with_labels(mut self, labels: impl Into<Labels<T>>) -> Result<Self, DataError> {
        let labels = labels.into();
        if labels.count() != self.len() {
            return Err(DataError::Counts { features: self.len(), labels: labels.count() });
        }
        self.labels.push(labels);
        Ok(self)
    }

    /// How many examples there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.inputs[0].len()
    }

    /// Whether there are no examples: never so, as a set without any is refused.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The shape of one example's features, those of the first input.
    #[inline]
    pub fn example_shape(&self) -> &Shape {
        self.inputs[0].example_shape()
    }

    /// The features: those of the first input.
    #[inline]
    pub fn features(&self) -> &Features<T> {
        &self.inputs[0]
    }

    /// The features of all examples as one tensor. Axis 0 counts the examples.
    pub fn x(&self) -> Tensor<T> {
        self.inputs[0].x()
    }

    /// The whole set as one batch, in order.
    pub fn batch(&self) -> Batch<T> {
        self.batch_of(&Positions::Run(0..self.len()))
    }

    pub(crate) fn batch_of(&self, positions: &Positions<'_>) -> Batch<T> {
        Batch {
            inputs: self.inputs.iter().map(|features| features.batch(positions)).collect(),
            targets: self.labels.iter().map(|labels| labels.batch(positions)).collect(),
            weights: self.weights.as_ref().map(|weights| weights.batch(positions).reshape(positions.len())),
        }
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
        let features = self.inputs[0].clone().reshape(example)?;
        Ok(self.with_first(features))
    }

    /// The same set, each example's features in one row.
    pub fn flatten(self) -> Self {
        let features = self.inputs[0].clone().flatten();
        self.with_first(features)
    }

    /// Some of the examples.
    pub(crate) fn part(&self, positions: &Positions<'_>) -> Self {
        Dataset {
            inputs: self.inputs.iter().map(|features| features.part(positions)).collect(),
            labels: self.labels.iter().map(|labels| labels.part(positions)).collect(),
            weights: self.weights.as_ref().map(|weights| weights.part(positions)),
        }
    }

    /// The same set with other features as the first input, of as many examples.
    pub(crate) fn with_first(mut self, features: Features<T>) -> Self {
        self.inputs[0] = features;
        self
    }

    /// The class labels of a classification.
    ///
    /// # Errors
    /// If values are predicted.
    pub(crate) fn as_classes(&self) -> Result<&Classes, DataError> {
        match &self.labels[0] {
            Labels::Classes(classes) => Ok(classes),
            Labels::Targets(_) => Err(DataError::NoClasses),
        }
    }

    /// The same set with another element type; bytes stay bytes.
    ///
    /// ```
    /// let digits = train::digits().cast::<f64>();
    /// assert_eq!(digits.x().at([0, 2]), 5.0_f64 / 16.0);
    /// ```
    pub fn cast<U: Scalar>(&self) -> Dataset<U> {
        Dataset {
            inputs: self.inputs.iter().map(Features::cast).collect(),
            labels: self.labels.iter().map(Labels::cast).collect(),
            weights: self.weights.as_ref().map(Targets::cast),
        }
    }

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
    ///
    /// # Panics
    /// If values are predicted, as in a regression.
    #[track_caller]
    pub fn labels(&self) -> &[usize] {
        self.must_be_classes().labels()
    }

    /// The number of classes, whether or not all of them occur.
    ///
    /// # Panics
    /// If values are predicted, as in a regression.
    #[track_caller]
    pub fn classes(&self) -> usize {
        self.must_be_classes().classes()
    }

    /// The number of examples of each class.
    ///
    /// # Panics
    /// If values are predicted, as in a regression.
    #[track_caller]
    pub fn class_counts(&self) -> Vec<usize> {
        self.must_be_classes().class_counts()
    }

    #[track_caller]
    fn must_be_classes(&self) -> &Classes {
        match self.as_classes() {
            Ok(classes) => classes,
            Err(e) => panic!("Dataset: {e}"),
        }
    }

    /// Examples with values to predict: a row of targets for each row of the features.
    ///
    /// # Errors
    /// If features or targets are refused (see [`Features::new`]), or there are more of the one than of the other.
    pub fn regression(x: impl IntoFeatures<Elem = T>, targets: Tensor<T>) -> Result<Self, DataError> {
        Dataset::new(x, Targets::new(targets)?)
    }

    /// The values to predict, a row for each example.
    ///
    /// # Panics
    /// If classes are predicted.
    #[track_caller]
    pub fn targets(&self) -> &Tensor<T> {
        match &self.labels[0] {
            Labels::Targets(targets) => targets.values(),
            Labels::Classes(classes) => panic!("Dataset: expected values to predict, got {classes:?}; use `labels`"),
        }
    }
}

impl Dataset {
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

impl<T: Scalar> fmt::Debug for Dataset<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = |parts: &mut dyn Iterator<Item = String>| parts.collect::<Vec<_>>().join(" and ");
        let shapes = all(&mut self.inputs.iter().map(|features| features.example_shape().to_string()));
        let labels = all(&mut self.labels.iter().map(|labels| format!("{labels:?}")));
        write!(f, "Dataset({} examples of shape {shapes}, {labels})", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn::Target;
    use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
    use tensor::tensor;

    #[test]
    fn wholes() {
        let x: Tensor<f64> = tensor![[1.0, 2.0], [3.0, 4.0]];
        let set = Dataset::classification(x.clone(), [1, 0], 3).unwrap();
        assert_eq!((set.x(), set.labels(), set.is_empty()), (x.clone(), &[1, 0][..], false));
        assert_eq!(format!("{set:?}"), "Dataset(2 examples of shape (2,), 3 classes)");
        let set = Dataset::regression(x.clone(), x.transpose()).unwrap();
        assert_eq!((set.batch().values(), set.targets()), (&x.transpose(), &x.transpose()));
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

    /// Example i has i in every input, and as both labels.
    fn numbered(n: usize) -> Dataset<f64> {
        let x: Tensor<f64> = Tensor::arange(n);
        let set = Dataset::classification(x.clone(), (0..n).collect::<Vec<_>>(), n).unwrap();
        let set = set.with_input(x.clone()).unwrap().with_input(x.clone()).unwrap();
        set.with_labels(Targets::new(x).unwrap()).unwrap()
    }

    #[test]
    fn all_inputs_and_labels_of_an_example_stay_together() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let (part, rest) = numbered(50).slice(3..47).unwrap().split(0.5, &mut rng).unwrap();
        for set in [part, rest] {
            for batch in set.batches(7, &mut rng).chain(set.batches_in_order(7)) {
                let expected: Vec<f64> = batch.labels().as_slice().iter().map(|&i| i as f64).collect();
                let Target::Numbers(values) = &batch.targets[1] else { panic!("expected values") };
                assert_eq!((batch.inputs.len(), values.to_vec()), (3, expected.clone()));
                assert!(batch.inputs.iter().all(|x| x.to_vec() == expected));
            }
        }
    }

    #[test]
    fn inputs_and_labels_of_other_examples_are_refused() {
        let set = || Dataset::classification(Tensor::<f32>::zeros([2, 1]), [0, 1], 2).unwrap();
        let e = set().with_input(Tensor::zeros([3, 1])).unwrap_err();
        assert!(matches!(e, DataError::Counts { features: 3, labels: 2 }), "{e}");
        let e = set().with_labels(Classes::new([0], 1).unwrap()).unwrap_err();
        assert!(matches!(e, DataError::Counts { features: 2, labels: 1 }), "{e}");
    }

    #[test]
    #[should_panic(expected = "Dataset: expected class labels, but the set has values to predict")]
    fn a_regression_has_no_classes() {
        Dataset::regression(tensor![1.0], tensor![2.0]).unwrap().class_counts();
    }

    #[test]
    #[should_panic(expected = "Dataset: expected values to predict, got 2 classes; use `labels`")]
    fn a_classification_has_no_values() {
        Dataset::classification(tensor![1.0], [1], 2).unwrap().targets();
    }
}
