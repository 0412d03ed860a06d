//! The graph in layers, in which each segment of an edge joins adjacent layers.
//!
//! Boxes are in the even layers. The label of an edge is a cell in the odd layer above its target, so that it does not
//! overlap other cells. Where an edge passes a layer, a narrow cell reserves its space.

use super::layers::layers;
use crate::picture::graph::Graph;
use crate::picture::text::block_size;

/// The space between the text of a box and its frame.
pub(crate) const PADDING: f64 = 8.0;
/// The space around the label of an edge.
const LABEL_PADDING: f64 = 3.0;
/// The width of the cell of a passing edge.
const PASSING_WIDTH: f64 = 4.0;

/// A cell of a layer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub(super) kind: Kind,
    pub(super) width: f64,
    pub(super) height: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Box,
    Label,
    Passing,
}

#[derive(Clone, Debug)]
pub(super) struct Grid {
    /// The cells. The boxes come first, in the order of the nodes.
    pub(super) cells: Vec<Cell>,
    /// The cells of each layer, from left to right.
    pub(super) layers: Vec<Vec<usize>>,
    /// The neighbors of each cell in the layers above and below.
    pub(super) above: Vec<Vec<usize>>,
    pub(super) below: Vec<Vec<usize>>,
    /// The cells along each edge, from its first box to its last.
    pub(super) routes: Vec<Vec<usize>>,
}

impl Grid {
    pub(super) fn of(graph: &Graph) -> Self {
        let ends: Vec<(usize, usize)> = graph.edges.iter().map(|e| (e.from, e.to)).collect();
        let layer: Vec<usize> = layers(graph.nodes.len(), &ends).into_iter().map(|l| 2 * l).collect();
        let depth = layer.iter().max().map_or(0, |l| l + 1);
        let mut grid =
            Grid { cells: vec![], layers: vec![vec![]; depth], above: vec![], below: vec![], routes: vec![] };
        for (node, &layer) in graph.nodes.iter().zip(&layer) {
            let (width, height) = block_size(&node.lines);
            grid.add(layer, Cell { kind: Kind::Box, width: width + 2.0 * PADDING, height: height + 2.0 * PADDING });
        }
        for edge in &graph.edges {
            let mut route = vec![edge.from];
            for between in layer[edge.from] + 1..layer[edge.to] {
                let cell = if between + 1 == layer[edge.to] && !edge.lines.is_empty() {
                    let (width, height) = block_size(&edge.lines);
                    Cell { kind: Kind::Label, width: width + 2.0 * LABEL_PADDING, height: height + 2.0 * LABEL_PADDING }
                } else {
                    Cell { kind: Kind::Passing, width: PASSING_WIDTH, height: 0.0 }
                };
                route.push(grid.add(between, cell));
            }
            route.push(edge.to);
            for pair in route.windows(2) {
                grid.below[pair[0]].push(pair[1]);
                grid.above[pair[1]].push(pair[0]);
            }
            grid.routes.push(route);
        }
        grid
    }

    fn add(&mut self, layer: usize, cell: Cell) -> usize {
        let id = self.cells.len();
        self.cells.push(cell);
        self.above.push(vec![]);
        self.below.push(vec![]);
        self.layers[layer].push(id);
        id
    }
}
