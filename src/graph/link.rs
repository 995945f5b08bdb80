//! Links: what is drawn as one line between two nodes, parallel edges merged, in one of four modes.

use super::logons::Edge;
use super::network::Node;
use std::collections::{BTreeMap, BTreeSet};

/// What a line means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Source host → account → target host.
    #[default]
    Both,
    /// Source host → account, as LogonTracer draws it.
    Source,
    /// Account → target host.
    Target,
    /// Source host → target host.
    Hosts,
}

impl Mode {
    pub const fn name(self) -> &'static str {
        match self {
            Mode::Both => "both",
            Mode::Source => "source",
            Mode::Target => "target",
            Mode::Hosts => "hosts",
        }
    }

    pub fn from_name(name: &str) -> Option<Mode> {
        [Mode::Both, Mode::Source, Mode::Target, Mode::Hosts].into_iter().find(|m| m.name() == name)
    }

    /// The lines an edge makes.
    fn lines(self, e: &Edge) -> impl Iterator<Item = (Node, Node)> {
        let (account, source, target) =
            (Node::Account(e.account), Node::Host(e.source), Node::Host(e.target));
        let local = e.source == e.target;
        // A local logon is one line from the account to its host.
        let from = (self == Mode::Source || self == Mode::Both && !local).then_some((source, account));
        let to = matches!(self, Mode::Target | Mode::Both).then_some((account, target));
        let hosts = (self == Mode::Hosts && !local).then_some((source, target));
        from.into_iter().chain(to).chain(hosts)
    }
}

/// Parallel edges merged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Link {
    pub count: u64,
    pub failures: u64,
    pub first: i64,
    pub last: i64,
    pub event_ids: BTreeSet<u16>,
    pub logon_types: BTreeSet<u8>,
    /// Text numbers.
    pub packages: BTreeSet<u32>,
}

/// The lines of a mode, by their two ends.
pub fn links(edges: &[Edge], mode: Mode) -> BTreeMap<(Node, Node), Link> {
    let mut links: BTreeMap<(Node, Node), Link> = BTreeMap::new();
    for e in edges {
        for ends in mode.lines(e) {
            let link =
                links.entry(ends).or_insert_with(|| Link { first: e.first, last: e.last, ..Link::default() });
            link.count += e.count;
            link.failures += if e.failure { e.count } else { 0 };
            link.first = link.first.min(e.first);
            link.last = link.last.max(e.last);
            link.event_ids.insert(e.event_id);
            link.logon_types.extend(e.logon_type);
            link.packages.insert(e.package);
        }
    }
    links
}
