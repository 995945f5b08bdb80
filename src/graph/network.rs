//! The network of accounts and hosts as a `petgraph` graph, for ranks, communities and paths.

use super::logons::Edge;
use petgraph::graph::{NodeIndex, UnGraph};
use std::collections::BTreeMap;

/// A node of the graph; the number is the account's or host's of the [`crate::identity::Identity`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    Account(u32),
    Host(u32),
}

impl Node {
    /// `a12` or `h5`.
    pub fn id(self) -> String {
        match self {
            Node::Account(n) => format!("a{n}"),
            Node::Host(n) => format!("h{n}"),
        }
    }

    pub fn from_id(id: &str) -> Option<Node> {
        let number = id.get(1..)?.parse().ok()?;
        match id.as_bytes().first()? {
            b'a' => Some(Node::Account(number)),
            b'h' => Some(Node::Host(number)),
            _ => None,
        }
    }
}

/// Accounts and hosts that have logons, joined where an account was used from or on a host.
///
/// Weights are ln(1 + count): a thousand logons bind more than one, but not a thousand times more, or a monitoring account would outrank all.
#[derive(Clone, Debug, Default)]
pub struct Network {
    pub graph: UnGraph<Node, f64>,
    index: BTreeMap<Node, NodeIndex>,
}

impl Network {
    pub fn build(edges: &[Edge]) -> Self {
        let mut counts: BTreeMap<(Node, Node), u64> = BTreeMap::new();
        for e in edges {
            let account = Node::Account(e.account);
            *counts.entry((account, Node::Host(e.source))).or_default() += e.count;
            if e.target != e.source {
                *counts.entry((account, Node::Host(e.target))).or_default() += e.count;
            }
        }
        let mut network = Network::default();
        // Nodes in their own order, so that sums run in the same order everywhere.
        let mut nodes: Vec<Node> = counts.keys().flat_map(|&(a, h)| [a, h]).collect();
        nodes.sort_unstable();
        nodes.dedup();
        for node in nodes {
            let index = network.graph.add_node(node);
            network.index.insert(node, index);
        }
        for ((a, h), count) in counts {
            let weight = libm::log1p(count as f64);
            network.graph.add_edge(network.index[&a], network.index[&h], weight);
        }
        network
    }

    pub fn index(&self, node: Node) -> Option<NodeIndex> {
        self.index.get(&node).copied()
    }

    /// Every line as two arrows with its weight, by node number: what PageRank walks on.
    pub fn arrows(&self) -> Vec<(usize, usize, f64)> {
        self.graph
            .edge_indices()
            .filter_map(|e| {
                let (a, b) = self.graph.edge_endpoints(e)?;
                Some((a.index(), b.index(), *self.graph.edge_weight(e)?))
            })
            .flat_map(|(a, b, w)| [(a, b, w), (b, a, w)])
            .collect()
    }
}
