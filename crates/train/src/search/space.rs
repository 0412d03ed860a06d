//! The search space.

use super::settings::{Settings, Value};
use rand::Rng;
use std::fmt;

/// A search space: the ranges of all settings. A setting can be conditional on the value of an earlier one.
///
/// ```
/// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
/// use train::search::Space;
/// let space = Space::new().int("units", 16, 256).choice("dropout", ["no", "yes"]).float("rate", 0.1, 0.5);
/// let space = space.when("dropout", "yes");
/// let settings = space.sample(&mut Xoshiro256PlusPlus::seed_from_u64(1));
/// assert_eq!(settings.get("rate").is_some(), settings.choice("dropout") == "yes");
/// assert_eq!(space.grid(3).len(), 3 * (1 + 3));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Space {
    dimensions: Vec<Dimension>,
}

#[derive(Clone, Debug, PartialEq)]
struct Dimension {
    name: String,
    range: Range,
    /// The name and the value of the setting that this one is conditional on.
    condition: Option<(String, String)>,
}

#[derive(Clone, Debug, PartialEq)]
enum Range {
    /// Integers, both ends included.
    Int(i64, i64),
    Float(f64, f64),
    /// Uniform in the logarithm.
    Log(f64, f64),
    Choice(Vec<String>),
}

impl Space {
    /// A space without settings.
    pub fn new() -> Self {
        Space::default()
    }

    /// Adds an integer from `low` to `high`, both included.
    ///
    /// # Panics
    /// If the range is empty, or there is another setting of this name.
    #[track_caller]
    pub fn int(self, name: impl Into<String>, low: i64, high: i64) -> Self {
        assert!(low <= high, "Space: expected low <= high, got {low} and {high}");
        self.with(name.into(), Range::Int(low, high))
    }

    /// Adds a float between `low` and `high`, sampled uniformly.
    ///
    /// # Panics
    /// If the range is empty or not finite, or there is another setting of this name.
    #[track_caller]
    pub fn float(self, name: impl Into<String>, low: f64, high: f64) -> Self {
        let finite = low.is_finite() && high.is_finite();
        assert!(low <= high && finite, "Space: expected finite low <= high, got {low} and {high}");
        self.with(name.into(), Range::Float(low, high))
    }

    /// Adds a float between `low` and `high`, both above 0, sampled uniformly in its logarithm, such as a learning
    /// rate.
    ///
    /// # Panics
    /// If the range is empty, not finite or not above 0, or there is another setting of this name.
    #[track_caller]
    pub fn log(self, name: impl Into<String>, low: f64, high: f64) -> Self {
        let positive = 0.0 < low && low <= high && high.is_finite();
        assert!(positive, "Space: expected finite 0 < low <= high for a log range, got {low} and {high}");
        self.with(name.into(), Range::Log(low, high))
    }

    /// Adds a choice between several values.
    ///
    /// # Panics
    /// If there are no values, or there is another setting of this name.
    #[track_caller]
    pub fn choice(self, name: impl Into<String>, values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let values: Vec<String> = values.into_iter().map(Into::into).collect();
        assert!(!values.is_empty(), "Space: expected at least one choice, got none");
        self.with(name.into(), Range::Choice(values))
    }

    /// Makes the last setting conditional: it has a value only if the earlier setting `name` has this value.
    ///
    /// # Panics
    /// If there is no earlier setting of this name.
    #[track_caller]
    pub fn when(mut self, name: impl Into<String>, value: impl fmt::Display) -> Self {
        let name = name.into();
        let (last, earlier) =
            self.dimensions.split_last_mut().unwrap_or_else(|| panic!("Space: expected a setting before `when`"));
        let known = earlier.iter().any(|d| d.name == name);
        assert!(known, "Space: expected an earlier setting for the condition of `{}`, got `{name}`", last.name);
        last.condition = Some((name, value.to_string()));
        self
    }

    #[track_caller]
    fn with(mut self, name: String, range: Range) -> Self {
        assert!(self.dimensions.iter().all(|d| d.name != name), "Space: duplicate setting `{name}`");
        self.dimensions.push(Dimension { name, range, condition: None });
        self
    }

    /// Samples random settings.
    pub fn sample(&self, rng: &mut (impl Rng + ?Sized)) -> Settings {
        let mut settings = Settings::default();
        for dimension in &self.dimensions {
            // One random number per setting, even if its condition is not met, so that a condition does not change the
            // values of other settings.
            let u = (rng.next_u64() >> 11) as f64 * 2.0_f64.powi(-53);
            if dimension.applies(&settings) {
                settings.values.push((dimension.name.clone(), dimension.range.at(u)));
            }
        }
        settings
    }

