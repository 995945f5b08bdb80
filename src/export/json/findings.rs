//! Findings, incidents, and what could not be evaluated.

use super::record;
use crate::analysis::Analysis;
use crate::answer::{cast, title};
use crate::detect::{Detections, Finding, Incident, Threshold};
use crate::event::time;
use crate::store::Store;
use serde_json::{Map, Value, json};

fn account(analysis: &Analysis, n: u32) -> Value {
    analysis.identity.accounts.get(n).map(|a| a.full()).into()
}

fn host(analysis: &Analysis, n: u32) -> Value {
    analysis.identity.hosts.get(n).map(|h| h.name.as_str()).into()
}

fn accounts(analysis: &Analysis, list: &[u32]) -> Value {
    list.iter().map(|n| account(analysis, *n)).collect()
}

fn hosts(analysis: &Analysis, list: &[u32]) -> Value {
    list.iter().map(|n| host(analysis, *n)).collect()
}

fn finding(store: &Store, analysis: &Analysis, f: &Finding, incident: Option<usize>) -> Value {
    let e = f.rule.entry();
    json!({
        "rule": e.key,
        "title": e.title,
        "severity": f.severity.name(),
        "confidence": f.confidence.name(),
        "technique": e.technique,
        "technique_name": e.technique_name,
        "tactic": e.tactic,
        "accounts": accounts(analysis, &f.accounts),
        "actors": f.actors,
        "hosts": hosts(analysis, &f.hosts),
        "sources": f.sources,
        "addresses": f.addresses,
        "first": time::format(f.first),
        "last": time::format(f.last),
        "why": f.why,
        "innocent_cause": e.innocent,
        "check": e.check,
        "incident": incident,
        "records": f.rows.iter().map(|r| record(store, *r)).collect::<Vec<_>>(),
    })
}

fn incident(analysis: &Analysis, detections: &Detections, i: &Incident) -> Value {
    let (who, from) = cast(detections, i);
    json!({
        "title": title(detections, i),
        "severity": i.severity.name(),
        "suspicion": i.suspicion,
        "accounts": accounts(analysis, &who),
        "hosts": hosts(analysis, &from),
        "first": time::format(i.first),
        "last": time::format(i.last),
        "findings": i.findings,
    })
}

/// The members of the document that are about findings.
pub(super) fn members(store: &Store, analysis: &Analysis, detections: &Detections) -> Map<String, Value> {
    let found = |f: &Finding, i: &usize| finding(store, analysis, f, Some(*i));
    let threshold = |t: &Threshold| {
        let counts = t.is_counted().then(|| detections.tally.get(*t));
        let (kept, below) = (counts.map(|c| c.0), counts.map(|c| c.1));
        let value = json!({"value": detections.settings.thresholds.get(*t), "kept": kept, "below": below});
        (t.key().to_owned(), value)
    };
    Map::from_iter([
        (
            "findings".into(),
            detections.findings.iter().zip(&detections.incident_of).map(|(f, i)| found(f, i)).collect(),
        ),
        (
            "suppressed_findings".into(),
            detections.hidden.iter().map(|(f, _)| finding(store, analysis, f, None)).collect(),
        ),
        (
            "incidents".into(),
            detections.incidents.iter().map(|i| incident(analysis, detections, i)).collect(),
        ),
        (
            "not_evaluable".into(),
            detections
                .not_evaluable
                .iter()
                .map(|n| json!({"rule": n.rule.key(), "reason": n.reason}))
                .collect(),
        ),
        ("thresholds".into(), Value::Object(Threshold::ALL.iter().map(threshold).collect())),
    ])
}
