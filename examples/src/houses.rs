//! California housing, for the examples that predict house prices from eight features of a census block.
//!
//! The data are the 20,640 blocks of the census of 1990 (Pace and Barry 1997), as a CSV file with the header
//! `longitude, latitude, housing_median_age, total_rooms, total_bedrooms, population, households, median_income,
//! median_house_value`. The file is not part of this library.

use chainrule::train::prelude::*;
use std::path::Path;

/// The default path of the file.
pub const PATH: &str = "../shared/data/cal_housing.data";

/// The number of features of a block.
pub const FEATURES: usize = 8;

/// Reads the data with the features of scikit-learn: income, age of the houses, rooms and bedrooms per household,
/// population, people per household, latitude, longitude. The target is the price in 100,000 dollars.
///
/// # Errors
/// If the file does not exist or is not such a table.
pub fn houses(path: &Path) -> Result<Dataset, DataError> {
    let table = Csv::new().open(path)?;
    let column = |name: &str| table.column(name);
    let (households, rooms, bedrooms) = (column("households")?, column("total_rooms")?, column("total_bedrooms")?);
    let (income, age, people) = (column("median_income")?, column("housing_median_age")?, column("population")?);
    let (latitude, longitude, price) = (column("latitude")?, column("longitude")?, column("median_house_value")?);
    let features: Vec<f32> = (0..table.rows())
        .flat_map(|i| {
            let per = |x: &[f64]| x[i] / households[i];
            [income[i], age[i], per(&rooms), per(&bedrooms), people[i], per(&people), latitude[i], longitude[i]]
        })
        .map(|x| x as f32)
        .collect();
    let prices: Vec<f32> = price.iter().map(|p| (p / 1e5) as f32).collect();
    Dataset::regression(Tensor::from_vec([table.rows(), FEATURES], features), Tensor::from(prices))
}

/// Splits the positions 0 to n - 1 into three quarters and one quarter, like `train_test_split(x, y, random_state=42)`
/// of scikit-learn: the second part is the first quarter of a shuffle by NumPy's `RandomState`.
///
/// A few blocks with extreme values have a large effect on the normalization, so results depend on the part they are
/// in.
pub fn split_of_the_course(n: usize) -> [Vec<usize>; 2] {
    let mut quarter = numpy_permutation(n, 42);
    let rest = quarter.split_off(n.div_ceil(4));
    [rest, quarter]
}

/// `numpy.random.RandomState(seed).permutation(n)`: a shuffle by the Mersenne Twister, with rejection of draws outside
/// the range.
fn numpy_permutation(n: usize, seed: u32) -> Vec<usize> {
    let mut twister = rand_mt::Mt::new(seed);
    let mut order: Vec<usize> = (0..n).collect();
    for i in (1..n).rev() {
        let mask = (i + 1).next_power_of_two() - 1;
        let j = loop {
            let draw = twister.next_u32() as usize & mask;
            if draw <= i {
                break draw;
            }
        };
        order.swap(i, j);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected values are from NumPy.
    #[test]
    fn matches_numpy() {
        assert_eq!(numpy_permutation(10, 42), [8, 1, 5, 0, 7, 2, 9, 4, 3, 6]);
        assert_eq!(split_of_the_course(10), [vec![0, 7, 2, 9, 4, 3, 6], vec![8, 1, 5]]);
    }
}
