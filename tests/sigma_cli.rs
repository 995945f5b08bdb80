//! `--sigma` on the command line.

mod common;

use common::xml_log::log;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_logonscope")).args(args).output().expect("the command starts")
}

fn scratch() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sigma");
    std::fs::create_dir_all(folder.join("rules/deeper")).expect("made");
    let event = json!({"EventID": 4625, "TargetUserName": "ada\u{1b}[31m", "LogonType": "3"});
    let events = vec![event.as_object().expect("an event").clone(); 8];
    std::fs::write(folder.join("a.evtx"), log(&events)).expect("written");
    let rule = "title: failed\nid: x\ntags: [attack.t1110, attack.credential-access]\nlevel: high\nlogsource: {product: windows, service: security}\n\
        detection: {s: {EventID: 4625, TargetUserName|startswith: ada}, condition: s}\n";
    std::fs::write(folder.join("rules/deeper/a.yml"), rule).expect("written");
    std::fs::write(folder.join("rules/b.yaml"), rule.replace("id: x", "id: y").replace("security", "sysmon"))
        .expect("written");
    std::fs::write(folder.join("rules/broken.yml"), "title: [").expect("written");
    folder
}

#[test]
fn rules_in_json_and_text() {
    let folder = scratch();
    let (logs, rules) = (folder.join("a.evtx"), folder.join("rules"));
    let (logs, rules) = (logs.to_str().expect("UTF-8"), rules.to_str().expect("UTF-8"));
    let out = run(&["analyze", logs, "--sigma", rules, "--format", "json"]);
    let document: Value = serde_json::from_slice(&out.stdout).expect("JSON");
    let sigma = &document["sigma"];
    assert_eq!(
        (&sigma["with_hits"], &sigma["without_hits"], &sigma["not_evaluable"]),
        (&json!(1), &json!(0), &json!(1))
    );
    assert_eq!(sigma["errors"].as_array().map(Vec::len), Some(1));
    let rule = &sigma["rules"][0];
    assert_eq!(rule["hits"].as_array().map(Vec::len), Some(8));
    assert_eq!(rule["hits"][0]["record_id"], 1);
    assert_eq!(rule["hits"][0]["time"], "1970-01-01T00:00:01Z");
    assert_eq!(rule["hits"][0]["fields"]["EventID"], "4625");
    assert_eq!((&rule["techniques"], &rule["tactics"]), (&json!(["T1110"]), &json!(["credential-access"])));
    // One reader or several: the same document.
    let again = run(&["analyze", logs, "--sigma", rules, "--format", "json", "--threads", "3"]);
    assert_eq!(out.stdout, again.stdout);
    let without = run(&["analyze", logs, "--format", "json"]);
    let without: Value = serde_json::from_slice(&without.stdout).expect("JSON");
    assert!(without.get("sigma").is_none());

    let text = run(&["analyze", logs, "--sigma", rules]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    for part in [
        "Sigma: 2 rules over 8 records: 1 with hits, 0 without, 1 not evaluable, 1 unreadable",
        "high          failed (8 of 8 events read)  T1110",
        "TargetUserName=ada\\u{1b}[31m",
        "… and 3 more",
        "needs the Sysmon log: not among the files",
        "broken.yml: YAML parse error",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert!(!text.contains('\u{1b}'));
}

#[test]
fn a_wrong_path_is_said() {
    let folder = scratch();
    let logs = folder.join("a.evtx");
    let logs = logs.to_str().expect("UTF-8");
    for (path, says) in [
        ("/nowhere/at/all", "/nowhere/at/all"),
        (folder.join("rules/deeper/..").to_str().expect("UTF-8"), ""),
    ] {
        let out = run(&["analyze", logs, "--sigma", path]);
        let error = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(if says.is_empty() { 0 } else { 2 }), "{error}");
        assert!(error.contains(says), "{error}");
    }
}
