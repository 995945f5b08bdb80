//! Where something could have been reached from, and how late: [`super::reach()`] turned round.
//!
//! Of every host and account: the latest moment before which it had to be ruled for the goal to be reached in time, and the step it leads on
//! with. One pass over the hops from the latest to the earliest; the two readings are those of [`super::reach()`].

use super::hops::{Hops, Moment, wanted};
use super::network::Node;
use super::period::Period;
use super::reach::{Reading, Step, list};
use super::set_aside::Include;

/// When at the latest and by which step; `by` is `None` for the goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Departure {
    pub time: i64,
    pub by: Option<Step>,
}

/// Everything the goal could have been reached from, by account and host number.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    hosts: Vec<Option<Departure>>,
    accounts: Vec<Option<Departure>>,
}

/// From where `goal` could have been reached within `period`. Linear in hops and exposures of the period.
pub fn origins(hops: &Hops, goal: Node, period: Period, reading: Reading, include: Include) -> Origins {
    let mut origins = Origins { hosts: vec![None; hops.hosts], accounts: vec![None; hops.accounts] };
    let end = Departure { time: period.to, by: None };
    let slot = match goal {
        Node::Account(n) => origins.accounts.get_mut(n as usize),
        Node::Host(n) => origins.hosts.get_mut(n as usize),
    };
    let Some(slot) = slot else { return origins };
    *slot = Some(end);
    let about = match goal {
        Node::Account(n) => Some(n),
        Node::Host(_) => None,
    };
    let exposed = reading == Reading::Exposed;
    for moment in hops.moments(period).rev() {
        match moment {
            Moment::Hop(n, hop) if wanted(hop.account, hop.aside, include, about) => {
                let arrives = after(origins.hosts[hop.target as usize], hop.time);
                let gives = after(origins.accounts[hop.account as usize], hop.time)
                    && (exposed || about == Some(hop.account));
                if arrives {
                    depart(&mut origins.hosts[hop.source as usize], hop.time, Step::Move(n));
                    depart(&mut origins.accounts[hop.account as usize], hop.time, Step::Move(n));
                }
                if gives {
                    depart(&mut origins.hosts[hop.source as usize], hop.time, Step::Used(n));
                }
            }
            Moment::Exposure(n, x)
                if exposed
                    && wanted(x.account, x.aside, include, about)
                    && after(origins.accounts[x.account as usize], x.time) =>
            {
                depart(&mut origins.hosts[x.host as usize], x.time, Step::Exposed(n));
            }
            _ => {}
        }
    }
    origins
}

/// Whether ruling it since `time` is early enough.
fn after(departure: Option<Departure>, time: i64) -> bool {
    departure.is_some_and(|d| time < d.time)
}

/// Notes the latest departure; the pass comes to it first.
fn depart(slot: &mut Option<Departure>, time: i64, by: Step) {
    slot.get_or_insert(Departure { time, by: Some(by) });
}

impl Origins {
    pub fn at(&self, node: Node) -> Option<Departure> {
        match node {
            Node::Account(n) => self.accounts.get(n as usize).copied()?,
            Node::Host(n) => self.hosts.get(n as usize).copied()?,
        }
    }

    /// All of them, latest first.
    pub fn all(&self) -> Vec<(Node, Departure)> {
        let mut all = list(&self.hosts, &self.accounts);
        all.sort_by_key(|(node, d)| (std::cmp::Reverse(d.time), d.by.is_some(), *node));
        all
    }

    /// The way from `node` to the goal, step by step; `None` where there is none. Times rise strictly.
    pub fn steps(&self, hops: &Hops, node: Node) -> Option<Vec<Step>> {
        let mut steps = Vec::new();
        let mut departure = self.at(node)?;
        while let Some(step) = departure.by {
            steps.push(step);
            let next = match step {
                Step::Move(n) => Node::Host(hops.all.get(n as usize)?.target),
                Step::Used(n) => Node::Account(hops.all.get(n as usize)?.account),
                Step::Exposed(n) => Node::Account(hops.exposures.get(n as usize)?.account),
            };
            departure = self.at(next)?;
        }
        Some(steps)
    }
}
