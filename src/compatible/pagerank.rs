//! LogonTracer's variant of PageRank, so that its published ranks can be repeated.
//!
//! Undirected user–host lists with one entry per aggregated row (event id, logon type, status, package); 30 rounds of
//! r(p) = (1 − d_p)/N + Σ over q that list p (once each) of d_q · r(q) / |list(q)|; then scaled to 0…1.

use super::edges::Edges;
use std::collections::{BTreeMap, BTreeSet};

/// What its anomaly detection says about users.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// Users with system rights: d = 0.6 instead of 0.85.
    pub admins: BTreeSet<String>,
    /// Flagged by the hidden Markov model: d − 0.2.
    pub hmm: BTreeSet<String>,
    /// The NTLM list, empty in every run of its (a misspelt package name): d − 0.1.
    pub ntlm: BTreeSet<String>,
    /// Highest ChangeFinder score: d − score/200.
    pub changefinder: BTreeMap<String, f64>,
    /// Adjacency is tested by substring: 10.0.0.1 also gets the lines of 10.0.0.11.
    pub substring: bool,
}

const ROUNDS: usize = 30;

/// The rank of every user (with its `@`) and host, scaled to 0…1; all 0 where all would be equal (LogonTracer divides by zero there).
pub fn ranks(edges: &Edges, flags: &Flags) -> BTreeMap<String, f64> {
    // One entry per row without its hour.
    let rows: BTreeSet<_> = edges
        .by_hour
        .keys()
        .map(|e| (e.event_id, &e.host, &e.user, e.logon_type, &e.status, &e.package))
        .collect();
    let nodes: BTreeSet<&String> = rows.iter().flat_map(|r| [r.1, r.2]).collect();
    let touches = |node: &str, cell: &str| {
        if flags.substring { cell.contains(node) } else { cell == node }
    };
    let lists: BTreeMap<&String, Vec<&String>> = nodes
        .iter()
        .map(|&node| {
            let list = rows.iter().flat_map(|r| {
                let as_host = touches(node, r.1).then_some(r.2);
                let as_user = touches(node, r.2).then_some(r.1);
                as_host.into_iter().chain(as_user)
            });
            (node, list.collect())
        })
        .collect();
    let damping = |node: &str| {
        if !node.ends_with('@') {
            return 0.8;
        }
        let mut d = if flags.admins.contains(node) { 0.6 } else { 0.85 };
        d -= if flags.hmm.contains(node) { 0.2 } else { 0.0 };
        d -= if flags.ntlm.contains(node) { 0.1 } else { 0.0 };
        d - flags.changefinder.get(node).copied().unwrap_or(0.0) / 200.0
    };
    let n = nodes.len() as f64;
    // For each node the nodes that list it, once each.
    let mut listed_by: BTreeMap<&String, BTreeSet<&String>> = BTreeMap::new();
    for (q, list) in &lists {
        list.iter().for_each(|&p| _ = listed_by.entry(p).or_default().insert(q));
    }
    let mut rank: BTreeMap<&String, f64> = nodes.iter().map(|&p| (p, 1.0 / n)).collect();
    for _ in 0..ROUNDS {
        let next = nodes.iter().map(|&p| {
            let given = listed_by.get(p).into_iter().flatten();
            let sum: f64 = given.map(|q| damping(q) * rank[*q] / lists[*q].len() as f64).sum();
            (p, (1.0 - damping(p)) / n + sum)
        });
        rank = next.collect();
    }
    let low = rank.values().copied().fold(f64::INFINITY, f64::min);
    let high = rank.values().copied().fold(f64::NEG_INFINITY, f64::max);
    let width = high - low;
    rank.into_iter()
        .map(|(node, r)| (node.clone(), if width > 0.0 { (r - low) / width } else { 0.0 }))
        .collect()
}
