//! Guessing over many accounts: spray, enumeration of names, one session that tries others' credentials.

use super::bursts::{Burst, Mark, bursts};
use super::context::Context;
use super::finding::Draft;
use super::guessing::{after, fruit};
use super::rule::{Confidence, Rule, Severity};
use super::threshold::Threshold as T;
use super::tries::{Guesses, SLOW_PAUSE, SOON, Success, Try, Why, group};
use crate::identity::NONE;
use crate::suspicion::Map;
use std::collections::BTreeSet;

pub fn find(ctx: &mut Context, guesses: &Guesses) {
    let successes = group(&guesses.successes, |s| s.source);
    for (source, tries) in &group(&guesses.tries, |t| t.source) {
        spray(ctx, *source, tries, &successes);
        enumeration(ctx, *source, tries);
    }
    by_process(ctx);
}

fn spray(ctx: &mut Context, source: u32, tries: &[Try], successes: &[(u32, Vec<Success>)]) {
    let marks: Vec<Mark> = tries
        .iter()
        .filter(|t| !t.cleared && !ctx.is_home(t.account, source))
        .map(|t| Mark { time: t.time, what: t.account, row: t.row })
        .collect();
    let wrong: BTreeSet<u32> = tries.iter().filter(|t| t.why == Why::WrongPassword).map(|t| t.row).collect();
    let (most, fast) = bursts(&marks, ctx.minutes(T::SprayMinutes), ctx.value(T::SprayAccounts) as usize);
    if most >= 3 {
        ctx.reaches(T::SprayAccounts, most);
    }
    let (most, slow) = bursts(&marks, ctx.hours(T::SlowHours), ctx.value(T::SlowSprayAccounts) as usize);
    if most >= 3 {
        ctx.reaches(T::SlowSprayAccounts, most);
    }
    let overlaps = |a: &Burst, b: &Burst| a.from < b.to && b.from < a.to;
    let slow = slow
        .into_iter()
        .filter(|s| !fast.iter().any(|f| overlaps(f, s)))
        .map(|b| (b, true))
        .collect::<Vec<_>>();
    for (burst, slow) in fast.iter().cloned().map(|b| (b, false)).chain(slow) {
        let marks = &marks[burst.from..burst.to];
        let tried = marks.iter().filter(|m| wrong.contains(&m.row)).map(|m| m.what).collect::<BTreeSet<_>>();
        // All names unknown is enumeration.
        if tried.is_empty() || (slow && tried.len() < ctx.value(T::SlowSprayAccounts) as usize / 2) {
            continue;
        }
        let accounts: BTreeSet<u32> = marks.iter().map(|m| m.what).collect();
        let rows: Vec<u32> = marks.iter().map(|m| m.row).collect();
        let why = format!(
            "{} accounts failed from {}{}; none of them is at home there, or got in soon after.",
            accounts.len(),
            ctx.place(source),
            if slow { ", slowly" } else { "" }
        );
        let few = !slow && !ctx.reaches(T::SprayMany, accounts.len());
        let mut draft =
            Draft::new(Rule::PasswordSpray, why, rows.clone()).from(source).victims(accounts.iter().copied());
        if few {
            draft = draft.severity(Severity::Low).confidence(Confidence::Low);
        } else if !slow && accounts.len() >= 30 {
            draft = draft.confidence(Confidence::High);
        }
        if slow {
            draft = draft.severity(Severity::Medium);
            if !ctx.knows_habits() {
                draft = draft.everyday("The log is too short to know who is at home there.");
            }
        }
        ctx.found(draft);
        let (Some(first), Some(last)) = (marks.first(), marks.last()) else { continue };
        if few {
            continue;
        }
        let pause = if slow { SLOW_PAUSE } else { SOON };
        let span = (first.time, last.time.saturating_add(pause));
        if let Some(s) = fruit(successes, source, span, |s| s.target != s.source) {
            after(ctx, &s, rows, accounts.len());
        }
    }
}

fn enumeration(ctx: &mut Context, source: u32, tries: &[Try]) {
    let marks: Vec<Mark> = tries
        .iter()
        .filter(|t| t.why != Why::WrongPassword)
        .map(|t| Mark { time: t.time, what: t.account, row: t.row })
        .collect();
    let member = ctx.scene.is_member(source);
    let least = ctx.value(T::EnumeratedNames) as usize;
    let (most, found) = bursts(&marks, ctx.hours(T::SlowHours), least);
    if most < 3 {
        return;
    }
    ctx.reaches(if member { T::EnumeratedByMember } else { T::EnumeratedNames }, most);
    for burst in found {
        let marks = &marks[burst.from..burst.to];
        let names: BTreeSet<u32> = marks.iter().map(|m| m.what).collect();
        let some: Vec<String> = names.iter().take(3).map(|n| ctx.who(*n)).collect();
        let why = format!(
            "{} names that do not exist or are closed were tried from {} ({}, …).",
            names.len(),
            ctx.place(source),
            some.join(", ")
        );
        let rows = marks.iter().map(|m| m.row).collect();
        let mut draft =
            Draft::new(Rule::AccountEnumeration, why, rows).from(source).victims(names.iter().copied());
        if member && names.len() < ctx.value(T::EnumeratedByMember) as usize {
            draft = draft.everyday("The source is a computer of the domain, and the names are few.");
        }
        ctx.found(draft);
    }
}

/// 4648: one person's session tries the credentials of many.
fn by_process(ctx: &mut Context) {
    let c = &ctx.store().columns;
    let mut sessions: Map<(u32, u32), Vec<Mark>> = Map::default();
    for e in &ctx.scene.events.all {
        let row = e.row as usize;
        if c.event_id[row] == 4648
            && e.account != NONE
            && e.account != e.subject
            && ctx.scene.is_person(e.subject)
        {
            let host = ctx.identity().hosts.of_text(c.computer[row]);
            sessions.entry((e.subject, host)).or_default().push(Mark {
                time: c.time[row],
                what: e.account,
                row: e.row,
            });
        }
    }
    let mut sessions: Vec<_> = sessions.into_iter().collect();
    sessions.sort_by_key(|s| s.0);
    for ((subject, host), marks) in sessions {
        let (most, found) =
            bursts(&marks, ctx.minutes(T::SprayMinutes), ctx.value(T::SprayAccounts) as usize);
        if most < 3 {
            continue;
        }
        ctx.reaches(T::SprayAccounts, most);
        for burst in found {
            let marks = &marks[burst.from..burst.to];
            let accounts: BTreeSet<u32> = marks.iter().map(|m| m.what).collect();
            let why = format!(
                "{} tried the credentials of {} other accounts at {}.",
                ctx.who(subject),
                accounts.len(),
                ctx.place(host)
            );
            let rows = marks.iter().map(|m| m.row).collect();
            ctx.found(
                Draft::new(Rule::PasswordSpray, why, rows)
                    .actor(subject)
                    .from(host)
                    .victims(accounts.iter().copied()),
            );
        }
    }
}
