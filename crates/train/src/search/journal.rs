//! The journal: a file with a line of JSON for each trial, from which an interrupted search continues.

use super::error::SearchError;
use super::results::Trial;
use super::settings::Settings;
use crate::save::create_folder_of;
use crate::save::json::{number, to_number};
use serde_json::{Value, json};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file of trials, and the trials read from it.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    known: Vec<Trial>,
}

impl Journal {
    /// Opens the file, or creates it and its folder. An incomplete last line, written during a crash, is removed.
    pub(super) fn open(path: &Path) -> Result<Journal, SearchError> {
        let failed = |source| SearchError::Io { path: path.into(), source };
        // Read as bytes, because an incomplete line may end within a UTF-8 character.
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(e) => return Err(failed(e)),
        };
        let whole = text.iter().rposition(|&b| b == b'\n').map_or(0, |end| end + 1);
        let mut known = Vec::new();
        for (i, line) in text[..whole].split_inclusive(|&b| b == b'\n').enumerate() {
            known.push(parse(line).ok_or(SearchError::Journal { line: i + 1 })?);
        }
        create_folder_of(path).map_err(failed)?;
        let file = OpenOptions::new().create(true).append(true).open(path).map_err(failed)?;
        if whole < text.len() {
            file.set_len(whole as u64).map_err(failed)?;
        }
        Ok(Journal { path: path.into(), file, known })
    }

    /// The score of a trial if it is in the file; NaN if it failed.
    pub(super) fn score(&self, id: usize, settings: &Settings, epochs: usize) -> Option<f64> {
        let same = |t: &&Trial| t.id == id && t.epochs == epochs && t.settings == *settings;
        self.known.iter().find(same).map(|trial| trial.score)
    }

    /// Appends a trial, and flushes it to the disk.
    pub(super) fn write(&mut self, trial: &Trial) -> Result<(), SearchError> {
        let Trial { id, settings, epochs, score } = trial;
        let line = json!({ "id": id, "settings": settings.to_json(), "epochs": epochs, "score": number(*score) });
        let written = self.file.write_all(format!("{line}\n").as_bytes()).and_then(|()| self.file.sync_data());
        written.map_err(|source| SearchError::Io { path: self.path.clone(), source })
    }
}

fn parse(line: &[u8]) -> Option<Trial> {
    let line: Value = serde_json::from_slice(line).ok()?;
    let index = |value: &Value| usize::try_from(value.as_u64()?).ok();
    Some(Trial {
        id: index(&line["id"])?,
        settings: Settings::from_json(&line["settings"]).ok()?,
        epochs: index(&line["epochs"])?,
        score: to_number(&line["score"])?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::damage::{damage, damaged};
    use crate::search::Value as Setting;
    use crate::testing::Folder;
    use proptest::prelude::*;

    #[test]
    fn an_incomplete_line_is_removed() {
        let folder = Folder::new("journal-cut");
        let path = folder.join("trials.jsonl");
        let settings = || Settings { values: vec![("größe".into(), Setting::Text("größer".into()))] };
        let mut journal = Journal::open(&path).unwrap();
        for id in 0..2 {
            journal.write(&Trial { id, settings: settings(), epochs: 0, score: 0.5 }).unwrap();
        }
        let text = fs::read(&path).unwrap();
        for end in 0..text.len() {
            fs::write(&path, &text[..end]).unwrap();
            let journal = Journal::open(&path).unwrap();
            assert_eq!(journal.score(0, &settings(), 0), (end > text.len() / 2 - 1).then_some(0.5), "cut at {end}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// A damaged journal is either read or an error with a message.
        #[test]
        fn damaged_journals(damages in prop::collection::vec(damage(), 1..4)) {
            let folder = Folder::new("journal");
            let path = folder.join("trials.jsonl");
            let values = [("rate", Setting::Float(0.1)), ("method", Setting::Text("sgd".into()))];
            let values: Vec<_> = values.map(|(name, value)| (name.to_string(), value)).into();
            let trial = |id| Trial { id, settings: Settings { values: values.clone() }, epochs: 3, score: 0.5 };
            let mut journal = Journal::open(&path).unwrap();
            for id in 0..3 {
                journal.write(&trial(id)).unwrap();
            }
            fs::write(&path, damaged(fs::read(&path).unwrap(), &damages)).unwrap();
            match Journal::open(&path) {
                Ok(journal) => prop_assert!(journal.known.len() <= 3 + damages.len()),
                Err(e) => prop_assert!(e.to_string().len() > 10),
            }
        }
    }
}
