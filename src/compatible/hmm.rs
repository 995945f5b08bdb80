//! LogonTracer's hidden Markov model: which users it flags.

use super::edges::{Edges, Step};
use super::quicksort::argsort;
use crate::event::time::TICKS_PER_SECOND;
use crate::score::hmm::{Model, symbol};
use std::collections::{BTreeMap, BTreeSet};

const SECONDS_PER_DAY: i64 = 86_400;

/// The users (with their `@`) it flags: one sequence per day, user and host, in the order of the seconds; more than two events; exactly two
/// states on the likeliest path. It ends with the first day that has no logon row.
pub fn flagged(edges: &Edges) -> BTreeSet<String> {
    let Some((first, _)) = edges.span else { return BTreeSet::new() };
    let mut day = first.div_euclid(TICKS_PER_SECOND * SECONDS_PER_DAY);
    let mut days: BTreeMap<i64, BTreeMap<(u32, u32), Vec<u8>>> = BTreeMap::new();
    for step in in_order(&edges.steps) {
        let day = days.entry(step.second.div_euclid(SECONDS_PER_DAY)).or_default();
        day.entry((step.user, step.host)).or_default().extend(symbol(step.event_id));
    }
    let model = Model::published();
    let mut users = BTreeSet::new();
    while let Some(sequences) = days.get(&day) {
        let hits = sequences.iter().filter(|(_, symbols)| model.flags(symbols));
        users.extend(hits.filter_map(|((user, _), _)| edges.names.get(*user as usize).cloned()));
        day += 1;
    }
    users
}

/// By second, as pandas puts them.
fn in_order(steps: &[Step]) -> impl Iterator<Item = &Step> {
    let seconds: Vec<i64> = steps.iter().map(|s| s.second).collect();
    argsort(&seconds).into_iter().map(|i| &steps[i as usize])
}
