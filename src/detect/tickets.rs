//! Kerberos tickets nobody issued, or used where they were not given: golden, silver, pass the ticket, forged PACs, replays.
//!
//! A TGT lives as long as the threshold says (ten hours unless the domain sets it otherwise); a renewal (4770) counts as a new one. Whether a
//! ticket was issued can only be told where the logs of every known domain controller cover the time: first the coverage is asked.
//! A session (4624) bears the LogonGuid of the ticket (4769) it rests on (Microsoft, "4769(S, F)").

use super::context::Context;
use super::finding::Draft;
use super::rule::{Confidence, Rule, Severity};
use super::threshold::Threshold as T;
use crate::event::{Field, sid, time};
use crate::identity::{AccountKind, NONE};
use crate::suspicion::{Map, Service, Set};
use std::collections::BTreeSet;

/// Findings on tickets of one account from one source.
#[derive(Default)]
struct Group {
    targets: BTreeSet<u32>,
    rows: Vec<u32>,
}

type Groups = Map<(u32, u32), Group>;

fn add(groups: &mut Groups, account: u32, source: u32, target: u32, row: u32) {
    let g = groups.entry((account, source)).or_default();
    if target != NONE {
        g.targets.insert(target);
    }
    g.rows.push(row);
}

fn sorted(groups: Groups) -> Vec<((u32, u32), Group)> {
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|g| g.0);
    groups
}

pub fn find(ctx: &mut Context) {
    orphans(ctx);
    realms(ctx);
    names(ctx);
    refused(ctx);
}

/// The time in which a ticket's issue would be in the logs.
#[derive(Clone, Debug)]
struct Window {
    from: i64,
    to: i64,
    /// Stretches of it in which a ticket may stand in a gap of a log, by their start.
    blind: Vec<(i64, i64)>,
}

impl Window {
    /// Stretches are few: as many as a log has gaps.
    fn covers(&self, time: i64) -> bool {
        let begun = self.blind.partition_point(|b| b.0 <= time);
        time >= self.from && time <= self.to && !self.blind[..begun].iter().rev().any(|b| time <= b.1)
    }
}

/// Why tickets cannot be judged, or when they can.
fn window(ctx: &Context) -> Result<Window, String> {
    let issuers = ctx.coverage.issuers(i64::MAX, i64::MIN);
    let name = |h: u32| ctx.place(h).to_owned();
    let at = |t: i64| time::format(t).get(..16).map(|t| t.replace('T', " ")).unwrap_or_default();
    if issuers.is_empty() {
        return Err("no 4768 or 4769 from any domain controller: none of their logs is loaded, or tickets are not audited.".into());
    }
    let hosts = &ctx.identity().hosts.all;
    let dcs = (0..hosts.len() as u32).filter(|h| ctx.is_dc(*h));
    if let Some(missing) = dcs.into_iter().find(|h| !issuers.iter().any(|i| i.host == *h)) {
        return Err(format!("no 4768 from {}: its log is not loaded.", name(missing)));
    }
    let late = issuers.iter().max_by_key(|i| (i.first, i.host));
    let early = issuers.iter().min_by_key(|i| (i.last, i.host));
    let (Some(late), Some(early)) = (late, early) else { return Err(String::new()) };
    let from = late.first.saturating_add(ctx.hours(T::LifetimeHours));
    if from >= early.last {
        return Err(format!(
            "no 4768 from {} before {} UTC, and a ticket lives {} hours.",
            name(late.host),
            at(late.first),
            ctx.value(T::LifetimeHours)
        ));
    }
    // Ids missing from a controller's log: what was issued meanwhile is not known while it lives.
    let lifetime = ctx.hours(T::LifetimeHours);
    let mut blind: Vec<(i64, i64)> = Vec::new();
    for log in &ctx.coverage.logs {
        if log.missing.is_some() && issuers.iter().any(|i| i.host == log.host) {
            blind
                .extend(log.gaps.iter().filter_map(|g| Some((g.after?, g.before?.saturating_add(lifetime)))));
        }
    }
    blind.sort_unstable();
    Ok(Window { from, to: early.last, blind })
}

