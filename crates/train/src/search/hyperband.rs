//! Hyperband: many trials with few epochs, and few trials with many epochs.

use super::error::SearchError;
use super::results::Results;
use super::run::Search;
use super::settings::Settings;
use std::fmt::Display;

impl Search {
    /// Hyperband (Li et al. 2017): trains many trials for a few epochs, the best `1 / factor` of them for `factor`
    /// times as many, and so on up to `max_epochs`. Then it repeats this with fewer trials and more initial epochs.
    ///
    /// With s_max = ⌊ln R / ln η⌋ for R = `max_epochs` and η = `factor`, bracket s = s_max, ..., 0 begins with n =
    /// ⌈(s_max + 1) η^s / (s + 1)⌉ trials of R η^-s epochs; each of its s + 1 rounds selects the best n/η trials and
    /// multiplies the epochs by η. Keras Tuner's defaults are 100 and 3.
    ///
    /// `score` is called with the settings and the total number of epochs to train. To continue from an earlier round
    /// instead of training from the start, train with [`resumable`](crate::Fit::resumable).
    ///
    /// ```
    /// use std::convert::Infallible;
    /// use train::Direction;
    /// use train::search::{Search, Space};
    /// let search = Search::new(Space::new().log("rate", 1e-5, 1.0), Direction::Min);
    /// // A synthetic loss that decreases with the epochs and is smallest for a rate of 0.01.
    /// let results = search.hyperband(9, 3, |s, epochs| {
    ///     let distance = (s.float("rate").log10() + 2.0).abs();
    ///     Ok::<f64, Infallible>(distance + 1.0 / epochs as f64)
    /// })?;
    /// let best = results.best().unwrap();
    /// assert!(best.epochs == 9 && best.settings.float("rate") > 1e-3 && best.settings.float("rate") < 0.1);
    /// # Ok::<(), train::search::SearchError>(())
    /// ```
    ///
    /// # Errors
    /// The errors of [`random`](Search::random), and if `max_epochs` is 0 or `factor` is below 2.
    pub fn hyperband<E: Display>(
        &self,
        max_epochs: usize,
        factor: usize,
        mut score: impl FnMut(&Settings, usize) -> Result<f64, E>,
    ) -> Result<Results, SearchError> {
        if max_epochs == 0 || factor < 2 {
            let expected = "max_epochs of at least 1 and a factor of at least 2";
            return Err(SearchError::Setting { name: "hyperband", expected });
        }
        let mut run = self.begin()?;
        let mut first = 0;
        for bracket in brackets(max_epochs, factor) {
            let mut selected: Vec<usize> = (first..first + bracket[0].trials).collect();
            first += selected.len();
            for (i, round) in bracket.iter().enumerate() {
                let mut scored = Vec::with_capacity(selected.len());
                for &id in &selected {
                    scored.push((run.trial(id, self.settings(id), round.epochs, &mut score)?, id));
                }
                // Ties go to the earlier trial; failed trials are never selected.
                scored.retain(|(score, _)| !score.is_nan());
                scored.sort_by(|a, b| match self.direction {
                    crate::Direction::Min => a.0.total_cmp(&b.0),
                    crate::Direction::Max => b.0.total_cmp(&a.0),
                });
                let next = bracket.get(i + 1).map_or(0, |next| next.trials);
                selected = scored.into_iter().take(next).map(|(_, id)| id).collect();
            }
        }
        Ok(run.results)
    }
}

/// A round of `trials` trials with `epochs` epochs each.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Round {
    trials: usize,
    epochs: usize,
}

fn brackets(max_epochs: usize, factor: usize) -> Vec<Vec<Round>> {
    let mut last = 0;
    while factor.checked_pow(last + 1).is_some_and(|n| n <= max_epochs) {
        last += 1;
    }
    let bracket = |s: u32| {
        let trials = (last as usize + 1) * factor.pow(s);
        let trials = trials.div_ceil(s as usize + 1);
        let round = |i: u32| {
            let epochs = max_epochs as f64 / factor.pow(s - i) as f64;
            Round { trials: (trials / factor.pow(i)).max(1), epochs: (epochs.round() as usize).max(1) }
        };
        (0..=s).map(round).collect()
    };
    (0..=last).rev().map(bracket).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Space;
    use super::*;
    use crate::Direction;
    use std::convert::Infallible;

    /// Table 1 of Li et al.: R = 81, η = 3.
    #[test]
    fn brackets_match_the_paper() {
        let table: Vec<Vec<(usize, usize)>> =
            brackets(81, 3).iter().map(|b| b.iter().map(|r| (r.trials, r.epochs)).collect()).collect();
        assert_eq!(
            table,
            [
                vec![(81, 1), (27, 3), (9, 9), (3, 27), (1, 81)],
                vec![(34, 3), (11, 9), (3, 27), (1, 81)],
                vec![(15, 9), (5, 27), (1, 81)],
                vec![(8, 27), (2, 81)],
                vec![(5, 81)],
            ]
        );
        assert_eq!(brackets(1, 3), [[Round { trials: 1, epochs: 1 }]]);
    }

    #[test]
    fn the_best_trials_are_selected() {
        let search = Search::new(Space::new().float("x", 0.0, 1.0), Direction::Max);
        let results = search.hyperband(9, 3, |s, _| Ok::<_, Infallible>(s.float("x"))).unwrap();
        let first: Vec<f64> = results.trials()[..9].iter().map(|t| t.score).collect();
        let mut best = first.clone();
        best.sort_by(|a, b| b.total_cmp(a));
        let second: Vec<f64> = results.trials()[9..12].iter().map(|t| t.score).collect();
        assert_eq!(second, best[..3]);
        assert_eq!((results.trials()[12].score, results.trials()[12].epochs), (best[0], 9));
        let none = search.hyperband(0, 3, |_, _| Ok::<_, Infallible>(0.0));
        assert!(matches!(none, Err(SearchError::Setting { .. })));
    }
}
