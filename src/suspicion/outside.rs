//! Logons from addresses that are routed on the internet, and clients that call themselves by names no computer has.

use super::observation::{Evidence, Fact, Observation};
use super::scene::{Map, Scene, doublings};
use super::signal::Signal;
use crate::identity::{AccountKind, Address, HostKind, NONE, parse_address};
use std::collections::BTreeSet;
use std::net::IpAddr;

const MOST: f64 = 8.0;

/// Whether packets with this source come from outside: neither private (RFC 1918, 4193), shared (RFC 6598), link-local nor loopback.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let shared = ip.octets()[0] == 100 && ip.octets()[1] & 0xC0 == 64;
            !(ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified() || shared)
        }
        IpAddr::V6(ip) => {
            !(ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local())
        }
    }
}

pub fn observe(scene: &Scene, out: &mut Vec<Observation>) {
    addresses(scene, out);
    workstations(scene, out);
}

fn addresses(scene: &Scene, out: &mut Vec<Observation>) {
    let (tables, c) = (&scene.store.tables, &scene.store.columns);
    let mut public: Map<u32, bool> = Map::default();
    let mut found: Map<(u32, u32), (Evidence, u32)> = Map::default();
    // A 4648 names the address of the session, not where it goes from.
    for u in scene.uses().filter(|u| c.event_id[u.row as usize] != 4648) {
        let text = c.address[u.row as usize];
        let outside = *public.entry(text).or_insert_with(
            || matches!(parse_address(tables.strings.get(text)), Address::Ip(ip) if is_public(ip)),
        );
        if outside {
            let f = found.entry((u.account, u.source)).or_insert_with(|| (Evidence::default(), u.target));
            f.0.add(u.row);
        }
    }
    let sources: BTreeSet<u32> = found.keys().map(|f| f.1).collect();
    let rare = libm::log2((scene.identity.hosts.all.len() + 1) as f64 / sources.len().max(1) as f64);
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by_key(|f| f.0);
    for ((account, source), (evidence, target)) in found {
        out.push(
            Observation::new(Signal::Outside, rare.clamp(1.0, MOST), Fact::Outside, 0)
                .account(account)
                .source(source)
                .target(target)
                .rows(evidence),
        );
    }
}

/// Names given by NTLM clients (4624, 4625 type 3; 4776) that are no computer's: none wrote a log, none has a machine account.
fn workstations(scene: &Scene, out: &mut Vec<Observation>) {
    let (tables, c) = (&scene.store.tables, &scene.store.columns);
    let known = known_names(scene);
    let mut strange: Map<u32, bool> = Map::default();
    let mut found: Map<(u32, u32), (Evidence, u32)> = Map::default();
    let mut names_of: Map<u32, (BTreeSet<u32>, Evidence)> = Map::default();
    for e in &scene.events.all {
        let row = e.row as usize;
        let text = c.workstation[row];
        if !matches!((c.event_id[row], c.logon_type[row]), (4624 | 4625, 3) | (4776, _)) {
            continue;
        }
        let odd = *strange.entry(text).or_insert_with(|| {
            let name = tables.strings.get(text).trim_start_matches('\\').to_lowercase();
            let label = name.split('.').next().unwrap_or(&name);
            !matches!(label, "" | "-") && parse_address(&name) == Address::Name && !known.contains(label)
        });
        if odd {
            found.entry((text, e.source)).or_insert_with(|| (Evidence::default(), e.account)).0.add(e.row);
            if e.source != NONE && c.event_id[row] != 4776 {
                let names = names_of.entry(e.source).or_default();
                names.0.insert(text);
                names.1.add(e.row);
            }
        }
    }
    let strange: BTreeSet<u32> = found.keys().map(|f| f.0).collect();
    let rare = libm::log2((known.len() + 1) as f64 / strange.len().max(1) as f64);
    let mut found: Vec<_> = found.into_iter().map(|((t, s), f)| (tables.strings.get(t), s, f)).collect();
    found.sort_by_key(|f| (f.0, f.1));
    if rare >= 1.0 {
        for (name, source, (evidence, account)) in found {
            let fact = Fact::Workstation { name: name.to_owned() };
            out.push(
                Observation::new(Signal::StrangeWorkstation, rare.min(MOST), fact, 0)
                    .account(account)
                    .source(source)
                    .rows(evidence),
            );
        }
    }
    let mut many: Vec<_> = names_of.into_iter().filter(|(_, (names, _))| names.len() > 2).collect();
    many.sort_by_key(|m| m.0);
    for (source, (names, evidence)) in many {
        let fact = Fact::Workstations { names: names.len() as u32 };
        let bits = doublings(names.len() as f64, 1.0).min(MOST);
        out.push(Observation::new(Signal::StrangeWorkstation, bits, fact, 0).source(source).rows(evidence));
    }
}

/// First labels, lower-case, of computers that exist: they wrote events, or have a machine account that is used.
pub fn known_names(scene: &Scene) -> BTreeSet<String> {
    let c = &scene.store.columns;
    let computers: BTreeSet<u32> = c.computer.iter().copied().collect();
    let wrote = computers.into_iter().map(|t| scene.store.tables.strings.get(t).to_lowercase());
    let machines = scene
        .identity
        .accounts
        .all
        .iter()
        .filter(|a| a.kind == AccountKind::Machine)
        .map(|a| a.name.trim_end_matches('$').to_lowercase());
    let controllers = scene.identity.hosts.all.iter().filter(|h| h.kind == HostKind::DomainController);
    wrote
        .map(|name| name.split('.').next().unwrap_or_default().to_owned())
        .chain(machines)
        .chain(controllers.map(|h| h.short().to_lowercase()))
        .collect()
}
