//! The rhythm of an account's events: an abrupt rise (ChangeFinder), an order unlike the rest of the log (hidden Markov model).
//!
//! Both are what LogonTracer judges by; here they are worth little beside what names a deed.

use super::observation::{Evidence, Fact, Observation};
use super::scene::{Map, Scene};
use super::signal::Signal;
use crate::score::{Unusual, changes};
use crate::timeline::{Hours, hour_of};

/// A rise below this, in nats, is a day's usual.
const USUAL_RISE: f64 = 6.0;
/// Shorter sequences than this say too little to stand out.
const LEAST_EVENTS: u32 = 5;
/// So many times the usual surprise per event.
const TIMES_USUAL: f64 = 2.0;

pub fn observe(scene: &Scene, out: &mut Vec<Observation>) {
    let accounts = scene.identity.accounts.all.len();
    rises(scene, accounts, out);
    sequences(scene, accounts, out);
}

fn rises(scene: &Scene, accounts: usize, out: &mut Vec<Observation>) {
    let Some((_, last)) = scene.store.span() else { return };
    let hours = Hours::of(scene.store, scene.events, accounts, 0);
    let mut found: Map<(u32, i32), (f64, Evidence)> = Map::default();
    for (account, change) in (0u32..).zip(changes(&hours, hour_of(last))) {
        if let Some(c) = change.filter(|c| c.score >= USUAL_RISE && scene.is_person(account)) {
            found.insert((account, c.hour), (c.score, Evidence::default()));
        }
    }
    for e in &scene.events.all {
        if let Some((_, evidence)) = found.get_mut(&(e.account, hour_of(scene.time(e)))) {
            evidence.add(e.row);
        }
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by_key(|f| f.0);
    for ((account, _), (score, evidence)) in found {
        let bits = libm::log2(score / USUAL_RISE) + 1.0;
        out.push(
            Observation::new(Signal::ChangePoint, bits, Fact::Jump { score }, 0)
                .account(account)
                .rows(evidence),
        );
    }
}

fn sequences(scene: &Scene, accounts: usize, out: &mut Vec<Observation>) {
    let unusual = Unusual::of(scene.store, scene.events, accounts);
    let usual = unusual.mean;
    for s in unusual.by_account.into_iter().flatten() {
        if scene.is_person(s.account) && s.events >= LEAST_EVENTS && s.nats > usual * TIMES_USUAL {
            let evidence = Evidence { rows: s.rows, total: u64::from(s.events) };
            let fact = Fact::Sequence { events: s.events, nats: s.nats, usual };
            let bits = (s.nats - usual) / std::f64::consts::LN_2;
            out.push(
                Observation::new(Signal::OddSequence, bits, fact, 0)
                    .account(s.account)
                    .source(s.host)
                    .rows(evidence),
            );
        }
    }
}
