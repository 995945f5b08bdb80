//! The sample log against its truth: our reader's rows make exactly the edges, counts and times that the simulator recorded.

use logonscope::event::{Field, time, words};
use logonscope::input::Reader;
use logonscope::store::{Batch, Row};
use serde_json::Value;
use std::collections::BTreeMap;

/// Account, source, target, event id, logon type, package, status → count, first, last.
type Edges = BTreeMap<(String, String, String, u64, Option<u64>, String, Option<u32>), (u64, String, String)>;

fn sample() -> (Batch, Value) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/sample");
    let log = std::fs::read(format!("{folder}/Security.evtx")).expect("the sample is part of the project");
    let truth = std::fs::read(format!("{folder}/truth.json")).expect("and so is its truth");
    let mut reader = Reader::new(0);
    reader.push(&log, 0);
    reader.finish(true);
    (reader.take(), serde_json::from_slice(&truth).expect("JSON"))
}

/// The edge of an event as the truth defines it: unnormalised field text (sample/README.md).
fn ours(batch: &Batch) -> Edges {
    let tables = &batch.tables;
    let text = |n| tables.strings.get(n).to_owned();
    let given = |t: String| if t == "-" { String::new() } else { t };
    let mut edges = Edges::new();
    for row in (0..batch.columns.len()).filter_map(|i| batch.columns.row(i)) {
        if !matches!(row.event_id, 4624 | 4625 | 4648 | 4768..=4771 | 4776 | 4778 | 4779) {
            continue;
        }
        let who = tables.get_principal(row.account);
        let (domain, name) = (given(text(who.domain)), text(who.name));
        let account = if domain.is_empty() { name } else { format!("{domain}\\{name}") };
        let (computer, address) = (text(row.computer), given(text(row.address)));
        let workstation = given(text(row.workstation));
        let server = tables.detail(row.details, Field::TargetServerName);
        let (source, target) = match row.event_id {
            4648 if server != "localhost" && !server.is_empty() => (computer, server.to_owned()),
            4648 => (computer.clone(), computer),
            _ if !address.is_empty() => (address, computer),
            _ if !workstation.is_empty() => (workstation, computer),
            _ => (computer.clone(), computer),
        };
        let package =
            if (4768..=4771).contains(&row.event_id) { "Kerberos".into() } else { text(row.package) };
        let status = reason(&row);
        let key = (
            account,
            source,
            target,
            u64::from(row.event_id),
            row.logon_type().map(u64::from),
            package,
            status,
        );
        let when = time::format(row.time);
        let edge = edges.entry(key).or_insert((0, when.clone(), when.clone()));
        edge.0 += 1;
        if time::parse(&when) < time::parse(&edge.1) {
            edge.1 = when.clone();
        }
        if time::parse(&when) > time::parse(&edge.2) {
            edge.2 = when;
        }
    }
    edges
}

fn reason(row: &Row) -> Option<u32> {
    if row.event_id == 4625 { row.reason() } else { row.status() }
}

fn theirs(truth: &Value) -> Edges {
    let str = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let when = |v: &Value| time::format(time::parse(v.as_str().unwrap_or_default()).expect("a time"));
    let edges = truth["edges"].as_array().expect("edges").iter().map(|e| {
        let status = e["status"].as_str().and_then(words::number);
        let key = (
            str(&e["account"]),
            str(&e["source"]),
            str(&e["target"]),
            e["event_id"].as_u64().unwrap_or(0),
            e["logon_type"].as_u64(),
            str(&e["package"]),
            status,
        );
        (key, (e["count"].as_u64().unwrap_or(0), when(&e["first"]), when(&e["last"])))
    });
    edges.collect()
}

#[test]
fn every_edge_is_the_truths() {
    let (batch, truth) = sample();
    let (ours, theirs) = (ours(&batch), theirs(&truth));
    let wrong: Vec<_> =
        theirs.iter().filter(|(k, v)| ours.get(*k) != Some(*v)).map(|(k, v)| (k, v, ours.get(k))).collect();
    let more: Vec<_> = ours.keys().filter(|k| !theirs.contains_key(*k)).collect();
    assert!(
        wrong.is_empty() && more.is_empty(),
        "{:#?}\n{:#?}",
        &wrong[..wrong.len().min(5)],
        &more[..more.len().min(5)]
    );
    assert!(ours.len() > 300);
}

#[test]
fn every_count_is_the_truths() {
    let (batch, truth) = sample();
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    batch.columns.event_id.iter().for_each(|id| *counts.entry(id.to_string()).or_default() += 1);
    let theirs = truth["events_by_id"].as_object().expect("counts");
    let theirs: BTreeMap<String, u64> =
        theirs.iter().map(|(k, v)| (k.clone(), v.as_u64().unwrap_or(0))).collect();
    assert_eq!(counts, theirs);
}
