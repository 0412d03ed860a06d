//! Numbers in a description, refused where they make no sense.

use serde::de::{Deserialize, Deserializer, Error};
use std::fmt::Display;

/// What passes a check.
pub(crate) fn if_ok<'de, D: Deserializer<'de>, X: Deserialize<'de>, E: Display>(
    deserializer: D,
    check: impl FnOnce(&X) -> Result<(), E>,
) -> Result<X, D::Error> {
    let x = X::deserialize(deserializer)?;
    check(&x).map_err(D::Error::custom)?;
    Ok(x)
}

/// What fulfils a condition.
fn if_so(fits: bool, x: f64, expected: &str) -> Result<(), String> {
    if fits { Ok(()) } else { Err(format!("{x} is not {expected}")) }
}

/// At 1 everything is left out, as in Keras and PyTorch.
pub(crate) fn is_rate(rate: f64) -> bool {
    (0.0..=1.0).contains(&rate)
}

/// A share of what is left out.
pub(crate) fn rate<'de, D: Deserializer<'de>>(d: D) -> Result<f64, D::Error> {
    if_ok(d, |&x| if_so(is_rate(x), x, "a rate in 0..=1"))
}

/// The same, where nothing may be left out wholly.
pub(crate) fn rate_below_one<'de, D: Deserializer<'de>>(d: D) -> Result<f64, D::Error> {
    if_ok(d, |&x| if_so((0.0..1.0).contains(&x), x, "a rate in 0..1, without 1"))
}

/// A share.
pub(crate) fn share<'de, D: Deserializer<'de>>(d: D) -> Result<f64, D::Error> {
    if_ok(d, |&x| if_so((0.0..=1.0).contains(&x), x, "a number in 0..=1"))
}

/// A number from 0 on.
pub(crate) fn from_zero<'de, D: Deserializer<'de>>(d: D) -> Result<f64, D::Error> {
    if_ok(d, |&x: &f64| if_so(x >= 0.0 && x.is_finite(), x, "a number from 0 on"))
}

/// The ε of a layer that a program makes.
///
/// # Panics
/// If it would be refused in a text.
#[track_caller]
pub(crate) fn eps(layer: &str, eps: f64) -> f64 {
    assert!(eps >= 0.0 && eps.is_finite(), "{layer}: {eps} is not a number from 0 on");
    eps
}

/// Any number.
pub(crate) fn finite<'de, D: Deserializer<'de>>(d: D) -> Result<f64, D::Error> {
    if_ok(d, |&x: &f64| if_so(x.is_finite(), x, "a finite number"))
}

const ONE: &str = "expected at least 1, got 0";

/// How many there are: one at least.
pub(crate) fn count<'de, D: Deserializer<'de>>(d: D) -> Result<usize, D::Error> {
    if_ok(d, |&n: &usize| if n > 0 { Ok(()) } else { Err(ONE) })
}

/// The same, where that is known.
pub(crate) fn some_count<'de, D: Deserializer<'de>>(d: D) -> Result<Option<usize>, D::Error> {
    if_ok(d, |&n: &Option<usize>| if n != Some(0) { Ok(()) } else { Err(ONE) })
}
