//! Accounts, hosts, and the addresses that were theirs.

use super::edges::contributions;
use super::record;
use crate::analysis::{Activity, Analysis};
use crate::answer::{account_kind, host_kind};
use crate::event::time;
use crate::graph::Node;
use crate::identity::{Account, Conflict, Host, Lease, Privilege, Proof, Rename};
use crate::store::Store;
use crate::suspicion::Score;
use serde_json::{Map, Value, json};

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
        (
            "rank_near_suspicion".into(),
            analysis.near.as_ref().and_then(|r| r.get(node)).map(|r| r.value).into(),
        ),
        ("suspicion".into(), score.map_or(0.0, Score::points).into()),
        ("contributions".into(), contributions(store, analysis, score)),
    ])
}

fn rename(store: &Store, r: &Rename) -> Value {
    json!({"time": time::format(r.time), "from": r.from, "to": r.to, "record": record(store, r.row)})
}

pub(super) fn account(store: &Store, analysis: &Analysis, a: &Account, n: u32) -> Value {
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
pub(super) fn leases(analysis: &Analysis) -> Vec<Vec<&Lease>> {
    let hosts = &analysis.identity.hosts;
    let mut leases = vec![Vec::new(); hosts.all.len()];
    for lease in hosts.leases() {
        if let Some(own) = leases.get_mut(lease.host as usize) {
            own.push(lease);
        }
    }
    leases
}

pub(super) fn host(store: &Store, analysis: &Analysis, h: &Host, n: u32, leases: &[Vec<&Lease>]) -> Value {
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

pub(super) fn conflict(store: &Store, analysis: &Analysis, c: &Conflict) -> Value {
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

pub(super) fn host_name(analysis: &Analysis, host: u32) -> Option<&str> {
    analysis.identity.hosts.get(host).map(|h| h.name.as_str())
}
