//! What is other in one period than in another: logons, accounts and hosts that are new, gone, or much more or less frequent.
//!
//! Both periods are held to the same rules as the graph ([`super::set_aside`]), so that the difference is one of what is drawn. Counts are
//! compared as rates per day of the period asked for; whether the log covers it is for the reader to know.

use super::network::Node;
use super::period::Period;
use super::set_aside::{Include, incomplete, is_logon, of_account};
use crate::identity::{Events, Identity, Way};
use crate::store::{NO_TYPE, Store};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::hash::Hash;

/// A change of rate is notable from this factor on…
const FACTOR: u128 = 3;
/// …where one of the periods has at least so many events: from one to three is nothing.
const EVENTS: u64 = 5;

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Logon {
    pub account: u32,
    pub source: u32,
    pub target: u32,
    pub event_id: u16,
    pub logon_type: Option<u8>,
    pub failure: bool,
}

/// What one period holds of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// 0 where it is not there; the rest means nothing then.
    pub count: u64,
    /// In ticks.
    pub first: i64,
    pub last: i64,
    pub first_row: u32,
    pub last_row: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    New,
    Gone,
    Changed,
}

impl Kind {
    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::New => "new",
            Kind::Gone => "gone",
            Kind::Changed => "changed",
        }
    }
}

/// A difference; never two equal rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change<T> {
    pub what: T,
    pub before: Side,
    pub after: Side,
    /// New, gone, or at least three times as frequent in one period as in the other, with at least five events in one of them.
    pub notable: bool,
}

impl<T> Change<T> {
    pub const fn kind(&self) -> Kind {
        match (self.before.count, self.after.count) {
            (0, _) => Kind::New,
            (_, 0) => Kind::Gone,
            _ => Kind::Changed,
        }
    }
}

/// Logons sorted by their numbers, accounts before hosts; `nodes` has only what is new or gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    pub logons: Vec<Change<Logon>>,
    pub nodes: Vec<Change<Node>>,
}

type Sides<T> = HashMap<T, [Side; 2], FixedState>;

/// What changed from the period `before` to `after`; they may overlap. One pass over the events between their ends.
pub fn diff(
    store: &Store,
    identity: &Identity,
    events: &Events,
    [before, after]: [Period; 2],
    include: Include,
) -> Diff {
    let c = &store.columns;
    let at = |time: i64| events.all.partition_point(|e| c.time[e.row as usize] < time);
    let (from, to) = (at(before.from.min(after.from)), at(before.to.max(after.to)));
    let aside: Vec<_> =
        (0..identity.accounts.all.len() as u32).map(|account| of_account(identity, account)).collect();
    let mut logons: Sides<Logon> = HashMap::default();
    let mut nodes: Sides<Node> = HashMap::default();
    for e in events.all.get(from..to).unwrap_or_default() {
        let row = e.row as usize;
        let (time, event_id) = (c.time[row], c.event_id[row]);
        let holds = [before.holds(time), after.holds(time)];
        let left_out = aside.get(e.account as usize).copied().flatten().is_some_and(|r| !include.has(r));
        let way = Way { source: e.source, target: e.target };
        if holds == [false; 2] || left_out || !is_logon(event_id) || incomplete(e.account, way).is_some() {
            continue;
        }
        let logon = Logon {
            account: e.account,
            source: e.source,
            target: e.target,
            event_id,
            logon_type: Some(c.logon_type[row]).filter(|t| *t != NO_TYPE),
            failure: c.is_failure(row),
        };
        add(&mut logons, logon, holds, time, e.row);
        add(&mut nodes, Node::Account(e.account), holds, time, e.row);
        add(&mut nodes, Node::Host(e.target), holds, time, e.row);
        if e.source != e.target {
            add(&mut nodes, Node::Host(e.source), holds, time, e.row);
        }
    }
    let ticks = [before.ticks(), after.ticks()];
    let mut nodes = changes(nodes, ticks);
    nodes.retain(|n| n.kind() != Kind::Changed);
    Diff { logons: changes(logons, ticks), nodes }
}

fn add<T: Hash + Eq>(sides: &mut Sides<T>, what: T, holds: [bool; 2], time: i64, row: u32) {
    for (side, _) in sides.entry(what).or_default().iter_mut().zip(holds).filter(|(_, holds)| *holds) {
        // In the order of time: the first stays, the last is overwritten.
        if side.count == 0 {
            (side.first, side.first_row) = (time, row);
        }
        side.count += 1;
        (side.last, side.last_row) = (time, row);
    }
}

fn changes<T: Ord + Copy>(sides: Sides<T>, ticks: [u128; 2]) -> Vec<Change<T>> {
    let mut all: Vec<Change<T>> = sides
        .into_iter()
        .filter_map(|(what, [before, after])| {
            // Rates as count × the other's length: exact, and without a division.
            let rate = |count: u64, other: u128| u128::from(count).saturating_mul(other);
            let (b, a) = (rate(before.count, ticks[1]), rate(after.count, ticks[0]));
            let there = before.count > 0 && after.count > 0;
            let factor = a.max(b) >= a.min(b).saturating_mul(FACTOR);
            let notable = !there || factor && before.count.max(after.count) >= EVENTS;
            (!there || a != b).then_some(Change { what, before, after, notable })
        })
        .collect();
    all.sort_unstable_by_key(|c| c.what);
    all
}
