//! Tables of numbers and names in CSV files.

mod error;
mod table;

pub use error::CsvError;
pub use table::Table;

use crate::error::DataError;
use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

/// How a CSV file is to be read: columns of numbers, unless said otherwise, under a line of headers.
///
/// What is not a number is an error that names line and column: a slip of the pen does not turn a column of numbers
/// into one of names. Columns of names are announced with [`categorical`](Csv::categorical); fields may be quoted.
///
/// ```
/// use train::Csv;
/// let text = "length,width,species\n5.1,3.5,setosa\n6.4,3.2,versicolor\n4.9,3.0,setosa\n";
/// let iris = Csv::new().categorical("species").read(text.as_bytes())?;
/// assert_eq!(iris.categories("species"), Some(&["setosa".to_string(), "versicolor".to_string()][..]));
/// let set = iris.classification::<f32>("species")?;
/// assert_eq!((set.labels(), set.example_shape().to_string()), (&[0, 1, 0][..], "(2,)".to_string()));
///
/// let e = Csv::new().read("x,y\n1,2\n3,\n".as_bytes()).unwrap_err();
/// assert_eq!(
///     e.to_string(),
///     "line 3 has nothing in column `y`; fill it in, or leave such lines out with Csv::skip_missing"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Csv {
    delimiter: u8,
    headers: bool,
    categorical: Vec<String>,
    skip_missing: bool,
}

/// How an entry that is missing is written, apart from leaving it out.
const MISSING: [&str; 6] = ["", "NA", "N/A", "?", "null", "nan"];

impl Default for Csv {
    fn default() -> Self {
        Csv::new()
    }
}

impl Csv {
    /// Commas between the fields, and a line of headers.
    pub fn new() -> Self {
        Csv { delimiter: b',', headers: true, categorical: Vec::new(), skip_missing: false }
    }

    /// What stands between the fields, as `b';'` or `b'\t'`.
    pub fn delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = delimiter;
        self
    }

    /// There is no line of headers: columns are named by their position, `"0"`, `"1"` and so on.
    pub fn without_headers(mut self) -> Self {
        self.headers = false;
        self
    }

    /// This column holds names. Each gets an id, the first name met in the file 0, the next new one 1.
    pub fn categorical(mut self, column: impl Into<String>) -> Self {
        self.categorical.push(column.into());
        self
    }

    /// Leaves out lines in which something is missing; without this they are errors. Missing is what is empty, `NA`,
    /// `N/A`, `?`, `null` or `nan`.
    pub fn skip_missing(mut self) -> Self {
        self.skip_missing = true;
        self
    }

    /// Reads a file.
    ///
    /// # Errors
    /// If it is not there, cannot be read, or is no such table.
    pub fn open(&self, path: impl AsRef<Path>) -> Result<Table, DataError> {
        let path = path.as_ref();
        let file = crate::bytes::open(path)?;
        self.read(file).map_err(|source| DataError::Csv { path: Some(path.into()), source })
    }

    /// Reads a table to the end of the data.
    ///
    /// # Errors
    /// If lines have different numbers of fields, an entry is no number or missing, two columns have one name, a
    /// column named categorical is not there, or there are no lines.
    pub fn read(&self, reader: impl Read) -> Result<Table, CsvError> {
        let mut reader = ::csv::ReaderBuilder::new()
            .delimiter(self.delimiter)
            .has_headers(self.headers)
            .trim(::csv::Trim::All)
            .from_reader(reader);
        let mut record = ::csv::StringRecord::new();
        let mut table = None;
        if self.headers {
            table = Some(Builder::new(self, reader.headers()?.iter().map(str::to_string).collect())?);
        }
        while reader.read_record(&mut record)? {
            let table = match &mut table {
                Some(table) => table,
                None => table.insert(Builder::new(self, (0..record.len()).map(|i| i.to_string()).collect())?),
            };
            table.push(&record, record.position().map_or(0, |p| p.line()), self.skip_missing)?;
        }
        table.ok_or(CsvError::Empty)?.finish()
    }
}

/// A table that grows line by line.
struct Builder {
    names: Vec<String>,
    /// The ids of names, for each column of names.
    ids: Vec<Option<HashMap<String, usize>>>,
    /// Row by row.
    numbers: Vec<f64>,
}

impl Builder {
    fn new(csv: &Csv, names: Vec<String>) -> Result<Self, CsvError> {
        if let Some(twice) = (1..names.len()).find(|&i| names[..i].contains(&names[i])) {
            return Err(CsvError::SameName { name: names[twice].clone() });
        }
        if let Some(unknown) = csv.categorical.iter().find(|c| !names.contains(c)) {
            return Err(CsvError::UnknownColumn { name: unknown.clone(), known: names });
        }
        let ids = names.iter().map(|name| csv.categorical.contains(name).then(HashMap::new)).collect();
        Ok(Builder { names, ids, numbers: Vec::new() })
    }

