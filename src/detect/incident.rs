//! Incidents: findings that share who acts, where it comes from, and the time.
//!
//! Findings of medium severity or more are joined where they share an actor or a source (no domain controller) and lie within a day of each
//! other, or where one acts to whom it was done before. What is less severe is put with the first such incident it fits, and else with its like.

use super::context::Context;
use super::finding::Finding;
use super::rule::Severity;
use crate::event::time::TICKS_PER_DAY;
use crate::suspicion::Map;

/// Findings as numbers in the list of all.
#[derive(Clone, Debug, PartialEq)]
pub struct Incident {
    pub severity: Severity,
    /// The highest suspicion of those who act and of where it came from, in points.
    pub suspicion: f64,
    pub first: i64,
    pub last: i64,
    /// In the order of time.
    pub findings: Vec<usize>,
}

/// What two findings can share.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Account(u32),
    Host(u32),
}

fn keys<'f>(ctx: &'f Context, f: &'f Finding) -> impl Iterator<Item = Key> + 'f {
    let actors = f.accounts[..f.actors].iter().copied().filter(|a| !ctx.is_crowd(*a)).map(Key::Account);
    let sources = f.hosts[..f.sources].iter().copied().filter(|h| !ctx.is_dc(*h)).map(Key::Host);
    actors.chain(sources)
}

fn near(a: &Finding, b: &Finding) -> bool {
    let gap = a.first.max(b.first).saturating_sub(a.last.min(b.last));
    gap <= TICKS_PER_DAY
}

/// The root of each set, by path halving.
struct Sets(Vec<usize>);

impl Sets {
    fn root(&mut self, mut n: usize) -> usize {
        while self.0[n] != n {
            self.0[n] = self.0[self.0[n]];
            n = self.0[n];
        }
        n
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}

/// `findings` in their order; `points` gives an account's or host's suspicion. Near linear in findings times what they share.
pub fn incidents(ctx: &Context, findings: &[Finding], points: impl Fn(&Finding) -> f64) -> Vec<Incident> {
    let mut by_time: Vec<usize> = (0..findings.len()).collect();
    by_time.sort_by_key(|n| (findings[*n].first, *n));
    let severe = |n: &usize| findings[*n].severity >= Severity::Medium;
    let mut sets = Sets((0..findings.len()).collect());
    let severe_ones: Vec<usize> = by_time.iter().copied().filter(severe).collect();
    join(ctx, findings, &severe_ones, true, &mut sets);
    // Minor ones go with a severe one; they must not glue two together.
    let mut of_key: Map<Key, Vec<usize>> = Map::default();
    for &n in &severe_ones {
        keys(ctx, &findings[n]).for_each(|key| of_key.entry(key).or_default().push(n));
    }
    let mut alone = Vec::new();
    let mut home: Vec<usize> = (0..findings.len()).collect();
    for &n in by_time.iter().filter(|n| !severe(n)) {
        let with = keys(ctx, &findings[n])
            .filter_map(|key| of_key.get(&key)?.iter().find(|s| near(&findings[**s], &findings[n])))
            .min();
        match with {
            Some(&with) => home[n] = with,
            None => alone.push(n),
        }
    }
    join(ctx, findings, &alone, false, &mut sets);
    let mut groups: Map<usize, Vec<usize>> = Map::default();
    for &n in &by_time {
        groups.entry(sets.root(home[n])).or_default().push(n);
    }
    let mut incidents: Vec<Incident> = groups
        .into_values()
        .map(|list| Incident {
            severity: list.iter().map(|n| findings[*n].severity).max().unwrap_or(Severity::Informational),
            suspicion: list.iter().map(|n| points(&findings[*n])).fold(0.0, f64::max),
            first: list.iter().map(|n| findings[*n].first).min().unwrap_or(0),
            last: list.iter().map(|n| findings[*n].last).max().unwrap_or(0),
            findings: list,
        })
        .collect();
    // What is at most low comes after all that is more; then the most suspicious first.
    incidents.sort_by(|a, b| {
        let medium = |i: &Incident| i.severity >= Severity::Medium;
        medium(b)
            .cmp(&medium(a))
            .then(b.suspicion.total_cmp(&a.suspicion))
            .then(b.severity.cmp(&a.severity))
            .then(a.first.cmp(&b.first))
            .then(a.findings.cmp(&b.findings))
    });
    incidents
}

/// Joins those of `list`, which is by time, that share a key and are near; with `victims`, also who acts later with whom it was done to.
fn join(ctx: &Context, findings: &[Finding], list: &[usize], victims: bool, sets: &mut Sets) {
    // The finding of each key that reaches furthest: those before it are joined with it where they are near.
    let mut last: Map<Key, usize> = Map::default();
    for &n in list {
        let f = &findings[n];
        for key in keys(ctx, f) {
            if let Some(&before) = last.get(&key)
                && near(&findings[before], f)
            {
                sets.join(before, n);
            }
            if last.get(&key).is_none_or(|b| findings[*b].last <= f.last) {
                last.insert(key, n);
            }
        }
        for victim in f.accounts[f.actors..].iter().take(if victims { 20 } else { 0 }) {
            last.entry(Key::Account(*victim)).or_insert(n);
        }
    }
}
