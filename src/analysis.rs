//! The way from stored events to ranks, in one call.

use crate::graph::{Include, Logons, Network, Node};
use crate::identity::{Events, Identity, NONE};
use crate::score::{PageRank, Ranks};
use crate::store::Store;
use crate::suspicion::{Chain, Suspicion, suspicion};

/// What a node did in all loaded events, set aside or not.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Activity {
    pub events: u64,
    pub failures: u64,
    /// In ticks; meaningless where there are no events.
    pub first: i64,
    pub last: i64,
}

impl Activity {
    fn add(&mut self, time: i64, failure: bool) {
        if self.events == 0 {
            (self.first, self.last) = (time, time);
        }
        self.events += 1;
        self.failures += u64::from(failure);
        self.first = self.first.min(time);
        self.last = self.last.max(time);
    }
}

/// Everything derived from the events with one choice of what to include.
#[derive(Clone, Debug, Default)]
pub struct Analysis {
    pub include: Include,
    pub identity: Identity,
    pub logons: Logons,
    pub network: Network,
    pub ranks: Ranks,
    pub suspicion: Suspicion,
    pub chains: Vec<Chain>,
    accounts: Vec<Activity>,
    hosts: Vec<Activity>,
}

impl Analysis {
    /// Linear in events, and in edges times rounds for the ranks.
    pub fn of(store: &Store, include: Include) -> Self {
        let order = store.in_order();
        let identity = Identity::resolve(store);
        let logons = Logons::build(store, &identity, include);
        let network = Network::build(&logons.edges);
        let ranks = Ranks::compute(&network, &PageRank::default());
        let (accounts, hosts) = activity(store, &identity);
        let events = Events::resolve(store, &identity, order);
        let (suspicion, chains) = suspicion(store, &identity, &events);
        Self { include, identity, logons, network, ranks, suspicion, chains, accounts, hosts }
    }

    pub fn activity(&self, node: Node) -> Activity {
        let (list, n) = match node {
            Node::Account(n) => (&self.accounts, n),
            Node::Host(n) => (&self.hosts, n),
        };
        list.get(n as usize).copied().unwrap_or_default()
    }
}

fn activity(store: &Store, identity: &Identity) -> (Vec<Activity>, Vec<Activity>) {
    let mut accounts = vec![Activity::default(); identity.accounts.all.len()];
    let mut hosts = vec![Activity::default(); identity.hosts.all.len()];
    for row in store.rows() {
        let failure = row.is_failure();
        let add = |list: &mut Vec<Activity>, n: u32| {
            if n != NONE
                && let Some(a) = list.get_mut(n as usize)
            {
                a.add(row.time, failure);
            }
        };
        add(&mut accounts, identity.account(&row));
        let way = identity.way(store, &row);
        add(&mut hosts, way.target);
        if way.source != way.target {
            add(&mut hosts, way.source);
        }
    }
    (accounts, hosts)
}
