//! Forged tickets by what they say: realms nobody writes so, SIDs under foreign names, checksums that are refused, requests that come twice,
//! encryption weaker than the account's own.

use super::context::Context;
use super::finding::Draft;
use super::group::Groups;
use super::roasting::is_weak;
use super::rule::{Confidence, Rule, Severity};
use super::tickets::{Tickets, add};
use crate::event::{Field, sid, words};
use crate::identity::{AccountKind, NONE};
use crate::suspicion::{Map, Service, Set};
use std::collections::BTreeMap;

pub fn find(ctx: &mut Context) {
    realms(ctx);
    names(ctx);
    refused(ctx);
    downgrades(ctx);
}

/// Realms are upper-case in what a domain controller writes; forged tickets bear what was typed.
fn realms(ctx: &mut Context) {
    let store = ctx.store();
    let c = &store.columns;
    let mut proper: Set<String> = Set::default();
    let mut lower: Map<u32, bool> = Map::default();
    let mut found = Tickets::default();
    for e in &ctx.scene.events.all {
        let row = e.row as usize;
        if c.event_id[row] != 4769 || c.is_failure(row) || e.account == NONE {
            continue;
        }
        let who = c.account[row];
        let is_lower = *lower.entry(who).or_insert_with(|| {
            let realm = store.tables.strings.get(store.tables.get_principal(who).domain);
            let is = realm.contains('.') && realm.chars().any(|ch| ch.is_ascii_lowercase());
            if !is {
                proper.insert(realm.to_lowercase());
            }
            is
        });
        if is_lower {
            add(&mut found, e.account, e.source, NONE, e.row);
        }
    }
    for ((account, source), g) in found {
        let realm = g.rows.first().map(|r| {
            let who = store.tables.get_principal(c.account[*r as usize]);
            store.tables.strings.get(who.domain)
        });
        let Some(realm) = realm.filter(|r| proper.contains(&r.to_lowercase())) else { continue };
        let why = format!(
            "{} used tickets whose realm is written {realm}, which domain controllers write in capitals.",
            ctx.who(account)
        );
        ctx.found(Draft::new(Rule::GoldenTicket, why, g.rows).actor(account).from(source));
    }
}

