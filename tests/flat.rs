//! Flat records against the crate `evtx`, field by field, on every log of the shared collection.
//!
//! Differences that are none: GUIDs in braces and small letters (Windows' own XML has braces), times with seven digits instead of six, an
//! element without a value where the crate has `null` or an empty text.

mod common;

use common::logs;
use logonscope::event::time;
use logonscope::input::evtx::flat::{Flat, FlatReader, FlatRecord, Section, System};
use serde_json::Value;
use std::collections::BTreeMap;

/// Name → values, sorted.
type Fields = BTreeMap<String, Vec<String>>;

#[derive(Default)]
struct Collect {
    records: Vec<(u64, u64, Fields)>,
}

impl Flat for Collect {
    fn wants(&mut self, _: &System) -> bool {
        true
    }

    fn record(&mut self, record: &FlatRecord) {
        let mut fields = Fields::new();
        for (_, name, section, value) in record.iter() {
            let part = if section == Section::System { "System" } else { "Body" };
            put(&mut fields, format!("{part} {name}"), value.unwrap_or(""));
        }
        let id = record.get("EventID").parse().unwrap_or(0);
        self.records.push((record.record_id, id, sorted(fields)));
    }
}

fn put(fields: &mut Fields, name: String, value: &str) {
    if !value.is_empty() {
        fields.entry(name).or_default().push(plain(value));
    }
}

fn sorted(mut fields: Fields) -> Fields {
    fields.values_mut().for_each(|v| v.sort());
    fields
}

/// GUIDs without braces, times to the microsecond.
fn plain(value: &str) -> String {
    if let Some(t) = time::parse(value).filter(|_| value.ends_with('Z')) {
        return format!("time {}", t.div_euclid(10));
    }
    let is_guid = |t: &str| t.len() == 36 && t.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    match value.strip_prefix('{').and_then(|t| t.strip_suffix('}')).unwrap_or(value) {
        guid if is_guid(guid) => guid.to_ascii_lowercase(),
        _ => value.to_owned(),
    }
}

/// What the crate `evtx` says in JSON, as the same list.
fn theirs(event: &Value) -> Fields {
    let mut fields = Fields::new();
    for (name, value) in event["System"].as_object().into_iter().flatten() {
        leaf(&mut fields, "System", name, value);
    }
    for body in ["EventData", "UserData"] {
        for (name, value) in event[body].as_object().into_iter().flatten() {
            match value {
                // The attributes of the element itself.
                Value::Object(own) if name == "#attributes" => {
                    for (a, v) in own.iter().filter(|(a, _)| !a.starts_with("xmlns")) {
                        put(&mut fields, format!("Body {body}_{a}"), &text(v));
                    }
                }
                value => leaf(&mut fields, "Body", name, value),
            }
        }
    }
    sorted(fields)
}

