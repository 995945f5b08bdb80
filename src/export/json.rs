//! One JSON document with everything, keys sorted, described in `docs/output.md`.

use crate::analysis::{Activity, Analysis};
use crate::answer::{account_kind, empty_reason, host_kind, message, reasons};
use crate::event::{status, time};
use crate::graph::{Edge, Node, Reason};
use crate::identity::{Account, Conflict, Host, Lease, Privilege, Proof, Rename};
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
    let leases = leases(analysis);
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
        "hosts": analysis.identity.hosts.all.iter().zip(0..)
            .map(|(h, n)| host(store, analysis, h, n, &leases)).collect::<Vec<_>>(),
        "address_conflicts": analysis.identity.hosts.conflicts().iter().map(|c| conflict(store, analysis, c)).collect::<Vec<_>>(),
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

/// Where a record stands: evidence.
fn record(store: &Store, row: u32) -> Value {
    let row = store.columns.row(row as usize);
    json!({
        "file": row.and_then(|r| store.files.get(r.file as usize)).map(|f| f.name.as_str()),
        "record_id": row.map(|r| r.record_id),
    })
}

fn rename(store: &Store, r: &Rename) -> Value {
    json!({"time": time::format(r.time), "from": r.from, "to": r.to, "record": record(store, r.row)})
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
        ("renames".into(), a.renames.iter().map(|r| rename(store, r)).collect::<Vec<_>>().into()),
        ("host".into(), a.host.and_then(|h| host_name(analysis, h)).into()),
    ]);
    Value::Object(out)
}

/// The leases of each host, by its number.
fn leases(analysis: &Analysis) -> Vec<Vec<&Lease>> {
    let hosts = &analysis.identity.hosts;
    let mut leases = vec![Vec::new(); hosts.all.len()];
    for lease in hosts.leases() {
        if let Some(own) = leases.get_mut(lease.host as usize) {
            own.push(lease);
        }
    }
    leases
}

fn host(store: &Store, analysis: &Analysis, h: &Host, n: u32, leases: &[Vec<&Lease>]) -> Value {
    let mut out = common(store, analysis, Node::Host(n));
    let leases = leases.get(n as usize).into_iter().flatten().map(|l| lease(store, l));
    let account = h.account.and_then(|a| analysis.identity.accounts.get(a)).map(Account::full);
    out.extend([
        ("name".into(), h.name.as_str().into()),
        ("kind".into(), host_kind(Some(h.kind)).into()),
        ("addresses".into(), h.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().into()),
        ("aliases".into(), h.aliases.iter().cloned().collect::<Vec<_>>().into()),
        ("account".into(), account.into()),
        ("leases".into(), leases.collect::<Vec<_>>().into()),
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
            "records": r.rows.iter().map(|&row| record(store, row)).collect::<Vec<_>>(),
            "more_records": r.total - (r.rows.len() as u64).min(r.total),
        })
    });
    list.collect()
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
            "records": [record(store, h.row)],
        })).collect::<Vec<_>>(),
    })
}

fn lease(store: &Store, l: &Lease) -> Value {
    let evidence = match l.proof {
        Proof::Machine => "machine-account",
        Proof::Workstation => "workstation-name",
    };
    json!({
        "address": l.address.to_string(),
        "from": time::format(l.seen.from),
        "to": time::format(l.seen.to),
        "evidence": evidence,
        "count": l.seen.count,
        "first_record": record(store, l.seen.first),
        "last_record": record(store, l.seen.last),
    })
}

fn conflict(store: &Store, analysis: &Analysis, c: &Conflict) -> Value {
    json!({
        "address": c.address.to_string(),
        "host": host_name(analysis, c.host),
        "claimed": c.claimed.iter().filter_map(|&h| host_name(analysis, h)).collect::<Vec<_>>(),
        "names": c.names,
        "first": time::format(c.seen.from),
        "last": time::format(c.seen.to),
        "count": c.seen.count,
        "first_record": record(store, c.seen.first),
        "last_record": record(store, c.seen.last),
    })
}

fn host_name(analysis: &Analysis, host: u32) -> Option<&str> {
    analysis.identity.hosts.get(host).map(|h| h.name.as_str())
}

fn edge(store: &Store, analysis: &Analysis, e: &Edge) -> Value {
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
