//! The order of the cells within each layer, with few crossings of edges.
//!
//! The optimal order is NP-hard to find, even for two layers. This is the heuristic of Gansner, Koutsofios, North and
//! Vo (*A technique for drawing directed graphs*, 1993): sweeps down and up sort each layer by the medians of the
//! positions of its neighbors, then adjacent cells are exchanged as long as this reduces crossings. The best order is
//! kept.

use super::grid::Grid;

const SWEEPS: usize = 16;
/// Layers wider than this are not improved by exchanges, whose cost is quadratic in the width.
const WIDEST: usize = 200;

/// Reorders the layers of a grid, deterministically.
pub(super) fn reduce_crossings(grid: &mut Grid) {
    let mut best = grid.layers.clone();
    let mut fewest = crossings(grid);
    for sweep in 0..SWEEPS {
        if fewest == 0 {
            break;
        }
        let down = sweep % 2 == 0;
        let last = grid.layers.len();
        for step in 1..last {
            let layer = if down { step } else { last - 1 - step };
            sort_by_medians(grid, layer, down);
        }
        exchange(grid);
        let now = crossings(grid);
        if now < fewest {
            fewest = now;
            best = grid.layers.clone();
        }
    }
    grid.layers = best;
}

/// Returns the position of each cell in its layer.
fn positions(grid: &Grid) -> Vec<usize> {
    let mut position = vec![0; grid.cells.len()];
    for layer in &grid.layers {
        for (at, &cell) in layer.iter().enumerate() {
            position[cell] = at;
        }
    }
    position
}

/// Sorts a layer by the medians of the positions in the previous layer. Cells without neighbors there keep their
/// places.
fn sort_by_medians(grid: &mut Grid, layer: usize, down: bool) {
    let position = positions(grid);
    let neighbors = if down { &grid.above } else { &grid.below };
    let cells = &grid.layers[layer];
    let mut moving: Vec<(f64, usize)> =
        cells.iter().filter_map(|&cell| Some((median(&neighbors[cell], &position)?, cell))).collect();
    moving.sort_by(|a, b| a.0.total_cmp(&b.0)); // stable: equal medians stay as they were
    let mut moving = moving.into_iter().map(|(_, cell)| cell);
    let fixed = |cell: usize| neighbors[cell].is_empty();
    let sorted = cells.iter().map(|&cell| if fixed(cell) { cell } else { moving.next().unwrap_or(cell) }).collect();
    grid.layers[layer] = sorted;
}

/// Returns the median of the positions of the neighbors, for an even number the mean of the middle two.
fn median(neighbors: &[usize], position: &[usize]) -> Option<f64> {
    let mut at: Vec<usize> = neighbors.iter().map(|&n| position[n]).collect();
    at.sort_unstable();
    let n = at.len();
    (n > 0).then(|| (at[(n - 1) / 2] + at[n / 2]) as f64 / 2.0)
}

/// Exchanges adjacent cells if this reduces crossings.
fn exchange(grid: &mut Grid) {
    let mut position = positions(grid);
    for layer in 0..grid.layers.len() {
        if grid.layers[layer].len() > WIDEST {
            continue;
        }
        let mut better = true;
        while better {
            better = false;
            for i in 1..grid.layers[layer].len() {
                let (a, b) = (grid.layers[layer][i - 1], grid.layers[layer][i]);
                let cost = |left: usize, right: usize| {
                    between(&grid.above[left], &grid.above[right], &position)
                        + between(&grid.below[left], &grid.below[right], &position)
                };
                if cost(b, a) < cost(a, b) {
                    grid.layers[layer].swap(i - 1, i);
                    position.swap(a, b);
                    better = true;
                }
            }
        }
    }
}

/// Counts the crossings of the edges of two adjacent cells with one of the neighboring layers.
fn between(left: &[usize], right: &[usize], position: &[usize]) -> usize {
    left.iter().map(|&l| right.iter().filter(|&&r| position[r] < position[l]).count()).sum()
}

/// Counts the pairs of edges that cross.
pub(super) fn crossings(grid: &Grid) -> usize {
    let position = positions(grid);
    let mut total = 0;
    for layer in &grid.layers {
        // The edges are sorted by their upper ends. A pair crosses if the lower ends are in the opposite order.
        let mut seen: Vec<usize> = Vec::new();
        for &cell in layer {
            let mut ends: Vec<usize> = grid.below[cell].iter().map(|&c| position[c]).collect();
            ends.sort_unstable();
            for &end in &ends {
                total += seen.len() - seen.partition_point(|&e| e <= end);
            }
            for end in ends {
                let at = seen.partition_point(|&e| e <= end);
                seen.insert(at, end);
            }
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::super::grid::Grid;
    use super::*;
    use crate::picture::graph::Graph;

    #[test]
    fn two_crossed_pairs_are_uncrossed() {
        let mut grid = Grid::of(&Graph::plain(4, &[(0, 3), (1, 2)]));
        assert_eq!(crossings(&grid), 1);
        reduce_crossings(&mut grid);
        assert_eq!(crossings(&grid), 0);
    }

    #[test]
    fn unavoidable_crossings() {
        // K(3,3) cannot be drawn in two layers with fewer than 9 crossings.
        let edges: Vec<(usize, usize)> = (0..3).flat_map(|u| (3..6).map(move |v| (u, v))).collect();
        let mut grid = Grid::of(&Graph::plain(6, &edges));
        reduce_crossings(&mut grid);
        assert_eq!(crossings(&grid), 9);
    }
}
