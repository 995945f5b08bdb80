//! Sigma rules: the specification's features one by one, the same hits as another engine on real logs, what is said of rules that could find
//! nothing, correlations, and hostile rules.

mod common;

use common::logs;
use common::xml_log::log;
use logonscope::sigma::{Rules, Scan, SigmaReport, Status};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

fn folder(name: &str) -> Vec<(String, Vec<u8>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sigma").join(name);
    let entries = std::fs::read_dir(path).expect("part of the project").flatten();
    let mut files: Vec<_> = entries
        .filter(|e| e.path().extension().is_some_and(|e| e == "yml"))
        .map(|e| (e.file_name().to_string_lossy().into_owned(), std::fs::read(e.path()).expect("readable")))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn rule(name: &str, text: &str) -> (String, Vec<u8>) {
    (name.to_owned(), text.as_bytes().to_vec())
}

fn run(rules: &[(String, Vec<u8>)], files: &[(&str, &[u8])]) -> SigmaReport {
    let rules = Arc::new(Rules::load(rules));
    let mut scan = Scan::new(rules.clone());
    for (name, bytes) in files {
        scan.file(name);
        scan.push(bytes, 0);
        scan.finish(true);
    }
    Scan::report(&rules, [scan])
}

fn events(list: &Value) -> Vec<Map<String, Value>> {
    let list = list.as_array().expect("a list").iter();
    list.map(|e| e.as_object().expect("an event").clone()).collect()
}

#[test]
fn every_feature_of_the_specification() {
    let mut failed = Vec::new();
    let cases = folder("spec");
    for (name, text) in &cases {
        let beside =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sigma/spec").join(name).with_extension("json");
        let beside: Value = serde_json::from_slice(&std::fs::read(beside).expect("events")).expect("JSON");
        let (hit, miss) = (events(&beside["match"]), events(&beside["miss"]));
        assert!(!hit.is_empty() && !miss.is_empty(), "{name}");
        let all: Vec<_> = hit.iter().chain(&miss).cloned().collect();
        let report = run(&[(name.clone(), text.clone())], &[("a", &log(&all))]);
        assert_eq!(report.errors, [], "{name}");
        assert_eq!(report.records, all.len() as u64, "{name}");
        let found: BTreeSet<u64> = report.rules[0].hits.iter().map(|h| h.record_id).collect();
        let wanted: BTreeSet<u64> = (1..=hit.len() as u64).collect();
        if found != wanted {
            failed.push(format!("{name}: {found:?}, wanted {wanted:?}"));
        }
    }
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), cases.len(), failed.join("\n"));
    assert!(cases.len() > 60);
}

