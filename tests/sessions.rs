//! Sessions: what opened them, what ended them, what was done in them.

mod common;
#[path = "common/made.rs"]
mod made;

use logonscope::identity::NONE;
use logonscope::timeline::{Certainty, End, Session, Sessions};
use logonscope_sample::{Plan, Size, View, story};
use made::{Log, Made, event, log, ticks};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn sessions(log: &Log) -> Sessions {
    Sessions::of(&log.store, &log.events)
}

fn ends(s: &Sessions) -> Vec<(End, i64)> {
    s.all.iter().map(|s| (s.end_kind, s.end)).collect()
}

const ON: Made = Made { logon_type: 2, logon_id: 0x51000, ..template() };

/// `event` for constants.
const fn template<'t>() -> Made<'t> {
    Made {
        id: 4624,
        at: "10:00",
        who: "bob",
        computer: "PC1.corp.example",
        address: "",
        logon_type: 255,
        logon_id: 0,
        package: "",
        record_id: 0,
        details: &[],
    }
}

const BOOT: Made = Made { logon_type: 0, logon_id: 0x3e7, who: "SYSTEM", ..template() };

#[test]
fn a_session_is_small() {
    assert!(size_of::<Session>() <= 48);
}

#[test]
fn a_logon_its_privileges_its_credentials_and_its_end() {
    let log = log(&[
        ON,
        Made { logon_id: 0x51000, ..event(4672, "10:00") },
        Made { logon_id: 0x51000, ..event(4648, "10:30") },
        Made { logon_id: 0x51000, ..event(4648, "10:31") },
        // Another's.
        Made { logon_id: 0x51999, ..event(4648, "10:32") },
        Made { logon_id: 0x51000, ..event(4647, "11:00") },
        Made { logon_id: 0x51000, ..event(4634, "11:05") },
        Made { logon_id: 0x51000, ..event(4634, "11:06") },
        Made { logon_id: 0x52000, ..event(4634, "11:07") },
    ]);
    let s = sessions(&log);
    let one = s.all[0];
    assert_eq!(s.all.len(), 1);
    assert_eq!((one.start, one.end, one.end_kind), (ticks("10:00"), ticks("11:00"), End::SignOut));
    assert_eq!((one.privileged, one.credentials, one.end_row), (true, 2, 5));
    assert_eq!(one.duration(), ticks("01:00") - ticks("00:00"));
    let c = s.counts;
    assert_eq!((c.ends, c.later_ends, c.orphan_ends, c.orphan_credentials), (1, 2, 1, 1));
    assert_eq!(s.rows(&log.store, &log.events, 0), [0, 1, 2, 3, 5]);
}

#[test]
fn a_boot_ends_what_is_open_and_an_id_used_again_is_another_session() {
    let log = log(&[
        ON,
        Made { at: "10:10", logon_id: 0x3e7, who: "SYSTEM", logon_type: 5, ..ON },
        Made { at: "10:20", logon_id: 0x3e7, who: "SYSTEM", logon_type: 5, ..ON },
        event(1100, "12:00"),
        Made { at: "12:02", ..BOOT },
        Made { at: "12:05", who: "eve", ..ON },
        Made { logon_id: 0x51000, ..event(4634, "13:00") },
        // A boot that left no trace.
        Made { at: "14:00", ..ON },
        Made { at: "15:00", who: "eve", ..ON },
        event(4720, "16:00"),
    ]);
    let s = sessions(&log);
    let noon = ticks("12:00");
    assert_eq!(
        ends(&s),
        [
            (End::Boot, noon),
            (End::Boot, noon),
            (End::Boot, noon),
            (End::Logoff, ticks("13:00")),
            (End::Reused, ticks("15:00")),
            (End::Open, ticks("16:00")),
        ]
    );
    assert_eq!((s.counts.logons, s.counts.boots, s.counts.boots_inferred), (6, 1, 0));
    assert_eq!(s.all[0].end_row, 4);
    assert_eq!(s.all[4].end_kind.certainty(), Certainty::Assumed);
    assert_eq!(s.all[5].end_kind.certainty(), Certainty::Unknown);
}

#[test]
fn a_lower_id_after_the_log_service_stopped_is_another_boot() {
    let first = [ON, Made { at: "10:10", who: "eve", logon_id: 0x90000, ..ON }];
    let second = Made { at: "12:05", who: "ann", logon_id: 0x41000, ..ON };
    let s = sessions(&log(&[&first[..], &[event(1100, "12:00"), second]].concat()));
    assert_eq!((s.counts.boots_inferred, s.all[0].end_kind, s.all[2].end_kind), (1, End::Boot, End::Open));
    // A service that was stopped by hand, while people went on working: ids go on rising.
    let later = Made { logon_id: 0x91000, ..second };
    let s = sessions(&log(&[&first[..], &[event(1100, "12:00"), later]].concat()));
    assert_eq!((s.counts.boots_inferred, s.all[0].end_kind), (0, End::Open));
}

