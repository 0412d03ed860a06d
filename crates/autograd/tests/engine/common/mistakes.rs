//! Tests of panics: the message, and the location, which is the caller's line.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    /// The message and the location of the last expected panic on this thread.
    static LAST: RefCell<Option<(String, String)>> = const { RefCell::new(None) };
    static EXPECTED: RefCell<bool> = const { RefCell::new(false) };
}

/// Runs a mistake of a test file and returns what is wrong with its panic: none, words missing from the message, or a
/// location outside the file.
pub(crate) fn answer(file: &str, mistake: impl FnOnce(), words: &[&str]) -> Option<String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !EXPECTED.with_borrow(|&expected| expected) {
                return usual(info);
            }
            let payload = info.payload();
            let text = match (payload.downcast_ref::<String>(), payload.downcast_ref::<&str>()) {
                (Some(text), _) => text.clone(),
                (None, text) => text.copied().unwrap_or("a panic without a message").to_string(),
            };
            let at = info.location().map(|l| l.to_string()).unwrap_or_default();
            LAST.set(Some((text, at)));
        }));
    });
    EXPECTED.set(true);
    let panicked = catch_unwind(AssertUnwindSafe(mistake)).is_err();
    EXPECTED.set(false);
    let Some((text, at)) = LAST.take().filter(|_| panicked) else { return Some("did not panic".into()) };
    let missing: Vec<_> = words.iter().filter(|word| !text.contains(**word)).collect();
    let elsewhere = !at.contains(file);
    (elsewhere || !missing.is_empty()).then(|| {
        let place =
            if elsewhere { format!("\n      panicked at {at}, not at the caller's line") } else { String::new() };
        format!("message: {text}\n      missing: {missing:?}{place}")
    })
}

/// `panics! { ["words", "of the message"] expression; ... }`
#[allow(unused_macros)]
macro_rules! panics {
    ($([$($word:literal),*] $mistake:expr;)*) => {{
        let mut wrong = Vec::new();
        $(if let Some(what) = $crate::common::mistakes::answer(file!(), || { let _ = $mistake; }, &[$($word),*]) {
            wrong.push(format!("  {}\n      {what}", stringify!($mistake)));
        })*
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }};
}
#[allow(unused_imports)]
pub(crate) use panics;
