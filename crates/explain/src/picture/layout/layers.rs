//! The layers: each node is below all of its operands.
//!
//! ```text
//! layer(v) = 0 for a source, else 1 + max of layer(u) over the edges u → v   (the longest path)
//! ```
//!
//! This would place a weight at the top, even if it is used at the end of a computation. Therefore a node with at most
//! as many incoming as outgoing edges moves down to the layer above its first user, which does not increase the total
//! length of the edges.

/// Returns the layer of each of `n` nodes. Edges lead from smaller indices to larger ones.
pub(crate) fn layers(n: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut layer = vec![0; n];
    let (mut operands, mut users) = (vec![Vec::new(); n], vec![Vec::new(); n]);
    for &(u, v) in edges {
        debug_assert!(u < v, "an edge from {u} back to {v}");
        operands[v].push(u);
        users[u].push(v);
    }
    for v in 0..n {
        layer[v] = operands[v].iter().map(|&u| layer[u] + 1).max().unwrap_or(0);
    }
    for u in (0..n).rev() {
        if operands[u].len() <= users[u].len()
            && let Some(first) = users[u].iter().map(|&v| layer[v]).min()
        {
            layer[u] = first - 1;
        }
    }
    layer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_above_their_layer() {
        // x, W1 -> z1 -> a1; W2 with a1 -> z2
        let edges = [(0, 2), (1, 2), (2, 3), (3, 5), (4, 5)];
        assert_eq!(layers(6, &edges), [0, 0, 1, 2, 2, 3]);
    }

    #[test]
    fn nodes_move_down_to_their_users() {
        // 0 -> 1 -> 2 -> 3 -> 6, and 4 -> 5 -> 6
        let edges = [(0, 1), (1, 2), (2, 3), (3, 6), (4, 5), (5, 6)];
        assert_eq!(layers(7, &edges), [0, 1, 2, 3, 2, 3, 4]);
    }
}
