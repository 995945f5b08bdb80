//! The hidden Markov model against hmmlearn (`tests/golden/viterbi.json`), and LogonTracer's flags against ours.

mod common;

use common::{references, store};
use logonscope::compatible::{Edges, flagged};
use logonscope::score::hmm::Model;
use serde_json::Value;
use std::collections::BTreeSet;

fn digits(v: &Value) -> Vec<u8> {
    v.as_str().unwrap_or_default().bytes().map(|b| b - b'0').collect()
}

#[test]
fn paths_and_likelihoods_are_hmmlearns() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("golden/viterbi.json")).expect("JSON");
    assert!(cases.len() >= 400);
    let model = Model::published();
    let mut states = BTreeSet::new();
    for (i, case) in cases.iter().enumerate() {
        let symbols = digits(&case["symbols"]);
        let path = model.viterbi(&symbols);
        assert_eq!(path, digits(&case["path"]), "case {i}: {}", case["symbols"]);
        states.extend(path);
        let theirs = case["likelihood"].as_f64().expect("a number");
        let ours = model.log_likelihood(&symbols);
        assert!((ours - theirs).abs() <= 1e-9 * theirs.abs().max(1.0), "case {i}: {ours}, hmmlearn {theirs}");
    }
    assert_eq!(states, BTreeSet::from([0, 1, 2]));
}

#[test]
fn flags_are_logontracers() {
    let Some(references) = references() else {
        return;
    };
    let (mut wrong, mut flags) = (Vec::new(), 0);
    for (name, doc, path) in &references {
        let ours = flagged(&Edges::read(&store(path)));
        let theirs: BTreeSet<String> = doc["hmm_detected"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|u| u.as_str().map(str::to_owned))
            .collect();
        flags += theirs.len();
        if ours != theirs {
            wrong.push(format!("{name}: {ours:?}, theirs {theirs:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong.join("\n"));
    assert!(flags >= 10);
}
