//! A finding: a rule that fired, on whom, and the records that show it.

use super::rule::{Confidence, Rule, Severity};
use crate::identity::NONE;
use crate::suspicion::Set;

/// Numbers of accounts and hosts are the identity's, rows the store's.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub rule: Rule,
    pub severity: Severity,
    pub confidence: Confidence,
    /// Those who act, then those it was done to.
    pub accounts: Vec<u32>,
    /// How many of the accounts act.
    pub actors: usize,
    /// Where it came from, then where it went.
    pub hosts: Vec<u32>,
    /// How many of the hosts are where it came from.
    pub sources: usize,
    /// As written in the records, sorted.
    pub addresses: Vec<String>,
    /// Ticks.
    pub first: i64,
    pub last: i64,
    /// In words, to be read after the title.
    pub why: String,
    /// By time.
    pub rows: Vec<u32>,
}

/// A finding as a rule writes it down; times and addresses are taken from its rows.
#[derive(Clone, Debug)]
pub struct Draft {
    pub rule: Rule,
    pub severity: Severity,
    pub confidence: Confidence,
    pub actors: Vec<u32>,
    pub victims: Vec<u32>,
    pub sources: Vec<u32>,
    pub targets: Vec<u32>,
    pub why: String,
    pub rows: Vec<u32>,
}

impl Draft {
    /// With the rule's own severity.
    pub fn new(rule: Rule, why: String, rows: Vec<u32>) -> Self {
        let none = Vec::new;
        Self {
            rule,
            severity: rule.entry().severity,
            confidence: Confidence::Medium,
            actors: none(),
            victims: none(),
            sources: none(),
            targets: none(),
            why,
            rows,
        }
    }

    pub fn actor(mut self, account: u32) -> Self {
        add(&mut self.actors, account);
        self
    }

    pub fn victims(mut self, accounts: impl IntoIterator<Item = u32>) -> Self {
        accounts.into_iter().for_each(|a| add(&mut self.victims, a));
        self
    }

    pub fn from(mut self, host: u32) -> Self {
        add(&mut self.sources, host);
        self
    }

    pub fn to(mut self, hosts: impl IntoIterator<Item = u32>) -> Self {
        hosts.into_iter().for_each(|h| add(&mut self.targets, h));
        self
    }

    pub fn severity(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    pub fn confidence(self, confidence: Confidence) -> Self {
        Self { confidence, ..self }
    }

    /// An everyday setting: at most low, and the sentence says why.
    pub fn everyday(mut self, because: &str) -> Self {
        self.severity = self.severity.min(Severity::Low);
        self.confidence = Confidence::Low;
        self.also(because)
    }

    /// One more sentence.
    pub fn also(mut self, sentence: &str) -> Self {
        self.why.push(' ');
        self.why.push_str(sentence);
        self
    }
}

fn add(list: &mut Vec<u32>, number: u32) {
    if number != NONE && list.last() != Some(&number) {
        list.push(number);
    }
}

/// The first list and then the second, each number once; how many of them are of the first.
pub fn once(first: Vec<u32>, second: Vec<u32>) -> (Vec<u32>, usize) {
    let mut seen: Set<u32> = Set::default();
    let mut all = first;
    all.retain(|n| seen.insert(*n));
    let leading = all.len();
    all.extend(second.into_iter().filter(|n| seen.insert(*n)));
    (all, leading)
}
