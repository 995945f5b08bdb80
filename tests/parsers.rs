//! Record and event counts against what two independent parsers say (`tests/golden/parsers.json`, made by `cargo xtask golden`).

mod common;

use logonscope::event::catalogue;
use logonscope::input::Reader;
use serde_json::Value;
use std::collections::BTreeMap;

/// Records per "Channel/EventID".
type Counts = BTreeMap<String, u64>;

fn golden() -> Value {
    serde_json::from_str(include_str!("golden/parsers.json")).expect("JSON")
}

fn counts(said: &Value) -> Counts {
    let ids = said["ids"].as_object().into_iter().flatten();
    // PyPI evtx renders one record of sample_with_a_bad_chunk_magic.evtx with an empty Channel and EventID 0: remains of one that was
    // overwritten, which we report as damage.
    let remains = |k: &str| k.starts_with('\n');
    ids.filter(|(k, _)| !remains(k)).map(|(k, n)| (k.clone(), n.as_u64().unwrap_or(0))).collect()
}

fn ours(bytes: &[u8]) -> Counts {
    let mut reader = Reader::new(0);
    reader.push(bytes, 0);
    reader.finish(true);
    let batch = reader.take();
    let mut counts = Counts::new();
    for ((channel, id), n) in &batch.report.others {
        *counts.entry(format!("{channel}/{id}")).or_default() += n;
    }
    for id in &batch.columns.event_id {
        let (_, channel) = catalogue::by_id(*id).expect("a kept event").source.names();
        *counts.entry(format!("{channel}/{id}")).or_default() += 1;
    }
    assert_eq!(counts.values().sum::<u64>(), batch.report.records);
    counts
}

/// What we count more than a parser did.
fn more(ours: &Counts, theirs: &Counts) -> Counts {
    let n = |k: &String| theirs.get(k).copied().unwrap_or(0);
    ours.iter().filter(|(k, v)| **v > n(k)).map(|(k, v)| (k.clone(), v - n(k))).collect()
}

#[test]
fn counts_of_the_real_logs_are_those_of_two_independent_parsers() {
    let Some(logs) = common::logs("evtx/real") else { return };
    assert_eq!(logs.len(), 44);
    let golden = golden();
    // Logs where we read more than they do, each with what and why.
    let recovered: Value = serde_json::from_str(include_str!("golden/recovered.json")).expect("JSON");
    for log in &logs {
        let name = format!("real/{}", log.name);
        let ours = ours(&log.bytes);
        for parser in ["evtx", "libevtx"] {
            let theirs = counts(&golden[&name][parser]);
            let lost = more(&theirs, &ours);
            assert!(lost.is_empty(), "{name}: {parser} has {lost:?} that we have not");
            let found = more(&ours, &theirs);
            let known = counts(&recovered[&name][parser]);
            assert_eq!(found, known, "{name}: what we have and {parser} has not");
        }
    }
}

/// No parser's record is missed in a damaged log either.
#[test]
fn nothing_that_others_read_in_damaged_logs_is_lost() {
    let Some(logs) = common::logs("evtx/damaged") else { return };
    let golden = golden();
    for log in &logs {
        let name = format!("damaged/{}", log.name);
        let ours = ours(&log.bytes);
        for parser in ["evtx", "libevtx"] {
            let lost = more(&counts(&golden[&name][parser]), &ours);
            assert!(lost.is_empty(), "{name}: {parser} has {lost:?} that we have not");
        }
    }
}
