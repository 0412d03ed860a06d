//! Folding of large or dense graphs: nodes far from the output are combined to a few boxes.
//!
//! The sweep starts at the output, so the layers next to it are drawn, as many as fit. The other layers are divided
//! into bands of adjacent layers, and each band becomes two boxes: its inputs and its steps. The order of the layers is
//! kept, so all arrows still have the same direction.
//!
//! Many arrows between the same two boxes, as for a value that is used a hundred times in one sum, are drawn as one.

use super::graph::{Edge, Graph, Line, Node, Part, Role};
use super::layout::layers::layers;
use super::text::shortened;
use crate::report::operation_counts;
use std::collections::BTreeMap;

/// The bands, with two boxes each, take this fraction of the picture: one in `BAND_FRACTION` boxes.
const BAND_FRACTION: usize = 4;
/// The maximum number of names and operations listed in a folded box.
const LISTED: usize = 4;

/// A graph with more arrows per box than this is too dense to read, and is folded, too.
const EDGES_PER_BOX: usize = 3;
/// More arrows than this between the same two boxes are drawn as one.
const PARALLEL: usize = 6;

/// Returns the graph with at most `most` boxes, but not fewer than eight.
pub(crate) fn folded(graph: Graph, most: usize) -> Graph {
    let graph = bundle_parallel_edges(graph);
    let most_edges = EDGES_PER_BOX * most;
    if graph.nodes.len() <= most.max(8) && graph.edges.len() <= most_edges {
        return graph;
    }
    let ends: Vec<(usize, usize)> = graph.edges.iter().map(|e| (e.from, e.to)).collect();
    let layer = layers(graph.nodes.len(), &ends);
    let depth = layer.iter().max().map_or(0, |l| l + 1);
    let mut count = vec![0; depth];
    layer.iter().for_each(|&l| count[l] += 1);
    let mut leaving = vec![0; depth];
    graph.edges.iter().for_each(|e| leaving[layer[e.from]] += 1);
    // In a dense graph, every band has arrows to every box, so one band is enough.
    let is_dense = graph.edges.len() > EDGES_PER_BOX * graph.nodes.len();
    let bands = if is_dense { 1 } else { (most / BAND_FRACTION / 2).max(1) };
    let (mut kept, mut drawn, mut first) = (0, 0, depth);
    while first > 0 && kept + count[first - 1] + 2 * bands <= most.max(8) && drawn + leaving[first - 1] <= most_edges {
        first -= 1;
        kept += count[first];
        drawn += leaving[first];
    }
    let thickness = first.div_ceil(bands).max(1);

    // The box of each node. The order of the keys is compatible with the order of the computation.
    let key = |i: usize| {
        let given = !matches!(graph.nodes[i].role, Role::Step | Role::Output);
        if layer[i] < first { (layer[i] / thickness, usize::from(!given)) } else { (usize::MAX, i) }
    };
    let mut members: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    (0..graph.nodes.len()).for_each(|i| members.entry(key(i)).or_default().push(i));
    let place: BTreeMap<(usize, usize), usize> = members.keys().enumerate().map(|(at, &k)| (k, at)).collect();

    let nodes = members.iter().map(|(&(band, _), of)| match of[..] {
        [one] => graph.nodes[one].clone(),
        _ => folded_node(&graph, of, band * thickness, ((band + 1) * thickness).min(first) - 1),
    });
    let mut merged: BTreeMap<(usize, usize), Vec<&Edge>> = BTreeMap::new();
    let mut edges = Vec::new();
    for edge in &graph.edges {
        let (from, to) = (place[&key(edge.from)], place[&key(edge.to)]);
        if layer[edge.from] >= first {
            edges.push(Edge { from, to, ..edge.clone() });
        } else if from != to {
            merged.entry((from, to)).or_default().push(edge);
        }
    }
    for ((from, to), of) in merged {
        let lines = match of[..] {
            [one] => one.lines.clone(),
            _ => bundle_label(of.len()),
        };
        edges.push(Edge { from, to, position: of[0].position, lines });
    }
    let (all, hidden) = (graph.nodes.len(), graph.nodes.len() - kept);
    let boxes = members.len() - kept;
    let note = format!(
        "Of {} nodes the {} nearest to the output are drawn; the other {}, in {} layers, are folded into {boxes} boxes.",
        grouped(all),
        grouped(kept),
        grouped(hidden),
        grouped(first)
    );
    Graph { nodes: nodes.collect(), edges, note: Some(note) }
}

fn bundle_parallel_edges(graph: Graph) -> Graph {
    let mut count: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    graph.edges.iter().for_each(|e| *count.entry((e.from, e.to)).or_default() += 1);
    let mut edges = Vec::new();
    for edge in graph.edges {
        match count.get(&(edge.from, edge.to)) {
            Some(0) => {} // drawn already
            Some(&n) if n > PARALLEL => {
                count.insert((edge.from, edge.to), 0);
                edges.push(Edge { lines: bundle_label(n), ..edge });
            }
            _ => edges.push(edge),
        }
    }
    Graph { edges, ..graph }
}

