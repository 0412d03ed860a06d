//! Random and grid search, and the evaluation of trials.

use super::error::SearchError;
use super::journal::Journal;
use super::results::{Results, Trial};
use super::settings::Settings;
use super::space::Space;
use crate::metrics::Direction;
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use std::fmt::Display;
use std::path::PathBuf;

/// A search in a [`Space`] for the settings with the smallest or the largest score.
///
/// A trial that returns an error or NaN has failed and has no score; after three consecutive failures the search fails.
/// With a [`journal`](Search::journal), trials are saved when they end, and are not repeated when the search is run
/// again. This includes failed trials, which then no longer count as failures.
#[derive(Clone, Debug)]
pub struct Search {
    space: Space,
    pub(super) direction: Direction,
    seed: u64,
    journal: Option<PathBuf>,
    max_failures: usize,
}

/// A running search.
pub(super) struct Trials {
    pub(super) results: Results,
    journal: Option<Journal>,
    max_failures: usize,
    /// The number of consecutive failures.
    failed: usize,
}

impl Search {
    /// A search in this space for small or large scores.
    pub fn new(space: Space, direction: Direction) -> Self {
        Search { space, direction, seed: 0, journal: None, max_failures: 3 }
    }

    /// The seed of the random settings. Default: 0. The settings of a trial depend only on the seed and its id.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Saves trials to this file, and does not repeat the trials in it.
    pub fn journal(mut self, path: impl Into<PathBuf>) -> Self {
        self.journal = Some(path.into());
        self
    }

    /// The number of consecutive failures after which the search fails, at least 1. Default: 3.
    pub fn max_consecutive_failures(mut self, trials: usize) -> Self {
        self.max_failures = trials.max(1);
        self
    }

    /// The random settings of the trial with this id.
    pub fn settings(&self, id: usize) -> Settings {
        self.space.sample(&mut Xoshiro256PlusPlus::seed_from_u64(self.seed.wrapping_add(0x9e37_79b9 * id as u64)))
    }

    /// Random search: evaluates `trials` random settings (Bergstra and Bengio 2012).
    ///
    /// # Errors
    /// If too many consecutive trials fail, or the journal cannot be read or written.
    pub fn random<E: Display>(
        &self,
        trials: usize,
        mut score: impl FnMut(&Settings) -> Result<f64, E>,
    ) -> Result<Results, SearchError> {
        let mut run = self.begin()?;
        for id in 0..trials {
            run.trial(id, self.settings(id), 0, &mut |settings, _| score(settings))?;
        }
        Ok(run.results)
    }

    /// Grid search: evaluates every combination, with `steps` values for each numeric range. See [`Space::grid`].
    ///
    /// # Errors
    /// The errors of [`random`](Search::random).
    pub fn grid<E: Display>(
        &self,
        steps: usize,
        mut score: impl FnMut(&Settings) -> Result<f64, E>,
    ) -> Result<Results, SearchError> {
        let mut run = self.begin()?;
        for (id, settings) in self.space.grid(steps).into_iter().enumerate() {
            run.trial(id, settings, 0, &mut |settings, _| score(settings))?;
        }
        Ok(run.results)
    }

    pub(super) fn begin(&self) -> Result<Trials, SearchError> {
        let journal = self.journal.as_deref().map(Journal::open).transpose()?;
        let results = Results { trials: Vec::new(), direction: self.direction };
        Ok(Trials { results, journal, max_failures: self.max_failures, failed: 0 })
    }
}

impl Trials {
    /// Evaluates a trial that is not in the journal. Returns its score.
    pub(super) fn trial<E: Display>(
        &mut self,
        id: usize,
        settings: Settings,
        epochs: usize,
        score: &mut dyn FnMut(&Settings, usize) -> Result<f64, E>,
    ) -> Result<f64, SearchError> {
        if let Some(score) = self.journal.as_ref().and_then(|journal| journal.score(id, &settings, epochs)) {
            self.results.trials.push(Trial { id, settings, epochs, score });
            return Ok(score);
        }
        let (value, error) = match score(&settings, epochs) {
            Ok(value) => (value, String::from("the score is NaN")),
            Err(e) => (f64::NAN, e.to_string()),
        };
        let trial = Trial { id, settings, epochs, score: value };
        if let Some(journal) = &mut self.journal {
            journal.write(&trial)?;
        }
        self.results.trials.push(trial);
        self.failed = if value.is_nan() { self.failed + 1 } else { 0 };
        match self.failed < self.max_failures {
            true => Ok(value),
            false => Err(SearchError::Failed { trials: self.failed, last: error }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Folder;
    use std::convert::Infallible;
    use std::fs;

    fn search() -> Search {
        Search::new(Space::new().float("x", -1.0, 1.0), Direction::Min)
    }

    fn parabola(settings: &Settings) -> Result<f64, Infallible> {
        Ok((settings.float("x") - 0.25).powi(2))
    }

    #[test]
    fn a_seed_determines_the_search() {
        let run = |seed| search().seed(seed).random(30, parabola).unwrap();
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
        assert!(run(1).best().unwrap().score < 0.01);
        let grid = search().grid(9, parabola).unwrap();
        assert_eq!((grid.trials().len(), grid.best().unwrap().score), (9, 0.0));
    }

    #[test]
    fn consecutive_failures_end_the_search() {
        let mut trials = 0;
        let some = search().random(10, |_| {
            trials += 1;
            if trials % 3 == 0 { Ok(trials as f64) } else { Err("failed") }
        });
        let some = some.unwrap();
        assert_eq!((some.best().unwrap().score, some.trials().len()), (3.0, 10));
        let e = search().random(10, |_| Err::<f64, _>("failed")).unwrap_err();
        assert!(matches!(&e, SearchError::Failed { trials: 3, last } if last == "failed"), "{e}");
        assert!(matches!(search().random(3, |_| Ok::<_, Infallible>(f64::NAN)), Err(SearchError::Failed { .. })));
    }

    #[test]
    fn a_failed_search_continues_from_its_journal() {
        let folder = Folder::new("search-failed");
        let search = search().journal(folder.join("trials.jsonl"));
        assert!(matches!(search.random(10, |_| Err::<f64, _>("no disk")), Err(SearchError::Failed { trials: 3, .. })));
        let results = search.random(10, parabola).unwrap();
        assert!(results.trials()[..3].iter().all(|trial| trial.score.is_nan()));
        assert!(results.trials().len() == 10 && results.trials()[3..].iter().all(|trial| trial.score.is_finite()));
    }

    #[test]
    fn trials_in_the_journal_are_not_repeated() {
        let folder = Folder::new("search");
        let path = folder.join("trials.jsonl");
        let whole = search().random(8, parabola).unwrap();
        search().journal(&path).random(5, parabola).unwrap();
        // An incomplete last line, as after a crash.
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, &text[..text.len() - 7]).unwrap();
        let mut evaluated = 0;
        let resumed = search().journal(&path).random(8, |settings| {
            evaluated += 1;
            parabola(settings)
        });
        assert_eq!((resumed.unwrap(), evaluated), (whole, 4));
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 8);
        // The trials of another search are ignored.
        let other = search().seed(9).journal(&path).random(8, parabola).unwrap();
        assert_eq!(other, search().seed(9).random(8, parabola).unwrap());

        fs::write(&path, "no trial\n").unwrap();
        assert!(matches!(search().journal(&path).random(1, parabola), Err(SearchError::Journal { line: 1 })));
        let e = search().journal(path.join("in a file")).random(1, parabola).unwrap_err();
        assert!(matches!(e, SearchError::Io { .. }), "{e}");
    }
}
