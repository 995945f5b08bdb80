//! What the loaded logs cover, and what cannot be said from them.

mod common;
#[path = "common/made.rs"]
mod made;

use logonscope::event::Field;
use logonscope::input::Reader;
use logonscope::store::{Batch, Report, Store};
use logonscope::timeline::Coverage;
use logonscope::timeline::coverage::{MarkKind, Topic, day};
use made::{Log, Made, event, log, ticks};

fn coverage(log: &Log) -> Coverage {
    Coverage::of(&log.store, &log.identity, &log.events)
}

fn topics(c: &Coverage) -> Vec<Topic> {
    c.not_evaluable.iter().map(|n| n.topic).collect()
}

fn read(bytes: &[u8], from: u64) -> Batch {
    let mut reader = Reader::new(0);
    reader.push(bytes, from);
    reader.finish(true);
    reader.take()
}

const DC: &str = "DC01.corp.example";

#[test]
fn events_by_host_and_day() {
    let log = log(&[
        event(4624, "10:00"),
        event(4624, "11:00"),
        event(4624, "2025-03-04T00:00:00Z"),
        Made { computer: DC, ..event(4768, "12:00") },
        // Written on PC1, whatever it points to.
        Made { details: &[(Field::TargetServerName, "DC01")], ..event(4648, "13:00") },
    ]);
    let c = coverage(&log);
    let (pc, dc, today) = (log.host("pc1"), log.host("dc01"), day(ticks("00:00")));
    let cells = |host, day| c.day(host, day).iter().map(|c| (c.event_id, c.count)).collect::<Vec<_>>();
    assert_eq!(cells(pc, today), [(4624, 2), (4648, 1)]);
    assert_eq!(cells(pc, today + 1), [(4624, 1)]);
    assert_eq!(cells(dc, today), [(4768, 1)]);
    assert_eq!(c.day(pc, today)[0].last, ticks("11:00"));
    assert_eq!(c.of_host(pc).len(), 3);
    assert_eq!((c.own_logs(), c.audited(4768), c.count(4624)), (vec![dc, pc], vec![dc], 3));
    assert_eq!(c.cells.iter().map(|c| c.count).sum::<u64>(), 5);
}

#[test]
fn which_controllers_tickets_are_here() {
    let log = log(&[
        Made { computer: DC, ..event(4768, "10:00") },
        Made { computer: DC, ..event(4769, "11:00") },
        // Its log goes on without tickets.
        Made { computer: DC, ..event(4624, "12:00") },
        Made { computer: "DC02.corp.example", ..event(4769, "11:30") },
        event(4624, "09:00"),
    ]);
    let c = coverage(&log);
    let covers = |from, to| {
        let issuers = c.issuers(ticks(from), ticks(to));
        issuers
            .iter()
            .map(|i| (log.identity.hosts.all[i.host as usize].short(), i.covers))
            .collect::<Vec<_>>()
    };
    assert_eq!(covers("10:30", "11:45"), [("dc01", true), ("dc02", false)]);
    assert_eq!(covers("10:30", "12:01"), [("dc01", false), ("dc02", false)]);
    assert!(!c.audited_on_dc(&log.identity, 4662) && c.audited_on_dc(&log.identity, 4624));
}

