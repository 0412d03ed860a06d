//! Random and grid search; trials that failed, trials that are known.

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

/// A search through a [`Space`] for the settings whose score is the smallest or the largest.
///
/// A trial that ends with an error counts as failed and has no score; after three failures in a row the search ends.
/// With a [`journal`](Search::journal), trials are written down as they end, and are not made again when the search is:
/// failed ones neither, which then no longer count towards its end.
#[derive(Clone, Debug)]
pub struct Search {
    space: Space,
    pub(super) direction: Direction,
    seed: u64,
    journal: Option<PathBuf>,
    failures: usize,
}

/// A search under way.
pub(super) struct Trials {
    pub(super) results: Results,
    journal: Option<Journal>,
    allowed: usize,
    failed: usize,
}

impl Search {
    /// Through this space, for small or for large scores.
    pub fn new(space: Space, direction: Direction) -> Self {
        Search { space, direction, seed: 0, journal: None, failures: 3 }
    }

    /// The seed of the draws; 0 unless said. The settings of a trial depend on the seed and its number alone.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Writes trials into this file, and takes those that are in it as made.
    pub fn journal(mut self, path: impl Into<PathBuf>) -> Self {
        self.journal = Some(path.into());
        self
    }

    /// After how many failures in a row the search ends, 1 at the least; 3 unless said.
    pub fn allow_failures(mut self, trials: usize) -> Self {
        self.failures = trials.max(1);
        self
    }

    /// The settings of the trial of this number.
    pub fn settings(&self, id: usize) -> Settings {
        self.space.draw(&mut Xoshiro256PlusPlus::seed_from_u64(self.seed.wrapping_add(0x9e37_79b9 * id as u64)))
    }

    /// Makes trials of settings drawn at random (Bergstra and Bengio 2012).
    ///
    /// # Errors
    /// If too many trials failed in a row, or the journal cannot be read or written.
    pub fn random<E: Display>(
        &self,
        trials: usize,
        mut score: impl FnMut(&Settings) -> Result<f64, E>,
    ) -> Result<Results, SearchError> {
        let mut run = self.begin()?;
        for id in 0..trials {
            run.make(id, self.settings(id), 0, &mut |settings, _| score(settings))?;
        }
        Ok(run.results)
    }

    /// Makes a trial of every combination, with `steps` values of each range of numbers: see [`Space::grid`].
    ///
    /// # Errors
    /// As [`random`](Search::random).
    pub fn grid<E: Display>(
        &self,
        steps: usize,
        mut score: impl FnMut(&Settings) -> Result<f64, E>,
    ) -> Result<Results, SearchError> {
        let mut run = self.begin()?;
        for (id, settings) in self.space.grid(steps).into_iter().enumerate() {
            run.make(id, settings, 0, &mut |settings, _| score(settings))?;
        }
        Ok(run.results)
    }

    pub(super) fn begin(&self) -> Result<Trials, SearchError> {
        let journal = self.journal.as_deref().map(Journal::open).transpose()?;
        let results = Results { trials: Vec::new(), direction: self.direction };
        Ok(Trials { results, journal, allowed: self.failures, failed: 0 })
    }
}

impl Trials {
    /// Makes a trial, unless the journal knows what came of it; its score.
    pub(super) fn make<E: Display>(
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
        let (value, why) = match score(&settings, epochs) {
            Ok(value) => (value, String::from("a score that is NaN")),
            Err(e) => (f64::NAN, e.to_string()),
        };
        let trial = Trial { id, settings, epochs, score: value };
        if let Some(journal) = &mut self.journal {
            journal.write(&trial)?;
        }
        self.results.trials.push(trial);
        self.failed = if value.is_nan() { self.failed + 1 } else { 0 };
        match self.failed < self.allowed {
            true => Ok(value),
            false => Err(SearchError::Failed { trials: self.failed, last: why }),
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
        Ok((settings.number("x") - 0.25).powi(2))
    }

    #[test]
    fn one_seed_one_search() {
        let run = |seed| search().seed(seed).random(30, parabola).unwrap();
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
        assert!(run(1).best().unwrap().score < 0.01);
        let grid = search().grid(9, parabola).unwrap();
        assert_eq!((grid.trials().len(), grid.best().unwrap().score), (9, 0.0));
    }

    #[test]
    fn failures_are_borne_up_to_a_point() {
        let mut made = 0;
        let some = search().random(10, |_| {
            made += 1;
            if made % 3 == 0 { Ok(made as f64) } else { Err("too bad") }
        });
        let some = some.unwrap();
        assert_eq!((some.best().unwrap().score, some.trials().len()), (3.0, 10));
        let e = search().random(10, |_| Err::<f64, _>("too bad")).unwrap_err();
        assert!(matches!(&e, SearchError::Failed { trials: 3, last } if last == "too bad"), "{e}");
        assert!(matches!(search().random(3, |_| Ok::<_, Infallible>(f64::NAN)), Err(SearchError::Failed { .. })));
    }

    #[test]
    fn a_search_that_failed_goes_on() {
        let folder = Folder::new("search-failed");
        let search = search().journal(folder.join("trials.jsonl"));
        assert!(matches!(search.random(10, |_| Err::<f64, _>("no disk")), Err(SearchError::Failed { trials: 3, .. })));
        let found = search.random(10, parabola).unwrap();
        assert!(found.trials()[..3].iter().all(|trial| trial.score.is_nan()));
        assert!(found.trials().len() == 10 && found.trials()[3..].iter().all(|trial| trial.score.is_finite()));
    }

    #[test]
    fn trials_are_not_made_again() {
        let folder = Folder::new("search");
        let path = folder.join("trials.jsonl");
        let whole = search().random(8, parabola).unwrap();
        search().journal(&path).random(5, parabola).unwrap();
        // A crash in the middle of a line.
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, &text[..text.len() - 7]).unwrap();
        let mut made = 0;
        let resumed = search().journal(&path).random(8, |settings| {
            made += 1;
            parabola(settings)
        });
        assert_eq!((resumed.unwrap(), made), (whole, 4));
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 8);
        // The journal of another search does not count.
        let other = search().seed(9).journal(&path).random(8, parabola).unwrap();
        assert_eq!(other, search().seed(9).random(8, parabola).unwrap());

        fs::write(&path, "no trial\n").unwrap();
        assert!(matches!(search().journal(&path).random(1, parabola), Err(SearchError::Journal { line: 1 })));
        let e = search().journal(path.join("in a file")).random(1, parabola).unwrap_err();
        assert!(matches!(e, SearchError::Io { .. }), "{e}");
    }
}
