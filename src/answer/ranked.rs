//! The ranked lists, and the search in them.

use crate::analysis::Analysis;
use crate::event::time;
use crate::graph::Node;
use serde::Serialize;
use std::collections::BTreeSet;

#[derive(Clone, Debug, Serialize)]
pub struct Ranked {
    pub id: String,
    pub kind: &'static str,
    pub sub: &'static str,
    pub name: String,
    pub domain: Option<String>,
    pub privileged: bool,
    pub rank: f64,
    pub place: u32,
    /// Points; 0 where nothing speaks against it.
    pub suspicion: f64,
    /// The strongest reason, in a sentence.
    pub why: Option<String>,
    pub events: u64,
    pub failures: u64,
    pub first: f64,
    pub last: f64,
}

/// What a list is ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    /// The most suspicious first, those without a suspicion after them by rank.
    #[default]
    Suspicion,
    /// The most central first; only what is in the graph.
    Rank,
}

impl By {
    pub fn from_name(name: &str) -> Self {
        if name == "rank" { By::Rank } else { By::Suspicion }
    }
}

/// The nodes of one kind in an order: how many there are, and a page of them.
pub fn ranked(analysis: &Analysis, kind: &str, by: By, offset: usize, limit: usize) -> (usize, Vec<Ranked>) {
    let host = kind == "host";
    let central = if host { analysis.ranks.hosts() } else { analysis.ranks.accounts() };
    let suspect = match by {
        By::Rank => &[][..],
        By::Suspicion if host => analysis.suspicion.hosts(),
        By::Suspicion => analysis.suspicion.accounts(),
    };
    let rest = central.iter().filter(|n| by == By::Rank || analysis.suspicion.node(**n).is_none());
    let nodes: Vec<Node> = suspect.iter().chain(rest).copied().collect();
    let page = nodes.iter().skip(offset).take(limit).map(|&n| row(analysis, n)).collect();
    (nodes.len(), page)
}

/// Accounts and hosts, of the graph or suspicious, whose name, domain, SID, address or other spelling holds `text`; names that start with it first.
pub fn search(analysis: &Analysis, text: &str, limit: usize) -> Vec<Ranked> {
    let text = text.trim().to_lowercase();
    if text.is_empty() {
        return Vec::new();
    }
    let (ranks, suspicion) = (&analysis.ranks, &analysis.suspicion);
    let nodes: BTreeSet<Node> = [ranks.accounts(), ranks.hosts(), suspicion.accounts(), suspicion.hosts()]
        .into_iter()
        .flatten()
        .copied()
        .collect();
    let mut hits: Vec<(bool, f64, Node)> = nodes
        .into_iter()
        .filter_map(|node| {
            let begins = matches(analysis, node, &text)?;
            let rank = analysis.ranks.get(node).map_or(0.0, |r| r.scaled);
            Some((begins, rank, node))
        })
        .collect();
    hits.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
    hits.into_iter().take(limit).map(|(.., node)| row(analysis, node)).collect()
}

/// Whether the node holds `text`, and if so whether its name starts with it.
fn matches(analysis: &Analysis, node: Node, text: &str) -> Option<bool> {
    let has = |s: &str| s.to_lowercase().contains(text);
    let (found, name) = match node {
        Node::Account(n) => {
            let a = analysis.identity.accounts.get(n)?;
            (has(&a.full()) || a.sid.as_deref().is_some_and(has) || a.aliases.iter().any(|s| has(s)), &a.name)
        }
        Node::Host(n) => {
            let h = analysis.identity.hosts.get(n)?;
            let address = || h.addresses.iter().any(|a| has(&a.to_string()));
            (has(&h.name) || h.aliases.iter().any(|s| has(s)) || address(), &h.name)
        }
    };
    found.then(|| name.to_lowercase().starts_with(text))
}

fn row(analysis: &Analysis, node: Node) -> Ranked {
    let (kind, sub) = super::kinds(analysis, node);
    let (name, domain) = match node {
        Node::Account(n) => {
            analysis.identity.accounts.get(n).map(|a| (a.name.clone(), Some(a.domain.clone())))
        }
        Node::Host(n) => analysis.identity.hosts.get(n).map(|h| (h.name.clone(), None)),
    }
    .unwrap_or_default();
    let rank = analysis.ranks.get(node);
    let activity = analysis.activity(node);
    let score = analysis.suspicion.node(node);
    Ranked {
        id: node.id(),
        kind,
        sub,
        name,
        domain: domain.filter(|d| !d.is_empty()),
        privileged: super::is_privileged(analysis, node),
        rank: rank.map_or(0.0, |r| r.scaled),
        place: rank.map_or(0, |r| r.place),
        suspicion: score.map_or(0.0, |s| s.points()),
        why: super::first_reason(analysis, score),
        events: activity.events,
        failures: activity.failures,
        first: time::millis(activity.first),
        last: time::millis(activity.last),
    }
}
