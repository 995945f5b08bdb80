//! Remote sessions: RDP, from outside, from clients with strange names.

use super::context::Context;
use super::finding::Draft;
use super::relay::is_loopback;
use super::rule::{Confidence, Rule, Severity};
use super::threshold::Threshold as T;
use crate::event::Field;
use crate::event::time::TICKS_PER_SECOND;
use crate::identity::{Address, NONE, parse_address};
use crate::suspicion::{Map, is_public, known_names};
use std::collections::{BTreeMap, BTreeSet};

pub fn find(ctx: &mut Context) {
    addresses(ctx);
    hijack(ctx);
    workstations(ctx);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Public,
    Loopback,
    Other,
}

/// Successes from routable addresses, and RDP from the host itself.
fn addresses(ctx: &mut Context) {
    let store = ctx.store();
    let c = &store.columns;
    let mut places: Map<u32, Place> = Map::default();
    let mut public: BTreeMap<(u32, u32), (BTreeSet<u32>, Vec<u32>)> = BTreeMap::new();
    let mut tunnel: BTreeMap<(u32, u32), Vec<u32>> = BTreeMap::new();
    for e in &ctx.scene.events.all {
        let row = e.row as usize;
        let id = c.event_id[row];
        // 4648 names the address of the session, not where it goes from.
        if !matches!(id, 4624 | 4768 | 4769 | 4778 | 21 | 25 | 1149) || c.is_failure(row) {
            continue;
        }
        let text = c.address[row];
        let place = *places.entry(text).or_insert_with(|| {
            let text = store.tables.strings.get(text);
            match parse_address(text) {
                Address::Ip(ip) if is_public(ip) => Place::Public,
                _ if is_loopback(text) => Place::Loopback,
                _ => Place::Other,
            }
        });
        let rdp = id == 4624 && c.logon_type[row] == 10 || matches!(id, 4778 | 21 | 25 | 1149);
        match place {
            Place::Public => {
                let f = public.entry((e.account, e.source)).or_default();
                f.0.insert(e.target);
                f.1.push(e.row);
            }
            Place::Loopback if rdp => tunnel.entry((e.account, e.target)).or_default().push(e.row),
            _ => {}
        }
    }
    for ((account, source), (targets, rows)) in public {
        let rdp = rows.iter().any(|r| c.logon_type[*r as usize] == 10);
        let why = format!(
            "{} came from the internet ({}) to {}{}.",
            ctx.who(account),
            ctx.place(source),
            targets.iter().take(3).map(|t| ctx.place(*t)).collect::<Vec<_>>().join(", "),
            if rdp { " by remote desktop" } else { "" }
        );
        let mut draft = Draft::new(Rule::PublicAddress, why, rows).actor(account).from(source).to(targets);
        if rdp {
            draft = draft.confidence(Confidence::High);
        }
        if ctx.is_home(account, source) {
            draft = draft.everyday("The account comes from there on many days.");
        }
        ctx.found(draft);
    }
    for ((account, host), rows) in tunnel {
        let why = format!(
            "{} opened a remote desktop session at {} from {} itself: something on the host passes it on.",
            ctx.who(account),
            ctx.place(host),
            ctx.place(host)
        );
        ctx.found(Draft::new(Rule::RdpTunnel, why, rows).actor(account).from(host));
    }
}

/// One session leaves a connection (4779) and another account's takes it within seconds (4778): `tscon`.
fn hijack(ctx: &mut Context) {
    let c = &ctx.store().columns;
    // Host, connection, the client's name and address → when, whose, the record. Numbers of connections are used again by others.
    let mut left: Map<(u32, String, u32, u32), (i64, u32, u32)> = Map::default();
    let mut found = Vec::new();
    for e in &ctx.scene.events.all {
        let row = e.row as usize;
        if !matches!(c.event_id[row], 4778 | 4779) {
            continue;
        }
        let session = ctx.detail(e.row, Field::SessionName).to_lowercase();
        if session.is_empty() || session == "console" {
            continue;
        }
        let key = (e.target, session, c.workstation[row], c.address[row]);
        if c.event_id[row] == 4779 {
            left.insert(key, (c.time[row], e.account, e.row));
        } else if let Some((time, account, before)) = left.remove(&key)
            && account != e.account
            && account != NONE
            && e.account != NONE
            && c.time[row].saturating_sub(time) <= 5 * TICKS_PER_SECOND
        {
            found.push((account, *e, before));
        }
    }
    for (account, e, before) in found {
        let why = format!(
            "At {}, {} left the connection {} and the session of {} had it at once.",
            ctx.place(e.target),
            ctx.who(account),
            ctx.detail(e.row, Field::SessionName),
            ctx.who(e.account)
        );
        ctx.found(
            Draft::new(Rule::RdpHijack, why, vec![before, e.row])
                .actor(account)
                .victims([e.account])
                .from(e.source)
                .to([e.target]),
        );
    }
}

