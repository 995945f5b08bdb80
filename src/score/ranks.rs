//! Ranks of accounts and hosts, and their places.

use super::pagerank::{PageRank, pagerank};
use crate::graph::{Network, Node};
use std::collections::BTreeMap;

/// How central a node is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rank {
    /// Its PageRank; all together make 1.
    pub value: f64,
    /// Scaled so that the first of its kind has 1.
    pub scaled: f64,
    /// 1 for the first of its kind (accounts, hosts).
    pub place: u32,
}

/// The ranks of a network's nodes.
#[derive(Clone, Debug, Default)]
pub struct Ranks {
    by_node: BTreeMap<Node, Rank>,
    accounts: Vec<Node>,
    hosts: Vec<Node>,
}

impl Ranks {
    pub fn compute(network: &Network, settings: &PageRank) -> Self {
        let values = pagerank(network.graph.node_count(), &network.arrows(), settings);
        let mut all: Vec<(Node, f64)> = network.graph.node_weights().copied().zip(values).collect();
        // Highest first; equals by their number, which goes by the name.
        all.sort_by(|(a, x), (b, y)| y.total_cmp(x).then(a.cmp(b)));
        let mut ranks = Ranks::default();
        let mut first = [None; 2];
        for (node, value) in all {
            let (list, first) = match node {
                Node::Account(_) => (&mut ranks.accounts, &mut first[0]),
                Node::Host(_) => (&mut ranks.hosts, &mut first[1]),
            };
            list.push(node);
            let top = *first.get_or_insert(value);
            let rank = Rank { value, scaled: value / top, place: list.len() as u32 };
            ranks.by_node.insert(node, rank);
        }
        ranks
    }

    pub fn get(&self, node: Node) -> Option<Rank> {
        self.by_node.get(&node).copied()
    }

    /// Accounts, highest first.
    pub fn accounts(&self) -> &[Node] {
        &self.accounts
    }

    /// Hosts, highest first.
    pub fn hosts(&self) -> &[Node] {
        &self.hosts
    }
}
