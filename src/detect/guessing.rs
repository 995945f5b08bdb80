//! Guessing one account's password: brute force, tries of closed accounts, and the success that follows.

use super::bursts::{Mark, bursts};
use super::context::{Context, counted};
use super::finding::Draft;
use super::group::Groups;
use super::rule::{Confidence, Rule, Severity};
use super::threshold::Threshold as T;
use super::tries::{Guesses, SLOW_PAUSE, Success, Try, Why, group};
use crate::identity::{AccountKind, NONE};
use std::collections::BTreeSet;

pub fn find(ctx: &mut Context, guesses: &Guesses) {
    let successes = group(&guesses.successes, |s| s.source);
    for (success, rows) in &guesses.after {
        after(ctx, success, rows.clone(), rows.len());
    }
    for (account, tries) in &group(&guesses.tries, |t| t.account) {
        brute_force(ctx, *account, tries, &successes);
        closed(ctx, *account, tries);
    }
    locked_out(ctx);
}

pub fn after(ctx: &mut Context, success: &Success, mut rows: Vec<u32>, failures: usize) {
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
pub fn fruit(
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
    } else if !slow && !ctx.reaches(T::BruteMany, numbers) {
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
        let Some(s) = fruit(successes, source, span, |s| s.account == account) else { continue };
        // The quick way has found it before.
        let known = ctx.findings.iter().any(|f| {
            f.rule == Rule::SuccessAfterFailures
                && f.accounts.contains(&account)
                && f.last >= first.time
                && f.first <= span.1
        });
        if !known {
            after(ctx, &s, rows.clone(), numbers);
        }
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
        "{} is disabled, locked or expired, and was tried {}.",
        ctx.who(account),
        counted(numbers.len(), "time")
    );
    let rows = closed.iter().map(|t| t.row).collect();
    let mut draft = Draft::new(Rule::DeadAccount, why, rows).victims([account]);
    for s in sources {
        draft = draft.from(s);
    }
    ctx.found(draft);
}

/// 4740: the lock-out itself, which names the computer it came from in place of a domain.
fn locked_out(ctx: &mut Context) {
    let c = &ctx.store().columns;
    let mut found: Groups<u32> = Groups::default();
    for e in &ctx.scene.events.all {
        if c.event_id[e.row as usize] == 4740 && e.account != NONE {
            let who = ctx.store().tables.get_principal(c.account[e.row as usize]);
            let caller = ctx.identity().hosts.of_text(who.domain);
            found.entry(e.account).or_default().add(caller, e.row);
        }
    }
    for (account, group) in found {
        let times = counted(group.rows.len(), "time");
        let callers: Vec<&str> = group.others.iter().map(|h| ctx.place(*h)).collect();
        let from = if callers.is_empty() {
            String::new()
        } else {
            format!(", by tries from {}", callers.join(", "))
        };
        let why = format!("{} was locked out {times}{from}.", ctx.who(account));
        let draft = Draft::new(Rule::DeadAccount, why, group.rows).victims([account]);
        ctx.found(group.others.iter().fold(draft, |draft, host| draft.from(*host)));
    }
}
