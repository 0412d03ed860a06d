//! CSV tables, and their conversion to data sets.

use crate::dataset::Dataset;
use crate::error::CsvError;
use crate::error::DataError;
use autograd::Scalar;
use tensor::{Real, Tensor};

/// A table with named columns, read by [`Csv`](super::Csv). Categories are stored as their ids.
///
/// ```
/// use train::Csv;
/// let table = Csv::new().read("a,b,y\n1,2,3\n4,5,9\n".as_bytes())?;
/// assert_eq!((table.rows(), table.names().len(), table.column("b")?), (2, 3, vec![2.0, 5.0]));
/// let set = table.regression::<f32>(["y"])?; // every other column is a feature
/// assert_eq!(set.x(), tensor::tensor![[1.0, 2.0], [4.0, 5.0]]);
/// # Ok::<(), train::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    names: Vec<String>,
    categories: Vec<Option<Vec<String>>>,
    /// Row-major.
    values: Vec<f64>,
}

impl Table {
    pub(super) fn new(names: Vec<String>, categories: Vec<Option<Vec<String>>>, values: Vec<f64>) -> Self {
        Table { names, categories, values }
    }

    /// The names of the columns, from the left.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.values.len() / self.names.len()
    }

    /// The categories of a column in the order of their ids; `None` for a numeric or unknown column.
    pub fn categories(&self, column: &str) -> Option<&[String]> {
        self.categories[self.find(column).ok()?].as_deref()
    }

    /// The values of a column; for a categorical column, the ids.
    ///
    /// # Errors
    /// If the column does not exist.
    pub fn column(&self, name: &str) -> Result<Vec<f64>, DataError> {
        let at = self.find(name)?;
        Ok(self.values.chunks_exact(self.names.len()).map(|row| row[at]).collect())
    }

    /// A regression set with the columns `targets` as targets and all other columns as features.
    ///
    /// # Errors
    /// If a column does not exist, no columns are left for the features, or a value is out of the range of `T`.
    pub fn regression<T: Scalar>(
        &self,
        targets: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Dataset<T>, DataError> {
        let targets: Vec<usize> = targets.into_iter().map(|name| self.find(name.as_ref())).collect::<Result<_, _>>()?;
        Dataset::regression(self.all_except(&targets), self.select(&targets))
    }

    /// A classification set with the categorical column `target` as labels and all other columns as features.
    ///
    /// # Errors
    /// If the column does not exist or is numeric, no columns are left for the features, or a value is out of the range
    /// of `T`.
    pub fn classification<T: Scalar>(&self, target: &str) -> Result<Dataset<T>, DataError> {
        let at = self.find(target)?;
        let Some(classes) = &self.categories[at] else {
            return Err(CsvError::NotCategorical { name: target.to_string() }.into());
        };
        let labels: Vec<usize> = self.column(target)?.into_iter().map(|id| id as usize).collect();
        Dataset::classification(self.all_except(&[at]), labels, classes.len())
    }

    fn find(&self, name: &str) -> Result<usize, CsvError> {
        let unknown = || CsvError::UnknownColumn { name: name.to_string(), known: self.names.clone() };
        self.names.iter().position(|n| n == name).ok_or_else(unknown)
    }

    fn all_except<T: Real>(&self, columns: &[usize]) -> Tensor<T> {
        self.select(&(0..self.names.len()).filter(|c| !columns.contains(c)).collect::<Vec<_>>())
    }

    fn select<T: Real>(&self, columns: &[usize]) -> Tensor<T> {
        let rows = self.values.chunks_exact(self.names.len());
        let selected: Vec<T> = rows.flat_map(|row| columns.iter().map(|&c| T::from_f64(row[c]))).collect();
        Tensor::from_vec([self.rows(), columns.len()], selected)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Csv, CsvError, DataError};

    #[test]
    fn invalid_columns_are_errors() {
        let table = Csv::new().categorical("c").read("a,c\n1e300,x\n2,y\n".as_bytes()).unwrap();
        assert!(matches!(
            table.regression::<f32>(["b"]),
            Err(DataError::Csv { source: CsvError::UnknownColumn { .. }, .. })
        ));
        assert!(matches!(
            table.classification::<f32>("a"),
            Err(DataError::Csv { source: CsvError::NotCategorical { .. }, .. })
        ));
        assert!(matches!(table.regression::<f64>(["a", "c"]), Err(DataError::Axes { what: "features", .. })));
        // A value beyond the range of f32 is an error, not an infinity.
        assert!(matches!(table.classification::<f32>("c"), Err(DataError::NotFinite { example: 0, .. })));
        assert_eq!(table.classification::<f64>("c").unwrap().labels(), [0, 1]);
    }
}
