//! Kerberos tickets nobody issued, or used where they were not given: golden, silver, pass the ticket.
//!
//! A TGT lives as long as the threshold says (ten hours unless the domain sets it otherwise); a renewal (4770) counts as a new one. Whether a
//! ticket was issued can only be told where the logs of every known domain controller cover the time: first the coverage is asked.
//! A session (4624) bears the LogonGuid of the ticket (4769) it rests on (Microsoft, "4769(S, F)").

use super::context::{Context, counted};
use super::finding::Draft;
use super::group::Groups;
use super::rule::{Confidence, Rule};
use super::threshold::Threshold as T;
use crate::event::time;
use crate::identity::{AccountKind, NONE};
use crate::suspicion::{Map, Service, Set};

/// By account and source.
pub type Tickets = Groups<(u32, u32)>;

pub fn add(tickets: &mut Tickets, account: u32, source: u32, target: u32, row: u32) {
    tickets.entry((account, source)).or_default().add(target, row);
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

pub fn find(ctx: &mut Context) {
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
        (Tickets::default(), Tickets::default(), Tickets::default(), Tickets::default());
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
fn is_common(ctx: &mut Context, rule: Rule, groups: &Tickets, asked: usize) -> bool {
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

fn report_golden(ctx: &mut Context, golden: Tickets, asked: usize) {
    if is_common(ctx, Rule::GoldenTicket, &golden, asked) {
        return;
    }
    for ((account, source), g) in golden {
        let unknown = ctx.scene.kind(account) == Some(AccountKind::Unknown);
        let mut why = format!(
            "{} asked from {} for {} without having been given a ticket-granting ticket in the {} hours before; the logs of all known domain controllers cover that time.",
            ctx.who(account),
            ctx.place(source),
            counted(g.rows.len(), "service ticket"),
            ctx.value(T::LifetimeHours)
        );
        if unknown {
            why.push_str(" No account of this name is known.");
        }
        let mut draft = Draft::new(Rule::GoldenTicket, why, g.rows).actor(account).from(source).to(g.others);
        if ctx.is_home(account, source) {
            draft = draft.everyday("The account is at home there: the request may have been lost.");
        } else if unknown || ctx.is_away(account, source) {
            draft = draft.confidence(Confidence::High);
        }
        ctx.found(draft);
    }
}

fn report_silver(ctx: &mut Context, silver: Tickets, asked: usize) {
    if is_common(ctx, Rule::SilverTicket, &silver, asked) {
        return;
    }
    for ((account, source), g) in silver {
        // A golden ticket has its service tickets; what is left stands for itself.
        let why = format!(
            "{} came from {} to {} by Kerberos, and no domain controller gave the service ticket.",
            ctx.who(account),
            ctx.place(source),
            g.others.iter().take(3).map(|t| ctx.place(*t)).collect::<Vec<_>>().join(", ")
        );
        let mut draft = Draft::new(Rule::SilverTicket, why, g.rows).actor(account).from(source).to(g.others);
        if ctx.is_home(account, source) {
            draft = draft.everyday("The account is at home there: the request may have been lost.");
        } else if ctx.is_away(account, source) {
            draft = draft.confidence(Confidence::High);
        }
        ctx.found(draft);
    }
}

fn report_passed(ctx: &mut Context, passed: Tickets, moved: Tickets, asked: usize) {
    for ((account, source), g) in moved {
        let why = format!(
            "{} came from {} with a ticket that had been given to another host.",
            ctx.who(account),
            ctx.place(source)
        );
        let mut draft = Draft::new(Rule::PassTheTicket, why, g.rows).actor(account).from(source).to(g.others);
        if ctx.is_home(account, source) {
            draft = draft.everyday("The account is at home there.");
        }
        ctx.found(draft);
    }
    if is_common(ctx, Rule::PassTheTicket, &passed, asked) {
        return;
    }
    for ((account, source), g) in passed {
        let why = format!(
            "{} asked for {} from {}, which was not given a ticket-granting ticket for the account in the {} hours before; another host was.",
            ctx.who(account),
            counted(g.rows.len(), "service ticket"),
            ctx.place(source),
            ctx.value(T::LifetimeHours)
        );
        let mut draft = Draft::new(Rule::PassTheTicket, why, g.rows).actor(account).from(source).to(g.others);
        if !ctx.is_away(account, source) {
            draft = draft.everyday("The account is at home there, or its habits are not known.");
        }
        ctx.found(draft);
    }
}
