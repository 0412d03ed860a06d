//! Weights whose variance is a factor over a fan: the schemes of Glorot, He and LeCun are cases of it.

use std::fmt;

/// Which fan the variance is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fan {
    /// How many inputs feed a neuron: keeps the variance of what goes forward.
    In,
    /// How many neurons an input feeds: keeps the variance of gradients on their way back.
    Out,
    /// The mean of both.
    Average,
}

/// The form of a distribution of given variance and mean 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// Even.
    Uniform,
    /// Normal, cut off at two standard deviations; the variance is that of what is left.
    TruncatedNormal,
    /// Normal.
    Normal,
}

impl Fan {
    pub(super) fn of(self, (fan_in, fan_out): (f64, f64)) -> f64 {
        match self {
            Fan::In => fan_in,
            Fan::Out => fan_out,
            Fan::Average => (fan_in + fan_out) / 2.0,
        }
    }
}

/// The names of both, as Keras spells them.
const FANS: [(Fan, &str); 3] = [(Fan::In, "fan_in"), (Fan::Out, "fan_out"), (Fan::Average, "fan_avg")];
const SPREADS: [(Spread, &str); 3] = [
    (Spread::Uniform, "uniform"),
    (Spread::TruncatedNormal, "truncated_normal"),
    (Spread::Normal, "untruncated_normal"),
];

/// The value of a name.
fn named<X: Copy>(table: &[(X, &str)], name: &str) -> Option<X> {
    table.iter().find(|(_, known)| *known == name).map(|(x, _)| *x)
}

/// `2, fan_in, uniform`: the numbers of a variance scaling.
pub(super) fn parse(text: &str) -> Option<(f64, Fan, Spread)> {
    let mut parts = text.split(',').map(str::trim);
    let scale = parts.next()?.parse().ok().filter(|s: &f64| *s > 0.0 && s.is_finite())?;
    let (fan, spread) = (named(&FANS, parts.next()?)?, named(&SPREADS, parts.next()?)?);
    parts.next().is_none().then_some((scale, fan, spread))
}

impl fmt::Display for Fan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(FANS.iter().find(|(fan, _)| fan == self).map_or("", |(_, name)| name))
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SPREADS.iter().find(|(spread, _)| spread == self).map_or("", |(_, name)| name))
    }
}
