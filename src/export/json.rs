//! One JSON document with everything, keys sorted, described in `docs/output.md`.

use crate::analysis::{Activity, Analysis};
use crate::answer::{account_kind, empty_reason, host_kind, message, reasons};
use crate::event::{status, time};
use crate::graph::{Edge, Node, Reason};
use crate::identity::{Account, Host, Privilege};
use crate::store::{File, Store};
use crate::suspicion::{Chain, EdgeKey, Score};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Raised when a field changes its meaning or goes; not when one is added.
pub const SCHEMA_VERSION: u32 = 1;

/// The whole document. Same input, same bytes.
pub fn json(store: &Store, analysis: &Analysis) -> Value {
    let mut by_id: BTreeMap<u16, u64> = BTreeMap::new();
    store.columns.event_id.iter().for_each(|id| *by_id.entry(*id).or_default() += 1);
    let by_id: Map<String, Value> = by_id.into_iter().map(|(id, n)| (id.to_string(), n.into())).collect();
    let mut files: Vec<Value> = store.files.iter().map(file).collect();
    files.sort_by(|a, b| a["name"].as_str().cmp(&b["name"].as_str()));
    json!({
        "schema_version": SCHEMA_VERSION,
        "generator": format!("logonscope {}", env!("CARGO_PKG_VERSION")),
        "files": files,
        "records": store.files.iter().map(|f| f.report.records).sum::<u64>(),
        "events": store.len(),
        "span": store.span().map(|(first, last)| json!({"first": time::format(first), "last": time::format(last)})),
        "events_by_id": by_id,
        "set_aside": Reason::ALL.into_iter().map(|r| set_aside(analysis, r)).filter(|s| s["count"] != 0).collect::<Vec<_>>(),
        "accounts": analysis.identity.accounts.all.iter().zip(0..).map(|(a, n)| account(store, analysis, a, n)).collect::<Vec<_>>(),
        "hosts": analysis.identity.hosts.all.iter().zip(0..).map(|(h, n)| host(store, analysis, h, n)).collect::<Vec<_>>(),
        "edges": analysis.logons.edges.iter().map(|e| edge(store, analysis, e)).collect::<Vec<_>>(),
        "empty_reason": empty_reason(store, analysis),
        "chains": analysis.chains.iter().map(|c| chain(store, analysis, c)).collect::<Vec<_>>(),
        "findings": [],
        "coverage": [],
    })
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

/// The fields that accounts and hosts share.
fn common(store: &Store, analysis: &Analysis, node: Node) -> Map<String, Value> {
    let Activity { events, failures, first, last } = analysis.activity(node);
    let when = |t| {
        if events > 0 { Value::from(time::format(t)) } else { Value::Null }
    };
    let rank = analysis.ranks.get(node);
    let score = analysis.suspicion.node(node);
    Map::from_iter([
        ("events".into(), events.into()),
        ("failures".into(), failures.into()),
        ("first".into(), when(first)),
        ("last".into(), when(last)),
        ("rank".into(), rank.map(|r| r.value).into()),
        ("place".into(), rank.map(|r| r.place).into()),
        ("suspicion".into(), score.map_or(0.0, Score::points).into()),
        ("contributions".into(), contributions(store, analysis, score)),
    ])
}

fn account(store: &Store, analysis: &Analysis, a: &Account, n: u32) -> Value {
    let privileges = a.privileges.iter().map(|p| match p {
        Privilege::Assigned => "special-privileges-assigned",
        Privilege::Administrator => "built-in-administrator",
        Privilege::Member => "added-to-privileged-group",
    });
    let mut out = common(store, analysis, Node::Account(n));
    out.extend([
        ("name".into(), a.name.as_str().into()),
        ("domain".into(), a.domain.as_str().into()),
        ("sid".into(), a.sid.as_deref().into()),
        ("kind".into(), account_kind(Some(a.kind)).into()),
        ("privileged".into(), a.is_privileged().into()),
        ("privileges".into(), privileges.collect::<Vec<_>>().into()),
        ("aliases".into(), a.aliases.iter().cloned().collect::<Vec<_>>().into()),
    ]);
    Value::Object(out)
}

fn host(store: &Store, analysis: &Analysis, h: &Host, n: u32) -> Value {
    let mut out = common(store, analysis, Node::Host(n));
    out.extend([
        ("name".into(), h.name.as_str().into()),
        ("kind".into(), host_kind(Some(h.kind)).into()),
        ("addresses".into(), h.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().into()),
        ("aliases".into(), h.aliases.iter().cloned().collect::<Vec<_>>().into()),
    ]);
    Value::Object(out)
}

/// What a score is made of, each with the records that show it.
fn contributions(store: &Store, analysis: &Analysis, score: Option<&Score>) -> Value {
    let list = reasons(analysis, score).into_iter().map(|r| {
        json!({
            "name": r.name,
            "value": r.value,
            "why": r.why,
            "records": records(store, &r.rows),
            "more_records": r.total - (r.rows.len() as u64).min(r.total),
        })
    });
    list.collect()
}

/// Where rows stand: file and EventRecordID.
fn records(store: &Store, rows: &[u32]) -> Value {
    let record = |row: &u32| {
        let row = store.columns.row(*row as usize)?;
        let file = store.files.get(row.file as usize)?;
        Some(json!({"file": file.name, "record_id": row.record_id}))
    };
    rows.iter().filter_map(record).collect()
}

fn chain(store: &Store, analysis: &Analysis, c: &Chain) -> Value {
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
            "records": records(store, &[h.row]),
        })).collect::<Vec<_>>(),
    })
}

fn edge(store: &Store, analysis: &Analysis, e: &Edge) -> Value {
    let key = EdgeKey { account: e.account, source: e.source, target: e.target, event_id: e.event_id };
    let score = analysis.suspicion.edge(key);
    let account = analysis.identity.accounts.get(e.account);
    let host = |n| analysis.identity.hosts.get(n).map(|h| h.name.as_str());
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
