//! The native command through its front door: exit status, JSON, and the promises about counts and order.

mod common;

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_logonscope")).args(args).output().expect("the command starts")
}

fn analyze(path: &Path, more: &[&str]) -> (i32, Value, Output) {
    let path = path.to_str().expect("a path in UTF-8");
    let out = run(&[&["analyze", path, "--format", "json"], more].concat());
    let json = serde_json::from_slice(&out.stdout).unwrap_or(Value::Null);
    (out.status.code().unwrap_or(-1), json, out)
}

fn scratch(name: &str, bytes: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).expect("the target folder can be written");
    path
}

fn stderr(out: &Output) -> String {
    String::from_utf8_lossy(&out.stderr).into_owned()
}

#[test]
fn a_wrong_call_says_what_is_wrong() {
    for (args, says) in [
        (&[][..], "what to do?"),
        (&["analyze"], "which files?"),
        (&["frobnicate", "x"], "unknown command 'frobnicate'"),
        (&["analyze", "x", "--format", "yaml"], "--format is text, json or layer, not 'yaml'"),
        (
            &["analyze", "x", "--threshold", "no-such=3"],
            "there is no threshold 'no-such'; there are brute-force.failures",
        ),
        (&["analyze", "x", "--threshold", "habits.days=0"], "habits.days takes a number from 1 to 30"),
        (&["analyze", "x", "--suppress", "rule=nonsense"], "There is no rule 'nonsense'"),
        (&["analyze", "x", "--suppress", "ann"], "--suppress takes KIND=VALUE"),
        (&["analyze", "x", "--include", "all"], "--include takes"),
        (&["analyze", "x", "--threads", "0"], "--threads takes a number"),
        (&["analyze", "x", "--zone", "Mars/Olympus"], "there is no time zone 'Mars/Olympus'"),
        (&["analyze", "x", "--zone"], "missing argument"),
        (&["analyze", "/no/such/file"], "/no/such/file: No such file"),
    ] {
        let out = run(args);
        assert_eq!(out.status.code(), Some(2), "{args:?}");
        assert!(stderr(&out).contains(says), "{args:?}: {}", stderr(&out));
    }
    let help = run(&["--help"]);
    assert!(help.status.success() && String::from_utf8_lossy(&help.stdout).contains("Exit status"));
}

#[test]
fn findings_come_as_text_as_a_layer_and_with_other_settings() {
    let log = concat!(env!("CARGO_MANIFEST_DIR"), "/sample/Security.evtx");
    let text = |args: &[&str]| {
        let out = run(&[&["analyze", log][..], args].concat());
        assert!(out.status.success(), "{}", stderr(&out));
        String::from_utf8(out.stdout).expect("text")
    };
    let plain = text(&[]);
    for wanted in
        ["T1110.003 Password spray high", "innocent, if:", "next:", "Rules that these logs cannot answer:"]
    {
        assert!(plain.contains(wanted), "{wanted} is not in\n{plain}");
    }
    let layer: Value = serde_json::from_str(&text(&["--format", "layer"])).expect("JSON");
    assert_eq!(layer["versions"]["layer"], "4.5");
    let techniques = layer["techniques"].as_array().expect("a list");
    let dcsync = techniques.iter().find(|t| t["techniqueID"] == "T1003.006").expect("DCSync");
    assert_eq!((&dcsync["tactic"], &dcsync["score"]), (&"credential-access".into(), &5.into()));
    let json = |args: &[&str]| -> Value {
        serde_json::from_str(&text(&[&["--format", "json"][..], args].concat())).expect("JSON")
    };
    let rules = |document: &Value, list: &str, rule: &str| {
        document[list].as_array().expect("a list").iter().filter(|f| f["rule"] == rule).count()
    };
    let high = ["--threshold", "password-spray.accounts=100,password-spray.slow-accounts=100"];
    assert_eq!(rules(&json(&[]), "findings", "password-spray"), 1);
    assert_eq!(rules(&json(&high), "findings", "password-spray"), 0);
    let hidden = json(&["--suppress", "rule=dcsync"]);
    assert_eq!(rules(&hidden, "findings", "dcsync"), 0);
    assert!(rules(&hidden, "suppressed_findings", "dcsync") >= 1, "hidden, not lost");
    let listed = run(&["rules"]);
    assert!(String::from_utf8_lossy(&listed.stdout).contains("| `dcsync` | DCSync | critical |"));
}

#[test]
fn unusable_files_are_named_with_a_reason() {
    for (name, bytes, says) in [
        ("empty.evtx", &b""[..], "The file is empty."),
        ("text.evtx", b"hello", "Not an EVTX file"),
        ("short.evtx", b"ElfFile\0", "cut off inside its header"),
        ("export.xml", b"\xff\xfe<\0E\0", "An XML file"),
        ("pointer.evtx", b"version https://git-lfs.github.com/spec/v1", "Git LFS pointer"),
    ] {
        let (code, json, _) = analyze(&scratch(name, bytes), &[]);
        assert_eq!(code, 2, "{name}");
        assert!(json["files"][0]["message"].as_str().unwrap_or("").contains(says), "{name}: {json}");
    }
}

#[test]
fn a_log_without_logons_says_what_it_holds() {
    let Some(folder) = common::shared("evtx/real") else {
        return;
    };
    let (code, json, out) = analyze(&folder.join("Application_no_crc32.evtx"), &[]);
    assert_eq!(code, 1);
    assert!(stderr(&out).contains("they hold Application events"), "{}", stderr(&out));
    assert_eq!(json["events"], 0);
    assert_eq!(json["records"], 17);
}

