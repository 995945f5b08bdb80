//! Correlation rules (Sigma correlations specification 2.1): what single rules hit, counted over time.
//!
//! While the logs are read, the hits of rules that a correlation asks for are kept with the few fields it groups and counts by. When all is
//! read they are put in order of time, over all files, and handed to `rsigma`'s correlation engine. Time is given to it in milliseconds, not in
//! its seconds, so that windows are exact to those.

use super::report::CorrelationHit;
use super::rewrite;
use super::rules::{References, key, number};
use rsigma_eval::result::{DetectionBody, RuleHeader};
use rsigma_eval::{
    CorrelationConfig, CorrelationEngine, CorrelationEventMode, EvaluationResult, Event, EventValue,
    ResultBody,
};
use rsigma_parser::{ConditionOperator, CorrelationCondition, CorrelationRule, CorrelationType, FieldAlias};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Hits kept for correlation; past this nothing is correlated, and said so.
pub const MAX_CORRELATED: usize = 1_000_000;
/// Values in a window of `value_count` and of sums: the engine counts them anew at every event.
const MAX_VALUES: &str = "5000";
/// Records named as evidence of one correlation.
const MAX_RECORDS: usize = 100;
const MILLIS: u64 = 1000;
/// No window is longer: 10,000 years.
const MAX_SPAN: u64 = 10_000 * 366 * 86_400;

/// Fields and values that a correlation groups by.
pub type Group = Vec<(String, String)>;

#[derive(Default)]
pub struct Correlations {
    rules: Vec<CorrelationRule>,
    /// Rules whose hits are to be kept.
    pub wanted: BTreeSet<usize>,
    /// Those of them whose own hits are no findings: no correlation says `generate`.
    pub silent: BTreeSet<usize>,
    /// Fields kept of a hit.
    pub fields: Vec<String>,
    /// By rule: the rules it asks for.
    pub asks: BTreeMap<usize, BTreeSet<usize>>,
}

/// A hit of a wanted rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Correlated {
    pub time: i64,
    pub file: Arc<str>,
    pub record_id: u64,
    pub chunk: u32,
    pub offset: u16,
    /// Rules that hit it, by number.
    pub rules: Vec<usize>,
    /// In the order of [`Correlations::fields`].
    pub values: Vec<Option<Arc<str>>>,
}

impl Correlations {
    /// Compiles correlations; with those that cannot be, and why.
    pub(super) fn compile(
        given: Vec<(usize, CorrelationRule)>,
        references: &References,
    ) -> (Self, Vec<(usize, String)>) {
        let (mut out, mut broken) = (Self::default(), Vec::new());
        let (mut fields, mut generating) = (BTreeSet::new(), BTreeSet::new());
        for (n, mut rule) in given {
            let missing: Vec<&str> =
                rule.rules.iter().filter(|r| !references.contains_key(*r)).map(String::as_str).collect();
            if !missing.is_empty() {
                broken
                    .push((n, format!("it refers to {}, which is not among the rules", missing.join(", "))));
                continue;
            }
            let asked: BTreeSet<usize> =
                rule.rules.iter().flat_map(|r| references[r].iter().copied()).collect();
            exchange(&mut rule, n, references);
            if let Err(e) = CorrelationEngine::new(config()).add_correlation(&rule) {
                broken.push((n, e.to_string()));
                continue;
            }
            fields.extend(rule.group_by.iter().cloned());
            fields.extend(rule.aliases.iter().flat_map(|a| a.mapping.values().cloned()));
            if let CorrelationCondition::Threshold { field: Some(names), .. } = &rule.condition {
                fields.extend(names.iter().cloned());
            }
            if rule.generate {
                generating.extend(asked.iter().copied());
            }
            out.wanted.extend(asked.iter().copied());
            out.asks.insert(n, asked);
            out.rules.push(rule);
        }
        out.fields = fields.into_iter().collect();
        out.silent = out.wanted.difference(&generating).copied().collect();
        (out, broken)
    }

    /// Whether the rule waits for several others, not for any of them.
    pub fn needs_all(&self, n: usize) -> bool {
        let rule = self.rules.iter().find(|r| number(r.id.as_deref()) == Some(n));
        rule.is_some_and(|r| {
            matches!(r.correlation_type, CorrelationType::Temporal | CorrelationType::TemporalOrdered)
        })
    }

