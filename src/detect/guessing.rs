//! Guessing passwords and names: brute force, spray, enumeration, closed accounts, and the success that follows.
//!
//! Statuses: NTSTATUS of 4625 and 4776 (MS-ERREF 2.3.1), Kerberos error codes of 4768 and 4771 (RFC 4120 7.5.9). One try at a member shows
//! twice, as 4776 on the domain controller and as 4625 on the member: within two seconds both are one try.

use super::bursts::{Burst, Mark, bursts};
use super::context::Context;
use super::finding::Draft;
use super::rule::{Confidence, Rule, Severity};
use super::threshold::Threshold as T;
use crate::event::time::TICKS_PER_HOUR;
use crate::identity::{AccountKind, Event, NONE};
use crate::store::Columns;
use crate::suspicion::Map;
use std::collections::BTreeSet;

/// What a failure says about the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    WrongPassword,
    NoSuchName,
    Closed,
}

/// What failed, where it is a guess.
fn why(c: &Columns, row: usize) -> Option<Why> {
    let status = match (c.event_id[row], c.sub_status[row], c.status[row]) {
        (4625, 0 | crate::store::NO_STATUS, status) => status,
        (4625, sub, _) => sub,
        (4776 | 4768 | 4771, _, status) => status,
        _ => return None,
    };
    Some(match (c.event_id[row], status) {
        (4625 | 4776, 0xC000_006A | 0xC000_006D) | (4768 | 4771, 0x18) => Why::WrongPassword,
        (4625 | 4776, 0xC000_0064) | (4768 | 4771, 0x6) => Why::NoSuchName,
        (4625 | 4776, 0xC000_0072 | 0xC000_0193 | 0xC000_0234) | (4768 | 4771, 0x12) => Why::Closed,
        _ => return None,
    })
}

/// A try at an account from a source.
#[derive(Clone, Copy)]
struct Try {
    time: i64,
    account: u32,
    source: u32,
    row: u32,
    why: Why,
    /// The same for the two records of one try.
    number: u32,
    /// The account got in from there within half an hour: a person.
    cleared: bool,
}

const SAME_TRY: i64 = TICKS_PER_HOUR / 1800;
const SOON: i64 = TICKS_PER_HOUR / 2;
/// How long after a slow burst a success is still its fruit.
const SLOW_PAUSE: i64 = 6 * TICKS_PER_HOUR;

/// A success of somebody from somewhere.
#[derive(Clone, Copy)]
struct Success {
    time: i64,
    account: u32,
    source: u32,
    target: u32,
    row: u32,
}

#[derive(Default)]
struct Guesses {
    tries: Vec<Try>,
    /// From sources that failed before, of accounts that are not at home there.
    successes: Vec<Success>,
    /// Fresh failures of an account from a source: since when none succeeded, their numbers, the last time.
    after: Vec<(Success, Vec<u32>)>,
}

pub fn find(ctx: &mut Context) {
    let guesses = gather(ctx);
    let by_source = group(&guesses.tries, |t| t.source);
    let by_account = group(&guesses.tries, |t| t.account);
    let mut successes = group(&guesses.successes, |s| s.source);
    successes.sort_by_key(|s| s.0);
    for (success, rows) in &guesses.after {
        after(ctx, success, rows.clone(), rows.len());
    }
    for (account, tries) in &by_account {
        brute_force(ctx, *account, tries, &successes);
    }
    for (source, tries) in &by_source {
        spray(ctx, *source, tries, &successes);
        enumeration(ctx, *source, tries);
    }
    for (account, tries) in &by_account {
        closed(ctx, *account, tries);
    }
    by_process(ctx);
}

/// Sorted by the key, each group in the order of time.
fn group<I: Copy>(items: &[I], key: impl Fn(&I) -> u32) -> Vec<(u32, Vec<I>)> {
    let mut groups: Map<u32, Vec<I>> = Map::default();
    for item in items {
        groups.entry(key(item)).or_default().push(*item);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|g| g.0);
    groups
}

/// Where a failure came from; the host itself where the record does not say.
fn place(e: &Event) -> u32 {
    if e.source == NONE { e.target } else { e.source }
}