    /// All combinations of settings: every choice, every integer of a range of at most `steps`, and `steps` values of
    /// each other range.
    pub fn grid(&self, steps: usize) -> Vec<Settings> {
        let mut grid = vec![Settings::default()];
        for dimension in &self.dimensions {
            let mut next = Vec::new();
            for settings in grid {
                if !dimension.applies(&settings) {
                    next.push(settings);
                    continue;
                }
                for value in dimension.range.steps(steps.max(1)) {
                    let mut more = settings.clone();
                    more.values.push((dimension.name.clone(), value));
                    next.push(more);
                }
            }
            grid = next;
        }
        grid
    }

    /// The names of the settings.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.dimensions.iter().map(|d| d.name.as_str())
    }
}

impl Dimension {
    /// Whether the condition of this setting is met.
    fn applies(&self, settings: &Settings) -> bool {
        let met = |(name, value): &(String, String)| settings.get(name).is_some_and(|v| v.to_string() == *value);
        self.condition.as_ref().is_none_or(met)
    }
}

impl Range {
    /// The value at the fraction u, from 0 to 1, of the range.
    fn at(&self, u: f64) -> Value {
        match self {
            Range::Int(low, high) => {
                let count = (*high as i128 - *low as i128 + 1) as f64;
                Value::Int((*low as i128 + (u * count) as i128).min(*high as i128) as i64)
            }
            Range::Float(low, high) => Value::Float((low + u * (high - low)).clamp(*low, *high)),
            Range::Log(low, high) => Value::Float((low.ln() + u * (high.ln() - low.ln())).exp().clamp(*low, *high)),
            Range::Choice(names) => {
                Value::Text(names[((u * names.len() as f64) as usize).min(names.len() - 1)].clone())
            }
        }
    }

    /// Equidistant values of the range, including both ends.
    fn steps(&self, steps: usize) -> Vec<Value> {
        let fraction = |i: usize| if steps == 1 { 0.5 } else { i as f64 / (steps - 1) as f64 };
        match self {
            Range::Choice(names) => names.iter().cloned().map(Value::Text).collect(),
            Range::Int(low, high) if (*high as i128 - *low as i128) < steps as i128 => {
                (*low..=*high).map(Value::Int).collect()
            }
            Range::Int(low, high) => {
                let span = (*high as i128 - *low as i128) as f64;
                (0..steps).map(|i| Value::Int((*low as i128 + (fraction(i) * span).round() as i128) as i64)).collect()
            }
            _ => (0..steps).map(|i| self.at(fraction(i))).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};

    fn space() -> Space {
        let space = Space::new().int("a", -2, 2).float("b", 0.5, 1.5).log("c", 1e-4, 1e-2).choice("d", ["x", "y"]);
        space.float("e", 0.0, 1.0).when("d", "x").int("f", 0, 1).when("a", 2)
    }

    #[test]
    fn grids() {
        assert_eq!(Space::new().grid(3), [Settings::default()]);
        let of = |space: Space, steps| -> Vec<String> { space.grid(steps).iter().map(Settings::to_string).collect() };
        assert_eq!(of(Space::new().log("c", 1e-4, 1e-2), 3), ["c 1.000e-4", "c 0.0010", "c 0.0100"]);
        assert_eq!(of(Space::new().int("n", 0, 100), 3), ["n 0", "n 50", "n 100"]);
        assert_eq!(of(Space::new().float("x", 0.0, 1.0), 1), ["x 0.5000"]);
        let both = Space::new().choice("d", ["x", "y"]).int("e", 1, 2).when("d", "y");
        assert_eq!(of(both, 9), ["d x", "d y, e 1", "d y, e 2"]);
    }

    proptest! {
        #[test]
        fn samples_are_within_their_ranges(seed: u64) {
            let s = space().sample(&mut Xoshiro256PlusPlus::seed_from_u64(seed));
            prop_assert!((-2.0..=2.0).contains(&s.float("a")) && (0.5..=1.5).contains(&s.float("b")));
            prop_assert!((1e-4..=1e-2).contains(&s.float("c")));
            prop_assert_eq!(s.get("e").is_some(), s.choice("d") == "x");
            prop_assert_eq!(s.get("f").is_some(), s.float("a") == 2.0);
            prop_assert_eq!(Settings::from_json(&s.to_json()).unwrap(), s);
        }
    }

    #[test]
    fn integers_are_sampled_uniformly_including_both_ends() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let mut counts = [0; 5];
        for _ in 0..1000 {
            counts[(space().sample(&mut rng).float("a") + 2.0) as usize] += 1;
        }
        assert!(counts.iter().all(|&n| n > 140), "{counts:?}");
    }
}
