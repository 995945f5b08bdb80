//! The sum: observations handed to the accounts, hosts and edges they concern.
//!
//! Points = bits × weight × share. On one account (host, edge) the i-th largest observation of a signal counts 1/i^1.5 of its points, and
//! all together at most the signal's bound: the tenth new host of a night adds little to the ninth. A score is the sum of its
//! contributions, exactly, since both are whole hundredths.

use super::observation::Observation;
use super::signal::Signal;
use crate::graph::Node;
use crate::identity::{Event, Events, NONE};
use std::collections::BTreeMap;

/// What one signal adds to one score.
#[derive(Clone, Debug, PartialEq)]
pub struct Contribution {
    pub signal: Signal,
    /// Hundredths of a point.
    pub value: u32,
    /// The observations behind it, by number, strongest first.
    pub observations: Vec<u32>,
}

/// A suspicion and what it is made of, largest contribution first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Score {
    pub contributions: Vec<Contribution>,
}

impl Score {
    /// Hundredths of a point: the sum of the contributions.
    pub fn value(&self) -> u32 {
        self.contributions.iter().map(|c| c.value).sum()
    }

    pub fn points(&self) -> f64 {
        points(self.value())
    }
}

/// Hundredths as points.
pub fn points(hundredths: u32) -> f64 {
    f64::from(hundredths) / 100.0
}

/// An edge of the graph as far as suspicion tells edges apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EdgeKey {
    pub account: u32,
    pub source: u32,
    pub target: u32,
    pub event_id: u16,
}

/// All scores, and the observations they rest on.
#[derive(Clone, Debug, Default)]
pub struct Suspicion {
    pub observations: Vec<Observation>,
    scores: BTreeMap<Node, Score>,
    edges: BTreeMap<EdgeKey, Score>,
    /// The event behind every row that is evidence, its id, and its place in the order of time.
    seen: BTreeMap<u32, (Event, u16, u32)>,
    accounts: Vec<Node>,
    hosts: Vec<Node>,
}

/// What the account to which something was done gets of it.
const OBJECT_SHARE: f64 = 0.9;

/// Points and observation numbers of a signal, before they are summed.
type Parts = BTreeMap<Signal, Vec<(f64, u32)>>;

fn score(parts: Parts) -> Score {
    let mut contributions: Vec<Contribution> = parts
        .into_iter()
        .map(|(signal, mut list)| {
            list.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            let sum: f64 =
                list.iter().zip(1u32..).map(|((p, _), i)| p / (f64::from(i) * f64::from(i).sqrt())).sum();
            let value = (sum.min(signal.most()) * 100.0) as u32;
            Contribution { signal, value, observations: list.into_iter().map(|(_, n)| n).collect() }
        })
        .filter(|c| c.value > 0)
        .collect();
    contributions.sort_by_key(|c| (std::cmp::Reverse(c.value), c.signal));
    Score { contributions }
}