#[test]
fn clears_stops_and_set_clocks() {
    let clock = |at, details| Made { details, ..event(4616, at) };
    let log = log(&[
        clock(
            "10:00",
            &[(Field::PreviousTime, "2025-03-03T08:00:00Z"), (Field::NewTime, "2025-03-03T10:00:00Z")],
        ),
        // Kept right.
        clock(
            "10:01",
            &[(Field::PreviousTime, "2025-03-03T10:01:00.3Z"), (Field::NewTime, "2025-03-03T10:01:00Z")],
        ),
        clock("10:02", &[(Field::PreviousTime, "never"), (Field::NewTime, "2025-03-03T10:01:00Z")]),
        event(1102, "10:30"),
        event(104, "10:31"),
        event(1100, "10:32"),
        // The clock goes back by 22 minutes, and nothing says so but the order of the records.
        event(4624, "10:10"),
        event(4624, "10:09:30"),
    ]);
    let c = coverage(&log);
    let marks: Vec<_> = c.marks.iter().map(|m| (m.kind, m.row)).collect();
    assert_eq!(
        marks,
        [
            (MarkKind::ClockSet(2 * 36_000_000_000), 0),
            (MarkKind::SecurityCleared, 3),
            (MarkKind::Cleared, 4),
            (MarkKind::Stopped, 5),
        ]
    );
    let back: Vec<_> = c.back.iter().map(|b| (b.before, b.after, b.by)).collect();
    assert_eq!(back, [(5, 6, ticks("10:32") - ticks("10:10"))]);
}

#[test]
fn a_host_installed_anew_is_no_clock_that_goes_back_all_the_time() {
    let mut events = Vec::new();
    for id in 1..=100 {
        events.push(Made { record_id: id, ..event(4624, "10:00") });
        events.push(Made { record_id: id, ..event(4624, "12:00") });
    }
    assert_eq!(coverage(&log(&events)).back.len(), 0);
}

#[test]
fn what_cannot_be_said_and_why() {
    use Topic::*;
    // One workstation's log of an hour without log-offs.
    let c = coverage(&log(&[event(4624, "10:00"), event(4625, "11:00")]));
    assert_eq!(topics(&c), Topic::ALL);
    assert!(c.not_evaluable[3].reason.contains("Only the Security log of pc1"), "{:?}", c.not_evaluable);
    // A controller's log of three days with everything, but what happens elsewhere.
    let dc = |id, at| Made { computer: DC, ..event(id, at) };
    let full = [
        dc(4768, "10:00"),
        dc(4769, "10:00"),
        dc(4662, "10:00"),
        dc(4624, "10:00"),
        dc(4634, "10:00"),
        dc(4776, "10:00"),
        dc(4672, "2025-03-06T10:00:00Z"),
    ];
    let c = coverage(&log(&full));
    assert_eq!(topics(&c), [ChainsAcrossHosts]);
    assert!(c.not_evaluable[0].reason.contains("Only domain controllers' logs are loaded (dc01)"));
    // And a member's beside it.
    assert_eq!(topics(&coverage(&log(&[&full[..], &[event(4624, "10:00")]].concat()))), []);
    // NTLM is seen at the target as well; a log without sessions has no ends to miss.
    let c = coverage(&log(&[Made { package: "NTLM", ..event(4624, "10:00") }]));
    assert!(!topics(&c).contains(&Ntlm));
    assert!(!topics(&coverage(&log(&[event(4625, "10:00")]))).contains(&SessionEnds));
    assert_eq!(topics(&coverage(&log(&[]))), []);
    assert!(Topic::ALL.iter().all(|t| !t.label().is_empty()));
}

const HEADER: usize = 4096;
const CHUNK: usize = 65_536;

fn sample() -> Vec<u8> {
    std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/sample/Security.evtx"))
        .expect("the sample is part of the project")
}

