//! Logon edges: source —[account, event id, logon type, package, status]→ target, with count, first and last time.

use super::set_aside::{Include, Reason, incomplete, is_logon, of_account};
use crate::identity::{Events, Identity, Way};
use crate::store::Store;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// Equal logons taken together.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// Account and host numbers of the [`Identity`].
    pub account: u32,
    pub source: u32,
    pub target: u32,
    pub event_id: u16,
    pub logon_type: Option<u8>,
    /// Text number of the authentication package.
    pub package: u32,
    /// The failure's reason or the status, where there is one (see [`crate::store::Row::reason`]).
    pub status: Option<u32>,
    pub failure: bool,
    pub count: u64,
    /// In ticks.
    pub first: i64,
    pub last: i64,
}

/// All edges in a fixed order, and what was left out.
#[derive(Clone, Debug, Default)]
pub struct Logons {
    pub edges: Vec<Edge>,
    /// Events by reason, whether brought back or not; see [`Reason`].
    set_aside: [u64; Reason::ALL.len()],
}

type Key = (u32, u32, u32, u16, Option<u8>, u32, Option<u32>);

impl Logons {
    /// Aggregates every logon of the store; linear in events.
    pub fn build(store: &Store, identity: &Identity, events: &Events, include: Include) -> Self {
        let mut edges: HashMap<Key, Edge, FixedState> = HashMap::default();
        let mut set_aside = [0; Reason::ALL.len()];
        for e in &events.all {
            let Some(row) = store.columns.row(e.row as usize) else { continue };
            let reason = if is_logon(row.event_id) {
                of_account(identity, e.account)
            } else {
                Some(Reason::NotALogon)
            };
            if let Some(reason) = reason {
                set_aside[reason as usize] += 1;
                if !include.has(reason) {
                    continue;
                }
            }
            let (account, way) = (e.account, Way { source: e.source, target: e.target });
            if let Some(reason) = incomplete(account, way) {
                set_aside[reason as usize] += 1;
                continue;
            }
            let key =
                (account, way.source, way.target, row.event_id, row.logon_type(), row.package, row.reason());
            let edge = edges.entry(key).or_insert_with(|| Edge {
                account,
                source: way.source,
                target: way.target,
                event_id: row.event_id,
                logon_type: row.logon_type(),
                package: row.package,
                status: row.reason(),
                failure: row.is_failure(),
                count: 0,
                first: row.time,
                last: row.time,
            });
            edge.count += 1;
            edge.first = edge.first.min(row.time);
            edge.last = edge.last.max(row.time);
        }
        let mut edges: Vec<Edge> = edges.into_values().collect();
        // Text numbers depend on the order of reading; texts do not.
        let package = |e: &Edge| store.tables.strings.get(e.package);
        edges.sort_unstable_by(|a, b| {
            let key = |e: &Edge| (e.account, e.source, e.target, e.event_id, e.logon_type, e.status);
            key(a).cmp(&key(b)).then_with(|| package(a).cmp(package(b)))
        });
        Self { edges, set_aside }
    }

    /// How many events this reason concerns.
    pub fn set_aside(&self, reason: Reason) -> u64 {
        self.set_aside[reason as usize]
    }

    /// Events that are in edges.
    pub fn drawn(&self) -> u64 {
        self.edges.iter().map(|e| e.count).sum()
    }
}