#[test]
fn a_bad_file_beside_a_good_one_stops_nothing() {
    let Some(folder) = common::shared("evtx/real") else {
        return;
    };
    let bad = scratch("bad.evtx", b"no log at all");
    let good = folder.join("kerberos_pwd_spray_4771.evtx");
    let (code, json, _) = analyze(&bad, &[good.to_str().expect("UTF-8")]);
    assert_eq!(code, 0);
    assert_eq!(json["events"], 12);
    assert_eq!(json["files"].as_array().map(Vec::len), Some(2));
}

/// Every record is an event or counted among the others; every event is in an edge or set aside.
#[test]
fn nothing_vanishes() {
    let Some(folder) = common::shared("evtx") else {
        return;
    };
    let mut events = 0;
    for part in ["real", "damaged"] {
        let (code, json, _) = analyze(&folder.join(part), &[]);
        assert_eq!(code, 0, "{part}");
        let n = |v: &Value| v.as_u64().unwrap_or(0);
        for f in json["files"].as_array().into_iter().flatten() {
            let others: u64 = f["others"].as_array().into_iter().flatten().map(|o| n(&o["count"])).sum();
            assert_eq!(n(&f["records"]), n(&f["events"]) + others, "{}", f["name"]);
        }
        let edges: u64 = json["edges"].as_array().into_iter().flatten().map(|e| n(&e["count"])).sum();
        let aside: u64 = json["set_aside"].as_array().into_iter().flatten().map(|s| n(&s["count"])).sum();
        assert_eq!(n(&json["events"]), edges + aside, "{part}");
        let by_id: u64 = json["events_by_id"].as_object().into_iter().flatten().map(|(_, v)| n(v)).sum();
        assert_eq!(n(&json["events"]), by_id, "{part}");
        events += n(&json["events"]);
    }
    assert!(events > 60_000);
}

#[test]
fn ranks_add_up_to_one() {
    let Some(folder) = common::shared("evtx/real") else {
        return;
    };
    for include in ["anonymous", "machine-account,built-in,anonymous"] {
        let (_, json, _) = analyze(&folder, &["--include", include]);
        let rank = |list: &Value| -> f64 {
            list.as_array().into_iter().flatten().filter_map(|x| x["rank"].as_f64()).sum()
        };
        let sum = rank(&json["accounts"]) + rank(&json["hosts"]);
        assert!((sum - 1.0).abs() < 1e-9, "{include}: {sum}");
    }
}

/// The number of threads decides in which order batches arrive; the result must not show it.
#[test]
fn same_bytes_whatever_the_number_of_threads() {
    let Some(folder) = common::shared("evtx") else {
        return;
    };
    let (_, _, one) = analyze(&folder, &["--threads", "1"]);
    for threads in ["2", "7"] {
        let (_, _, many) = analyze(&folder, &["--threads", threads]);
        assert!(one.stdout == many.stdout, "{threads} threads give another document than one");
    }
    assert!(one.stdout.len() > 100_000);
}

#[test]
fn keys_are_sorted() {
    fn check(v: &Value) {
        match v {
            Value::Object(o) => {
                assert!(o.keys().is_sorted(), "{:?}", o.keys().collect::<Vec<_>>());
                o.values().for_each(check);
            }
            Value::Array(a) => a.iter().for_each(check),
            _ => {}
        }
    }
    let Some(folder) = common::shared("evtx/real") else {
        return;
    };
    let (_, json, _) = analyze(&folder.join("win7_size_t_security.evtx"), &["--compatible"]);
    check(&json);
    assert_eq!(json["compatible"]["edges_by_hour"].as_array().map(Vec::len), Some(22));
}

#[test]
fn damage_is_said_in_a_sentence_and_listed_with_its_place() {
    let Some(folder) = common::shared("evtx/damaged") else {
        return;
    };
    for (name, sentence, offset) in [
        ("m05_bad_header_crc.evtx", "Damaged: the file's header.", 0),
        ("m06_bad_chunk_crc.evtx", "Damaged: 1 of 1 chunk.", 4096),
        ("m08_record_size_huge.evtx", "Damaged: 1 of 1 chunk.", 4608),
    ] {
        let (code, json, _) = analyze(&folder.join(name), &[]);
        assert_eq!(code, 0, "{name}");
        let file = &json["files"][0];
        assert_eq!(file["message"], sentence, "{name}");
        assert_eq!(file["damage"][0]["offset"], offset, "{name}");
        assert!(file["events"].as_u64().unwrap_or(0) > 10, "{name}: what is sound was read");
    }
}

#[test]
fn text_shows_times_in_the_zone_asked_for_and_json_stays_in_utc() {
    let log = concat!(env!("CARGO_MANIFEST_DIR"), "/sample/Security.evtx");
    let text = |args: &[&str]| {
        let out = run(&[&["analyze", log], args].concat());
        assert!(out.status.success(), "{args:?}: {}", stderr(&out));
        String::from_utf8_lossy(&out.stdout).into_owned()
    };
    // The log ends on the day on which summer time begins: one hour ahead at its start, two at its end.
    for (zone, ends) in [
        ("Europe/Berlin", ["+01:00 to ", "+02:00 (times: Europe/Berlin)"]),
        ("UTC", ["Z to ", "Z (times: UTC)"]),
    ] {
        let line = text(&["--zone", zone]);
        let line = line.lines().find(|l| l.contains(" events from ")).unwrap_or_default();
        assert!(ends.iter().all(|e| line.contains(e)), "{zone}: {line}");
    }
    assert_eq!(text(&[]), text(&["--zone", "utc"]));
    let json = text(&["--format", "json"]);
    assert_eq!(json, text(&["--format", "json", "--zone", "Asia/Tokyo"]));
}