/// Kerberos sessions whose SID belongs to another name, or the built-in Administrator's under a name nobody else knows.
fn names(ctx: &mut Context) {
    let store = ctx.store();
    let c = &store.columns;
    let text = |n: u32| store.tables.strings.get(n);
    let bare = |name: &str| name.split('@').next().unwrap_or(name).to_lowercase();
    // Names each SID was seen under in events other than Kerberos sessions, and how often in them.
    let mut counts: Map<u32, Map<String, u32>> = Map::default();
    let mut named: Map<u32, Option<(String, String)>> = Map::default();
    let mut rows: Groups<(u32, String, u32)> = Groups::default();
    // Accounts a domain controller gave a ticket, or a machine a session of another kind, under this name: it is theirs.
    let mut vouched: Set<(u32, String)> = Set::default();
    for e in &ctx.scene.events.all {
        let row = e.row as usize;
        let id = c.event_id[row];
        if !matches!(id, 4624 | 4768)
            || c.is_failure(row)
            || ctx.scene.kind(e.account) != Some(AccountKind::User)
        {
            continue;
        }
        let who = c.account[row];
        let Some((name, domain)) = named.entry(who).or_insert_with(|| {
            let p = store.tables.get_principal(who);
            let name = bare(text(p.name));
            (!name.is_empty() && sid::is_issued(text(p.sid))).then(|| (name, text(p.domain).to_owned()))
        }) else {
            continue;
        };
        if id == 4768 || c.logon_type[row] != 3 || !text(c.package[row]).eq_ignore_ascii_case("Kerberos") {
            if administrator(ctx, e.account) {
                vouched.insert((e.account, name.clone()));
            }
            if id == 4624 {
                *counts.entry(e.account).or_default().entry(name.clone()).or_default() += 1;
            }
            continue;
        }
        *counts.entry(e.account).or_default().entry(name.clone()).or_default() += 1;
        // Kept only where it may be odd: the name is not the account's, the SID is the Administrator's, or the domain is odd.
        let Some(account) = ctx.identity().accounts.get(e.account) else { continue };
        let administrator = administrator(ctx, e.account);
        let odd_domain = !domain.contains('.') && domain.chars().any(|ch| ch.is_ascii_lowercase());
        if *name != bare(&account.name) || administrator || odd_domain {
            rows.entry((e.account, name.clone(), e.source)).or_default().add(e.target, e.row);
        }
    }
    for ((account, name, source), g) in rows {
        let Some(known) = ctx.identity().accounts.get(account) else { continue };
        let renamed = known.renames.iter().any(|r| bare(&r.from) == name || bare(&r.to) == name);
        let administrator = administrator(ctx, account) && !vouched.contains(&(account, name.clone()));
        let usual = bare(&known.name);
        let others = counts.get(&account).is_some_and(|names| names.keys().any(|n| *n != name));
        if name != usual && others && !renamed {
            let why = format!(
                "A Kerberos session from {} has the SID of {} and the name {name}.",
                ctx.place(source),
                ctx.who(account)
            );
            ctx.found(
                Draft::new(Rule::GoldenTicket, why, g.rows)
                    .confidence(Confidence::High)
                    .actor(account)
                    .from(source)
                    .to(g.others),
            );
            continue;
        }
        if administrator && !renamed && !ADMINISTRATOR.iter().any(|a| bare(a) == name) {
            let why = format!(
                "Kerberos sessions from {} have the SID of the built-in Administrator and the name {name}.",
                ctx.place(source)
            );
            ctx.found(
                Draft::new(Rule::GoldenTicket, why, g.rows)
                    .severity(Severity::Medium)
                    .confidence(Confidence::Low)
                    .also("It may have been renamed.")
                    .actor(account)
                    .from(source)
                    .to(g.others),
            );
            continue;
        }
        let odd = g.rows.iter().copied().filter(|r| {
            let domain = text(store.tables.get_principal(c.account[*r as usize]).domain);
            !domain.contains('.') && domain.chars().any(|ch| ch.is_ascii_lowercase())
        });
        let odd: Vec<u32> = odd.collect();
        if !odd.is_empty() && name == usual {
            let domain = text(store.tables.get_principal(c.account[odd[0] as usize]).domain);
            let why = format!(
                "A Kerberos session of {} from {} writes the domain as {domain}, which domain controllers do not.",
                ctx.who(account),
                ctx.place(source)
            );
            ctx.found(
                Draft::new(Rule::SilverTicket, why, odd)
                    .severity(Severity::Medium)
                    .actor(account)
                    .from(source)
                    .to(g.others),
            );
        }
    }
}

fn administrator(ctx: &Context, account: u32) -> bool {
    ctx.identity().accounts.get(account).and_then(|a| a.sid.as_deref()).and_then(sid::rid) == Some(500)
}

/// The built-in Administrator as Windows installs it in its languages.
const ADMINISTRATOR: [&str; 11] = [
    "Administrator",
    "Administrateur",
    "Administrador",
    "Amministratore",
    "Administratör",
    "Järjestelmänvalvoja",
    "Rendszergazda",
    "Администратор",
    "Beheerder",
    "Yönetici",
    "Správce",
];

/// 4769 with KRB_AP_ERR_... 0xF (checksum type not supported): what a patched domain controller answers to MS14-068. 4649: replays.
fn refused(ctx: &mut Context) {
    let c = &ctx.store().columns;
    let (mut forged, mut replayed) = (Tickets::default(), Tickets::default());
    for e in &ctx.scene.events.all {
        let row = e.row as usize;
        match (c.event_id[row], c.status[row]) {
            (4769, 0xF) => add(&mut forged, e.account, e.source, e.target, e.row),
            (4649, _) => add(&mut replayed, e.account, e.source, e.target, e.row),
            _ => {}
        }
    }
    for ((account, source), g) in forged {
        let why = format!(
            "{} asked from {} with a checksum that domain controllers refuse since the fix of MS14-068 (status 0xF).",
            ctx.who(account),
            ctx.place(source)
        );
        ctx.found(Draft::new(Rule::Ms14068, why, g.rows).actor(account).from(source).to(g.others));
    }
    for ((account, source), g) in replayed {
        let name = g.rows.first().map_or("", |r| ctx.detail(*r, Field::ProcessName));
        let by = if name.is_empty() || name == "-" { String::new() } else { format!(" (noticed by {name})") };
        let why = format!(
            "A request of {} at {} came twice{by}.",
            ctx.who(account),
            g.others.first().map_or("an unknown host", |t| ctx.place(*t))
        );
        let machine = ctx.scene.kind(account) == Some(AccountKind::Machine);
        let mut draft = Draft::new(Rule::Replay, why, g.rows).actor(account).from(source).to(g.others);
        if machine {
            draft = draft.everyday("A computer's account: a request sent twice by the network, it seems.");
        }
        ctx.found(draft);
    }
}

