//! California housing, for the examples that predict the price of a house from eight facts about its block.
//!
//! The 20,640 blocks of the census of 1990 (Pace and Barry 1997), as a CSV file with a line of headers, `longitude,
//! latitude, housing_median_age, total_rooms, total_bedrooms, population, households, median_income,
//! median_house_value`. The file is not part of this library.

use chainrule::prelude::*;
use std::path::Path;

/// Where the file is looked for.
pub const PATH: &str = "../shared/data/cal_housing.data";

/// How many facts there are about a block.
pub const FACTS: usize = 8;

/// The facts of scikit-learn's version: income, age of the houses, rooms and bedrooms to a household, people, people to a
/// household, latitude, longitude; and the price in 100,000 dollars.
///
/// # Errors
/// If the file is not there, or is no such table.
pub fn houses(path: &Path) -> Result<Dataset, DataError> {
    let table = Csv::new().open(path)?;
    let column = |name: &str| table.column(name);
    let (households, rooms, bedrooms) = (column("households")?, column("total_rooms")?, column("total_bedrooms")?);
    let (income, age, people) = (column("median_income")?, column("housing_median_age")?, column("population")?);
    let (latitude, longitude, price) = (column("latitude")?, column("longitude")?, column("median_house_value")?);
    let facts: Vec<f32> = (0..table.rows())
        .flat_map(|i| {
            let of = |x: &[f64]| x[i] / households[i];
            [income[i], age[i], of(&rooms), of(&bedrooms), people[i], of(&people), latitude[i], longitude[i]]
        })
        .map(|x| x as f32)
        .collect();
    let prices: Vec<f32> = price.iter().map(|p| (p / 1e5) as f32).collect();
    Dataset::regression(Tensor::from_vec([table.rows(), FACTS], facts), Tensor::from(prices))
}

/// Three quarters and a quarter of the positions 0 to n - 1, as `train_test_split(x, y, random_state=42)` of scikit-learn
/// has them: the first quarter of a shuffle by NumPy's `RandomState` is set aside.
///
/// A few blocks with wild figures decide how far the others lie apart once they are normalized, so it matters which side
/// these fall on.
pub fn split_of_the_course(n: usize) -> [Vec<usize>; 2] {
    let mut aside = numpy_permutation(n, 42);
    let rest = aside.split_off(n.div_ceil(4));
    [rest, aside]
}

/// `numpy.random.RandomState(seed).permutation(n)`: a shuffle by the Mersenne twister, draws beyond the range thrown away.
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

    /// From NumPy itself.
    #[test]
    fn the_shuffle_of_numpy() {
        assert_eq!(numpy_permutation(10, 42), [8, 1, 5, 0, 7, 2, 9, 4, 3, 6]);
        assert_eq!(split_of_the_course(10), [vec![0, 7, 2, 9, 4, 3, 6], vec![8, 1, 5]]);
    }
}
