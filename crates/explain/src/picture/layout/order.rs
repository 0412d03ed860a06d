//! The order within each layer, so that few edges cross.
//!
//! The best order is NP-hard to find, already for two layers. The heuristic of Gansner, Koutsofios, North and Vo (*A
//! technique for drawing directed graphs*, 1993): sweep down and up, each time sorting a layer by the medians of its
//! neighbors' positions, then exchange neighbors as long as that helps; keep the best order seen.

use super::grid::Grid;

const SWEEPS: usize = 16;
/// Layers wider than this are not worth the exchanges, which cost the square of their width.
const WIDEST: usize = 200;

/// Reorders the layers of a grid. The same grid always comes out the same.
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

/// Where each cell stands in its layer.
fn positions(grid: &Grid) -> Vec<usize> {
    let mut position = vec![0; grid.cells.len()];
    for layer in &grid.layers {
        for (at, &cell) in layer.iter().enumerate() {
            position[cell] = at;
        }
    }
    position
}

/// Sorts a layer by the medians of the layer before it; cells without neighbors there keep their places.
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

/// The median of the neighbors' positions; of an even number the mean of the middle two.
fn median(neighbors: &[usize], position: &[usize]) -> Option<f64> {
    let mut at: Vec<usize> = neighbors.iter().map(|&n| position[n]).collect();
    at.sort_unstable();
    let n = at.len();
    (n > 0).then(|| (at[(n - 1) / 2] + at[n / 2]) as f64 / 2.0)
}

/// Exchanges cells that stand side by side wherever that takes crossings away.
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

/// Crossings of the edges of two cells that stand side by side, as seen from a layer beside theirs.
fn between(left: &[usize], right: &[usize], position: &[usize]) -> usize {
    left.iter().map(|&l| right.iter().filter(|&&r| position[r] < position[l]).count()).sum()
}

/// How many pairs of edges cross.
pub(super) fn crossings(grid: &Grid) -> usize {
    let position = positions(grid);
    let mut total = 0;
    for layer in &grid.layers {
        // Edges in the order of their upper ends; a pair crosses where the lower ends are the other way round.
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
    fn what_must_cross_crosses_once() {
        // K(3,3) cannot be drawn in two layers with fewer than 9 crossings.
        let edges: Vec<(usize, usize)> = (0..3).flat_map(|u| (3..6).map(move |v| (u, v))).collect();
        let mut grid = Grid::of(&Graph::plain(6, &edges));
        reduce_crossings(&mut grid);
        assert_eq!(crossings(&grid), 9);
    }
}