fn orphans(ctx: &mut Context) {
    let window = match window(ctx) {
        Ok(window) => window,
        Err(reason) => {
            for rule in [Rule::GoldenTicket, Rule::SilverTicket, Rule::PassTheTicket] {
                let signs = if rule == Rule::GoldenTicket { "Tickets without origin: " } else { "" };
                ctx.cannot(rule, format!("{signs}{reason}"));
            }
            return;
        }
    };
    let c = &ctx.store().columns;
    let lifetime = ctx.hours(T::LifetimeHours);
    let fresh = |at: Option<&i64>, time: i64| at.is_some_and(|t| time.saturating_sub(*t) <= lifetime);
    let mut tgt: Map<u32, i64> = Map::default();
    let mut tgt_from: Map<(u32, u32), i64> = Map::default();
    let mut ticket: Map<(u32, u32), i64> = Map::default();
    // Tickets by GUID: who from where; and whether sessions here bear them at all.
    let mut guids: Map<u64, (u32, u32)> = Map::default();
    let mut services: Map<u32, Service> = Map::default();
    let (mut golden, mut passed, mut silver, mut moved) =
        (Groups::default(), Groups::default(), Groups::default(), Groups::default());
    let mut unborn: Vec<(u32, u32, u32, u32)> = Vec::new();
    let (mut askers, mut sessions): (Set<u32>, Set<u32>) = Default::default();
    let (mut borne, mut unborne) = (0u64, 0u64);
    for e in &ctx.scene.events.all {
        let row = e.row as usize;
        let id = c.event_id[row];
        if !matches!(id, 4624 | 4768..=4770) || e.account == NONE {
            continue;
        }
        let time = c.time[row];
        let covered = window.covers(time);
        match id {
            4768 | 4770 if !c.is_failure(row) => {
                tgt.insert(e.account, time);
                tgt_from.insert((e.account, e.source), time);
            }
            4769 if !c.is_failure(row) => {
                let details = c.details[row];
                let service = *services.entry(details).or_insert_with(|| ctx.scene.service(details));
                let host = if let Service::Host(host) = service { host } else { NONE };
                if host != NONE {
                    ticket.insert((e.account, host), time);
                }
                if c.ticket[row] != 0 {
                    guids.insert(c.ticket[row], (e.account, e.source));
                }
                if !covered || !ctx.scene.is_person(e.account) {
                    continue;
                }
                askers.insert(e.account);
                if !fresh(tgt.get(&e.account), time) {
                    add(&mut golden, e.account, e.source, host, e.row);
                } else if e.source != NONE && !fresh(tgt_from.get(&(e.account, e.source)), time) {
                    add(&mut passed, e.account, e.source, host, e.row);
                }
            }
            4624 if c.logon_type[row] == 3
                && ctx.scene.kind(e.account) == Some(AccountKind::User)
                && e.source != e.target
                && ctx.store().tables.strings.get(c.package[row]).eq_ignore_ascii_case("Kerberos") =>
            {
                let issued = guids.get(&c.ticket[row]).filter(|_| c.ticket[row] != 0);
                if covered && c.ticket[row] != 0 {
                    *if issued.is_some() { &mut borne } else { &mut unborne } += 1;
                    if issued.is_none() {
                        unborn.push((e.account, e.source, e.target, e.row));
                    }
                }
                if let Some(&(account, source)) = issued
                    && account == e.account
                    && source != e.source
                    && source != NONE
                    && e.source != NONE
                {
                    add(&mut moved, e.account, e.source, e.target, e.row);
                }
                // On a DC a session may rest on a ticket for another of its services.
                if covered && !ctx.is_dc(e.target) {
                    sessions.insert(e.account);
                    if !fresh(ticket.get(&(e.account, e.target)), time) {
                        add(&mut silver, e.account, e.source, e.target, e.row);
                    }
                }
            }
            _ => {}
        }
    }
    // Sessions that bear no ticket's GUID say something only where nearly all others do.
    if borne >= 100 && borne >= 50 * unborne {
        for (account, source, target, row) in unborn {
            add(&mut silver, account, source, target, row);
        }
    }
    report_golden(ctx, golden, askers.len());
    report_silver(ctx, silver, sessions.len());
    report_passed(ctx, passed, moved, askers.len());
}

/// Whether so many accounts have such tickets that a log must be missing.
fn is_common(ctx: &mut Context, rule: Rule, groups: &Groups, asked: usize) -> bool {
    let accounts: Set<u32> = groups.keys().map(|g| g.0).collect();
    let share = accounts.len() * 100 / asked.max(1);
    let common = accounts.len() > 3 && ctx.reaches(T::OrphanShare, share);
    if common {
        ctx.cannot(
            rule,
            format!(
                "{} of {asked} accounts have tickets whose issue is not in the logs: a domain controller's log, or a part of it, is missing.",
                accounts.len()
            ),
        );
    }
    common
}

fn report_golden(ctx: &mut Context, golden: Groups, asked: usize) {
    if is_common(ctx, Rule::GoldenTicket, &golden, asked) {
        return;
    }
    for ((account, source), g) in sorted(golden) {
        let unknown = ctx.scene.kind(account) == Some(AccountKind::Unknown);
        let mut why = format!(
            "{} asked from {} for {} service tickets without having been given a ticket-granting ticket in the {} hours before; the logs of all known domain controllers cover that time.",
            ctx.who(account),
            ctx.place(source),
            g.rows.len(),
            ctx.value(T::LifetimeHours)
        );
        if unknown {
            why.push_str(" No account of this name is known.");
        }
        let mut draft = Draft::new(Rule::GoldenTicket, why, g.rows).actor(account).from(source).to(g.targets);
        if ctx.is_home(account, source) {
            draft = draft.everyday("The account is at home there: the request may have been lost.");
        } else if unknown || ctx.is_away(account, source) {
            draft = draft.confidence(Confidence::High);
        }
        ctx.found(draft);
    }
}

