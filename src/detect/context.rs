//! What every rule looks at and writes to.

use super::finding::{Draft, Finding, once};
use super::rule::Rule;
use super::threshold::{Tally, Threshold, Thresholds};
use crate::event::Field;
use crate::identity::{HostKind, Identity, NONE};
use crate::store::{Row, Store};
use crate::suspicion::{Chain, Scene};
use crate::timeline::Coverage;

/// A rule that these logs cannot answer, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotEvaluable {
    pub rule: Rule,
    /// A plain sentence.
    pub reason: String,
}

pub struct Context<'a> {
    pub scene: &'a Scene<'a>,
    pub coverage: &'a Coverage,
    pub chains: &'a [Chain],
    pub thresholds: &'a Thresholds,
    pub tally: Tally,
    pub findings: Vec<Finding>,
    pub not_evaluable: Vec<NotEvaluable>,
    usage: Vec<Usage>,
}

/// How an account logs on (4624).
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// Over the network, as a batch job, as a service (types 3, 4, 5).
    pub by_machine: u32,
    /// As a batch job or a service.
    pub unattended: u32,
    /// At a desk or over RDP (types 2, 7, 10, 11).
    pub by_hand: u32,
}

impl<'a> Context<'a> {
    pub fn new(
        scene: &'a Scene<'a>,
        coverage: &'a Coverage,
        chains: &'a [Chain],
        thresholds: &'a Thresholds,
    ) -> Self {
        let (tally, findings, not_evaluable) = (Tally::default(), Vec::new(), Vec::new());
        let usage = usage(scene);
        Self { scene, coverage, chains, thresholds, tally, findings, not_evaluable, usage }
    }

    pub fn store(&self) -> &'a Store {
        self.scene.store
    }

    pub fn identity(&self) -> &'a Identity {
        self.scene.identity
    }

    pub fn value(&self, threshold: Threshold) -> u32 {
        self.thresholds.get(threshold)
    }

    /// A threshold in minutes or hours, in ticks.
    pub fn minutes(&self, threshold: Threshold) -> i64 {
        i64::from(self.value(threshold)) * crate::event::time::TICKS_PER_HOUR / 60
    }

    pub fn hours(&self, threshold: Threshold) -> i64 {
        i64::from(self.value(threshold)) * crate::event::time::TICKS_PER_HOUR
    }

    /// Whether a candidate reaches the threshold; it is counted either way.
    pub fn reaches(&mut self, threshold: Threshold, value: usize) -> bool {
        let kept = value >= self.value(threshold) as usize;
        self.tally.count(threshold, kept);
        kept
    }

    /// Notes that a rule cannot be answered; the first reason given, the most particular, stays.
    pub fn cannot(&mut self, rule: Rule, reason: impl Into<String>) {
        if self.not_evaluable.iter().all(|n| n.rule != rule) {
            self.not_evaluable.push(NotEvaluable { rule, reason: reason.into() });
        }
    }

    pub fn found(&mut self, mut draft: Draft) {
        let c = &self.scene.store.columns;
        draft.rows.sort_unstable_by(|a, b| self.scene.store.order(*a, *b));
        draft.rows.dedup();
        let time = |row: Option<&u32>| row.map_or(0, |r| c.time[*r as usize]);
        let strings = &self.scene.store.tables.strings;
        let mut texts: Vec<u32> = draft.rows.iter().map(|r| c.address[*r as usize]).collect();
        texts.sort_unstable();
        texts.dedup();
        let mut addresses: Vec<String> = texts
            .iter()
            .map(|t| strings.get(*t))
            .map(|a| a.strip_prefix("::ffff:").unwrap_or(a))
            .filter(|a| !matches!(*a, "" | "-"))
            .map(str::to_owned)
            .collect();
        addresses.sort();
        addresses.dedup();
        let (accounts, actors) = once(draft.actors, draft.victims);
        let (hosts, sources) = once(draft.sources, draft.targets);
        self.findings.push(Finding {
            rule: draft.rule,
            severity: draft.severity,
            confidence: draft.confidence,
            accounts,
            actors,
            hosts,
            sources,
            addresses,
            first: time(draft.rows.first()),
            last: time(draft.rows.last()),
            why: draft.why,
            rows: draft.rows,
        });
    }

    pub fn row(&self, row: u32) -> Option<Row> {
        self.scene.store.columns.row(row as usize)
    }

    /// A value of a record's detail set, trimmed.
    pub fn detail(&self, row: u32, field: Field) -> &'a str {
        let set = self.scene.store.columns.details[row as usize];
        self.scene.store.tables.detail(set, field).trim()
    }

    /// An account in words.
    pub fn who(&self, account: u32) -> String {
        self.identity().accounts.get(account).map_or_else(|| "nobody known".into(), |a| a.full())
    }

    /// A host in words.
    pub fn place(&self, host: u32) -> &'a str {
        let host: Option<&'a crate::identity::Host> = self.scene.identity.hosts.get(host);
        host.map_or("an unknown place", |h| h.short())
    }

    pub fn is_dc(&self, host: u32) -> bool {
        self.identity().hosts.get(host).is_some_and(|h| h.kind == HostKind::DomainController)
    }

    /// Nobody in particular: anonymous sessions, SYSTEM and its like.
    pub fn is_crowd(&self, account: u32) -> bool {
        use crate::identity::AccountKind::{Anonymous, BuiltIn};
        matches!(self.scene.kind(account), None | Some(Anonymous | BuiltIn))
    }

    /// SYSTEM and its like, or a machine's own account.
    pub fn is_system(&self, account: u32) -> bool {
        use crate::identity::AccountKind::{BuiltIn, Machine};
        matches!(self.scene.kind(account), Some(BuiltIn | Machine))
    }

    pub fn usage(&self, account: u32) -> Usage {
        self.usage.get(account as usize).copied().unwrap_or_default()
    }

    /// Whether the account runs services or jobs, and nobody sits down with it.
    pub fn is_service(&self, account: u32) -> bool {
        let usage = self.usage(account);
        usage.unattended > 0 && usage.by_hand == 0
    }

    /// Whether anybody is at home anywhere: in a log of few days nobody is, and that says nothing.
    pub fn knows_habits(&self) -> bool {
        let days = i64::from(self.value(Threshold::HomeDays));
        let (first, last) = self.coverage.span.unwrap_or_default();
        last.saturating_sub(first) >= days.saturating_mul(crate::event::time::TICKS_PER_DAY)
    }

    /// Whether the account is known to be used from this source day by day.
    pub fn is_home(&self, account: u32, source: u32) -> bool {
        account != NONE && source != NONE && self.scene.lives(account, source)
    }

    /// Whether the account is known to be at home elsewhere, or the log long enough to know that it is not at home here.
    pub fn is_away(&self, account: u32, source: u32) -> bool {
        self.knows_habits() && source != NONE && !self.scene.lives(account, source)
    }
}

/// `1 session`, `3 sessions`.
pub fn counted(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

fn usage(scene: &Scene) -> Vec<Usage> {
    let c = &scene.store.columns;
    let mut usage = vec![Usage::default(); scene.identity.accounts.all.len()];
    for e in &scene.events.all {
        let row = e.row as usize;
        if c.event_id[row] != 4624 {
            continue;
        }
        let Some(u) = usage.get_mut(e.account as usize) else { continue };
        let kind = c.logon_type[row];
        u.by_machine += u32::from(matches!(kind, 3..=5));
        u.unattended += u32::from(matches!(kind, 4 | 5));
        u.by_hand += u32::from(matches!(kind, 2 | 7 | 10 | 11));
    }
    usage
}
