//! What is drawn: the highest ranked part of the network, or what is around one node, with places on the screen.

use super::layout::{Point, layout};
use super::link::{Link, Mode, links};
use super::logons::Logons;
use super::network::Node;
use crate::score::Ranks;
use std::collections::{BTreeMap, BTreeSet};

/// How much is drawn at most.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub nodes: usize,
    pub edges: usize,
}

/// Only what is within `hops` lines of `node`.
#[derive(Clone, Copy, Debug)]
pub struct Focus {
    pub node: Node,
    pub hops: u32,
}

#[derive(Clone, Debug)]
pub struct ViewNode {
    pub node: Node,
    pub at: Point,
    pub community: u32,
}

#[derive(Clone, Debug)]
pub struct View {
    pub nodes: Vec<ViewNode>,
    pub links: Vec<((Node, Node), Link)>,
    /// How many there would be without the limits.
    pub total_nodes: usize,
    pub total_links: usize,
}

/// `first`: nodes that are drawn before the highest ranked ones.
pub fn view(
    logons: &Logons,
    ranks: &Ranks,
    first: &[Node],
    mode: Mode,
    focus: Option<Focus>,
    limits: Limits,
) -> View {
    let mut all = links(&logons.edges, mode);
    if let Some(focus) = focus {
        let near = around(&all, focus);
        all.retain(|(a, b), _| near.contains(a) && near.contains(b));
    }
    let mut nodes: BTreeSet<Node> = all.keys().flat_map(|&(a, b)| [a, b]).collect();
    let (total_nodes, total_links) = (nodes.len(), all.len());
    if nodes.len() > limits.nodes {
        let always: BTreeSet<Node> = first.iter().copied().chain(focus.map(|f| f.node)).collect();
        nodes = highest(nodes, ranks, &always, limits.nodes);
        all.retain(|(a, b), _| nodes.contains(a) && nodes.contains(b));
    }
    let mut links: Vec<((Node, Node), Link)> = all.into_iter().collect();
    if links.len() > limits.edges {
        links = busiest(links, limits.edges);
    }
    // A node whose lines all fell away tells nothing.
    let linked: BTreeSet<Node> = links.iter().flat_map(|((a, b), _)| [*a, *b]).collect();
    let order: Vec<Node> = linked.into_iter().collect();
    let number: BTreeMap<Node, usize> = order.iter().zip(0..).map(|(n, i)| (*n, i)).collect();
    let lines: Vec<(usize, usize, f64)> =
        links.iter().map(|((a, b), l)| (number[a], number[b], libm::log1p(l.count as f64))).collect();
    let (at, community) = layout(order.len(), &lines);
    let nodes = order.into_iter().zip(at).zip(community).map(|((node, at), community)| ViewNode {
        node,
        at,
        community,
    });
    View { nodes: nodes.collect(), links, total_nodes, total_links }
}

/// The nodes within reach of the focus.
fn around(links: &BTreeMap<(Node, Node), Link>, focus: Focus) -> BTreeSet<Node> {
    let mut reached: BTreeSet<Node> = [focus.node].into();
    for _ in 0..focus.hops {
        let next: Vec<Node> = links
            .keys()
            .flat_map(|&(a, b)| [(a, b), (b, a)])
            .filter(|(a, b)| reached.contains(a) && !reached.contains(b))
            .map(|(_, b)| b)
            .collect();
        if next.is_empty() {
            break;
        }
        reached.extend(next);
    }
    reached
}

/// The `most` highest ranked nodes; some always.
fn highest(nodes: BTreeSet<Node>, ranks: &Ranks, always: &BTreeSet<Node>, most: usize) -> BTreeSet<Node> {
    let value = |n: &Node| {
        if always.contains(n) { f64::INFINITY } else { ranks.get(*n).map_or(0.0, |r| r.value) }
    };
    let mut order: Vec<Node> = nodes.into_iter().collect();
    order.sort_by(|a, b| value(b).total_cmp(&value(a)).then(a.cmp(b)));
    order.truncate(most);
    order.into_iter().collect()
}

/// The `most` links to draw: up to a third for those where much fails, most failures first, the rest for the busiest.
fn busiest(mut links: Vec<((Node, Node), Link)>, most: usize) -> Vec<((Node, Node), Link)> {
    let failing = |l: &Link| if l.failures * 10 >= l.count { l.failures } else { 0 };
    links.sort_by_key(|(ends, l)| (std::cmp::Reverse(failing(l)), *ends));
    let kept = links.iter().take_while(|(_, l)| failing(l) > 0).count().min(most / 3);
    links[kept..].sort_by_key(|(ends, l)| (std::cmp::Reverse(l.count), *ends));
    links.truncate(most);
    links.sort_by_key(|(ends, _)| *ends);
    links
}
