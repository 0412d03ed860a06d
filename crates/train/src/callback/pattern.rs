//! File names that contain metrics: `model-{epoch:02d}-{val_loss:.2f}.safetensors`.

use crate::error::FitError;
use crate::logs::Logs;

/// Replaces `{NAME}` by the value of this metric or the epoch, counted from 1. `{NAME:05d}` formats it as an integer,
/// `{NAME:.2f}` with a fixed number of decimals.
pub(super) fn fill(pattern: &str, epoch: usize, logs: &Logs) -> Result<String, FitError> {
    fill_with(pattern, |name| match name {
        "epoch" => Ok((epoch + 1) as f64),
        _ => logs.get(name).ok_or_else(|| FitError::Monitor {
            name: name.to_string(),
            known: logs.names().chain(["epoch"]).map(str::to_string).collect(),
        }),
    })
}

/// Replaces every `{NAME}` by `value(NAME)`.
pub(super) fn fill_with(pattern: &str, value: impl Fn(&str) -> Result<f64, FitError>) -> Result<String, FitError> {
    let mut name = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        name.push_str(before);
        let (field, after) = after.split_once('}').ok_or_else(|| invalid(pattern))?;
        rest = after;
        let (metric, form) = field.split_once(':').unwrap_or((field, ""));
        name.push_str(&formatted(value(metric)?, form).ok_or_else(|| invalid(pattern))?);
    }
    name.push_str(rest);
    Ok(name)
}

fn formatted(value: f64, form: &str) -> Option<String> {
    /// The maximum number of digits, which bounds the length of the name.
    const MAX_DIGITS: usize = 30;
    if let Some(digits) = form.strip_prefix('.').and_then(|f| f.strip_suffix('f')) {
        let digits: usize = digits.parse().ok().filter(|&d| d <= MAX_DIGITS)?;
        return Some(format!("{value:.digits$}"));
    }
    match form.strip_suffix('d') {
        Some("") => Some(format!("{}", value.round())),
        Some(width) => {
            let digits: usize = width.parse().ok().filter(|&d| d <= MAX_DIGITS)?;
            Some(if width.starts_with('0') {
                format!("{:0digits$}", value.round())
            } else {
                format!("{:digits$}", value.round())
            })
        }
        None => form.is_empty().then(|| value.to_string()),
    }
}

fn invalid(pattern: &str) -> FitError {
    let expected = "metrics in braces, such as {epoch:02d} or {val_loss:.2f}";
    FitError::Setting { name: "file name", found: format!("`{pattern}`"), expected }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_filled_in() {
        let mut logs = Logs::new();
        logs.set("val_loss", 0.31234);
        let name = |pattern| fill(pattern, 6, &logs);
        assert_eq!(name("w-{epoch:02d}-{val_loss:.2f}.safetensors").unwrap(), "w-07-0.31.safetensors");
        assert_eq!(name("{epoch}{epoch:d}{epoch:3d} {val_loss}").unwrap(), "77  7 0.31234");
        assert_eq!(name("plain").unwrap(), "plain");
        assert!(matches!(name("{loss:.2f}"), Err(FitError::Monitor { .. })));
        for wrong in ["{epoch", "{epoch:x}", "{epoch:.99f}", "{epoch:.2}"] {
            assert!(matches!(name(wrong), Err(FitError::Setting { .. })), "{wrong}");
        }
    }
}
