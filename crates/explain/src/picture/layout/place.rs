//! The coordinates: each cell is as close as possible to the mean of its neighbors, without overlap.
//!
//! For a given order of the layer, and a target d for each cell, the coordinates minimize
//!
//! ```text
//! Σ w (x - d)²   with   x_{i+1} - x_i ≥ s_i = (width_i + width_{i+1})/2 + gap
//! ```
//!
//! In u_i = x_i - (s_0 + ... + s_{i-1}) the constraint is u_i ≤ u_{i+1}. This is an isotonic regression, which the
//! pool-adjacent-violators algorithm solves in one pass (Barlow and others, 1972). Sweeps down and up are repeated.

use super::grid::{Grid, Kind};

/// The space between adjacent cells.
const GAP: f64 = 14.0;
const SWEEPS: usize = 24;
/// The weight of a segment between two passing cells: a long edge should be straight, even if boxes are less centered.
const STRAIGHT: f64 = 8.0;
/// The weight of an edge from a variable that is used once, so that it does not move its user aside.
const LEAF: f64 = 0.01;

/// Returns the x of the center of each cell.
pub(super) fn columns(grid: &Grid) -> Vec<f64> {
    let mut x = vec![0.0; grid.cells.len()];
    for layer in &grid.layers {
        let mut left = 0.0;
        for &cell in layer {
            x[cell] = left + grid.cells[cell].width / 2.0;
            left += grid.cells[cell].width + GAP;
        }
    }
    let leaves = leaves(grid);
    for sweep in 0..SWEEPS {
        let last = grid.layers.len();
        for step in 0..last {
            let down = sweep % 2 == 0;
            let layer = if down { step } else { last - 1 - step };
            // The last sweeps use the neighbors on both sides, so that no direction dominates.
            let both = sweep + 6 >= SWEEPS;
            place_layer(grid, &leaves, layer, both || down, both || !down, &mut x);
        }
    }
    straighten(grid, &mut x);
    let left = (0..x.len()).map(|c| x[c] - grid.cells[c].width / 2.0).fold(f64::INFINITY, f64::min);
    if left.is_finite() {
        x.iter_mut().for_each(|x| *x -= left);
    }
    x
}

/// Returns which cells belong to a box without operands that is used once, or to its edge.
fn leaves(grid: &Grid) -> Vec<bool> {
    let mut leaf: Vec<bool> = vec![false; grid.cells.len()];
    for &cell in grid.layers.iter().flatten() {
        let alone = grid.below[cell].len() == 1;
        leaf[cell] = alone && grid.above[cell].iter().all(|&up| leaf[up] && grid.cells[cell].kind != Kind::Box);
    }
    leaf
}

fn place_layer(grid: &Grid, leaves: &[bool], layer: usize, look_up: bool, look_down: bool, x: &mut [f64]) {
    let cells = &grid.layers[layer];
    let pull = |a: usize, b: usize| {
        let free = |c: usize| grid.cells[c].kind != Kind::Box;
        let weight = if free(a) && free(b) { STRAIGHT } else { 1.0 };
        if leaves[a] || leaves[b] { LEAF * weight } else { weight }
    };
    let (mut targets, mut weights, mut shift, mut shifts) = (vec![], vec![], 0.0, vec![]);
    for (i, &cell) in cells.iter().enumerate() {
        let up = if look_up { &grid.above[cell][..] } else { &[] };
        let down = if look_down { &grid.below[cell][..] } else { &[] };
        let (sum, weight) = up.iter().chain(down).fold((0.0, 0.0), |(s, w), &n| {
            let p = pull(cell, n);
            (s + p * x[n], w + p)
        });
        if i > 0 {
            shift += (grid.cells[cells[i - 1]].width + grid.cells[cell].width) / 2.0 + GAP;
        }
        shifts.push(shift);
        // A cell without neighbors keeps its position, but with a small weight.
        targets.push(if weight > 0.0 { sum / weight } else { x[cell] } - shift);
        weights.push(if weight > 0.0 { weight } else { 0.01 });
    }
    for ((&cell, u), shift) in cells.iter().zip(isotonic(&targets, &weights)).zip(shifts) {
        x[cell] = u + shift;
    }
}

