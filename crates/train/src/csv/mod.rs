//! Reading CSV tables.

mod builder;
mod lines;
mod table;

pub use table::Table;

use crate::error::CsvError;
use crate::error::DataError;
use builder::Builder;
use lines::Lines;
use std::io::Read;
use std::path::Path;

/// A reader for CSV files. By default all columns are numeric, and the first line contains their names.
///
/// A value that is not a number is an error that reports line and column, so a typo never turns a numeric column into a
/// categorical one. Categorical columns are declared with [`categorical`](Csv::categorical). Fields may be quoted.
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
///     "line 3: the value in column `y` is missing; fill it in, or skip such lines with Csv::skip_missing"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Csv {
    delimiter: u8,
    headers: bool,
    /// The categorical columns.
    categorical: Vec<(String, Categories)>,
    skip_missing: bool,
}

/// How the categories of a column get their ids.
#[derive(Clone, Debug)]
enum Categories {
    Sorted,
    ByAppearance,
    Given(Vec<String>),
}

impl Default for Csv {
    fn default() -> Self {
        Csv::new()
    }
}

impl Csv {
    /// A reader for comma-separated fields with a header line.
    pub fn new() -> Self {
        Csv { delimiter: b',', headers: true, categorical: Vec::new(), skip_missing: false }
    }

