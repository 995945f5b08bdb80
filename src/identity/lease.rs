//! Whose an address was, and when.
//!
//! | seen at 10.0.0.7 | whose it is |
//! | --- | --- |
//! | PC7$ only | PC7's, at all times |
//! | PC7$ 8:00 … 14:02, PC9$ from 14:30 on (DHCP) | PC7's until 14:30, then PC9's |
//! | PC7$ until Monday noon, PC9$ from Thursday on | PC7's until ten at night, nobody's until Thursday, then PC9's |
//! | DC1$ for a moment, which is at home at 10.0.0.1 all day | not DC1's; a conflict |
//! | PC7$ at 8:00 and 12:00, workstation KALI at 10:00 | PC7's; KALI is a conflict |
//! | PC7$ at 8:00, workstation GUEST at 10:00, PC7$ at 12:00 of the next day | as above: between two sightings of one host it is that host |
//! | workstations PC7 and KALI within 10 minutes | nobody's at that time: shared, or one lies |
//! | PC7$, PC9$, PC7$ again within 10 minutes (NAT, a read-only domain controller) | nobody's at that time: shared |
//! | more than 16 workstation names (a tool that invents them) | they prove nothing |
//!
//! What is nobody's stays the bare address.

use super::NONE;
use super::sighting::{Proof, Seen};
use crate::event::time::TICKS_PER_SECOND;
use crate::store::Store;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// An address stays a host's so long after it last named itself, unless somebody else is seen: long enough for what a machine does at one
/// go. Two names closer than this are no change of hands.
pub const GRACE: i64 = 600 * TICKS_PER_SECOND;
/// A running machine asks for a new ticket at least every ten hours (Microsoft, "Maximum lifetime for user ticket"): so long an address stays
/// its after the last sighting of its account, unless somebody else is seen.
const TENURE: i64 = 36_000 * TICKS_PER_SECOND;
/// With more workstation names than this an address proves nothing by them.
pub const MAX_NAMES: usize = 16;

/// An address was a host's from the first to the last sighting without another in between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    pub address: IpAddr,
    pub host: u32,
    /// The best there is.
    pub proof: Proof,
    pub seen: Seen,
}

/// Within a lease proven by a machine account, clients called themselves something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    pub address: IpAddr,
    /// Whose it is by its machine account, or [`NONE`].
    pub host: u32,
    /// The hosts they called themselves, sorted, at most [`MAX_NAMES`] of them.
    pub claimed: Vec<u32>,
    /// How many different ones there were.
    pub names: u64,
    /// Of these claims.
    pub seen: Seen,
}

/// One sighting of a host at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sighting {
    pub time: i64,
    pub host: u32,
    pub proof: Proof,
    /// The host is at home at another address: it proves nothing here.
    pub visitor: bool,
    pub row: u32,
}

/// In which time an address counts as a host's; both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: i64,
    pub until: i64,
    pub host: u32,
}

/// What the sightings at one address come to.
#[derive(Default)]
pub struct History {
    pub leases: Vec<(u32, Proof, Seen)>,
    pub conflicts: Vec<(u32, BTreeSet<u32>, Seen)>,
    /// By rising time, none touching another.
    pub spans: Vec<Span>,
}

/// Sightings of one host one after another.
struct Run {
    host: u32,
    proof: Proof,
    seen: Seen,
    /// Between runs of machine accounts: how many came before.
    gap: usize,
    shared: bool,
}

/// Groups sightings to runs; `gap` tells which may not be joined.
fn runs(store: &Store, sightings: impl Iterator<Item = (Sighting, usize)>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (s, gap) in sightings {
        let seen = Seen::once(s.time, s.row);
        match runs.last_mut().filter(|run| (run.host, run.gap) == (s.host, gap)) {
            Some(run) => run.seen.add(store, seen),
            None => runs.push(Run { host: s.host, proof: s.proof, seen, gap, shared: false }),
        }
    }
    runs
}

/// Marks the runs between a host's going and its coming back within [`GRACE`], both included.
fn mark_returns(runs: &mut [Run]) {
    let mut last: BTreeMap<u32, usize> = BTreeMap::new();
    // How many such stretches begin and end at each run.
    let (mut begin, mut end) = (vec![0u32; runs.len()], vec![0u32; runs.len()]);
    for (i, run) in runs.iter().enumerate() {
        if let Some(before) = last.insert(run.host, i)
            && i > before + 1
            && run.seen.from.saturating_sub(runs[before].seen.to) < GRACE
        {
            begin[before] += 1;
            end[i] += 1;
        }
    }
    let mut open = 0;
    for (i, run) in runs.iter_mut().enumerate() {
        open += begin[i];
        run.shared |= open > 0;
        open -= end[i];
    }
}