#[test]
fn the_clock_is_set_back_and_the_order_of_writing_counts() {
    let log = log(&[
        Made { at: "17:00", ..ON },
        event(1100, "17:01"),
        Made { at: "17:02", ..BOOT },
        Made { at: "15:05", who: "eve", ..ON },
        Made { logon_id: 0x51000, ..event(4634, "15:30") },
    ]);
    let s = sessions(&log);
    // By start: eve's first.
    assert_eq!(ends(&s), [(End::Logoff, ticks("15:30")), (End::Boot, ticks("17:01"))]);
    assert_eq!(s.counts.orphan_ends, 0);
}

#[test]
fn an_idle_network_session_is_not_thought_to_last_for_ever() {
    let share = Made { logon_type: 3, logon_id: 0x61000, address: "10.0.0.7", ..ON };
    let log = log(&[
        share,
        Made { logon_id: 0x61000, ..event(5136, "10:10") },
        Made { at: "11:50", logon_id: 0x62000, ..share },
        event(4720, "12:00"),
    ]);
    let s = sessions(&log);
    assert_eq!(ends(&s), [(End::Idle, ticks("10:25")), (End::Open, ticks("12:00"))]);
}

#[test]
fn a_record_in_two_files_is_one_logon() {
    let log = log(&[
        Made { record_id: 7, ..ON },
        Made { record_id: 7, ..ON },
        Made { logon_id: 0x51000, record_id: 8, ..event(4634, "10:30") },
        Made { logon_id: 0x51000, record_id: 8, ..event(4634, "10:30") },
    ]);
    let s = sessions(&log);
    assert_eq!(ends(&s), [(End::Logoff, ticks("10:30"))]);
    assert_eq!((s.counts.copied_logons, s.counts.copied_ends, s.counts.later_ends), (1, 1, 0));
}

#[test]
fn privileges_come_before_or_after_the_logon_they_are_of() {
    let log = log(&[
        // A network logon's stand before it.
        Made { logon_id: 0x51000, ..event(4672, "10:00") },
        Made { logon_type: 3, ..ON },
        Made { logon_id: 0x51000, ..event(4634, "10:01") },
        Made { at: "10:02", logon_id: 0x52000, ..ON },
        Made { logon_id: 0x52000, ..event(4672, "10:02") },
        // Too long before: another boot's.
        Made { logon_id: 0x53000, ..event(4672, "10:03") },
        Made { at: "10:30", logon_id: 0x53000, ..ON },
        Made { logon_id: 0x54000, ..event(4672, "10:31") },
    ]);
    let s = sessions(&log);
    assert_eq!(s.all.iter().map(|s| s.privileged).collect::<Vec<_>>(), [true, true, false]);
    assert_eq!(s.counts.orphan_privileges, 2);
    assert_eq!(s.rows(&log.store, &log.events, 0), [0, 1, 2]);
}

#[test]
fn who_was_on_this_machine() {
    let log = log(&[
        ON,
        Made { at: "10:30", who: "eve", logon_id: 0x52000, ..ON },
        Made { logon_id: 0x51000, ..event(4634, "11:00") },
        Made { at: "10:00", who: "ann", computer: "PC2.corp.example", ..ON },
    ]);
    let s = sessions(&log);
    let who = |host: &str, at: &str| -> Vec<&str> {
        let open = s.open_at(log.host(host), ticks(at));
        open.iter()
            .map(|&n| log.identity.accounts.all[s.all[n as usize].account as usize].name.as_str())
            .collect()
    };
    assert_eq!(who("pc1", "09:59"), [""; 0]);
    assert_eq!(who("pc1", "10:14"), ["bob"]);
    assert_eq!(who("pc1", "10:45"), ["bob", "eve"]);
    assert_eq!(who("pc1", "11:00:01"), [""; 0], "the log ends at 11:00, and nobody knows beyond");
    assert!(s.open_at(NONE, 0).is_empty() && s.of_host(NONE).is_empty() && s.of_account(12_345).is_empty());
    assert_eq!(s.of_account(log.account("bob")).len(), 1);
}