    fn push(&mut self, record: &::csv::StringRecord, line: u64, skip_missing: bool) -> Result<(), CsvError> {
        if let Some(column) = record.iter().position(|field| MISSING.iter().any(|m| m.eq_ignore_ascii_case(field))) {
            return match skip_missing {
                true => Ok(()),
                false => Err(CsvError::Missing { line, column: self.names[column].clone() }),
            };
        }
        for (column, field) in record.iter().enumerate() {
            let number = match &mut self.ids[column] {
                Some(ids) => {
                    let next = ids.len();
                    *ids.entry(field.to_string()).or_insert(next) as f64
                }
                None => field.parse().ok().filter(|x: &f64| x.is_finite()).ok_or_else(|| CsvError::NotANumber {
                    line,
                    column: self.names[column].clone(),
                    found: field.to_string(),
                })?,
            };
            self.numbers.push(number);
        }
        Ok(())
    }

    fn finish(self) -> Result<Table, CsvError> {
        if self.numbers.is_empty() {
            return Err(CsvError::Empty);
        }
        let categories = self.ids.into_iter().map(|ids| {
            ids.map(|ids| {
                let mut names: Vec<(String, usize)> = ids.into_iter().collect();
                names.sort_by_key(|(_, id)| *id);
                names.into_iter().map(|(name, _)| name).collect()
            })
        });
        Ok(Table::new(self.names, categories.collect(), self.numbers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::damage::{damage, damaged};
    use proptest::prelude::*;

    fn refused(csv: Csv, text: &str) -> CsvError {
        csv.read(text.as_bytes()).unwrap_err()
    }

    #[test]
    fn quotes_delimiters_and_tables_without_headers() {
        let table = Csv::new().delimiter(b';').categorical("a;b").read("\"a;b\"; y\n\"two\nlines\";1.5\n".as_bytes());
        let table = table.unwrap();
        assert_eq!(
            (table.names(), table.categories("a;b").unwrap()),
            (&["a;b".into(), "y".into()][..], &["two\nlines".to_string()][..])
        );
        let table = Csv::new().without_headers().read("1,2\n3,-4e1".as_bytes()).unwrap();
        assert_eq!((table.rows(), table.column("1").unwrap()), (2, vec![2.0, -40.0]));
    }

    #[test]
    fn missing_entries_are_named_or_left_out() {
        for missing in ["", "NA", "na", "?", "NaN"] {
            let text = format!("x,y\n1,2\n{missing},4\n");
            let e = refused(Csv::new(), &text);
            assert!(matches!(&e, CsvError::Missing { line: 3, column } if column == "x"), "{missing}: {e}");
            assert_eq!(Csv::new().skip_missing().read(text.as_bytes()).unwrap().rows(), 1);
        }
    }

    #[test]
    fn what_is_no_table_of_numbers() {
        let e = refused(Csv::new(), "x,y\n1,2\n3,four\n");
        assert!(
            matches!(&e, CsvError::NotANumber { line: 3, column, found } if column == "y" && found == "four"),
            "{e}"
        );
        assert!(matches!(refused(Csv::new(), "x\ninf\n"), CsvError::NotANumber { line: 2, .. }));
        assert!(matches!(refused(Csv::new(), "x,y\n1,2\n3\n"), CsvError::Ragged { line: 3, found: 1, expected: 2 }));
        assert!(matches!(refused(Csv::new(), "x,x\n1,2\n"), CsvError::SameName { .. }));
        assert!(matches!(refused(Csv::new().categorical("z"), "x,y\n1,2\n"), CsvError::UnknownColumn { .. }));
        assert!(matches!(refused(Csv::new(), "x,y\n"), CsvError::Empty));
        assert!(matches!(refused(Csv::new().without_headers(), ""), CsvError::Empty));
        let e = Csv::new().read(&b"x\n\xff\n"[..]).unwrap_err();
        assert!(matches!(e, CsvError::NotText { line: 2 }), "{e}");
        assert!(matches!(Csv::new().open("no/such/file.csv"), Err(DataError::Missing { .. })));
    }

    proptest! {
        #[test]
        fn damaged_tables(rows in prop::collection::vec((-9.0..9.0, "[a-c]{1,2}"), 1..8), damages in prop::collection::vec(damage(), 1..4)) {
            let text: String = rows.iter().map(|(x, name)| format!("{x},{name}\n")).collect();
            let bytes = damaged(format!("x,name\n{text}").into_bytes(), &damages);
            match Csv::new().categorical("name").read(&bytes[..]) {
                Ok(table) => prop_assert!(table.rows() > 0),
                Err(e) => prop_assert!(e.to_string().len() > 10),
            }
        }
    }
}
