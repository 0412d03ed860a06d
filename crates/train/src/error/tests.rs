//! What the errors say.

use super::*;

fn says(error: DataError, text: &str) {
    assert_eq!(error.to_string(), text);
}

#[test]
fn each_says_what_where_and_what_to_do() {
    says(
        DataError::Counts { features: 3, labels: 2 },
        "there are features for 3 examples but labels for 2; \
         give one label, or one row of targets, to each example",
    );
    says(
        DataError::Label { example: 7, label: 1, classes: 0 },
        "example 7 has label 1, but there are 0 classes; give the number of classes",
    );
    says(
        DataError::NotFinite { what: "targets", example: 4, column: 1, value: f64::NEG_INFINITY },
        "the targets of example 4 hold -inf in column 1; leave the example out or fill in a number",
    );
    says(
        DataError::Bytes { bytes: 10, shape: [8, 8].into() },
        "10 bytes do not divide into examples of shape (8, 8); check the shape, or the length",
    );
    says(
        DataError::Reshape { from: 784.into(), to: [28, 27].into() },
        "examples of shape (784,) cannot be seen in shape (28, 27); choose a shape with as many elements (784)",
    );
    says(DataError::Part { asked: 3..3, len: 9 }, "the part 3..3 of 9 examples is empty; choose a start below the end");
    says(
        DataError::Part { asked: 0..12, len: 9 },
        "the part 0..12 reaches beyond the 9 examples there are; end it at 9",
    );
    says(
        DataError::Contents { path: "x-images".into(), found: [9].into(), expected: [9, 28, 28].into() },
        "x-images holds an array of shape (9,), but (9, 28, 28) is expected; \
         check that it has not been mixed up with another file",
    );
}

#[test]
fn errors_cross_threads_and_keep_their_cause() {
    fn thread_safe<E: std::error::Error + Send + Sync + 'static>(_: &E) {}
    let e = DataError::Io { path: "x".into(), source: io::ErrorKind::PermissionDenied.into() };
    thread_safe(&e);
    assert!(std::error::Error::source(&e).is_some());
}
