//! The shortest path through time between two nodes: fewest moves, then earliest arrival.

use super::hops::{Hops, wanted};
use super::network::Node;
use super::period::Period;
use super::reach::Step;
use super::set_aside::Include;

/// How a node can be reached: a chain of these, each pointing to the one before, is a path.
#[derive(Clone, Copy)]
struct Label {
    moves: u32,
    step: Option<Step>,
    before: Option<u32>,
}

/// The path from one node to another within `period`, as [`super::Reading::Strict`] reads the hops: each move starts on the host where the one
/// before ended, and later. Empty where both are the same, `None` where there is none.
///
/// From an account: its own hops begin anywhere ([`Step::Used`] where the goal is the very host it is used on). To an account: the last step
/// shows it in use on the host reached.
///
/// One pass in the order of time: fewer moves cost time, so what a host can offer improves as time goes on, and the best that it offered before
/// a hop is all the hop needs to know. Every improvement is kept, for paths that built on it. Linear in hops of the period.
pub fn shortest(hops: &Hops, from: Node, to: Node, period: Period, include: Include) -> Option<Vec<Step>> {
    if from == to {
        return Some(Vec::new());
    }
    let mut labels: Vec<Label> = Vec::new();
    let mut at: Vec<Option<u32>> = vec![None; hops.hosts];
    let mut goal: Option<u32> = None;
    let account = |node| if let Node::Account(a) = node { Some(a) } else { None };
    let (first, last) = (account(from), account(to));
    if let Node::Host(h) = from {
        labels.push(Label { moves: 0, step: None, before: None });
        *at.get_mut(h as usize)? = Some(0);
    }
    let range = hops.within(period);
    let mut number = range.start as u32;
    let mut found: Vec<(Node, Label)> = Vec::new();
    for moment in hops.all.get(range)?.chunk_by(|a, b| a.time == b.time) {
        for hop in moment {
            let n = number;
            number += 1;
            let ends_here = last == Some(hop.account);
            if !ends_here && !wanted(hop.account, hop.aside, include, first) {
                continue;
            }
            let mut find = |node, moves, step, before| {
                found.push((node, Label { moves, step: Some(step), before }));
            };
            if let Some(label) = at[hop.source as usize] {
                let moves = labels[label as usize].moves;
                if ends_here {
                    find(to, moves, Step::Used(n), Some(label));
                }
                find(Node::Host(hop.target), moves + 1, Step::Move(n), Some(label));
            }
            if first == Some(hop.account) {
                find(Node::Host(hop.source), 0, Step::Used(n), None);
                find(Node::Host(hop.target), 1, Step::Move(n), None);
            }
        }
        // Only now: what is reached in this tick is nothing to start from in it.
        for (node, label) in found.drain(..) {
            let slot = match node {
                Node::Host(h) => &mut at[h as usize],
                Node::Account(_) => &mut goal,
            };
            if slot.is_none_or(|best| label.moves < labels[best as usize].moves) {
                *slot = Some(labels.len() as u32);
                labels.push(label);
            }
        }
    }
    let end = match to {
        Node::Host(h) => at.get(h as usize).copied()?,
        Node::Account(_) => goal,
    };
    let mut label = labels[end? as usize];
    let mut steps: Vec<Step> = label.step.into_iter().collect();
    while let Some(before) = label.before {
        label = labels[before as usize];
        steps.extend(label.step);
    }
    steps.reverse();
    Some(steps)
}