fn gather(ctx: &mut Context) -> Guesses {
    let c = &ctx.store().columns;
    let mut all = Guesses::default();
    // The last try of each account, to know its second record.
    let mut last: Map<u32, (i64, u16, u16, u32)> = Map::default();
    // (source, account) → tries since the last success.
    let mut open: Map<(u32, u32), Vec<u32>> = Map::default();
    let mut failing: Map<u32, i64> = Map::default();
    let soon = ctx.minutes(T::AfterMinutes);
    for e in &ctx.scene.events.all {
        let row = e.row as usize;
        let id = c.event_id[row];
        if e.account == NONE || !matches!(id, 4624 | 4625 | 4768 | 4771 | 4776) {
            continue;
        }
        let (time, source) = (c.time[row], place(e));
        if c.is_failure(row) {
            let Some(why) = why(c, row) else { continue };
            // The ids of a try, each once: the next of the same id is the next try.
            let (second, number) = match last.get(&e.account) {
                Some(&(t, i, 0, n)) if i != id && time.saturating_sub(t) <= SAME_TRY => (id, n),
                _ => (0, all.tries.len() as u32),
            };
            let first = if second == 0 { id } else { 0 };
            last.insert(e.account, (time, first, second, number));
            open.entry((source, e.account)).or_default().push(all.tries.len() as u32);
            failing.insert(source, time);
            all.tries.push(Try { time, account: e.account, source, row: e.row, why, number, cleared: false });
            continue;
        }
        if !failing.contains_key(&source) || !matches!(id, 4624 | 4768) {
            continue;
        }
        let success = Success { time, account: e.account, source, target: e.target, row: e.row };
        if let Some(since) = open.remove(&(source, e.account)) {
            for n in &since {
                let t = &mut all.tries[*n as usize];
                t.cleared |= time.saturating_sub(t.time) <= SOON;
            }
            let fresh: Vec<&Try> = since
                .iter()
                .map(|n| &all.tries[*n as usize])
                .filter(|t| t.why == Why::WrongPassword && time.saturating_sub(t.time) <= soon.max(SOON))
                .collect();
            let numbers: BTreeSet<u32> = fresh.iter().map(|t| t.number).collect();
            if fresh.last().is_some_and(|t| time.saturating_sub(t.time) <= soon)
                && ctx.reaches(T::AfterFailures, numbers.len())
            {
                all.after.push((success, fresh.iter().map(|t| t.row).collect()));
            }
        }
        if ctx.scene.is_person(e.account) && !ctx.is_home(e.account, source) {
            all.successes.push(success);
        }
    }
    all
}

fn after(ctx: &mut Context, success: &Success, mut rows: Vec<u32>, failures: usize) {
    rows.push(success.row);
    let why = format!(
        "{} got in from {} after {failures} failures from there.",
        ctx.who(success.account),
        ctx.place(success.source)
    );
    let mut draft = Draft::new(Rule::SuccessAfterFailures, why, rows)
        .actor(success.account)
        .from(success.source)
        .to([success.target]);
    if ctx.is_home(success.account, success.source) {
        draft = draft.everyday("The account is at home there.");
    } else if success.source == success.target && failures < 100 && is_at_keyboard(ctx, success.row) {
        draft = draft.everyday("It was at the keyboard of the machine itself.");
    } else if failures >= 20 {
        draft = draft.confidence(Confidence::High);
    }
    ctx.found(draft);
}

fn is_at_keyboard(ctx: &Context, row: u32) -> bool {
    matches!(ctx.scene.store.columns.logon_type[row as usize], 2 | 7 | 11 | 13)
}

/// The first success from the source that a burst of guesses led to.
fn fruit(
    successes: &[(u32, Vec<Success>)],
    source: u32,
    (from, to): (i64, i64),
    of: impl Fn(&Success) -> bool,
) -> Option<Success> {
    let at = successes.binary_search_by_key(&source, |s| s.0).ok()?;
    let list = &successes[at].1;
    let start = list.partition_point(|s| s.time < from);
    list[start..].iter().take_while(|s| s.time <= to).find(|s| of(s)).copied()
}

fn brute_force(ctx: &mut Context, account: u32, tries: &[Try], successes: &[(u32, Vec<Success>)]) {
    let wrong: Vec<&Try> = tries.iter().filter(|t| t.why == Why::WrongPassword).collect();
    // Names that do not exist are guessed too (by SSH, say); what is meant is the same.
    let wrong: Vec<&Try> = if wrong.is_empty() { tries.iter().collect() } else { wrong };
    let marks: Vec<Mark> = wrong.iter().map(|t| Mark { time: t.time, what: t.number, row: t.row }).collect();
    let (most, fast) = bursts(&marks, ctx.minutes(T::BruteMinutes), ctx.value(T::BruteFailures) as usize);
    if most >= 3 {
        ctx.reaches(T::BruteFailures, most);
    }
    // Slowly: only what does not come from home.
    let away: Vec<Mark> = wrong
        .iter()
        .filter(|t| !ctx.is_home(account, t.source))
        .map(|t| Mark { time: t.time, what: t.number, row: t.row })
        .collect();
    let (most, slow) = bursts(&away, ctx.hours(T::SlowHours), ctx.value(T::SlowFailures) as usize);
    if most >= 3 {
        ctx.reaches(T::SlowFailures, most);
    }
    let mut seen: BTreeSet<u32> = BTreeSet::new();
    for burst in fast {
        let marks = &marks[burst.from..burst.to];
        seen.extend(marks.iter().map(|m| m.row));
        report_brute(ctx, account, marks, tries, successes, false);
    }
    for burst in slow {
        let marks = &away[burst.from..burst.to];
        if !marks.iter().any(|m| seen.contains(&m.row)) {
            report_brute(ctx, account, marks, tries, successes, true);
        }
    }
}