fn report_silver(ctx: &mut Context, silver: Groups, asked: usize) {
    if is_common(ctx, Rule::SilverTicket, &silver, asked) {
        return;
    }
    for ((account, source), g) in sorted(silver) {
        // A golden ticket has its service tickets; what is left stands for itself.
        let why = format!(
            "{} came from {} to {} by Kerberos, and no domain controller gave the service ticket.",
            ctx.who(account),
            ctx.place(source),
            g.targets.iter().take(3).map(|t| ctx.place(*t)).collect::<Vec<_>>().join(", ")
        );
        let mut draft = Draft::new(Rule::SilverTicket, why, g.rows).actor(account).from(source).to(g.targets);
        if ctx.is_home(account, source) {
            draft = draft.everyday("The account is at home there: the request may have been lost.");
        } else if ctx.is_away(account, source) {
            draft = draft.confidence(Confidence::High);
        }
        ctx.found(draft);
    }
}

fn report_passed(ctx: &mut Context, passed: Groups, moved: Groups, asked: usize) {
    for ((account, source), g) in sorted(moved) {
        let why = format!(
            "{} came from {} with a ticket that had been given to another host.",
            ctx.who(account),
            ctx.place(source)
        );
        let mut draft =
            Draft::new(Rule::PassTheTicket, why, g.rows).actor(account).from(source).to(g.targets);
        if ctx.is_home(account, source) {
            draft = draft.everyday("The account is at home there.");
        }
        ctx.found(draft);
    }
    if is_common(ctx, Rule::PassTheTicket, &passed, asked) {
        return;
    }
    for ((account, source), g) in sorted(passed) {
        let why = format!(
            "{} asked for {} service tickets from {}, which was not given a ticket-granting ticket for the account in the {} hours before; another host was.",
            ctx.who(account),
            g.rows.len(),
            ctx.place(source),
            ctx.value(T::LifetimeHours)
        );
        let mut draft =
            Draft::new(Rule::PassTheTicket, why, g.rows).actor(account).from(source).to(g.targets);
        if !ctx.is_away(account, source) {
            draft = draft.everyday("The account is at home there, or its habits are not known.");
        }
        ctx.found(draft);
    }
}

/// Realms are upper-case in what a domain controller writes; forged tickets bear what was typed.
fn realms(ctx: &mut Context) {
    let store = ctx.store();
    let c = &store.columns;
    let mut proper: Set<String> = Set::default();
    let mut lower: Map<u32, bool> = Map::default();
    let mut found = Groups::default();
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
    for ((account, source), g) in sorted(found) {
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
    let mut rows: Map<(u32, String, u32), Group> = Map::default();
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
            let g = rows.entry((e.account, name.clone(), e.source)).or_default();
            g.targets.insert(e.target);
            g.rows.push(e.row);
        }
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
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
                    .to(g.targets),
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
                    .to(g.targets),
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
                    .to(g.targets),
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
    let (mut forged, mut replayed) = (Groups::default(), Groups::default());
    for e in &ctx.scene.events.all {
        let row = e.row as usize;
        match (c.event_id[row], c.status[row]) {
            (4769, 0xF) => add(&mut forged, e.account, e.source, e.target, e.row),
            (4649, _) => add(&mut replayed, e.account, e.source, e.target, e.row),
            _ => {}
        }
    }
    for ((account, source), g) in sorted(forged) {
        let why = format!(
            "{} asked from {} with a checksum that domain controllers refuse since the fix of MS14-068 (status 0xF).",
            ctx.who(account),
            ctx.place(source)
        );
        ctx.found(Draft::new(Rule::Ms14068, why, g.rows).actor(account).from(source).to(g.targets));
    }
    for ((account, source), g) in sorted(replayed) {
        let name = g.rows.first().map_or("", |r| ctx.detail(*r, Field::ProcessName));
        let by = if name.is_empty() || name == "-" { String::new() } else { format!(" (noticed by {name})") };
        let why = format!(
            "A request of {} at {} came twice{by}.",
            ctx.who(account),
            g.targets.first().map_or("an unknown host", |t| ctx.place(*t))
        );
        let machine = ctx.scene.kind(account) == Some(AccountKind::Machine);
        let mut draft = Draft::new(Rule::Replay, why, g.rows).actor(account).from(source).to(g.targets);
        if machine {
            draft = draft.everyday("A computer's account: a request sent twice by the network, it seems.");
        }
        ctx.found(draft);
    }
}
