//! Sessions that are not who they say: a machine account from a host that is not its own, one SID under two names.

use super::observation::{Evidence, Fact, Observation};
use super::scene::{Map, Scene};
use super::signal::Signal;
use crate::identity::{AccountKind, HostKind, NONE};

/// A machine account from an address that belongs to somebody else; half of it where nobody knows whose the address is.
const FOREIGN: f64 = 8.0;
const UNKNOWN: f64 = 2.0;
const OTHER_NAME: f64 = 6.0;

pub fn observe(scene: &Scene, out: &mut Vec<Observation>) {
    machines(scene, out);
    names(scene, out);
}

fn machines(scene: &Scene, out: &mut Vec<Observation>) {
    let accounts = &scene.identity.accounts.all;
    // The host each machine account belongs to.
    let own: Vec<u32> = accounts
        .iter()
        .map(|a| match (a.kind, a.name.strip_suffix('$')) {
            (AccountKind::Machine, Some(host)) => scene.host_named(host),
            _ => NONE,
        })
        .collect();
    let mut found: Map<(u32, u32), (Evidence, u32)> = Map::default();
    for u in scene.uses() {
        let own = own.get(u.account as usize).copied().unwrap_or(NONE);
        if own != NONE && u.source != NONE && u.source != own && u.source != u.target {
            let f = found.entry((u.account, u.source)).or_insert_with(|| (Evidence::default(), u.target));
            f.0.add(u.row);
        }
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by_key(|f| f.0);
    for ((account, source), (evidence, target)) in found {
        let address = scene.identity.hosts.get(source).is_none_or(|h| h.kind == HostKind::Address);
        let bits = if address { UNKNOWN } else { FOREIGN };
        out.push(
            Observation::new(Signal::Impostor, bits, Fact::Machine, 0)
                .account(account)
                .source(source)
                .target(target)
                .rows(evidence),
        );
    }
}

/// Sessions (4624) whose SID is known under another name. Renames are followed by the identity; built-in names are spelled in many tongues.
fn names(scene: &Scene, out: &mut Vec<Observation>) {
    let tables = &scene.store.tables;
    let c = &scene.store.columns;
    let mut differs: Map<u32, bool> = Map::default();
    let mut found: Map<(u32, u32, String), (Evidence, u32)> = Map::default();
    let bare = |name: &str| name.split('@').next().unwrap_or(name).to_lowercase();
    for e in &scene.events.all {
        let row = e.row as usize;
        if c.event_id[row] != 4624 || scene.kind(e.account) != Some(AccountKind::User) {
            continue;
        }
        let Some(account) = scene.identity.accounts.get(e.account) else { continue };
        let who = c.account[row];
        if *differs.entry(who).or_insert_with(|| {
            let name = bare(tables.strings.get(tables.get_principal(who).name));
            !name.is_empty() && name != bare(&account.name)
        }) {
            let name = bare(tables.strings.get(tables.get_principal(who).name));
            let f =
                found.entry((e.account, e.source, name)).or_insert_with(|| (Evidence::default(), e.target));
            f.0.add(e.row);
        }
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    for ((account, source, name), (evidence, target)) in found {
        out.push(
            Observation::new(Signal::Impostor, OTHER_NAME, Fact::Name { name }, 0)
                .account(account)
                .source(source)
                .target(target)
                .rows(evidence),
        );
    }
}
