//! How well the findings do on a log whose attacks are known: recall of attacks, false findings, rule by rule.
//!
//! An attack is found if a finding of medium severity or more holds one of its records and is of the attack's technique or of one that goes
//! with it. A false finding is one of medium severity or more that holds no record of any attack.

use super::{Detections, Rule, Severity};
use crate::store::Store;
use crate::suspicion::Set;
use std::collections::BTreeMap;

/// One attack, or one innocent thing that looks like one, in a labelled log.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Label {
    pub attack: bool,
    pub name: String,
    pub variant: String,
    /// ATT&CK.
    pub technique: String,
    /// (file number, EventRecordID), sorted.
    pub records: Vec<(u32, u64)>,
}

/// A labelled log and what was found in it.
pub struct Case<'a> {
    pub store: &'a Store,
    pub labels: &'a [Label],
    pub detections: &'a Detections,
}

/// Counts of one rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RuleCount {
    /// Attacks of its technique, and those it found.
    pub attacks: u32,
    pub found: u32,
    /// Findings of medium severity or more, and those of them that hold no record of an attack.
    pub findings: u32,
    pub false_findings: u32,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    pub cases: u32,
    pub events: u64,
    pub benign_events: u64,
    pub attacks: u32,
    pub found: u32,
    pub false_findings: u32,
    /// Innocent look-alikes whose records are in a false finding, by name.
    pub fooled_by: BTreeMap<String, u32>,
    pub rules: BTreeMap<Rule, RuleCount>,
    /// Attacks by technique and name: how many, and how many were found.
    pub techniques: BTreeMap<(String, String), (u32, u32)>,
    /// Name and variant of what was not found.
    pub missed: Vec<(String, String)>,
}

impl Outcome {
    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: &Self) {
        self.cases += other.cases;
        self.events += other.events;
        self.benign_events += other.benign_events;
        self.attacks += other.attacks;
        self.found += other.found;
        self.false_findings += other.false_findings;
        for (name, n) in &other.fooled_by {
            *self.fooled_by.entry(name.clone()).or_default() += n;
        }
        for (rule, count) in &other.rules {
            let sum = self.rules.entry(*rule).or_default();
            sum.attacks += count.attacks;
            sum.found += count.found;
            sum.findings += count.findings;
            sum.false_findings += count.false_findings;
        }
        for (key, (all, found)) in &other.techniques {
            let sum = self.techniques.entry(key.clone()).or_default();
            sum.0 += all;
            sum.1 += found;
        }
        self.missed.extend(other.missed.iter().cloned());
    }
}

/// Techniques a finding of this rule speaks for: its own, and those that show in the same records.
fn speaks_for(rule: Rule, technique: &str) -> bool {
    let own = rule.entry().technique;
    let parent = |t: &str| t.split('.').next().unwrap_or(t).to_owned();
    own == technique
        || parent(own) == parent(technique)
        || match technique {
            // A success is the fruit of guessing; a tool's name or an address shows whose guesses they are.
            "T1110.001" | "T1110.003" | "T1110" => matches!(rule, Rule::AccountEnumeration),
            "T1021.001" => matches!(rule, Rule::FirstSeenSensitive | Rule::InteractiveOnDc),
            "T1133" => matches!(rule, Rule::RdpNew | Rule::RdpTunnel),
            "T1558.001" | "T1558.002" => matches!(rule, Rule::PassTheTicket),
            "T1550.002" => matches!(rule, Rule::LateralChain),
            "T1136.002" => matches!(rule, Rule::PrivilegedMember),
            _ => false,
        }
}

/// Adds one case to what was measured.
pub fn measure(case: &Case, outcome: &mut Outcome) {
    let c = &case.store.columns;
    let key = |row: u32| (c.file[row as usize], c.record_id[row as usize]);
    let attacks: Vec<&Label> = case.labels.iter().filter(|l| l.attack).collect();
    let evil: Set<(u32, u64)> = attacks.iter().flat_map(|l| l.records.iter().copied()).collect();
    let rows = case.store.len() as u64;
    outcome.cases += 1;
    outcome.events += rows;
    outcome.benign_events += rows.saturating_sub(evil.len() as u64);
    let findings: Vec<_> =
        case.detections.findings.iter().filter(|f| f.severity >= Severity::Medium).collect();
    for f in &findings {
        let count = outcome.rules.entry(f.rule).or_default();
        count.findings += 1;
        if f.rows.iter().any(|r| evil.contains(&key(*r))) {
            continue;
        }
        count.false_findings += 1;
        outcome.false_findings += 1;
        let fooled = case
            .labels
            .iter()
            .find(|l| !l.attack && f.rows.iter().any(|r| l.records.binary_search(&key(*r)).is_ok()));
        let name = fooled.map_or("everyday", |l| l.name.as_str());
        *outcome.fooled_by.entry(name.to_owned()).or_default() += 1;
    }
    for attack in attacks {
        let by: Vec<Rule> = findings
            .iter()
            .filter(|f| f.rows.iter().any(|r| attack.records.binary_search(&key(*r)).is_ok()))
            .map(|f| f.rule)
            .collect();
        let found = by.iter().any(|r| speaks_for(*r, &attack.technique));
        outcome.attacks += 1;
        outcome.found += u32::from(found);
        let t = outcome.techniques.entry((attack.technique.clone(), attack.name.clone())).or_default();
        t.0 += 1;
        t.1 += u32::from(found);
        if !found {
            outcome.missed.push((attack.name.clone(), attack.variant.clone()));
        }
        for rule in Rule::ALL.iter().filter(|r| r.entry().technique == attack.technique) {
            let count = outcome.rules.entry(*rule).or_default();
            count.attacks += 1;
            count.found += u32::from(by.contains(rule));
        }
    }
}
