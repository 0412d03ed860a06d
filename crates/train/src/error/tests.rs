//! Tests of error messages.

use super::*;

fn says(error: DataError, text: &str) {
    assert_eq!(error.to_string(), text);
}

#[test]
fn messages_say_what_was_expected_and_found() {
    says(
        DataError::Counts { features: 3, labels: 2 },
        "expected one label, or one row of targets, for each of the 3 examples, got 2",
    );
    says(
        DataError::Label { example: 7, label: 1, classes: 0 },
        "example 7: found label 1, but the number of classes is 0; pass the number of classes",
    );
    says(
        DataError::NotFinite { what: "targets", example: 4, column: 1, value: f64::NEG_INFINITY },
        "targets of example 4, column 1: expected a finite number, found -inf; remove the example or fill in a value",
    );
    says(
        DataError::Bytes { bytes: 10, shape: [8, 8].into() },
        "expected a multiple of the size of shape (8, 8), got 10 bytes; check shape and length",
    );
    says(
        DataError::Reshape { from: 784.into(), to: [28, 27].into() },
        "cannot reshape examples of shape (784,) to (28, 27); choose a shape with 784 elements",
    );
    says(DataError::Part { range: 3..3, len: 9 }, "expected a non-empty range within the 9 examples, got 3..3");
    says(
        DataError::Part { range: 0..12, len: 9 },
        "expected a range within the 9 examples, got 0..12; choose an end of at most 9",
    );
    says(
        DataError::Contents { path: "x-images".into(), found: [9].into(), expected: [9, 28, 28].into() },
        "x-images: expected an array of shape (9, 28, 28), found (9,); check that this is the right file",
    );
}

#[test]
fn errors_cross_threads_and_keep_their_cause() {
    fn thread_safe<E: std::error::Error + Send + Sync + 'static>(_: &E) {}
    let e = DataError::Io { path: "x".into(), source: io::ErrorKind::PermissionDenied.into() };
    thread_safe(&e);
    assert!(std::error::Error::source(&e).is_some());
}
