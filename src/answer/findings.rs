//! Findings as the page shows them, and the settings it sends.

use super::evidence::{NodeName, named};
use crate::analysis::Analysis;
use crate::detect::{self, Detections, Outcome, Rule, Settings, Threshold, Thresholds};
use crate::event::time;
use crate::graph::Node;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Settings as the user wrote them: what differs from the defaults.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DetectionSettings {
    /// By key; unknown keys are left out, values kept within their bounds.
    pub thresholds: BTreeMap<String, f64>,
    pub suppressions: Vec<Suppression>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Suppression {
    pub kind: String,
    pub value: String,
}

impl DetectionSettings {
    /// The settings, and for each suppression its number in them or what is wrong with it.
    pub fn read(&self) -> (Settings, Vec<Result<usize, String>>) {
        let mut thresholds = Thresholds::default();
        for (key, value) in &self.thresholds {
            if let Some(threshold) = Threshold::from_key(key)
                && value.is_finite()
            {
                thresholds.set(threshold, value.clamp(0.0, f64::from(u32::MAX)).round() as u32);
            }
        }
        let mut suppressions = Vec::new();
        let read = |s: &Suppression| {
            suppressions.push(detect::Suppression::parse(&s.kind, &s.value)?);
            Ok(suppressions.len() - 1)
        };
        let numbers = self.suppressions.iter().map(read).collect();
        (Settings { thresholds, suppressions }, numbers)
    }
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    pub id: String,
    pub rule: &'static str,
    pub title: &'static str,
    pub severity: &'static str,
    pub confidence: &'static str,
    pub technique: &'static str,
    pub technique_name: &'static str,
    pub tactic: &'static str,
    pub accounts: Vec<NodeName>,
    /// How many of the accounts act; they come first.
    pub actors: usize,
    pub hosts: Vec<NodeName>,
    /// How many of the hosts are where it came from; they come first.
    pub sources: usize,
    pub addresses: Vec<String>,
    pub first: f64,
    pub last: f64,
    pub why: String,
    pub innocent_cause: &'static str,
    pub check: &'static str,
    /// At most [`ROWS`].
    pub rows: Vec<u32>,
    pub total: usize,
    pub incident: usize,
}

#[derive(Clone, Debug, Serialize)]
pub struct Incident {
    pub title: String,
    pub severity: &'static str,
    pub suspicion: f64,
    pub accounts: Vec<NodeName>,
    pub hosts: Vec<NodeName>,
    pub addresses: Vec<String>,
    pub first: f64,
    pub last: f64,
    pub findings: Vec<usize>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleState {
    pub rule: &'static str,
    pub title: &'static str,
    pub technique: &'static str,
    pub technique_name: &'static str,
    pub tactic: &'static str,
    pub severity: &'static str,
    pub kept: usize,
    pub suppressed: usize,
    pub not_evaluable: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ThresholdState {
    pub key: &'static str,
    pub rules: Vec<&'static str>,
    pub label: &'static str,
    pub unit: &'static str,
    pub value: u32,
    pub default: u32,
    pub min: u32,
    pub max: u32,
    pub reason: &'static str,
    /// `None` where nothing is counted.
    pub kept: Option<u64>,
    pub below: Option<u64>,
}

#[derive(Clone, Debug, Serialize)]
pub struct SuppressionState {
    pub suppression: Suppression,
    pub hidden: usize,
    pub error: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Findings {
    pub incidents: Vec<Incident>,
    pub findings: Vec<Finding>,
    pub rules: Vec<RuleState>,
    pub thresholds: Vec<ThresholdState>,
    pub suppressions: Vec<SuppressionState>,
}

/// Rows of one finding that are handed over.
const ROWS: usize = 10_000;
/// Accounts and hosts of one finding or incident that are named.
const NAMES: usize = 100;

pub fn findings(analysis: &Analysis, detections: &Detections, settings: &DetectionSettings) -> Findings {
    let (_, numbers) = settings.read();
    let mut suppressed: BTreeMap<Rule, usize> = BTreeMap::new();
    for (finding, _) in &detections.hidden {
        *suppressed.entry(finding.rule).or_default() += 1;
    }
    let count = |rule: Rule| detections.findings.iter().filter(|f| f.rule == rule).count();
    Findings {
        incidents: detections.incidents.iter().map(|i| incident(analysis, detections, i)).collect(),
        findings: detections
            .findings
            .iter()
            .zip(&detections.incident_of)
            .enumerate()
            .map(|(n, (f, i))| finding(analysis, f, n, *i))
            .collect(),
        rules: Rule::ALL
            .iter()
            .map(|&rule| {
                let e = rule.entry();
                RuleState {
                    rule: e.key,
                    title: e.title,
                    technique: e.technique,
                    technique_name: e.technique_name,
                    tactic: e.tactic,
                    severity: e.severity.name(),
                    kept: count(rule),
                    suppressed: suppressed.get(&rule).copied().unwrap_or(0),
                    not_evaluable: detections
                        .not_evaluable
                        .iter()
                        .find(|n| n.rule == rule)
                        .map(|n| n.reason.clone()),
                }
            })
            .collect(),
        thresholds: Threshold::ALL.iter().map(|&t| threshold(detections, t)).collect(),
        suppressions: settings
            .suppressions
            .iter()
            .zip(numbers)
            .map(|(suppression, number)| SuppressionState {
                suppression: suppression.clone(),
                hidden: number
                    .as_ref()
                    .map_or(0, |n| detections.hidden.iter().filter(|(_, by)| by == n).count()),
                error: number.err(),
            })
            .collect(),
    }
}

fn nodes(analysis: &Analysis, of: impl Iterator<Item = Node>) -> Vec<NodeName> {
    of.take(NAMES).map(|node| named(analysis, node)).collect()
}

fn finding(analysis: &Analysis, f: &detect::Finding, number: usize, incident: usize) -> Finding {
    let e = f.rule.entry();
    Finding {
        id: format!("f{number}"),
        rule: e.key,
        title: e.title,
        severity: f.severity.name(),
        confidence: f.confidence.name(),
        technique: e.technique,
        technique_name: e.technique_name,
        tactic: e.tactic,
        accounts: nodes(analysis, f.accounts.iter().map(|a| Node::Account(*a))),
        hosts: nodes(analysis, f.hosts.iter().map(|h| Node::Host(*h))),
        actors: f.actors.min(NAMES),
        sources: f.sources.min(NAMES),
        addresses: f.addresses.clone(),
        first: time::millis(f.first),
        last: time::millis(f.last),
        why: f.why.clone(),
        innocent_cause: e.innocent,
        check: e.check,
        rows: f.rows.iter().take(ROWS).copied().collect(),
        total: f.rows.len(),
        incident,
    }
}

/// Who acts, and where from, over all findings of an incident, without repetition; where nobody does, who it was done to.
pub fn cast(detections: &Detections, incident: &detect::Incident) -> (Vec<u32>, Vec<u32>) {
    let all = || incident.findings.iter().filter_map(|n| detections.findings.get(*n));
    let unique = |list: Vec<u32>| {
        let mut seen = BTreeSet::new();
        list.into_iter().filter(|n| seen.insert(*n)).collect::<Vec<_>>()
    };
    let mut accounts = unique(all().flat_map(|f| f.accounts[..f.actors].iter().copied()).collect());
    let mut hosts = unique(all().flat_map(|f| f.hosts[..f.sources].iter().copied()).collect());
    if accounts.is_empty() {
        accounts = unique(all().flat_map(|f| f.accounts.iter().copied()).collect());
    }
    if hosts.is_empty() {
        hosts = unique(all().flat_map(|f| f.hosts.iter().copied()).collect());
    }
    (accounts, hosts)
}

/// The gravest finding, and how many other rules fired.
pub fn title(detections: &Detections, incident: &detect::Incident) -> String {
    let all = || incident.findings.iter().filter_map(|n| detections.findings.get(*n));
    let first = all().max_by_key(|f| (f.severity, f.confidence, std::cmp::Reverse((f.first, f.rule))));
    let rules: BTreeSet<Rule> = all().map(|f| f.rule).collect();
    let title = first.map_or("", |f| f.rule.entry().title);
    match rules.len() {
        0 | 1 => title.to_owned(),
        2 => {
            let other = rules.iter().find(|r| r.entry().title != title).map_or("", |r| r.entry().title);
            format!("{title}; {}", lower_first(other))
        }
        n => format!("{title} and {} more", n - 1),
    }
}

/// "Password spray" → "password spray"; names like "DCSync" stay.
fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(text.chars().skip(1)).collect()
        }
        _ => text.to_owned(),
    }
}

fn incident(analysis: &Analysis, detections: &Detections, i: &detect::Incident) -> Incident {
    let (accounts, hosts) = cast(detections, i);
    let addresses: BTreeSet<&String> =
        i.findings.iter().filter_map(|n| detections.findings.get(*n)).flat_map(|f| &f.addresses).collect();
    Incident {
        title: title(detections, i),
        severity: i.severity.name(),
        suspicion: i.suspicion,
        accounts: nodes(analysis, accounts.into_iter().map(Node::Account)),
        hosts: nodes(analysis, hosts.into_iter().map(Node::Host)),
        addresses: addresses.into_iter().take(NAMES).cloned().collect(),
        first: time::millis(i.first),
        last: time::millis(i.last),
        findings: i.findings.clone(),
    }
}

fn threshold(detections: &Detections, t: Threshold) -> ThresholdState {
    let e = t.entry();
    let (kept, below) = detections.tally.get(t);
    ThresholdState {
        key: e.key,
        rules: t.rules().iter().map(|r| r.key()).collect(),
        label: e.label,
        unit: e.unit,
        value: detections.settings.thresholds.get(t),
        default: e.default,
        min: e.min,
        max: e.max,
        reason: e.reason,
        kept: t.is_counted().then_some(kept),
        below: t.is_counted().then_some(below),
    }
}

/// Recall and precision on a labelled log.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tuning {
    pub events: u64,
    pub cases: u32,
    pub attacks: u32,
    pub found: u32,
    pub false_findings: u32,
    pub benign_events: u64,
    pub rules: Vec<TuningRule>,
    pub missed: Vec<Missed>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TuningRule {
    pub rule: &'static str,
    pub title: &'static str,
    pub technique: &'static str,
    pub attacks: u32,
    pub found: u32,
    pub findings: u32,
    pub false_findings: u32,
}

#[derive(Clone, Debug, Serialize)]
pub struct Missed {
    pub name: String,
    pub variant: String,
    pub technique: String,
}

pub fn tuning(outcome: &Outcome) -> Tuning {
    let rule = |(rule, n): (&Rule, &detect::RuleCount)| TuningRule {
        rule: rule.key(),
        title: rule.entry().title,
        technique: rule.entry().technique,
        attacks: n.attacks,
        found: n.found,
        findings: n.findings,
        false_findings: n.false_findings,
    };
    let technique = |name: &str| {
        outcome.techniques.keys().find(|(_, n)| n == name).map(|(t, _)| t.clone()).unwrap_or_default()
    };
    Tuning {
        events: outcome.events,
        cases: outcome.cases,
        attacks: outcome.attacks,
        found: outcome.found,
        false_findings: outcome.false_findings,
        benign_events: outcome.benign_events,
        rules: outcome.rules.iter().map(rule).collect(),
        missed: outcome
            .missed
            .iter()
            .map(|(name, variant)| Missed {
                name: name.clone(),
                variant: variant.clone(),
                technique: technique(name),
            })
            .collect(),
    }
}