/// The text of an arrow that represents several.
fn bundle_label(edges: usize) -> Vec<Line> {
    vec![Line::new(Part::Derivative, format!("{} edges", grouped(edges)))]
}

/// One box for several nodes.
fn folded_node(graph: &Graph, of: &[usize], first: usize, last: usize) -> Node {
    let nodes = || of.iter().map(|&i| &graph.nodes[i]);
    let given = nodes().all(|n| !matches!(n.role, Role::Step | Role::Output));
    let what = if given { "inputs" } else { "steps" };
    let mut lines = vec![
        Line::new(Part::Heading, format!("{} {what}", grouped(of.len()))),
        Line::new(Part::Formula, format!("layers {first} to {last}")),
    ];
    let list = if given {
        let names = nodes().filter_map(|n| n.lines.first()).map(|line| shortened(&line.text, 12));
        listed(names.collect())
    } else {
        let counts = operation_counts(nodes().map(|n| n.operation.as_str()));
        listed(counts.into_iter().map(|(name, n)| format!("{} {name}", grouped(n))).collect())
    };
    lines.push(Line::new(Part::Value, list));
    Node {
        id: format!("{}-to-{}", graph.nodes[of[0]].id, of[of.len() - 1]),
        role: Role::Folded,
        operation: what.into(),
        lines,
    }
}

fn listed(mut all: Vec<String>) -> String {
    if all.len() > LISTED {
        all.truncate(LISTED);
        all.push("…".into());
    }
    all.join(", ")
}

/// Formats a number with commas between groups of three digits.
fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|g| std::str::from_utf8(g).ok()).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_valid(graph: &Graph, most: usize) {
        assert!(graph.nodes.len() <= most, "{} boxes", graph.nodes.len());
        assert!(graph.edges.iter().all(|e| e.from < e.to && e.to < graph.nodes.len()));
        let mut ids: Vec<&str> = graph.nodes.iter().map(|n| &n.id[..]).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), graph.nodes.len(), "every box has its own id");
    }

    #[test]
    fn a_long_chain_keeps_its_end() {
        let edges: Vec<(usize, usize)> = (1..10_000).map(|i| (i - 1, i)).collect();
        let graph = folded(Graph::plain(10_000, &edges), 100);
        assert_valid(&graph, 100);
        assert_eq!(graph.nodes.last().map(|n| &n.id[..]), Some("n9999"));
        let note = graph.note.expect("nodes were folded");
        assert_eq!(
            note,
            "Of 10,000 nodes the 76 nearest to the output are drawn; the other 9,924, in 9,924 layers, are folded into 13 boxes."
        );
        assert!(graph.nodes.iter().any(|n| n.lines[0].text == "827 steps" && n.lines[2].text == "827 mul"));
    }

    #[test]
    fn a_wide_sum_is_one_box() {
        let edges: Vec<(usize, usize)> = (0..500).map(|i| (i, 500)).collect();
        let graph = folded(Graph::plain(501, &edges), 100);
        assert_valid(&graph, 100);
        assert_eq!((graph.nodes.len(), graph.edges.len()), (2, 1));
        assert_eq!(graph.nodes[0].lines[0].text, "500 inputs");
        assert_eq!(graph.nodes[0].lines[2].text, "node 0, node 1, node 2, node 3, …");
        assert_eq!(graph.edges[0].lines[0].text, "500 edges");
    }

    #[test]
    fn dense_graphs_are_folded() {
        let edges: Vec<(usize, usize)> = (0..90).flat_map(|to| (0..to).map(move |from| (from, to))).collect();
        let graph = folded(Graph::plain(90, &edges), 100);
        assert_valid(&graph, 100);
        assert!(graph.edges.len() < 400 && graph.nodes.len() > 4, "{} {}", graph.edges.len(), graph.nodes.len());
    }

    #[test]
    fn many_arrows_between_two_boxes_are_one() {
        let graph = folded(Graph::plain(2, &[(0, 1); 5000]), 100);
        assert_eq!((graph.nodes.len(), graph.edges.len()), (2, 1));
        assert_eq!(graph.edges[0].lines[0].text, "5,000 edges");
        assert_eq!(folded(Graph::plain(2, &[(0, 1); PARALLEL]), 100).edges.len(), PARALLEL);
    }

    #[test]
    fn small_graphs_are_not_changed() {
        let graph = Graph::plain(3, &[(0, 1), (1, 2)]);
        assert_eq!(folded(graph.clone(), 100), graph);
    }
}
