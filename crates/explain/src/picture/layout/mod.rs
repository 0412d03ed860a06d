//! The layout: a layered drawing after Sugiyama, Tagawa and Toda (1981).
//!
//! | file | step |
//! |---|---|
//! | `layers.rs` | the layer of each node, below its operands |
//! | `grid.rs` | cells for boxes, labels and passing edges |
//! | `order.rs` | the order within a layer, with few crossings |
//! | `place.rs` | coordinates |
//!
//! An edge bends only between layers, and passes a layer vertically through its own cell, so it does not cross a box.
//! The layout is deterministic.

mod grid;
pub(super) mod layers;
mod order;
mod place;

use crate::picture::graph::Graph;
use grid::{Grid, Kind};

pub(crate) use grid::PADDING;

/// The space between adjacent layers, where edges bend.
const BEND: f64 = 16.0;
/// The margin of the picture.
const MARGIN: f64 = 10.0;

/// A rectangle, by its upper left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rect {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// The points of an edge from top to bottom. Points with the same x are joined by a straight line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Route {
    pub(crate) points: Vec<(f64, f64)>,
    /// The rectangle of the label, if there is one.
    pub(crate) label: Option<Rect>,
}

/// The coordinates of all parts in pixels.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layout {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) boxes: Vec<Rect>,
    pub(crate) routes: Vec<Route>,
}

/// Computes the layout, with the variables at the top and the output at the bottom.
pub(crate) fn layout(graph: &Graph) -> Layout {
    let mut grid = Grid::of(graph);
    order::reduce_crossings(&mut grid);
    let x = place::columns(&grid);
    let (mut top, mut span) = (MARGIN, vec![(0.0, 0.0); grid.cells.len()]);
    for layer in &grid.layers {
        let height = layer.iter().map(|&c| grid.cells[c].height).fold(0.0, f64::max);
        for &cell in layer {
            // A box is centered vertically in its layer; a passing edge takes the whole height.
            let inset = if grid.cells[cell].kind == Kind::Box { (height - grid.cells[cell].height) / 2.0 } else { 0.0 };
            span[cell] = (top + inset, top + height - inset);
        }
        top += height + BEND;
    }
    let rect = |cell: usize| Rect {
        x: MARGIN + x[cell] - grid.cells[cell].width / 2.0,
        y: (span[cell].0 + span[cell].1 - grid.cells[cell].height) / 2.0,
        width: grid.cells[cell].width,
        height: grid.cells[cell].height,
    };
    let (leaving, reaching) = (ports(&grid, &x, Grid::first), ports(&grid, &x, Grid::last));
    let route = |(e, cells): (usize, &Vec<usize>)| {
        let (from, to) = (cells[0], cells[cells.len() - 1]);
        let mut points = vec![(MARGIN + leaving[e], span[from].1)];
        for &cell in &cells[1..cells.len() - 1] {
            points.push((MARGIN + x[cell], span[cell].0));
            if span[cell].1 > span[cell].0 {
                points.push((MARGIN + x[cell], span[cell].1));
            }
        }
        points.push((MARGIN + reaching[e], span[to].0));
        Route { points, label: cells.iter().find(|&&c| grid.cells[c].kind == Kind::Label).map(|&c| rect(c)) }
    };
    let right = (0..grid.cells.len()).map(|c| x[c] + grid.cells[c].width / 2.0).fold(0.0, f64::max);
    Layout {
        width: right + 2.0 * MARGIN,
        height: (top - BEND).max(MARGIN) + MARGIN,
        boxes: (0..graph.nodes.len()).map(rect).collect(),
        routes: grid.routes.iter().enumerate().map(route).collect(),
    }
}

impl Grid {
    /// Returns the first box of an edge, and the next cell.
    fn first(route: &[usize]) -> (usize, usize) {
        (route[0], route[1])
    }

    /// Returns the last box of an edge, and the previous cell.
    fn last(route: &[usize]) -> (usize, usize) {
        (route[route.len() - 1], route[route.len() - 2])
    }
}

