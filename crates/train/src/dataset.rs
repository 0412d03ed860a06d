//! Data sets: features and labels, validated on construction, in storage that subsets share.

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

/// A data set: the features of each example, and its label, a class ([`Classes`]) or regression targets ([`Targets`]).
///
/// All data are validated on construction. Clones, slices and splits share the storage of the features. Data sets for
/// models with several inputs or outputs are built with [`with_input`](Dataset::with_input) and
/// [`with_labels`](Dataset::with_labels).
///
/// ```
/// use tensor::tensor;
/// use train::Dataset;
///
/// // XOR as classification.
/// let x = tensor![[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
/// let xor = Dataset::classification(x.clone(), [0, 1, 1, 0], 2)?;
/// assert_eq!((xor.len(), xor.classes(), xor.class_counts()), (4, 2, vec![2, 2]));
///
/// // XOR as regression.
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
    /// A data set of features and labels of either kind.
    ///
    /// # Errors
    /// If the features are invalid (see [`Features::new`]), or their number differs from the number of labels.
    pub fn new(features: impl IntoFeatures<Elem = T>, labels: impl Into<Labels<T>>) -> Result<Self, DataError> {
        let set = Dataset { inputs: smallvec![features.into_features()?], labels: SmallVec::new(), weights: None };
        set.with_labels(labels)
    }

    /// The same examples with one more input. The order of the calls is the order of the model's inputs.
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
    /// If the features are invalid (see [`Features::new`]), or the number of examples differs.
    pub fn with_input(mut self, features: impl IntoFeatures<Elem = T>) -> Result<Self, DataError> {
        let features = features.into_features()?;
        if features.len() != self.len() {
            return Err(DataError::Counts { features: features.len(), labels: self.len() });
        }
        self.inputs.push(features);
        Ok(self)
    }

    /// The same examples with labels for one more output of a model.
    ///
    /// ```
    /// use tensor::tensor;
    /// use train::{Dataset, Targets};
    /// // One output predicts the class, the other the weight.
    /// let set = Dataset::classification(tensor![[1.0], [2.0]], [0, 1], 2)?;
    /// let set = set.with_labels(Targets::new(tensor![3.5, 7.25])?)?;
    /// assert_eq!(set.batches_in_order(2).next().unwrap().targets.len(), 2);
    /// # Ok::<(), train::DataError>(())
    /// ```
    ///
    /// # Errors
    /// If the number of examples differs.
    pub fn with_labels(mut self, labels: impl Into<Labels<T>>) -> Result<Self, DataError> {
        let labels = labels.into();
        if labels.count() != self.len() {
            return Err(DataError::Counts { features: self.len(), labels: labels.count() });
        }
        self.labels.push(labels);
        Ok(self)
    }

    /// The number of examples.
    #[inline]
    pub fn len(&self) -> usize {
        self.inputs[0].len()
    }

    /// Whether there are no examples. Always false, because a data set without examples is an error.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The shape of one example of the first input.
    #[inline]
    pub fn example_shape(&self) -> &Shape {
        self.inputs[0].example_shape()
    }

    /// The features of the first input.
    #[inline]
    pub fn features(&self) -> &Features<T> {
        &self.inputs[0]
    }

    /// The first input of all examples as one tensor, of shape (examples, ...).
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

    /// The same set with each example of the first input reshaped to `example`, such as rows to images.
    ///
    /// ```
    /// let images = train::digits().reshape([8, 8])?;
    /// assert_eq!(images.x().shape().to_string(), "(1797, 8, 8)");
    /// # Ok::<(), train::DataError>(())
    /// ```
    ///
    /// # Errors
    /// If the number of elements differs.
    pub fn reshape(self, example: impl Into<Shape>) -> Result<Self, DataError> {
        let features = self.inputs[0].clone().reshape(example)?;
        Ok(self.with_first(features))
    }

    /// The same set with each example of the first input flattened to one axis.
    pub fn flatten(self) -> Self {
        let features = self.inputs[0].clone().flatten();
        self.with_first(features)
    }

    /// The examples at `positions`.
    pub(crate) fn part(&self, positions: &Positions<'_>) -> Self {
        Dataset {
            inputs: self.inputs.iter().map(|features| features.part(positions)).collect(),
            labels: self.labels.iter().map(|labels| labels.part(positions)).collect(),
            weights: self.weights.as_ref().map(|weights| weights.part(positions)),
        }
    }

    /// The same set with another first input, of the same number of examples.
    pub(crate) fn with_first(mut self, features: Features<T>) -> Self {
        self.inputs[0] = features;
        self
    }

    /// The class labels of the first output.
    ///
    /// # Errors
    /// If the labels are regression targets.
    pub(crate) fn as_classes(&self) -> Result<&Classes, DataError> {
        match &self.labels[0] {
            Labels::Classes(classes) => Ok(classes),
            Labels::Targets(_) => Err(DataError::NoClasses),
        }
    }

    /// The same set with another element type. Features stored as bytes are still stored as bytes.
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

    /// A classification set: a label from 0 to `classes - 1` for each row of the features.
    ///
    /// # Errors
    /// If the features are invalid (see [`Features::new`]), a label is not below `classes`, or the number of labels
    /// differs from the number of rows.
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
    /// If the labels are regression targets.
    #[track_caller]
    pub fn labels(&self) -> &[usize] {
        self.expect_classes().labels()
    }

    /// The number of classes, whether or not all of them occur.
    ///
    /// # Panics
    /// If the labels are regression targets.
    #[track_caller]
    pub fn classes(&self) -> usize {
        self.expect_classes().classes()
    }

    /// The number of examples of each class.
    ///
    /// # Panics
    /// If the labels are regression targets.
    #[track_caller]
    pub fn class_counts(&self) -> Vec<usize> {
        self.expect_classes().class_counts()
    }

    #[track_caller]
    fn expect_classes(&self) -> &Classes {
        match self.as_classes() {
            Ok(classes) => classes,
            Err(e) => panic!("Dataset: {e}"),
        }
    }

    /// A regression set: a row of targets for each row of the features.
    ///
    /// # Errors
    /// If features or targets are invalid (see [`Features::new`]), or their numbers of rows differ.
    pub fn regression(x: impl IntoFeatures<Elem = T>, targets: Tensor<T>) -> Result<Self, DataError> {
        Dataset::new(x, Targets::new(targets)?)
    }

    /// The regression targets, of shape (examples, ...).
    ///
    /// # Panics
    /// If the labels are classes.
    #[track_caller]
    pub fn targets(&self) -> &Tensor<T> {
        match &self.labels[0] {
            Labels::Targets(targets) => targets.values(),
            Labels::Classes(classes) => panic!("Dataset: expected regression targets, got {classes:?}; use `labels`"),
        }
    }
}

