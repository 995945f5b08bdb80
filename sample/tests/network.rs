//! What a simulated network must keep, read back with the crate `evtx`.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use evtx::EvtxParser;
use logonscope_sample::{CATALOGUE, HOSTILE, Os, Plan, Size, View, story};
use serde_json::Value;

fn plan(name: &str, seed: u64, view: View) -> Plan {
    Plan {
        seed,
        size: Size { users: 6, workstations: 6, servers: 8, dcs: 2 },
        days: 4,
        start: (2025, 3, 10),
        utc_offset: 1,
        os: None,
        view,
        hostile: false,
        activity: 100,
        background: 100,
        journal: false,
        folder: Path::new(env!("CARGO_TARGET_TMPDIR")).join(name),
        stop_at: None,
    }
}

fn generate(plan: &Plan, attacks: &str, variant: Option<&str>) -> Value {
    let _ = fs::remove_dir_all(&plan.folder);
    story::generate(plan.clone(), plan.days, attacks, variant).unwrap();
    serde_json::from_slice(&fs::read(plan.folder.join("truth.json")).unwrap()).unwrap()
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let name = |p: &PathBuf| p.file_name().unwrap().to_string_lossy().into_owned();
    fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .map(|p| (name(&p), fs::read(&p).unwrap()))
        .collect()
}

fn events(path: &Path) -> Vec<Value> {
    EvtxParser::from_path(path)
        .unwrap()
        .records_json_value()
        .map(|r| r.unwrap().data["Event"].take())
        .collect()
}

fn id(event: &Value) -> u64 {
    let id = &event["System"]["EventID"];
    id.as_u64().or_else(|| id.as_str()?.parse().ok()).or_else(|| id["#text"].as_u64()).unwrap()
}

#[test]
fn a_seed_is_its_bytes() {
    for view in [View::OneDc, View::AllDcs, View::EveryHost, View::Forwarded, View::Merged] {
        let first = plan(&format!("a-{view:?}"), 5, view);
        generate(&first, "all", None);
        let second = plan(&format!("b-{view:?}"), 5, view);
        generate(&second, "all", None);
        assert!(files(&first.folder) == files(&second.folder), "{view:?}: twice the same seed, other bytes");
        let other = plan(&format!("c-{view:?}"), 6, view);
        generate(&other, "all", None);
        assert!(files(&first.folder) != files(&other.folder), "{view:?}: another seed, the same bytes");
    }
}

#[test]
fn a_view_leaves_out_but_never_changes() {
    let one = plan("view-one", 7, View::OneDc);
    generate(&one, "all", None);
    let all = plan("view-all", 7, View::EveryHost);
    generate(&all, "all", None);
    let (one, all) = (one.folder.join("Security.evtx"), all.folder.join("DC01_Security.evtx"));
    assert_eq!(events(&one), events(&all));
}

#[test]
fn every_kerberos_logon_has_its_ticket() {
    let plan = plan("kerberos", 8, View::Merged);
    generate(&plan, "none", None);
    let mut tickets = HashSet::new();
    let mut logons = 0;
    for event in events(&plan.folder.join("Security.evtx")) {
        let data = &event["EventData"];
        let text = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
        let account = |name: String| name.split('@').next().unwrap_or_default().to_owned();
        let address = text("IpAddress").trim_start_matches("::ffff:").to_owned();
        if id(&event) == 4769 {
            tickets.insert((text("LogonGuid"), account(text("TargetUserName")), address));
        } else if id(&event) == 4624 && text("AuthenticationPackageName") == "Kerberos" {
            logons += 1;
            let key = (text("LogonGuid"), account(text("TargetUserName")));
            let known = tickets.iter().any(|(guid, name, _)| (guid, name) == (&key.0, &key.1));
            assert!(known, "a logon of {} with no ticket before it: {data}", key.1);
        }
    }
    assert!(logons > 300, "{logons}");
}

