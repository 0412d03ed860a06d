//! What may be chosen.

use super::settings::{Settings, Value};
use rand::Rng;
use std::fmt;

/// A space of settings, one after the other; some hold only if an earlier one has a certain value.
///
/// ```
/// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
/// use train::search::Space;
/// let space = Space::new().int("units", 16, 256).choice("dropout", ["no", "yes"]).float("rate", 0.1, 0.5);
/// let space = space.when("dropout", "yes");
/// let settings = space.draw(&mut Xoshiro256PlusPlus::seed_from_u64(1));
/// assert_eq!(settings.get("rate").is_some(), settings.text("dropout") == "yes");
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
    /// Holds only if the setting of this name has this value.
    condition: Option<(String, String)>,
}

#[derive(Clone, Debug, PartialEq)]
enum Range {
    /// Whole numbers, both ends included.
    Int(i64, i64),
    Float(f64, f64),
    /// Even in the logarithm.
    Log(f64, f64),
    Choice(Vec<String>),
}

impl Space {
    /// Without settings.
    pub fn new() -> Self {
        Space::default()
    }

    /// A whole number from `low` to `high`, both included.
    ///
    /// # Panics
    /// If the range is empty, or the name is taken. So do the others.
    #[track_caller]
    pub fn int(self, name: impl Into<String>, low: i64, high: i64) -> Self {
        assert!(low <= high, "Space: there is no whole number from {low} to {high}");
        self.with(name.into(), Range::Int(low, high))
    }

    /// A number between `low` and `high`, drawn evenly.
    #[track_caller]
    pub fn float(self, name: impl Into<String>, low: f64, high: f64) -> Self {
        assert!(low <= high && low.is_finite() && high.is_finite(), "Space: there is no number from {low} to {high}");
        self.with(name.into(), Range::Float(low, high))
    }

    /// A number between `low` and `high`, both above 0, drawn evenly in its logarithm: as a learning rate.
    #[track_caller]
    pub fn log(self, name: impl Into<String>, low: f64, high: f64) -> Self {
        assert!(0.0 < low && low <= high && high.is_finite(), "Space: no logarithm runs from {low} to {high}");
        self.with(name.into(), Range::Log(low, high))
    }

    /// One of several names.
    #[track_caller]
    pub fn choice(self, name: impl Into<String>, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        assert!(!names.is_empty(), "Space: a choice among nothing");
        self.with(name.into(), Range::Choice(names))
    }

    /// The setting given last holds only if an earlier one has this value.
    ///
    /// # Panics
    /// If there is no earlier setting of that name.
    #[track_caller]
    pub fn when(mut self, name: impl Into<String>, value: impl fmt::Display) -> Self {
        let name = name.into();
        let (last, earlier) =
            self.dimensions.split_last_mut().unwrap_or_else(|| panic!("Space: `when` follows a setting"));
        assert!(earlier.iter().any(|d| d.name == name), "Space: there is no setting `{name}` before `{}`", last.name);
        last.condition = Some((name, value.to_string()));
        self
    }

    #[track_caller]
    fn with(mut self, name: String, range: Range) -> Self {
        assert!(self.dimensions.iter().all(|d| d.name != name), "Space: there are two settings `{name}`");
        self.dimensions.push(Dimension { name, range, condition: None });
        self
    }

    /// A choice at random.
    pub fn draw(&self, rng: &mut (impl Rng + ?Sized)) -> Settings {
        let mut settings = Settings::default();
        for dimension in &self.dimensions {
            // One draw for each setting, whether it holds or not: one more condition does not upset the others.
            let u = (rng.next_u64() >> 11) as f64 * 2.0_f64.powi(-53);
            if dimension.holds(&settings) {
                settings.values.push((dimension.name.clone(), dimension.range.at(u)));
            }
        }
        settings
    }

    /// All combinations of the values of choices and whole numbers, and of `steps` values of each other setting; whole
    /// numbers of which there are more than `steps` count as such.
    pub fn grid(&self, steps: usize) -> Vec<Settings> {
        let mut grid = vec![Settings::default()];
        for dimension in &self.dimensions {
            let mut next = Vec::new();
            for settings in grid {
                if !dimension.holds(&settings) {
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
    fn holds(&self, settings: &Settings) -> bool {
        let met = |(name, value): &(String, String)| settings.get(name).is_some_and(|v| v.to_string() == *value);
        self.condition.as_ref().is_none_or(met)
    }
}

impl Range {
    /// The value at a share u in 0..1 of the range.
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

    /// Values from one end to the other.
    fn steps(&self, steps: usize) -> Vec<Value> {
        let share = |i: usize| if steps == 1 { 0.5 } else { i as f64 / (steps - 1) as f64 };
        match self {
            Range::Choice(names) => names.iter().cloned().map(Value::Text).collect(),
            Range::Int(low, high) if (*high as i128 - *low as i128) < steps as i128 => {
                (*low..=*high).map(Value::Int).collect()
            }
            Range::Int(low, high) => {
                let span = (*high as i128 - *low as i128) as f64;
                (0..steps).map(|i| Value::Int((*low as i128 + (share(i) * span).round() as i128) as i64)).collect()
            }
            _ => (0..steps).map(|i| self.at(share(i))).collect(),
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
        fn draws_stay_in_their_ranges(seed: u64) {
            let s = space().draw(&mut Xoshiro256PlusPlus::seed_from_u64(seed));
            prop_assert!((-2.0..=2.0).contains(&s.number("a")) && (0.5..=1.5).contains(&s.number("b")));
            prop_assert!((1e-4..=1e-2).contains(&s.number("c")));
            prop_assert_eq!(s.get("e").is_some(), s.text("d") == "x");
            prop_assert_eq!(s.get("f").is_some(), s.number("a") == 2.0);
            prop_assert_eq!(Settings::from_json(&s.to_json()).unwrap(), s);
        }
    }

    #[test]
    fn draws_reach_both_ends() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let mut seen = [0; 5];
        for _ in 0..1000 {
            seen[(space().draw(&mut rng).number("a") + 2.0) as usize] += 1;
        }
        assert!(seen.iter().all(|&n| n > 140), "{seen:?}");
    }
}