#[test]
fn one_account_at_two_hosts_from_two_places() {
    let remote =
        |at, computer, address, logon_id| Made { at, computer, address, logon_id, logon_type: 10, ..ON };
    let off = |at, computer, logon_id| Made { computer, logon_id, ..event(4634, at) };
    let (srv1, srv2) = ("SRV1.corp.example", "SRV2.corp.example");
    let desk = [
        ON,
        remote("10:30", srv1, "10.0.0.99", 0x71000),
        // From the same place on, and from the server onwards: no contradiction to the session there.
        remote("10:40", srv2, "10.0.0.99", 0x72000),
        remote("10:50", "SRV3.corp.example", "10.0.0.1", 0x73000),
        off("11:00", srv1, 0x71000),
        off("11:00", srv2, 0x72000),
        off("12:00", "PC1.corp.example", 0x51000),
        // When bob has left his desk.
        remote("13:00", srv1, "10.0.0.99", 0x74000),
    ];
    // A machine account's ticket says whose address this is.
    let ticket = |who, address| Made { who, address, computer: "DC01.corp.example", ..event(4768, "09:00") };
    let overlaps = |more: &[Made]| -> Vec<(u32, u32, i64, i64, bool, bool)> {
        let log = log(&[&desk[..], &[ticket("SRV1$", "10.0.0.1")], more].concat());
        let found = sessions(&log).overlaps(&log.identity, log.account("bob"));
        found.iter().map(|o| (o.first, o.second, o.from, o.to, o.apart, o.certain)).collect()
    };
    let expected = |apart| {
        [
            (0, 1, ticks("10:30"), ticks("11:00"), apart, true),
            (0, 2, ticks("10:40"), ticks("11:00"), apart, true),
        ]
    };
    // 10.0.0.99 may be PC1 itself, as long as PC1 has no address.
    assert_eq!(overlaps(&[]), expected(false));
    assert_eq!(overlaps(&[ticket("PC1$", "10.0.0.7")]), expected(true));
    // If it is, bob only goes on from his desk.
    assert_eq!(overlaps(&[ticket("PC1$", "10.0.0.99")]), []);
}

#[test]
fn a_disconnected_session_is_nobodys_until_it_is_taken_up_again() {
    let log = log(&[
        Made { logon_type: 10, address: "10.0.0.7", ..ON },
        Made { logon_id: 0x51000, address: "10.0.0.7", ..event(4779, "10:30") },
        Made { logon_id: 0x51000, address: "10.0.0.66", ..event(4778, "11:00") },
        Made { logon_id: 0x51000, ..event(4634, "12:00") },
        Made { logon_id: 0x59999, ..event(4778, "12:01") },
    ]);
    let s = sessions(&log);
    let spans: Vec<_> = s.connected(&log.store, 0).iter().map(|s| (s.from, s.to, s.row)).collect();
    assert_eq!(spans, [(ticks("10:00"), ticks("10:30"), 0), (ticks("11:00"), ticks("12:00"), 2)]);
    assert_eq!(s.counts.orphan_changes, 1);
}

#[test]
fn the_two_halves_of_a_logon_find_each_other() {
    let log = log(&[
        ON,
        Made { logon_id: 0x51030, ..ON },
        Made { logon_id: 0x51000, ..event(4672, "10:00") },
        Made { at: "10:20", logon_id: 0x52000, ..ON },
    ]);
    let s = sessions(&log);
    assert_eq!((s.linked(0), s.linked(1), s.linked(2)), (Some(1), Some(0), None));
}

#[test]
fn remote_desktop_logs_alone() {
    use logonscope::event::Field::SessionID;
    let rdp = |id, at, session| Made { details: session, address: "10.0.0.7", ..event(id, at) };
    let (two, three) = (&[(SessionID, "2")][..], &[(SessionID, "3")][..]);
    let s = |events: &[Made]| {
        let log = log(events);
        let s = sessions(&log);
        let spans: Vec<usize> = (0..s.all.len() as u32).map(|n| s.connected(&log.store, n).len()).collect();
        (s, spans)
    };
    let (found, spans) = s(&[
        rdp(21, "10:00", two),
        rdp(24, "10:30", two),
        rdp(25, "11:00", two),
        rdp(23, "12:00", two),
        // Seen from the middle.
        rdp(25, "13:00", three),
        // Nothing is known of this one.
        rdp(23, "14:00", &[(SessionID, "9")]),
        rdp(21, "15:00", two),
        rdp(21, "16:00", two),
    ]);
    assert_eq!(
        ends(&found),
        [
            (End::TerminalLogoff, ticks("12:00")),
            (End::Open, ticks("16:00")),
            (End::Reused, ticks("16:00")),
            (End::Open, ticks("16:00")),
        ]
    );
    assert_eq!((found.counts.terminal, found.counts.logons, &spans[..]), (4, 0, &[2, 1, 1, 1][..]));
    assert_eq!(found.counts.orphan_terminal_ends, 1);
    assert!(found.all.iter().all(|s| s.terminal && s.is_interactive()));

    // With the Security log beside it both tell of one session.
    let (found, spans) = s(&[
        Made { logon_type: 10, address: "10.0.0.7", ..ON },
        rdp(21, "10:00:01", two),
        rdp(24, "10:30", two),
        Made { logon_id: 0x51000, ..event(4779, "10:30") },
        rdp(25, "11:00", two),
        rdp(23, "12:00", two),
    ]);
    assert_eq!(ends(&found), [(End::TerminalLogoff, ticks("12:00"))]);
    assert_eq!((found.counts.terminal, &spans[..]), (0, &[2][..]));
}