/// A chunk is taken out of the sample log: what it held is missing, in each computer's own numbering, and nothing else.
#[test]
fn a_lost_chunk_is_a_gap_in_every_log_it_held_a_part_of() {
    let whole = read(&sample(), 0).report;
    assert!(
        whole.record_ids.values().all(|ids| ids.gaps().count() == 0 && ids.is_exact()),
        "the sample is whole"
    );
    let mut bytes = sample();
    let chunks = (bytes.len() - HEADER) / CHUNK;
    let lost = chunks / 2;
    let range = HEADER + lost * CHUNK..HEADER + (lost + 1) * CHUNK;
    let inside = read(&bytes[range.clone()], range.start as u64).report;
    bytes[range].fill(0);
    let mut store = Store::default();
    store.append(read(&bytes, 0));
    let log = Log::of(store);
    let c = coverage(&log);
    let missing: u64 = c.logs.iter().filter_map(|l| l.missing).sum();
    assert_eq!(missing, inside.records);
    assert!(missing > 50);
    for l in &c.logs {
        let ids = inside.record_ids.get(&(l.computer.clone(), l.channel.clone()));
        let gaps: Vec<_> = l.gaps.iter().map(|g| (g.first_id, g.last_id)).collect();
        let lost: Vec<_> = ids.iter().flat_map(|ids| &ids.runs).map(|r| (r.first, r.last)).collect();
        assert_eq!(gaps, lost, "{}", l.computer);
        for gap in &l.gaps {
            let (after, before) = (gap.after.expect("events before"), gap.before.expect("and after"));
            assert!(after < before, "{}", l.computer);
        }
    }
}

/// However a file is shared out and in whatever order its parts come.
#[test]
fn record_ids_do_not_depend_on_how_a_file_is_shared_out() {
    let bytes = sample();
    let whole = read(&bytes, 0).report.record_ids;
    let chunks: Vec<usize> = (0..(bytes.len() - HEADER) / CHUNK).collect();
    for parts in [1, 3, 7] {
        let mut sum = Report::default();
        for part in chunks.chunks(parts).rev() {
            let (from, to) = (HEADER + part[0] * CHUNK, HEADER + (part[0] + part.len()) * CHUNK);
            sum.merge(read(&bytes[from..to], from as u64).report);
        }
        assert_eq!(sum.record_ids, whole, "{parts} chunks at once");
    }
}

/// Every record of every log is of one computer and channel, and no log makes it panic.
#[test]
fn real_and_damaged_logs_add_up() {
    let mut together = Store::default();
    let mut number = 0;
    for part in ["evtx/real", "evtx/damaged"] {
        let Some(logs) = common::logs(part) else { return };
        for file in logs {
            let batch = |n| {
                let mut reader = Reader::new(n);
                reader.push(&file.bytes, 0);
                reader.finish(true);
                reader.take()
            };
            let mut store = Store::default();
            store.append(batch(0));
            check(&Log::of(store), &file.name);
            together.file(number).name = file.name.clone();
            together.append(batch(number));
            number += 1;
        }
    }
    assert!(number > 80, "{number} files");
    check(&Log::of(together), "all");
}

fn check(log: &Log, name: &str) {
    let c = coverage(log);
    let records: u64 = log.store.files.iter().map(|f| f.report.records).sum();
    assert_eq!(c.logs.iter().map(|l| l.records).sum::<u64>(), records, "{name}");
    assert_eq!(c.cells.iter().map(|c| c.count).sum::<u64>(), log.store.len() as u64, "{name}");
    for l in &c.logs {
        let Some(missing) = l.missing else {
            println!("{name}: {} {} was filtered", l.computer, l.channel);
            continue;
        };
        let listed = l.gaps.iter().map(|g| g.missing()).fold(0, u64::saturating_add);
        assert!(listed <= missing && (l.more_gaps > 0 || listed == missing), "{name}");
        // Ids that are there and ids that are missing make the whole; copies are more.
        let span = u128::from(l.last_id - l.first_id) + 1;
        assert!(span - u128::from(missing) <= u128::from(l.records), "{name}");
        assert!(l.gaps.is_sorted_by_key(|g| g.first_id), "{name}");
        if missing > 0 && name != "all" {
            println!(
                "{name}: {} {}: {} records, {missing} missing in {} gaps",
                l.computer,
                l.channel,
                l.records,
                l.gaps.len()
            );
        }
    }
    if !c.back.is_empty() || !c.marks.is_empty() {
        println!("{name}: {} times back, {} marks", c.back.len(), c.marks.len());
    }
    assert!(
        c.not_evaluable.is_sorted_by_key(|n| n.topic)
            && c.not_evaluable.iter().all(|n| n.reason.ends_with('.'))
    );
}
