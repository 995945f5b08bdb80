//! Stores made of a few events, each told by what matters about it.

use logonscope::event::{Field, time::TICKS_PER_SECOND};
use logonscope::identity::{Events, Identity};
use logonscope::store::{Batch, NO_STATUS, NO_TYPE, Principal, Row, Store, Tables};

/// One event; `..Said::default()` gives the rest.
#[derive(Clone, Debug)]
pub struct Said {
    /// In ticks.
    pub time: i64,
    pub id: u16,
    /// A name of CORP, or with a backslash of another domain.
    pub account: String,
    pub computer: String,
    pub address: String,
    pub workstation: String,
    pub logon_type: u8,
    pub status: u32,
    pub details: Vec<(Field, String)>,
}

impl Default for Said {
    fn default() -> Self {
        let none = String::new;
        Said {
            time: 0,
            id: 4624,
            account: none(),
            computer: none(),
            address: none(),
            workstation: none(),
            logon_type: NO_TYPE,
            status: NO_STATUS,
            details: Vec::new(),
        }
    }
}

/// A logon of `account` on `computer` from `source`, `second` seconds after 1970.
pub fn logon(second: i64, logon_type: u8, account: &str, source: &str, computer: &str) -> Said {
    Said {
        time: second * TICKS_PER_SECOND,
        logon_type,
        account: account.into(),
        workstation: source.into(),
        computer: computer.into(),
        ..Said::default()
    }
}

/// Credentials of `account` used on `computer` towards `server`.
pub fn explicit(second: i64, account: &str, computer: &str, server: &str) -> Said {
    let details = vec![(Field::TargetServerName, server.into())];
    Said { id: 4648, details, ..logon(second, NO_TYPE, account, "", computer) }
}

pub struct Told {
    pub store: Store,
    pub identity: Identity,
    pub events: Events,
}

pub fn told(events: &[Said]) -> Told {
    let mut batch = Batch::default();
    for (event, record_id) in events.iter().zip(1..) {
        let tables = &mut batch.tables;
        let (domain, name) = event.account.split_once('\\').unwrap_or(("CORP", &event.account));
        let who = Principal {
            sid: 0,
            domain: tables.strings.intern(if name.is_empty() { "" } else { domain }),
            name: tables.strings.intern(name),
        };
        let mut set = Vec::new();
        for (field, value) in &event.details {
            let value = tables.strings.intern(value);
            Tables::encode_detail(*field, value, &mut set);
        }
        batch.columns.push(Row {
            time: event.time,
            event_id: event.id,
            record_id,
            file: 0,
            chunk: 0,
            offset: 0,
            computer: tables.strings.intern(&event.computer),
            account: tables.principal(who),
            subject: 0,
            address: tables.strings.intern(&event.address),
            port: 0,
            workstation: tables.strings.intern(&event.workstation),
            logon_type: event.logon_type,
            status: event.status,
            sub_status: NO_STATUS,
            package: 0,
            logon_id: 0,
            ticket: 0,
            details: tables.detail_set(&set),
        });
    }
    let mut store = Store::default();
    store.append(batch);
    let identity = Identity::resolve(&store);
    let events = Events::resolve(&store, &identity);
    Told { store, identity, events }
}

impl Told {
    pub fn account(&self, name: &str) -> u32 {
        let found = self.identity.accounts.all.iter().position(|a| a.name == name);
        found.unwrap_or_else(|| panic!("no account {name}")) as u32
    }

    pub fn host(&self, name: &str) -> u32 {
        let found = self.identity.hosts.all.iter().position(|h| h.name == name);
        found.unwrap_or_else(|| panic!("no host {name}")) as u32
    }
}
