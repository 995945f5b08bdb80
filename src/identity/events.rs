//! All events in the order of time with the accounts and hosts they name: made once, read by every analysis.

use super::Identity;
use crate::store::Store;

/// One event; numbers are the [`Identity`]'s, [`super::NONE`] where the record names nobody or no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Where it stands in the store's columns.
    pub row: u32,
    /// The account it is about.
    pub account: u32,
    /// The account that acted.
    pub subject: u32,
    pub source: u32,
    pub target: u32,
}

/// 20 bytes per event.
#[derive(Clone, Debug, Default)]
pub struct Events {
    pub all: Vec<Event>,
}

impl Events {
    /// Every row with its accounts and hosts. Linear in events where the files are in the order of time, as logs are; n log n at worst.
    pub fn resolve(store: &Store, identity: &Identity) -> Self {
        let all = store
            .in_order()
            .into_iter()
            .filter_map(|number| {
                let row = store.columns.row(number as usize)?;
                let way = identity.way(store, &row);
                Some(Event {
                    row: number,
                    account: identity.account(&row),
                    subject: identity.subject(&row),
                    source: way.source,
                    target: way.target,
                })
            })
            .collect();
        Self { all }
    }
}
