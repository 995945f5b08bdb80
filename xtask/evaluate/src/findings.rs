//! How the named findings do: recall of attacks, false findings, technique by technique.

use crate::simulate::Case;
use anyhow::Result;
use logonscope::analysis::Analysis;
use logonscope::detect::{self, Label, Outcome, Settings, Severity};
use logonscope::graph::Include;
use logonscope::store::Store;
use logonscope_sample::{CATALOGUE, Truth};
use std::collections::BTreeMap;
use std::path::Path;

pub struct Found {
    pub outcome: Outcome,
    /// What was missed or false, or everything, in words.
    pub lines: Vec<String>,
}

/// One case: what was found in it, counted. `show` lists every finding of medium severity or more, `misses` only what is wrong.
pub fn find(case: Case, folder: &Path, show: bool, misses: bool) -> Result<Found> {
    let (store, truth) = case.run(folder)?;
    let analysis = Analysis::of(&store, Include::default());
    let detections = analysis.detect(&store, &Settings::default());
    let labels = labels(&store, &truth);
    let mut outcome = Outcome::default();
    detect::measure(&detect::Case { store: &store, labels: &labels, detections: &detections }, &mut outcome);
    let mut lines = Vec::new();
    if show || misses && (outcome.found < outcome.attacks || outcome.false_findings > 0) {
        let attack =
            case.attack.map_or("none".into(), |(a, v)| format!("{} {}", CATALOGUE[a].name, v.name()));
        lines.push(format!("{attack} seed {} {}: {} events", case.seed, case.scale.name, store.len()));
        for f in &detections.findings {
            let key = |r: &u32| (store.columns.file[*r as usize], store.columns.record_id[*r as usize]);
            let of: Vec<&str> = labels
                .iter()
                .filter(|l| f.rows.iter().any(|r| l.records.binary_search(&key(r)).is_ok()))
                .map(|l| l.name.as_str())
                .collect();
            let attack = labels.iter().any(|l| l.attack && of.contains(&l.name.as_str()));
            let minor = f.severity < Severity::Medium;
            if show && (!minor || !of.is_empty()) || misses && (!minor && !attack || minor && attack) {
                let name = f.rule.key();
                let of = if of.is_empty() { "everyday".into() } else { of.join(" ") };
                lines.push(format!("  {} {name} [{of}] ×{}: {}", f.severity.name(), f.rows.len(), f.why));
            }
        }
        for n in &detections.not_evaluable {
            if show {
                lines.push(format!("  not evaluable: {}: {}", n.rule.key(), n.reason));
            }
        }
    }
    Ok(Found { outcome, lines })
}

/// The truth with its records as (file number, EventRecordID) of the store.
pub fn labels(store: &Store, truth: &Truth) -> Vec<Label> {
    let mut of: BTreeMap<(&str, u16, u64), (u32, u64)> = BTreeMap::new();
    for row in store.rows() {
        let computer = store.tables.strings.get(row.computer);
        of.insert((computer, row.event_id, row.record_id), (row.file, row.record_id));
    }
    let label = |incident: &logonscope_sample::TrueIncident| {
        let records = truth.records(incident);
        let mut records: Vec<(u32, u64)> = records
            .flat_map(|(_, computer, id, list)| list.iter().map(move |r| (computer, id, *r)))
            .filter_map(|key| of.get(&key).copied())
            .collect();
        records.sort_unstable();
        records.dedup();
        Label {
            attack: incident.attack,
            name: incident.name.to_owned(),
            variant: incident.variant.to_owned(),
            technique: incident.technique.to_owned(),
            records,
        }
    };
    truth.incidents.iter().map(label).collect()
}

pub fn report(all: &[Found]) {
    let mut sum = Outcome::default();
    for found in all {
        found.lines.iter().for_each(|line| println!("{line}"));
        sum.merge(&found.outcome);
    }
    println!("| attack | technique | cases | found |");
    println!("| --- | --- | ---: | ---: |");
    for ((technique, name), (cases, found)) in &sum.techniques {
        println!("| {name} | {technique} | {cases} | {found} |");
    }
    println!();
    println!("| rule | findings of medium severity or more | of them false |");
    println!("| --- | ---: | ---: |");
    for (rule, count) in sum.rules.iter().filter(|r| r.1.findings > 0) {
        println!("| {} | {} | {} |", rule.key(), count.findings, count.false_findings);
    }
    println!();
    let fooled: Vec<String> = sum.fooled_by.iter().map(|(name, n)| format!("{name} {n}")).collect();
    println!(
        "False findings by what they are of: {}",
        if fooled.is_empty() { "none".into() } else { fooled.join(", ") }
    );
    println!(
        "{} of {} attacks found, {:.1} %; {} false findings in {} benign events, {:.2} per 100,000; {} cases",
        sum.found,
        sum.attacks,
        f64::from(sum.found) * 100.0 / f64::from(sum.attacks.max(1)),
        sum.false_findings,
        sum.benign_events,
        f64::from(sum.false_findings) * 1e5 / sum.benign_events.max(1) as f64,
        sum.cases
    );
}