#[test]
fn records_stand_in_order_and_none_is_missing() {
    let plan = plan("order", 9, View::EveryHost);
    let truth = generate(&plan, "all", None);
    let mut read = 0;
    for file in truth["files"].as_array().unwrap() {
        let mut last: Option<(u64, String)> = None;
        for event in events(&plan.folder.join(file["name"].as_str().unwrap())) {
            let system = &event["System"];
            let number = system["EventRecordID"].as_u64().unwrap();
            let time = system["TimeCreated"]["#attributes"]["SystemTime"].as_str().unwrap().to_owned();
            if let Some((before, earlier)) = last {
                assert_eq!(number, before + 1);
                assert!(time >= earlier, "{time} after {earlier}");
            }
            last = Some((number, time));
            read += 1;
        }
    }
    let known: u64 = truth["events_by_id"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
    assert_eq!(read, known);
}

#[test]
fn every_event_the_reader_keeps_occurs() {
    const KEPT: [u64; 54] = [
        4624, 4625, 4634, 4647, 4648, 4672, 4768, 4769, 4770, 4771, 4776, 4778, 4779, 4720, 4722, 4723, 4724,
        4725, 4726, 4738, 4740, 4767, 4781, 4728, 4729, 4732, 4733, 4756, 4757, 4719, 4662, 4742, 4741, 4743,
        5136, 5137, 5141, 4765, 4766, 4794, 4616, 4649, 1102, 1100, 104, 21, 22, 23, 24, 25, 1149, 4624,
        4624, 4624,
    ];
    let plan = Plan {
        days: 21,
        size: Size { users: 30, workstations: 30, servers: 8, dcs: 2 },
        ..plan("ids", 10, View::EveryHost)
    };
    let truth = generate(&plan, "all", Some("loud"));
    let seen: BTreeSet<u64> =
        truth["events_by_id"].as_object().unwrap().keys().map(|k| k.parse().unwrap()).collect();
    let missing: Vec<u64> = KEPT.into_iter().filter(|id| !seen.contains(id)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_release_writes_its_versions() {
    let releases = [
        (Os::Win2008R2, 0),
        (Os::Win2012R2, 1),
        (Os::Win2016, 2),
        (Os::Win2019, 2),
        (Os::Win2022, 2),
        (Os::Win2025, 3),
    ];
    for (os, version) in releases {
        let plan = Plan { os: Some(os), days: 1, ..plan(&format!("os-{os:?}"), 11, View::OneDc) };
        generate(&plan, "none", None);
        let logons: Vec<Value> =
            events(&plan.folder.join("Security.evtx")).into_iter().filter(|e| id(e) == 4624).collect();
        assert!(!logons.is_empty());
        assert!(logons.iter().all(|e| e["System"]["Version"] == version), "{os:?}");
    }
}

#[test]
fn every_incident_leaves_evidence_in_every_variant() {
    for variant in ["loud", "quiet", "slow"] {
        let plan = Plan { days: 21, ..plan(&format!("variant-{variant}"), 12, View::EveryHost) };
        let truth = generate(&plan, "all", Some(variant));
        let incidents: Vec<&Value> =
            ["attacks", "lookalikes"].iter().flat_map(|k| truth[*k].as_array().unwrap()).collect();
        assert_eq!(incidents.len(), CATALOGUE.len());
        for incident in incidents {
            assert!(incident["events"].as_u64() > Some(0), "{variant}: {incident}");
            assert_eq!(incident["variant"], variant);
        }
    }
}

#[test]
fn hostile_names_come_through_whole() {
    let plan = Plan { hostile: true, ..plan("hostile", 13, View::Merged) };
    generate(&plan, "none", None);
    let names: HashSet<String> = events(&plan.folder.join("Security.evtx"))
        .iter()
        .filter_map(|e| Some(e["EventData"]["TargetUserName"].as_str()?.to_owned()))
        .collect();
    for name in HOSTILE {
        assert!(names.contains(name), "{name:?}");
    }
}

#[test]
fn it_stops_at_the_size_asked_for() {
    let plan = Plan { stop_at: Some(3_000_000), days: 36_500, ..plan("size", 14, View::Merged) };
    let _ = fs::remove_dir_all(&plan.folder);
    let (_, bytes) = story::generate(plan.clone(), 28, "none", None).unwrap();
    assert!((3_000_000..3_200_000).contains(&bytes), "{bytes}");
    assert_eq!(fs::metadata(plan.folder.join("Security.evtx")).unwrap().len(), bytes);
}