fn report_brute(
    ctx: &mut Context,
    account: u32,
    marks: &[Mark],
    tries: &[Try],
    successes: &[(u32, Vec<Success>)],
    slow: bool,
) {
    let rows: Vec<u32> = marks.iter().map(|m| m.row).collect();
    let set: BTreeSet<u32> = rows.iter().copied().collect();
    let sources: BTreeSet<u32> = tries.iter().filter(|t| set.contains(&t.row)).map(|t| t.source).collect();
    let numbers = marks.iter().map(|m| m.what).collect::<BTreeSet<_>>().len();
    let (Some(first), Some(last)) = (marks.first(), marks.last()) else { return };
    let home = sources.iter().all(|s| ctx.is_home(account, *s));
    let exists = ctx.scene.kind(account) != Some(AccountKind::Unknown);
    let from = match sources.iter().next() {
        Some(s) if sources.len() == 1 => ctx.place(*s).to_owned(),
        _ => format!("{} sources", sources.len()),
    };
    let why = format!(
        "{numbers} failures of {} from {from}{}.",
        ctx.who(account),
        if slow { ", slowly" } else { "" }
    );
    let mut draft = Draft::new(Rule::BruteForce, why, rows.clone()).victims([account]);
    for s in &sources {
        draft = draft.from(*s);
    }
    if numbers >= 100 {
        draft = draft.severity(Severity::High).confidence(Confidence::High);
    }
    if home {
        draft = draft.everyday("All from where the account is at home: probably an old password somewhere.");
    } else if slow && !ctx.knows_habits() {
        draft = draft.everyday("The log is too short to know where the account is at home.");
    } else if numbers < ctx.value(T::BruteMany) as usize && !slow {
        draft = draft.severity(Severity::Low).confidence(Confidence::Low);
    } else if !exists && numbers < 100 {
        draft = draft.severity(Severity::Low).also("No account of this name is known.");
    }
    ctx.found(draft);
    let pause = if slow { SLOW_PAUSE } else { ctx.minutes(T::AfterMinutes) };
    for source in sources {
        if ctx.is_home(account, source) {
            continue;
        }
        let span = (first.time, last.time.saturating_add(pause));
        let known = ctx.findings.iter().any(|f| {
            f.rule == Rule::SuccessAfterFailures
                && f.accounts.contains(&account)
                && f.last >= first.time
                && f.first <= span.1
        });
        if !known && let Some(s) = fruit(successes, source, span, |s| s.account == account) {
            after(ctx, &s, rows.clone(), numbers);
        }
    }
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
        let mut draft =
            Draft::new(Rule::PasswordSpray, why, rows.clone()).from(source).victims(accounts.iter().copied());
        if !slow && accounts.len() < ctx.value(T::SprayMany) as usize {
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
        if !slow && accounts.len() < ctx.value(T::SprayMany) as usize {
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

fn closed(ctx: &mut Context, account: u32, tries: &[Try]) {
    let closed: Vec<&Try> = tries.iter().filter(|t| t.why == Why::Closed).collect();
    let numbers: BTreeSet<u32> = closed.iter().map(|t| t.number).collect();
    if numbers.is_empty() || !ctx.reaches(T::DeadTries, numbers.len()) {
        return;
    }
    let sources: BTreeSet<u32> = closed.iter().map(|t| t.source).collect();
    let why = format!(
        "{} is disabled, locked or expired, and was tried {} times.",
        ctx.who(account),
        numbers.len()
    );
    let rows = closed.iter().map(|t| t.row).collect();
    let mut draft = Draft::new(Rule::DeadAccount, why, rows).victims([account]);
    for s in sources {
        draft = draft.from(s);
    }
    ctx.found(draft);
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
