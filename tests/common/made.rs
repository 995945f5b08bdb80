//! Logs written by hand, row by row, for tests that need a certain event at a certain time.

#![allow(dead_code)] // each test binary uses its own part

use logonscope::event::{Field, time};
use logonscope::identity::{Events, Identity};
use logonscope::store::{Batch, NO_STATUS, NO_TYPE, Principal, Row, Store, Tables};

/// One event in the making; `..event(4624, "10:00")` gives the rest.
#[derive(Clone, Copy)]
pub struct Made<'t> {
    pub id: u16,
    /// `HH:MM` or `HH:MM:SS` of 3 March 2025, or a whole date and time.
    pub at: &'t str,
    pub who: &'t str,
    pub computer: &'t str,
    pub address: &'t str,
    pub logon_type: u8,
    pub logon_id: u64,
    pub package: &'t str,
    /// 0: one more than the event before.
    pub record_id: u64,
    pub details: &'t [(Field, &'t str)],
}

pub fn event<'t>(id: u16, at: &'t str) -> Made<'t> {
    Made {
        id,
        at,
        who: "bob",
        computer: "PC1.corp.example",
        address: "",
        logon_type: NO_TYPE,
        logon_id: 0,
        package: "",
        record_id: 0,
        details: &[],
    }
}

pub fn ticks(at: &str) -> i64 {
    let whole = match at.len() {
        5 => format!("2025-03-03T{at}:00Z"),
        8 => format!("2025-03-03T{at}Z"),
        _ => at.to_owned(),
    };
    time::parse(&whole).expect("a time")
}

pub struct Log {
    pub store: Store,
    pub identity: Identity,
    pub events: Events,
}

impl Log {
    pub fn of(store: Store) -> Self {
        let identity = Identity::resolve(&store);
        let events = Events::resolve(&store, &identity);
        Self { store, identity, events }
    }

    pub fn account(&self, name: &str) -> u32 {
        self.identity.accounts.all.iter().position(|a| a.name == name).expect("an account") as u32
    }

    pub fn host(&self, short: &str) -> u32 {
        self.identity.hosts.all.iter().position(|h| h.short() == short).expect("a host") as u32
    }
}

/// The events as the log of one file; record ids rise by one unless given.
pub fn log(events: &[Made]) -> Log {
    let mut batch = Batch::default();
    let mut record_id = 0;
    for e in events {
        record_id = if e.record_id == 0 { record_id + 1 } else { e.record_id };
        let tables = &mut batch.tables;
        let mut text = |t: &str| tables.strings.intern(t);
        let who = Principal { sid: 0, domain: text("CORP"), name: text(e.who) };
        let (computer, address, package) = (text(e.computer), text(e.address), text(e.package));
        let mut set = Vec::new();
        for (field, value) in e.details {
            let value = tables.strings.intern(value);
            Tables::encode_detail(*field, value, &mut set);
        }
        batch.columns.push(Row {
            time: ticks(e.at),
            event_id: e.id,
            record_id,
            file: 0,
            chunk: 0,
            offset: 0,
            computer,
            account: tables.principal(who),
            subject: 0,
            address,
            port: 0,
            workstation: 0,
            logon_type: e.logon_type,
            status: NO_STATUS,
            sub_status: NO_STATUS,
            package,
            logon_id: e.logon_id,
            ticket: 0,
            details: tables.detail_set(&set),
        });
    }
    let mut store = Store::default();
    store.append(batch);
    Log::of(store)
}

/// All files of a folder read by the readers, each in two batches and the last file first, so that nothing can lean on order.
pub fn folder(path: &std::path::Path) -> Log {
    read(path, true)
}

/// The same, each file at once and in order.
pub fn folder_in_order(path: &std::path::Path) -> Log {
    read(path, false)
}

fn read(path: &std::path::Path, mixed: bool) -> Log {
    let mut files: Vec<_> = std::fs::read_dir(path)
        .expect("a folder")
        .map(|e| e.expect("an entry").path())
        .filter(|p| p.extension().is_some_and(|e| e == "evtx"))
        .collect();
    files.sort();
    let mut store = Store::default();
    let mut files: Vec<_> = files.iter().enumerate().collect();
    if mixed {
        files.reverse();
    }
    for (n, path) in files {
        store.file(n as u32).name = path.display().to_string();
        let bytes = std::fs::read(path).expect("a file");
        let half = (4096 + bytes.len() / 2 / 65_536 * 65_536).min(bytes.len());
        let parts = if mixed { vec![(half, bytes.len()), (0, half)] } else { vec![(0, bytes.len())] };
        for (from, to) in parts {
            let mut reader = logonscope::input::Reader::new(n as u32);
            reader.push(&bytes[from..to], from as u64);
            reader.finish(true);
            store.append(reader.take());
        }
    }
    Log::of(store)
}
