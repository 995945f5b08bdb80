//! Edges, chains, and what a suspicion is made of.

use super::nodes::host_name;
use super::record;
use crate::analysis::Analysis;
use crate::answer::reasons;
use crate::event::{status, time};
use crate::graph::Edge;
use crate::identity::Account;
use crate::store::Store;
use crate::suspicion::{Chain, EdgeKey, Score};
use serde_json::{Value, json};

/// What a score is made of, each with the records that show it.
pub(super) fn contributions(store: &Store, analysis: &Analysis, score: Option<&Score>) -> Value {
    let list = reasons(analysis, score).into_iter().map(|r| {
        json!({
            "name": r.name,
            "value": r.value,
            "why": r.why,
            "records": r.rows.iter().map(|&row| record(store, row)).collect::<Vec<_>>(),
            "more_records": r.total - (r.rows.len() as u64).min(r.total),
        })
    });
    list.collect()
}

pub(super) fn chain(store: &Store, analysis: &Analysis, c: &Chain) -> Value {
    let host = |n| analysis.identity.hosts.get(n).map(|h| h.name.as_str());
    json!({
        "weight": c.weight,
        "switches": c.switches(),
        "first": c.hops.first().map(|h| time::format(h.time)),
        "last": c.hops.last().map(|h| time::format(h.time)),
        "hops": c.hops.iter().map(|h| json!({
            "time": time::format(h.time),
            "account": analysis.identity.accounts.get(h.account).map(Account::full),
            "source": host(h.source),
            "target": host(h.target),
            "switched": h.switched,
            "new": {"source": h.new_source, "target": h.new_target, "way": h.new_way},
            "records": [record(store, h.row)],
        })).collect::<Vec<_>>(),
    })
}

pub(super) fn edge(store: &Store, analysis: &Analysis, e: &Edge) -> Value {
    let key = EdgeKey { account: e.account, source: e.source, target: e.target, event_id: e.event_id };
    let score = analysis.suspicion.edge(key);
    let account = analysis.identity.accounts.get(e.account);
    let host = |n| host_name(analysis, n);
    json!({
        "account": account.map(Account::full),
        "account_sid": account.and_then(|a| a.sid.as_deref()),
        "source": host(e.source),
        "target": host(e.target),
        "event_id": e.event_id,
        "logon_type": e.logon_type,
        "package": Some(store.tables.strings.get(e.package)).filter(|p| !matches!(*p, "" | "-")),
        "status": e.status.map(|s| status::format(e.event_id, s)),
        "failure": e.failure,
        "count": e.count,
        "first": time::format(e.first),
        "last": time::format(e.last),
        "suspicion": score.map_or(0.0, Score::points),
        "contributions": contributions(store, analysis, score),
    })
}
