//! Facts that other analyses ask for.

use super::{Cell, Coverage};
use crate::identity::{HostKind, Identity, NONE};
use crate::timeline::written::is_security;

/// A domain controller whose ticket events (4768, 4769) are in the logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Issuer {
    pub host: u32,
    /// Of its Security events, in ticks.
    pub first: i64,
    pub last: i64,
    /// Whether both lie outside the time asked for, so that a ticket of that time would be here if this controller issued it and no gap hides it.
    pub covers: bool,
}

impl Coverage {
    /// Hosts whose own Security log is loaded, or a part of it, by number.
    pub fn own_logs(&self) -> Vec<u32> {
        self.hosts_with(|c| is_security(c.event_id))
    }

    /// Hosts that wrote this event, by number: there it is audited.
    pub fn audited(&self, event_id: u16) -> Vec<u32> {
        self.hosts_with(|c| c.event_id == event_id)
    }

    /// Events of this id in all logs.
    pub fn count(&self, event_id: u16) -> u64 {
        self.cells.iter().filter(|c| c.event_id == event_id).map(|c| c.count).sum()
    }

    /// Whether a domain controller wrote this event at all (4662 for DCSync, say).
    pub fn audited_on_dc(&self, identity: &Identity, event_id: u16) -> bool {
        self.audited(event_id).iter().any(|&h| is_dc(identity, h))
    }

    /// Domain controllers whose ticket events are here, and whether their logs reach from `from` to `to` (ticks); by number.
    pub fn issuers(&self, from: i64, to: i64) -> Vec<Issuer> {
        let issuing = self.hosts_with(|c| matches!(c.event_id, 4768 | 4769));
        issuing
            .into_iter()
            .filter_map(|host| {
                let own = || self.of_host(host).iter().filter(|c| is_security(c.event_id));
                let first = own().map(|c| c.first).min()?;
                let last = own().map(|c| c.last).max()?;
                Some(Issuer { host, first, last, covers: first <= from && to <= last })
            })
            .collect()
    }

    /// Cells are sorted by host.
    fn hosts_with(&self, is: impl Fn(&Cell) -> bool) -> Vec<u32> {
        let mut hosts: Vec<u32> =
            self.cells.iter().filter(|c| c.host != NONE && is(c)).map(|c| c.host).collect();
        hosts.dedup();
        hosts
    }
}

pub fn is_dc(identity: &Identity, host: u32) -> bool {
    identity.hosts.get(host).is_some_and(|h| h.kind == HostKind::DomainController)
}
