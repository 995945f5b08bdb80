//! What could have been reached from somewhere, and when at the earliest.
//!
//! Whoever rules a host from some time on can use every account that logs on from it later, so each hop that leaves a reached host *later* than
//! that host was reached leads on: earliest arrival in a temporal graph (H. Wu et al., "Path Problems in Temporal Graphs", VLDB 2014), one pass
//! over the hops in the order of time. Two events of one tick do not build on each other.
//!
//! There are two readings:
//!
//! - [`Reading::Strict`]: a hop counts only where it starts on a reached host. The chain of hops is as the log has it.
//! - [`Reading::Exposed`]: also, an account whose credentials lay open on a reached host after it was reached (it logged on there with type 2, 4,
//!   5, 7–13, was named in a 4648, or hopped from there) is in hand, and later hops by it count from wherever they start: with a stolen
//!   password one need not come from the host it was stolen on. What was left behind *before* the host was reached does not count.
//!
//! Either says what is possible by the events there are, never that it was done; moves that no log shows are in neither.

use super::hops::{Hops, Moment, wanted};
use super::network::Node;
use super::period::Period;
use super::set_aside::Include;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    #[default]
    Strict,
    Exposed,
}

impl Reading {
    pub const fn name(self) -> &'static str {
        match self {
            Reading::Strict => "strict",
            Reading::Exposed => "exposed",
        }
    }

    pub fn from_name(name: &str) -> Option<Reading> {
        [Reading::Strict, Reading::Exposed].into_iter().find(|r| r.name() == name)
    }
}

/// One step of a path; numbers are of [`Hops::all`] and [`Hops::exposures`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The hop is taken: from its source to its target with its account.
    Move(u32),
    /// The hop shows its account in use on its source, where it can be taken over.
    Used(u32),
    /// The account lies open on the host.
    Exposed(u32),
}

impl Step {
    pub fn time(self, hops: &Hops) -> Option<i64> {
        match self {
            Step::Move(n) | Step::Used(n) => hops.all.get(n as usize).map(|h| h.time),
            Step::Exposed(n) => hops.exposures.get(n as usize).map(|x| x.time),
        }
    }
}

/// Where it begins. An account alone is in hand wherever it is used; on a host, it is the host that is ruled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    Account(u32),
    Host(u32),
    /// The account as it is used on the host.
    On {
        account: u32,
        host: u32,
    },
}

impl Start {
    pub fn account(self) -> Option<u32> {
        match self {
            Start::Account(account) | Start::On { account, .. } => Some(account),
            Start::Host(_) => None,
        }
    }

    pub fn host(self) -> Option<u32> {
        match self {
            Start::Host(host) | Start::On { host, .. } => Some(host),
            Start::Account(_) => None,
        }
    }
}

/// When and how something was reached; `by` is `None` where it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    pub time: i64,
    pub by: Option<Step>,
}

/// Everything reached, by account and host number.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    hosts: Vec<Option<Arrival>>,
    accounts: Vec<Option<Arrival>>,
}

/// What `start` could have reached in `period`, ruling it from the period's beginning. Linear in hops and exposures of the period.
pub fn reach(hops: &Hops, start: Start, period: Period, reading: Reading, include: Include) -> Reach {
    let mut reach = Reach { hosts: vec![None; hops.hosts], accounts: vec![None; hops.accounts] };
    let begin = Some(Arrival { time: period.from, by: None });
    if let Some(slot) = start.host().and_then(|h| reach.hosts.get_mut(h as usize)) {
        *slot = begin;
    }
    if let Some(slot) = start.account().and_then(|a| reach.accounts.get_mut(a as usize)) {
        *slot = begin;
    }
    let everywhere = |account| start == Start::Account(account);
    let exposed = reading == Reading::Exposed;
    for moment in hops.moments(period) {
        match moment {
            Moment::Hop(n, hop) if wanted(hop.account, hop.aside, include, start.account()) => {
                let from_host = before(reach.hosts[hop.source as usize], hop.time);
                let in_hand = before(reach.accounts[hop.account as usize], hop.time)
                    && (exposed || everywhere(hop.account));
                if from_host || in_hand {
                    arrive(&mut reach.hosts[hop.target as usize], hop.time, Step::Move(n));
                }
                if from_host {
                    arrive(&mut reach.accounts[hop.account as usize], hop.time, Step::Used(n));
                }
                // The account asked about is where it is used.
                if everywhere(hop.account) {
                    arrive(&mut reach.hosts[hop.source as usize], hop.time, Step::Used(n));
                }
            }
            Moment::Exposure(n, x)
                if exposed
                    && wanted(x.account, x.aside, include, start.account())
                    && before(reach.hosts[x.host as usize], x.time) =>
            {
                arrive(&mut reach.accounts[x.account as usize], x.time, Step::Exposed(n));
            }
            _ => {}
        }
    }
    reach
}

/// Whether it was reached early enough to build on at `time`: at the beginning, or strictly before.
fn before(arrival: Option<Arrival>, time: i64) -> bool {
    arrival.is_some_and(|a| a.by.is_none() || a.time < time)
}

/// Notes the first arrival; later ones are no better.
fn arrive(slot: &mut Option<Arrival>, time: i64, by: Step) {
    slot.get_or_insert(Arrival { time, by: Some(by) });
}

impl Reach {
    pub fn at(&self, node: Node) -> Option<Arrival> {
        match node {
            Node::Account(n) => self.accounts.get(n as usize).copied()?,
            Node::Host(n) => self.hosts.get(n as usize).copied()?,
        }
    }

    /// Everything reached, earliest first.
    pub fn all(&self) -> Vec<(Node, Arrival)> {
        let mut all = list(&self.hosts, &self.accounts);
        all.sort_by_key(|(node, a)| (a.time, a.by.is_some(), *node));
        all
    }

    /// How `node` was reached, step by step from the start; `None` where it was not. Times rise strictly.
    pub fn steps(&self, hops: &Hops, node: Node) -> Option<Vec<Step>> {
        let mut steps = Vec::new();
        let mut arrival = self.at(node)?;
        while let Some(step) = arrival.by {
            steps.push(step);
            let before_it = match step {
                // From the host; by the account in hand where that is not reached yet.
                Step::Move(n) | Step::Used(n) => {
                    let hop = hops.all.get(n as usize)?;
                    let from = self.at(Node::Host(hop.source)).filter(|a| before(Some(*a), hop.time));
                    from.or_else(|| self.at(Node::Account(hop.account)))
                }
                Step::Exposed(n) => self.at(Node::Host(hops.exposures.get(n as usize)?.host)),
            };
            arrival = before_it?;
        }
        steps.reverse();
        Some(steps)
    }
}

/// What is there of both lists, in no order that means anything.
pub(super) fn list<T: Copy>(hosts: &[Option<T>], accounts: &[Option<T>]) -> Vec<(Node, T)> {
    let of = |slots: &[Option<T>], node: fn(u32) -> Node| -> Vec<(Node, T)> {
        slots.iter().zip(0..).filter_map(|(slot, n)| Some((node(n), (*slot)?))).collect()
    };
    let mut all = of(accounts, Node::Account);
    all.extend(of(hosts, Node::Host));
    all
}
