//! Failed logons: many accounts from one source, one account many times from where it is not at home, and a success there after them.

use super::observation::{Evidence, Fact, Observation};
use super::scene::{DAY, Map, Scene, Set, day, doublings};
use super::signal::Signal;
use crate::identity::{Event, NONE};

/// Fewer accounts, or failures, in a day are everyday life.
const LEAST_ACCOUNTS: u32 = 3;
const LEAST_FAILURES: u32 = 5;

/// The days of one source or one account.
#[derive(Default)]
struct Days {
    /// Day, count, evidence; by rising day.
    days: Vec<(i64, u32, Evidence)>,
}

impl Days {
    fn add(&mut self, today: i64, row: u32) {
        if self.days.last().is_none_or(|d| d.0 != today) {
            self.days.push((today, 0, Evidence::default()));
        }
        if let Some(last) = self.days.last_mut() {
            last.1 += 1;
            last.2.add(row);
        }
    }

    /// The bursts: count against the mean of the other days of the log.
    fn bursts(self, least: u32, days_of_log: i64) -> impl Iterator<Item = (f64, u32, f64, Evidence)> {
        let all: u32 = self.days.iter().map(|d| d.1).sum();
        let others = (days_of_log - 1).max(1) as f64;
        self.days.into_iter().filter(move |d| d.1 >= least).map(move |(_, count, evidence)| {
            let usual = f64::from(all - count) / others;
            (doublings(f64::from(count), usual), count, usual, evidence)
        })
    }
}

/// A failure that says something about a guess: not an expired password or a missing pre-authentication.
fn is_guess(scene: &Scene, e: &Event) -> bool {
    let c = &scene.store.columns;
    let row = e.row as usize;
    match c.event_id[row] {
        4625 => true,
        4776 | 4768 | 4771 => scene.is_failure(e) && !matches!(c.status[row], 0x17 | 0x19 | 0xC000_0071),
        _ => false,
    }
}

pub fn observe(scene: &Scene, out: &mut Vec<Observation>) {
    let mut sources: Map<u32, Days> = Map::default();
    let mut accounts: Map<u32, Days> = Map::default();
    // (source, account) → day it was last counted for the source.
    let mut counted: Map<(u32, u32), i64> = Map::default();
    // Source → failures of the last day: since when, how many, evidence.
    let mut recent: Map<u32, (i64, u32, Evidence)> = Map::default();
    let mut guessed: Set<(u32, u32)> = Set::default();
    let (mut first, mut last) = (i64::MAX, i64::MIN);
    for e in &scene.events.all {
        let time = scene.time(e);
        let today = day(time);
        (first, last) = (first.min(today), last.max(today));
        if e.account == NONE {
            continue;
        }
        if is_guess(scene, e) {
            // Who mistypes at the own desk is no news.
            if !scene.is_home(e.account, e.source) {
                accounts.entry(e.account).or_default().add(today, e.row);
            }
            if e.source != NONE {
                if counted.insert((e.source, e.account), today) != Some(today) {
                    sources.entry(e.source).or_default().add(today, e.row);
                }
                let r = recent.entry(e.source).or_insert((time, 0, Evidence::default()));
                if time.saturating_sub(r.0) > DAY {
                    *r = (time, 0, Evidence::default());
                }
                r.1 += 1;
                r.2.add(e.row);
            }
        } else if scene.id(e) == 4624
            && e.source != NONE
            && scene.is_person(e.account)
            && !scene.is_home(e.account, e.source)
            && let Some((since, failures, evidence)) = recent.get(&e.source)
            && *failures >= LEAST_FAILURES
            && time.saturating_sub(*since) <= 2 * DAY
            && guessed.insert((e.source, e.account))
        {
            let mut evidence = evidence.clone();
            evidence.rows.truncate(super::observation::EVIDENCE - 1);
            evidence.add(e.row);
            let failures = *failures;
            out.push(
                Observation::new(
                    Signal::Guessed,
                    doublings(f64::from(failures), 2.0),
                    Fact::After { failures },
                    e.row,
                )
                .account(e.account)
                .source(e.source)
                .target(e.target)
                .rows(evidence),
            );
        }
    }
    let days_of_log = last.saturating_sub(first).saturating_add(1);
    let mut sources: Vec<_> = sources.into_iter().collect();
    sources.sort_by_key(|s| s.0);
    for (source, days) in sources {
        for (bits, count, usual, evidence) in days.bursts(LEAST_ACCOUNTS, days_of_log) {
            let fact = Fact::Burst { count, usual };
            out.push(Observation::new(Signal::FailuresOfMany, bits, fact, 0).source(source).rows(evidence));
        }
    }
    let mut accounts: Vec<_> = accounts.into_iter().collect();
    accounts.sort_by_key(|a| a.0);
    let source_of = |row: u32| {
        let row = scene.store.columns.row(row as usize)?;
        Some(scene.identity.way(scene.store, &row).source)
    };
    for (account, days) in accounts {
        for (bits, count, usual, evidence) in days.bursts(LEAST_FAILURES, days_of_log) {
            let source = evidence.rows.first().and_then(|r| source_of(*r)).unwrap_or(NONE);
            let fact = Fact::Burst { count, usual };
            out.push(
                Observation::new(Signal::FailuresOfOne, bits, fact, 0)
                    .account(account)
                    .source(source)
                    .rows(evidence),
            );
        }
    }
}
