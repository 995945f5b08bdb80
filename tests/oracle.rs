//! Our reader against the crate `evtx`, record by record, on every log of the shared collection: same records, same values.

mod common;

use common::{Log, logs};
use logonscope::event::{catalogue, time};
use logonscope::input::Reader;
use logonscope::store::{Batch, Row};
use serde_json::Value;
use std::collections::BTreeMap;

fn read(bytes: &[u8], piece: usize) -> Batch {
    let mut reader = Reader::new(0);
    let mut at = 0;
    for part in bytes.chunks(piece) {
        reader.push(part, at);
        at += part.len() as u64;
    }
    reader.finish(true);
    reader.take()
}

/// A kept event as the crate `evtx` shows it: System values and data by name, as text.
struct Seen {
    id: u16,
    record_id: u64,
    time: i64,
    data: BTreeMap<String, String>,
}

fn text(v: &Value) -> String {
    match v {
        Value::String(s) => s.clone(),
        Value::Null => String::new(),
        Value::Object(o) => o.get("#text").map(text).unwrap_or_default(),
        other => other.to_string(),
    }
}

fn seen(record: &Value) -> Option<Seen> {
    let system = &record["Event"]["System"];
    let id = text(&system["EventID"]).parse().ok()?;
    let provider = text(&system["Provider"]["#attributes"]["Name"]);
    catalogue::kept(id, &provider, &text(&system["Channel"]))?;
    let mut data = BTreeMap::new();
    let body = &record["Event"]["EventData"];
    let body = if body.is_object() {
        body
    } else {
        record["Event"]["UserData"].as_object()?.iter().find(|(k, _)| !k.starts_with('#'))?.1
    };
    for (k, v) in body.as_object().into_iter().flatten() {
        data.insert(k.clone(), text(v));
    }
    data.insert("Computer".into(), text(&system["Computer"]));
    Some(Seen {
        id: id as u16,
        record_id: text(&system["EventRecordID"]).parse().ok()?,
        time: time::parse(&text(&system["TimeCreated"]["#attributes"]["SystemTime"]))?,
        data,
    })
}

fn oracle(path: &std::path::Path) -> (u64, Vec<Seen>) {
    let Ok(mut parser) = evtx::EvtxParser::from_path(path) else {
        return (0, Vec::new());
    };
    let mut records = 0;
    let mut kept = Vec::new();
    for record in parser.records_json_value().flatten() {
        records += 1;
        kept.extend(seen(&record.data));
    }
    (records, kept)
}

fn check(log: &Log, row: Row, batch: &Batch, seen: &Seen) {
    let at = format!("{} record {}", log.name, seen.record_id);
    assert_eq!((row.event_id, row.record_id), (seen.id, seen.record_id), "{at}");
    // The crate renders microseconds.
    assert_eq!(row.time.div_euclid(10), seen.time.div_euclid(10), "{at}: time");
    let want = |names: &[&str]| {
        names.iter().filter_map(|n| seen.data.get(*n)).find(|v| !v.is_empty()).cloned().unwrap_or_default()
    };
    let tables = &batch.tables;
    let got = |n: u32| tables.strings.get(n);
    assert_eq!(got(row.computer), want(&["Computer"]), "{at}: Computer");
    assert_eq!(got(row.address), want(&["IpAddress", "ClientAddress", "Address", "Param3"]), "{at}: address");
    assert_eq!(
        got(row.workstation),
        want(&["WorkstationName", "Workstation", "ClientName"]),
        "{at}: workstation"
    );
    assert_eq!(got(row.package), want(&["AuthenticationPackageName", "PackageName"]), "{at}: package");
    let subject = tables.get_principal(row.subject);
    assert_eq!(got(subject.name), want(&["SubjectUserName"]), "{at}: subject");
    assert_eq!(got(subject.sid), want(&["SubjectUserSid"]), "{at}: subject's SID");
    let group = [4728, 4729, 4732, 4733, 4756, 4757].contains(&row.event_id);
    if !group && row.event_id != 4781 {
        let account = tables.get_principal(row.account);
        let named = want(&["TargetUserName", "TargetUserSid", "TargetSid"]);
        let name = match row.event_id {
            21..=25 | 1149 | 4778 | 4779 => want(&["AccountName", "User", "Param1"]),
            _ if named.is_empty() => want(&["SubjectUserName"]),
            _ => want(&["TargetUserName"]),
        };
        assert_eq!(got(account.name), name, "{at}: account");
    }
    for (field, text) in tables.get_details(row.details) {
        let found = seen.data.get(field.name()).cloned().unwrap_or_default();
        // Times are rendered with more or fewer zeros at their end.
        match (time::parse(text), time::parse(&found)) {
            (Some(ours), Some(theirs)) => assert_eq!(ours, theirs, "{at}: {}", field.name()),
            _ => assert_eq!(text.trim_end(), found.trim_end(), "{at}: {}", field.name()),
        }
    }
}

#[test]
fn same_events_and_values_as_the_crate_evtx() {
    let Some(logs) = logs("evtx/real") else {
        return;
    };
    for log in &logs {
        let (records, expected) = oracle(&log.path);
        let batch = read(&log.bytes, 1 << 20);
        println!(
            "{}: {} records (evtx: {records}), {} events",
            log.name,
            batch.report.records,
            batch.columns.len()
        );
        for d in &batch.report.damage {
            println!("   {} {}", d.offset, d.reason);
        }
        let rows: Vec<Row> = (0..batch.columns.len()).filter_map(|i| batch.columns.row(i)).collect();
        // The crate leaves out a last chunk that is cut short; we read what is there of it.
        let more = if log.name == "plaso_System2_is_security.evtx" { 76 } else { 0 };
        assert_eq!(rows.len(), expected.len() + more, "{}", log.name);
        for (row, seen) in rows.iter().zip(&expected) {
            check(log, *row, &batch, seen);
        }
    }
}

#[test]
fn damaged_logs_do_not_panic_and_pieces_do_not_matter() {
    let Some(logs) = logs("evtx/damaged") else {
        return;
    };
    for log in &logs {
        let (records, expected) = oracle(&log.path);
        let whole = read(&log.bytes, usize::MAX);
        println!(
            "{}: {} records (evtx: {records}), {} events (evtx: {})",
            log.name,
            whole.report.records,
            whole.columns.len(),
            expected.len()
        );
        for d in whole.report.damage.iter().take(5) {
            println!("   {} {}", d.offset, d.reason);
        }
        for piece in [1000, 65_536, 100_003] {
            let pieces = read(&log.bytes, piece);
            assert_eq!(whole.report, pieces.report, "{} in pieces of {piece}", log.name);
            assert_eq!(whole.columns, pieces.columns, "{} in pieces of {piece}", log.name);
        }
    }
}
