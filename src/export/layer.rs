//! What was found as a layer of the MITRE ATT&CK Navigator (layer format 4.5).

use crate::detect::{Detections, Severity};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Findings of one technique under one tactic.
#[derive(Default)]
struct Cell {
    findings: usize,
    worst: Option<Severity>,
    titles: BTreeMap<&'static str, usize>,
}

/// A score of 1 to 5 by the worst finding, a comment with what was found how often.
pub fn layer(detections: &Detections) -> Value {
    let mut cells: BTreeMap<(&str, &str), Cell> = BTreeMap::new();
    for f in &detections.findings {
        let e = f.rule.entry();
        let cell = cells.entry((e.technique, e.tactic)).or_default();
        cell.findings += 1;
        cell.worst = cell.worst.max(Some(f.severity));
        *cell.titles.entry(e.title).or_default() += 1;
    }
    let techniques: Vec<Value> = cells
        .iter()
        .map(|((technique, tactic), cell)| {
            let comment: Vec<String> = cell.titles.iter().map(|(title, n)| format!("{title}: {n}")).collect();
            json!({
                "techniqueID": technique,
                "tactic": tactic,
                "score": cell.worst.map_or(0, |s| s as u8 + 1),
                "comment": comment.join("\n"),
                "enabled": true,
                "showSubtechniques": technique.contains('.'),
                "metadata": [{"name": "findings", "value": cell.findings.to_string()}],
            })
        })
        .collect();
    json!({
        "name": "LogonScope findings",
        "versions": {"attack": "15", "navigator": "5.1.0", "layer": "4.5"},
        "domain": "enterprise-attack",
        "description": "Techniques found in Windows logon events; the score is 1 (informational) to 5 (critical), by the worst finding.",
        "sorting": 3,
        "hideDisabled": false,
        "techniques": techniques,
        "gradient": {"colors": ["#fff7b3", "#ff9c33", "#b3001b"], "minValue": 1, "maxValue": 5},
        "legendItems": [],
        "selectTechniquesAcrossTactics": false,
        "selectSubtechniquesWithParent": false,
    })
}
