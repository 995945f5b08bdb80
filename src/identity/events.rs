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

/// 20 bytes per event, dropped when the analysis is done.
#[derive(Clone, Debug, Default)]
pub struct Events {
    pub all: Vec<Event>,
}

impl Events {
    /// Every row of `order` (see [`Store::in_order`]) with its accounts and hosts.
    pub fn resolve(store: &Store, identity: &Identity, order: Vec<u32>) -> Self {
        let all = order
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
