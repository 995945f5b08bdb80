//! What differs between two periods.

use super::evidence::{Evidence, NodeName, evidence, named};
use super::paths::Span;
use crate::analysis::Analysis;
use crate::event::{catalogue, logon_type, time};
use crate::graph::{self, Change, ChangeKind, Logon, Node, Period, Side};
use crate::identity::Events;
use crate::store::Store;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DiffQuery {
    pub before: Span,
    pub after: Span,
    /// At most so many logons and so many nodes of each kind of change.
    pub limit: usize,
    /// Also changes of rate that are not notable.
    #[serde(default)]
    pub all: bool,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// Counts of all, listed or not.
    pub logons: Counts,
    pub accounts: Counts,
    pub hosts: Counts,
    /// New ones first, then gone, then changed; in each the busiest first.
    pub logon_changes: Vec<LogonChange>,
    pub node_changes: Vec<NodeChange>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    pub new: usize,
    pub gone: usize,
    /// Notable ones; for nodes none are told.
    pub changed: usize,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogonChange {
    pub kind: &'static str,
    pub account: NodeName,
    pub source: NodeName,
    pub target: NodeName,
    pub event_id: u16,
    pub event: &'static str,
    pub logon_type: Option<u8>,
    pub logon_type_name: &'static str,
    pub failure: bool,
    pub notable: bool,
    pub before: Option<Half>,
    pub after: Option<Half>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeChange {
    pub kind: &'static str,
    pub node: NodeName,
    pub before: Option<Half>,
    pub after: Option<Half>,
}

/// What one period holds.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Half {
    pub count: u64,
    pub per_day: f64,
    pub first: f64,
    pub last: f64,
    /// The first and the last record.
    pub evidence: Vec<Evidence>,
}

/// What changed between the two periods. An open end is that of the log.
pub fn diff(store: &Store, analysis: &Analysis, events: &Events, q: &DiffQuery) -> Difference {
    let periods = [q.before, q.after].map(|span| closed(store, span));
    let d = graph::diff(store, &analysis.identity, events, periods, analysis.include);
    let half = |side: Side, period: Period| {
        (side.count > 0).then(|| Half {
            count: side.count,
            per_day: period.per_day(side.count),
            first: time::millis(side.first),
            last: time::millis(side.last),
            evidence: [Some(side.first_row), Some(side.last_row).filter(|r| *r != side.first_row)]
                .into_iter()
                .flatten()
                .filter_map(|row| evidence(store, row))
                .collect(),
        })
    };
    let logon_changes = busiest(&d.logons, q.limit, |c| q.all || c.notable);
    let node_changes = busiest(&d.nodes, q.limit, |_| true);
    let is_account = |n: &Node| matches!(n, Node::Account(_));
    Difference {
        logons: count(d.logons.iter()),
        accounts: count(d.nodes.iter().filter(|c| is_account(&c.what))),
        hosts: count(d.nodes.iter().filter(|c| !is_account(&c.what))),
        logon_changes: logon_changes
            .into_iter()
            .map(|c| {
                let Logon { account, source, target, event_id, logon_type: kind, failure } = c.what;
                LogonChange {
                    kind: c.kind().name(),
                    account: named(analysis, Node::Account(account)),
                    source: named(analysis, Node::Host(source)),
                    target: named(analysis, Node::Host(target)),
                    event_id,
                    event: catalogue::name(event_id),
                    logon_type: kind,
                    logon_type_name: kind.map_or("", logon_type::name),
                    failure,
                    notable: c.notable,
                    before: half(c.before, periods[0]),
                    after: half(c.after, periods[1]),
                }
            })
            .collect(),
        node_changes: node_changes
            .into_iter()
            .map(|c| NodeChange {
                kind: c.kind().name(),
                node: named(analysis, c.what),
                before: half(c.before, periods[0]),
                after: half(c.after, periods[1]),
            })
            .collect(),
    }
}

/// The period of a span; where it is open, it ends with the log, or a rate per day would mean nothing.
fn closed(store: &Store, span: Span) -> Period {
    let (first, last) = store.span().unwrap_or_default();
    let Period { from, to } = span.period();
    Period {
        from: if span.from.is_some() { from } else { first },
        to: if span.to.is_some() { to } else { last.saturating_add(1) },
    }
}

fn count<'c, T: 'c>(changes: impl Iterator<Item = &'c Change<T>>) -> Counts {
    changes.filter(|c| c.notable).fold(Counts::default(), |mut counts, c| {
        match c.kind() {
            ChangeKind::New => counts.new += 1,
            ChangeKind::Gone => counts.gone += 1,
            ChangeKind::Changed => counts.changed += 1,
        }
        counts
    })
}

/// Of each kind the `most` busiest.
fn busiest<T: Copy>(
    changes: &[Change<T>],
    most: usize,
    wanted: impl Fn(&Change<T>) -> bool,
) -> Vec<&Change<T>> {
    let mut all: Vec<&Change<T>> = changes.iter().filter(|c| wanted(c)).collect();
    // Stable: equally busy ones stay in their order.
    all.sort_by_key(|c| (c.kind(), Reverse(c.before.count.max(c.after.count))));
    all.chunk_by(|a, b| a.kind() == b.kind()).flat_map(|kind| kind.iter().take(most)).copied().collect()
}
