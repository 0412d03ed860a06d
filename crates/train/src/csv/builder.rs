//! A table that grows line by line.

use super::{Categories, Csv, CsvError, Table};
use std::collections::HashMap;

/// How an entry that is missing is written, apart from leaving it out.
const MISSING: [&str; 6] = ["", "NA", "N/A", "?", "null", "nan"];

/// The columns of a table, and the rows so far.
pub(super) struct Builder {
    columns: Vec<String>,
    /// For each column of names.
    names: Vec<Option<Names>>,
    /// Row by row.
    numbers: Vec<f64>,
}

/// The ids of names.
#[derive(Default)]
struct Names {
    ids: HashMap<String, usize>,
    /// No others may come.
    complete: bool,
    /// The ids are to follow the alphabet in the end, not the order in which the names came.
    sorted: bool,
}

impl Names {
    /// The id of a name; one that is new gets the next, if others may come.
    fn id(&mut self, name: &str) -> Option<usize> {
        let next = self.ids.len();
        match self.ids.get(name) {
            Some(&id) => Some(id),
            None if self.complete => None,
            None => Some(*self.ids.entry(name.to_string()).or_insert(next)),
        }
    }

    /// By their ids.
    fn list(self) -> Vec<String> {
        let mut names: Vec<(String, usize)> = self.ids.into_iter().collect();
        names.sort_by_key(|(_, id)| *id);
        names.into_iter().map(|(name, _)| name).collect()
    }

    /// The names in the order in which ids are to be given, and for each id so far the one it becomes.
    fn settled(self) -> (Vec<String>, Vec<usize>) {
        let sorted = self.sorted;
        let mut names: Vec<(usize, String)> = self.list().into_iter().enumerate().collect();
        if sorted {
            names.sort_by(|(_, a), (_, b)| a.cmp(b));
        }
        let mut ids = vec![0; names.len()];
        names.iter().enumerate().for_each(|(id, &(before, _))| ids[before] = id);
        (names.into_iter().map(|(_, name)| name).collect(), ids)
    }
}

impl Builder {
    /// Without rows.
    pub(super) fn new(csv: &Csv, columns: Vec<String>) -> Result<Self, CsvError> {
        if let Some(twice) = (1..columns.len()).find(|&i| columns[..i].contains(&columns[i])) {
            return Err(CsvError::DuplicateName { name: columns[twice].clone() });
        }
        let mut names: Vec<Option<Names>> = columns.iter().map(|_| None).collect();
        for (column, given) in &csv.categorical {
            let Some(at) = columns.iter().position(|c| c == column) else {
                return Err(CsvError::UnknownColumn { name: column.clone(), known: columns });
            };
            let known = names[at].insert(Names::default());
            match given {
                Categories::Sorted => known.sorted = true,
                Categories::ByAppearance => {}
                Categories::Given(names) => {
                    names.iter().for_each(|name| {
                        known.id(name);
                    });
                    known.complete = true;
                }
            }
        }
        Ok(Builder { columns, names, numbers: Vec::new() })
    }

    /// Adds a row, unless something is missing in it and such rows are to be skipped.
    pub(super) fn push(&mut self, record: &::csv::StringRecord, line: u64, skip_missing: bool) -> Result<(), CsvError> {
        let missing = |(field, names): (&str, &Option<Names>)| {
            let known = names.as_ref().is_some_and(|names| names.ids.contains_key(field));
            !known && MISSING.iter().any(|m| m.eq_ignore_ascii_case(field))
        };
        if let Some(column) = record.iter().zip(&self.names).position(missing) {
            return match skip_missing {
                true => Ok(()),
                false => Err(CsvError::Missing { line, column: self.columns[column].clone() }),
            };
        }
        for (i, field) in record.iter().enumerate() {
            let (column, found) = (|| self.columns[i].clone(), || field.to_string());
            let number = match &mut self.names[i] {
                Some(names) => match names.id(field) {
                    Some(id) => id as f64,
                    None => {
                        let known = std::mem::take(names).list();
                        return Err(CsvError::UnknownName { line, column: column(), found: found(), known });
                    }
                },
                None => match field.parse() {
                    Ok(x) if f64::is_finite(x) => x,
                    _ => return Err(CsvError::NotANumber { line, column: column(), found: found() }),
                },
            };
            self.numbers.push(number);
        }
        Ok(())
    }

    /// The table.
    pub(super) fn finish(mut self) -> Result<Table, CsvError> {
        if self.numbers.is_empty() {
            return Err(CsvError::Empty);
        }
        let mut categories = vec![None; self.columns.len()];
        for (at, names) in self.names.into_iter().enumerate() {
            let Some((names, ids)) = names.map(Names::settled) else { continue };
            for row in self.numbers.chunks_exact_mut(categories.len()) {
                row[at] = ids[row[at] as usize] as f64;
            }
            categories[at] = Some(names);
        }
        Ok(Table::new(self.columns, categories, self.numbers))
    }
}