/// An account's tickets by strength.
#[derive(Default)]
struct Strength {
    strong: u32,
    /// Ticket-granting tickets with weak encryption by source, and service tickets for computers.
    weak_tgt: Groups<u32>,
    weak_tickets: Groups<u32>,
}

/// An account known by AES whose tickets are RC4 or DES now: its key is a hash (4768), or the ticket was not made by a domain controller (4769).
/// Tickets for services of accounts are left to Kerberoasting.
fn downgrades(ctx: &mut Context) {
    let c = &ctx.store().columns;
    let mut accounts: BTreeMap<u32, Strength> = BTreeMap::new();
    let mut weak: Map<u32, Option<bool>> = Map::default();
    for e in &ctx.scene.events.all {
        let row = e.row as usize;
        let id = c.event_id[row];
        if !matches!(id, 4768 | 4769) || c.is_failure(row) || !ctx.scene.is_person(e.account) {
            continue;
        }
        let set = c.details[row];
        let is_weak = *weak.entry(set).or_insert_with(|| {
            let etype = words::number(ctx.store().tables.detail(set, Field::TicketEncryptionType))?;
            (id == 4768 || ctx.scene.service(set) != Service::User).then_some(is_weak(etype))
        });
        let Some(is_weak) = is_weak else { continue };
        let account = accounts.entry(e.account).or_default();
        match (is_weak, id) {
            (false, _) => account.strong += 1,
            // Without pre-authentication it is roasting.
            (true, 4768) if ctx.detail(e.row, Field::PreAuthType) == "0" => {}
            (true, 4768) => account.weak_tgt.entry(e.source).or_default().add(e.target, e.row),
            (true, _) => account.weak_tickets.entry(e.source).or_default().add(e.target, e.row),
        }
    }
    let is_downgraded = |a: &Strength| {
        let rows = |g: &Groups<u32>| g.values().map(|g| g.rows.len() as u32).sum::<u32>();
        let weak = rows(&a.weak_tgt) + rows(&a.weak_tickets);
        weak > 0 && a.strong >= 3 && a.strong >= 3 * weak
    };
    // Where many accounts mix both, it is how the domain is set.
    let mixed = accounts.values().filter(|a| is_downgraded(a)).count();
    if mixed > 3 && mixed * 20 > accounts.len() {
        return;
    }
    for (account, strength) in accounts.into_iter().filter(|(_, a)| is_downgraded(a)) {
        let strong = strength.strong;
        for (rule, groups, what) in [
            (Rule::NewCredentials, strength.weak_tgt, "asked for a ticket-granting ticket"),
            (Rule::GoldenTicket, strength.weak_tickets, "used a ticket"),
        ] {
            for (source, group) in groups {
                let why = format!(
                    "{} {what} from {} with RC4 or DES, though {strong} other tickets of it have AES: as with a hash in place of the password.",
                    ctx.who(account),
                    ctx.place(source)
                );
                let mut draft =
                    Draft::new(rule, why, group.rows).severity(Severity::Medium).actor(account).from(source);
                if ctx.is_home(account, source) {
                    draft = draft.everyday("The account is at home there.");
                } else if ctx.is_away(account, source) {
                    draft = draft.severity(Severity::High).also("The account is not at home there.");
                }
                ctx.found(draft);
            }
        }
    }
}
