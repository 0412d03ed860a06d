//! Matrices to start from: orthogonal ones, and the identity.

use super::normal;
use rand::Rng;

/// A random matrix of orthonormal rows, or of orthonormal columns if it has more rows than columns, in row-major order:
/// normal numbers made orthogonal (Saxe, McClelland and Ganguli 2013). Gram and Schmidt's method, with every projection
/// taken off twice, keeps the distribution of a rotation drawn at random.
pub(super) fn orthogonal(rows: usize, columns: usize, gain: f64, rng: &mut (impl Rng + ?Sized)) -> Vec<f64> {
    let (short, long) = (rows.min(columns), rows.max(columns));
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(short);
    while basis.len() < short {
        let mut v: Vec<f64> = (0..long).map(|_| normal(rng)).collect();
        for _ in 0..2 {
            for b in &basis {
                let along: f64 = v.iter().zip(b).map(|(v, b)| v * b).sum();
                v.iter_mut().zip(b).for_each(|(v, b)| *v -= along * b);
            }
        }
        let length = v.iter().map(|v| v * v).sum::<f64>().sqrt();
        if length > 0.0 {
            basis.push(v.into_iter().map(|v| v / length).collect());
        }
    }
    let at = |row: usize, column: usize| if rows <= columns { basis[row][column] } else { basis[column][row] };
    (0..rows * columns).map(|i| gain * at(i / columns, i % columns)).collect()
}

/// Ones on the diagonal, times the gain.
pub(super) fn identity(rows: usize, columns: usize, gain: f64) -> Vec<f64> {
    (0..rows * columns).map(|i| if i / columns == i % columns { gain } else { 0.0 }).collect()
}