fn plan(name: &str, view: View) -> Plan {
    Plan {
        seed: 3,
        size: Size { users: 12, workstations: 12, servers: 8, dcs: 2 },
        // A patch night in it: servers restart on the Wednesday after the second Tuesday.
        days: 9,
        start: (2025, 3, 6),
        utc_offset: 1,
        os: None,
        view,
        hostile: false,
        activity: 100,
        background: 100,
        journal: true,
        folder: Path::new(env!("CARGO_TARGET_TMPDIR")).join(name),
        stop_at: None,
    }
}

fn generate(plan: Plan) -> PathBuf {
    let folder = plan.folder.clone();
    let _ = std::fs::remove_dir_all(&folder);
    let days = plan.days;
    story::generate(plan, days, "all", None).expect("the folder can be written");
    folder
}

/// What the simulator wrote of one LogonId on one computer.
#[derive(Default)]
struct Told {
    start: Option<i64>,
    end: Option<i64>,
    privileged: bool,
    credentials: u16,
}

/// By computer and LogonId, which the simulator gives once; standing ids are left out.
fn truth(folder: &Path) -> (BTreeMap<(String, u64), Told>, u64) {
    let text = std::fs::read_to_string(folder.join("events.jsonl")).expect("the journal");
    let mut told: BTreeMap<(String, u64), Told> = BTreeMap::new();
    let mut boots = 0;
    for line in text.lines() {
        let e: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let text = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_owned();
        let id = |name: &str| {
            let hex = text(&e["fields"][name]);
            u64::from_str_radix(hex.trim_start_matches("0x"), 16).unwrap_or(0)
        };
        let event = e["id"].as_u64().expect("an id");
        let (target, subject) = (id("TargetLogonId"), id("SubjectLogonId"));
        boots += u64::from(event == 4624 && text(&e["fields"]["LogonType"]) == "0");
        let key = if matches!(event, 4624 | 4634 | 4647) { target } else { subject };
        if key <= 0x3e7 {
            continue;
        }
        let at = ticks(&text(&e["time"]));
        let one = told.entry((text(&e["computer"]).to_lowercase(), key)).or_default();
        match event {
            4624 => one.start = Some(at),
            4634 | 4647 => one.end = Some(one.end.map_or(at, |end| end.min(at))),
            4672 => one.privileged = true,
            4648 => one.credentials += 1,
            _ => {}
        }
    }
    (told, boots)
}

