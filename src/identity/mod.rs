//! Who and where: the many spellings in the records brought together to accounts and hosts.

mod account;
mod address;
mod events;
mod host;
mod lease;

pub use account::{Account, AccountKind, Accounts, Privilege};
pub use address::{Address, parse as parse_address};
pub use events::{Event, Events};
pub use host::{Conflict, Host, HostKind, Hosts, Lease, Seen};
pub use lease::Proof;

use crate::store::{Row, Store};

/// "Nobody" and "nowhere" among account and host numbers.
pub const NONE: u32 = u32::MAX;

/// The accounts and hosts of a store.
#[derive(Clone, Debug, Default)]
pub struct Identity {
    pub accounts: Accounts,
    pub hosts: Hosts,
}

/// Where a logon came from and where it went, as host numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    pub source: u32,
    pub target: u32,
}

impl Identity {
    /// Resolves every principal, name and address of the store. `order`: its rows by time (see [`Store::in_order`]). Linear in events.
    pub fn resolve(store: &Store, order: &[u32]) -> Self {
        Self { accounts: Accounts::resolve(store), hosts: Hosts::resolve(store, order) }
    }

    /// The account an event is about, or [`NONE`].
    pub fn account(&self, row: &Row) -> u32 {
        self.accounts.of_principal(row.account)
    }

    /// The account that acted, or [`NONE`].
    pub fn subject(&self, row: &Row) -> u32 {
        self.accounts.of_principal(row.subject)
    }

    /// From where to where, for events that are logons.
    pub fn way(&self, store: &Store, row: &Row) -> Way {
        self.hosts.way(store, row)
    }
}
