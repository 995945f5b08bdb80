//! Stores made by hand: what a few events say, and nothing else.

#![allow(dead_code)]

use logonscope::analysis::Analysis;
use logonscope::event::Field;
use logonscope::graph::Include;
use logonscope::store::{Batch, NO_STATUS, NO_TYPE, Principal, Row, Store, Tables};

/// One event in the making; `..event(4624)` gives the rest.
#[derive(Clone, Copy, Debug)]
pub struct Said<'t> {
    pub id: u16,
    /// Minutes; where not given, seconds count up.
    pub minute: Option<i64>,
    /// SID, domain, name.
    pub who: (&'t str, &'t str, &'t str),
    pub computer: &'t str,
    pub address: &'t str,
    pub workstation: &'t str,
    pub logon_type: u8,
    pub package: &'t str,
    pub status: u32,
    pub details: &'t [(Field, &'t str)],
}

pub fn event<'t>(id: u16) -> Said<'t> {
    Said {
        id,
        minute: None,
        who: ("", "", ""),
        computer: "DC01.corp.example",
        address: "",
        workstation: "",
        logon_type: NO_TYPE,
        package: "",
        status: NO_STATUS,
        details: &[],
    }
}

pub const SECOND: i64 = 10_000_000;

/// One file's events; record ids count from `first_record`.
pub fn batch(file: u32, first_record: u64, events: &[Said]) -> Batch {
    let mut batch = Batch { file, ..Batch::default() };
    for (i, e) in events.iter().enumerate() {
        let tables = &mut batch.tables;
        let mut text = |t: &str| tables.strings.intern(t);
        let principal = Principal { sid: text(e.who.0), domain: text(e.who.1), name: text(e.who.2) };
        let (computer, address) = (text(e.computer), text(e.address));
        let (workstation, package) = (text(e.workstation), text(e.package));
        let mut set = Vec::new();
        for (field, value) in e.details {
            let value = tables.strings.intern(value);
            Tables::encode_detail(*field, value, &mut set);
        }
        let row = Row {
            time: e.minute.map_or(i as i64 * SECOND, |m| m.saturating_mul(60 * SECOND)),
            event_id: e.id,
            record_id: first_record + i as u64,
            file,
            chunk: 0,
            offset: 0,
            computer,
            account: tables.principal(principal),
            subject: 0,
            address,
            port: 0,
            workstation,
            logon_type: e.logon_type,
            status: e.status,
            sub_status: NO_STATUS,
            package,
            logon_id: 0,
            ticket: 0,
            details: tables.detail_set(&set),
        };
        batch.columns.push(row);
    }
    batch
}

pub fn analyse(events: &[Said]) -> (Store, Analysis) {
    let mut store = Store::default();
    store.append(batch(0, 1, events));
    let analysis = Analysis::of(&store, Include::default());
    (store, analysis)
}
