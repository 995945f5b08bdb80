//! Ranks of accounts and hosts, and their places.

use super::pagerank::{PageRank, pagerank};
use crate::graph::{Network, Node};
use std::collections::BTreeMap;

/// How central a node is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rank {
    /// Its PageRank; all together make 1.
    pub value: f64,
    /// Scaled so that the first of its kind has 1; 0 where that has none itself.
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
            let scaled = if top > 0.0 { value / top } else { 0.0 };
            let rank = Rank { value, scaled, place: list.len() as u32 };
            ranks.by_node.insert(node, rank);
        }
        ranks
    }

    /// How near nodes are to those marked: PageRank whose walks start anew on them alone, in proportion to their weights (T. H. Haveliwala,
    /// "Topic-Sensitive PageRank", 2002). What no line joins with a marked node has rank 0.
    ///
    /// Nodes that are not in the network, and weights that are not positive, mark nothing; `None` where nothing is marked.
    pub fn personalised(network: &Network, settings: &PageRank, marked: &[(Node, f64)]) -> Option<Self> {
        let mut weights = vec![0.0; network.graph.node_count()];
        for &(node, weight) in marked.iter().filter(|(_, w)| *w > 0.0 && w.is_finite()) {
            if let Some(index) = network.index(node) {
                weights[index.index()] += weight;
            }
        }
        weights.iter().any(|w| *w > 0.0).then(|| {
            let (restart, start) = (Some(weights.clone()), Some(weights));
            let settings = PageRank { restart, start, ..settings.clone() };
            Self::compute(network, &settings)
        })
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
