//! Kerberos tickets nobody issued: a service ticket asked for without a TGT before, a session without a service ticket before.
//!
//! A ticket lives ten hours unless the domain says otherwise (Microsoft, "Maximum lifetime for user ticket"); a renewal (4770) counts as a
//! new one. Nothing is said about the first ten hours of the domain controllers' logs. Where such tickets are common, a log is missing
//! rather than a ticket forged: the surprise is log₂ of how rare they are.

use super::observation::{Evidence, Fact, Observation};
use super::scene::{Map, Scene, Service};
use super::signal::Signal;
use crate::event::time::TICKS_PER_HOUR;
use crate::identity::{AccountKind, HostKind, NONE};

const LIFETIME: i64 = 10 * TICKS_PER_HOUR;
const LEAST: f64 = 3.0;
const MOST: f64 = 10.0;

/// One account's orphans from one source.
#[derive(Default)]
struct Orphans {
    evidence: Evidence,
    target: u32,
}

/// How often a question could be asked, and whom the answer concerns.
#[derive(Default)]
struct Kind {
    asked: u64,
    orphans: Map<(u32, u32), Orphans>,
}

impl Kind {
    fn orphan(&mut self, account: u32, source: u32, target: u32, row: u32) {
        let o =
            self.orphans.entry((account, source)).or_insert_with(|| Orphans { target, ..Orphans::default() });
        o.evidence.add(row);
    }

    fn report(self, fact: &Fact, out: &mut Vec<Observation>) {
        let mut orphans: Vec<_> = self.orphans.into_iter().collect();
        orphans.sort_by_key(|o| o.0);
        let total = orphans.len() as f64;
        let bits = libm::log2((self.asked as f64 + 1.0) / (total + 1.0)).min(MOST);
        if bits < LEAST {
            return;
        }
        for ((account, source), o) in orphans {
            out.push(
                Observation::new(Signal::NoTicket, bits, fact.clone(), 0)
                    .account(account)
                    .source(source)
                    .target(o.target)
                    .rows(o.evidence),
            );
        }
    }
}

pub fn observe(scene: &Scene, out: &mut Vec<Observation>) {
    let c = &scene.store.columns;
    // When each account last got a TGT, and when it last got a ticket for each host.
    let mut tgt: Map<u32, i64> = Map::default();
    let mut ticket: Map<(u32, u32), i64> = Map::default();
    // When ticket events begin.
    let mut begin: Option<i64> = None;
    let mut hosts: Map<u32, Service> = Map::default();
    let (mut tgts, mut tickets) = (Kind::default(), Kind::default());
    let fresh = |at: Option<&i64>, time: i64| at.is_some_and(|t| time.saturating_sub(*t) <= LIFETIME);
    for e in &scene.events.all {
        let row = e.row as usize;
        let id = c.event_id[row];
        if !matches!(id, 4624 | 4768..=4770) || e.account == NONE {
            continue;
        }
        let time = c.time[row];
        let covered = begin.is_some_and(|b| time.saturating_sub(b) > LIFETIME);
        match id {
            4768 | 4770 if !scene.is_failure(e) => {
                begin.get_or_insert(time);
                tgt.insert(e.account, time);
            }
            4769 if !scene.is_failure(e) => {
                let details = c.details[row];
                let service = *hosts.entry(details).or_insert_with(|| scene.service(details));
                if let Service::Host(host) = service {
                    ticket.insert((e.account, host), time);
                }
                if covered && scene.is_person(e.account) {
                    tgts.asked += 1;
                    if !fresh(tgt.get(&e.account), time) {
                        let target = if let Service::Host(host) = service { host } else { NONE };
                        tgts.orphan(e.account, e.source, target, e.row);
                    }
                }
            }
            4624 if covered
                && c.logon_type[row] == 3
                && scene.kind(e.account) == Some(AccountKind::User)
                && scene.store.tables.strings.get(c.package[row]).eq_ignore_ascii_case("Kerberos")
                && e.source != e.target =>
            {
                let dc =
                    scene.identity.hosts.get(e.target).is_some_and(|h| h.kind == HostKind::DomainController);
                // On a DC a session may rest on a ticket for another of its services.
                if !dc {
                    tickets.asked += 1;
                    if !fresh(ticket.get(&(e.account, e.target)), time) {
                        tickets.orphan(e.account, e.source, e.target, e.row);
                    }
                }
            }
            _ => {}
        }
    }
    tgts.report(&Fact::Tgt, out);
    tickets.report(&Fact::ServiceTicket, out);
}
