//! How many different hosts an account reached within one hour, against its usual hour; and for how many services that run under accounts it
//! asked tickets within a day, against its other days.

use super::observation::{Evidence, Fact, Observation};
use super::scene::{Map, Scene, Service, Set, day, doublings};
use super::signal::Signal;
use crate::event::{Field, time::TICKS_PER_HOUR};
use crate::identity::NONE;
use std::collections::BTreeSet;

/// Fewer hosts than this are no fan-out, whatever is usual.
const LEAST: u32 = 4;

/// The hour an account is in, and what came of the hours before.
#[derive(Default)]
struct Hours {
    hour: i64,
    targets: Set<u32>,
    evidence: Evidence,
    source: u32,
    /// Hours by number of targets, to know what is usual.
    counts: Map<u32, u32>,
    /// The fullest hour of each day.
    best: Vec<(i64, u32, u32, Evidence)>,
}

impl Hours {
    fn close(&mut self) {
        let n = self.targets.len() as u32;
        if n == 0 {
            return;
        }
        *self.counts.entry(n).or_default() += 1;
        let evidence = std::mem::take(&mut self.evidence);
        if n >= LEAST {
            let today = self.hour.div_euclid(24);
            match self.best.last_mut() {
                Some(b) if b.0 == today && b.1 >= n => {}
                Some(b) if b.0 == today => *b = (today, n, self.source, evidence),
                _ => self.best.push((today, n, self.source, evidence)),
            }
        }
        self.targets.clear();
    }

    /// What nine tenths of the other hours do not exceed, where there are enough to say.
    fn usual(&self, but: u32) -> f64 {
        let mut counts: Vec<(u32, u32)> = self.counts.iter().map(|(n, hours)| (*n, *hours)).collect();
        if let Some(own) = counts.iter_mut().find(|c| c.0 == but) {
            own.1 -= 1;
        }
        counts.sort_unstable();
        let all: u32 = counts.iter().map(|c| c.1).sum();
        let mut seen = 0;
        for (n, hours) in counts {
            seen += hours;
            if seen * 10 >= all * 9 && all > 0 {
                return f64::from(n);
            }
        }
        1.0
    }
}

pub fn observe(scene: &Scene, out: &mut Vec<Observation>) {
    hosts(scene, out);
    services(scene, out);
}

fn hosts(scene: &Scene, out: &mut Vec<Observation>) {
    let mut all: Map<u32, Hours> = Map::default();
    for u in scene.uses() {
        if u.target == NONE || u.target == u.source || !scene.is_person(u.account) {
            continue;
        }
        let hour = u.time.div_euclid(TICKS_PER_HOUR);
        let hours = all.entry(u.account).or_default();
        if hours.hour != hour {
            hours.close();
            (hours.hour, hours.source) = (hour, u.source);
        }
        if hours.targets.insert(u.target) {
            hours.evidence.add(u.row);
        }
    }
    let mut accounts: Vec<(u32, Hours)> = all.into_iter().collect();
    accounts.sort_by_key(|(account, _)| *account);
    for (account, mut hours) in accounts {
        hours.close();
        for (_, count, source, evidence) in std::mem::take(&mut hours.best) {
            let usual = hours.usual(count).max(2.0);
            let bits = doublings(f64::from(count), usual);
            if bits >= 0.5 {
                let fact = Fact::Burst { count, usual };
                out.push(
                    Observation::new(Signal::FanOut, bits, fact, 0)
                        .account(account)
                        .source(source)
                        .rows(evidence),
                );
            }
        }
    }
}

/// Fewer services than this in a day are nothing.
const LEAST_SERVICES: usize = 3;

/// The services of accounts an account asked tickets for on one day.
struct Asked {
    day: i64,
    services: BTreeSet<u32>,
    source: u32,
    evidence: Evidence,
}

fn services(scene: &Scene, out: &mut Vec<Observation>) {
    let c = &scene.store.columns;
    let mut of_details: Map<u32, bool> = Map::default();
    let mut days: Map<u32, Vec<Asked>> = Map::default();
    for e in scene.events.all.iter().filter(|e| scene.id(e) == 4769 && scene.is_person(e.account)) {
        let details = c.details[e.row as usize];
        let is_account = of_details.entry(details).or_insert_with(|| scene.service(details) == Service::User);
        if !*is_account || scene.is_failure(e) {
            continue;
        }
        let service = scene.store.tables.text_of(details, Field::ServiceName);
        let today = day(scene.time(e));
        let days = days.entry(e.account).or_default();
        if days.last().is_none_or(|d| d.day != today) {
            let (services, evidence) = (BTreeSet::new(), Evidence::default());
            days.push(Asked { day: today, services, source: e.source, evidence });
        }
        if let Some(last) = days.last_mut()
            && last.services.insert(service)
        {
            last.evidence.add(e.row);
        }
    }
    let mut days: Vec<_> = days.into_iter().collect();
    days.sort_by_key(|d| d.0);
    for (account, days) in days {
        let counts: Vec<usize> = days.iter().map(|d| d.services.len()).collect();
        for (i, asked) in days.into_iter().enumerate().filter(|(_, d)| d.services.len() >= LEAST_SERVICES) {
            // What is usual is the most on any other day.
            let usual =
                counts.iter().enumerate().filter(|c| c.0 != i).map(|c| *c.1).max().unwrap_or(0) as f64;
            let count = asked.services.len() as u32;
            let bits = 2.0 * doublings(f64::from(count), usual);
            if bits > 0.0 {
                out.push(
                    Observation::new(Signal::FanOut, bits, Fact::Services { count, usual }, 0)
                        .account(account)
                        .source(asked.source)
                        .rows(asked.evidence),
                );
            }
        }
    }
}
