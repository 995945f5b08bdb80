//! The privileged accounts near a node, with the lines that lead to them.

use super::evidence::{Evidence, NodeName, evidence, named};
use super::paths::known;
use crate::analysis::Analysis;
use crate::event::time;
use crate::graph::{self, Network, Node, Within};
use crate::identity::Events;
use crate::store::Store;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NearestQuery {
    pub from: String,
    /// At most so many accounts, and so many lines to each.
    pub limit: usize,
    pub max_lines: usize,
    /// Whether failed logons join nodes too, as LogonTracer has it. One who tried an administrator's password in vain is not near him.
    #[serde(default)]
    pub failures: bool,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Way {
    pub account: NodeName,
    /// From the node asked about to the account.
    pub nodes: Vec<NodeName>,
    /// Between each two neighbours of `nodes`.
    pub lines: Vec<Line>,
}

/// All logons between an account and a host.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    pub account: String,
    pub host: String,
    pub count: u64,
    pub failures: u64,
    pub first: f64,
    pub last: f64,
    pub event_ids: Vec<u16>,
    /// The first record of a success, or of a failure where there is none.
    pub evidence: Option<Evidence>,
}

/// Ways to the nearest privileged accounts; `None` where the id is no node. Linear in edges and events.
pub fn nearest(store: &Store, analysis: &Analysis, events: &Events, q: &NearestQuery) -> Option<Vec<Way>> {
    let from = known(analysis, &q.from)?;
    let edges: Vec<_> = analysis.logons.edges.iter().filter(|e| q.failures || !e.failure).cloned().collect();
    let within = Within { accounts: q.limit, lines: q.max_lines };
    let is_privileged = |n| super::is_privileged(analysis, Node::Account(n));
    let ways = graph::nearest(&Network::build(&edges), from, is_privileged, within);
    let lines = lines(store, events, &ways);
    let way = |nodes: Vec<Node>| {
        let account = named(analysis, *nodes.last()?);
        let lines = nodes.windows(2).filter_map(|w| told(store, &lines, line(w)?)).collect();
        Some(Way { account, lines, nodes: nodes.iter().map(|&n| named(analysis, n)).collect() })
    };
    Some(ways.into_iter().filter_map(way).collect())
}

/// `(account, host)` of two neighbours.
fn line(ends: &[Node]) -> Option<(u32, u32)> {
    match *ends {
        [Node::Account(a), Node::Host(h)] | [Node::Host(h), Node::Account(a)] => Some((a, h)),
        _ => None,
    }
}

#[derive(Default)]
struct Sum {
    count: u64,
    failures: u64,
    first: i64,
    last: i64,
    event_ids: BTreeSet<u16>,
    /// First row of a success and of a failure.
    rows: [Option<u32>; 2],
}

type Lines = BTreeMap<(u32, u32), Sum>;

/// The logons on all lines of the ways, in one pass.
fn lines(store: &Store, events: &Events, ways: &[Vec<Node>]) -> Lines {
    let mut lines: Lines =
        ways.iter().flat_map(|w| w.windows(2)).filter_map(line).map(|l| (l, Sum::default())).collect();
    let accounts: BTreeSet<u32> = lines.keys().map(|(a, _)| *a).collect();
    for e in events.all.iter().filter(|e| accounts.contains(&e.account)) {
        let Some(row) = store.columns.row(e.row as usize).filter(|r| graph::is_logon(r.event_id)) else {
            continue;
        };
        let hosts = [Some(e.source), Some(e.target).filter(|t| *t != e.source)];
        for host in hosts.into_iter().flatten() {
            let Some(sum) = lines.get_mut(&(e.account, host)) else { continue };
            let failure = row.is_failure();
            if sum.count == 0 {
                sum.first = row.time;
            }
            sum.count += 1;
            sum.failures += u64::from(failure);
            sum.last = row.time;
            sum.event_ids.insert(row.event_id);
            sum.rows[usize::from(failure)].get_or_insert(e.row);
        }
    }
    lines
}

fn told(store: &Store, lines: &Lines, (account, host): (u32, u32)) -> Option<Line> {
    let sum = lines.get(&(account, host))?;
    Some(Line {
        account: Node::Account(account).id(),
        host: Node::Host(host).id(),
        count: sum.count,
        failures: sum.failures,
        first: time::millis(sum.first),
        last: time::millis(sum.last),
        event_ids: sum.event_ids.iter().copied().collect(),
        evidence: sum.rows[0].or(sum.rows[1]).and_then(|row| evidence(store, row)),
    })
}
