//! Failures and the successes that follow them, gathered once for all rules of guessing.
//!
//! Statuses: NTSTATUS of 4625 and 4776 (MS-ERREF 2.3.1), Kerberos error codes of 4768 and 4771 (RFC 4120 7.5.9). One try at a member shows
//! twice, as 4776 on the domain controller and as 4625 on the member: within two seconds both are one try.

use super::context::Context;
use super::threshold::Threshold as T;
use crate::event::time::TICKS_PER_HOUR;
use crate::identity::{Event, NONE};
use crate::store::Columns;
use crate::suspicion::{Map, Set};
use std::collections::BTreeSet;

/// What a failure says about the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
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
pub struct Try {
    pub time: i64,
    pub account: u32,
    pub source: u32,
    pub row: u32,
    pub why: Why,
    /// The same for the two records of one try.
    pub number: u32,
    /// The account got in from there within half an hour: a person.
    pub cleared: bool,
}

const SAME_TRY: i64 = TICKS_PER_HOUR / 1800;
pub const SOON: i64 = TICKS_PER_HOUR / 2;
/// How long after a slow burst a success is still its fruit.
pub const SLOW_PAUSE: i64 = 6 * TICKS_PER_HOUR;

/// A success of somebody from somewhere.
#[derive(Clone, Copy)]
pub struct Success {
    pub time: i64,
    pub account: u32,
    pub source: u32,
    pub target: u32,
    pub row: u32,
}

#[derive(Default)]
pub struct Guesses {
    pub tries: Vec<Try>,
    /// From sources that failed before, of accounts that are not at home there.
    pub successes: Vec<Success>,
    /// A success, and the rows of the fresh failures of the account from that source before it.
    pub after: Vec<(Success, Vec<u32>)>,
}

/// Sorted by the key, each group in the order of time.
pub fn group<I: Copy>(items: &[I], key: impl Fn(&I) -> u32) -> Vec<(u32, Vec<I>)> {
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

pub fn gather(ctx: &mut Context) -> Guesses {
    let c = &ctx.store().columns;
    let mut all = Guesses::default();
    // The last try of each account, to know its second record.
    let mut last: Map<u32, (i64, u16, u16, u32)> = Map::default();
    // (source, account) → tries since the last success.
    let mut open: Map<(u32, u32), Vec<u32>> = Map::default();
    let mut failing: Set<u32> = Set::default();
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
            failing.insert(source);
            all.tries.push(Try { time, account: e.account, source, row: e.row, why, number, cleared: false });
            continue;
        }
        if !failing.contains(&source) || !matches!(id, 4624 | 4768) {
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