/// `1-3 7` → 1, 2, 3, 7.
fn ids(spans: &str) -> Vec<u64> {
    let number = |t: &str| t.parse::<u64>().expect("a number");
    let span = |s: &str| match s.split_once('-') {
        Some((a, b)) => (number(a)..=number(b)).collect(),
        None => vec![number(s)],
    };
    let mut ids: Vec<u64> = spans.split_whitespace().flat_map(span).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn the_hits_of_another_engine_rule_by_rule() {
    let Some(logs) = logs("evtx/real") else { return };
    let golden: Value = serde_json::from_str(include_str!("golden/sigma_hits.json")).expect("JSON");
    let skipped: Vec<&str> =
        golden["skipped"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    let rules = Arc::new(Rules::load(&folder("rules")));
    assert_eq!(rules.errors(), []);
    assert!(rules.len() >= 40);
    let (mut compared, mut failed) = (0, Vec::new());
    let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
    let mut found: BTreeMap<String, BTreeMap<String, Vec<u64>>> = BTreeMap::new();
    for log in &logs {
        // One log at a time, so that no list is cut.
        let mut scan = Scan::new(rules.clone());
        scan.file(&log.name);
        scan.push(&log.bytes, 0);
        scan.finish(true);
        for r in Scan::report(&rules, [scan]).rules {
            assert!(r.count <= 1000 || r.hits.len() == 1000);
            let mut ids: Vec<u64> = r.hits.iter().map(|h| h.record_id).collect();
            ids.sort_unstable();
            assert!(r.hits.iter().all(|h| h.file == log.name));
            counts.insert((r.file.clone(), log.name.clone()), r.count);
            if !ids.is_empty() {
                found.entry(r.file).or_default().insert(log.name.clone(), ids);
            }
        }
    }
    for (file, expected) in golden["rules"].as_object().expect("rules") {
        let ours = found.remove(file).unwrap_or_default();
        let expected: BTreeMap<String, Vec<u64>> = expected
            .as_object()
            .expect("files")
            .iter()
            .map(|(name, spans)| (name.clone(), ids(spans.as_str().expect("text"))))
            .collect();
        for log in logs.iter().map(|l| &l.name) {
            let none = Vec::new();
            let (a, b) = (ours.get(log).unwrap_or(&none), expected.get(log).unwrap_or(&none));
            // The other parser gave up on this log, or on a part of it.
            if skipped.iter().any(|s| s.starts_with(log.as_str())) {
                assert!(b.iter().all(|id| a.contains(id)), "{file} {log}");
                continue;
            }
            compared += b.len();
            // Of more than 1,000 the earliest are listed; all are counted.
            let count = counts.get(&(file.clone(), log.clone())).copied().unwrap_or(0);
            let cut = count == b.len() as u64 && a.len() == 1000 && a.iter().all(|id| b.contains(id));
            if a != b && !cut {
                let less: Vec<_> = b.iter().filter(|id| !a.contains(id)).take(5).collect();
                let more: Vec<_> = a.iter().filter(|id| !b.contains(id)).take(5).collect();
                failed.push(format!(
                    "{file} {log}: {} and {}, less {less:?}, more {more:?}",
                    a.len(),
                    b.len()
                ));
            }
        }
    }
    println!("{compared} hits of the other engine compared");
    assert!(failed.is_empty(), "{} differ:\n{}", failed.len(), failed.join("\n"));
    assert!(found.is_empty(), "rules without a result of the other engine: {:?}", found.keys());
    assert!(compared > 5_000);
}

const FAILED: &str = "title: failed\nid: f\nname: failed\nlogsource: {product: windows, service: security}\n\
    detection: {s: {EventID: 4625}, condition: s}\n";

fn at(second: u32, fields: &[(&str, &str)]) -> Map<String, Value> {
    let mut event: Map<String, Value> =
        fields.iter().map(|(k, v)| ((*k).to_owned(), Value::from(*v))).collect();
    let time = format!("2024-05-01T10:{:02}:{:02}Z", second / 60, second % 60);
    event.insert("TimeCreated".into(), time.into());
    event
}

fn failure(second: u32, user: &str, address: &str) -> Map<String, Value> {
    at(second, &[("EventID", "4625"), ("User", user), ("Address", address)])
}

#[test]
fn correlations_over_files_in_any_order() {
    let count = format!(
        "{FAILED}---\ntitle: many\nid: c\ncorrelation:\n  type: event_count\n  rules: [failed]\n  group-by: [Address]\n  timespan: 1m\n  condition: {{gte: 3}}\n"
    );
    let values = format!(
        "{}---\ntitle: users\nid: v\ncorrelation:\n  type: value_count\n  rules: [f2]\n  group-by: [Address]\n  timespan: 1m\n  condition: {{field: User, gte: 3}}\n",
        FAILED.replace("id: f\nname: failed", "id: f2\nname: failed2")
    );
    let ordered = "title: in\nid: i\nlogsource: {product: windows, service: security}\ndetection: {s: {EventID: 4624}, condition: s}\n---\n\
        title: out\nid: o\nlogsource: {product: windows, service: security}\ndetection: {s: {EventID: 4634}, condition: s}\n---\n\
        title: in then out\nid: io\ncorrelation: {type: temporal_ordered, rules: [i, o], group-by: [User], timespan: 10s}\n---\n\
        title: both\nid: b\ncorrelation: {type: temporal, rules: [i, o], group-by: [User], timespan: 10s}\n";
    let rules = [rule("count.yml", &count), rule("values.yml", &values), rule("ordered.yml", ordered)];
    // Every second event in the other file; 1.1.1.1 fails for three users in a minute, 2.2.2.2 for one, 3.3.3.3 too slowly.
    let mut all = Vec::new();
    for (n, second) in [0, 20, 59].into_iter().enumerate() {
        all.push(failure(second, ["a", "b", "c"][n], "1.1.1.1"));
        all.push(failure(second, "a", "2.2.2.2"));
        all.push(failure(second * 3, "a", "3.3.3.3"));
    }
    all.push(at(100, &[("EventID", "4624"), ("User", "in-out")]));
    all.push(at(105, &[("EventID", "4634"), ("User", "in-out")]));
    all.push(at(110, &[("EventID", "4634"), ("User", "out-in")]));
    all.push(at(115, &[("EventID", "4624"), ("User", "out-in")]));
    all.push(at(120, &[("EventID", "4624"), ("User", "late")]));
    all.push(at(131, &[("EventID", "4634"), ("User", "late")]));
    let half = |n: usize| all.iter().skip(n).step_by(2).cloned().collect::<Vec<_>>();
    let (a, b) = (log(&half(0)), log(&half(1)));
    let report = run(&rules, &[("a", &a), ("b", &b)]);
    assert_eq!(report.errors, []);
    let fired = |title: &str| -> Vec<(String, f64, usize)> {
        let r = report.rules.iter().find(|r| r.title == title).expect("the rule");
        assert_eq!(r.count as usize, r.correlation_hits.len());
        r.correlation_hits.iter().map(|h| (h.group[0].1.clone(), h.value, h.records.len())).collect()
    };
    assert_eq!(fired("many"), [("1.1.1.1".to_owned(), 3.0, 3), ("2.2.2.2".to_owned(), 3.0, 3)]);
    assert_eq!(fired("users"), [("1.1.1.1".to_owned(), 3.0, 3)]);
    assert_eq!(fired("in then out"), [("in-out".to_owned(), 2.0, 2)]);
    assert_eq!(fired("both"), [("in-out".to_owned(), 2.0, 2), ("out-in".to_owned(), 2.0, 2)]);
    let single = report.rules.iter().find(|r| r.title == "failed").expect("the rule");
    assert!(single.only_correlated && single.count == 9);

    // Another order of files, and two scans that share them: the same report.
    assert_eq!(report, run(&rules, &[("b", &b), ("a", &a)]));
    let shared = Arc::new(Rules::load(&rules));
    let mut scans = [Scan::new(shared.clone()), Scan::new(shared.clone())];
    for (scan, (name, bytes)) in scans.iter_mut().zip([("b", &b), ("a", &a)]) {
        scan.file(name);
        scan.push(bytes, 0);
        scan.finish(true);
    }
    assert_eq!(report, Scan::report(&shared, scans));
}

#[test]
fn every_kind_of_correlation() {
    let base = "title: read\nid: base\nname: read\nlogsource: {product: windows, service: security}\ndetection: {s: {EventID: 5145}, condition: s}\n---\n\
        title: write\nid: other\nlogsource: {product: windows, service: security}\ndetection: {s: {EventID: 4663}, condition: s}\n";
    let of = |title: &str, kind: &str, rest: &str| {
        format!(
            "---\ntitle: {title}\nid: {title}\ncorrelation:\n  type: {kind}\n  rules: [read]\n  group-by: [User]\n  timespan: 1m\n{rest}"
        )
    };
    let with = |condition: &str| format!("  condition: {{field: Bytes, {condition}}}\n");
    let rules = [
        base.to_owned(),
        of("sum", "value_sum", &with("gt: 100")),
        of("avg", "value_avg", &with("gte: 50")),
        of("median", "value_median", &with("eq: 60")),
        of("percentile", "value_percentile", &with("gte: 60, percentile: 90")),
        of("range", "event_count", "  condition: {gte: 2, lt: 3}\n"),
        of("chain", "event_count", "  condition: {gte: 1}\n").replace("[read]", "[sum]"),
        of("said", "event_count", "  generate: true\n  condition: {gte: 2}\n").replace("[read]", "[other]"),
        // Other fields of the two rules are one group.
        of("alias", "temporal", "  aliases:\n    Who: {base: User, other: Subject}\n")
            .replace("[read]", "[base, other]")
            .replace("[User]", "[Who]"),
        of("extended", "temporal", "  condition: base and not other\n").replace("[read]", "[base, other]"),
    ]
    .concat();
    let bytes =
        |second: u32, user: &str, n: &str| at(second, &[("EventID", "5145"), ("User", user), ("Bytes", n)]);
    let log = log(&[
        bytes(0, "ada", "30"),
        bytes(10, "ada", "60"),
        bytes(20, "ada", "90"),
        bytes(0, "bob", "60"),
        at(30, &[("EventID", "4663"), ("Subject", "ada")]),
        bytes(500, "eve", "70"),
        bytes(600, "eve", "40"),
    ]);
    let report = run(&[rule("all.yml", &rules)], &[("a", &log)]);
    assert_eq!(report.errors, []);
    let fired = |title: &str| -> Vec<(String, f64)> {
        let r = report.rules.iter().find(|r| r.title == title).expect("the rule");
        let mut fired: Vec<_> = r.correlation_hits.iter().map(|h| (h.group[0].1.clone(), h.value)).collect();
        fired.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
        fired
    };
    let text = String::from;
    assert_eq!(fired("sum"), [(text("ada"), 180.0)]);
    assert_eq!(fired("avg"), [(text("ada"), 60.0), (text("bob"), 60.0), (text("eve"), 70.0)]);
    assert_eq!(fired("median"), [(text("ada"), 60.0), (text("bob"), 60.0)]);
    assert!(fired("percentile").iter().any(|(who, _)| who == "ada"));
    assert_eq!(fired("range"), [(text("ada"), 2.0)]);
    assert_eq!(fired("chain"), [(text("ada"), 1.0)]);
    assert_eq!(fired("alias"), [(text("ada"), 2.0)]);
    assert_eq!(fired("extended").len(), 3 + 1, "{:?}", fired("extended"));
    let single =
        |title: &str| report.rules.iter().find(|r| r.title == title).expect("the rule").only_correlated;
    assert!(single("read") && !single("write"));
}

/// Groups that fired, when for the last time and with what count, are those of the other engine.
#[test]
fn the_correlations_of_another_engine() {
    let Some(logs) = logs("evtx/real") else { return };
    let golden: Value = serde_json::from_str(include_str!("golden/sigma_hits.json")).expect("JSON");
    let skipped: Vec<&str> =
        golden["skipped"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    let files: Vec<(&str, &[u8])> = logs
        .iter()
        .filter(|l| !skipped.contains(&l.name.as_str()))
        .map(|l| (l.name.as_str(), l.bytes.as_slice()))
        .collect();
    let report = run(&folder("correlations"), &files);
    assert_eq!(report.errors, []);
    let mut ours: BTreeMap<String, BTreeMap<String, (i64, f64)>> = BTreeMap::new();
    for r in report.rules.iter().filter(|r| !r.correlation_hits.is_empty()) {
        for h in &r.correlation_hits {
            let mut group: Vec<String> =
                h.group.iter().map(|(k, v)| format!("{k}={}", v.to_lowercase())).collect();
            group.sort();
            let fired = ours.entry(r.file.clone()).or_default().entry(group.join(" | ")).or_default();
            // The other engine rounds.
            *fired = (fired.0.max((h.last + 5_000).div_euclid(10_000)), fired.1.max(h.value));
            assert!(h.first <= h.last && !h.records.is_empty());
        }
    }
    for (file, groups) in golden["correlations"].as_object().expect("rules") {
        let expected: BTreeMap<String, (i64, f64)> = groups
            .as_object()
            .expect("groups")
            .iter()
            .map(|(group, g)| {
                (group.clone(), (g["last"].as_i64().unwrap_or(0), g["value"].as_f64().unwrap_or(0.0)))
            })
            .collect();
        println!("{file}: {} groups", expected.len());
        assert!(!expected.is_empty());
        assert_eq!(ours.get(file), Some(&expected), "{file}");
    }
    let created = report.rules.iter().find(|r| r.title.starts_with("Account Created and")).expect("the rule");
    assert_eq!(
        (&created.techniques[..], &created.tactics[..]),
        (&["T1136.001".to_owned()][..], &["persistence".to_owned()][..])
    );
}

#[test]
fn what_a_rule_needs_and_has_not_is_said() {
    let with = |source: &str, detection: &str| {
        format!("title: t\nlogsource: {{{source}}}\ndetection: {{s: {{{detection}}}, condition: s}}\n")
    };
    let events = [
        at(1, &[("EventID", "4688"), ("NewProcessName", "C:\\x.exe"), ("CommandLine", "")]),
        at(2, &[("EventID", "4624"), ("LogonType", "3")]),
    ];
    let log = log(&events);
    let said = |source: &str, detection: &str| {
        let report = run(&[rule("r.yml", &with(source, detection))], &[("a", &log)]);
        assert_eq!(report.errors, []);
        let r = &report.rules[0];
        (r.status, r.read, r.needs.clone(), r.reason.clone().unwrap_or_default())
    };
    let text = String::from;
    assert_eq!(
        said("product: windows, service: security", "EventID: 4624, LogonType: 3"),
        (Status::Hits, 1, text("Security 4624"), text(""))
    );
    assert_eq!(
        said("product: windows, service: security", "EventID: 4624, LogonType: 9"),
        (Status::NoHit, 1, text("Security 4624"), text(""))
    );
    assert_eq!(
        said("product: windows, service: security", "EventID: [4768, 4769]"),
        (
            Status::NotEvaluable,
            0,
            text("Security 4768, 4769"),
            text("needs Security 4768, 4769: read 0 events of those")
        )
    );
    assert_eq!(
        said("product: windows, service: sysmon", "EventID: 1"),
        (Status::NotEvaluable, 0, text("Sysmon 1"), text("needs the Sysmon log: not among the files"))
    );
    assert_eq!(
        said("product: windows, category: process_creation", "Image|endswith: '\\x.exe'"),
        (Status::Hits, 1, text("Sysmon 1 or Security 4688"), text(""))
    );
    assert_eq!(
        said("product: windows, category: process_creation", "CommandLine|contains: evil"),
        (
            Status::NotEvaluable,
            1,
            text("Sysmon 1 or Security 4688"),
            text(
                "needs Sysmon 1 or Security 4688 with CommandLine: read 1 events of those, none with CommandLine"
            )
        )
    );
    assert_eq!(said("product: linux", "a: b").3, "it is about linux, not about a Windows event log");
    assert_eq!(said("category: proxy", "a: b").3, "no Windows event log is known for its category “proxy”");
    assert_eq!(
        said("product: windows, service: security", "User|expand: '%admins%'").3,
        "it has placeholders (|expand) that nobody has filled in"
    );
}

#[test]
fn process_creation_has_sysmons_names() {
    let text = "title: t\nlogsource: {product: windows, category: process_creation}\ndetection:\n  s:\n    Image|endswith: '\\b.exe'\n    \
        ParentImage: 'C:\\a.exe'\n    User: 'CORP\\ada'\n    IntegrityLevel: High\n    ProcessId: '0x10'\n    ParentProcessId: '0x8'\n  condition: s\n";
    let event = at(
        1,
        &[
            ("EventID", "4688"),
            ("NewProcessName", "C:\\b.exe"),
            ("ParentProcessName", "C:\\a.exe"),
            ("SubjectUserName", "ada"),
            ("SubjectDomainName", "CORP"),
            ("MandatoryLabel", "S-1-16-12288"),
            ("NewProcessId", "0x10"),
            ("ProcessId", "0x8"),
        ],
    );
    let report = run(&[rule("p.yml", text)], &[("a", &log(std::slice::from_ref(&event)))]);
    assert_eq!(report.rules[0].count, 1, "{report:#?}");
    // Security 4624 is no process.
    let mut other = event;
    other.insert("EventID".into(), "4624".into());
    assert_eq!(run(&[rule("p.yml", text)], &[("a", &log(&[other]))]).rules[0].count, 0);
}

#[test]
fn filters_take_away() {
    let filter = "title: not ada\nlogsource: {product: windows, service: security}\nfilter:\n  rules: [f]\n  s: {User: ada}\n  condition: not s\n";
    let log = log(&[failure(1, "ada", "1.1.1.1"), failure(2, "bob", "1.1.1.1")]);
    let report = run(&[rule("a.yml", FAILED), rule("b.yml", filter)], &[("a", &log)]);
    assert_eq!(report.errors, []);
    let found: Vec<u64> = report.rules[0].hits.iter().map(|h| h.record_id).collect();
    assert_eq!((found, report.filters), (vec![2], 1));
}

#[test]
fn nothing_is_passed_over_silently() {
    let broken = [
        rule("a.yml", FAILED),
        rule("again.yml", FAILED),
        rule("yaml.yml", "title: [\n"),
        rule(
            "condition.yml",
            "title: t\nlogsource: {product: windows}\ndetection: {s: {A: 1}, condition: s and}\n",
        ),
        rule(
            "modifier.yml",
            "title: t\nlogsource: {product: windows}\ndetection: {s: {A|nonsense: 1}, condition: s}\n",
        ),
        rule(
            "regex.yml",
            "title: t\nlogsource: {product: windows}\ndetection: {s: {A|re: '('}, condition: s}\n",
        ),
        rule(
            "huge_regex.yml",
            "title: t\nlogsource: {product: windows}\ndetection: {s: {A|re: '((a{1000}){1000}){1000}'}, condition: s}\n",
        ),
        rule(
            "reference.yml",
            "title: t\ncorrelation: {type: event_count, rules: [nobody], timespan: 1m, condition: {gte: 2}}\n",
        ),
        rule(
            "count.yml",
            "title: t\nlogsource: {product: windows}\ndetection: {s: {A: 1}, timeframe: 5m, condition: s | count() > 5}\n",
        ),
        rule(
            "around.yml",
            "title: t\nlogsource: {product: windows}\ndetection: {s: {A|re: '(?=a)'}, condition: s}\n",
        ),
        rule("list.yml", "- a\n- b\n"),
        rule("empty.yml", ""),
        rule("readme.md", "# no rule"),
        ("latin.yml".to_owned(), b"title: \xfc\n".to_vec()),
        ("zip.zip".to_owned(), b"PK\x03\x04 and nothing else".to_vec()),
    ];
    let rules = Rules::load(&broken);
    let files: BTreeSet<&str> = rules.errors().iter().map(|e| e.file.as_str()).collect();
    println!("{:#?}", rules.errors());
    assert_eq!(rules.len(), 1);
    let expected: BTreeSet<&str> = broken.iter().skip(1).map(|(name, _)| name.as_str()).collect();
    assert_eq!(files, expected);
    assert!(rules.errors().iter().all(|e| !e.reason.is_empty() && e.reason.chars().count() <= 310));
}

#[test]
fn an_archive_is_unpacked_and_bombs_are_not() {
    use std::io::Write;
    let zip = |entries: &[(&str, &[u8])]| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            let options =
                zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
            zip.start_file(*name, options).expect("started");
            zip.write_all(bytes).expect("written");
        }
        zip.finish().expect("finished").into_inner()
    };
    let bomb = vec![b' '; 50 << 20];
    let archive = zip(&[("rules/a.yml", FAILED.as_bytes()), ("rules/bomb.yml", &bomb), ("LICENSE", b"text")]);
    assert!(archive.len() < 1 << 20);
    let rules = Rules::load(&[("rules.zip".to_owned(), archive)]);
    let errors: Vec<(&str, &str)> =
        rules.errors().iter().map(|e| (e.file.as_str(), e.reason.as_str())).collect();
    assert_eq!(errors, [("rules.zip/rules/bomb.yml", "larger than 1 MB, which no rule is")]);
    assert_eq!(rules.len(), 1);
}

#[test]
fn hostile_rules_end_soon() {
    let start = std::time::Instant::now();
    let condition = |c: String| {
        format!("title: t\nlogsource: {{product: windows}}\ndetection:\n  s: {{A: 1}}\n  condition: {c}\n")
    };
    let mut aliases = String::from("a: &a [x,x,x,x,x,x,x,x,x,x]\n");
    for i in 1..10u8 {
        let (before, name) = (char::from(b'a' + i - 1), char::from(b'a' + i));
        aliases += &format!("{name}: &{name} [{}]\n", vec![format!("*{before}"); 10].join(","));
    }
    let bad = [
        rule("parentheses.yml", &condition("(".repeat(5000) + "s" + &")".repeat(5000))),
        rule("nots.yml", &condition("not ".repeat(5000) + "s")),
        rule("brackets.yml", &format!("a: {}", "[".repeat(100_000))),
        rule("maps.yml", &format!("a: {}", "{a: ".repeat(100_000))),
        rule("aliases.yml", &aliases),
        rule("dashes.yml", &"- ".repeat(50_000)),
    ];
    let rules = Rules::load(&bad);
    println!("{:#?} in {:?}", rules.errors(), start.elapsed());
    assert_eq!(rules.len(), 0);
    let files: BTreeSet<&str> = rules.errors().iter().map(|e| e.file.as_str()).collect();
    assert_eq!(files.len(), bad.len());
    assert!(start.elapsed().as_secs() < 20);
    // A regular expression that a backtracking engine would never finish.
    let text = "title: t\nlogsource: {product: windows, service: security}\ndetection: {s: {A|re: '(a+)+$'}, condition: s}\n";
    let mut event = Map::new();
    event.insert("A".into(), format!("{}b", "a".repeat(20_000)).into());
    assert_eq!(run(&[rule("r.yml", text)], &[("a", &log(&[event]))]).rules[0].count, 0);
}