    /// Runs every correlation over `hits`, which are sorted here. By rule: its firings, those of one group that follow one another within the
    /// rule's time span as one.
    pub fn run(&self, hits: &mut [Correlated]) -> BTreeMap<usize, Vec<CorrelationHit>> {
        let mut out: BTreeMap<usize, Vec<CorrelationHit>> = BTreeMap::new();
        if self.rules.is_empty() {
            return out;
        }
        hits.sort_unstable();
        let mut engine = CorrelationEngine::new(config());
        for rule in &self.rules {
            // Each was added once already.
            let _ = engine.add_correlation(rule);
        }
        // Where the hit before of this rule and group is in its list.
        let mut before: BTreeMap<(usize, Group), (usize, i64)> = BTreeMap::new();
        for (index, hit) in hits.iter().enumerate() {
            let event = Kept { fields: &self.fields, hit, index };
            let stubs = hit.rules.iter().map(|n| stub(*n)).collect();
            for result in engine.process_with_detections(&event, stubs, hit.time.div_euclid(10_000)) {
                let Some(body) = result.as_correlation() else { continue };
                let Some(n) = number(result.header.rule_id.as_deref()) else { continue };
                let span = i64::try_from(body.timespan_secs).unwrap_or(i64::MAX).saturating_mul(10_000);
                let list = out.entry(n).or_default();
                let refs =
                    body.event_refs.iter().flatten().filter_map(|r| r.id.as_ref()?.parse::<usize>().ok());
                let mut records: Vec<usize> = refs.filter(|r| *r < hits.len()).collect();
                if records.last() != Some(&index) {
                    records.push(index);
                }
                let group = (n, body.group_key.clone());
                if let Some((at, last)) = before.get_mut(&group)
                    && hit.time.saturating_sub(*last) <= span
                {
                    *last = hit.time;
                    list[*at].extend(hit, &hits[..], &records, body.aggregated_value);
                    continue;
                }
                let mut new = CorrelationHit::new(body.group_key.clone(), hit.time);
                new.extend(hit, &hits[..], &records, body.aggregated_value);
                before.insert(group, (list.len(), hit.time));
                list.push(new);
            }
        }
        out
    }
}

impl CorrelationHit {
    fn new(group: Group, time: i64) -> Self {
        Self { first: time, last: time, group, value: 0.0, records: Vec::new(), more_records: false }
    }

    fn extend(&mut self, hit: &Correlated, hits: &[Correlated], records: &[usize], value: f64) {
        self.last = hit.time;
        self.value = self.value.max(value);
        if self.more_records {
            return;
        }
        for r in records {
            let record = (hits[*r].file.to_string(), hits[*r].record_id);
            self.first = self.first.min(hits[*r].time);
            if !self.records.contains(&record) {
                if self.records.len() < MAX_RECORDS {
                    self.records.push(record);
                } else {
                    self.more_records = true;
                }
            }
        }
    }
}

fn config() -> CorrelationConfig {
    CorrelationConfig {
        max_state_entries: usize::MAX,
        correlation_event_mode: CorrelationEventMode::Refs,
        max_correlation_events: MAX_RECORDS,
        ..CorrelationConfig::default()
    }
}

/// Puts numbers for the names of rules and milliseconds for seconds.
fn exchange(rule: &mut CorrelationRule, n: usize, references: &References) {
    let one = |name: &str| references.get(name).and_then(|r| r.first()).map_or(name.to_owned(), |r| key(*r));
    rule.id = Some(key(n));
    rule.name = None;
    rule.rules = rule.rules.iter().flat_map(|r| references[r].iter().map(|r| key(*r))).collect();
    for FieldAlias { mapping, .. } in &mut rule.aliases {
        *mapping = std::mem::take(mapping).into_iter().map(|(rule, field)| (one(&rule), field)).collect();
    }
    if let CorrelationCondition::Extended(condition) = &mut rule.condition {
        rewrite::references(condition, &one);
    }
    // Without a condition all of the rules are waited for; the parser puts “at least one” there.
    if let CorrelationCondition::Threshold { predicates, .. } = &mut rule.condition
        && rule.correlation_type == CorrelationType::Temporal
        && predicates[..] == [(ConditionOperator::Gte, 1)]
    {
        predicates[0].1 = rule.rules.len() as u64;
    }
    rule.timespan.seconds = rule.timespan.seconds.min(MAX_SPAN) * MILLIS;
    if let Some(gap) = &mut rule.gap {
        gap.seconds = gap.seconds.min(MAX_SPAN) * MILLIS;
    }
    rule.custom_attributes.clear();
    if !matches!(
        rule.correlation_type,
        CorrelationType::EventCount | CorrelationType::Temporal | CorrelationType::TemporalOrdered
    ) {
        rule.custom_attributes.insert("rsigma.max_group_entries".to_owned(), MAX_VALUES.into());
    }
}

/// The hit of a rule, as the correlation engine wants to be told.
fn stub(n: usize) -> EvaluationResult {
    EvaluationResult {
        header: RuleHeader {
            rule_title: String::new(),
            rule_id: Some(key(n)),
            level: None,
            tags: Vec::new(),
            custom_attributes: Arc::default(),
            enrichments: None,
        },
        body: ResultBody::Detection(DetectionBody {
            matched_selections: Vec::new(),
            matched_fields: Vec::new(),
            event: None,
        }),
    }
}

struct Kept<'k> {
    fields: &'k [String],
    hit: &'k Correlated,
    index: usize,
}

impl Event for Kept<'_> {
    fn get_field(&self, path: &str) -> Option<EventValue<'_>> {
        let at = self.fields.iter().position(|f| f == path)?;
        Some(EventValue::Str(Cow::Borrowed(self.hit.values.get(at)?.as_deref()?)))
    }

    fn any_string_value(&self, pred: &dyn Fn(&str) -> bool) -> bool {
        self.hit.values.iter().flatten().any(|v| pred(v))
    }

    fn all_string_values(&self) -> Vec<Cow<'_, str>> {
        self.hit.values.iter().flatten().map(|v| Cow::Borrowed(&**v)).collect()
    }

    fn to_json(&self) -> serde_json::Value {
        // What the engine keeps of an event: by this the record is found again.
        serde_json::json!({ "id": self.index })
    }
}