fn leaf(fields: &mut Fields, part: &str, name: &str, value: &Value) {
    // A name that stands twice gets a number.
    let plain_name =
        name.rsplit_once('_').filter(|(_, n)| n.parse::<u8>().is_ok()).map_or(name, |(name, _)| name);
    match value {
        Value::Object(inner) => {
            for (key, value) in inner {
                match (key.as_str(), value) {
                    ("#attributes", Value::Object(attributes)) => {
                        for (a, v) in attributes.iter().filter(|(a, _)| !a.starts_with("xmlns")) {
                            put(fields, format!("{part} {plain_name}_{a}"), &text(v));
                        }
                    }
                    ("#text", Value::Array(all)) => {
                        all.iter().for_each(|v| put(fields, format!("{part} {plain_name}"), &text(v)));
                    }
                    ("#text", v) => put(fields, format!("{part} {plain_name}"), &text(v)),
                    (key, v) => leaf(fields, part, key, v),
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|v| leaf(fields, part, name, v)),
        value => put(fields, format!("{part} {plain_name}"), &text(value)),
    }
}

fn text(v: &Value) -> String {
    match v {
        Value::String(s) => s.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn read(bytes: &[u8], piece: usize) -> Vec<(u64, u64, Fields)> {
    let (mut reader, mut out, mut at) = (FlatReader::default(), Collect::default(), 0);
    for part in bytes.chunks(piece) {
        reader.push(part, at, &mut out);
        at += part.len() as u64;
    }
    reader.finish(true, &mut out);
    out.records
}

#[test]
fn same_names_and_values_as_the_crate_evtx() {
    let Some(logs) = logs("evtx/real") else { return };
    let (mut compared, mut different) = (0, Vec::new());
    for log in &logs {
        let ours = read(&log.bytes, 1 << 20);
        let Ok(mut parser) = evtx::EvtxParser::from_path(&log.path) else { continue };
        let theirs: Vec<_> = parser
            .records_json_value()
            .flatten()
            .map(|r| {
                (
                    text(&r.data["Event"]["System"]["EventRecordID"]).parse::<u64>().ok(),
                    theirs(&r.data["Event"]),
                )
            })
            // The crate makes an empty record of a chunk that was overwritten.
            .filter(|(_, fields): &(_, Fields)| fields.get("System EventID").is_some_and(|id| id != &["0"]))
            .collect();
        // Ids repeat in some logs: the first of an id belongs to the first of it there.
        let mut by_id: BTreeMap<u64, Vec<&(u64, u64, Fields)>> = BTreeMap::new();
        ours.iter().rev().for_each(|r| by_id.entry(r.0).or_default().push(r));
        for (id, expected) in &theirs {
            let found = by_id.get_mut(&id.unwrap_or(0)).and_then(Vec::pop);
            let Some((id, event_id, found)) = found else {
                different.push(format!("{}: record {id:?} is missing: {expected:?}", log.name));
                continue;
            };
            compared += 1;
            let names: std::collections::BTreeSet<_> = expected.keys().chain(found.keys()).collect();
            for name in names {
                let (a, b) = (found.get(name), expected.get(name));
                if a != b {
                    different
                        .push(format!("{} record {id} ({event_id}) {name}: {a:?}, evtx {b:?}", log.name));
                }
            }
        }
        println!("{}: {} records, evtx {}", log.name, ours.len(), theirs.len());
    }
    println!("{compared} records compared");
    assert!(
        different.is_empty(),
        "{} differences:\n{}",
        different.len(),
        different[..different.len().min(20)].join("\n")
    );
    assert!(compared > 50_000);
}

#[test]
fn damaged_logs_give_the_records_of_the_plain_route_in_any_pieces() {
    let Some(logs) = logs("evtx/damaged") else { return };
    for log in &logs {
        let whole = read(&log.bytes, usize::MAX);
        assert_eq!(whole, read(&log.bytes, 65_537), "{}", log.name);
        let mut plain = logonscope::input::Reader::new(0);
        plain.push(&log.bytes, 0);
        plain.finish(true);
        let records = plain.take().report.records;
        println!("{}: {} flat records, {records} in the plain route", log.name, whole.len());
        // Only the flat route decodes every record whole, and may find one broken where the other did not look.
        assert!(whole.len() as u64 <= records, "{}", log.name);
        assert!(whole.len() as u64 + 20 >= records, "{}", log.name);
    }
}

/// A log with bytes overwritten at random ends in no panic, and soon, whatever rule looks at it.
#[test]
fn overwritten_bytes_do_not_panic() {
    let sample = include_bytes!("../sample/Security.evtx");
    let log = &sample[..4096 + 4 * 65_536];
    let rule = "title: t\nlogsource: {product: windows}\ndetection: {s: {TargetUserName|contains: a}, k: [zz], condition: s or k}\n";
    let rules = std::sync::Arc::new(logonscope::sigma::Rules::load(&[("r.yml".into(), rule.into())]));
    let mut seed = 7u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let (mut records, rounds) = (0, 60);
    for _ in 0..rounds {
        let mut bytes = log.to_vec();
        for _ in 0..=random(60) {
            let at = 4096 + random(bytes.len() - 4096);
            bytes[at] = random(256) as u8;
        }
        let mut scan = logonscope::sigma::Scan::new(rules.clone());
        scan.file("a");
        scan.push(&bytes, 0);
        scan.finish(true);
        records += scan.progress().0;
        logonscope::sigma::Scan::report(&rules, [scan]);
    }
    assert!(records > rounds * 100, "{records}");
}
