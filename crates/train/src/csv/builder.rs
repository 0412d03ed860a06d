//! Builds a table from CSV records.

use super::{Categories, Csv, CsvError, Table};
use std::collections::HashMap;

/// The spellings of a missing value, compared without case.
const MISSING: [&str; 6] = ["", "NA", "N/A", "?", "null", "nan"];

/// The columns of a table, and the rows so far.
pub(super) struct Builder {
    columns: Vec<String>,
    /// The categories of each categorical column; `None` for numeric columns.
    names: Vec<Option<Names>>,
    /// Row-major; categories as their ids.
    values: Vec<f64>,
}

/// The categories of a column, with their ids.
#[derive(Default)]
struct Names {
    ids: HashMap<String, usize>,
    /// All categories are known: other names are errors.
    complete: bool,
    /// The final ids are in sorted order, not in order of appearance.
    sorted: bool,
}

impl Names {
    /// The id of a name. A new name gets the next id, or none if the categories are complete.
    fn id(&mut self, name: &str) -> Option<usize> {
        let next = self.ids.len();
        match self.ids.get(name) {
            Some(&id) => Some(id),
            None if self.complete => None,
            None => Some(*self.ids.entry(name.to_string()).or_insert(next)),
        }
    }

    /// The names in the order of their ids.
    fn list(self) -> Vec<String> {
        let mut names: Vec<(String, usize)> = self.ids.into_iter().collect();
        names.sort_by_key(|(_, id)| *id);
        names.into_iter().map(|(name, _)| name).collect()
    }

    /// The names in the order of their final ids, and the final id for each preliminary id.
    fn finish(self) -> (Vec<String>, Vec<usize>) {
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
    /// A table with these columns and no rows.
    pub(super) fn new(csv: &Csv, columns: Vec<String>) -> Result<Self, CsvError> {
        if let Some(duplicate) = (1..columns.len()).find(|&i| columns[..i].contains(&columns[i])) {
            return Err(CsvError::DuplicateName { name: columns[duplicate].clone() });
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
        Ok(Builder { columns, names, values: Vec::new() })
    }

    /// Adds a row. A row with a missing value is skipped if `skip_missing`, and an error otherwise.
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
            let value = match &mut self.names[i] {
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
            self.values.push(value);
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Table, CsvError> {
        if self.values.is_empty() {
            return Err(CsvError::Empty);
        }
        let mut categories = vec![None; self.columns.len()];
        for (at, names) in self.names.into_iter().enumerate() {
            let Some((names, ids)) = names.map(Names::finish) else { continue };
            for row in self.values.chunks_exact_mut(categories.len()) {
                row[at] = ids[row[at] as usize] as f64;
            }
            categories[at] = Some(names);
        }
        Ok(Table::new(self.columns, categories, self.values))
    }
}
