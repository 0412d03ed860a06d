//! A table, and the data sets that it makes.

use crate::dataset::Dataset;
use crate::error::CsvError;
use crate::error::DataError;
use autograd::Scalar;
use tensor::{Real, Tensor};

/// Named columns of numbers, out of a file: see [`Csv`](super::Csv). Names are held as their ids.
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
    /// Row by row.
    numbers: Vec<f64>,
}

impl Table {
    pub(super) fn new(names: Vec<String>, categories: Vec<Option<Vec<String>>>, numbers: Vec<f64>) -> Self {
        Table { names, categories, numbers }
    }

    /// The columns, from the left.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many lines of data there are.
    pub fn rows(&self) -> usize {
        self.numbers.len() / self.names.len()
    }

    /// The names in a column of names, by id; nothing for a column of numbers, or for none.
    pub fn categories(&self, column: &str) -> Option<&[String]> {
        self.categories[self.find(column).ok()?].as_deref()
    }

    /// The numbers of a column; of names their ids.
    ///
    /// # Errors
    /// If there is no such column.
    pub fn column(&self, name: &str) -> Result<Vec<f64>, DataError> {
        let at = self.find(name)?;
        Ok(self.numbers.chunks_exact(self.names.len()).map(|row| row[at]).collect())
    }

    /// Numbers to predict in some columns, features in all others.
    ///
    /// # Errors
    /// If there is no such column, or no other, or a number leaves the range of `T`.
    pub fn regression<T: Scalar>(
        &self,
        targets: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Dataset<T>, DataError> {
        let targets: Vec<usize> = targets.into_iter().map(|name| self.find(name.as_ref())).collect::<Result<_, _>>()?;
        Dataset::regression(self.all_but(&targets), self.pick(&targets))
    }

    /// A class to predict in a column of names, features in all others.
    ///
    /// # Errors
    /// If there is no such column, it holds numbers, there is no other, or a number leaves the range of `T`.
    pub fn classification<T: Scalar>(&self, target: &str) -> Result<Dataset<T>, DataError> {
        let at = self.find(target)?;
        let Some(classes) = &self.categories[at] else {
            return Err(CsvError::NotCategorical { name: target.to_string() }.into());
        };
        let labels: Vec<usize> = self.column(target)?.into_iter().map(|id| id as usize).collect();
        Dataset::classification(self.all_but(&[at]), labels, classes.len())
    }

    fn find(&self, name: &str) -> Result<usize, CsvError> {
        let unknown = || CsvError::UnknownColumn { name: name.to_string(), known: self.names.clone() };
        self.names.iter().position(|n| n == name).ok_or_else(unknown)
    }

    fn all_but<T: Real>(&self, columns: &[usize]) -> Tensor<T> {
        self.pick(&(0..self.names.len()).filter(|c| !columns.contains(c)).collect::<Vec<_>>())
    }

    fn pick<T: Real>(&self, columns: &[usize]) -> Tensor<T> {
        let rows = self.numbers.chunks_exact(self.names.len());
        let picked: Vec<T> = rows.flat_map(|row| columns.iter().map(|&c| T::from_f64(row[c]))).collect();
        Tensor::from_vec([self.rows(), columns.len()], picked)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Csv, CsvError, DataError};

    #[test]
    fn columns_that_do_not_fit() {
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
        // What does not fit into an f32 is not made an infinity.
        assert!(matches!(table.classification::<f32>("c"), Err(DataError::NotFinite { example: 0, .. })));
        assert_eq!(table.classification::<f64>("c").unwrap().labels(), [0, 1]);
    }
}
