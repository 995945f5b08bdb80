//! Relayed and coerced authentication; sessions of nobody.
//!
//! After the public analyses of NTLM relay, PetitPotam (certificates for machine accounts) and KrbRelayUp (Kerberos from the host to itself).

use super::context::{Context, counted};
use super::finding::Draft;
use super::rule::{Confidence, Rule, Severity};
use crate::event::{Field, sid};
use crate::identity::{AccountKind, HostKind, NONE};
use crate::suspicion::Map;
use std::collections::{BTreeMap, BTreeSet};

/// Sessions by account, source and target.
type Found = BTreeMap<(u32, u32, u32), Vec<u32>>;

pub fn find(ctx: &mut Context) {
    let store = ctx.store();
    let c = &store.columns;
    let (mut machines, mut mixed, mut certificates, mut local, mut anonymous) =
        (Found::default(), Found::default(), Found::default(), Found::default(), Found::default());
    let mut loopback: Map<u32, bool> = Map::default();
    for e in &ctx.scene.events.all {
        let row = e.row as usize;
        let id = c.event_id[row];
        let key = (e.account, e.source, e.target);
        if id == 4768 {
            let kind = ctx.scene.kind(e.account);
            if kind == Some(AccountKind::Machine)
                && !c.is_failure(row)
                && matches!(ctx.detail(e.row, Field::PreAuthType), "15" | "16" | "17")
                && e.source != NONE
                && own_host(ctx, e.account) != e.source
            {
                certificates.entry(key).or_default().push(e.row);
            }
            continue;
        }
        if id != 4624 || c.logon_type[row] != 3 {
            continue;
        }
        let package = store.tables.strings.get(c.package[row]);
        let ntlm = package.eq_ignore_ascii_case("NTLM");
        match ctx.scene.kind(e.account) {
            Some(AccountKind::Anonymous) if e.source != e.target && e.source != NONE => {
                anonymous.entry(key).or_default().push(e.row);
            }
            Some(AccountKind::Machine) if ntlm && e.source != e.target && e.source != NONE => {
                let own = own_host(ctx, e.account);
                if own != NONE && own != e.source && own != e.target {
                    machines.entry(key).or_default().push(e.row);
                }
            }
            Some(AccountKind::User) if ntlm && e.source != e.target => {
                let named = ctx.identity().hosts.of_text(c.workstation[row]);
                if named != NONE && named != e.source && is_computer(ctx, named) && is_computer(ctx, e.source)
                {
                    mixed.entry(key).or_default().push(e.row);
                }
            }
            Some(AccountKind::User) if package.eq_ignore_ascii_case("Kerberos") && c.port[row] != 0 => {
                let text = c.address[row];
                let is_local =
                    *loopback.entry(text).or_insert_with(|| is_loopback(store.tables.strings.get(text)));
                let rid =
                    ctx.identity().accounts.get(e.account).and_then(|a| a.sid.as_deref()).and_then(sid::rid);
                if is_local && rid == Some(500) {
                    local.entry(key).or_default().push(e.row);
                }
            }
            _ => {}
        }
    }
    machine_accounts(ctx, machines);
    names_that_differ(ctx, mixed);
    for ((account, source, _), rows) in certificates {
        let why = format!(
            "{} was given a ticket for a certificate at {}, which is not its host.",
            ctx.who(account),
            ctx.place(source)
        );
        let mut draft = Draft::new(Rule::NtlmRelay, why, rows).actor(account).from(source);
        if !is_computer(ctx, source) && !ctx.is_dc(own_host(ctx, account)) {
            draft = draft.severity(Severity::Medium).confidence(Confidence::Low);
        }
        ctx.found(draft);
    }
    for ((account, _, target), rows) in local {
        let why = format!(
            "The built-in Administrator came by Kerberos from {} to itself, over the network.",
            ctx.place(target)
        );
        ctx.found(Draft::new(Rule::KerberosRelay, why, rows).actor(account).from(target));
    }
    for ((account, source, target), rows) in anonymous {
        let why = format!(
            "{} of nobody at {} came from {}.",
            counted(rows.len(), "session"),
            ctx.place(target),
            ctx.place(source)
        );
        ctx.found(Draft::new(Rule::AnonymousLogon, why, rows).victims([account]).from(source).to([target]));
    }
}

fn own_host(ctx: &Context, account: u32) -> u32 {
    let Some(a) = ctx.identity().accounts.get(account) else { return NONE };
    a.host.unwrap_or_else(|| a.name.strip_suffix('$').map_or(NONE, |name| ctx.scene.host_named(name)))
}

/// Known by more than an address.
fn is_computer(ctx: &Context, host: u32) -> bool {
    ctx.identity().hosts.get(host).is_some_and(|h| h.kind != HostKind::Address)
}

/// `::1`, `127.0.0.1` and their like; not a missing address.
pub fn is_loopback(text: &str) -> bool {
    text.trim().parse::<std::net::IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

fn machine_accounts(ctx: &mut Context, found: Found) {
    for ((account, source, target), rows) in found {
        let own = own_host(ctx, account);
        let controller = ctx.is_dc(own);
        let why = format!(
            "{} came by NTLM to {} from {}, which is not its host{}.",
            ctx.who(account),
            ctx.place(target),
            ctx.place(source),
            if controller { ": a domain controller" } else { "" }
        );
        let mut draft = Draft::new(Rule::NtlmRelay, why, rows).actor(account).from(source).to([target]);
        if is_computer(ctx, source) {
            draft = draft.confidence(Confidence::High);
        } else if !controller {
            draft =
                draft.everyday("Nobody knows whose address that is: the computer may have changed its own.");
        }
        ctx.found(draft);
    }
}

/// The client's name is one computer's, its address another's.
fn names_that_differ(ctx: &mut Context, found: Found) {
    let c = &ctx.store().columns;
    for ((account, source, target), rows) in found {
        let names: BTreeSet<u32> =
            rows.iter().map(|r| ctx.identity().hosts.of_text(c.workstation[*r as usize])).collect();
        let named: Vec<&str> = names.iter().map(|n| ctx.place(*n)).collect();
        let why = format!(
            "{} came by NTLM to {}: the client calls itself {}, the address is that of {}.",
            ctx.who(account),
            ctx.place(target),
            named.join(", "),
            ctx.place(source)
        );
        let mut draft = Draft::new(Rule::NtlmRelay, why, rows).actor(account).from(source).to([target]);
        draft = draft.severity(Severity::Medium).confidence(Confidence::Low);
        if names.iter().all(|n| ctx.is_home(account, *n)) {
            draft =
                draft.everyday("The account is at home at the computer named: its address is new, it seems.");
        }
        ctx.found(draft);
    }
}
