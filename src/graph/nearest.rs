//! The way from a node to the nearest privileged accounts, on the network without regard to time (as LogonTracer's search has it).

use super::network::{Network, Node};
use petgraph::graph::NodeIndex;
use std::collections::VecDeque;

/// At most so many accounts, no more than so many lines away.
#[derive(Clone, Copy, Debug)]
pub struct Within {
    pub accounts: usize,
    pub lines: usize,
}

/// The shortest ways from `from` to accounts that `is_goal` names, nearest first, each as the nodes on it with both ends; `from` itself is none.
///
/// Breadth first; where several ways are equally short, the one over the nodes that come first, and so for the accounts. Linear in lines.
pub fn nearest(
    network: &Network,
    from: Node,
    is_goal: impl Fn(u32) -> bool,
    within: Within,
) -> Vec<Vec<Node>> {
    let Some(start) = network.index(from) else { return Vec::new() };
    let mut before: Vec<Option<NodeIndex>> = vec![None; network.graph.node_count()];
    before[start.index()] = Some(start);
    let mut queue: VecDeque<(NodeIndex, usize)> = [(start, 0)].into();
    let mut goals: Vec<(usize, Node, NodeIndex)> = Vec::new();
    let mut near: Vec<NodeIndex> = Vec::new();
    while let Some((index, lines)) = queue.pop_front() {
        // The queue comes by rising distance: nothing nearer follows.
        if goals.len() >= within.accounts && goals.last().is_none_or(|&(furthest, ..)| lines > furthest) {
            break;
        }
        match network.graph[index] {
            Node::Account(account) if index != start && is_goal(account) => {
                goals.push((lines, network.graph[index], index));
            }
            _ => {}
        }
        if lines == within.lines {
            continue;
        }
        near.clear();
        near.extend(network.graph.neighbors(index).filter(|n| before[n.index()].is_none()));
        // Nodes are numbered in their own order.
        near.sort_unstable();
        for &next in &near {
            before[next.index()] = Some(index);
            queue.push_back((next, lines + 1));
        }
    }
    goals.sort_unstable();
    goals.truncate(within.accounts);
    goals.into_iter().map(|(.., goal)| way(network, &before, goal)).collect()
}

fn way(network: &Network, before: &[Option<NodeIndex>], goal: NodeIndex) -> Vec<Node> {
    let mut nodes = vec![network.graph[goal]];
    let mut index = goal;
    while let Some(previous) = before[index.index()].filter(|p| *p != index) {
        nodes.push(network.graph[previous]);
        index = previous;
    }
    nodes.reverse();
    nodes
}