/// Returns the x at which each edge meets its box. The edges are distributed over its width, in the order of their
/// cells.
fn ports(grid: &Grid, x: &[f64], end: fn(&[usize]) -> (usize, usize)) -> Vec<f64> {
    let mut at = vec![Vec::new(); grid.cells.len()];
    for (e, route) in grid.routes.iter().enumerate() {
        let (cell, next) = end(route);
        at[cell].push((x[next], e));
    }
    let mut port = vec![0.0; grid.routes.len()];
    for (cell, mut edges) in at.into_iter().enumerate() {
        edges.sort_by(|a, b| a.0.total_cmp(&b.0));
        let n = edges.len() as f64;
        for (i, (_, e)) in edges.into_iter().enumerate() {
            port[e] = x[cell] + grid.cells[cell].width * ((i as f64 + 1.0) / (n + 1.0) - 0.5);
        }
    }
    port
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn overlap(a: &Rect, b: &Rect) -> bool {
        let apart = |a0: f64, a1: f64, b0: f64, b1: f64| a1 <= b0 + 1e-6 || b1 <= a0 + 1e-6;
        !apart(a.x, a.x + a.width, b.x, b.x + b.width) && !apart(a.y, a.y + a.height, b.y, b.y + b.height)
    }

    fn check(graph: &Graph) -> Result<(), TestCaseError> {
        let drawn = layout(graph);
        let labels = drawn.routes.iter().filter_map(|r| r.label);
        let all: Vec<Rect> = drawn.boxes.iter().copied().chain(labels).collect();
        for (i, a) in all.iter().enumerate() {
            prop_assert!(a.x >= 0.0 && a.y >= 0.0, "{a:?}");
            prop_assert!(a.x + a.width <= drawn.width && a.y + a.height <= drawn.height, "{a:?}");
            for b in &all[..i] {
                prop_assert!(!overlap(a, b), "{a:?} overlaps {b:?}");
            }
        }
        for (edge, route) in graph.edges.iter().zip(&drawn.routes) {
            let (from, to) = (&drawn.boxes[edge.from], &drawn.boxes[edge.to]);
            prop_assert_eq!(route.points[0].1, from.y + from.height);
            prop_assert_eq!(route.points[route.points.len() - 1].1, to.y);
            for pair in route.points.windows(2) {
                prop_assert!(pair[0].1 < pair[1].1, "{:?} goes back", route.points);
                let straight = pair[0].0 == pair[1].0;
                // A bend has no box beside it; a straight segment has its own cell.
                for b in &drawn.boxes {
                    let beside = b.y + 1e-6 < pair[1].1 && pair[0].1 < b.y + b.height - 1e-6;
                    let inside = straight && b.x < pair[0].0 && pair[0].0 < b.x + b.width;
                    prop_assert!(!beside || (straight && !inside), "{pair:?} meets {b:?}");
                }
            }
        }
        prop_assert_eq!(drawn, layout(graph));
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn boxes_do_not_overlap_and_edges_lead_down(
            n in 1..40_usize,
            pairs in prop::collection::vec((0..40_usize, 0..40_usize), 0..80),
        ) {
            let edges: Vec<(usize, usize)> = pairs
                .into_iter()
                .map(|(a, b)| (a.min(b), a.max(b)))
                .filter(|&(a, b)| a < b && b < n)
                .collect();
            check(&Graph::plain(n, &edges))?;
        }
    }

    #[test]
    fn a_chain_is_straight() {
        let drawn = layout(&Graph::plain(5, &[(0, 1), (1, 2), (2, 3), (3, 4)]));
        let middles: Vec<f64> = drawn.boxes.iter().map(|b| b.x + b.width / 2.0).collect();
        assert!(middles.iter().all(|m| (m - middles[0]).abs() < 1e-9), "{middles:?}");
        assert!(drawn.routes.iter().all(|r| r.points.iter().all(|p| (p.0 - middles[0]).abs() < 1e-9)));
    }

    #[test]
    fn empty_and_small_graphs() {
        assert_eq!(layout(&Graph::default()).boxes, []);
        assert_eq!(layout(&Graph::plain(1, &[])).boxes.len(), 1);
        let twice = layout(&Graph::plain(2, &[(0, 1), (0, 1)]));
        assert_ne!(twice.routes[0].label, twice.routes[1].label);
    }
}
