//! The shipped sample is what the generator makes, on this machine too.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use evtx::EvtxParser;
use logonscope_sample::story;

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[test]
fn the_shipped_log_is_made_again_byte_for_byte() {
    let out = folder("story");
    story::write(&out).unwrap();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR"));
    let log = fs::read(shipped.join("Security.evtx")).unwrap();
    let again = "run `cargo run --release -p logonscope-sample -- story --out sample`";
    assert!(
        log == fs::read(out.join("Security.evtx")).unwrap(),
        "Security.evtx is not what story.rs makes: {again}"
    );
    let truth = |p: &Path| -> serde_json::Value {
        serde_json::from_slice(&fs::read(p.join("truth.json")).unwrap()).unwrap()
    };
    assert!(truth(shipped) == truth(&out), "truth.json is not what story.rs makes: {again}");
    assert!(log.len() <= 3_000_000, "the sample must stay under 3 MB: {}", log.len());
}

#[test]
fn the_shipped_log_holds_what_its_truth_says() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut parser = EvtxParser::from_path(shipped.join("Security.evtx")).unwrap();
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for record in parser.records_json_value() {
        let data = record.unwrap().data;
        *counts.entry(data["Event"]["System"]["EventID"].to_string()).or_default() += 1;
    }
    let truth: serde_json::Value =
        serde_json::from_slice(&fs::read(shipped.join("truth.json")).unwrap()).unwrap();
    let expected: BTreeMap<String, u64> = serde_json::from_value(truth["events_by_id"].clone()).unwrap();
    assert_eq!(counts, expected);
    let attacks = truth["attacks"].as_array().unwrap();
    assert_eq!(attacks.len(), 9);
    assert!(attacks.iter().all(|a| a["events"].as_u64() > Some(0)));
}
