//! Who and where: the many spellings in the records brought together to accounts and hosts.
//!
//! Both over time: an account keeps its SID through renames, a name can pass from one SID to another, an address from one host to another.

mod account;
mod address;
mod change;
mod events;
mod host;
mod lease;
mod machine;
mod meaning;
mod names;
mod owner;
mod sighting;
mod spelling;
mod tenancy;

pub use account::{Account, AccountKind, Accounts, Privilege};
pub use address::{Address, parse as parse_address};
pub use change::Rename;
pub use events::{Event, Events};
pub use host::{Host, HostKind, Hosts};
pub use lease::{Conflict, GRACE, Lease, MAX_NAMES};
pub use sighting::{Proof, Seen};

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
    /// Resolves every principal, name and address of the store; linear in events.
    pub fn resolve(store: &Store) -> Self {
        let (mut accounts, mut hosts) = (Accounts::resolve(store), Hosts::resolve(store));
        machine::tie(&mut accounts, &mut hosts);
        Self { accounts, hosts }
    }

    /// The account an event is about, or [`NONE`].
    pub fn account(&self, row: &Row) -> u32 {
        self.accounts.at(row.account, row.time)
    }

    /// The account that acted, or [`NONE`].
    pub fn subject(&self, row: &Row) -> u32 {
        self.accounts.at(row.subject, row.time)
    }

    /// From where to where, for events that are logons.
    pub fn way(&self, store: &Store, row: &Row) -> Way {
        self.hosts.way(store, row)
    }
}