/// Until when a run reaches past its last sighting, if the next does not begin before.
fn until(run: &Run, next: Option<&Run>) -> i64 {
    let until = run.seen.to.saturating_add(if run.proof == Proof::Machine { TENURE } else { GRACE });
    // Never before its own last sighting: another's may be at the very same time.
    next.map_or(until, |next| until.min(next.seen.from.saturating_sub(1)).max(run.seen.to))
}

/// Makes the history of one address; n log n in its sightings.
pub fn history(store: &Store, sightings: &mut [Sighting]) -> History {
    sightings.sort_unstable_by(|a, b| {
        (a.time, a.host, a.proof).cmp(&(b.time, b.host, b.proof)).then_with(|| store.order(a.row, b.row))
    });
    let by = |proof| sightings.iter().copied().filter(move |s| s.proof == proof && !s.visitor);
    let mut machines = runs(store, by(Proof::Machine).map(|s| (s, 0)));
    mark_returns(&mut machines);

    let mut conflicts: BTreeMap<usize, (u32, BTreeSet<u32>, Seen)> = BTreeMap::new();
    let mut begun = 0;
    let outside = by(Proof::Workstation).filter_map(|s| {
        while machines.get(begun).is_some_and(|run| run.seen.from <= s.time) {
            begun += 1;
        }
        let within = begun.checked_sub(1).map(|i| &machines[i]);
        let Some(run) = within.filter(|run| s.time <= until(run, machines.get(begun))) else {
            return Some((s, begun));
        };
        if run.host != s.host && !run.shared {
            let seen = Seen::once(s.time, s.row);
            match conflicts.entry(begun) {
                Entry::Vacant(new) => _ = new.insert((run.host, BTreeSet::from([s.host]), seen)),
                Entry::Occupied(mut known) => {
                    let (_, names, all) = known.get_mut();
                    names.insert(s.host);
                    all.add(store, seen);
                }
            }
        }
        None
    });
    let mut stations = runs(store, outside);
    for s in sightings.iter().filter(|s| s.visitor) {
        let begun = machines.partition_point(|run| run.seen.from <= s.time);
        let tenant = begun.checked_sub(1).map(|i| &machines[i]);
        let tenant =
            tenant.filter(|run| s.time <= until(run, machines.get(begun))).map_or(NONE, |run| run.host);
        let seen = Seen::once(s.time, s.row);
        match conflicts.entry(begun) {
            Entry::Vacant(new) => _ = new.insert((tenant, BTreeSet::from([s.host]), seen)),
            Entry::Occupied(mut known) => {
                known.get_mut().1.insert(s.host);
                known.get_mut().2.add(store, seen);
            }
        }
    }
    mark_returns(&mut stations);
    for i in 1..stations.len() {
        let (a, b) = (&stations[i - 1], &stations[i]);
        if a.host != b.host && b.seen.from.saturating_sub(a.seen.to) < GRACE {
            stations[i - 1].shared = true;
            stations[i].shared = true;
        }
    }
    let names: BTreeSet<u32> = by(Proof::Workstation).map(|s| s.host).collect();
    if names.len() > MAX_NAMES {
        stations.clear();
    }
    join(store, machines, stations, conflicts.into_values().collect())
}

/// Runs of both kinds in the order of time, those of one host that follow each other as one lease.
fn join(
    store: &Store,
    machines: Vec<Run>,
    stations: Vec<Run>,
    conflicts: Vec<(u32, BTreeSet<u32>, Seen)>,
) -> History {
    let mut all: Vec<Run> = machines.into_iter().chain(stations).collect();
    // Stable: a machine's run goes before a name's at the same time.
    all.sort_by_key(|run| run.seen.from);
    let mut joined: Vec<Run> = Vec::with_capacity(all.len());
    for run in all {
        match joined.last_mut().filter(|a| a.host == run.host && !a.shared && !run.shared) {
            Some(a) => {
                a.seen.add(store, run.seen);
                a.proof = a.proof.max(run.proof);
            }
            None => joined.push(run),
        }
    }
    let spans = match joined.as_slice() {
        [one] if !one.shared => vec![Span { from: i64::MIN, until: i64::MAX, host: one.host }],
        _ => (0..joined.len())
            .filter(|&i| !joined[i].shared)
            .map(|i| {
                let run = &joined[i];
                Span { from: run.seen.from, until: until(run, joined.get(i + 1)), host: run.host }
            })
            .collect(),
    };
    let leases = joined.iter().filter(|run| !run.shared).map(|run| (run.host, run.proof, run.seen)).collect();
    History { leases, conflicts, spans }
}

/// Whose it is at a time, among spans by rising time.
pub fn at(spans: &[Span], time: i64) -> Option<u32> {
    let after = spans.partition_point(|s| s.from <= time);
    spans[..after].last().filter(|s| time <= s.until).map(|s| s.host)
}
