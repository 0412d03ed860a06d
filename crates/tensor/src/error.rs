//! The `Debug` format of the workspace's error types.

/// Implements `Debug` for an error type by delegating to its `Display`.
///
/// `Result::unwrap`, and a test or `main` that returns a `Result`, print the `Debug` form of the error. This makes them
/// print the error message instead of the fields of the error type.
#[doc(hidden)]
#[macro_export]
macro_rules! debug_as_display {
    ($error:ty) => {
        impl ::std::fmt::Debug for $error {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(self, f)
            }
        }
    };
}
