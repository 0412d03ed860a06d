//! How every error type of the workspace prints.

/// Implements `Debug` for an error type by its `Display`.
///
/// `Result::unwrap`, a test that returns a `Result` and a `main` that returns one all print the `Debug` form of the error.
/// A reader should see the message there, not the fields it is made of.
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