/// Names that tools for attack give their clients, or that come with their distributions.
const TOOLS: [&str; 6] = ["kali", "parrot", "mimikatz", "impacket", "responder", "rockyou"];

fn is_tool(name: &str) -> bool {
    TOOLS.contains(&name) || TOOLS.iter().any(|t| name.strip_prefix(t).is_some_and(|r| r.starts_with('-')))
}

/// Sixteen letters and digits without order, as Metasploit names itself.
fn is_random(name: &str) -> bool {
    let has = |f: fn(&char) -> bool| name.chars().any(|c| f(&c));
    name.len() == 16
        && name.chars().all(|c| c.is_ascii_alphanumeric())
        && has(char::is_ascii_lowercase)
        && has(char::is_ascii_uppercase)
}

/// Names given by NTLM clients.
fn workstations(ctx: &mut Context) {
    let store = ctx.store();
    let c = &store.columns;
    let known = known_names(ctx.scene);
    let mut strange: Map<u32, Option<Severity>> = Map::default();
    let mut found: BTreeMap<(String, u32), (BTreeSet<u32>, Vec<u32>, Severity)> = BTreeMap::new();
    let mut many: BTreeMap<u32, (BTreeSet<u32>, Vec<u32>)> = BTreeMap::new();
    for e in &ctx.scene.events.all {
        let row = e.row as usize;
        if !matches!((c.event_id[row], c.logon_type[row]), (4624 | 4625, 3) | (4776, _)) {
            continue;
        }
        let text = c.workstation[row];
        let severity = *strange.entry(text).or_insert_with(|| {
            let name = store.tables.strings.get(text).trim_start_matches('\\');
            let label = name.split('.').next().unwrap_or(name);
            let lower = label.to_lowercase();
            if matches!(label, "" | "-") || parse_address(name) != Address::Name || known.contains(&lower) {
                return None;
            }
            if is_tool(&lower) || is_random(label) {
                return Some(Severity::Medium);
            }
            let default =
                lower.starts_with("desktop-") || lower.starts_with("win-") || lower == "workstation";
            default.then_some(Severity::Low)
        });
        let named = store.tables.strings.get(text);
        if !matches!(named, "" | "-") && e.source != NONE && c.event_id[row] != 4776 && e.source != e.target {
            let m = many.entry(e.source).or_default();
            if !known
                .contains(&named.trim_start_matches('\\').split('.').next().unwrap_or(named).to_lowercase())
            {
                m.0.insert(text);
                m.1.push(e.row);
            }
        }
        if let Some(severity) = severity {
            // A random name is another at each try, and where no address is given (4776) a place of its own.
            let random = is_random(named.trim_start_matches('\\'));
            let source = if random && c.event_id[row] == 4776 { NONE } else { e.source };
            let f = found
                .entry((if random { "random".to_owned() } else { named.to_owned() }, source))
                .or_insert_with(|| (BTreeSet::new(), Vec::new(), severity));
            f.0.insert(e.account);
            f.1.push(e.row);
        }
    }
    let mut legion: BTreeSet<u32> = BTreeSet::new();
    for (source, (names, rows)) in many {
        if names.len() < 2 || !ctx.reaches(T::OddNames, names.len()) {
            continue;
        }
        legion.insert(source);
        let why = format!(
            "The client at {} gave itself {} different names, none of a known computer.",
            ctx.place(source),
            names.len()
        );
        let accounts: BTreeSet<u32> = accounts(ctx, &rows);
        ctx.found(
            Draft::new(Rule::OddWorkstation, why, rows)
                .confidence(Confidence::High)
                .from(source)
                .victims(accounts),
        );
    }
    for ((name, source), (accounts, rows, severity)) in found {
        if legion.contains(&source) {
            continue;
        }
        let name = if name == "random" { "by random letters".to_owned() } else { name };
        let why = format!(
            "A client at {} called itself {name}, which is no known computer{}.",
            ctx.place(source),
            if severity == Severity::Medium { " but a name that tools bring" } else { "" }
        );
        ctx.found(
            Draft::new(Rule::OddWorkstation, why, rows)
                .severity(severity)
                .confidence(Confidence::Low)
                .from(source)
                .victims(accounts),
        );
    }
}

fn accounts(ctx: &Context, rows: &[u32]) -> BTreeSet<u32> {
    let Some(identity) = Some(ctx.identity()) else { return BTreeSet::new() };
    rows.iter().filter_map(|r| ctx.row(*r)).map(|row| identity.account(&row)).collect()
}
