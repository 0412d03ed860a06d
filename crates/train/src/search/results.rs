//! The results of a search, as a table.

use super::settings::Settings;
use crate::metrics::Direction;
use std::fmt;

/// The settings and the score of a trial.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// The id, in the order of the search.
    pub id: usize,
    /// The settings.
    pub settings: Settings,
    /// The number of epochs, if the search determines it; 0 otherwise.
    pub epochs: usize,
    /// The score; NaN if the trial failed.
    pub score: f64,
}

/// All trials of a search.
#[derive(Clone, Debug, PartialEq)]
pub struct Results {
    pub(super) trials: Vec<Trial>,
    pub(super) direction: Direction,
}

impl Results {
    /// The trials, in the order of the search.
    pub fn trials(&self) -> &[Trial] {
        &self.trials
    }

    /// The trials, from the best to the worst. Failed trials are last; ties are in the order of the search.
    pub fn ranked(&self) -> Vec<&Trial> {
        let mut ranked: Vec<&Trial> = self.trials.iter().collect();
        ranked.sort_by(|a, b| {
            let order = match self.direction {
                Direction::Min => a.score.total_cmp(&b.score),
                Direction::Max => b.score.total_cmp(&a.score),
            };
            a.score.is_nan().cmp(&b.score.is_nan()).then(order)
        });
        ranked
    }

    /// The best trial; `None` if all trials failed.
    pub fn best(&self) -> Option<&Trial> {
        self.ranked().into_iter().next().filter(|trial| !trial.score.is_nan())
    }
}

impl fmt::Display for Results {
    /// A table with a row for each trial, from the best to the worst.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names: Vec<&str> = Vec::new();
        for (name, _) in self.trials.iter().flat_map(|trial| trial.settings.iter()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let mut heads = vec!["trial"];
        heads.extend(&names);
        heads.extend(["epochs", "score"]);
        let rows: Vec<Vec<String>> = self
            .ranked()
            .into_iter()
            .map(|trial| {
                let value = |name: &&str| trial.settings.get(name).map_or("-".to_string(), |v| v.to_string());
                let epochs = if trial.epochs == 0 { "-".to_string() } else { trial.epochs.to_string() };
                let score = if trial.score.is_nan() { "failed".to_string() } else { format!("{:.4}", trial.score) };
                std::iter::once(trial.id.to_string()).chain(names.iter().map(value)).chain([epochs, score]).collect()
            })
            .collect();
        let width = |c: usize| rows.iter().map(|r| r[c].len()).chain([heads[c].len()]).max().unwrap_or(0);
        let widths: Vec<usize> = (0..heads.len()).map(width).collect();
        let heads: Vec<String> = heads.into_iter().map(str::to_string).collect();
        for row in std::iter::once(&heads).chain(&rows) {
            let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, &w)| format!("{cell:>w$}")).collect();
            writeln!(f, "{}", cells.join("  "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Space;
    use super::*;

    #[test]
    fn the_table_is_ranked_with_failures_last() {
        let settings = Space::new().choice("d", ["x", "yy"]).int("n", 5, 5).when("d", "yy").grid(1);
        let trial =
            |id: usize, which: usize, score| Trial { id, settings: settings[which].clone(), epochs: 3 * id, score };
        let trials = vec![trial(0, 0, f64::NAN), trial(1, 0, 0.5), trial(2, 1, 0.25)];
        let results = Results { trials, direction: Direction::Min };
        assert_eq!(results.best().unwrap().id, 2);
        let table = results.to_string();
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(
            lines,
            [
                "trial   d  n  epochs   score",
                "    2  yy  5       6  0.2500",
                "    1   x  -       3  0.5000",
                "    0   x  -       -  failed",
            ]
        );
        assert_eq!(Results { trials: vec![trial(0, 0, f64::NAN)], direction: Direction::Max }.best(), None);
    }
}