impl Dataset {
    /// Images and labels from two IDX files, the format of MNIST and its relatives. Pixels are divided by 255.
    ///
    /// Each example has the shape of an image; [`flatten`](Dataset::flatten) converts it to a row.
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
    /// If there are no images or no labels, their numbers differ, the images are not of type `ubyte`, a label is not
    /// below `classes`, or the two files are swapped.
    pub fn from_idx(images: Idx, labels: Idx, classes: usize) -> Result<Self, DataError> {
        Self::from_idx_scaled(images, labels, classes, 1.0 / 255.0)
    }

    pub(crate) fn from_idx_scaled(images: Idx, labels: Idx, classes: usize, scale: f64) -> Result<Self, DataError> {
        if labels.shape().len() != 1 {
            let shape = Shape::from(labels.shape());
            let expected = "one axis, as in files named like labels-idx1; pass the images first";
            return Err(DataError::Axes { what: "labels", shape, expected });
        }
        let (n, image) = match images.shape() {
            [n, image @ ..] if !image.is_empty() => (*n, Shape::from(image)),
            _ => {
                let shape = Shape::from(images.shape());
                let expected = "at least two axes, as in files named like images-idx3; pass the labels second";
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
    fn classification_and_regression_sets() {
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
    fn different_numbers_of_features_and_labels_are_errors() {
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
    fn mismatched_image_and_label_files_are_errors() {
        let images = || idx(&[3, 1, 2], &[0, 1, 2, 3, 4, 5]);
        let set = Dataset::from_idx(images(), idx(&[3], &[1, 0, 1]), 2).unwrap();
        assert_eq!((set.example_shape(), set.labels()), (&Shape::from([1, 2]), &[1, 0, 1][..]));
        assert_eq!(set.flatten().example_shape(), &[2]);
        let error = |images, labels, classes| Dataset::from_idx(images, labels, classes).unwrap_err();
        let e = error(images(), idx(&[4], &[0; 4]), 2);
        assert!(matches!(e, DataError::Counts { features: 3, labels: 4 }), "{e}");
        let e = error(images(), idx(&[3], &[0, 2, 1]), 2);
        assert!(matches!(e, DataError::Label { example: 1, label: 2, classes: 2 }), "{e}");
        let e = error(idx(&[3], &[0; 3]), images(), 2);
        assert!(matches!(e, DataError::Axes { what: "labels", .. }), "{e}");
        let e = error(idx(&[3], &[0; 3]), idx(&[3], &[0; 3]), 2);
        assert!(matches!(e, DataError::Axes { what: "features", .. }), "{e}");
        let e = error(idx(&[0, 2], &[]), idx(&[0], &[]), 2);
        assert!(matches!(e, DataError::Empty), "{e}");
        let int = |shape: &[u8], data: &[u8]| {
            let dims = shape.iter().flat_map(|&d| [0, 0, 0, d]);
            let ints = data.iter().flat_map(|&x| [0, 0, 0, x]);
            let bytes = [0, 0, 0x0c, shape.len() as u8].into_iter().chain(dims).chain(ints);
            Idx::read(&bytes.collect::<Vec<u8>>()[..]).unwrap()
        };
        let set = Dataset::from_idx(images(), int(&[3], &[1, 0, 1]), 2).unwrap();
        assert_eq!(set.labels(), [1, 0, 1], "labels of any type");
        let e = error(int(&[1, 1, 2], &[0, 255]), idx(&[1], &[0]), 2);
        assert!(matches!(e, DataError::Idx { source: crate::IdxError::Element("int"), .. }), "{e}");
        let e = error(idx(&[2, 0], &[]), idx(&[2], &[0, 0]), 2);
        assert!(matches!(e, DataError::Bytes { bytes: 0, .. }), "{e}");
    }

    /// All inputs and labels of each example are its position.
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
    fn inputs_and_labels_of_other_lengths_are_errors() {
        let set = || Dataset::classification(Tensor::<f32>::zeros([2, 1]), [0, 1], 2).unwrap();
        let e = set().with_input(Tensor::zeros([3, 1])).unwrap_err();
        assert!(matches!(e, DataError::Counts { features: 3, labels: 2 }), "{e}");
        let e = set().with_labels(Classes::new([0], 1).unwrap()).unwrap_err();
        assert!(matches!(e, DataError::Counts { features: 2, labels: 1 }), "{e}");
    }

    #[test]
    #[should_panic(expected = "Dataset: expected class labels, found regression targets")]
    fn a_regression_has_no_classes() {
        Dataset::regression(tensor![1.0], tensor![2.0]).unwrap().class_counts();
    }

    #[test]
    #[should_panic(expected = "Dataset: expected regression targets, got 2 classes; use `labels`")]
    fn a_classification_has_no_targets() {
        Dataset::classification(tensor![1.0], [1], 2).unwrap().targets();
    }
}
