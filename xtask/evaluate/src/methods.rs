//! The ways of ranking that are compared: ours, and what others do. Each gives accounts and hosts, first to look at first.

use logonscope::analysis::Analysis;
use logonscope::compatible;
use logonscope::graph::Node;
use logonscope::identity::NONE;
use logonscope::store::Store;
use logonscope::suspicion::Scene;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Suspicion,
    /// LogonTracer's ranks.
    CompatiblePageRank,
    /// Edges not seen in the first third of the log, counted.
    NeverSeenEdge,
    /// LogonTracer's ChangeFinder: the highest score of each account, and of the accounts seen from a host.
    ChangeFinder,
}

impl Method {
    pub const ALL: [Method; 4] =
        [Method::Suspicion, Method::CompatiblePageRank, Method::NeverSeenEdge, Method::ChangeFinder];

    pub fn name(self) -> &'static str {
        match self {
            Method::Suspicion => "suspicion",
            Method::CompatiblePageRank => "PageRank (compatible)",
            Method::NeverSeenEdge => "never-seen edge",
            Method::ChangeFinder => "ChangeFinder alone",
        }
    }

    /// Accounts and hosts, each best first.
    pub fn rank(self, store: &Store, analysis: &Analysis) -> (Vec<u32>, Vec<u32>) {
        match self {
            Method::Suspicion => {
                (numbers(analysis.suspicion.accounts()), numbers(analysis.suspicion.hosts()))
            }
            Method::CompatiblePageRank => compatible_pagerank(store, analysis),
            Method::NeverSeenEdge => never_seen(store, analysis),
            Method::ChangeFinder => changefinder(store, analysis),
        }
    }
}

fn numbers(nodes: &[Node]) -> Vec<u32> {
    nodes
        .iter()
        .map(|n| match *n {
            Node::Account(n) | Node::Host(n) => n,
        })
        .collect()
}

fn changefinder(store: &Store, analysis: &Analysis) -> (Vec<u32>, Vec<u32>) {
    let edges = compatible::Edges::read(store);
    let series = compatible::Series::of(&edges).unwrap_or_default();
    let finder = series.finder(logonscope::score::Start::default());
    let (mut accounts, mut hosts) = (BTreeMap::new(), BTreeMap::new());
    for key in series.users.keys() {
        let most = series.scores(key, finder).into_iter().fold(0.0, f64::max);
        for account in accounts_named(analysis, key.trim_end_matches('@')) {
            accounts.insert(account, most);
        }
    }
    for e in &analysis.logons.edges {
        if let Some(&score) = accounts.get(&e.account) {
            let best = hosts.entry(e.source).or_insert(score);
            *best = score.max(*best);
        }
    }
    (order(accounts), order(hosts))
}

/// Highest first, equals by number.
fn order(values: BTreeMap<u32, f64>) -> Vec<u32> {
    let mut all: Vec<(u32, f64)> = values.into_iter().filter(|v| v.1 > 0.0).collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    all.into_iter().map(|v| v.0).collect()
}

fn compatible_pagerank(store: &Store, analysis: &Analysis) -> (Vec<u32>, Vec<u32>) {
    let edges = compatible::Edges::read(store);
    let flags = compatible::Flags { admins: edges.admins.clone(), ..compatible::Flags::default() };
    let (mut accounts, mut hosts) = (BTreeMap::new(), BTreeMap::new());
    for (node, rank) in compatible::ranks(&edges, &flags) {
        match node.strip_suffix('@') {
            Some(name) => {
                accounts_named(analysis, name).into_iter().for_each(|a| _ = accounts.insert(a, rank))
            }
            None => hosts_named(analysis, &node).into_iter().for_each(|h| _ = hosts.insert(h, rank)),
        }
    }
    (order(accounts), order(hosts))
}

/// The rule that EULER (NDSS 2022) is compared with: an alert for each edge that was not there while learning.
fn never_seen(store: &Store, analysis: &Analysis) -> (Vec<u32>, Vec<u32>) {
    let Some((first, last)) = store.span() else { return Default::default() };
    let learnt = first + (last - first) / 3;
    let events = logonscope::identity::Events::resolve(store, &analysis.identity);
    let scene = Scene::new(store, &analysis.identity, &events);
    let mut seen: BTreeSet<(u32, u32, u32)> = BTreeSet::new();
    let (mut accounts, mut hosts) = (BTreeMap::new(), BTreeMap::new());
    for u in scene.uses() {
        if u.source == NONE
            || u.target == NONE
            || !seen.insert((u.account, u.source, u.target))
            || u.time <= learnt
        {
            continue;
        }
        *accounts.entry(u.account).or_insert(0.0) += 1.0;
        *hosts.entry(u.source).or_insert(0.0) += 1.0;
    }
    (order(accounts), order(hosts))
}

/// Accounts that go, or went, by this name.
pub fn accounts_named(analysis: &Analysis, name: &str) -> Vec<u32> {
    let is = |full: &str| full.rsplit('\\').next().is_some_and(|n| n.eq_ignore_ascii_case(name));
    let all = &analysis.identity.accounts.all;
    let hit = |n: &usize| is(&all[*n].full()) || all[*n].aliases.iter().any(|a| is(a));
    (0..all.len()).filter(hit).map(|n| n as u32).collect()
}

/// Hosts of this name or with this address.
pub fn hosts_named(analysis: &Analysis, name: &str) -> Vec<u32> {
    let address = name.parse().ok();
    let all = &analysis.identity.hosts.all;
    let hit = |n: &usize| {
        let h = &all[*n];
        h.name.eq_ignore_ascii_case(name)
            || h.aliases.contains(&name.to_lowercase())
            || address.is_some_and(|a| h.addresses.contains(&a))
    };
    (0..all.len()).filter(hit).map(|n| n as u32).collect()
}
