//! What is out of the habit of an account: sessions by hand of a service account, many hosts at once, others' credentials. First visits are
//! told by `visits`.

use super::bursts::{Mark, bursts};
use super::context::{Context, counted};
use super::finding::Draft;
use super::group::{Group, Groups};
use super::rule::Rule;
use super::threshold::Threshold as T;
use crate::event::time::TICKS_PER_HOUR;
use crate::identity::NONE;
use crate::suspicion::{Map, Service, Set, day};
use std::collections::{BTreeMap, BTreeSet};

pub fn find(ctx: &mut Context) {
    service_by_hand(ctx);
    fan_out(ctx);
    many_tickets(ctx);
    explicit(ctx);
}

fn service_by_hand(ctx: &mut Context) {
    let c = &ctx.store().columns;
    // By account, target and source.
    let mut found: Groups<(u32, u32, u32)> = Groups::default();
    let mut weighed: Set<u32> = Set::default();
    for e in &ctx.scene.events.all {
        let row = e.row as usize;
        if c.event_id[row] != 4624 || !matches!(c.logon_type[row], 2 | 10) || !ctx.scene.is_person(e.account)
        {
            continue;
        }
        let usage = ctx.usage(e.account);
        let all = usage.by_machine + usage.by_hand;
        let share = usage.by_machine * 100 / all.max(1);
        if usage.unattended == 0 || all < ctx.value(T::ServiceLogons) {
            continue;
        }
        let kept = share >= ctx.value(T::ServiceShare);
        if weighed.insert(e.account) {
            ctx.tally.count(T::ServiceShare, kept);
        }
        if kept {
            found.entry((e.account, e.target, e.source)).or_default().add(NONE, e.row);
        }
    }
    for ((account, target, source), Group { rows, .. }) in found {
        let days: BTreeSet<i64> = rows.iter().map(|r| day(c.time[*r as usize])).collect();
        let why = format!(
            "{} logs on by machine as a rule; at {} somebody sat down with it {}.",
            ctx.who(account),
            ctx.place(target),
            counted(rows.len(), "time")
        );
        let mut draft = Draft::new(Rule::ServiceByHand, why, rows).actor(account).from(source).to([target]);
        if days.len() > ctx.value(T::HomeDays) as usize {
            draft = draft.everyday("That happens on many days.");
        }
        ctx.found(draft);
    }
}

fn fan_out(ctx: &mut Context) {
    let c = &ctx.store().columns;
    let mut marks: BTreeMap<(u32, u32), Vec<Mark>> = BTreeMap::new();
    for e in &ctx.scene.events.all {
        let row = e.row as usize;
        if c.event_id[row] == 4624
            && c.logon_type[row] == 3
            && e.source != e.target
            && e.target != NONE
            && ctx.scene.is_person(e.account)
        {
            marks.entry((e.account, e.source)).or_default().push(Mark {
                time: c.time[row],
                what: e.target,
                row: e.row,
            });
        }
    }
    let least = ctx.value(T::FanOutHosts) as usize;
    many(ctx, marks, (T::FanOutHosts, TICKS_PER_HOUR, least), Rule::FanOut, "reached");
}

fn many_tickets(ctx: &mut Context) {
    let c = &ctx.store().columns;
    let mut services: Map<u32, Service> = Map::default();
    let mut marks: BTreeMap<(u32, u32), Vec<Mark>> = BTreeMap::new();
    let mut unnamed: Map<u32, u32> = Map::default();
    for e in &ctx.scene.events.all {
        let row = e.row as usize;
        if c.event_id[row] != 4769 || c.is_failure(row) || !ctx.scene.is_person(e.account) {
            continue;
        }
        let set = c.details[row];
        let what = match *services.entry(set).or_insert_with(|| ctx.scene.service(set)) {
            // A host nobody else knows is told apart by its service's name.
            Service::Host(NONE) => {
                let text = ctx.store().tables.text_of(set, crate::event::Field::ServiceName);
                let next = u32::MAX - 1 - unnamed.len() as u32;
                *unnamed.entry(text).or_insert(next)
            }
            Service::Host(host) => host,
            _ => continue,
        };
        marks.entry((e.account, e.source)).or_default().push(Mark { time: c.time[row], what, row: e.row });
    }
    let least = ctx.value(T::TicketHosts) as usize;
    many(
        ctx,
        marks,
        (T::TicketHosts, TICKS_PER_HOUR / 30, least),
        Rule::ManyTickets,
        "asked for tickets for",
    );
}

/// Bursts over many hosts, three times what is usual on other days.
fn many(
    ctx: &mut Context,
    marks: BTreeMap<(u32, u32), Vec<Mark>>,
    (threshold, window, least): (T, i64, usize),
    rule: Rule,
    did: &str,
) {
    for ((account, source), marks) in marks {
        let (most, found) = bursts(&marks, window, least);
        if most * 2 < least {
            continue;
        }
        ctx.reaches(threshold, most);
        // The fullest window of each day.
        let days = marks.chunk_by(|a, b| day(a.time) == day(b.time));
        let by_day: Vec<(i64, usize)> =
            days.map(|d| (day(d[0].time), bursts(d, window, usize::MAX).0)).collect();
        for burst in &found {
            let part = &marks[burst.from..burst.to];
            let (Some(start), Some(end)) = (part.first(), part.last()) else { continue };
            let on = [day(start.time), day(end.time)];
            let usual = by_day.iter().filter(|d| !on.contains(&d.0)).map(|d| d.1).max().unwrap_or(0);
            let targets: BTreeSet<u32> = part.iter().map(|m| m.what).collect();
            let hosts: BTreeSet<u32> =
                targets.iter().copied().filter(|t| (*t as usize) < ctx.identity().hosts.all.len()).collect();
            let why = format!(
                "{} {did} {} hosts from {} within {}; on other days {usual} at most.",
                ctx.who(account),
                targets.len(),
                ctx.place(source),
                if window > TICKS_PER_HOUR / 2 { "an hour" } else { "two minutes" },
            );
            let rows = part.iter().map(|m| m.row).collect();
            let mut draft = Draft::new(rule, why, rows).actor(account).from(source).to(hosts);
            if burst.most < 3 * usual {
                draft = draft.everyday("That is not much more than usual.");
            } else if ctx.is_service(account) && ctx.is_home(account, source) {
                draft = draft.everyday("A service account, from its own host.");
            }
            ctx.found(draft);
        }
    }
}

/// 4648: another's credentials for another host.
fn explicit(ctx: &mut Context) {
    let c = &ctx.store().columns;
    let mut found: Groups<(u32, u32, u32)> = Groups::default();
    for e in &ctx.scene.events.all {
        if c.event_id[e.row as usize] == 4648
            && e.account != NONE
            && e.subject != e.account
            && e.source != e.target
            && ctx.scene.is_person(e.subject)
            && ctx.scene.is_person(e.account)
        {
            found.entry((e.subject, e.account, e.source)).or_default().add(e.target, e.row);
        }
    }
    for ((subject, account, source), group) in found {
        let (targets, rows) = (group.others, group.rows);
        let why = format!(
            "{} at {} used the credentials of {} for {}.",
            ctx.who(subject),
            ctx.place(source),
            ctx.who(account),
            targets.iter().take(3).map(|t| ctx.place(*t)).collect::<Vec<_>>().join(", ")
        );
        ctx.found(
            Draft::new(Rule::ExplicitCredentials, why, rows)
                .actor(subject)
                .victims([account])
                .from(source)
                .to(targets),
        );
    }
}
