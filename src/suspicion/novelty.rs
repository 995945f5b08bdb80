//! First-seen pairs: account–target, account–source, host–host.
//!
//! How likely a new pair is on a day depends on who makes it: with `K` of `D` active days so far having brought something new, and ρ the
//! same share for all peers, P = (K + 2ρ) / (D + 2) (a beta prior worth two days). Its surprise −log₂ P is scaled by how private the other
//! end is, log((N+1)/users)/log(N+1): the file server that all N accounts use is no news for anybody, another's workstation is.

use super::observation::{Evidence, Fact, Observation};
use super::scene::{Map, Scene, day};
use super::signal::Signal;
use crate::identity::NONE;

/// Bits below this are not worth a line.
const LEAST: f64 = 1.0;
/// No single new pair is worth more.
const MOST: f64 = 8.0;

/// Who rules machines should be used from few places only (Microsoft, "Enterprise access model"): a new one says more.
const PRIVILEGED: f64 = 1.5;

/// The days of one account or host, as they go by.
#[derive(Clone, Copy, Default)]
struct Days {
    last: i64,
    active: u32,
    new: u32,
    last_new: i64,
}

/// A pair's first appearance and what came after.
struct First {
    /// Active days, and days with something new, before this one.
    days: u32,
    new: u32,
    evidence: Evidence,
}

/// Pairs of something with something else, and the days of the first.
#[derive(Default)]
struct Pairs {
    days: Map<u32, Days>,
    first: Map<(u32, u32), First>,
    /// Of each second one: how many firsts use it.
    users: Map<u32, u32>,
}

impl Pairs {
    /// Notes that `one` was active, with `other` unless that is [`NONE`].
    fn add(&mut self, one: u32, other: u32, today: i64, row: u32) {
        let days = self.days.entry(one).or_insert(Days { last: i64::MIN, last_new: i64::MIN, ..Days::default() });
        if days.last != today {
            days.last = today;
            days.active += 1;
        }
        if other == NONE {
            return;
        }
        let (before, new_before) = (days.active - 1, days.new - u32::from(days.last_new == today));
        let mut is_new = false;
        let users = &mut self.users;
        let first = self.first.entry((one, other)).or_insert_with(|| {
            is_new = true;
            *users.entry(other).or_default() += 1;
            First { days: before, new: new_before, evidence: Evidence::default() }
        });
        // What happens on the day of the first use shows it.
        if first.days == before {
            first.evidence.add(row);
        }
        // On its first day everything is new.
        if is_new && before > 0 && days.last_new != today {
            days.last_new = today;
            days.new += 1;
        }
    }

    /// The share of days, after the first of each, that brought something new.
    fn rate(&self) -> f64 {
        let sum = |f: fn(&Days) -> u32| self.days.values().map(|d| u64::from(f(d))).sum::<u64>() as f64;
        let later = sum(|d| d.active - 1);
        ((sum(|d| d.new) + 0.5) / (later + 1.0)).min(0.9)
    }

    /// What each pair's first use was worth, in a fixed order.
    fn surprises(self) -> Vec<(u32, u32, f64, First, u32)> {
        let rate = self.rate();
        let everybody = libm::log2(self.days.len() as f64 + 1.0);
        let mut all: Vec<_> = self
            .first
            .into_iter()
            .filter(|(_, first)| first.days > 0)
            .filter_map(|((one, other), first)| {
                let own = -libm::log2((f64::from(first.new) + 2.0 * rate) / (f64::from(first.days) + 2.0));
                let users = self.users.get(&other).copied().unwrap_or(1);
                let private = (everybody - libm::log2(f64::from(users))).max(0.0) / everybody;
                let bits = own.min(MOST) * private;
                (bits >= LEAST).then_some((one, other, bits, first, users))
            })
            .collect();
        all.sort_by_key(|(one, other, ..)| (*one, *other));
        all
    }
}

pub fn observe(scene: &Scene, out: &mut Vec<Observation>) {
    let (mut targets, mut sources, mut ways) = (Pairs::default(), Pairs::default(), Pairs::default());
    // Where the account was when it made the pair.
    let mut other_end: Map<u32, u32> = Map::default();
    for u in scene.uses() {
        let today = day(u.time);
        if u.source != NONE && u.target != NONE && u.source != u.target {
            ways.add(u.source, u.target, today, u.row);
        }
        if scene.is_person(u.account) {
            targets.add(u.account, u.target, today, u.row);
            sources.add(u.account, u.source, today, u.row);
        }
    }
    let people = targets.days.len() as u32;
    let (targets, sources, ways) = (targets.surprises(), sources.surprises(), ways.surprises());
    let rows = [&targets, &sources, &ways].into_iter().flatten().filter_map(|s| s.3.evidence.rows.first());
    other_end.extend(rows.map(|&row| (row, NONE)));
    for e in &scene.events.all {
        if let Some(at) = other_end.get_mut(&e.row) {
            *at = e.source;
        }
    }
    let begin = |first: &First| first.evidence.rows.first().copied().unwrap_or(0);
    for (account, target, bits, first, users) in targets {
        let row = begin(&first);
        let fact = Fact::First { days: first.days, users, all: people };
        let source = other_end.get(&row).copied().unwrap_or(NONE);
        out.push(
            Observation::new(Signal::NewTarget, bits, fact, row)
                .account(account)
                .source(source)
                .target(target)
                .rows(first.evidence),
        );
    }
    for (account, source, bits, first, users) in sources {
        let row = begin(&first);
        let privileged = scene.identity.accounts.get(account).is_some_and(|a| a.is_privileged());
        let bits = if privileged { bits * PRIVILEGED } else { bits };
        let fact = Fact::First { days: first.days, users, all: people };
        out.push(
            Observation::new(Signal::NewSource, bits, fact, row)
                .account(account)
                .source(source)
                .rows(first.evidence),
        );
    }
    for (source, target, bits, first, _) in ways {
        let row = begin(&first);
        let fact = Fact::FirstWay { days: first.days };
        out.push(
            Observation::new(Signal::NewWay, bits, fact, row)
                .source(source)
                .target(target)
                .rows(first.evidence),
        );
    }
}
