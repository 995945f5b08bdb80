//! The table of events: a query makes an order of rows, pages of it are rendered.

use crate::analysis::Analysis;
use crate::event::{catalogue, logon_type, status, time};
use crate::graph::Node;
use crate::identity::NONE;
use crate::store::{Row, Store};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventQuery {
    #[serde(default)]
    pub nodes: Vec<String>,
    #[serde(default)]
    pub event_ids: Vec<u16>,
    /// Only these rows: the evidence of something. Empty: all.
    #[serde(default)]
    pub rows: Vec<u32>,
    #[serde(default)]
    pub sort: String,
    #[serde(default)]
    pub descending: bool,
}

/// The rows of a query in its order.
#[derive(Clone, Debug, Default)]
pub struct Result {
    rows: Vec<u32>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventRow {
    pub row: u32,
    pub time: f64,
    pub event_id: u16,
    pub event: &'static str,
    pub computer: String,
    pub account: String,
    pub account_node: Option<String>,
    pub subject: String,
    pub source: String,
    pub source_node: Option<String>,
    pub target: String,
    pub target_node: Option<String>,
    pub logon_type: Option<u8>,
    pub logon_type_name: &'static str,
    pub package: String,
    pub status: String,
    pub status_text: &'static str,
    pub file: u32,
    pub record_id: u64,
}

/// Where a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    pub file: u32,
    pub chunk_offset: u64,
    pub record_offset: u16,
    pub record_id: u64,
}

/// The nodes an event touches.
struct Touched {
    account: u32,
    source: u32,
    target: u32,
}

fn touched(store: &Store, analysis: &Analysis, row: &Row) -> Touched {
    let way = analysis.identity.way(store, row);
    Touched { account: analysis.identity.account(row), source: way.source, target: way.target }
}

/// Runs a query; linear in events, and n log n in hits for the order.
pub fn query(store: &Store, analysis: &Analysis, q: &EventQuery) -> Result {
    let nodes: Vec<Node> = q.nodes.iter().filter_map(|id| Node::from_id(id)).collect();
    let hit = |row: &Row| {
        (q.event_ids.is_empty() || q.event_ids.contains(&row.event_id))
            && (nodes.is_empty() || {
                let t = touched(store, analysis, row);
                nodes.iter().all(|n| match *n {
                    Node::Account(a) => t.account == a,
                    Node::Host(h) => t.source == h || t.target == h,
                })
            })
    };
    let mut rows: Vec<u32> = if q.rows.is_empty() {
        (0u32..).zip(store.rows()).filter(|(_, row)| hit(row)).map(|(i, _)| i).collect()
    } else {
        let given =
            q.rows.iter().copied().filter(|i| store.columns.row(*i as usize).is_some_and(|row| hit(&row)));
        given.collect()
    };
    let place = |i: u32| place(store, i);
    match q.sort.as_str() {
        "eventId" => rows.sort_by_cached_key(|&i| (store.columns.event_id[i as usize], place(i))),
        "account" | "source" | "target" => rows.sort_by_cached_key(|&i| {
            let row = store.columns.row(i as usize);
            let number = row.map_or(NONE, |row| {
                let t = touched(store, analysis, &row);
                match q.sort.as_str() {
                    "account" => t.account,
                    "source" => t.source,
                    _ => t.target,
                }
            });
            // Account and host numbers go by the name.
            (number, place(i))
        }),
        "computer" => rows.sort_by_cached_key(|&i| {
            (store.tables.strings.get(store.columns.computer[i as usize]).to_lowercase(), place(i))
        }),
        _ => rows.sort_by_cached_key(|&i| place(i)),
    }
    if q.descending {
        rows.reverse();
    }
    Result { rows }
}

/// By time, then by where the record stands: the same order whatever the readers' order was.
fn place(store: &Store, i: u32) -> (i64, u32, u32, u16) {
    let c = &store.columns;
    let i = i as usize;
    (c.time[i], c.file[i], c.chunk[i], c.offset[i])
}

impl Result {
    pub fn total(&self) -> usize {
        self.rows.len()
    }

    /// A page of rows, in words.
    pub fn page(&self, store: &Store, analysis: &Analysis, offset: usize, limit: usize) -> Vec<EventRow> {
        let page = self.rows.iter().skip(offset).take(limit);
        page.filter_map(|&i| Some(words(store, analysis, i, store.columns.row(i as usize)?))).collect()
    }
}

fn words(store: &Store, analysis: &Analysis, i: u32, row: Row) -> EventRow {
    let t = touched(store, analysis, &row);
    let text = |n| {
        let text = store.tables.strings.get(n);
        if text == "-" { String::new() } else { text.to_owned() }
    };
    // As this record writes it: the account may be known by another name too, and the record is the evidence.
    let account = |principal: u32, n: u32| {
        let who = store.tables.get_principal(principal);
        match (text(who.domain), text(who.name)) {
            (_, name) if name.is_empty() => {
                analysis.identity.accounts.get(n).map(|a| a.full()).unwrap_or_default()
            }
            (domain, name) if domain.is_empty() => name,
            (domain, name) => format!("{domain}\\{name}"),
        }
    };
    let host = |n| analysis.identity.hosts.get(n).map(|h| h.name.clone()).unwrap_or_default();
    let id = |node: Node, n: u32| (n != NONE).then(|| node.id());
    let reason = row.reason();
    EventRow {
        row: i,
        time: time::millis(row.time),
        event_id: row.event_id,
        event: catalogue::name(row.event_id),
        computer: text(row.computer),
        account: account(row.account, t.account),
        account_node: id(Node::Account(t.account), t.account),
        subject: account(row.subject, analysis.identity.subject(&row)),
        source: host(t.source),
        source_node: id(Node::Host(t.source), t.source),
        target: host(t.target),
        target_node: id(Node::Host(t.target), t.target),
        logon_type: row.logon_type(),
        logon_type_name: row.logon_type().map_or("", logon_type::name),
        package: text(row.package),
        status: reason.map(|s| status::format(row.event_id, s)).unwrap_or_default(),
        status_text: reason.map_or("", |s| status::text(row.event_id, s)),
        file: row.file,
        record_id: row.record_id,
    }
}

/// Where the record of a row stands, to read it again.
pub fn locate(store: &Store, row: u32) -> Option<Location> {
    let row = store.columns.row(row as usize)?;
    Some(Location {
        file: row.file,
        chunk_offset: crate::input::evtx::chunk_offset(row.chunk),
        record_offset: row.offset,
        record_id: row.record_id,
    })
}

/// The row of each of these records, by file and EventRecordID; `None` for those that are not kept. Linear in events.
pub fn rows_of(store: &Store, records: &[(u32, u64)]) -> Vec<Option<u32>> {
    let mut wanted: Vec<(u32, u64, usize)> = records.iter().zip(0..).map(|(r, n)| (r.0, r.1, n)).collect();
    wanted.sort_unstable();
    let mut rows = vec![None; records.len()];
    let c = &store.columns;
    for (row, key) in (0u32..).zip(c.file.iter().copied().zip(c.record_id.iter().copied())) {
        let from = wanted.partition_point(|w| (w.0, w.1) < key);
        for w in wanted[from..].iter().take_while(|w| (w.0, w.1) == key) {
            // Of copies of a record the first.
            rows[w.2].get_or_insert(row);
        }
    }
    rows
}