#[test]
fn simulated_sessions_are_the_simulators() {
    for view in [View::EveryHost, View::Merged] {
        let folder = generate(plan(&format!("sessions-{view:?}"), view));
        let (told, boots) = truth(&folder);
        let log = made::folder(&folder);
        let s = sessions(&log);
        let c = &log.store.columns;
        let mut seen = 0;
        let mut kinds: BTreeMap<End, u64> = BTreeMap::new();
        for session in &s.all {
            *kinds.entry(session.end_kind).or_default() += 1;
            let row = session.start_row as usize;
            let computer = log.store.tables.strings.get(c.computer[row]).to_lowercase();
            let Some(one) = told.get(&(computer, c.logon_id[row])) else {
                assert!(session.terminal || c.logon_id[row] <= 0x3e7);
                continue;
            };
            seen += 1;
            let at = format!("{view:?}, session {:#x}", c.logon_id[row]);
            assert_eq!(Some(session.start), one.start, "{at}");
            match one.end {
                Some(end) => {
                    assert_eq!(session.end_kind.certainty(), Certainty::Certain, "{at}");
                    assert_eq!(session.end, end, "{at}");
                }
                // A desktop's end is in the other log too, and there alone where the log-off came after the log's end.
                None => assert!(!matches!(session.end_kind, End::Logoff | End::SignOut), "{at}"),
            }
            assert_eq!((session.privileged, session.credentials), (one.privileged, one.credentials), "{at}");
        }
        let started = told.values().filter(|t| t.start.is_some()).count();
        assert_eq!(seen, started, "{view:?}");
        let logons =
            c.event_id.iter().zip(&c.logon_type).filter(|(id, kind)| **id == 4624 && **kind != 0).count();
        assert_eq!(s.all.len() as u64 - s.counts.terminal, logons as u64);
        assert_eq!((s.counts.boots, s.counts.terminal, s.counts.orphan_ends), (boots, 0, 0), "{view:?}");
        assert!(boots > 5 && kinds[&End::Boot] > 20 && kinds[&End::Logoff] > 1000, "{kinds:?}");
        // The batches' order shows nowhere but in the numbers of rows.
        let again = made::folder_in_order(&folder);
        let without_rows = |s: &Sessions| -> Vec<Session> {
            s.all.iter().map(|s| Session { start_row: 0, end_row: 0, ..*s }).collect()
        };
        assert!(without_rows(&sessions(&again)) == without_rows(&s), "{view:?}");
        println!("{view:?}: {} sessions, {kinds:?}, {:?}", s.all.len(), s.counts);
    }
}

/// On every log there is, whole or damaged, each by itself and all together.
#[test]
fn nothing_is_lost_in_real_logs() {
    let mut together = logonscope::store::Store::default();
    let mut number = 0;
    for part in ["evtx/real", "evtx/damaged"] {
        let Some(logs) = common::logs(part) else { return };
        for file in logs {
            let read = |n| {
                let mut reader = logonscope::input::Reader::new(n);
                reader.push(&file.bytes, 0);
                reader.finish(true);
                reader.take()
            };
            let mut store = logonscope::store::Store::default();
            store.append(read(0));
            check(&Log::of(store), &file.name);
            together.file(number).name = file.name.clone();
            together.append(read(number));
            number += 1;
        }
    }
    assert!(number > 80, "{number} files");
    check(&Log::of(together), "all");
}

fn check(log: &Log, name: &str) {
    let s = sessions(log);
    let c = &log.store.columns;
    let n = |f: &dyn Fn(u16, u8) -> bool| {
        c.event_id.iter().zip(&c.logon_type).filter(|(i, t)| f(**i, **t)).count() as u64
    };
    let k = s.counts;
    assert_eq!(n(&|i, t| i == 4624 && t != 0), k.logons + k.copied_logons, "{name}");
    assert_eq!(s.all.len() as u64, k.logons + k.terminal, "{name}");
    assert_eq!(
        n(&|i, _| matches!(i, 4634 | 4647)),
        k.ends + k.later_ends + k.orphan_ends + k.copied_ends,
        "{name}"
    );
    // Each 4672 made a session privileged, or one has none; a session may have several, copies too.
    let privileged = s.all.iter().filter(|s| s.privileged).count() as u64;
    assert!(n(&|i, _| i == 4672) >= privileged + k.orphan_privileges, "{name}");
    let certain = s.all.iter().filter(|s| matches!(s.end_kind, End::Logoff | End::SignOut)).count();
    assert_eq!(certain as u64, k.ends, "{name}");
    assert!(s.all.is_sorted_by_key(|s| s.start), "{name}");
    for h in 0..log.identity.hosts.all.len() as u32 {
        assert!(s.of_host(h).iter().all(|&n| s.all[n as usize].host == h));
    }
    let of_accounts: usize = (0..log.identity.accounts.all.len() as u32).map(|a| s.of_account(a).len()).sum();
    assert_eq!(of_accounts, s.all.iter().filter(|s| s.account != NONE).count(), "{name}");
    let mut linked = 0;
    for i in (0..s.all.len() as u32).step_by(1 + s.all.len() / 500) {
        assert!(s.rows(&log.store, &log.events, i).contains(&s.all[i as usize].start_row), "{name}");
        s.connected(&log.store, i);
        linked += usize::from(s.linked(i).is_some());
    }
    let overlaps: usize =
        (0..log.identity.accounts.all.len() as u32).map(|a| s.overlaps(&log.identity, a).len()).sum();
    let mut kinds: BTreeMap<End, u64> = BTreeMap::new();
    s.all.iter().for_each(|s| *kinds.entry(s.end_kind).or_default() += 1);
    if !s.all.is_empty() {
        println!("{name}: {} sessions {kinds:?}, {overlaps} overlaps, {linked} linked, {k:?}", s.all.len());
    }
}