impl Suspicion {
    /// Sums up. `ids`: the event id of a row.
    pub fn of(observations: Vec<Observation>, events: &Events, ids: &[u16]) -> Self {
        let mut nodes: BTreeMap<Node, Parts> = BTreeMap::new();
        for (o, n) in observations.iter().zip(0u32..) {
            let points = o.bits * o.signal.weight();
            let mut give = |node: Node, number: u32, share: f64| {
                if number != NONE && share > 0.0 {
                    nodes.entry(node).or_default().entry(o.signal).or_default().push((points * share, n));
                }
            };
            give(Node::Account(o.account), o.account, 1.0);
            give(Node::Account(o.object), o.object, OBJECT_SHARE);
            give(Node::Host(o.source), o.source, o.signal.source_share());
            if o.target != o.source {
                give(Node::Host(o.target), o.target, o.signal.target_share());
            }
        }
        let seen = seen(&observations, events, ids);
        let mut edges: BTreeMap<EdgeKey, Parts> = BTreeMap::new();
        for (o, n) in observations.iter().zip(0u32..) {
            let mut keys: Vec<EdgeKey> = o.rows.iter().filter_map(|r| seen.get(r)).filter_map(key).collect();
            keys.sort_unstable();
            keys.dedup();
            for key in keys {
                let parts = edges.entry(key).or_default().entry(o.signal).or_default();
                parts.push((o.bits * o.signal.weight(), n));
            }
        }
        let scores: BTreeMap<Node, Score> = nodes.into_iter().map(|(n, parts)| (n, score(parts))).collect();
        let mut ranked: Vec<Node> =
            scores.iter().filter(|(_, s)| !s.contributions.is_empty()).map(|(n, _)| *n).collect();
        ranked.sort_by_key(|n| (std::cmp::Reverse(scores[n].value()), *n));
        let (accounts, hosts) = ranked.into_iter().partition(|n| matches!(n, Node::Account(_)));
        let edges = edges.into_iter().map(|(k, parts)| (k, score(parts))).collect();
        Self { observations, scores, edges, seen, accounts, hosts }
    }

    /// The score of an account or host; `None` where nothing speaks against it.
    pub fn node(&self, node: Node) -> Option<&Score> {
        self.scores.get(&node).filter(|s| !s.contributions.is_empty())
    }

    pub fn edge(&self, key: EdgeKey) -> Option<&Score> {
        self.edges.get(&key).filter(|s| !s.contributions.is_empty())
    }

    pub fn edges(&self) -> impl Iterator<Item = (&EdgeKey, &Score)> {
        self.edges.iter()
    }

    /// Accounts that have a score, highest first.
    pub fn accounts(&self) -> &[Node] {
        &self.accounts
    }

    /// Hosts that have a score, highest first.
    pub fn hosts(&self) -> &[Node] {
        &self.hosts
    }

    /// 1 for the highest of its kind; `None` without a score.
    pub fn place(&self, node: Node) -> Option<usize> {
        let list = if matches!(node, Node::Account(_)) { &self.accounts } else { &self.hosts };
        let value = self.node(node)?.value();
        let key = |n: &Node| (std::cmp::Reverse(self.scores[n].value()), *n);
        list.binary_search_by_key(&(std::cmp::Reverse(value), node), key).ok().map(|i| i + 1)
    }

    /// The place of an evidence row in the order of time.
    pub fn time_of(&self, row: u32) -> u32 {
        self.seen.get(&row).map_or(u32::MAX, |s| s.2)
    }

    /// The rows of an observation that lie on this edge.
    pub fn rows_on(&self, observation: &Observation, edge: EdgeKey) -> Vec<u32> {
        let on = |r: &&u32| self.seen.get(r).and_then(key) == Some(edge);
        observation.rows.iter().filter(on).copied().collect()
    }
}

fn key((e, id, _): &(Event, u16, u32)) -> Option<EdgeKey> {
    let complete = e.account != NONE && e.source != NONE && e.target != NONE;
    complete.then_some(EdgeKey { account: e.account, source: e.source, target: e.target, event_id: *id })
}

/// The events of all rows that are evidence; one pass.
fn seen(observations: &[Observation], events: &Events, ids: &[u16]) -> BTreeMap<u32, (Event, u16, u32)> {
    let mut wanted = vec![0u64; ids.len().div_ceil(64)];
    for &row in observations.iter().flat_map(|o| &o.rows) {
        if let Some(word) = wanted.get_mut(row as usize / 64) {
            *word |= 1 << (row % 64);
        }
    }
    let is_wanted = |row: u32| wanted.get(row as usize / 64).is_some_and(|w| w & 1 << (row % 64) != 0);
    events
        .all
        .iter()
        .zip(0u32..)
        .filter(|(e, _)| is_wanted(e.row))
        .map(|(e, place)| (e.row, (*e, ids.get(e.row as usize).copied().unwrap_or(0), place)))
        .collect()
}