/// Aligns the cells of each edge vertically, as far as their neighbors allow. The sweeps alone converge slowly to this.
fn straighten(grid: &Grid, x: &mut [f64]) {
    let mut beside = vec![(None, None); x.len()];
    for layer in &grid.layers {
        for pair in layer.windows(2) {
            beside[pair[0]].1 = Some(pair[1]);
            beside[pair[1]].0 = Some(pair[0]);
        }
    }
    let apart = |a: usize, b: usize| (grid.cells[a].width + grid.cells[b].width) / 2.0 + GAP;
    for route in &grid.routes {
        let mut run: Vec<usize> = Vec::new();
        let mut room = (f64::NEG_INFINITY, f64::INFINITY);
        for &cell in route[1..route.len() - 1].iter().rev() {
            let (left, right) = beside[cell];
            let low = left.map_or(f64::NEG_INFINITY, |l| x[l] + apart(l, cell));
            let high = right.map_or(f64::INFINITY, |r| x[r] - apart(cell, r));
            let both = (room.0.max(low), room.1.min(high));
            if both.0 > both.1 {
                align(&run, room, x);
                run.clear();
                room = (low, high);
            } else {
                room = both;
            }
            run.push(cell);
        }
        align(&run, room, x);
    }
}

/// Moves cells to a common x, as close as possible to their mean within the free range.
fn align(run: &[usize], (low, high): (f64, f64), x: &mut [f64]) {
    let mean = run.iter().map(|&c| x[c]).sum::<f64>() / run.len() as f64;
    if low <= high {
        run.iter().for_each(|&c| x[c] = mean.max(low).min(high));
    }
}

/// Returns the ascending sequence closest to the targets in weighted least squares.
fn isotonic(targets: &[f64], weights: &[f64]) -> Vec<f64> {
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new(); // mean, weight, length
    for (&d, &w) in targets.iter().zip(weights) {
        let mut block = (d, w, 1);
        while let Some(&(mean, weight, length)) = blocks.last()
            && mean > block.0
        {
            blocks.pop();
            let sum = weight + block.1;
            block = ((mean * weight + block.0 * block.1) / sum, sum, length + block.2);
        }
        blocks.push(block);
    }
    blocks.into_iter().flat_map(|(mean, _, length)| std::iter::repeat_n(mean, length)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_edge_is_one_column() {
        use crate::picture::graph::Graph;
        let grid = Grid::of(&Graph::plain(6, &[(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (0, 5)]));
        let x = columns(&grid);
        let way = &grid.routes[5];
        assert_eq!(way.len(), 11);
        assert!(way[2..10].iter().all(|&cell| x[cell] == x[way[1]]), "{x:?}");
    }

    /// z = h W for each layer: the values are below each other, and the weights beside them.
    #[test]
    fn a_chain_with_weights_goes_straight_down() {
        use crate::picture::graph::Graph;
        let edges: Vec<(usize, usize)> = (0..8).flat_map(|k| [(2 * k, 2 * k + 2), (2 * k + 1, 2 * k + 2)]).collect();
        let x = columns(&Grid::of(&Graph::plain(17, &edges)));
        let chain: Vec<f64> = (2..=8).map(|k| x[2 * k]).collect();
        assert!(chain.windows(2).all(|pair| (pair[0] - pair[1]).abs() < 3.0), "{chain:?}");
    }

    #[test]
    fn isotonic_regression() {
        assert_eq!(isotonic(&[1.0, 3.0, 2.0, 4.0], &[1.0; 4]), [1.0, 2.5, 2.5, 4.0]);
        assert_eq!(isotonic(&[3.0, 0.0], &[1.0, 2.0]), [1.0, 1.0]);
        assert_eq!(isotonic(&[3.0, 2.0, 1.0], &[1.0; 3]), [2.0; 3]);
    }
}
