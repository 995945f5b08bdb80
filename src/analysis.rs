//! The way from stored events to ranks, in one call.

use crate::detect::{Detections, Evidence, Settings, detect};
use crate::graph::{Hops, Include, Logons, Network, Node};
use crate::identity::{Events, Identity};
use crate::score::{PageRank, Ranks};
use crate::store::Store;
use crate::suspicion::{Chain, Suspicion, suspicion};
use crate::timeline::{Coverage, Sessions};
use std::sync::OnceLock;

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
    /// PageRank that starts anew at suspicious nodes, by their points: who is near them. `None` where nothing is suspicious.
    pub near: Option<Ranks>,
    /// Every event in the order of time, resolved.
    pub events: Events,
    accounts: Vec<Activity>,
    hosts: Vec<Activity>,
    /// Made when somebody asks.
    hops: OnceLock<Hops>,
    sessions: OnceLock<Sessions>,
    coverage: OnceLock<Coverage>,
}

impl Analysis {
    /// Linear in events, and in edges times rounds for the ranks.
    pub fn of(store: &Store, include: Include) -> Self {
        let identity = Identity::resolve(store);
        let events = Events::resolve(store, &identity);
        let logons = Logons::build(store, &identity, &events, include);
        let network = Network::build(&logons.edges);
        let ranks = Ranks::compute(&network, &PageRank::default());
        let (accounts, hosts) = activity(store, &identity, &events);
        let (suspicion, chains) = suspicion(store, &identity, &events);
        let suspects = suspicion.accounts().iter().chain(suspicion.hosts());
        let marked: Vec<(Node, f64)> =
            suspects.filter_map(|n| Some((*n, suspicion.node(*n)?.points()))).collect();
        let near = Ranks::personalised(&network, &PageRank::default(), &marked);
        Self {
            include,
            identity,
            logons,
            network,
            ranks,
            suspicion,
            chains,
            near,
            events,
            accounts,
            hosts,
            ..Self::default()
        }
    }

    /// The moves from host to host, for paths.
    pub fn hops(&self, store: &Store) -> &Hops {
        self.hops.get_or_init(|| Hops::build(store, &self.identity, &self.events))
    }

    pub fn sessions(&self, store: &Store) -> &Sessions {
        self.sessions.get_or_init(|| Sessions::of(store, &self.events))
    }

    /// Named findings, with these settings. Identity, coverage and suspicion are at hand; this is what a change of settings costs.
    pub fn detect(&self, store: &Store, settings: &Settings) -> Detections {
        let coverage = self.coverage(store);
        let Self { identity, events, suspicion, chains, .. } = self;
        detect(Evidence { store, identity, events, coverage, suspicion, chains }, settings)
    }

    /// What the logs cover, and what therefore could not be evaluated.
    pub fn coverage(&self, store: &Store) -> &Coverage {
        self.coverage.get_or_init(|| Coverage::of(store, &self.identity, &self.events))
    }

    pub fn activity(&self, node: Node) -> Activity {
        let (list, n) = match node {
            Node::Account(n) => (&self.accounts, n),
            Node::Host(n) => (&self.hosts, n),
        };
        list.get(n as usize).copied().unwrap_or_default()
    }
}

fn activity(store: &Store, identity: &Identity, events: &Events) -> (Vec<Activity>, Vec<Activity>) {
    let mut accounts = vec![Activity::default(); identity.accounts.all.len()];
    let mut hosts = vec![Activity::default(); identity.hosts.all.len()];
    let c = &store.columns;
    for e in &events.all {
        let row = e.row as usize;
        let (time, failure) = (c.time[row], c.is_failure(row));
        let add = |list: &mut Vec<Activity>, n: u32| {
            if let Some(a) = list.get_mut(n as usize) {
                a.add(time, failure);
            }
        };
        add(&mut accounts, e.account);
        add(&mut hosts, e.target);
        if e.source != e.target {
            add(&mut hosts, e.source);
        }
    }
    (accounts, hosts)
}
