//! A table that grows line by line.

use super::{Csv, CsvError, Table};
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
}

impl Builder {
    /// Without rows.
    pub(super) fn new(csv: &Csv, columns: Vec<String>) -> Result<Self, CsvError> {
        if let Some(twice) = (1..columns.len()).find(|&i| columns[..i].contains(&columns[i])) {
            return Err(CsvError::SameName { name: columns[twice].clone() });
        }
        let mut names: Vec<Option<Names>> = columns.iter().map(|_| None).collect();
        for (column, given) in &csv.categorical {
            let Some(at) = columns.iter().position(|c| c == column) else {
                return Err(CsvError::UnknownColumn { name: column.clone(), known: columns });
            };
            let known = names[at].insert(Names::default());
            for name in given.iter().flatten() {
                known.id(name);
            }
            known.complete = given.is_some();
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
    pub(super) fn finish(self) -> Result<Table, CsvError> {
        if self.numbers.is_empty() {
            return Err(CsvError::Empty);
        }
        let categories = self.names.into_iter().map(|names| names.map(Names::list)).collect();
        Ok(Table::new(self.columns, categories, self.numbers))
    }
}
