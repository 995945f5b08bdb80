//! First-seen pairs: account–target, account–source, host–host.
//!
//! How likely a new pair is on a day depends on who makes it: with `K` of `D` active days so far having brought something as private as this,
//! and ρ the same share for all peers, P = (K + 2ρ) / (D + 2) (a beta prior worth two days). An administrator who sees a new server every
//! week still has never sat at somebody's desk. The surprise −log₂ P is scaled by how private the other end is, log((N+1)/users)/log(N+1): the
//! file server that all N accounts use is no news for anybody, another's workstation is; and by how well the account is known, D/(D+4).

use super::observation::{Evidence, Fact, Observation};
use super::scene::{Map, Scene, Use, day};
use super::signal::Signal;
use crate::identity::NONE;

/// Bits below this are not worth a line.
const LEAST: f64 = 1.0;
/// No single new pair is worth more.
const MOST: f64 = 8.0;

/// After so many active days the half is known of what an account usually does; what is new before says less.
const HALF_KNOWN: f64 = 4.0;
/// Who rules machines should be used from few places only (Microsoft, "Enterprise access model"): a new one says more.
const PRIVILEGED: f64 = 1.5;

/// The days of one account or host, as they go by.
#[derive(Clone, Copy)]
struct Days {
    last: i64,
    active: u32,
}

/// A pair's first appearance and what came after.
struct First {
    /// Active days before this one.
    days: u32,
    /// Where it was made from.
    source: u32,
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
    fn add(&mut self, one: u32, other: u32, today: i64, u: &Use) {
        let days = self.days.entry(one).or_insert(Days { last: i64::MIN, active: 0 });
        if days.last != today {
            days.last = today;
            days.active += 1;
        }
        if other == NONE {
            return;
        }
        let before = days.active - 1;
        let users = &mut self.users;
        let first = self.first.entry((one, other)).or_insert_with(|| {
            *users.entry(other).or_default() += 1;
            First { days: before, source: u.source, evidence: Evidence::default() }
        });
        // What happens on the day of the first use shows it.
        if first.days == before {
            first.evidence.add(u.row);
        }
    }

    /// What each pair's first use was worth, in a fixed order.
    fn surprises(self) -> Vec<Surprise> {
        let users = |other| self.users.get(&other).copied().unwrap_or(1);
        let mut all: Vec<Surprise> = self
            .first
            .into_iter()
            .filter(|(_, first)| first.days > 0)
            .map(|((one, other), first)| Surprise { one, other, bits: 0.0, first, users: users(other) })
            .collect();
        all.sort_by_key(|s| (s.one, s.first.days, s.other));
        let later: u64 = self.days.values().map(|d| u64::from(d.active - 1)).sum();
        let rates = rates(&all, later as f64);
        let everybody = libm::log2(self.days.len() as f64 + 1.0);
        let mut before = News::default();
        for s in &mut all {
            before.turn_to(s.one, s.first.days);
            let class = class(s.users);
            let new = before.at_most(class);
            let own = -libm::log2((f64::from(new) + 2.0 * rates[class]) / (f64::from(s.first.days) + 2.0));
            let private = (everybody - libm::log2(f64::from(s.users))).max(0.0) / everybody;
            let known = f64::from(s.first.days) / (f64::from(s.first.days) + HALF_KNOWN);
            s.bits = own.min(MOST) * private * known;
            before.note(class);
        }
        all.retain(|s| s.bits >= LEAST);
        all.sort_by_key(|s| (s.one, s.other));
        all
    }
}

/// A new pair and what it is worth.
struct Surprise {
    one: u32,
    other: u32,
    bits: f64,
    first: First,
    users: u32,
}

const CLASSES: usize = 12;

/// How private a host is: the number of its users, by powers of two.
fn class(users: u32) -> usize {
    (users.max(1).ilog2() as usize).min(CLASSES - 1)
}

/// Days on which one account or host had something new, by class.
#[derive(Default)]
struct News {
    one: Option<u32>,
    day: u32,
    days: [u32; CLASSES],
    today: [bool; CLASSES],
}

impl News {
    /// Goes on to a day of an account (or host); what was new on the day before counts from now on.
    fn turn_to(&mut self, one: u32, day: u32) {
        if self.one != Some(one) {
            *self = Self { one: Some(one), day, ..Self::default() };
        } else if self.day != day {
            let news = std::mem::take(&mut self.today);
            self.days.iter_mut().zip(news).for_each(|(d, n)| *d += u32::from(n));
            self.day = day;
        }
    }

    fn note(&mut self, class: usize) {
        self.today[class] = true;
    }

    /// Days so far with something as private as this, or more.
    fn at_most(&self, class: usize) -> u32 {
        self.days[..=class].iter().sum()
    }
}

/// For each class the share of all days (after everybody's first) that brought something as private as that, or more.
fn rates(all: &[Surprise], later: f64) -> [f64; CLASSES] {
    let mut days = [0u32; CLASSES];
    let mut seen = None;
    let mut today = [false; CLASSES];
    for s in all {
        if seen != Some((s.one, s.first.days)) {
            seen = Some((s.one, s.first.days));
            today = [false; CLASSES];
        }
        let class = class(s.users);
        days[class] += u32::from(!std::mem::replace(&mut today[class], true));
    }
    let mut sum = 0;
    days.map(|d| {
        sum += d;
        ((f64::from(sum) + 0.5) / (later + 1.0)).min(0.9)
    })
}

pub fn observe(scene: &Scene, out: &mut Vec<Observation>) {
    let (mut targets, mut sources, mut ways) = (Pairs::default(), Pairs::default(), Pairs::default());
    for u in scene.uses() {
        let today = day(u.time);
        if u.source != NONE && u.target != NONE && u.source != u.target {
            ways.add(u.source, u.target, today, &u);
        }
        if scene.is_person(u.account) {
            targets.add(u.account, u.target, today, &u);
            sources.add(u.account, u.source, today, &u);
        }
    }
    let people = targets.days.len() as u32;
    let (targets, sources, ways) = (targets.surprises(), sources.surprises(), ways.surprises());
    for Surprise { one: account, other: target, bits, first, users } in targets {
        let fact = Fact::First { days: first.days, users, all: people };
        out.push(
            Observation::new(Signal::NewTarget, bits, fact, 0)
                .account(account)
                .source(first.source)
                .target(target)
                .rows(first.evidence),
        );
    }
    for Surprise { one: account, other: source, bits, first, users } in sources {
        let privileged = scene.identity.accounts.get(account).is_some_and(|a| a.is_privileged());
        let bits = if privileged { bits * PRIVILEGED } else { bits };
        let fact = Fact::First { days: first.days, users, all: people };
        out.push(
            Observation::new(Signal::NewSource, bits, fact, 0)
                .account(account)
                .source(source)
                .rows(first.evidence),
        );
    }
    for Surprise { one: source, other: target, bits, first, .. } in ways {
        let fact = Fact::FirstWay { days: first.days };
        out.push(
            Observation::new(Signal::NewWay, bits, fact, 0)
                .source(source)
                .target(target)
                .rows(first.evidence),
        );
    }
}