    /// The field delimiter, such as `b';'` or `b'\t'`. Default: `b','`.
    pub fn delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = delimiter;
        self
    }

    /// Reads files without a header line. Columns are named by their position: `"0"`, `"1"` and so on.
    pub fn without_headers(mut self) -> Self {
        self.headers = false;
        self
    }

    /// Declares a categorical column. The id of a category is its position in sorted order (by code point, as in
    /// scikit-learn and NumPy: `"10"` sorts before `"2"`, and `"b"` after `"B"`), independent of the order of the rows.
    ///
    /// A test file may contain fewer categories than the training file: pass the training categories to
    /// [`categories`](Csv::categories) to get the same ids.
    pub fn categorical(mut self, column: impl Into<String>) -> Self {
        self.categorical.push((column.into(), Categories::Sorted));
        self
    }

    /// Declares a categorical column whose ids are assigned in order of appearance: 0 for the first category in the
    /// file, 1 for the next new one.
    ///
    /// ```
    /// use train::Csv;
    /// let text = "x,size\n1,small\n2,large\n3,small\n";
    /// let sizes = Csv::new().categorical_by_appearance("size").read(text.as_bytes())?;
    /// assert_eq!(sizes.column("size")?, [0.0, 1.0, 0.0]);
    /// assert_eq!(Csv::new().categorical("size").read(text.as_bytes())?.column("size")?, [1.0, 0.0, 1.0]);
    /// # Ok::<(), train::DataError>(())
    /// ```
    pub fn categorical_by_appearance(mut self, column: impl Into<String>) -> Self {
        self.categorical.push((column.into(), Categories::ByAppearance));
        self
    }

    /// Declares a categorical column with these categories; ids are their positions. Other values are errors.
    ///
    /// ```
    /// use train::Csv;
    /// let csv = Csv::new().categories("label", ["0", "1", "2"]);
    /// let table = csv.read("x,label\n0.5,2\n0.1,0\n".as_bytes())?;
    /// assert_eq!(table.column("label")?, [2.0, 0.0]);
    /// assert_eq!(table.classification::<f32>("label")?.classes(), 3);
    /// let e = csv.read("x,label\n0.5,7\n".as_bytes()).unwrap_err();
    /// assert_eq!(e.to_string(), "line 2: expected one of 0, 1, 2 in column `label`, found `7`");
    /// # Ok::<(), train::DataError>(())
    /// ```
    pub fn categories<S: Into<String>>(
        mut self,
        column: impl Into<String>,
        names: impl IntoIterator<Item = S>,
    ) -> Self {
        self.categorical.push((column.into(), Categories::Given(names.into_iter().map(Into::into).collect())));
        self
    }

    /// Skips lines with missing values, which are errors otherwise. A value is missing if it is empty, `NA`, `N/A`,
    /// `?`, `null` or `nan`, except for a name passed to [`categories`](Csv::categories).
    pub fn skip_missing(mut self) -> Self {
        self.skip_missing = true;
        self
    }

    /// Reads a file.
    ///
    /// # Errors
    /// If the file does not exist, cannot be read, or is invalid (see [`read`](Csv::read)).
    pub fn open(&self, path: impl AsRef<Path>) -> Result<Table, DataError> {
        let path = path.as_ref();
        let file = crate::bytes::open(path)?;
        self.read(file).map_err(|source| DataError::Csv { path: Some(path.into()), source })
    }

    /// Reads a table to the end of the data.
    ///
    /// # Errors
    /// If the numbers of fields differ between lines, a value is missing, not a number or not one of the categories,
    /// two columns have the same name, a declared column does not exist, or there are no lines of data.
    pub fn read(&self, reader: impl Read) -> Result<Table, CsvError> {
        let mut reader = ::csv::ReaderBuilder::new()
            .delimiter(self.delimiter)
            .has_headers(false)
            .trim(::csv::Trim::All)
            .from_reader(Lines::new(reader));
        let mut record = ::csv::StringRecord::new();
        let mut table = None;
        loop {
            reader.get_mut().next_record();
            let more = reader.read_record(&mut record);
            let line = reader.get_ref().line();
            if !more.map_err(|e| CsvError::of(e, line))? {
                break;
            }
            match &mut table {
                Some(table) => Builder::push(table, &record, line, self.skip_missing)?,
                None if self.headers => table = Some(Builder::new(self, record.iter().map(str::to_string).collect())?),
                None => {
                    let names = (0..record.len()).map(|i| i.to_string()).collect();
                    table.insert(Builder::new(self, names)?).push(&record, line, self.skip_missing)?;
                }
            }
        }
        table.ok_or(CsvError::Empty)?.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::damage::{damage, damaged};
    use proptest::prelude::*;

    fn error(csv: Csv, text: &str) -> CsvError {
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

    /// The format of spreadsheet programs: a byte order mark, and lines that end with `\r\n`.
    #[test]
    fn byte_order_marks_and_quotes() {
        let text = "\u{feff}\"x\",name\r\n\"1.5\",\"a, \"\"b\"\"\"\r\n\r\n-2,c\r\n";
        let table = Csv::new().categorical("name").read(text.as_bytes()).unwrap();
        assert_eq!((table.names()[0].as_str(), table.column("x").unwrap()), ("x", vec![1.5, -2.0]));
        assert_eq!(table.categories("name").unwrap(), ["a, \"b\"", "c"]);
    }

    #[test]
    fn sorted_ids_are_independent_of_the_order_of_rows() {
        let ids = |csv: Csv, text: &str| {
            let table = csv.read(text.as_bytes()).unwrap();
            (table.column("c").unwrap(), table.categories("c").unwrap().to_vec())
        };
        let names = |names: [&str; 3]| names.map(str::to_string).to_vec();
        let sorted = names(["10", "2", "B"]);
        assert_eq!(ids(Csv::new().categorical("c"), "c\n2\nB\n10\n2\n"), (vec![1.0, 2.0, 0.0, 1.0], sorted.clone()));
        assert_eq!(ids(Csv::new().categorical("c"), "c\n10\n2\nB\n2\n"), (vec![0.0, 1.0, 2.0, 1.0], sorted));
        let appeared = ids(Csv::new().categorical_by_appearance("c"), "c\n2\nB\n10\n2\n");
        assert_eq!(appeared, (vec![0.0, 1.0, 2.0, 0.0], names(["2", "B", "10"])));
        // Given categories keep their order.
        let given = ids(Csv::new().categories("c", ["B", "2", "10"]), "c\n2\nB\n10\n2\n");
        assert_eq!(given, (vec![1.0, 0.0, 2.0, 1.0], names(["B", "2", "10"])));
        // Two independent categorical columns.
        let table = Csv::new().categorical("a").categorical("b").read("a,x,b\nz,1,m\ny,2,n\n".as_bytes()).unwrap();
        assert_eq!(table.column("a").unwrap(), [1.0, 0.0]);
        assert_eq!((table.column("x").unwrap(), table.column("b").unwrap()), (vec![1.0, 2.0], vec![0.0, 1.0]));
    }

    #[test]
    fn errors_name_the_line_where_the_record_starts() {
        for end in ["\n", "\r\n", "\r"] {
            let line = |lines: &[&str]| match error(Csv::new().categorical("c"), &lines.join(end)) {
                CsvError::NotANumber { line, .. } | CsvError::Missing { line, .. } | CsvError::Ragged { line, .. } => {
                    line
                }
                e => panic!("{e}"),
            };
            assert_eq!(line(&["x,c", "1,a", "oops,b", "2,c", ""]), 3, "{end:?}");
            assert_eq!(line(&["x,c", "1,a", ",b"]), 3, "{end:?}");
            assert_eq!(line(&["x,c", "1,a", "2", ""]), 3, "{end:?}");
            assert_eq!(line(&["", "", "x,c", "", "1,a", "", "", "oops,b"]), 8, "after blank lines, {end:?}");
            assert_eq!(
                line(&["x,c", "1,\"two", "", "lines\"", "2,b", "oops,\"two", "lines\""]),
                6,
                "in quotes, {end:?}"
            );
        }
        // The line number of invalid UTF-8.
        let e = Csv::new().read(&b"x\r\n1\r\n\xff\r\n"[..]).unwrap_err();
        assert!(matches!(e, CsvError::NotText { line: 3 }), "{e}");
    }

    #[test]
    fn given_categories() {
        let csv = Csv::new().categories("c", ["yes", "NA", "no", "yes"]).skip_missing();
        let table = csv.read("x,c\n1,no\n2,NA\n3,\n4,yes\n".as_bytes()).unwrap();
        assert_eq!(
            (table.column("x").unwrap(), table.column("c").unwrap()),
            (vec![1.0, 2.0, 4.0], vec![2.0, 1.0, 0.0])
        );
        assert_eq!(table.categories("c").unwrap(), ["yes", "NA", "no"]);
        let e = error(csv, "x,c\n1,no\n2,maybe\n");
        assert!(matches!(&e, CsvError::UnknownName { line: 3, found, .. } if found == "maybe"), "{e}");
    }

    #[test]
    fn missing_values_are_errors_or_skipped() {
        for missing in ["", "NA", "na", "?", "NaN"] {
            let text = format!("x,y\n1,2\n{missing},4\n");
            let e = error(Csv::new(), &text);
            assert!(matches!(&e, CsvError::Missing { line: 3, column } if column == "x"), "{missing}: {e}");
            assert_eq!(Csv::new().skip_missing().read(text.as_bytes()).unwrap().rows(), 1);
        }
    }

    #[test]
    fn invalid_tables_are_errors() {
        let e = error(Csv::new(), "x,y\n1,2\n3,four\n");
        assert!(
            matches!(&e, CsvError::NotANumber { line: 3, column, found } if column == "y" && found == "four"),
            "{e}"
        );
        assert!(matches!(error(Csv::new(), "x\ninf\n"), CsvError::NotANumber { line: 2, .. }));
        assert!(matches!(error(Csv::new(), "x,y\n1,2\n3\n"), CsvError::Ragged { line: 3, found: 1, expected: 2 }));
        assert!(matches!(error(Csv::new(), "x,x\n1,2\n"), CsvError::DuplicateName { .. }));
        assert!(matches!(error(Csv::new().categorical("z"), "x,y\n1,2\n"), CsvError::UnknownColumn { .. }));
        assert!(matches!(error(Csv::new(), "x,y\n"), CsvError::Empty));
        assert!(matches!(error(Csv::new().without_headers(), ""), CsvError::Empty));
        let e = Csv::new().read(&b"x\n\xff\n"[..]).unwrap_err();
        assert!(matches!(e, CsvError::NotText { line: 2 }), "{e}");
        assert!(matches!(Csv::new().open("no/such/file.csv"), Err(DataError::Missing { .. })));
    }

    proptest! {
        #[test]
        fn damaged_tables(
            rows in prop::collection::vec((-9.0..9.0, "[a-c]{1,2}"), 1..8),
            damages in prop::collection::vec(damage(), 1..4),
        ) {
            let text: String = rows.iter().map(|(x, name)| format!("{x},{name}\n")).collect();
            let bytes = damaged(format!("x,name\n{text}").into_bytes(), &damages);
            match Csv::new().categorical("name").read(&bytes[..]) {
                Ok(table) => prop_assert!(table.rows() > 0),
                Err(e) => prop_assert!(e.to_string().len() > 10),
            }
        }
    }
}
