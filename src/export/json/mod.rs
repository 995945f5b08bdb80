//! One JSON document with everything, keys sorted, described in `docs/output.md`.

mod edges;
mod findings;
mod nodes;
#[cfg(feature = "sigma")]
mod sigma;
mod times;

#[cfg(feature = "sigma")]
pub use sigma::sigma;

use crate::analysis::Analysis;
use crate::answer::{empty_reason, message};
use crate::detect::Detections;
use crate::event::time;
use crate::graph::Reason;
use crate::store::{File, Store};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Raised when a field changes its meaning or goes; not when one is added.
pub const SCHEMA_VERSION: u32 = 1;

/// The whole document. Same input, same bytes.
pub fn json(store: &Store, analysis: &Analysis, detections: &Detections) -> Value {
    let mut by_id: BTreeMap<u16, u64> = BTreeMap::new();
    store.columns.event_id.iter().for_each(|id| *by_id.entry(*id).or_default() += 1);
    let by_id: Map<String, Value> = by_id.into_iter().map(|(id, n)| (id.to_string(), n.into())).collect();
    let mut files: Vec<Value> = store.files.iter().map(file).collect();
    files.sort_by(|a, b| a["name"].as_str().cmp(&b["name"].as_str()));
    let leases = nodes::leases(analysis);
    let mut document = json!({
        "schema_version": SCHEMA_VERSION,
        "generator": format!("logonscope {}", env!("CARGO_PKG_VERSION")),
        "files": files,
        "records": store.files.iter().map(|f| f.report.records).sum::<u64>(),
        "events": store.len(),
        "span": store.span().map(|(first, last)| json!({"first": time::format(first), "last": time::format(last)})),
        "events_by_id": by_id,
        "set_aside": Reason::ALL.into_iter().map(|r| set_aside(analysis, r)).filter(|s| s["count"] != 0).collect::<Vec<_>>(),
        "accounts": analysis.identity.accounts.all.iter().zip(0..).map(|(a, n)| nodes::account(store, analysis, a, n)).collect::<Vec<_>>(),
        "hosts": analysis.identity.hosts.all.iter().zip(0..)
            .map(|(h, n)| nodes::host(store, analysis, h, n, &leases)).collect::<Vec<_>>(),
        "address_conflicts": analysis.identity.hosts.conflicts().iter().map(|c| nodes::conflict(store, analysis, c)).collect::<Vec<_>>(),
        "edges": analysis.logons.edges.iter().map(|e| edges::edge(store, analysis, e)).collect::<Vec<_>>(),
        "empty_reason": empty_reason(store, analysis),
        "chains": analysis.chains.iter().map(|c| edges::chain(store, analysis, c)).collect::<Vec<_>>(),
        "sessions": analysis.sessions(store).all.iter().map(|s| times::session(store, analysis, s)).collect::<Vec<_>>(),
        "coverage": times::coverage(store, analysis),
    });
    if let Some(members) = document.as_object_mut() {
        members.extend(findings::members(store, analysis, detections));
    }
    document
}

fn file(f: &File) -> Value {
    json!({
        "name": f.name,
        "bytes": f.bytes,
        "records": f.report.records,
        "events": f.events,
        "chunks": f.report.chunks,
        "damaged_chunks": f.report.damaged_chunks,
        "damage": f.report.damage.iter().map(|d| json!({"offset": d.offset, "reason": d.reason})).collect::<Vec<_>>(),
        "more_damage": f.report.damaged - f.report.damage.len() as u64,
        "others": f.report.others.iter()
            .map(|((channel, id), n)| json!({"channel": channel, "event_id": id, "count": n})).collect::<Vec<_>>(),
        "message": message(f),
    })
}

fn set_aside(analysis: &Analysis, reason: Reason) -> Value {
    json!({
        "reason": reason.name(),
        "count": analysis.logons.set_aside(reason),
        "included": analysis.include.has(reason),
    })
}

/// Where a record stands: evidence.
fn record(store: &Store, row: u32) -> Value {
    let row = store.columns.row(row as usize);
    json!({
        "file": row.and_then(|r| store.files.get(r.file as usize)).map(|f| f.name.as_str()),
        "record_id": row.map(|r| r.record_id),
    })
}
